//! One exchange as it is kept.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use super::entry::{Effect, Entry};
use super::head::Head;
use super::secret::Secrets;
use crate::contract::Violation;
use crate::message::{Answer, Request, Wire};
use crate::refusal::Kind;

/// One exchange that is over: what came in, what was decided, what went out. Secrets in it are masked.
#[derive(Debug)]
pub struct Exchange {
    /// Its number in the session, from 1.
    pub number: u64,
    /// The session's name.
    pub session: Box<str>,
    /// The time on the session's clock when it came in.
    pub time: Timestamp,
    /// Real time when it was answered. It goes on where the session's clock stands still.
    pub real: Timestamp,
    /// The method as sent.
    pub method: Method,
    /// Path and query as sent.
    pub target: Box<str>,
    /// The header fields of the request.
    pub asked: Head,
    /// The body of the request.
    pub sent: Kept,
    /// The operation that the route led to.
    pub operation: Option<Box<str>>,
    /// Whether the document marks that operation `deprecated`.
    pub deprecated: bool,
    /// Who the credentials name.
    pub caller: Option<Box<str>>,
    /// The kind of refusal, where there was one.
    pub refusal: Option<Kind>,
    /// Departures of the request from the document.
    pub violations: Vec<Violation>,
    /// Departures of the reply from the document: counterpart's own bugs.
    pub breaches: Vec<Violation>,
    /// Rules of scenarios that fired, and what was drawn.
    pub rules: Vec<String>,
    /// What was done to records, and what there is more of.
    pub effect: Option<Arc<Effect>>,
    /// The status that went out.
    pub status: StatusCode,
    /// The header fields of the reply.
    pub answered: Head,
    /// The body of the reply.
    pub got: Kept,
    /// How long it was held back on purpose.
    pub delay: Duration,
    /// What went wrong on the wire, on purpose.
    pub wire: Option<Wire>,
}

/// A body, or the beginning of one that is too large to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What is kept of it.
    pub bytes: Bytes,
    /// How long it was.
    pub length: usize,
}

impl Exchange {
    /// The longest body that is kept whole however little room there is.
    pub(super) const LEAST_BODY: usize = 4096;

    /// What was noted, together with what came in and what goes out. No body takes more than `most` bytes.
    pub(super) fn of(
        entry: Entry<'_>,
        request: &Request,
        answer: &Answer,
        (real, most): (Timestamp, usize),
    ) -> Exchange {
        let none = Secrets::default();
        let secrets = entry.secrets.unwrap_or(&none);
        Exchange {
            number: entry.number,
            session: entry.session.into(),
            time: entry.time,
            real,
            method: request.method.clone(),
            target: secrets.target(&request.target),
            asked: Head::of(&request.headers, secrets),
            sent: Kept::copy(&request.body, most),
            operation: entry.operation.map(|operation| operation.id.as_str().into()),
            deprecated: entry.operation.is_some_and(|operation| operation.deprecated),
            caller: entry.caller,
            refusal: entry.refusal,
            violations: entry.violations,
            breaches: entry.breaches,
            rules: entry.rules,
            effect: entry.effect,
            status: answer.reply.status,
            answered: Head::of(&answer.reply.headers, secrets),
            got: Kept::share(&answer.reply.body, most),
            delay: answer.delay,
            wire: answer.wire,
        }
    }

    /// The request as it was, but for its secrets.
    pub fn request(&self) -> Request {
        let mut request = Request::new(self.method.clone(), &*self.target);
        request.headers = self.asked.map();
        request.body = self.sent.bytes.clone();
        request
    }

    /// Whether a header of the reply has this value, as that with the provider's request id has.
    pub fn is_called(&self, id: &str) -> bool {
        self.answered.fields().any(|(_, value)| value == id.as_bytes())
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        /// What a violation takes with its texts.
        const VIOLATION: usize = 256;
        let heads = self.asked.size() + self.answered.size() + self.target.len();
        let lists = (self.violations.len() + self.breaches.len()) * VIOLATION
            + self.rules.iter().map(String::len).sum::<usize>()
            + self.effect.as_ref().map_or(0, |effect| effect.touched.len() * 64);
        size_of::<Exchange>() + heads + lists + self.sent.bytes.len() + self.got.bytes.len()
    }
}

impl Kept {
    /// A body that came in: copied, since it is part of the buffer that it was read into.
    fn copy(body: &Bytes, most: usize) -> Kept {
        let end = if body.len() > most { Exchange::LEAST_BODY } else { body.len() };
        Kept { bytes: Bytes::copy_from_slice(&body[..end]), length: body.len() }
    }

    /// A body that goes out: shared, unless just its beginning is kept.
    fn share(body: &Bytes, most: usize) -> Kept {
        match body.len() > most {
            true => Kept::copy(body, most),
            false => Kept { bytes: body.clone(), length: body.len() },
        }
    }

    /// Whether all of it is there.
    pub fn is_whole(&self) -> bool {
        self.bytes.len() == self.length
    }

    /// Its value, where it is JSON and all of it is there.
    pub fn json(&self) -> Option<Value> {
        self.is_whole().then(|| serde_json::from_slice(&self.bytes).ok()).flatten()
    }
}
