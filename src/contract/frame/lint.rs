//! What a document should have and has not, or has and should not. It is served all the same.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::document::{Document, Site};
use crate::source::{Finding, nearest};

/// Looks over the frame; schemas are looked over when they are compiled.
pub(super) fn check(document: &Document, findings: &mut Vec<Finding>) {
    let root = Site { file: 0, pointer: String::new() };
    let mut lint = Lint { document, findings, seen: HashSet::new() };
    lint.keys(&root, ROOT);
    lint.info(&root);
    lint.servers(&root);
    let paths = root.below("paths");
    for path in lint.names(&paths).into_iter().filter(|path| !path.starts_with("x-")) {
        if !path.starts_with('/') {
            lint.warn(
                "bad-path",
                &paths.below(&path),
                format!("the path `{path}` must start with a slash; it is left out"),
            );
        }
        let item = paths.below(&path);
        if document.value(&item).is_some_and(|value| !value.is_object()) {
            lint.warn("bad-path", &item, format!("the path `{path}` must be an object; it is left out"));
        }
        lint.visit(Part::PathItem, item);
    }
    let components = root.below("components");
    lint.keys(&components, COMPONENTS);
    let shared = [
        ("parameters", Part::Parameter),
        ("headers", Part::Header),
        ("requestBodies", Part::Body),
        ("responses", Part::Response),
    ];
    for (key, part) in shared {
        lint.visit_named(part, &components.below(key));
    }
}

/// A part of the frame.
#[derive(Debug, Clone, Copy)]
enum Part {
    PathItem,
    Operation,
    Parameter,
    Header,
    Body,
    Response,
    Media,
}

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
const ROOT: &[&str] = &[
    "openapi",
    "$self",
    "info",
    "jsonSchemaDialect",
    "servers",
    "paths",
    "webhooks",
    "components",
    "security",
    "tags",
    "externalDocs",
];
const COMPONENTS: &[&str] = &[
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
    "pathItems",
    "mediaTypes",
];
const OPERATION: &[&str] = &[
    "tags",
    "summary",
    "description",
    "externalDocs",
    "operationId",
    "parameters",
    "requestBody",
    "responses",
    "callbacks",
    "deprecated",
    "security",
    "servers",
];
const PATH_ITEM: &[&str] = &["$ref", "summary", "description", "servers", "parameters", "additionalOperations"];
const PARAMETER: &[&str] = &[
    "name",
    "in",
    "description",
    "required",
    "deprecated",
    "allowEmptyValue",
    "style",
    "explode",
    "allowReserved",
    "schema",
    "example",
    "examples",
    "content",
];

impl Part {
    fn word(self) -> &'static str {
        match self {
            Part::PathItem => "a path item",
            Part::Operation => "an operation",
            Part::Parameter => "a parameter",
            Part::Header => "a header",
            Part::Body => "a request body",
            Part::Response => "a response",
            Part::Media => "a media type",
        }
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Part::PathItem => PATH_ITEM,
            Part::Operation => OPERATION,
            Part::Parameter | Part::Header => PARAMETER,
            Part::Body => &["description", "content", "required"],
            Part::Response => &["summary", "description", "headers", "content", "links"],
            Part::Media => &[
                "schema",
                "itemSchema",
                "example",
                "examples",
                "encoding",
                "prefixEncoding",
                "itemEncoding",
                "description",
            ],
        }
    }
}

struct Lint<'a> {
    document: &'a Document,
    findings: &'a mut Vec<Finding>,
    seen: HashSet<Site>,
}

