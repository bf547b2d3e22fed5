//! A refusal in the provider's words.

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::Scope;
use super::reply::write_headers;
use crate::exchange::Provider;
use crate::exchange::call::Call;
use crate::message::Reply;
use crate::pack::{Binding, ErrorBody, ErrorTemplate, Facts};
use crate::refusal::{Problem, Refusal};

/// The reply for a refusal, and its body as a value where it is JSON. None where the pack has no words for it.
pub(in crate::exchange) fn refusal(
    provider: &Provider,
    binding: Option<&Binding>,
    refusal: &Refusal,
    scope: &Scope<'_>,
) -> Option<(Reply, Option<Value>)> {
    let template = provider.pack.wording(binding.filter(|_| !refusal.general), refusal.kind)?;
    let resource = binding.map_or("", |binding| provider.pack.resources[binding.table].rules.table.as_str());
    let facts = facts(provider, resource, refusal, template);
    let scope = scope.clone().with(&facts);
    let mut reply = Reply::new(template.status);
    let mut value = None;
    match &template.body {
        ErrorBody::Json(shape) => {
            let body = shape.value(&scope);
            reply = provider.json(template.status, &body);
            value = Some(body);
        }
        ErrorBody::Text(text) => {
            let plain = HeaderValue::from_static("text/plain; charset=utf-8");
            reply.headers.insert(http::header::CONTENT_TYPE, plain);
            reply.body = Bytes::from(text.text(&scope));
        }
    }
    if template.status == StatusCode::NO_CONTENT {
        reply.body = Bytes::new();
    }
    write_headers(&mut reply.headers, provider.pack.conventions.headers.refused.iter(), &scope);
    write_headers(&mut reply.headers, template.headers.iter(), &scope);
    Some((reply, value))
}

/// The reply of a refusal that the pack has no words for, with the `Retry-After` that the refusal asks for, or without one.
pub(in crate::exchange) fn waiting(mut reply: Reply, refusal: &Refusal) -> Reply {
    match refusal.facts.get("retry_after") {
        Some(Value::Null) => drop(reply.headers.remove(RETRY_AFTER)),
        Some(seconds) => reply.headers.extend(seconds.as_u64().map(|seconds| (RETRY_AFTER, seconds.into()))),
        None => {}
    }
    reply
}

/// The same reply with `Retry-After` as a date in place of seconds where the refusal asks for one (RFC 9110 section 10.2.3).
/// That the document allows it, or shall be broken, was seen to when the scenario was read.
pub(in crate::exchange) fn dated(mut reply: Reply, refusal: &Refusal, now: Timestamp) -> Reply {
    if !refusal.dated {
        return reply;
    }
    let seconds = reply.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    if let Some(date) = seconds.and_then(|seconds| http_date(now, seconds)) {
        reply.headers.insert(RETRY_AFTER, date);
    }
    reply
}

/// So many seconds from now, as HTTP writes dates (RFC 9110 section 5.6.7).
pub(in crate::exchange) fn http_date(now: Timestamp, seconds: i64) -> Option<HeaderValue> {
    let then = now.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    HeaderValue::from_str(&then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

/// Why an item of a bulk call was refused, in a few words.
pub(in crate::exchange) fn reason(call: &Call<'_>, refusal: &Refusal) -> String {
    let provider = call.provider;
    let resource = &call.resource().rules.table;
    if refusal.problems.is_empty() {
        let Some(template) = provider.pack.wording(Some(call.binding), refusal.kind) else { return String::new() };
        let facts = facts(provider, resource, refusal, template);
        return template.text.text(&Scope::of(call).with(&facts));
    }
    let texts: Vec<String> = refusal.problems.iter().map(|problem| problem_text(provider, resource, problem)).collect();
    texts.join(", ")
}

/// What a template may mention of a refusal. What is costly to word is there only where it does.
fn facts(provider: &Provider, resource: &str, refusal: &Refusal, template: &ErrorTemplate) -> Map<String, Value> {
    let mut facts = refusal.facts.clone();
    let problems = &refusal.problems;
    let kind =
        provider.pack.resources.iter().find(|known| known.rules.table == resource).map(|known| known.kind.as_str());
    facts.entry("type").or_insert_with(|| kind.unwrap_or(resource).into());
    if template.mentions("problems_by_field") {
        facts.insert("problems_by_field".into(), by_field(provider, resource, problems));
    }
    if template.mentions("first_problem") {
        let first = problems.first().map(|problem| problem_text(provider, resource, problem));
        let first = first.unwrap_or_else(|| refusal.kind.word().replace('_', " "));
        facts.insert("first_problem".into(), first.into());
    }
    facts
}

/// An object of field to list of problems.
fn by_field(provider: &Provider, resource: &str, problems: &[Problem]) -> Value {
    let mut listed: Map<String, Value> = Map::new();
    for problem in problems {
        let phrase = provider.pack.phrases.problem(resource, problem);
        let field = phrase.and_then(|phrase| phrase.listed_as.as_ref()).unwrap_or(&problem.field);
        let entry = phrase.map_or(Value::Null, |phrase| phrase.entry.value(&OfProblem(provider, problem)));
        if let Value::Array(list) = listed.entry(field.clone()).or_insert_with(|| Value::Array(Vec::new())) {
            list.push(entry);
        }
    }
    Value::Object(listed)
}

fn problem_text(provider: &Provider, resource: &str, problem: &Problem) -> String {
    let phrase = provider.pack.phrases.problem(resource, problem);
    phrase
        .map(|phrase| phrase.text.text(&OfProblem(provider, problem)))
        .unwrap_or_else(|| problem.kind.word().to_owned())
}

/// What the wording of a problem may mention.
struct OfProblem<'a>(&'a Provider, &'a Problem);

impl Facts for OfProblem<'_> {
    fn fact(&self, name: &str) -> Option<Value> {
        let OfProblem(provider, problem) = self;
        match name {
            "label" => Some(provider.pack.phrases.label(&problem.field).into()),
            "field" => Some(problem.field.as_str().into()),
            "value" => Some(problem.value.clone()),
            "limit" => Some(problem.limit.clone()),
            _ => None,
        }
    }
}
