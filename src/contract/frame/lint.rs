//! What a document should have and has not, or has and should not. It is served all the same.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::document::{Document, Site};
use crate::source::{Finding, nearest};

/// Looks over the frame; schemas are looked over when they are compiled.
pub(super) fn check(document: &Document, findings: &mut Vec<Finding>) {
    let root = Spot { site: Site { file: 0, pointer: String::new() }, value: document.main().value() };
    let mut lint = Lint { document, findings, seen: HashSet::new() };
    lint.unknown("a document", &root, |key| ROOT.contains(&key));
    lint.info(&root);
    lint.servers(&root);
    for (path, item) in root.entries_of("paths").filter(|(path, _)| !path.starts_with("x-")) {
        if !path.starts_with('/') {
            let what = format!("the path `{path}` must start with a slash; it is left out");
            lint.warn("bad-path", &item.site, what);
        }
        if !item.value.is_object() {
            lint.warn("bad-path", &item.site, format!("the path `{path}` must be an object; it is left out"));
        }
        lint.visit(Part::PathItem, item);
    }
    let Some(components) = root.below("components") else { return };
    lint.unknown("a document", &components, |key| COMPONENTS.contains(&key));
    let shared = [
        ("parameters", Part::Parameter),
        ("headers", Part::Header),
        ("requestBodies", Part::Body),
        ("responses", Part::Response),
    ];
    for (key, part) in shared {
        lint.visit_named(part, &components, key);
    }
}

/// A site and what stands there, so that its parts are reached without a walk from the root.
#[derive(Debug)]
struct Spot<'d> {
    site: Site,
    value: &'d Value,
}

impl<'d> Spot<'d> {
    fn below(&self, key: &str) -> Option<Spot<'d>> {
        self.value.as_object()?.get(key).map(|value| Spot { site: self.site.below(key), value })
    }

    /// What stands in a map under a key, by name.
    fn entries_of(&self, key: &str) -> impl Iterator<Item = (&'d str, Spot<'d>)> + use<'d> {
        let map = self.below(key).and_then(|home| Some((home.site, home.value.as_object()?)));
        map.into_iter().flat_map(|(home, entries)| {
            entries.iter().map(move |(name, value)| (name.as_str(), Spot { site: home.below(name), value }))
        })
    }

    /// What stands in a list under a key.
    fn items_of(&self, key: &str) -> impl Iterator<Item = Spot<'d>> + use<'d> {
        let list = self.below(key).and_then(|home| Some((home.site, home.value.as_array()?)));
        list.into_iter().flat_map(|(home, items)| {
            items.iter().enumerate().map(move |(index, value)| Spot { site: home.below(&index.to_string()), value })
        })
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

struct Lint<'d, 'f> {
    document: &'d Document,
    findings: &'f mut Vec<Finding>,
    /// The values of the parts that were looked at: a value stands at one address.
    seen: HashSet<*const Value>,
}

impl<'d> Lint<'d, '_> {
    fn warn(&mut self, rule: &'static str, site: &Site, what: String) {
        self.findings.push(Finding::warning(rule, self.document.place(site), what));
    }

    fn info(&mut self, root: &Spot<'d>) {
        let Some((info, entries)) = root.below("info").and_then(|info| Some((info.site, info.value.as_object()?)))
        else {
            let what = "the document has no `info` with `title` and `version`";
            return self.warn("missing-info", &root.site, what.to_owned());
        };
        for key in ["title", "version"].into_iter().filter(|key| !entries.contains_key(*key)) {
            self.warn("missing-info", &info, format!("`info` has no `{key}`"));
        }
    }

    fn servers(&mut self, root: &Spot<'d>) {
        if let Some(servers) = root.below("servers").filter(|servers| !servers.value.is_array()) {
            self.warn("bad-servers", &servers.site, "`servers` must be a list; it is ignored".to_owned());
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

    /// Looks at each part of a map.
    fn visit_named(&mut self, part: Part, around: &Spot<'d>, key: &str) {
        for (_, spot) in around.entries_of(key) {
            self.visit(part, spot);
        }
    }

    /// Looks at a part once, wherever references to it stand.
    fn visit(&mut self, part: Part, spot: Spot<'d>) {
        let Some((site, value)) = self.document.follow(spot.site, spot.value) else { return };
        if !value.is_object() || !self.seen.insert(value) {
            return;
        }
        let spot = Spot { site, value };
        match part {
            Part::PathItem => self.path_item(&spot),
            Part::Operation => self.operation(&spot),
            Part::Parameter | Part::Header => self.schema(part, &spot.site, value),
            // OpenAPI 3.2 does not ask for it any more.
            Part::Response if value.get("description").is_none() && !self.document.is_3_2() => {
                self.warn("missing-description", &spot.site, "the response has no `description`".to_owned());
            }
            _ => {}
        }
        self.unknown(part.word(), &spot, |key| {
            part.keys().contains(&key) || (matches!(part, Part::PathItem) && METHODS.contains(&key))
        });
        if matches!(part, Part::Response) {
            self.visit_named(Part::Header, &spot, "headers");
        }
        if !matches!(part, Part::PathItem | Part::Operation | Part::Media) {
            self.visit_named(Part::Media, &spot, "content");
        }
    }

    fn path_item(&mut self, item: &Spot<'d>) {
        item.items_of("parameters").for_each(|parameter| self.visit(Part::Parameter, parameter));
        for operation in METHODS.iter().filter_map(|method| item.below(method)) {
            self.visit(Part::Operation, operation);
        }
    }

    fn operation(&mut self, operation: &Spot<'d>) {
        operation.items_of("parameters").for_each(|parameter| self.visit(Part::Parameter, parameter));
        if let Some(body) = operation.below("requestBody") {
            self.visit(Part::Body, body);
        }
        let mut responses = operation.entries_of("responses").peekable();
        if responses.peek().is_none() {
            let what = "the operation documents no responses; any reply is accepted".to_owned();
            self.warn("missing-responses", &operation.site, what);
        }
        for (_, response) in responses.filter(|(status, _)| !status.starts_with("x-")) {
            self.visit(Part::Response, response);
        }
    }

    fn unknown(&mut self, what: &str, spot: &Spot<'d>, known: impl Fn(&str) -> bool) {
        let keys = spot.value.as_object().into_iter().flat_map(Map::keys);
        for key in keys.filter(|key| !key.starts_with("x-") && !known(key)) {
            let candidates = [ROOT, COMPONENTS, OPERATION, PATH_ITEM, PARAMETER, METHODS].concat();
            let meant = nearest(key, candidates.into_iter().filter(|key| known(key)));
            let place = self.document.place(&spot.site.below(key));
            let finding = Finding::warning("unknown-key", place, format!("{what} has no key `{key}`; it is ignored"));
            self.findings.push(match meant {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding,
            });
        }
    }
}
