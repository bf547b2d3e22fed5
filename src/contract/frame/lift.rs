//! One part of the frame as `openapiv3` wants it: schemas replaced by their addresses, examples left behind, slips left out.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::super::document::{Document, Site};
use crate::source::Finding;

/// The site for which a lifted schema stands.
pub(super) fn address(text: &str) -> Option<Site> {
    let (file, pointer) = text.split_once('#')?;
    Some(Site { file: file.parse().ok()?, pointer: pointer.to_owned() })
}

fn address_of(site: &Site) -> Value {
    json!({ "$ref": format!("{}#{}", site.file, site.pointer) })
}

pub(super) struct Lift<'a> {
    pub(super) document: &'a Document,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl Lift<'_> {
    pub(super) fn parameter(&mut self, site: &Site, value: &Value) -> Option<openapiv3::Parameter> {
        let name = value.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
        let place = value.get("in").and_then(Value::as_str);
        // OpenAPI 3.2: the whole query as one value.
        let place = if place == Some("querystring") { Some("query") } else { place };
        let (Some(name), Some(place @ ("query" | "header" | "path" | "cookie"))) = (name, place) else {
            let what = match place {
                Some("body" | "formData") => "is Swagger 2.0; in OpenAPI 3 it is the operation's `requestBody`",
                _ => "needs a `name`, and `in` as one of query, querystring, header, path, cookie",
            };
            self.warn("bad-parameter", site, format!("a parameter {what}; it is left out"));
            return None;
        };
        let mut out = self.described(site, value);
        out.insert("name".to_owned(), name.into());
        out.insert("in".to_owned(), place.into());
        self.style(site, value, place, &mut out);
        for flag in ["explode", "allowEmptyValue"] {
            self.flag(site, value, flag, &mut out);
        }
        self.read(Value::Object(out), site)
    }

    pub(super) fn header(&mut self, site: &Site, value: &Value) -> Option<openapiv3::Header> {
        let lifted = self.described(site, value);
        self.read(Value::Object(lifted), site)
    }

    pub(super) fn body(&mut self, site: &Site, value: &Value) -> Option<openapiv3::RequestBody> {
        if !value.is_object() {
            self.warn("bad-body", site, "a request body must be an object; it is left out".to_owned());
            return None;
        }
        let mut out = Map::new();
        self.flag(site, value, "required", &mut out);
        out.insert("content".to_owned(), self.content(&site.below("content")));
        self.read(Value::Object(out), site)
    }

    /// Without its headers, which are lifted one by one.
    pub(super) fn response(&mut self, site: &Site, value: &Value) -> Option<openapiv3::Response> {
        if !value.is_object() {
            self.warn("bad-response", site, "a response must be an object; it is left out".to_owned());
            return None;
        }
        let content = self.content(&site.below("content"));
        self.read(json!({ "description": "", "content": content }), site)
    }

    fn read<T: DeserializeOwned>(&mut self, lifted: Value, site: &Site) -> Option<T> {
        let read = serde_json::from_value(lifted);
        read.map_err(|error| self.warn("bad-part", site, format!("this cannot be read and is left out: {error}"))).ok()
    }

    fn warn(&mut self, rule: &'static str, site: &Site, what: String) {
        self.findings.push(Finding::warning(rule, self.document.place(site), what));
    }

    fn style(&mut self, site: &Site, value: &Value, place: &str, out: &mut Map<String, Value>) {
        let Some(style) = value.get("style").filter(|style| (place, *style) != ("cookie", &json!("cookie"))) else {
            return;
        };
        let known: &[&str] = match place {
            "query" => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
            "path" => &["simple", "label", "matrix"],
            "header" => &["simple"],
            _ => &["form"],
        };
        match style.as_str().filter(|style| known.contains(style)) {
            Some(style) => drop(out.insert("style".to_owned(), style.into())),
            None => {
                let what =
                    format!("`style` of a {place} parameter is one of {}; {} is read", known.join(", "), known[0]);
                self.warn("bad-parameter", &site.below("style"), what);
            }
        }
    }

    fn flag(&mut self, site: &Site, value: &Value, flag: &str, out: &mut Map<String, Value>) {
        match value.get(flag) {
            Some(set @ Value::Bool(_)) => drop(out.insert(flag.to_owned(), set.clone())),
            Some(_) => {
                self.warn("bad-value", &site.below(flag), format!("`{flag}` must be true or false; it is ignored"))
            }
            None => {}
        }
    }

    /// What parameters and headers have in common.
    fn described(&mut self, site: &Site, value: &Value) -> Map<String, Value> {
        let mut out = Map::new();
        self.flag(site, value, "required", &mut out);
        let content = value.get("content").and_then(Value::as_object).and_then(|content| content.keys().next());
        match (value.get("schema"), content) {
            (None, Some(name)) => {
                let media = self.media(&site.below("content").below(name));
                out.insert("content".to_owned(), json!({ name: media }));
            }
            // Without a schema `openapiv3` refuses the part; an empty one accepts anything.
            (None, None) => drop(out.insert("schema".to_owned(), json!({}))),
            (Some(_), _) => drop(out.insert("schema".to_owned(), address_of(&site.below("schema")))),
        }
        out
    }

    fn content(&mut self, site: &Site) -> Value {
        let names = self.document.value(site).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        Value::Object(names.map(|name| (name.clone(), self.media(&site.below(name)))).collect())
    }

    fn media(&mut self, site: &Site) -> Value {
        let mut out = Map::new();
        // OpenAPI 3.2 lets a media type be a reference.
        let Some((site, media)) = self.document.resolve(site.clone()) else { return Value::Object(out) };
        if media.get("schema").is_some() {
            out.insert("schema".to_owned(), address_of(&site.below("schema")));
        }
        Value::Object(out)
    }
}
