//! The OpenAPI document: what may be asked and what may be answered. Knows no provider, no store and no socket.

mod body;
mod dialect;
mod document;
mod example;
mod fit;
mod form;
mod frame;
mod look;
mod media;
mod notation;
mod operation;
mod outline;
mod parameter;
mod part;
mod route;
mod sample;
mod schema;
mod security;
mod violation;
mod writable;

use std::collections::{HashMap, HashSet};

use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};

use crate::message::Request;
use crate::source::{Finding, Source};

pub use look::{Form, Given, Look};
pub use notation::{ArrayFormat, Notation, Notations, ObjectFormat, Repeated};
pub use operation::{Operation, Property, Writable};
pub use sample::{Examples, Lack, Mood, Sample, Wish, text_matching};
pub(crate) use schema::brief;
pub use security::Unproven;
pub use violation::{Kind, Part, Violation};

use dialect::Direction;
use document::{Document, Site};
use frame::Frame;
use parameter::Book;
use part::Parts;
use route::{Match, Routes};
use schema::{Report, Schemas};

/// A document that has been read and can be asked.
///
/// ```
/// use counterpart::contract::{Contract, Files, Route};
/// use counterpart::source::Source;
///
/// struct OneFile;
/// impl Files for OneFile {
///     fn read(&self, path: &str) -> Result<String, String> {
///         Err(format!("there is no {path}"))
///     }
/// }
///
/// let text = "openapi: 3.1.0\npaths:\n  /pets/{id}:\n    get: { operationId: ShowPet, responses: {} }\n";
/// let document = Source::parse("pets.yaml", text).unwrap();
/// let (contract, findings) = Contract::load(&document, &OneFile).unwrap();
/// assert_eq!(findings[0].to_string(), "pets.yaml:1: warning: the document has no `info` with `title` and `version`");
/// let route = contract.route(&http::Method::GET, "/pets/7");
/// assert!(matches!(route, Route::Found { operation, .. } if operation.id == "ShowPet"));
/// ```
#[derive(Debug)]
pub struct Contract {
    document: Document,
    schemas: Schemas,
    frame: Frame,
    routes: Routes,
    /// Operations by their id, and by method and path with and without base path.
    by_id: HashMap<String, usize>,
}

/// Other files of a document, by their path relative to the document's folder. The caller decides what may be read.
pub trait Files {
    /// Reads one file.
    ///
    /// # Errors
    /// Why it cannot be had, in words for the user.
    fn read(&self, path: &str) -> Result<String, String>;
}

/// Where a method and a path lead.
#[derive(Debug)]
pub enum Route<'a> {
    /// To an operation; with the raw (still percent-encoded) values of the path's variables.
    Found {
        /// The operation.
        operation: &'a Operation,
        /// The variables in the order of the template.
        variables: Vec<(&'a str, &'a str)>,
    },
    /// The path is known, the method is not; these are.
    WrongMethod(Vec<Method>),
    /// Nothing is known under this path; this template comes nearest.
    Unknown {
        /// The nearest template, if one is near enough.
        nearest: Option<&'a str>,
    },
}

/// A request after the document was consulted.
#[derive(Debug, Default)]
pub struct Checked {
    /// Typed path variables.
    pub path: Map<String, Value>,
    /// Typed query parameters, declared ones only; defaults filled in.
    pub query: Map<String, Value>,
    /// The query parameters among them that were not sent: their default stands.
    pub assumed: Vec<String>,
    /// Typed header parameters, declared ones only, names in lower case.
    pub headers: Map<String, Value>,
    /// Typed cookies, declared ones only.
    pub cookies: Map<String, Value>,
    /// The body, where the media type says how to read it as a value: JSON as it is, a form as an object, text as a string.
    pub body: Option<Value>,
    /// What departs from the document.
    pub violations: Vec<Violation>,
}

impl Contract {
    /// Reads a document and what it refers to. Findings that are warnings do not stop it.
    ///
    /// # Errors
    /// The findings, where one of them makes the document unreadable.
    pub fn load(document: &Source, files: &dyn Files) -> Result<(Contract, Vec<Finding>), Vec<Finding>> {
        let mut findings = Vec::new();
        let version = document::version(document, &mut findings)?;
        let document = Document::open(document, files, version, &mut findings);
        let mut schemas = Schemas::default();
        let frame = frame::read(&document, &mut schemas, &mut findings);
        let mut contract = Contract { document, schemas, frame, routes: Routes::default(), by_id: HashMap::new() };
        contract.index(&mut findings);
        contract.document.tidy(&mut findings);
        Ok((contract, findings))
    }

    fn index(&mut self, findings: &mut Vec<Finding>) {
        for operation in &self.frame.operations {
            self.by_id.entry(operation.id.clone()).or_insert(operation.index);
        }
        let mut shared = Vec::new();
        for (path, index) in &self.frame.paths {
            let operation = &self.frame.operations[*index];
            self.by_id.entry(format!("{} {path}", operation.method)).or_insert(*index);
            let before = self.routes.add(path, &operation.method, *index);
            shared.extend(before.into_iter().map(|before| (before, *index)).filter(|_| *path == operation.path));
        }
        let takes_all = |index: usize| self.frame.operations.get(index).is_some_and(|it| self.takes_any_path(it));
        shared.retain(|(before, _)| takes_all(*before));
        shared.dedup_by_key(|(_, index)| *index);
        for operation in shared.iter().filter_map(|(_, index)| self.frame.operations.get(*index)) {
            let Operation { method, path, .. } = operation;
            let what = format!("{method} {path} is the path of another operation; that one is served");
            findings.push(Finding::warning("ambiguous-path", operation.place.clone(), what));
        }
    }

    /// All operations, in the order of the document.
    pub fn operations(&self) -> &[Operation] {
        &self.frame.operations
    }

