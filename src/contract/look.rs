//! A schema as somebody reads it who wants to know what a value is for: its form, its properties, what is said of it. References
//! and compositions are seen through.

use std::collections::HashSet;

use http::StatusCode;
use serde_json::{Map, Value};

use super::Contract;
use super::document::{Document, Site, Version};
use super::example::of_media;
use super::media::is_json;
use super::operation::Operation;
use super::part::{Media, Parameter};
use super::violation::Part;

/// Levels from which an example is put together.
const ASSEMBLED: usize = 4;
/// Compositions with more parts than this say nothing more.
const MAX_PARTS: usize = 200;

/// Keywords that leave a value as free as it is.
const SAYS_NOTHING: [&str; 11] = [
    "$ref",
    "allOf",
    "title",
    "description",
    "example",
    "examples",
    "default",
    "deprecated",
    "nullable",
    "readOnly",
    "externalDocs",
];

/// What kind of value a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Named properties.
    Object,
    /// A list.
    List,
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Flag,
}

/// A schema that is looked at.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    document: &'a Document,
    /// Where it is used.
    site: Site,
    /// The schemas that it is made of: what it refers to, and the parts of its compositions.
    parts: Vec<(Site, &'a Map<String, Value>)>,
}

/// A parameter of an operation that is looked at.
#[derive(Debug)]
pub struct Given<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it stands in a request.
    pub part: Part,
    /// Whether it must be there.
    pub required: bool,
    /// What it holds, where that is said.
    pub look: Option<Look<'a>>,
}

impl Contract {
    /// What the JSON body of a reply holds; none where there is none.
    pub fn reply_look(&self, operation: &Operation, status: StatusCode) -> Option<Look<'_>> {
        let response = self.parts(operation)?.replies.as_ref()?.for_status(status)?;
        self.look_at(response.media.iter().find(|media| is_json(&media.name) || media.name.contains('*'))?)
    }

    /// What the body of a request holds: its JSON, else what a form has.
    pub fn body_look(&self, operation: &Operation) -> Option<Look<'_>> {
        let media = &self.parts(operation)?.body.as_ref()?.media;
        self.look_at(media.iter().find(|media| is_json(&media.name)).or(media.first())?)
    }

    /// Whether a request may have a body of a media type.
    pub fn takes(&self, operation: &Operation, media_type: &str) -> bool {
        let body = self.parts(operation).and_then(|parts| parts.body.as_ref());
        body.is_some_and(|body| body.media.iter().any(|media| media.name.eq_ignore_ascii_case(media_type)))
    }

    /// Whether a reply has a body, and if so, whether it can be JSON.
    pub fn reply_body(&self, operation: &Operation, status: StatusCode) -> Option<bool> {
        let response = self.parts(operation)?.replies.as_ref()?.for_status(status)?;
        let json = |media: &Media| is_json(&media.name) || media.name.contains('*');
        (status != StatusCode::NO_CONTENT && !response.media.is_empty()).then(|| response.media.iter().any(json))
    }

    /// What the document shows as the JSON body of a reply, if it shows anything.
    pub fn shown(&self, operation: &Operation, status: StatusCode) -> Option<Value> {
        let response = self.parts(operation)?.replies.as_ref()?.for_status(status)?;
        let media = response.media.iter().find(|media| is_json(&media.name) || media.name.contains('*'))?;
        of_media(&self.document, &media.site, None).or_else(|| self.look_at(media)?.assembled(ASSEMBLED))
    }

    /// The header fields that are documented for a reply.
    pub fn reply_headers(&self, operation: &Operation, status: StatusCode) -> Vec<&str> {
        let replies = self.parts(operation).and_then(|parts| parts.replies.as_ref());
        let headers =
            replies.and_then(|replies| replies.for_status(status)).map(|response| response.headers.as_slice());
        headers.unwrap_or_default().iter().map(|header| header.name.as_str()).collect()
    }

    /// The parameters of an operation.
    pub fn inputs(&self, operation: &Operation) -> Vec<Given<'_>> {
        let parameters = self.parts(operation).map(|parts| parts.parameters.as_slice()).unwrap_or_default();
        let given = parameters.iter().map(|parameter: &std::sync::Arc<Parameter>| Given {
            name: &parameter.name,
            part: parameter.part,
            required: parameter.required,
            look: parameter.schema.map(|schema| Look::of(&self.document, self.schemas.site(schema).clone())),
        });
        given.collect()
    }

    /// Whether each parameter of an operation's path takes any text.
    pub(super) fn takes_any_path(&self, operation: &Operation) -> bool {
        let inputs = self.inputs(operation);
        let mut in_path = inputs.iter().filter(|given| given.part == Part::Path);
        in_path.all(|given| given.look.as_ref().is_none_or(Look::takes_any_word))
    }

    pub(super) fn look_at(&self, media: &Media) -> Option<Look<'_>> {
        Some(Look::of(&self.document, self.schemas.site(media.schema?).clone()))
    }
}

impl<'a> Look<'a> {
    fn of(document: &'a Document, site: Site) -> Look<'a> {
        let mut parts = Vec::new();
        collect(document, &site, &mut HashSet::new(), &mut parts);
        Look { document, site, parts }
    }

    /// What is said under a keyword, by the first part that says it.
    pub fn said(&self, keyword: &str) -> Option<&'a Value> {
        self.parts.iter().find_map(|(_, part)| part.get(keyword))
    }

