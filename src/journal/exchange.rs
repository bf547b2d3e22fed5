//! One exchange as it is kept.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use super::entry::{Effect, Entry};
use super::secret::Secrets;
use super::texts::{Head, Text, Texts};
use crate::contract::Violation;
use crate::message::{Answer, Request, Wire};
use crate::refusal::Kind;

/// One exchange that is over: what came in, what was decided, what went out. Secrets in it are masked.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Its number in the session, from 1.
    pub number: u64,
    /// The time on the session's clock when it came in.
    pub time: Timestamp,
    /// Real time when it was answered. It goes on where the session's clock stands still.
    pub real: Timestamp,
    /// The method as sent.
    pub method: Method,
    pub(super) texts: Texts,
    /// The body of the request.
    pub sent: Kept,
    /// Whether the document marks the operation `deprecated`.
    pub deprecated: bool,
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
        let operation = entry.operation.map_or("", |operation| &operation.id);
        let caller = entry.caller.as_deref().unwrap_or_default();
        let plain = [entry.session, &secrets.target(&request.target), operation, caller];
        Exchange {
            number: entry.number,
            time: entry.time,
            real,
            method: request.method.clone(),
            texts: Texts::of(plain, (&request.headers, &answer.reply.headers), secrets),
            sent: Kept::copy(&request.body, most),
            deprecated: entry.operation.is_some_and(|operation| operation.deprecated),
            refusal: entry.refusal,
            violations: entry.violations,
            breaches: entry.breaches,
            rules: entry.rules,
            effect: entry.effect,
            status: answer.reply.status,
            got: Kept::share(&answer.reply.body, most),
            delay: answer.delay,
            wire: answer.wire,
        }
    }

    /// The session's name.
    pub fn session(&self) -> &str {
        self.texts.get(Text::Session)
    }

    /// Path and query as sent.
    pub fn target(&self) -> &str {
        self.texts.get(Text::Target)
    }

    /// The operation that the route led to.
    pub fn operation(&self) -> Option<&str> {
        Some(self.texts.get(Text::Operation)).filter(|id| !id.is_empty())
    }

    /// Who the credentials name.
    pub fn caller(&self) -> Option<&str> {
        Some(self.texts.get(Text::Caller)).filter(|name| !name.is_empty())
    }

    /// The header fields of the request.
    pub fn asked(&self) -> Head<'_> {
        self.texts.head(Text::Asked)
    }

    /// The header fields of the reply.
    pub fn answered(&self) -> Head<'_> {
        self.texts.head(Text::Answered)
    }

    /// The request as it was, but for its secrets.
    pub fn request(&self) -> Request {
        let mut request = Request::new(self.method.clone(), self.target());
        request.headers = self.asked().map();
        request.body = self.sent.bytes.clone();
        request
    }

    /// Whether a header of the reply has this value, as that with the provider's request id has.
    pub fn is_called(&self, id: &str) -> bool {
        self.answered().fields().any(|(_, value)| value == id.as_bytes())
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        /// What a violation takes with its texts.
        const VIOLATION: usize = 256;
        let lists = (self.violations.len() + self.breaches.len()) * VIOLATION
            + self.rules.iter().map(String::len).sum::<usize>()
            + self.effect.as_ref().map_or(0, |effect| effect.touched.len() * 64);
        size_of::<Exchange>() + self.texts.size() + lists + self.sent.bytes.len() + self.got.bytes.len()
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
