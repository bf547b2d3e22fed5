//! One operation as `openapiv3` wants it: references followed, schemas and examples replaced by their addresses.

use std::collections::HashSet;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::super::document::{Document, Site};
use crate::source::Finding;

/// The extension under which a lifted part remembers where it stands.
const SITE: &str = "x-site";

/// Reads a lifted part.
pub(super) fn read<T: DeserializeOwned>(
    lifted: Value,
    document: &Document,
    site: &Site,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    let read = serde_json::from_value(lifted);
    read.map_err(|error| {
        let what = format!("this cannot be read and is left out: {error}");
        findings.push(Finding::warning("bad-operation", document.place(site), what));
    })
    .ok()
}

/// Where a lifted part stands in the document.
pub(super) fn site<'a>(extensions: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Site {
    let mut extensions = extensions.into_iter();
    let found = extensions.find(|(key, _)| *key == SITE).and_then(|(_, value)| address(value.as_str()?));
    found.unwrap_or_else(|| Site { file: 0, pointer: String::new() })
}

/// A site from the text that stands for it.
pub(super) fn address(text: &str) -> Option<Site> {
    let (file, pointer) = text.split_once('#')?;
    Some(Site { file: file.parse().ok()?, pointer: pointer.to_owned() })
}

fn text(site: &Site) -> String {
    format!("{}#{}", site.file, site.pointer)
}

/// An operation with the parameters of its path item.
pub(super) fn operation(document: &Document, home: &Site, site: &Site, findings: &mut Vec<Finding>) -> Option<Value> {
    let mut lift = Lift { document, findings };
    let Some(entries) = document.value(site).and_then(Value::as_object) else {
        lift.warn("bad-operation", site, "an operation must be an object; it is left out".to_owned());
        return None;
    };
    let mut out = Map::new();
    if let Some(Value::String(id)) = entries.get("operationId") {
        out.insert("operationId".to_owned(), id.as_str().into());
    }
    let tags = entries.get("tags").and_then(Value::as_array).into_iter().flatten();
    out.insert("tags".to_owned(), tags.filter(|tag| tag.is_string()).cloned().collect());
    out.insert("parameters".to_owned(), lift.parameters(home, site));
    if entries.contains_key("requestBody")
        && let Some(body) = lift.body(site.below("requestBody"))
    {
        out.insert("requestBody".to_owned(), body);
    }
    out.insert("responses".to_owned(), lift.responses(&site.below("responses")));
    Some(Value::Object(out))
}

struct Lift<'a> {
    document: &'a Document,
    findings: &'a mut Vec<Finding>,
}