    /// What is said of its form in XML, where it stands or where it is described.
    pub(super) fn xml(&self) -> Option<&'a Value> {
        let mut site = self.site.clone();
        for _ in 0..MAX_PARTS {
            let schema = self.document.value(&site)?;
            if let Some(xml) = schema.get("xml") {
                return Some(xml);
            }
            site = self.document.target(site.file, schema.get("$ref")?.as_str()?)?;
        }
        None
    }

    /// Whether a keyword is said to be true.
    pub fn is(&self, keyword: &str) -> bool {
        self.parts.iter().any(|(_, part)| part.get(keyword) == Some(&Value::Bool(true)))
    }

    /// Whether nothing is asked of a text but that it is there.
    fn takes_any_word(&self) -> bool {
        let asks = |(keyword, value): (&String, &Value)| match keyword.as_str() {
            "type" => value != "string",
            "minLength" => value.as_u64().is_none_or(|least| least > 1),
            keyword => !SAYS_NOTHING.contains(&keyword) && !keyword.starts_with("x-"),
        };
        !self.parts.iter().any(|(_, part)| part.iter().any(asks))
    }

    /// The name of the component that it is, where it is one: two looks with the same name are at the same schema.
    pub fn name(&self) -> Option<&str> {
        let named = |site: &'_ Site| site.pointer.starts_with("/components/schemas/");
        let site =
            std::iter::once(&self.site).chain(self.parts.iter().map(|(site, _)| site)).find(|site| named(site))?;
        site.pointer.rsplit('/').next()
    }

    /// The kind of value, if there is one only, but for null.
    pub fn form(&self) -> Option<Form> {
        self.parts.iter().find_map(|(_, part)| stated(part)).or_else(|| {
            let has = |keyword: &str| self.said(keyword).is_some();
            match (has("properties"), has("items")) {
                (true, _) => Some(Form::Object),
                (_, true) => Some(Form::List),
                _ => {
                    self.said("enum").and_then(|values| values.get(0)).or_else(|| self.said("const")).and_then(form_of)
                }
            }
        })
    }

    /// The names of its properties, in the order of the document.
    pub fn names(&self) -> Vec<&'a str> {
        let mut seen = HashSet::new();
        let all = self.parts.iter().filter_map(|(_, part)| part.get("properties")?.as_object()).flat_map(Map::keys);
        all.map(String::as_str).filter(|name| seen.insert(*name)).collect()
    }

    /// One of its properties.
    pub fn property(&self, name: &str) -> Option<Look<'a>> {
        let has = |part: &Map<String, Value>| part.get("properties").is_some_and(|all| all.get(name).is_some());
        let (site, _) = self.parts.iter().find(|(_, part)| has(part))?;
        Some(Look::of(self.document, site.below("properties").below(name)))
    }

    /// What its items are, where it is a list.
    pub fn items(&self) -> Option<Look<'a>> {
        let (site, _) = self.parts.iter().find(|(_, part)| part.get("items").is_some_and(Value::is_object))?;
        Some(Look::of(self.document, site.below("items")))
    }

    /// The properties that must be there.
    pub fn required(&self) -> Vec<&'a str> {
        let lists = self.parts.iter().filter_map(|(_, part)| part.get("required")?.as_array());
        lists.flatten().filter_map(Value::as_str).collect()
    }

    /// An example of its own, else one put together from those of its properties or items.
    fn assembled(&self, levels: usize) -> Option<Value> {
        if let Some(example) = self.said("example") {
            return Some(example.clone());
        }
        let below = levels.checked_sub(1)?;
        match self.form()? {
            Form::List => self.items()?.assembled(below).map(|item| Value::Array(vec![item])),
            Form::Object => {
                let part = |name: &str| Some((name.to_owned(), self.property(name)?.assembled(below)?));
                let parts: Map<String, Value> = self.names().into_iter().filter_map(part).collect();
                (!parts.is_empty()).then_some(Value::Object(parts))
            }
            _ => None,
        }
    }

    /// An example of its own, else the first of them.
    pub fn example(&self) -> Option<&'a Value> {
        self.said("example").or_else(|| self.said("examples")?.as_array()?.first()).or_else(|| self.said("default"))
    }
}

fn collect<'a>(
    document: &'a Document,
    site: &Site,
    seen: &mut HashSet<Site>,
    parts: &mut Vec<(Site, &'a Map<String, Value>)>,
) {
    if parts.len() >= MAX_PARTS || !seen.insert(site.clone()) {
        return;
    }
    let Some(schema) = document.value(site).and_then(Value::as_object) else { return };
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|text| document.target(site.file, text));
    if document.version != Version::V30 || target.is_none() {
        parts.push((site.clone(), schema));
    }
    if let Some(target) = target {
        collect(document, &target, seen, parts);
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        let list = site.below(key);
        for part in 0..schema.get(key).and_then(Value::as_array).map_or(0, Vec::len) {
            collect(document, &list.below(&part.to_string()), seen, parts);
        }
    }
}

fn stated(part: &Map<String, Value>) -> Option<Form> {
    match part.get("type")? {
        Value::String(name) => named(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).find_map(named),
        _ => None,
    }
}

fn named(name: &str) -> Option<Form> {
    Some(match name {
        "object" => Form::Object,
        "array" => Form::List,
        "string" => Form::Text,
        "integer" => Form::Integer,
        "number" => Form::Number,
        "boolean" => Form::Flag,
        _ => return None,
    })
}

fn form_of(value: &Value) -> Option<Form> {
    Some(match value {
        Value::Object(_) => Form::Object,
        Value::Array(_) => Form::List,
        Value::String(_) => Form::Text,
        Value::Number(number) if number.is_f64() => Form::Number,
        Value::Number(_) => Form::Integer,
        Value::Bool(_) => Form::Flag,
        Value::Null => return None,
    })
}
