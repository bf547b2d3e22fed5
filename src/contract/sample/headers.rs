//! The documented header fields of a made-up reply.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::super::Contract;
use super::super::dialect::Direction;
use super::super::example::of_media;
use super::super::operation::Operation;
use super::super::parameter;
use super::super::part::Parameter;
use super::super::schema::Report;
use super::{Ask, Examples, Mood, Wish};

/// What describes the bytes on the wire is for those who write them.
const OF_THE_WIRE: &[&str] = &[
    "connection",
    "content-encoding",
    "content-range",
    "content-type",
    "keep-alive",
    "set-cookie2",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Values that are made for one field until one can be sent.
const TRIES: u64 = 8;

impl Contract {
    /// The header fields that are documented for a reply, each with its example or a made-up value. One that has no value
    /// that may be sent is left out.
    pub fn sample_headers(&self, operation: &Operation, wish: &Wish<'_>, length: usize) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let replies = self.parts(operation).and_then(|parts| parts.replies.as_ref());
        let Some(response) = replies.and_then(|replies| replies.for_status(wish.status)) else { return headers };
        for field in response.headers.iter().filter(|field| !OF_THE_WIRE.contains(&field.name.as_str())) {
            let Ok(name) = HeaderName::from_bytes(field.name.as_bytes()) else { continue };
            let value = match name.as_str() {
                "content-length" => Some(HeaderValue::from(length)),
                _ => self.field(field, &name, wish),
            };
            headers.extend(value.map(|value| (name, value)));
        }
        headers
    }

    fn field(&self, field: &Arc<Parameter>, name: &HeaderName, wish: &Wish<'_>) -> Option<HeaderValue> {
        let schema = field.schema;
        let mut example = of_media(&self.document, &field.site, None);
        example.take_if(|_| wish.mood == Mood::Lively && schema.is_some());
        for attempt in 0..TRIES {
            let mood = if attempt == 0 { wish.mood } else { Mood::Lively };
            let dice = wish.dice.branch(&format!("{} {attempt}", field.site.pointer));
            let as_written = example.is_some() && wish.examples == Examples::AsWritten;
            let value = example.take().or_else(|| customary(name).filter(|_| attempt == 0));
            let value = value.map_or_else(
                || schema.map_or(Ok("sample".into()), |it| self.made(it, Ask { dice, mood, status: None })),
                Ok,
            );
            let text = written(&value.ok()?, field);
            let Some(value) = HeaderValue::from_str(&text).ok().filter(|value| !value.is_empty()) else { continue };
            let headers = HeaderMap::from_iter([(name.clone(), value.clone())]);
            let mut report = Report::default();
            parameter::check_headers(self.book(), std::slice::from_ref(field), &headers, Direction::Reply, &mut report);
            if as_written || report.finish().is_empty() {
                return Some(value);
            }
        }
        None
    }
}

/// What everybody expects under a name of which schemas say no more than that it is a text: a date as HTTP writes it (RFC 9110
/// section 5.6.7), and what a browser takes.
fn customary(name: &HeaderName) -> Option<Value> {
    match name.as_str() {
        "date" | "expires" | "last-modified" | "sunset" => Some("Thu, 01 Jan 2026 00:00:00 GMT".into()),
        "access-control-allow-origin" => Some("*".into()),
        _ => None,
    }
}

/// A value in the style `simple`, which all header fields have.
fn written(value: &Value, field: &Parameter) -> String {
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        _ if field.json => value.to_string(),
        Value::Array(items) => items.iter().map(word).collect::<Vec<_>>().join(","),
        Value::Object(entries) => {
            let between = if field.explode { '=' } else { ',' };
            let pairs = entries.iter().map(|(name, value)| format!("{name}{between}{}", word(value)));
            pairs.collect::<Vec<_>>().join(",")
        }
        value => word(value),
    }
}