impl Lift<'_> {
    fn warn(&mut self, rule: &'static str, site: &Site, what: String) {
        self.findings.push(Finding::warning(rule, self.document.place(site), what));
    }

    /// The parameters of the operation, and those of its path that it does not override.
    fn parameters(&mut self, home: &Site, site: &Site) -> Value {
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        for list in [site.below("parameters"), home.below("parameters")] {
            let mut here = HashSet::new();
            let count = self.document.value(&list).and_then(Value::as_array).map_or(0, Vec::len);
            for index in 0..count {
                let at = list.below(&index.to_string());
                let Some((target, parameter)) = self.document.resolve(at.clone()) else { continue };
                let Some((key, lifted)) = self.parameter(&target, parameter) else { continue };
                if here.contains(&key) {
                    self.warn(
                        "duplicate-parameter",
                        &at,
                        format!("the {} parameter `{}` stands here twice", key.0, key.1),
                    );
                } else if !seen.contains(&key) {
                    out.push(lifted);
                }
                here.insert(key);
            }
            seen.extend(here);
        }
        Value::Array(out)
    }

    fn parameter(&mut self, site: &Site, value: &Value) -> Option<((String, String), Value)> {
        let name = value.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
        let place = value.get("in").and_then(Value::as_str);
        let (Some(name), Some(place @ ("query" | "header" | "path" | "cookie"))) = (name, place) else {
            let what = match place {
                Some("body" | "formData") => "is Swagger 2.0; in OpenAPI 3 it is the operation's `requestBody`",
                _ => "needs a `name`, and `in` as one of query, header, path, cookie",
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
        Some(((place.to_owned(), name.to_owned()), Value::Object(out)))
    }

    fn style(&mut self, site: &Site, value: &Value, place: &str, out: &mut Map<String, Value>) {
        let Some(style) = value.get("style") else { return };
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
        let mut out = Map::from_iter([(SITE.to_owned(), text(site).into())]);
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

    fn body(&mut self, site: Site) -> Option<Value> {
        let Some((site, body)) = self.document.resolve(site.clone()) else {
            // A reference that leads nowhere still says that there is a body.
            return Some(json!({ SITE: text(&site), "content": {} }));
        };
        if !body.is_object() {
            self.warn("bad-body", &site, "a request body must be an object; it is left out".to_owned());
            return None;
        }
        let mut out = Map::from_iter([(SITE.to_owned(), text(&site).into())]);
        self.flag(&site, body, "required", &mut out);
        out.insert("content".to_owned(), self.content(&site.below("content")));
        Some(Value::Object(out))
    }

    fn content(&mut self, site: &Site) -> Value {
        let names = self.document.value(site).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        Value::Object(names.map(|name| (name.clone(), self.media(&site.below(name)))).collect())
    }

    fn media(&mut self, site: &Site) -> Value {
        let mut out = Map::from_iter([(SITE.to_owned(), text(site).into())]);
        // OpenAPI 3.2 lets a media type be a reference.
        let Some((site, media)) = self.document.resolve(site.clone()) else { return Value::Object(out) };
        if media.get("schema").is_some() {
            out.insert("schema".to_owned(), address_of(&site.below("schema")));
        }
        let encodings = media.get("encoding").and_then(Value::as_object);
        let encodings = encodings.into_iter().flatten().map(|(name, encoding)| {
            let style = encoding.get("style").and_then(Value::as_str).unwrap_or("form");
            let known = ["form", "spaceDelimited", "pipeDelimited", "deepObject"].contains(&style);
            let style = if known { style } else { "form" };
            let explode = encoding.get("explode").and_then(Value::as_bool).unwrap_or(style == "form");
            (name.clone(), json!({ "style": style, "explode": explode }))
        });
        let encodings: Map<String, Value> = encodings.collect();
        out.insert("encoding".to_owned(), Value::Object(encodings));
        Value::Object(out)
    }

    fn responses(&mut self, site: &Site) -> Value {
        let mut out = Map::new();
        let keys = self.document.value(site).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        for key in keys.filter(|key| !key.starts_with("x-")) {
            if !is_status(key) {
                let what = format!("`{key}` is no status, no range such as 2XX and not `default`; it is left out");
                self.warn("bad-status", &site.below(key), what);
                continue;
            }
            let Some((target, response)) = self.document.resolve(site.below(key)) else { continue };
            let lifted = self.response(&target, response);
            out.insert(key.clone(), lifted);
        }
        Value::Object(out)
    }

    fn response(&mut self, site: &Site, response: &Value) -> Value {
        let headers = response.get("headers").and_then(Value::as_object).into_iter().flat_map(Map::keys);
        let mut lifted = Map::new();
        for name in headers {
            let Some((target, header)) = self.document.resolve(site.below("headers").below(name)) else { continue };
            lifted.insert(name.clone(), Value::Object(self.described(&target, header)));
        }
        let content = self.content(&site.below("content"));
        json!({ "description": "", "headers": lifted, "content": content, SITE: text(site) })
    }
}

fn address_of(site: &Site) -> Value {
    json!({ "$ref": text(site) })
}

fn is_status(key: &str) -> bool {
    let bytes = key.as_bytes();
    let range = |rest: &[u8]| rest.eq_ignore_ascii_case(b"XX") || rest.iter().all(u8::is_ascii_digit);
    key == "default" || (bytes.len() == 3 && matches!(bytes[0], b'1'..=b'9') && range(&bytes[1..]))
}
