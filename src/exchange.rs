//! The path of one request, from plain values to plain values. Nothing here waits, reads a file or knows a socket.
//!
//! [`answer`] finds the operation and writes the entry; [`perform`] is the order of the stages.

mod auth;
mod call;
mod check;
mod fault;
mod provider;
mod quota;
mod shape;
mod verb;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use http::{HeaderValue, Method, StatusCode};
use serde_json::Value;

use crate::clock::Clock;
use crate::contract::{Checked, Kind as Departure, Operation, Part, Route, Violation, Writable};
use crate::control;
use crate::dice::Dice;
use crate::journal::Entry;
use crate::message::{Answer, Reply, Request, Wire};
use crate::pack::Binding;
use crate::refusal::{Kind, Refusal};
use crate::scenario::{Plan, Progress};
use crate::session::{Kept, Key, Session};

pub use auth::Credentials;
pub use provider::Provider;
pub(crate) use shape::written;

use call::Call;
use quota::{Quotas, Reach};
use shape::Scope;

/// All that requests are answered from.
#[derive(Debug)]
pub struct World {
    /// The providers, each under its own paths. Worlds that differ in their session only may share them.
    pub providers: Arc<[Provider]>,
    /// The session of requests that name none.
    pub session: Arc<Session>,
    /// How strict it is.
    pub settings: Settings,
}

impl World {
    /// A world at its start: the records of the fixtures, and nothing that has happened yet.
    pub fn new(providers: Arc<[Provider]>, clock: Clock, seed: u64, settings: Settings) -> World {
        let stores = providers.iter().map(|provider| Arc::clone(&provider.seed)).collect();
        let progress = providers.iter().map(|provider| Progress::new(&provider.scenarios, clock.now())).collect();
        let limits: Vec<_> = providers.iter().map(|provider| provider.limits.as_slice()).collect();
        let session = Session::new("default", stores, progress, &limits, clock, Dice::new(seed));
        World { providers, session: Arc::new(session), settings }
    }

    /// Answers one request, be it for a provider or for counterpart itself. `note` gets the entry of an exchange with a provider.
    pub fn answer(&self, request: &Request, note: impl FnOnce(&Entry)) -> Answer {
        if let Some(reply) = control::answer(request) {
            return Answer::from(reply);
        }
        let (answer, entry) = answer(self, request);
        note(&entry);
        answer
    }
}

/// How strict a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Settings {
    /// Whether every departure from the document is refused, in counterpart's own voice.
    pub strictness: Strictness,
    /// Who is let in.
    pub doors: Doors,
}

/// What happens to a request that departs from the document in a way that the real service lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Strictness {
    /// It is answered as the real service answers, and noted.
    #[default]
    Report,
    /// It is refused with a problem document.
    Refuse,
}

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Doors {
    /// Callers with credentials.
    #[default]
    Guarded,
    /// Everyone, as the first of the credentials unless they send others that are known.
    Open,
}

/// Answers one request.
pub fn answer(world: &World, request: &Request) -> (Answer, Entry) {
    let session = &world.session;
    let mut entry = Entry {
        number: session.next_exchange(),
        session: session.name.clone(),
        time: session.clock.now().to_string(),
        method: request.method.to_string(),
        target: request.target.clone(),
        ..Entry::default()
    };
    let reply = match find(world, request) {
        Found::Operation { provider, operation, variables } => {
            entry.operation = Some(operation.id.clone());
            let at = Site {
                world,
                session,
                provider,
                operation,
                request,
                wire: Cell::default(),
                quotas: RefCell::default(),
            };
            return (at.answer(&variables, &mut entry), entry);
        }
        Found::Nothing { provider, allowed, nearest } => {
            lost(provider, session, request, &allowed, nearest.as_deref(), &mut entry)
        }
    };
    entry.status = reply.status.as_u16();
    (Answer::from(reply), entry)
}

/// Where an exchange takes place.
struct Site<'a> {
    world: &'a World,
    session: &'a Session,
    provider: &'a Provider,
    operation: &'a Operation,
    request: &'a Request,
    /// A fault on the wire that struck before the effect.
    wire: Cell<Option<Wire>>,
    /// What is left of the rate limits that concern the request.
    quotas: RefCell<Quotas>,
}

