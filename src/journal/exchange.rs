//! One exchange as it is kept.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use super::entry::{Effect, Entry};
use super::standing::Standing;
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
    told: Told,
    extra: Option<Box<Extra>>,
}

/// What there is beside the rest: a plain read has none of it.
#[derive(Debug, Clone)]
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

    fn of(entry: Entry<'_>, request: &Request, answer: &Answer, most: usize) -> Option<Box<Extra>> {
        let Entry { violations, breaches, rules, .. } = entry;
        let (delay, wire) = (answer.delay, answer.wire);
        let said = !(violations.is_empty() && breaches.is_empty() && rules.is_empty());
        let done = !delay.is_zero() || wire.is_some();
        let any = said || done || !request.body.is_empty();
        any.then(|| Box::new(Extra { sent: Kept::copy(&request.body, most), violations, breaches, rules, delay, wire }))
    }
}

/// That of exchanges that have nothing beside the rest.
static NO_EXTRA: Extra = Extra::NONE;

/// Whether what there is to say of an exchange is its own.
#[derive(Debug, Clone)]
enum Told {
    Once(Arc<Outcome>),
    /// The exchange's own texts have what is new in it.
    Again(Arc<Standing>),
}

/// What a request came to.
#[derive(Debug)]
struct Outcome {
    got: Kept,
    effect: Option<Effect>,
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
    pub(super) fn of(mut entry: Entry<'_>, request: &Request, answer: &Answer, most: usize) -> Exchange {
        let secrets = entry.secrets();
        let reply = &answer.reply;
        let again = |standing: &Arc<Standing>| match standing.got.length <= most {
            true => standing.again(request, reply, secrets),
            false => None,
        };
        let (texts, told) = match (entry.standing.as_ref().and_then(again), entry.standing.take()) {
            (Some(texts), Some(standing)) => (texts, Told::Again(standing)),
            (_, standing) => {
                let texts = entry.texts(request, &reply.headers);
                let effect = entry.effect.take().or_else(|| standing?.effect.clone());
                (texts, Told::Once(Arc::new(Outcome { got: Kept::share(&reply.body, most), effect })))
            }
        };
        Exchange {
            number: entry.number,
            time: entry.time,
            real: entry.real,
            method: request.method.clone(),
            texts,
            refusal: entry.refusal,
            deprecated: entry.operation.is_some_and(|operation| operation.deprecated),
            status: reply.status,
            told,
            extra: Extra::of(entry, request, answer, most),
        }
    }

    /// What there is beside the rest.
    pub fn extra(&self) -> &Extra {
        self.extra.as_deref().unwrap_or(&NO_EXTRA)
    }

    /// The session's name.
    pub fn session(&self) -> &str {
        self.text(Text::Session)
    }

    /// Path and query as sent.
    pub fn target(&self) -> &str {
        self.text(Text::Target)
    }

    /// The operation that the route led to.
    pub fn operation(&self) -> Option<&str> {
        Some(self.text(Text::Operation)).filter(|id| !id.is_empty())
    }

    /// Who the credentials name.
    pub fn caller(&self) -> Option<&str> {
        Some(self.text(Text::Caller)).filter(|name| !name.is_empty())
    }

    fn text(&self, text: Text) -> &str {
        match &self.told {
            Told::Once(_) => self.texts.text(text),
            Told::Again(standing) => standing.texts.text(text),
        }
    }

    /// The header fields of the request.
    pub fn asked(&self) -> Head<'_> {
        match (&self.told, self.texts.get(Text::Asked)) {
            (Told::Again(standing), []) => Head::new(standing.texts.get(Text::Asked), &[]),
            (_, own) => Head::new(own, &[]),
        }
    }

    /// The header fields of the reply.
    pub fn answered(&self) -> Head<'_> {
        let own = self.texts.get(Text::Answered);
        match &self.told {
            Told::Once(_) => Head::new(own, &[]),
            Told::Again(standing) => Head::new(own, standing.texts.get(Text::Answered)),
        }
    }

    /// The body of the reply.
    pub fn got(&self) -> &Kept {
        match &self.told {
            Told::Once(outcome) => &outcome.got,
            Told::Again(standing) => &standing.got,
        }
    }

    /// What was done to records, and what there is more of.
    pub fn effect(&self) -> Option<&Effect> {
        match &self.told {
            Told::Once(outcome) => outcome.effect.as_ref(),
            Told::Again(standing) => standing.effect.as_ref(),
        }
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

    /// About how many bytes it takes, as if nothing of it were shared.
    pub(super) fn size(&self) -> usize {
        /// What a violation takes with its texts.
        const VIOLATION: usize = 256;
        let extra = |extra: &Extra| {
            size_of::<Extra>()
                + (extra.violations.len() + extra.breaches.len()) * VIOLATION
                + extra.rules.iter().map(String::len).sum::<usize>()
                + extra.sent.bytes.len()
        };
        let touched = |effect: &Effect| effect.touched.len() * 64;
        let outcome = match &self.told {
            Told::Once(told) => size_of::<Outcome>() + told.got.bytes.len() + told.effect.as_ref().map_or(0, touched),
            Told::Again(standing) => standing.size(),
        };
        size_of::<Exchange>() + self.texts.size() + outcome + self.extra.as_deref().map_or(0, extra)
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
