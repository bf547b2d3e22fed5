//! The OpenAPI document: what may be asked and what may be answered. Knows no provider, no store and no socket.

mod operation;
mod violation;

use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};

use crate::message::Request;
use crate::source::{Finding, Source};

pub use operation::{Operation, Property, Writable};
pub use violation::{Kind, Part, Violation};

/// A document that has been read and can be asked.
#[derive(Debug)]
pub struct Contract {
    operations: Vec<Operation>,
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
        let _ = (document, files);
        Ok((Contract { operations: Vec::new() }, Vec::new()))
    }

    /// All operations, in the order of the document.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation with this `operationId`, or `METHOD /path/{template}`.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// Where a method and a raw path lead. Fixed segments win over variables; base paths of `servers` match with and without.
    pub fn route<'a>(&'a self, method: &Method, path: &'a str) -> Route<'a> {
        let _ = (method, path);
        Route::Unknown { nearest: None }
    }

    /// Checks a request and gives its parts their types.
    pub fn check_request(&self, operation: &Operation, variables: &[(&str, &str)], request: &Request) -> Checked {
        let _ = (operation, variables, request);
        Checked::default()
    }

    /// Checks a reply: its status, its headers, its media type, and its body against the schema.
    pub fn check_reply(
        &self,
        operation: &Operation,
        status: StatusCode,
        headers: &HeaderMap,
        body: Option<&Value>,
    ) -> Vec<Violation> {
        let _ = (operation, status, headers, body);
        Vec::new()
    }

    /// What the body of a request may carry at a place.
    pub fn writable(&self, operation: &Operation, pointer: &str) -> Writable {
        let _ = (operation, pointer);
        Writable::Any
    }

    /// The documented example of a reply.
    pub fn example(
        &self,
        operation: &Operation,
        status: StatusCode,
        accept: Option<&str>,
        name: Option<&str>,
    ) -> Option<(String, Value)> {
        let _ = (operation, status, accept, name);
        None
    }
}