/// The stages, in order; `?` is the only way off the path. A refusal leaves no trace but its entry.
fn perform(at: &Site<'_>, visit: Visit<'_>, plan: &Plan, entry: &mut Entry) -> Result<Reply, Refusal> {
    if let Some(fault) = &plan.gate {
        return at.strike(fault, entry);
    }
    at.charge(&visit, Reach::All)?;
    let caller = match &visit.caller {
        Ok(caller) => *caller,
        Err(refusal) => return at.stranger(refusal.clone(), entry),
    };
    let kept_for = caller.as_ref().map(|caller| caller.index);
    let key = at.key(kept_for).filter(|_| plan.verdict.is_none() && !at.is_rationed());
    if let Some(kept) = key.as_ref().and_then(|key| at.kept(key)) {
        entry.violations.clone_from(&kept.noted);
        return Ok(at.fresh(kept.reply.clone(), entry));
    }
    let mut checked = at.provider.contract.check_request(at.operation, visit.variables, at.request);
    entry.violations.append(&mut checked.violations.clone());
    let Some(binding) = at.provider.binding(at.operation) else {
        return match &plan.verdict {
            Some(fault) => at.strike(fault, entry),
            None => Ok(at.example(entry)),
        };
    };
    entry.violations.extend(unknown_fields(at, &checked));
    if at.world.settings.strictness == Strictness::Refuse && !entry.violations.is_empty() {
        return Ok(shape::complaint(
            "The request breaks the contract",
            "it is refused because of --strict",
            &entry.violations,
        ));
    }
    check::settle(at.provider, binding, &mut checked)?;
    if !caller.is_none_or(|caller| binding.allow.admits(caller.role())) {
        return Err(Refusal::new(Kind::Forbidden));
    }
    at.charge(&visit, Reach::Some)?;
    if let Some(fault) = &plan.verdict {
        return at.strike(fault, entry);
    }
    let call = at.call(binding, checked, caller);
    let done = verb::run(&call)?;
    let reader = done.store.reader();
    let (reply, body) = shape::reply(&call, &done, &reader);
    let breaches = at.provider.contract.check_reply(at.operation, reply.status, &reply.headers, body.as_ref());
    if !breaches.is_empty() {
        return Ok(at.breach(breaches, entry));
    }
    if let (Some(key), Some(seen)) = (key, done.seen.filter(|_| binding.is_lasting())) {
        let tables = seen | reader.seen();
        let versions = done.store.versions(tables);
        let kept = Kept { reply: reply.clone(), tables, versions, noted: entry.violations.clone() };
        at.session.memo.put(key, kept);
    }
    Ok(at.fresh(reply, entry))
}

/// Who calls, with what in the path.
struct Visit<'a> {
    variables: &'a [(&'a str, &'a str)],
    caller: Result<Option<auth::Caller<'a>>, Refusal>,
    /// What the caller is called, if somebody was recognised.
    name: Option<&'a str>,
}

impl<'a> Site<'a> {
    /// The stages, and what a scenario adds to them.
    fn answer(&self, variables: &[(&str, &str)], entry: &mut Entry) -> Answer {
        let caller = self.caller();
        let name = caller.as_ref().ok().and_then(|caller| caller.as_ref()?.name());
        let plan = self.plan(variables, name);
        entry.rules.extend(plan.notes.iter().map(ToString::to_string));
        let visit = Visit { variables, caller, name };
        let reply = perform(self, visit, &plan, entry).unwrap_or_else(|refusal| self.refuse(&refusal, entry));
        let reply = match &plan.reply {
            Some(fault) => self.strike_after(fault, reply, entry),
            None => reply,
        };
        entry.status = reply.status.as_u16();
        entry.delay = plan.delay;
        Answer { reply, delay: plan.delay, wire: self.wire.get().or(plan.wire) }
    }

