//! Requests that lead to no operation. What holds for every request holds for these as well: the rules of scenarios, and the limits.

use std::cell::{Cell, OnceCell};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use serde_json::Value;

use super::auth::Caller;
use super::planned::Subject;
use super::shape::{self, Scope};
use super::{Provider, fault, quota};
use crate::journal::Entry;
use crate::message::{Answer, Reply, Request, Wire};
use crate::refusal::{Kind, Refusal};
use crate::scenario::{Body, Exchange, Fault, Plan, Quota, Strike, plan};
use crate::session::{Hazards, Session};

/// No operation stands under the method and path of a request.
pub(super) struct Stray<'a> {
    pub(super) provider: &'a Provider,
    pub(super) session: &'a Session,
    pub(super) request: &'a Request,
    /// What the path has, where it is the method that is not there.
    pub(super) allowed: Vec<Method>,
    /// The path that comes nearest.
    pub(super) nearest: Option<String>,
    pub(super) wire: Cell<Option<Wire>>,
}

impl Stray<'_> {
    /// The stages that there are without an operation, and what a scenario adds to them.
    pub(super) fn answer(&self, entry: &mut Entry<'_>) -> Answer {
        let caller = self.provider.credentials.identify(&self.provider.pack.auth, self.request).ok().flatten();
        let parsed: OnceCell<Option<Value>> = OnceCell::new();
        let body = || parsed.get_or_init(|| serde_json::from_slice(&self.request.body).ok()).as_ref();
        let exchange = Exchange {
            operation: None,
            request: self.request,
            variables: &[],
            body: &body,
            caller: caller.as_ref().and_then(Caller::name),
            session: &self.session.name,
        };
        let state = self.session.state();
        let hazards = state.hazards(self.provider.index);
        let plan = hazards.map_or_else(Plan::default, |hazards| {
            plan(&hazards.scenarios, &hazards.progress, &exchange, &self.session.clock, &self.session.dice)
        });
        entry.rules.extend(plan.notes.iter().map(ToString::to_string));
        let reply = match &plan.gate {
            Some(strike) => self.struck(strike, entry),
            None => self.charged(hazards.and_then(|it| self.charge(it, &exchange)), &plan, entry),
        };
        let reply = match &plan.reply {
            Some(strike) => self.struck_after(strike, reply, entry),
            None => reply,
        };
        let wire = self.wire.get().or_else(|| fault::wire(&plan, self.request, &reply, entry));
        Answer { delay: plan.delay, drip: plan.drip, wire, ..Answer::from(reply) }
    }

    fn charged(&self, quota: Option<Quota>, plan: &Plan, entry: &mut Entry<'_>) -> Reply {
        match (quota.filter(|quota| !quota.allowed), &plan.verdict) {
            (Some(over), _) => self.refused(&quota::over(over), quota, entry),
            (None, Some(strike)) => self.struck(strike, entry),
            (None, None) => self.refused(&Refusal::new(Kind::NoEndpoint), quota, entry),
        }
    }

    /// The limit with the least left, or the one that the request breaks.
    fn charge(&self, hazards: &Hazards, exchange: &Exchange<'_>) -> Option<Quota> {
        let now = self.session.clock.now();
        let mut least: Option<Quota> = None;
        for limiter in hazards.limiters()?.lock().iter_mut().filter(|limiter| limiter.limit().general) {
            let Some(quota) = limiter.charge(exchange, now) else { continue };
            if least.is_none_or(|least| quota.remaining < least.remaining) || !quota.allowed {
                least = Some(quota);
            }
            if !quota.allowed {
                break;
            }
        }
        least
    }

    /// A fault in place of what would have come.
    fn struck(&self, strike: &Strike, entry: &mut Entry<'_>) -> Reply {
        strike.sent();
        match &*strike.fault {
            Fault::Refuse(refuse) => {
                let sent = |_: &str| None;
                let subject = Subject { provider: self.provider, binding: None, sent: &sent };
                self.refused(&subject.refusal(refuse), None, entry)
            }
            Fault::Status(status) => {
                let mut reply = match &status.body {
                    Body::Documented | Body::Example(_) => Reply::new(status.status),
                    Body::Own(Value::String(text)) => {
                        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
                        let reply = Reply::new(status.status).with(CONTENT_TYPE, plain);
                        Reply { body: Bytes::from(text.clone()), ..reply }
                    }
                    Body::Own(value) => self.provider.json(status.status, value),
                };
                reply.headers.extend(status.headers.clone());
                reply
            }
            Fault::Wire(wire) => {
                self.wire.set(Some(*wire));
                Reply::new(StatusCode::NOT_FOUND)
            }
            Fault::Edit(_) | Fault::Change(_) => self.refused(&Refusal::new(Kind::NoEndpoint), None, entry),
        }
    }

    fn struck_after(&self, strike: &Strike, mut reply: Reply, entry: &mut Entry<'_>) -> Reply {
        let Fault::Edit(edit) = &*strike.fault else { return self.struck(strike, entry) };
        match edit.apply(&mut reply) {
            Ok(()) => strike.sent(),
            Err(why) => entry.rules.push(format!("the edit could not be applied: {why}")),
        }
        reply
    }

    /// A refusal in the provider's words; that nothing is here in counterpart's, where the provider has none.
    fn refused(&self, refusal: &Refusal, quota: Option<Quota>, entry: &mut Entry<'_>) -> Reply {
        let scope = Scope::new(self.provider, self.session, self.request, entry.time, entry.number).quota(quota);
        if let Some((mut reply, _)) = shape::refusal(self.provider, None, refusal, &scope) {
            entry.refusal = Some(refusal.kind);
            self.provider.every.lay(quota.is_some(), &mut reply.headers);
            self.provider.every.fill(&scope, &mut reply.headers);
            return shape::dated(reply, refusal, entry.time);
        }
        if refusal.kind != Kind::NoEndpoint {
            entry.refusal = Some(refusal.kind);
            let reply = shape::waiting(shape::wordless(refusal, &entry.violations), refusal);
            return shape::dated(reply, refusal, entry.time);
        }
        if self.request.method == Method::OPTIONS && !self.allowed.is_empty() {
            return Reply::new(StatusCode::NO_CONTENT).with(ALLOW, listed(&self.allowed));
        }
        entry.refusal = Some(refusal.kind);
        self.nothing()
    }

    fn nothing(&self) -> Reply {
        if !self.allowed.is_empty() {
            let methods: Vec<&str> = self.allowed.iter().map(Method::as_str).collect();
            let (status, detail) = (StatusCode::METHOD_NOT_ALLOWED, format!("this path has {}", methods.join(", ")));
            let reply = shape::document(status, "route", "No such method here", &detail, &[]);
            return reply.with(ALLOW, listed(&self.allowed));
        }
        let nearest = self.nearest.as_ref().map(|nearest| format!("; the nearest is {nearest}")).unwrap_or_default();
        let detail = format!("no path of the document matches{nearest}");
        shape::document(StatusCode::NOT_FOUND, "route", "No such path", &detail, &[])
    }
}

/// The methods of a path with those that every path has: HEAD goes with GET, and OPTIONS is what lists them (RFC 9110 section 9.3).
fn listed(documented: &[Method]) -> HeaderValue {
    let mut methods = documented.to_vec();
    if methods.contains(&Method::GET) {
        methods.push(Method::HEAD);
    }
    methods.push(Method::OPTIONS);
    let mut names: Vec<&str> = Vec::new();
    for method in &methods {
        if !names.contains(&method.as_str()) {
            names.push(method.as_str());
        }
    }
    HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static(""))
}
