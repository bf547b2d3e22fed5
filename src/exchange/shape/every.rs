//! The header fields of every reply. Those that are always the same are made once.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use super::Scope;
use crate::pack::{Conventions, Template};

/// The header fields of every reply.
#[derive(Debug)]
pub(in crate::exchange) struct EveryReply {
    fields: Vec<(HeaderName, Field)>,
}

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
            (Some(text), _) => HeaderValue::from_str(&text).ok().map(Field::Constant),
            (None, Some(text)) => HeaderValue::from_str(&text).ok().map(|value| Field::Figure(value, template.clone())),
            (None, None) => Some(Field::Fleeting(template.clone())),
        };
        let every = &conventions.headers.every;
        EveryReply {
            fields: every.iter().filter_map(|(name, template)| Some((name.clone(), field(template)?))).collect(),
        }
    }

    /// Adds them to a reply; what it says for itself stays.
    pub(in crate::exchange) fn write(&self, scope: &Scope<'_>, headers: &mut HeaderMap) {
        headers.reserve(self.fields.len());
        for (name, field) in &self.fields {
            let http::header::Entry::Vacant(place) = headers.entry(name) else { continue };
            let value = match field {
                Field::Constant(value) => Some(value.clone()),
                Field::Figure(value, _) if !scope.is_rationed() => Some(value.clone()),
                Field::Figure(_, template) | Field::Fleeting(template) => {
                    HeaderValue::try_from(template.text(scope)).ok().filter(|value| !value.is_empty())
                }
            };
            if let Some(value) = value {
                place.insert(value);
            }
        }
    }
}

/// The text of a template that names nothing but figures.
fn figure(template: &Template, figures: &Map<String, Value>) -> Option<String> {
    template.names().all(|name| figures.contains_key(name)).then(|| template.text(figures))
}
