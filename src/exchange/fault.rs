//! Faults that a scenario plans, made into refusals and replies in the provider's words.

use std::cell::OnceCell;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use super::planned::Subject;
use super::site::Site;
use super::{Provider, shape};
use crate::contract::{Examples, Operation, Part, Violation, Wish};
use crate::dice::Dice;
use crate::journal::Entry;
use crate::message::{Reply, Request, Wire};
use crate::pack::{Act, Input};
use crate::refusal::{Kind, Refusal};
use crate::scenario::{Body, Edit, Exchange, Fault, Plan, Refuse, RetryAfter, Status, Strike, plan};

impl Site<'_> {
    /// What shall go wrong with this request.
    pub(super) fn plan(&self, variables: &[(&str, &str)], caller: Option<&str>) -> Plan {
        let Some(hazards) = self.hazards().filter(|hazards| !hazards.scenarios.is_empty()) else {
            return Plan::default();
        };
        let parsed: OnceCell<Option<Value>> = OnceCell::new();
        let body = || parsed.get_or_init(|| serde_json::from_slice(&self.request.body).ok()).as_ref();
        let exchange = Exchange {
            operation: Some(self.operation),
            request: self.request,
            variables,
            body: &body,
            caller,
            session: &self.session.name,
        };
        plan(&hazards.scenarios, &hazards.progress, &exchange, &self.session.clock, &self.session.dice)
    }

    /// A fault that strikes instead of what would have come.
    pub(super) fn strike(&self, strike: &Strike, entry: &mut Entry<'_>) -> Result<Reply, Refusal> {
        strike.sent();
        match &*strike.fault {
            Fault::Refuse(refuse) => Err(self.refusal(refuse)),
            Fault::Status(status) => Ok(self.status(status, entry)),
            Fault::Wire(wire) => Ok(self.cut(*wire)),
            Fault::Edit(_) | Fault::Change(_) => Ok(Reply::new(self.operation.success())),
        }
    }

    /// A fault that strikes after the effect took place.
    pub(super) fn strike_after(&self, strike: &Strike, reply: Reply, entry: &mut Entry<'_>) -> Reply {
        match &*strike.fault {
            Fault::Edit(edit) => self.edited(edit, strike, reply, entry),
            _ => self.strike(strike, entry).unwrap_or_else(|refusal| self.refuse(&refusal, entry)),
        }
    }

    /// What goes wrong with the bytes.
    pub(super) fn wire(&self, plan: &Plan, reply: &Reply, entry: &mut Entry<'_>) -> Option<Wire> {
        self.wire.get().or_else(|| wire(plan, self.request, reply, entry))
    }

    fn cut(&self, wire: Wire) -> Reply {
        self.wire.set(Some(wire));
        Reply::new(self.operation.success())
    }

    fn refusal(&self, refuse: &Refuse) -> Refusal {
        let sent = |field: &str| self.sent(field);
        Subject { provider: self.provider, binding: self.provider.binding(self.operation), sent: &sent }.refusal(refuse)
    }

    /// What the body says for a field of its record.
    fn sent(&self, field: &str) -> Option<Value> {
        let body: Value = serde_json::from_slice(&self.request.body).ok()?;
        let binding = self.provider.binding(self.operation)?;
        let record = match (&binding.draft, &binding.act) {
            (Input::Body(path), act) if !matches!(act, Act::Each(_)) => {
                path.iter().try_fold(&body, |value, part| value.get(part))?
            }
            _ => &body,
        };
        record.get(field).cloned()
    }

    fn status(&self, status: &Status, entry: &mut Entry<'_>) -> Reply {
        let (reply, value) =
            self.provider.stated(self.operation, self.request.header("accept"), self.session.dice, status);
        self.kept_or_broken(reply, value.as_ref(), status.breaks_contract, entry)
    }

    fn edited(&self, edit: &Edit, strike: &Strike, mut reply: Reply, entry: &mut Entry<'_>) -> Reply {
        if let Err(why) = edit.apply(&mut reply) {
            entry.rules.push(format!("the edit could not be applied: {why}"));
            return reply;
        }
        strike.sent();
        let value: Option<Value> = serde_json::from_slice(&reply.body).ok();
        self.kept_or_broken(reply, value.as_ref(), edit.breaks_contract, entry)
    }

    /// A fault keeps to the document as well, unless its scenario says that it shall not.
    fn kept_or_broken(
        &self,
        reply: Reply,
        body: Option<&Value>,
        breaks_contract: bool,
        entry: &mut Entry<'_>,
    ) -> Reply {
        if breaks_contract {
            return reply;
        }
        let breaches = self.provider.contract.check_reply(self.operation, reply.status, &reply.headers, body);
        if breaches.is_empty() {
            return self.fresh(reply, entry);
        }
        let title = "The scenario breaks the contract";
        let why = "the document does not allow this reply; where that is meant, the step says `breaks_contract: true`";
        let complaint = shape::document(StatusCode::INTERNAL_SERVER_ERROR, "scenario", title, why, &breaches);
        entry.breaches = breaches;
        complaint
    }
}