    /// The operation with this `operationId`, or `METHOD /path/{template}`.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.by_id.get(id).and_then(|index| self.frame.operations.get(*index))
    }

    /// Where a method and a raw path lead. Fixed segments win over variables; base paths of `servers` match with and without.
    /// HEAD leads to GET where a path has none of its own. The query may stand behind the path: a few documents tell operations
    /// apart by it. Of operations whose paths differ in the names of their variables at most, the first is meant whose parameters
    /// accept the values, or the first where none does.
    pub fn route<'a>(&'a self, method: &Method, target: &'a str) -> Route<'a> {
        match self.routes.find(method, target) {
            Match::Found(first, others, values) => {
                let all = || std::iter::once(&first).chain(others);
                let accepts = |index: &&usize| self.accepts(&self.frame.operations[**index], &values);
                let index = all().find(|index| others.is_empty() || accepts(index)).unwrap_or(&first);
                let operation = &self.frame.operations[*index];
                let variables = operation.variables.iter().map(String::as_str).zip(values).collect();
                Route::Found { operation, variables }
            }
            Match::WrongMethod(methods) => Route::WrongMethod(methods),
            Match::Unknown => Route::Unknown { nearest: self.routes.nearest(target) },
        }
    }

    /// Whether the parameters of an operation's path accept these values.
    fn accepts(&self, operation: &Operation, values: &[&str]) -> bool {
        let variables: Vec<(&str, &str)> =
            operation.variables.iter().map(String::as_str).zip(values.iter().copied()).collect();
        let accepts = |parts: &Parts| parameter::accepts_path(self.book(), &parts.parameters, &variables);
        self.parts(operation).is_none_or(accepts)
    }

    /// Checks a request and gives its parts their types.
    pub fn check_request(
        &self,
        operation: &Operation,
        variables: &[(&str, &str)],
        request: &Request,
        notations: &Notations,
    ) -> Checked {
        let mut checked = Checked::default();
        let Some(parts) = self.parts(operation) else { return checked };
        let mut report = body::report_for(request);
        let sent = (variables, notations.query);
        parameter::check_request(self, operation, &parts.parameters, sent, request, &mut checked, &mut report);
        let body = (parts.body.as_deref(), notations.form);
        body::check_request(self.book(), operation, body, request, &mut checked, &mut report);
        checked.violations = report.finish();
        checked
    }

    /// Checks a reply: its status, its headers, its media type, and its body against the schema.
    pub fn check_reply(
        &self,
        operation: &Operation,
        status: StatusCode,
        headers: &HeaderMap,
        body: Option<&Value>,
    ) -> Vec<Violation> {
        let mut report = Report::default();
        if let Some(replies) = self.parts(operation).and_then(|parts| parts.replies.as_ref()) {
            body::check_reply(self.book(), operation, replies, status, headers, body, &mut report);
        }
        report.finish()
    }

    /// Checks a reply that is made of a sample. What is known to fit is not checked again.
    pub fn check_sample(
        &self,
        operation: &Operation,
        status: StatusCode,
        headers: &HeaderMap,
        sample: Option<&Sample>,
    ) -> Vec<Violation> {
        if !sample.is_some_and(|sample| sample.fits) {
            return self.check_reply(operation, status, headers, sample.and_then(|sample| sample.value.as_ref()));
        }
        let mut report = Report::default();
        let replies = self.parts(operation).and_then(|parts| parts.replies.as_ref());
        if let Some(response) = replies.and_then(|replies| replies.for_status(status)) {
            parameter::check_headers(self.book(), &response.headers, headers, Direction::Reply, &mut report);
        }
        report.finish()
    }

    /// Compiles every schema for both directions, and tells what had to be left out of them. Serving compiles on first use.
    pub fn compile_all(&self) -> Vec<Finding> {
        let mut all: Vec<Finding> = Vec::new();
        let mut rest = Schemas::default();
        let sites = document::named_schemas(&self.document);
        let others: Vec<_> = sites.into_iter().map(|site| rest.add(&self.document, site)).collect();
        let used = self.schemas.ids().map(|id| (&self.schemas, id));
        for (schemas, id) in used.chain(others.into_iter().map(|id| (&rest, id))) {
            for direction in [Direction::Request, Direction::Reply] {
                all.extend_from_slice(schemas.findings(&self.document, id, direction));
            }
        }
        self.document.tidy(&mut all);
        all
    }

    /// Every schema that is in use or has a name.
    fn roots(&self) -> Vec<Site> {
        let used = self.schemas.ids().map(|id| self.schemas.site(id).clone());
        used.chain(document::named_schemas(&self.document)).collect()
    }

    fn parts(&self, operation: &Operation) -> Option<&Parts> {
        self.frame.parts.get(operation.index)
    }

    fn book(&self) -> Book<'_> {
        Book { document: &self.document, schemas: &self.schemas }
    }

    /// The document's main file as it was read.
    pub fn document(&self) -> &Value {
        self.document.main().value()
    }

    /// The names of all properties that any schema describes.
    pub fn properties(&self) -> HashSet<&str> {
        self.document.properties()
    }

    /// Whether a status is documented for an operation, by itself, by a range or by `default`.
    pub fn documents(&self, operation: &Operation, status: StatusCode) -> bool {
        let replies = self.parts(operation).and_then(|parts| parts.replies.as_ref());
        replies.is_some_and(|replies| replies.for_status(status).is_some())
    }

    /// All that is wrong with the document and costs time to find: schemas that cannot be compiled, and bad examples.
    pub fn check_all(&self) -> Vec<Finding> {
        self.compile_all().into_iter().chain(self.check_examples()).collect()
    }
}

#[cfg(test)]
mod tests;