    /// Who is calling.
    fn caller(&self) -> Result<Option<auth::Caller<'a>>, Refusal> {
        let credentials = &self.provider.credentials;
        match credentials.identify(&self.provider.pack.auth, self.request) {
            Err(_) if self.world.settings.doors == Doors::Open => Ok(credentials.caller(0)),
            other => other,
        }
    }

    /// Someone who was not let in: refused, unless the operation has an answer for strangers.
    fn stranger(&self, refusal: Refusal, entry: &Entry) -> Result<Reply, Refusal> {
        let strangers = self.provider.binding(self.operation).and_then(|binding| binding.strangers.as_ref());
        let Some((_, answer)) = strangers.filter(|(on, _)| on.contains(&refusal.kind)) else { return Err(refusal) };
        let body = answer.value(&self.scope(entry));
        let mut reply = Reply::new(self.operation.success());
        reply.headers.insert(http::header::CONTENT_TYPE, self.provider.pack.conventions.content_type.clone());
        reply.body = body.to_string().into();
        Ok(self.fresh(reply, entry))
    }

    /// Under what a reply to this request is kept; none where it is not a plain read.
    fn key(&self, caller: Option<usize>) -> Option<Key> {
        let plain = self.request.body.is_empty() && matches!(self.request.method, Method::GET | Method::HEAD);
        plain.then(|| Key {
            operation: (self.provider.index, self.operation.index),
            target: self.request.target.clone(),
            host: self.request.header("host").unwrap_or_default().to_owned(),
            caller,
            headers: String::new(),
        })
    }

    fn kept(&self, key: &Key) -> Option<Arc<Kept>> {
        self.session.memo.get(key, |tables| self.session.read(self.provider.index).versions(tables))
    }

    fn call(&self, binding: &'a Binding, checked: Checked, caller: Option<auth::Caller<'a>>) -> Call<'a> {
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
        }
    }

    fn scope(&self, entry: &Entry) -> Scope<'a> {
        let scope = Scope::new(self.provider, self.request, self.session.clock.now(), entry.number);
        let scope = scope.quota(self.quotas.borrow().general);
        match self.provider.binding(self.operation) {
            Some(binding) => scope.action(&binding.action),
            None => scope,
        }
    }

    /// Adds what is new on every reply, and what was noted.
    fn fresh(&self, mut reply: Reply, entry: &Entry) -> Reply {
        let conventions = &self.provider.pack.conventions;
        let scope = self.scope(entry);
        shape::fresh_headers(&scope, &conventions.headers.every, &mut reply.headers);
        self.quota_headers(&scope, &mut reply.headers);
        if let Some(noted) = shape::noted(&entry.violations) {
            reply.headers.insert(shape::NOTED, noted);
        }
        if let Some((name, value)) = self.warning(&scope, &entry.violations) {
            reply.headers.insert(name, value);
        }
        reply
    }

    /// The provider's own header for what it ignored in a body.
    fn warning(&self, scope: &Scope<'_>, violations: &[Violation]) -> Option<(http::HeaderName, HeaderValue)> {
        let warn = self.provider.pack.conventions.warn.as_ref()?;
        let ignored = violations.iter().filter(|violation| {
            violation.part == Part::Body && matches!(violation.kind, Departure::Unknown | Departure::ReadOnly)
        });
        let keys: Vec<String> = ignored.map(|violation| format!("{:?}", check::attribute(&violation.at))).collect();
        if keys.is_empty() {
            return None;
        }
        let mut facts = serde_json::Map::new();
        facts.insert("keys".into(), keys.join(", ").into());
        let value = warn.value.text(&scope.clone().with(&facts));
        Some((warn.header.clone(), HeaderValue::from_str(&value).ok()?))
    }

    /// A refusal in the provider's words, or in counterpart's where the provider has none.
    fn refuse(&self, refusal: &Refusal, entry: &mut Entry) -> Reply {
        entry.refusal = Some(refusal.kind);
        let binding = self.provider.binding(self.operation);
        let Some((reply, body)) = shape::refusal(self.provider, binding, refusal, &self.scope(entry)) else {
            return shape::wordless(refusal, &entry.violations);
        };
        let breaches = self.provider.contract.check_reply(self.operation, reply.status, &reply.headers, body.as_ref());
        if !breaches.is_empty() {
            return self.breach(breaches, entry);
        }
        self.fresh(reply, entry)
    }

    /// Counterpart was about to break the contract: said loudly, and not sent.
    fn breach(&self, breaches: Vec<Violation>, entry: &mut Entry) -> Reply {
        let reply = shape::breach(
            "counterpart made a reply that the document does not allow; this is a bug in the pack or in counterpart",
            &breaches,
        );
        entry.breaches = breaches;
        reply
    }

    /// The document's example, where nothing else is known of the operation.
    fn example(&self, entry: &mut Entry) -> Reply {
        let status = self.operation.success();
        let accept = self.request.header("accept");
        let mut reply = Reply::new(status);
        if let Some((media, value)) = self.provider.contract.example(self.operation, status, accept, None) {
            if let Ok(media) = HeaderValue::from_str(&media) {
                reply.headers.insert(http::header::CONTENT_TYPE, media);
            }
            let body = match value {
                Value::String(text) if reply.headers.get("content-type").is_some_and(|media| !is_json(media)) => text,
                value => value.to_string(),
            };
            reply.body = body.into();
        }
        self.fresh(reply, entry)
    }
}

