//! An outcome as a reply: the envelope, what a page adds, the status, the header fields of the occasion.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};

use super::{Scope, form, view};
use crate::contract::Wish;
use crate::exchange::call::Call;
use crate::exchange::verb::{Done, Outcome, Page};
use crate::message::Reply;
use crate::pack::{Act, Shape, Template};
use crate::store::{Id, Reader, Record, TableIndex};

/// A reply and its body as a value, for the check that follows.
pub(in crate::exchange) fn reply(call: &Call<'_>, done: &Done, reader: &Reader<'_>) -> (Reply, Option<Value>) {
    if let Outcome::Example = done.outcome {
        let dice = call.session.dice.branch("samples");
        let wish = Wish::usual(call.operation.success(), call.request.header("accept"), dice);
        let (mut reply, body) = super::example(call.provider, call.operation, &wish);
        headers(call, done, reader, &mut reply);
        return (reply, body);
    }
    let body = body(call, done, reader);
    let status = status(call, &done.outcome);
    let mut reply = match &body {
        Some(body) => call.provider.json(status, body),
        None => Reply::new(status),
    };
    headers(call, done, reader, &mut reply);
    (reply, body)
}

fn status(call: &Call<'_>, outcome: &Outcome) -> StatusCode {
    let usual = call.binding.status.unwrap_or_else(|| call.operation.success());
    let created = matches!(outcome, Outcome::One { created: true, .. });
    if call.binding.status.is_some() || !matches!(outcome, Outcome::One { .. }) {
        return usual;
    }
    // Of an operation that may or may not make a record, the status says whether it has.
    let fits = |status: &StatusCode| status.is_success() && created == (*status == StatusCode::CREATED);
    call.operation.statuses.iter().copied().find(fits).unwrap_or(usual)
}

fn body(call: &Call<'_>, done: &Done, reader: &Reader<'_>) -> Option<Value> {
    let answer = call.binding.answer.as_ref();
    match &done.outcome {
        Outcome::Nothing => answer.map(|answer| answer.value(&Scope::of(call))),
        Outcome::Told(value) => Some(value.clone()),
        Outcome::Unseen => call.binding.unseen.as_ref().map(|answer| answer.value(&Scope::of(call))),
        Outcome::Example => None,
        Outcome::Count(total) => {
            let mut facts = Map::new();
            facts.insert("total".into(), (*total).into());
            Some(answer.map_or_else(|| (*total).into(), |answer| answer.value(&Scope::of(call).with(&facts))))
        }
        Outcome::One { table, record, .. } => match answer {
            Some(answer) => {
                let mut facts = Map::new();
                if answer.mentions(&["record"]) {
                    facts.insert("record".into(), form::shown(call, reader, *table, record));
                }
                Some(answer.value(&Scope::of(call).over(reader, *table, record).with(&facts)))
            }
            None => {
                let shown = form::shown(call, reader, *table, record);
                if let Some(body) = form::of_one(call, reader, (*table, record), &shown) {
                    return Some(body);
                }
                let asked = sideloads(call, reader, *table, std::slice::from_ref(&shown));
                let body = enveloped(call.provider.pack.resources[*table].one.as_deref(), shown, None, call);
                Some(with(asked, body))
            }
        },
        Outcome::Found { rows, page, total } => Some(found(call, reader, rows, page.as_ref(), *total)),
        Outcome::Many { table, rows, page } => {
            if let Some(body) = form::of_many(call, reader, *table, rows, page.as_ref()) {
                return Some(body);
            }
            let mut shown: Vec<Value> = rows.iter().map(|row| form::shown(call, reader, *table, row)).collect();
            let resource = &call.provider.pack.resources[*table];
            if let Some((field, _)) =
                resource.rules.removed_at.as_ref().zip(page.as_ref().filter(|page| page.is_stream(call)))
            {
                // Where removed records are among them, the others say that they are not.
                shown.iter_mut().filter_map(Value::as_object_mut).for_each(|row| {
                    row.entry(field.clone()).or_insert(Value::Null);
                });
            }
            let adds = page.as_ref().and_then(|page| Some((page.adds(call)?, &page.facts)));
            let asked = sideloads(call, reader, *table, &shown);
            Some(with(asked, enveloped(resource.many.as_deref(), Value::Array(shown), adds, call)))
        }
    }
}

