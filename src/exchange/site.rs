//! Where an exchange takes place, and the steps of its stages.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;

use super::call::Call;
use super::quota::Quotas;
use super::shape::{self, Scope};
use super::verb::Done;
use super::{Doors, Provider, Validation, World, auth, check, perform};
use crate::contract::{Checked, Kind as Departure, Operation, Part, Violation, Writable};
use crate::journal::{Entry, Standing};
use crate::message::{Answer, Reply, Request, Wire};
use crate::pack::Binding;
use crate::refusal::Refusal;
use crate::session::{Hazards, Key, Session, State};
use crate::source::escape;
use crate::store::Store;

/// Where an exchange takes place.
pub(super) struct Site<'a> {
    pub(super) world: &'a World,
    pub(super) session: &'a Session,
    pub(super) provider: &'a Provider,
    pub(super) operation: &'a Operation,
    pub(super) request: &'a Request,
    /// What becomes of its departures from the document.
    pub(super) validation: Validation,
    /// How long the reply is held back because the client prefers so.
    pub(super) delay: Cell<Duration>,
    /// What the session had come to when the request came in.
    state: State,
    /// A fault on the wire that struck before the effect.
    pub(super) wire: Cell<Option<Wire>>,
    /// What is left of the rate limits that concern the request.
    pub(super) quotas: RefCell<Quotas>,
}

/// Who calls, with what in the path.
pub(super) struct Visit<'a> {
    pub(super) variables: &'a [(&'a str, &'a str)],
    pub(super) caller: Result<Option<auth::Caller<'a>>, Refusal>,
    /// What the caller is called, if somebody was recognised.
    pub(super) name: Option<&'a str>,
}

