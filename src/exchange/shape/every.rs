//! The header fields of every reply. Those that are always the same are made once, and are there already in a reply that was kept.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use super::Scope;
use crate::message::{lasting_name, lasting_value};
use crate::pack::{Conventions, Template};

/// The header fields of every reply.
#[derive(Debug)]
pub(in crate::exchange) struct EveryReply {
    fields: Vec<(HeaderName, Field)>,
}

/// Stands where a value is still to come.
const EMPTY: HeaderValue = HeaderValue::from_static("");

#[derive(Debug)]
enum Field {
    /// Always this.
    Constant(HeaderValue),
    /// A figure of the pack, unless a rate limit has its own.
    Figure(HeaderValue, Template),
    /// New on each reply.
    Fleeting(Template),
}

impl EveryReply {
    pub(in crate::exchange) fn new(conventions: &Conventions) -> EveryReply {
        let field = |template: &Template| match (template.constant(), figure(template, &conventions.figures)) {
            (Some(text), _) => lasting_value(&text).map(Field::Constant),
            (None, Some(text)) => lasting_value(&text).map(|value| Field::Figure(value, template.clone())),
            (None, None) => Some(Field::Fleeting(template.clone())),
        };
        let every = &conventions.headers.every;
        EveryReply {
            fields: every.iter().filter_map(|(name, template)| Some((lasting_name(name), field(template)?))).collect(),
        }
    }

    /// Adds those that stay the same to a reply, and an empty place for each of the others. What it says for itself stays.
    pub(in crate::exchange) fn lay(&self, is_rationed: bool, headers: &mut HeaderMap) {
        headers.reserve(self.fields.len());
        for (name, field) in &self.fields {
            let http::header::Entry::Vacant(place) = headers.entry(name) else { continue };
            place.insert(match field {
                Field::Constant(value) => value.clone(),
                Field::Figure(value, _) if !is_rationed => value.clone(),
                Field::Figure(..) | Field::Fleeting(_) => EMPTY,
            });
        }
    }

    /// Fills the empty places. What has no value is not sent.
    pub(in crate::exchange) fn fill(&self, scope: &Scope<'_>, headers: &mut HeaderMap) {
        let mut text = String::with_capacity(64);
        let mut stays_empty = false;
        for (name, place) in headers.iter_mut().filter(|(_, value)| value.is_empty()) {
            let template = match self.fields.iter().find(|(known, _)| known == name) {
                Some((_, Field::Figure(_, template) | Field::Fleeting(template))) => template,
                Some((_, Field::Constant(_))) | None => continue,
            };
            text.clear();
            template.write(scope, &mut text);
            match HeaderValue::from_str(&text) {
                Ok(value) if !value.is_empty() => *place = value,
                Ok(_) | Err(_) => stays_empty = true,
            }
        }
        if stays_empty {
            self.remove_empty(headers);
        }
    }

    fn remove_empty(&self, headers: &mut HeaderMap) {
        for (name, _) in self.fields.iter().filter(|(_, field)| !matches!(field, Field::Constant(_))) {
            if headers.get(name).is_some_and(HeaderValue::is_empty) {
                headers.remove(name);
            }
        }
    }
}

/// The text of a template that names nothing but figures.
fn figure(template: &Template, figures: &Map<String, Value>) -> Option<String> {
    template.names().all(|name| figures.contains_key(name)).then(|| template.text(figures))
}