/// What goes wrong with the bytes of a reply, unless they leave nothing to break.
pub(super) fn wire(plan: &Plan, request: &Request, reply: &Reply, entry: &mut Entry<'_>) -> Option<Wire> {
    let strike = plan.wire.as_ref()?;
    let Fault::Wire(wire) = &*strike.fault else { return None };
    if !wire.shows(reply.body_length(&request.method)) {
        entry.rules.push(format!("`{wire}` has nothing to break in this reply"));
        return None;
    }
    strike.sent();
    Some(*wire)
}

impl Provider {
    /// A reply with another status, and its body as a value.
    fn stated(
        &self,
        operation: &Operation,
        accept: Option<&str>,
        dice: Dice,
        status: &Status,
    ) -> (Reply, Option<Value>) {
        let documented = |name| {
            // A scenario that means to break the contract gets the document's examples as they are written.
            let examples = if status.breaks_contract { Examples::AsWritten } else { Examples::Fitting };
            let usual = Wish::usual(status.status, accept, dice.branch("samples"));
            shape::example(self, operation, &Wish { example: name, examples, ..usual })
        };
        let (mut reply, value) = match &status.body {
            Body::Documented => documented(None),
            Body::Example(name) => documented(Some(name)),
            Body::Own(Value::String(text)) => {
                let plain = HeaderValue::from_static("text/plain; charset=utf-8");
                let mut reply = Reply::new(status.status).with(CONTENT_TYPE, plain);
                reply.body = Bytes::from(text.clone());
                (reply, Some(Value::from(text.as_str())))
            }
            Body::Own(value) => (self.json(status.status, value), Some(value.clone())),
        };
        reply.headers.extend(status.headers.clone());
        (reply, value)
    }

    /// How a fault breaks the document without meaning to, as far as that can be told before there is a request.
    pub fn breaks(&self, operation: &Operation, fault: &Fault) -> Option<String> {
        match fault {
            Fault::Status(status) => self.status_breaks(operation, status),
            Fault::Refuse(refuse) if !refuse.breaks_contract => {
                self.refusal_breaks(operation, refuse).map(|broken| broken.to_string())
            }
            Fault::Refuse(_) | Fault::Edit(_) | Fault::Change(_) | Fault::Wire(_) => None,
        }
    }

    fn status_breaks(&self, operation: &Operation, status: &Status) -> Option<String> {
        let (reply, value) = self.stated(operation, None, Dice::new(0), status);
        if let (Body::Example(name), None) = (&status.body, &value) {
            return Some(format!(
                "the document has no example `{name}` that fits the status {}",
                status.status.as_str()
            ));
        }
        if status.breaks_contract {
            return None;
        }
        let broken = self.contract.check_reply(operation, reply.status, &reply.headers, value.as_ref());
        broken.first().map(ToString::to_string)
    }

    /// The status of a refusal in the provider's words, and a date in its `Retry-After`.
    fn refusal_breaks(&self, operation: &Operation, refuse: &Refuse) -> Option<Violation> {
        let kind = *Kind::ALL.get(refuse.kind.index)?;
        let status = self.pack.wording(self.binding(operation), kind).filter(|_| refuse.is_of_call())?.status;
        let date = match refuse.retry_after {
            RetryAfter::Date(seconds) => shape::http_date(Timestamp::UNIX_EPOCH, i64::try_from(seconds).ok()?),
            RetryAfter::Default | RetryAfter::Omit | RetryAfter::Seconds(_) => None,
        };
        let headers = date.into_iter().map(|date| (RETRY_AFTER, date)).collect();
        let broken = self.contract.check_reply(operation, status, &headers, None);
        broken.into_iter().find(|it| match it.part {
            Part::Status => true,
            Part::Header => !headers.is_empty() && it.at.eq_ignore_ascii_case(RETRY_AFTER.as_str()),
            Part::Path | Part::Query | Part::Cookie | Part::Body => false,
        })
    }
}