impl<'a> Site<'a> {
    pub(super) fn new(
        world: &'a World,
        session: &'a Session,
        provider: &'a Provider,
        operation: &'a Operation,
        request: &'a Request,
        validation: Validation,
    ) -> Site<'a> {
        let state = session.state();
        let (delay, wire, quotas) = (Cell::default(), Cell::default(), RefCell::default());
        Site { world, session, provider, operation, request, validation, state, delay, wire, quotas }
    }

    /// The records as they were when the request came in.
    fn store(&self) -> &Store {
        self.state.store(self.provider.index)
    }

    /// What may go wrong.
    pub(super) fn hazards(&self) -> Option<&Hazards> {
        self.state.hazards(self.provider.index).map(Arc::as_ref)
    }

    /// The stages, and what a scenario adds to them.
    pub(super) fn answer(&self, variables: &[(&str, &str)], entry: &mut Entry<'a>) -> Answer {
        let known = self.caller();
        let name = known.as_ref().ok().and_then(|caller| caller.as_ref()?.name());
        let caller = known.and_then(|caller| self.acting(caller, self.store()));
        let name = name.filter(|_| caller.is_ok());
        let plan = self.plan(variables, name);
        entry.caller = name;
        entry.rules.extend(plan.notes.iter().map(ToString::to_string));
        let visit = Visit { variables, caller, name };
        let reply = perform(self, visit, &plan, entry).unwrap_or_else(|refusal| self.refuse(&refusal, entry));
        let reply = match &plan.reply {
            Some(fault) => self.strike_after(fault, reply, entry),
            None => reply,
        };
        let reply = self.unless_known(reply);
        let delay = plan.delay + self.delay.get();
        let wire = self.wire(&plan, &reply, entry);
        Answer { delay, drip: plan.drip, wire, ..Answer::from(reply) }
    }

    /// Nothing but the head, where the caller says that it has this very body (RFC 9110 section 13.1.2).
    fn unless_known(&self, mut reply: Reply) -> Reply {
        let Some(known) = self.request.field(&http::header::IF_NONE_MATCH) else { return reply };
        let has = |tag: &HeaderValue| {
            let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
            let Ok(tag) = tag.to_str() else { return false };
            known.split(',').any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
        };
        let read = matches!(self.request.method, Method::GET | Method::HEAD) && reply.status == StatusCode::OK;
        if read && reply.headers.get(http::header::ETAG).is_some_and(has) {
            reply.status = StatusCode::NOT_MODIFIED;
            reply.headers.remove(http::header::CONTENT_TYPE);
            reply.body = Bytes::new();
        }
        reply
    }

    /// The request against the document. A body that is JSON under another name is read as JSON, and the name is noted.
    pub(super) fn requested(&self, variables: &[(&str, &str)]) -> Checked {
        let contract = &self.provider.contract;
        let (notations, misspelt) = self.notations();
        let check = |request: &Request| {
            let mut checked = contract.check_request(self.operation, variables, request, &notations);
            checked.violations.extend_from_slice(&misspelt);
            checked
        };
        let checked = check(self.request);
        let misnamed = checked.violations.iter().find(|violation| violation.kind == Departure::MediaType).cloned();
        let strict = self.validation == Validation::Refuse;
        let json = || serde_json::from_slice::<Value>(&self.request.body).is_ok();
        let Some(misnamed) = misnamed.filter(|_| !strict && json()) else { return checked };
        let mut request = self.request.clone();
        request.headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut again = check(&request);
        if again.violations.iter().any(|violation| violation.kind == Departure::MediaType) {
            return checked;
        }
        again.violations.insert(0, misnamed);
        again
    }

    /// Who is calling.
    pub(super) fn caller(&self) -> Result<Option<auth::Caller<'a>>, Refusal> {
        let credentials = &self.provider.credentials;
        match credentials.identify(&self.provider.pack.auth, self.request) {
            Err(_) if self.world.settings.doors == Doors::Open => Ok(credentials.caller(0)),
            other => other,
        }
    }

    /// Someone who was not let in: refused, unless the operation has an answer for strangers.
    pub(super) fn stranger(&self, refusal: Refusal, entry: &mut Entry<'_>) -> Result<Reply, Refusal> {
        let strangers = self.provider.binding(self.operation).and_then(|binding| binding.strangers.as_ref());
        let Some((_, answer)) = strangers.filter(|(on, _)| on.contains(&refusal.kind)) else { return Err(refusal) };
        let body = answer.value(&self.scope(entry));
        let reply = self.provider.json(self.operation.success(), &body);
        Ok(self.checked(reply, Some(&body), entry))
    }

    /// Under what a reply to this request is kept; none where it is not a plain read, or is one in another's name.
    pub(super) fn key(&self, caller: Option<&auth::Caller<'_>>) -> Option<Key<'a>> {
        let read = self.request.body.is_empty() && matches!(self.request.method, Method::GET | Method::HEAD);
        let plain = read && caller.is_none_or(|caller| caller.acts_as.is_none());
        plain.then(|| Key {
            operation: (self.provider.index, self.operation.index),
            target: &self.request.target,
            origin: (self.request.scheme, self.request.host(), &self.request.base),
            caller: caller.map(|caller| caller.index),
        })
    }

    pub(super) fn standing(&self, key: &Key<'_>) -> Option<Arc<Standing>> {
        self.session.memo.get(key, |tables| self.store().versions(tables))
    }

    pub(super) fn call<'c>(
        &'c self,
        binding: &'c Binding,
        checked: Checked,
        caller: Option<auth::Caller<'c>>,
    ) -> Call<'c> {
        let now = shape::written(self.session.clock.now(), &self.provider.pack.conventions.time);
        Call {
            provider: self.provider,
            operation: self.operation,
            binding,
            request: self.request,
            query: self.request.query(),
            checked,
            caller,
            session: self.session,
            now,
            items: None,
        }
    }

    pub(super) fn scope(&self, entry: &Entry<'_>) -> Scope<'a> {
        let scope = Scope::new(self.provider, self.session, self.request, entry.time, entry.number);
        let scope = scope.quota(self.quotas.borrow().general);
        match self.provider.binding(self.operation) {
            Some(binding) => scope.action(&binding.action),
            None => scope,
        }
    }

    /// Adds the header fields of every reply, with empty places for those that are new on each.
    pub(super) fn laid(&self, mut reply: Reply) -> Reply {
        let is_rationed = self.quotas.borrow().general.is_some();
        self.provider.every.lay(is_rationed, &mut reply.headers);
        reply
    }

    /// Adds the header fields of every reply, and what was noted.
    pub(super) fn fresh(&self, reply: Reply, entry: &Entry<'_>) -> Reply {
        self.renewed(self.laid(reply), entry)
    }

    /// Fills in what is new on every reply, and adds what was noted.
    pub(super) fn renewed(&self, mut reply: Reply, entry: &Entry<'_>) -> Reply {
        let scope = self.scope(entry);
        self.provider.every.fill(&scope, &mut reply.headers);
        self.quota_headers(&scope, &mut reply.headers);
        if entry.violations.is_empty() {
            return reply;
        }
        if let Some(noted) = shape::noted(&entry.violations) {
            reply.headers.insert(shape::NOTED, noted);
        }
        if let Some((name, value)) = self.warning(&scope, &entry.violations) {
            reply.headers.insert(name, value);
        }
        reply
    }

    /// The provider's own header for what it ignored in a body.
    pub(super) fn warning(&self, scope: &Scope<'_>, violations: &[Violation]) -> Option<(HeaderName, HeaderValue)> {
        let warn = self.provider.pack.conventions.warn.as_ref()?;
        let keys = violations.iter().flat_map(|violation| self.ignored(violation)).map(|key| format!("{key:?}"));
        // Clients do not read heads of any length.
        let mut room = shape::LONGEST_NOTE;
        let fits = |key: &String| {
            let rest = room.checked_sub(key.len());
            room = rest.unwrap_or(room);
            rest.is_some()
        };
        let keys: Vec<String> = keys.take_while(fits).collect();
        if keys.is_empty() {
            return None;
        }
        let mut facts = serde_json::Map::new();
        facts.insert("keys".into(), keys.join(", ").into());
        let value = warn.value.text(&scope.clone().with(&facts));
        Some((warn.header.clone(), HeaderValue::from_bytes(value.as_bytes()).ok()?))
    }

    /// The keys of the body that are ignored because of a departure.
    fn ignored(&self, violation: &Violation) -> Vec<String> {
        match (violation.part, &violation.kind) {
            (Part::Body, Departure::Unknown | Departure::ReadOnly) => vec![check::attribute(&violation.at)],
            (Part::Body, Departure::UnexpectedBody) => match serde_json::from_slice(&self.request.body) {
                Ok(Value::Object(fields)) => fields.into_iter().map(|(key, _)| key).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// A refusal in the provider's words, or in counterpart's where the provider has none.
    pub(super) fn refuse(&self, refusal: &Refusal, entry: &mut Entry<'_>) -> Reply {
        entry.refusal = Some(refusal.kind);
        let binding = self.provider.binding(self.operation);
        let reply = match shape::refusal(self.provider, binding, refusal, &self.scope(entry)) {
            Some((reply, _)) if refusal.breaks_contract => self.fresh(reply, entry),
            Some((reply, body)) => self.checked(reply, body.as_ref(), entry),
            None => {
                let worded = self.worded(refusal, entry);
                shape::waiting(worded.unwrap_or_else(|| shape::wordless(refusal, &entry.violations)), refusal)
            }
        };
        shape::dated(reply, refusal, entry.time)
    }

    /// A reply that keeps to the document, ready to be sent; one that does not is never sent.
    pub(super) fn checked(&self, reply: Reply, body: Option<&Value>, entry: &mut Entry<'_>) -> Reply {
        let breaches = self.provider.contract.check_reply(self.operation, reply.status, &reply.headers, body);
        if breaches.is_empty() { self.fresh(reply, entry) } else { self.breach(breaches, entry) }
    }

    /// What is sent in place of a reply that cannot be: then the call has done nothing.
    pub(super) fn undone(&self, done: &Done, reply: Reply, entry: &mut Entry<'_>) -> Reply {
        if let Some(step) = &done.step {
            self.session.undo(self.provider.index, step);
            entry.effect = None;
        }
        reply
    }

    /// Counterpart was about to break the contract: said loudly, and not sent.
    pub(super) fn breach(&self, breaches: Vec<Violation>, entry: &mut Entry<'_>) -> Reply {
        let reply = shape::breach(
            "counterpart made a reply that the document does not allow; this is a bug in the pack or in counterpart",
            &breaches,
        );
        entry.breaches = breaches;
        reply
    }

    /// Fields of records in the body, and beside them, that the document does not name: ignored, as the provider does.
    pub(super) fn unknown_fields(&self, checked: &Checked) -> Vec<Violation> {
        let Some(body) = &checked.body else { return Vec::new() };
        let mut unknown = Vec::new();
        let drafts: Vec<_> = self.provider.drafts(self.operation).collect();
        let beside = drafts.iter().all(|(place, _)| !place.is_empty()) && !drafts.is_empty();
        let beside = beside.then(|| self.provider.contract.writable(self.operation, ""));
        for (place, writable) in beside.iter().map(|writable| ("", writable)).chain(drafts) {
            let Writable::Only(known) = writable else { continue };
            for (place, record) in records(body, place) {
                let strange = record.keys().filter(|field| !known.iter().any(|property| property.name == **field));
                for field in strange {
                    let at = format!("{place}/{}", escape(field));
                    if checked.violations.iter().chain(&unknown).all(|violation| violation.at != at) {
                        unknown.push(self.unknown(at));
                    }
                }
            }
        }
        unknown
    }

    fn unknown(&self, at: String) -> Violation {
        Violation {
            part: Part::Body,
            at,
            kind: Departure::Unknown,
            message: "is not a property that the document knows; it is ignored".into(),
            place: self.operation.place.clone(),
        }
    }
}

/// The objects at a place in a body; `/list/0` stands for every item of the list.
fn records<'a>(body: &'a Value, place: &str) -> Vec<(String, &'a serde_json::Map<String, Value>)> {
    let list = place.strip_suffix("/0").and_then(|list| Some((list, body.pointer(list)?.as_array()?)));
    let found: Vec<(String, &Value)> = match list {
        Some((list, items)) => {
            items.iter().enumerate().map(|(index, item)| (format!("{list}/{index}"), item)).collect()
        }
        None => body.pointer(place).map(|record| (place.to_owned(), record)).into_iter().collect(),
    };
    found.into_iter().filter_map(|(place, record)| Some((place, record.as_object()?))).collect()
}
