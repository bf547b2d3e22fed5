//! One exchange as it is kept.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use super::entry::{Effect, Entry};
use super::secret;
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
    /// Real time then. It goes on where the session's clock stands still.
    pub real: Timestamp,
    /// The method as sent.
    pub method: Method,
    pub(super) texts: Texts,
    /// Whether the document marks the operation `deprecated`.
    pub deprecated: bool,
    /// The kind of refusal, where there was one.
    pub refusal: Option<Kind>,
    /// The status that went out.
    pub status: StatusCode,
    pub(super) common: Arc<Common>,
    extra: Option<Box<Extra>>,
}

/// What there is beside the rest: a plain read has none of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Extra {
    /// The body of the request.
    pub sent: Kept,
    /// Departures of the request from the document.
    pub violations: Vec<Violation>,
    /// Departures of the reply from the document: counterpart's own bugs.
    pub breaches: Vec<Violation>,
    /// Rules of scenarios that fired, and what was drawn.
    pub rules: Vec<String>,
    /// How long it was held back on purpose.
    pub delay: Duration,
    /// What went wrong on the wire, on purpose.
    pub wire: Option<Wire>,
}

impl Extra {
    const NONE: Extra = Extra {
        sent: Kept { bytes: Bytes::new(), length: 0 },
        violations: Vec::new(),
        breaches: Vec::new(),
        rules: Vec::new(),
        delay: Duration::ZERO,
        wire: None,
    };
}

/// That of exchanges that have nothing beside the rest.
static NO_EXTRA: Extra = Extra::NONE;

/// What exchanges have in common that get the same reply.
#[derive(Debug)]
pub(super) struct Common {
    /// Header fields of the reply. Those that are new on each have an empty place here, and their value in the exchange's own texts.
    pub(super) lines: Box<[u8]>,
    pub(super) got: Kept,
    pub(super) effect: Option<Effect>,
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
    pub(super) fn of(entry: Entry<'_>, request: &Request, answer: &Answer, most: usize) -> Exchange {
        let secrets = entry.secrets.unwrap_or(&secret::NONE);
        let operation = entry.operation.map_or("", |operation| &operation.id);
        let plain = [entry.session, &secrets.target(&request.target), operation, entry.caller.unwrap_or_default()];
        let mut texts = Texts::of(plain, &request.headers, secrets);
        let standing = entry.standing.as_deref();
        let same = standing.filter(|standing| standing.reply.body.len() <= most);
        let common = match same.and_then(|standing| standing.repeated(&answer.reply, secrets, &mut texts)) {
            Some(common) => common,
            None => {
                texts.answered(&answer.reply.headers, secrets);
                let effect = entry.effect.or_else(|| standing?.effect().cloned());
                Arc::new(Common { lines: Box::default(), got: Kept::share(&answer.reply.body, most), effect })
            }
        };
        let extra = Extra {
            sent: Kept::copy(&request.body, most),
            violations: entry.violations,
            breaches: entry.breaches,
            rules: entry.rules,
            delay: answer.delay,
            wire: answer.wire,
        };
        Exchange {
            number: entry.number,
            time: entry.time,
            real: entry.real,
            method: request.method.clone(),
            texts,
            deprecated: entry.operation.is_some_and(|operation| operation.deprecated),
            refusal: entry.refusal,
            status: answer.reply.status,
            common,
            extra: (extra != Extra::NONE).then(|| Box::new(extra)),
        }
    }

    /// What there is beside the rest.
    pub fn extra(&self) -> &Extra {
        self.extra.as_deref().unwrap_or(&NO_EXTRA)
    }

    /// The session's name.
    pub fn session(&self) -> &str {
        self.texts.text(Text::Session)
    }

    /// Path and query as sent.
    pub fn target(&self) -> &str {
        self.texts.text(Text::Target)
    }

    /// The operation that the route led to.
    pub fn operation(&self) -> Option<&str> {
        Some(self.texts.text(Text::Operation)).filter(|id| !id.is_empty())
    }

    /// Who the credentials name.
    pub fn caller(&self) -> Option<&str> {
        Some(self.texts.text(Text::Caller)).filter(|name| !name.is_empty())
    }

    /// The header fields of the request.
    pub fn asked(&self) -> Head<'_> {
        Head::new(self.texts.get(Text::Asked), &[])
    }

    /// The header fields of the reply.
    pub fn answered(&self) -> Head<'_> {
        Head::new(self.texts.get(Text::Answered), &self.common.lines)
    }

    /// The body of the reply.
    pub fn got(&self) -> &Kept {
        &self.common.got
    }

    /// What was done to records, and what there is more of.
    pub fn effect(&self) -> Option<&Effect> {
        self.common.effect.as_ref()
    }

    /// The request as it was, but for its secrets.
    pub fn request(&self) -> Request {
        let mut request = Request::new(self.method.clone(), self.target());
        request.headers = self.asked().map();
        request.body = self.extra().sent.bytes.clone();
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
        let extra = |extra: &Extra| {
            size_of::<Extra>()
                + (extra.violations.len() + extra.breaches.len()) * VIOLATION
                + extra.rules.iter().map(String::len).sum::<usize>()
                + extra.sent.bytes.len()
        };
        let touched = self.effect().map_or(0, |effect| effect.touched.len() * 64);
        let common = size_of::<Common>() + self.common.lines.len() + self.got().bytes.len() + touched;
        size_of::<Exchange>() + self.texts.size() + common + self.extra.as_deref().map_or(0, extra)
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