/// Records of several collections, each with what it is.
fn found(
    call: &Call<'_>,
    reader: &Reader<'_>,
    rows: &[(TableIndex, Arc<Record>)],
    page: Option<&Page>,
    total: usize,
) -> Value {
    let Act::Search(search) = &call.binding.act else { return Value::Null };
    let shown = rows.iter().map(|(table, row)| {
        let mut shown = form::shown(call, reader, *table, row);
        let name = search.finds.iter().find(|finds| finds.table == *table).map(|finds| finds.name.as_str());
        if let Value::Object(shown) = &mut shown {
            shown.insert(search.tells.clone(), name.into());
        }
        shown
    });
    if let Some(answer) = &call.binding.answer {
        let facts = Map::from_iter([("total".to_owned(), total.into())]);
        return answer.value(&Scope::of(call).with(&facts));
    }
    let many = call.provider.pack.resources[call.binding.table].many.as_deref();
    let adds = page.and_then(|page| Some((page.adds(call)?, &page.facts)));
    enveloped(many, Value::Array(shown.collect()), adds, call)
}

/// The records that the call asks to be sent along, each once, by the key under which they stand.
fn sideloads(call: &Call<'_>, reader: &Reader<'_>, table: TableIndex, shown: &[Value]) -> Map<String, Value> {
    let asked = call.binding.include.as_ref().and_then(|input| call.list(input)).unwrap_or_default();
    let resources = &call.provider.pack.resources;
    let mut along = Map::new();
    for (other, field) in &resources[table].sideloads {
        let Some(key) = resources[*other].many.as_deref().filter(|key| asked.iter().any(|word| word == key)) else {
            continue;
        };
        let ids: BTreeSet<Id> = shown.iter().filter_map(|row| row.get(field).and_then(Id::of)).collect();
        let found = ids.iter().filter_map(|id| reader.table(*other).get(id));
        along.insert(key.to_owned(), found.map(|record| view::view(call, reader, *other, record)).collect());
    }
    along
}

/// A body with more beside what it has.
fn with(more: Map<String, Value>, mut body: Value) -> Value {
    if let Value::Object(body) = &mut body {
        body.extend(more);
    }
    body
}

fn enveloped(key: Option<&str>, shown: Value, adds: Option<(&Shape, &Map<String, Value>)>, call: &Call<'_>) -> Value {
    let Some(key) = key else { return shown };
    let mut envelope = Map::new();
    envelope.insert(key.to_owned(), shown);
    if let Some((adds, facts)) = adds
        && let Value::Object(adds) = adds.value(&Scope::of(call).with(facts))
    {
        envelope.extend(adds);
    }
    Value::Object(envelope)
}

/// The header fields that stay the same as long as the body does.
fn headers(call: &Call<'_>, done: &Done, reader: &Reader<'_>, reply: &mut Reply) {
    let set = &call.provider.pack.conventions.headers;
    let occasion = match &done.outcome {
        _ if reply.body.is_empty() => &set.empty,
        Outcome::One { created: true, .. } => &set.created,
        Outcome::Many { .. } | Outcome::Found { .. } => &set.many,
        Outcome::One { .. }
        | Outcome::Count(_)
        | Outcome::Nothing
        | Outcome::Told(_)
        | Outcome::Unseen
        | Outcome::Example => &set.one,
    };
    let nothing = Map::new();
    let facts = match &done.outcome {
        Outcome::Many { page: Some(page), .. } | Outcome::Found { page: Some(page), .. } => &page.facts,
        _ => &nothing,
    };
    let scope = Scope::of(call).beside(&reply.body).with(facts);
    let scope = match &done.outcome {
        Outcome::One { table, record, .. } => scope.over(reader, *table, record),
        Outcome::Many { .. }
        | Outcome::Found { .. }
        | Outcome::Count(_)
        | Outcome::Nothing
        | Outcome::Told(_)
        | Outcome::Unseen
        | Outcome::Example => scope,
    };
    write_headers(&mut reply.headers, occasion.iter().chain(&call.binding.headers), &scope);
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
