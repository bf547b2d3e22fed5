//! The frame of a document: its paths, operations, parameters, bodies and replies, read by `openapiv3`.
//!
//! That crate knows OpenAPI 3.0 and refuses a whole document for one slip. So each part is lifted out of the document first:
//! references are followed, schemas and examples stay behind under their addresses, and what is malformed is left out with a
//! finding. A part that many operations refer to is read once.

mod build;
mod lift;
mod lint;
mod security;
mod server;

use std::collections::HashMap;
use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::document::{Document, Site};
use super::operation::Operation;
use super::part::{Parameter, Parts};
use super::route;
use super::schema::Schemas;
use super::security::Security;
use super::violation::Part;
use crate::source::Finding;

use build::{Builder, Shared};
use security::Schemes;

/// What a document offers.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) operations: Vec<Operation>,
    /// The inner side of each operation, by its index.
    pub(super) parts: Vec<Parts>,
    /// Every path under which an operation is reached, with its index.
    pub(super) paths: Vec<(String, usize)>,
    /// Query parameters that carry credentials: no operation declares them.
    pub(super) keys: Vec<String>,
}

/// Reads the frame.
pub(super) fn read(document: &Document, schemas: &mut Schemas, findings: &mut Vec<Finding>) -> Frame {
    lint::check(document, findings);
    let root = Site { file: 0, pointer: String::new() };
    let bases = server::bases(document, &root).unwrap_or_default();
    let schemes = Schemes::of(document, &root, findings);
    let security = schemes.required(document, &root.below("security"), findings).unwrap_or_default();
    let (frame, ids, shared) = (Frame { keys: schemes.keys(), ..Frame::default() }, HashMap::new(), Shared::default());
    let mut reader = Reader { document, schemas, findings, frame, ids, shared, schemes, security };
    let paths = root.below("paths");
    let templates = document.value(&paths).and_then(Value::as_object);
    for template in templates.into_iter().flat_map(Map::keys).filter(|template| template.starts_with('/')) {
        reader.path(template, paths.below(template), &bases);
    }
    reader.frame
}

struct Reader<'a> {
    document: &'a Document,
    schemas: &'a mut Schemas,
    findings: &'a mut Vec<Finding>,
    frame: Frame,
    /// The `operationId`s in use.
    ids: HashMap<String, Site>,
    shared: Shared,
    schemes: Schemes,
    /// What holds where an operation says nothing else.
    security: Arc<Security>,
}