impl Lint<'_> {
    fn warn(&mut self, rule: &'static str, site: &Site, what: String) {
        self.findings.push(Finding::warning(rule, self.document.place(site), what));
    }

    fn info(&mut self, root: &Site) {
        let info = root.below("info");
        let Some(entries) = self.document.value(&info).and_then(Value::as_object) else {
            return self.warn("missing-info", root, "the document has no `info` with `title` and `version`".to_owned());
        };
        for key in ["title", "version"].into_iter().filter(|key| !entries.contains_key(*key)) {
            self.warn("missing-info", &info, format!("`info` has no `{key}`"));
        }
    }

    fn servers(&mut self, root: &Site) {
        let servers = root.below("servers");
        if self.document.value(&servers).is_some_and(|value| !value.is_array()) {
            self.warn("bad-servers", &servers, "`servers` must be a list; it is ignored".to_owned());
        }
    }

    /// A parameter or header that says nothing of its value.
    fn schema(&mut self, part: Part, site: &Site, value: &Value) {
        let swagger = matches!(value.get("in").and_then(Value::as_str), Some("body" | "formData"));
        if swagger || value.get("schema").is_some() || value.get("content").is_some() {
            return;
        }
        let what = match (part, value.get("name").and_then(Value::as_str)) {
            (Part::Parameter, Some(name)) => format!("the parameter `{name}`"),
            (Part::Parameter, None) => return,
            _ => "the header".to_owned(),
        };
        self.warn("missing-schema", site, format!("{what} has neither `schema` nor `content`; any text is accepted"));
    }

    fn names(&self, site: &Site) -> Vec<String> {
        let entries = self.document.value(site).and_then(Value::as_object);
        entries.into_iter().flat_map(Map::keys).cloned().collect()
    }

    fn visit_named(&mut self, part: Part, site: &Site) {
        for name in self.names(site) {
            self.visit(part, site.below(&name));
        }
    }

    /// Looks at a part once, wherever references to it stand.
    fn visit(&mut self, part: Part, site: Site) {
        let Some((site, value)) = self.document.resolve(site) else { return };
        if !value.is_object() || !self.seen.insert(site.clone()) {
            return;
        }
        match part {
            Part::PathItem => self.path_item(&site),
            Part::Operation => self.operation(&site),
            Part::Parameter | Part::Header => self.schema(part, &site, value),
            // OpenAPI 3.2 does not ask for it any more.
            Part::Response if value.get("description").is_none() && !self.document.is_3_2() => {
                self.warn("missing-description", &site, "the response has no `description`".to_owned());
            }
            _ => {}
        }
        self.unknown(part.word(), &site, |key| {
            part.keys().contains(&key) || (matches!(part, Part::PathItem) && METHODS.contains(&key))
        });
        if matches!(part, Part::Response) {
            self.visit_named(Part::Header, &site.below("headers"));
        }
        if !matches!(part, Part::PathItem | Part::Operation | Part::Media) {
            self.visit_named(Part::Media, &site.below("content"));
        }
    }

    fn path_item(&mut self, site: &Site) {
        self.parameters(site);
        for method in METHODS {
            self.visit(Part::Operation, site.below(method));
        }
    }

    fn operation(&mut self, site: &Site) {
        self.parameters(site);
        self.visit(Part::Body, site.below("requestBody"));
        let responses = site.below("responses");
        if self.names(&responses).is_empty() {
            let what = "the operation documents no responses; any reply is accepted".to_owned();
            self.warn("missing-responses", site, what);
        }
        for status in self.names(&responses).into_iter().filter(|status| !status.starts_with("x-")) {
            self.visit(Part::Response, responses.below(&status));
        }
    }

    fn parameters(&mut self, site: &Site) {
        let list = site.below("parameters");
        let count = self.document.value(&list).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count {
            self.visit(Part::Parameter, list.below(&index.to_string()));
        }
    }

    fn keys(&mut self, site: &Site, known: &[&str]) {
        self.unknown("a document", site, |key| known.contains(&key));
    }

    fn unknown(&mut self, what: &str, site: &Site, known: impl Fn(&str) -> bool) {
        let names = self.names(site);
        for key in names.iter().filter(|key| !key.starts_with("x-") && !known(key)) {
            let candidates = [ROOT, COMPONENTS, OPERATION, PATH_ITEM, PARAMETER, METHODS].concat();
            let meant = nearest(key, candidates.into_iter().filter(|key| known(key)));
            let place = self.document.place(&site.below(key));
            let finding = Finding::warning("unknown-key", place, format!("{what} has no key `{key}`; it is ignored"));
            self.findings.push(match meant {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding,
            });
        }
    }
}
