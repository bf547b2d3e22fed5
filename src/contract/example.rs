//! The examples of a document: found for a reply, and checked against the schemas beside them.

mod audit;

use std::collections::HashSet;

use http::StatusCode;
use serde_json::{Map, Value};

use super::document::{Document, Site, Version};
use super::media::{acceptable, is_json};
use super::operation::Operation;
use super::part::Media;
use super::{Contract, Finding};

/// Compositions deeper than this have no assembled example.
const MAX_DEPTH: usize = 128;
/// Parts that one assembled example may have.
const MAX_PARTS: usize = 10_000;

impl Contract {
    /// The documented example of a reply and its media type: the one of that name, else the first; else what the schema
    /// gives as one; else one put together from the examples of its properties, where every required one has one.
    pub fn example(
        &self,
        operation: &Operation,
        status: StatusCode,
        accept: Option<&str>,
        name: Option<&str>,
    ) -> Option<(String, Value)> {
        let response = self.parts(operation)?.replies.as_ref()?.for_status(status)?;
        let media = acceptable(&response.media, accept)?;
        let value = of_media(&self.document, &media.site, name)
            .or_else(|| name.is_none().then(|| self.of_schema(media)).flatten())?;
        // A range such as `application/*` names no type to send; JSON is what its example is written in.
        let concrete = if media.name.contains('*') { "application/json" } else { &media.name };
        Some((concrete.to_owned(), value))
    }

    /// Checks every example of the document against its schema.
    pub fn check_examples(&self) -> Vec<Finding> {
        let mut findings = audit::examples(self);
        self.document.tidy(&mut findings);
        findings
    }

    fn of_schema(&self, media: &Media) -> Option<Value> {
        let site = self.schemas.site(media.schema?);
        if !is_json(&media.name) && !media.name.contains('*') {
            return self.document.value(site)?.get("example").cloned();
        }
        let mut assembly = Assembly { document: &self.document, path: HashSet::new(), parts: 0 };
        assembly.schema(site)
    }
}

/// The example beside a schema in a media type or a parameter.
pub(super) fn of_media(document: &Document, site: &Site, name: Option<&str>) -> Option<Value> {
    let (site, media) = document.resolve(site.clone())?;
    let examples = site.below("examples");
    let value_of = |name: &str| {
        let (_, example) = document.resolve(examples.below(name))?;
        // OpenAPI 3.2 calls it `dataValue`.
        example.get("value").or_else(|| example.get("dataValue")).cloned()
    };
    if let Some(name) = name {
        return value_of(name);
    }
    let names = media.get("examples").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    names.map(String::as_str).find_map(value_of).or_else(|| media.get("example").cloned())
}

/// Puts an example together from what a schema and its parts give.
struct Assembly<'a> {
    document: &'a Document,
    /// The schemas around the one in hand: circles have no example.
    path: HashSet<Site>,
    parts: usize,
}

impl Assembly<'_> {
    fn schema(&mut self, site: &Site) -> Option<Value> {
        self.parts += 1;
        if self.parts > MAX_PARTS || self.path.len() > MAX_DEPTH || !self.path.insert(site.clone()) {
            return None;
        }
        let value = self.read(site);
        self.path.remove(site);
        value
    }

    fn read(&mut self, site: &Site) -> Option<Value> {
        let document = self.document;
        let schema = document.value(site)?.as_object()?;
        let bare = document.version == Version::V30 && schema.contains_key("$ref");
        let given = || {
            let listed = schema.get("examples").and_then(Value::as_array).and_then(|examples| examples.first());
            schema.get("example").or(listed).or_else(|| schema.get("default")).or_else(|| schema.get("const")).cloned()
        };
        if let Some(value) = given().filter(|_| !bare) {
            return Some(value);
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            return self.schema(&document.target(site.file, reference)?);
        }
        for key in ["oneOf", "anyOf"] {
            let branches = schema.get(key).and_then(Value::as_array).map_or(0, Vec::len);
            let list = site.below(key);
            if let Some(value) = (0..branches).find_map(|branch| self.schema(&list.below(&branch.to_string()))) {
                return Some(value);
            }
        }
        if schema.contains_key("items") {
            return self.schema(&site.below("items")).map(|item| Value::Array(vec![item]));
        }
        self.object(site, schema)
    }

    fn object(&mut self, site: &Site, schema: &Map<String, Value>) -> Option<Value> {
        let mut out = Map::new();
        let parts = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
        let list = site.below("allOf");
        for part in 0..parts {
            match self.schema(&list.below(&part.to_string())) {
                Some(Value::Object(entries)) => out.extend(entries),
                Some(other) if parts == 1 => return Some(other),
                _ => {}
            }
        }
        let properties = site.below("properties");
        for name in schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let below = properties.below(name);
            if super::dialect::marked(self.document, &below, "writeOnly") {
                continue;
            }
            if let Some(value) = self.schema(&below) {
                out.insert(name.clone(), value);
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        let complete = required.filter_map(Value::as_str).all(|name| out.contains_key(name));
        (complete && !out.is_empty()).then_some(Value::Object(out))
    }
}
