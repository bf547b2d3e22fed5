//! The journal of a session: asked, followed, verified, explained, forgotten.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::call::Call;
use super::problem::Problem;
use crate::exchange::{Lead, Provider, World};
use crate::journal::{
    ClientFault, Exchange, Filter, Seen, Verification, client_faults, explain as text, explanation, own_faults, summary,
};
use crate::message::{Request, Stream};
use crate::session::Session;
use crate::source::{Finding, Findings, Node, Source};

/// How many exchanges a page has unless one asks for more or less.
const PAGE: u64 = 100;

/// The exchanges that a filter means, from the oldest on.
pub(super) fn list(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    let filter = filter(call)?;
    let after = call.query.get("after").and_then(Value::as_u64).unwrap_or_default();
    let limit = call.query.get("limit").and_then(Value::as_u64).unwrap_or(PAGE);
    let reading = Reading::of(&session);
    let seen = reading.seen(call.world());
    let mut meant = seen.iter().filter(|seen| seen.exchange.number > after && filter.holds(seen)).peekable();
    let page: Vec<&Seen<'_>> = meant.by_ref().take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
    let next = meant.peek().and_then(|_| page.last()).map(|last| last.exchange.number);
    let shown: Vec<Value> = page.iter().map(|seen| summary(seen.exchange, seen.faults)).collect();
    Ok(json!({ "exchanges": shown, "next": next, "dropped": reading.dropped }))
}

pub(super) fn clear(call: &Call<'_>) -> Result<Value, Problem> {
    call.session()?.journal.clear();
    Ok(Value::Null)
}

/// The exchanges of a session from now on that a filter means, by the documents as they are now. Of clients' faults there are those
/// that an exchange shows by itself.
pub(super) fn follow(call: &Call<'_>) -> Result<Stream, Problem> {
    let session = call.session()?;
    let filter = filter(call)?;
    let (name, providers) = (session.name.clone(), Arc::clone(&call.world().providers));
    let means = move |exchange: &Exchange| {
        let faults = own_faults(exchange);
        exchange.session() == &*name && filter.holds(&seen(&providers, exchange, &exchange.request(), &faults))
    };
    Ok(session.journal.shared().follow(means))
}

/// Whether expectations are met; they are read as a scenario's rules are.
pub(super) fn verify(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    let source = Source::known("verify", format!("{:#}", call.body), call.body.clone());
    let verification = Verification::read(&source, &call.documents()).map_err(|findings| unreadable(&findings))?;
    Ok(verification.judge(&Reading::of(&session).seen(call.world())))
}

/// Why an exchange went as it did: by its number, or by a request id that stands in its reply.
pub(super) fn explain(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    let id = call.name("id");
    let reading = Reading::of(&session);
    let number = id.parse::<u64>().ok();
    let numbered = reading.exchanges.iter().find(|exchange| Some(exchange.number) == number);
    // A number is never looked for among header fields: many of them say `1`.
    let named = || reading.exchanges.iter().rev().find(|exchange| number.is_none() && exchange.is_called(id));
    let exchange = numbered.or_else(named).ok_or_else(|| reading.nothing(id, &session.name))?;
    let faults = reading.faults(exchange);
    let mut value = explanation(exchange, faults);
    value["text"] = text(exchange, faults).into();
    Ok(value)
}

/// A journal as it is at one moment, with what can only be said of its exchanges together.
struct Reading {
    exchanges: Vec<Exchange>,
    requests: Vec<Request>,
    faults: BTreeMap<u64, Vec<ClientFault>>,
    dropped: u64,
}

impl Reading {
    fn of(session: &Session) -> Reading {
        let (exchanges, dropped) = session.journal.read();
        let now = session.clock.times();
        let faults = client_faults(&exchanges, now);
        let requests = exchanges.iter().map(|exchange| exchange.request()).collect();
        Reading { exchanges, requests, faults, dropped }
    }

    fn seen<'a>(&'a self, world: &'a World) -> Vec<Seen<'a>> {
        let all = self.exchanges.iter().zip(&self.requests);
        all.map(|(exchange, request)| seen(&world.providers, exchange, request, self.faults(exchange))).collect()
    }

    fn faults(&self, exchange: &Exchange) -> &[ClientFault] {
        self.faults.get(&exchange.number).map_or(&[], Vec::as_slice)
    }

    fn nothing(&self, id: &str, session: &str) -> Problem {
        let has = match (self.exchanges.first(), self.exchanges.last()) {
            (Some(first), Some(last)) => format!("has the exchanges {} to {}", first.number, last.number),
            _ => "is empty".to_owned(),
        };
        let detail = format!(
            "the journal of session `{session}` {has}, and no reply in it has a header with the value `{id}`; \
             --journal BYTES keeps more"
        );
        Problem::missing("No such exchange", detail)
    }
}

fn seen<'a>(
    providers: &'a [Provider],
    exchange: &'a Exchange,
    request: &'a Request,
    faults: &'a [ClientFault],
) -> Seen<'a> {
    let Lead { provider, operation, variables } = Lead::of(providers, request);
    Seen { exchange, request, provider, operation, variables, faults }
}

impl Call<'_> {
    /// The operations of each provider's document.
    fn documents(&self) -> Vec<&[crate::contract::Operation]> {
        self.world().providers.iter().map(|provider| provider.contract.operations()).collect()
    }
}

/// The filter that a query asks for.
fn filter(call: &Call<'_>) -> Result<Filter, Problem> {
    let wanted = wanted(&call.query).map_err(|finding| unreadable(&[*finding]))?;
    let source = Source::known("query", format!("{wanted:#}"), wanted);
    let mut findings = Findings::default();
    let filter = Node::root(&source).fields(&mut findings).map(|mut fields| {
        let filter = Filter::read(&mut fields, &call.documents(), &mut findings);
        fields.finish(&mut findings);
        filter
    });
    match filter {
        Some(filter) if findings.is_empty() => Ok(filter),
        _ => Err(unreadable(&findings.into_vec())),
    }
}

/// A query in the words of expectations: an `operation` is an `on`, and `where` is the text of one.
fn wanted(query: &Map<String, Value>) -> Result<Value, Box<Finding>> {
    let mut wanted: Map<String, Value> = query.clone();
    wanted.retain(|key, _| key != "limit" && key != "after");
    if let Some(operation) = wanted.shift_remove("operation") {
        wanted.insert("on".into(), operation);
    }
    if let Some(Value::String(text)) = wanted.get("where") {
        let conditions = Source::parse("where", text.clone())?.value().clone();
        wanted.insert("where".into(), conditions);
    }
    for key in ["refused", "client_fault"] {
        let flag = wanted.get(key).and_then(Value::as_str).and_then(|word| word.parse::<bool>().ok());
        if let Some(flag) = flag {
            wanted.insert(key.into(), flag.into());
        }
    }
    Ok(wanted.into())
}

fn unreadable(findings: &[Finding]) -> Problem {
    Problem::unreadable("This cannot be asked", findings)
}