impl Reader<'_> {
    fn path(&mut self, template: &str, site: Site, bases: &[String]) {
        let Some((target, _)) = self.document.resolve(site.clone()) else { return };
        // What stands beside a `$ref` of a path item counts as well.
        let mut homes = vec![target];
        if homes[0] != site {
            homes.push(site);
        }
        for home in homes {
            let own = server::bases(self.document, &home);
            let bases = own.as_deref().unwrap_or(bases);
            for (method, site) in self.methods(&home) {
                self.operation(template, &method, &home, &site, bases);
            }
        }
    }

    fn methods(&self, home: &Site) -> Vec<(Method, Site)> {
        const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
        let Some(item) = self.document.value(home).and_then(Value::as_object) else { return Vec::new() };
        let named = item.keys().filter(|key| METHODS.contains(&key.as_str()));
        let mut methods: Vec<(String, Site)> = named.map(|key| (key.to_uppercase(), home.below(key))).collect();
        // OpenAPI 3.2 names any other method there.
        let more = home.below("additionalOperations");
        let names = self.document.value(&more).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        methods.extend(names.map(|name| (name.clone(), more.below(name))));
        let read = |(name, site): (String, Site)| Some((Method::from_bytes(name.as_bytes()).ok()?, site));
        methods.into_iter().filter_map(read).collect()
    }

    fn operation(&mut self, template: &str, method: &Method, home: &Site, site: &Site, bases: &[String]) {
        let Some(entries) = self.document.value(site).and_then(Value::as_object) else {
            let what = "an operation must be an object; it is left out";
            return self.findings.push(Finding::warning("bad-operation", self.document.place(site), what));
        };
        let own = server::bases(self.document, site);
        let bases = own.as_deref().unwrap_or(bases);
        let path = format!("{}{template}", bases.first().map_or("", String::as_str));
        let index = self.frame.operations.len();
        let bare = (!bases.iter().any(String::is_empty)).then(|| template.to_owned());
        let reached = bases.iter().map(|base| format!("{base}{template}")).chain(bare);
        self.frame.paths.extend(reached.map(|path| (path, index)));

        let variables = route::variables(template);
        let mut parts = self.parts(entries, home, site);
        self.match_variables(&parts.parameters, &variables, site, template);
        parts.parameters.retain(|it| it.part != Part::Path || variables.contains(&it.name));
        let statuses = parts.replies.iter().flat_map(|replies| replies.exact.iter().map(|(status, _)| *status));
        let mut statuses: Vec<StatusCode> = statuses.collect();
        statuses.sort_unstable();
        let own = entries.get("operationId").and_then(Value::as_str).filter(|id| !id.is_empty());
        let id = self.id(own.map(str::to_owned), format!("{method} {path}"), site);
        let tags = entries.get("tags").and_then(Value::as_array).into_iter().flatten();
        let tags = tags.filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
        let (extension, place) = (entries.get("x-counterpart").cloned(), self.document.place(site));
        let deprecated = entries.get("deprecated").and_then(Value::as_bool).unwrap_or_default();
        let operation = Operation {
            index,
            id,
            method: method.clone(),
            base: path.len() - template.len(),
            path,
            tags,
            variables,
            statuses,
            deprecated,
            place,
            extension,
        };
        self.frame.operations.push(operation);
        self.frame.parts.push(parts);
    }

    fn parts(&mut self, entries: &Map<String, Value>, home: &Site, site: &Site) -> Parts {
        let mut builder = Builder {
            document: self.document,
            schemas: self.schemas,
            findings: self.findings,
            shared: &mut self.shared,
        };
        let own = self.schemes.required(self.document, &site.below("security"), builder.findings);
        let security = own.unwrap_or_else(|| Arc::clone(&self.security));
        let body = entries.contains_key("requestBody").then(|| builder.body(site.below("requestBody"))).flatten();
        let (parameters, replies) = (builder.parameters(home, site), builder.replies(&site.below("responses")));
        Parts { parameters, body, replies, security }
    }

    /// The id of an operation: its own where no other has it, else its method and path.
    fn id(&mut self, own: Option<String>, path: String, site: &Site) -> String {
        let Some(own) = own else { return path };
        match self.ids.get(&own) {
            None => {
                self.ids.insert(own.clone(), site.clone());
                own
            }
            Some(first) => {
                let what =
                    format!("the operationId `{own}` is taken: it stands at {} already", self.document.place(first));
                let place = self.document.place(&site.below("operationId"));
                let help = format!("this operation is known as `{path}` until it has one of its own");
                self.findings.push(Finding::warning("duplicate-operation-id", place, what).help(help));
                path
            }
        }
    }

    fn match_variables(&mut self, parameters: &[Arc<Parameter>], variables: &[String], site: &Site, template: &str) {
        let in_path = || parameters.iter().filter(|parameter| parameter.part == Part::Path);
        for variable in variables.iter().filter(|name| !in_path().any(|parameter| parameter.name == **name)) {
            let what = format!("no parameter describes `{{{variable}}}` of {template}; any text is accepted for it");
            self.findings.push(Finding::warning("undeclared-variable", self.document.place(site), what));
        }
        for parameter in in_path().filter(|parameter| !variables.contains(&parameter.name)) {
            let what =
                format!("the path {template} has no variable `{{{}}}`; the parameter is ignored", parameter.name);
            let place = self.document.place(&parameter.site);
            let finding = Finding::warning("unused-parameter", place, what);
            let meant = crate::source::nearest(&parameter.name, variables.iter().map(String::as_str));
            self.findings.push(match meant {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding,
            });
        }
    }
}