fn is_json(media: &HeaderValue) -> bool {
    media.to_str().is_ok_and(|media| media.contains("json"))
}

/// Fields of a record in the body that the document does not name: ignored, as the provider does.
fn unknown_fields(at: &Site<'_>, checked: &Checked) -> Vec<Violation> {
    let Some(body) = &checked.body else { return Vec::new() };
    let mut unknown = Vec::new();
    for (place, writable) in at.provider.drafts(at.operation) {
        let (Some(Value::Object(record)), Writable::Only(known)) = (body.pointer(place), writable) else { continue };
        for field in record.keys().filter(|field| !known.iter().any(|property| property.name == **field)) {
            let pointer = format!("{place}/{}", field.replace('~', "~0").replace('/', "~1"));
            let listed = checked.violations.iter().any(|violation| violation.at == pointer);
            if !listed {
                unknown.push(Violation {
                    part: Part::Body,
                    at: pointer,
                    kind: Departure::Unknown,
                    message: "is not a property that the document knows; it is ignored".into(),
                    place: at.operation.place.clone(),
                });
            }
        }
    }
    unknown
}

/// Where a request leads.
enum Found<'a> {
    Operation { provider: &'a Provider, operation: &'a Operation, variables: Vec<(&'a str, &'a str)> },
    Nothing { provider: &'a Provider, allowed: Vec<Method>, nearest: Option<String> },
}

fn find<'a>(world: &'a World, request: &'a Request) -> Found<'a> {
    let method = if request.method == Method::HEAD { &Method::GET } else { &request.method };
    let mut nothing = None;
    for provider in world.providers.iter() {
        let path = request.path();
        let suffix = provider.pack.conventions.ignore_suffix.as_deref();
        let path = suffix.and_then(|suffix| path.strip_suffix(suffix)).unwrap_or(path);
        match provider.contract.route(method, path) {
            Route::Found { operation, variables } => return Found::Operation { provider, operation, variables },
            Route::WrongMethod(allowed) => nothing = Some(Found::Nothing { provider, allowed, nearest: None }),
            Route::Unknown { nearest } => {
                let nearest = nearest.map(str::to_owned);
                let here = path.starts_with(&provider.pack.conventions.base) || world.providers.len() == 1;
                if nothing.is_none() && here {
                    nothing = Some(Found::Nothing { provider, allowed: Vec::new(), nearest });
                }
            }
        }
    }
    nothing.unwrap_or(Found::Nothing { provider: &world.providers[0], allowed: Vec::new(), nearest: None })
}

/// No operation stands under this method and path.
fn lost(
    provider: &Provider,
    session: &Session,
    request: &Request,
    allowed: &[Method],
    nearest: Option<&str>,
    entry: &mut Entry,
) -> Reply {
    entry.refusal = Some(Kind::NoEndpoint);
    let scope = Scope::new(provider, request, session.clock.now(), entry.number);
    if let Some((mut reply, _)) = shape::refusal(provider, None, &Refusal::new(Kind::NoEndpoint), &scope) {
        shape::fresh_headers(&scope, &provider.pack.conventions.headers.every, &mut reply.headers);
        return reply;
    }
    let methods: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    match (methods.is_empty(), nearest) {
        (false, _) => {
            let allow = HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static(""));
            let detail = format!("this path has {}", methods.join(", "));
            shape::document(StatusCode::METHOD_NOT_ALLOWED, "route", "No such method here", &detail, &[])
                .with(http::header::ALLOW, allow)
        }
        (true, Some(nearest)) => {
            let detail = format!("no path of the document matches; the nearest is {nearest}");
            shape::document(StatusCode::NOT_FOUND, "route", "No such path", &detail, &[])
        }
        (true, None) => {
            shape::document(StatusCode::NOT_FOUND, "route", "No such path", "no path of the document matches", &[])
        }
    }
}
