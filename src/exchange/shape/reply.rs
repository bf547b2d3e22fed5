//! An outcome as a reply: the envelope, what a page adds, the status, the header fields of the occasion.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use super::{Scope, view};
use crate::exchange::call::Call;
use crate::exchange::verb::{Done, Outcome};
use crate::message::Reply;
use crate::pack::{Shape, Template};
use crate::store::Reader;

/// A reply and its body as a value, for the check that follows.
pub(in crate::exchange) fn reply(call: &Call<'_>, done: &Done, reader: &Reader<'_>) -> (Reply, Option<Value>) {
    let body = body(call, done, reader);
    let status = status(call, &done.outcome);
    let mut reply = Reply::new(status);
    if let Some(body) = &body {
        reply.headers.insert(http::header::CONTENT_TYPE, call.provider.pack.conventions.content_type.clone());
        reply.body = Bytes::from(body.to_string());
    }
    headers(call, done, reader, &mut reply);
    (reply, body)
}

fn status(call: &Call<'_>, outcome: &Outcome) -> StatusCode {
    let usual = call.binding.status.unwrap_or_else(|| call.operation.success());
    let created = matches!(outcome, Outcome::One { created: true, .. });
    match created && call.binding.status.is_none() && call.operation.statuses.contains(&StatusCode::CREATED) {
        true => StatusCode::CREATED,
        false => usual,
    }
}

fn body(call: &Call<'_>, done: &Done, reader: &Reader<'_>) -> Option<Value> {
    let answer = call.binding.answer.as_ref();
    match &done.outcome {
        Outcome::Nothing => answer.map(|answer| answer.value(&Scope::of(call))),
        Outcome::Example => None,
        Outcome::Count(total) => {
            let mut facts = Map::new();
            facts.insert("total".into(), (*total).into());
            Some(answer.map_or_else(|| (*total).into(), |answer| answer.value(&Scope::of(call).with(&facts))))
        }
        Outcome::One { table, record, .. } => match answer {
            Some(answer) => Some(answer.value(&Scope::of(call).over(reader, *table, record))),
            None => {
                let shown = view::view(call, reader, *table, record);
                Some(enveloped(call.provider.pack.resources[*table].one.as_deref(), shown, None, call))
            }
        },
        Outcome::Many { table, rows, page } => {
            let shown = rows.iter().map(|row| view::view(call, reader, *table, row)).collect();
            let adds = page.as_ref().and_then(|page| Some((page.adds(call)?, &page.facts)));
            Some(enveloped(call.provider.pack.resources[*table].many.as_deref(), Value::Array(shown), adds, call))
        }
    }
}

fn enveloped(key: Option<&str>, shown: Value, adds: Option<(&Shape, &Map<String, Value>)>, call: &Call<'_>) -> Value {
    let Some(key) = key else { return shown };
    let mut envelope = Map::new();
    envelope.insert(key.to_owned(), shown);
    if let Some((adds, facts)) = adds {
        if let Value::Object(adds) = adds.value(&Scope::of(call).with(facts)) {
            envelope.extend(adds);
        }
    }
    Value::Object(envelope)
}

/// The header fields that stay the same as long as the body does.
fn headers(call: &Call<'_>, done: &Done, reader: &Reader<'_>, reply: &mut Reply) {
    let set = &call.provider.pack.conventions.headers;
    let occasion = match &done.outcome {
        _ if reply.body.is_empty() => &set.empty,
        Outcome::One { created: true, .. } => &set.created,
        Outcome::Many { .. } => &set.many,
        Outcome::One { .. } | Outcome::Count(_) | Outcome::Nothing | Outcome::Example => &set.one,
    };
    let mut facts = Map::new();
    facts.insert("etag".into(), format!("{:032x}", xxh3_128(&reply.body)).into());
    let scope = Scope::of(call).with(&facts);
    let scope = match &done.outcome {
        Outcome::One { table, record, .. } => scope.over(reader, *table, record),
        Outcome::Many { .. } | Outcome::Count(_) | Outcome::Nothing | Outcome::Example => scope,
    };
    write_headers(&mut reply.headers, occasion.iter().chain(&call.binding.headers), &scope);
}

/// Adds the header fields of every reply, which may differ from one to the next.
pub(in crate::exchange) fn fresh_headers(scope: &Scope<'_>, set: &[(HeaderName, Template)], headers: &mut HeaderMap) {
    write_headers(headers, set.iter(), scope);
}

pub(super) fn write_headers<'t>(
    headers: &mut HeaderMap,
    templates: impl Iterator<Item = &'t (HeaderName, Template)>,
    scope: &Scope<'_>,
) {
    for (name, template) in templates {
        let text = template.constant().unwrap_or_else(|| template.text(scope).into());
        // What has no value, such as a `Retry-After` that a scenario leaves out, is not sent.
        let value = HeaderValue::from_str(&text).ok().filter(|value| !value.is_empty());
        if let Some(value) = value {
            headers.insert(name.clone(), value);
        }
    }
}
