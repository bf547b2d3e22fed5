//! What is noted while a request is answered.

use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;

use super::secret::{self, Secrets};
use super::standing::Standing;
use super::texts::Texts;
use crate::contract::{Operation, Violation};
use crate::message::Request;
use crate::refusal::Kind;
use crate::store::{Deed, Id};

/// One exchange while it goes on.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Its number in the session, from 1.
    pub number: u64,
    /// The session's name.
    pub session: &'a str,
    /// The time on the session's clock when it came in.
    pub time: Timestamp,
    /// Real time then. It goes on where the session's clock stands still.
    pub real: Timestamp,
    /// Where the provider's callers put secrets.
    pub secrets: Option<&'a Secrets>,
    /// The operation that the route led to.
    pub operation: Option<&'a Operation>,
    /// Who the credentials name.
    pub caller: Option<&'a str>,
    /// The kind of refusal, where there was one.
    pub refusal: Option<Kind>,
    /// Departures of the request from the document.
    pub violations: Vec<Violation>,
    /// Departures of the reply from the document: counterpart's own bugs.
    pub breaches: Vec<Violation>,
    /// Rules of scenarios that fired, and what was drawn.
    pub rules: Vec<String>,
    /// What was done to records, and what there is more of.
    pub effect: Option<Effect>,
    /// The reply that is kept for it. Its effect is that of this exchange.
    pub standing: Option<Arc<Standing>>,
}

impl<'a> Entry<'a> {
    /// An exchange that starts now: by the session's clock, and in real time.
    pub fn new(number: u64, session: &'a str, (time, real): (Timestamp, Timestamp)) -> Entry<'a> {
        Entry {
            number,
            session,
            time,
            real,
            secrets: None,
            operation: None,
            caller: None,
            refusal: None,
            violations: Vec::new(),
            breaches: Vec::new(),
            rules: Vec::new(),
            effect: None,
            standing: None,
        }
    }

    /// Where secrets are.
    pub(super) fn secrets(&self) -> &'a Secrets {
        self.secrets.unwrap_or(&secret::NONE)
    }

    /// All of its texts, with the header fields of the reply.
    pub(super) fn texts(&self, request: &Request, answered: &HeaderMap) -> Texts {
        let secrets = self.secrets();
        let operation = self.operation.map_or("", |operation| &operation.id);
        let target = secrets.target(&request.target);
        let mut texts = Texts::of([self.session, &target, operation, self.caller.unwrap_or_default()]);
        texts.asked(&request.headers, secrets);
        texts.answered(answered, secrets);
        texts
    }
}

/// What an exchange did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// Records that were read one by one, made, changed or removed, up to a bound.
    pub touched: Vec<Touched>,
    /// How many are not listed.
    pub more: usize,
    /// The link to the next page, where the reply is a page and not the last.
    pub next: Option<Box<str>>,
}

/// A record, and what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// The collection it is in.
    pub table: Box<str>,
    /// Its id.
    pub id: Id,
    /// What happened to it.
    pub deed: Deed,
}
