//! What a client did wrong although each of its requests may be sound: only the exchanges around one show it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;

use super::exchange::Exchange;
use crate::message::Query;
use crate::refusal::Kind;

/// A fault of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientFault {
    /// The same request came again before the time was over that `Retry-After` (RFC 9110 section 10.2.3) had asked for.
    RetriedTooSoon {
        /// The exchange that had asked for patience.
        first: u64,
        /// The time that had passed.
        waited: Duration,
        /// The time that was asked for.
        asked: Duration,
    },
    /// It was told to try again later (429, 503), and never did.
    GaveUp,
    /// It calls what the document marks `deprecated`.
    CalledDeprecated,
    /// It read a page that was not the last, and never asked for the next.
    LeftPages,
    /// It asked for a page that there is not, such as one behind a cursor that the provider never gave.
    AskedForNoPage,
}

impl ClientFault {
    /// The words for all of them, as queries use them.
    pub const WORDS: [&'static str; 5] =
        ["retried-too-soon", "gave-up", "called-deprecated", "left-pages", "asked-for-no-page"];

    /// The word for it in reports.
    pub fn word(&self) -> &'static str {
        let index = match self {
            ClientFault::RetriedTooSoon { .. } => 0,
            ClientFault::GaveUp => 1,
            ClientFault::CalledDeprecated => 2,
            ClientFault::LeftPages => 3,
            ClientFault::AskedForNoPage => 4,
        };
        ClientFault::WORDS[index]
    }
}

impl fmt::Display for ClientFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientFault::RetriedTooSoon { first, waited, asked } => {
                let (waited, asked) = (waited.as_secs_f64(), asked.as_secs_f64());
                write!(out, "retried exchange {first} after {waited:.1} s; its Retry-After asked for {asked} s")
            }
            ClientFault::GaveUp => out.write_str("was told to try again later, and never did"),
            ClientFault::CalledDeprecated => out.write_str("called what the document marks as deprecated"),
            ClientFault::LeftPages => out.write_str("read this page and never asked for the next"),
            ClientFault::AskedForNoPage => out.write_str("asked for a page that there is not"),
        }
    }
}

/// The faults of the client of one session, by the number of the exchange that shows each. `now` is the session's time and
/// real time: a fault that time may still mend is none yet.
pub fn client_faults(exchanges: &[Exchange], now: (Timestamp, Timestamp)) -> BTreeMap<u64, Vec<ClientFault>> {
    let mut faults: BTreeMap<u64, Vec<ClientFault>> = BTreeMap::new();
    let mut add = |number, fault| faults.entry(number).or_default().push(fault);
    for exchange in exchanges {
        own_faults(exchange).into_iter().for_each(|fault| add(exchange.number, fault));
    }
    retries(exchanges, now, &mut add);
    pages(exchanges, &mut add);
    faults
}

/// The faults that an exchange shows by itself.
pub fn own_faults(exchange: &Exchange) -> Vec<ClientFault> {
    let deprecated = exchange.deprecated.then_some(ClientFault::CalledDeprecated);
    let no_page = matches!(exchange.refusal, Some(Kind::PageParameter | Kind::PageDepth));
    deprecated.into_iter().chain(no_page.then_some(ClientFault::AskedForNoPage)).collect()
}

/// What makes two requests the same.
type Same<'a> = (&'a str, &'a str, &'a [u8], Option<&'a str>);

fn same(exchange: &Exchange) -> Same<'_> {
    (exchange.method.as_str(), exchange.target(), &exchange.extra().sent.bytes, exchange.caller())
}

fn retries(exchanges: &[Exchange], now: (Timestamp, Timestamp), add: &mut impl FnMut(u64, ClientFault)) {
    let mut waiting: HashMap<Same<'_>, &Exchange> = HashMap::new();
    for exchange in exchanges {
        if let Some(first) = waiting.remove(&same(exchange)) {
            let waited = passed(first, (exchange.time, exchange.real));
            if let Some(asked) = patience(first).filter(|asked| waited < *asked) {
                add(exchange.number, ClientFault::RetriedTooSoon { first: first.number, waited, asked });
            }
        }
        if matches!(exchange.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            waiting.insert(same(exchange), exchange);
        }
    }
    for first in waiting.into_values() {
        if patience(first).is_none_or(|asked| passed(first, now) > asked) {
            add(first.number, ClientFault::GaveUp);
        }
    }
}

/// The time between a reply and what came after it: a clock that stands still may be moved, and real time goes on beside it.
fn passed(first: &Exchange, (time, real): (Timestamp, Timestamp)) -> Duration {
    let between = |from: Timestamp, to: Timestamp| Duration::try_from(to.duration_since(from)).unwrap_or_default();
    between(first.time, time).max(between(first.real, real)).saturating_sub(first.extra().delay)
}

/// How long a reply asks its client to wait: seconds, or until a date.
fn patience(exchange: &Exchange) -> Option<Duration> {
    let text = exchange.answered().get("retry-after")?;
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(until.duration_since(exchange.time)).unwrap_or_default())
}

fn pages(exchanges: &[Exchange], add: &mut impl FnMut(u64, ClientFault)) {
    // The last exchange that had each pair in its query, by path.
    let mut last: HashMap<(&str, String, String), u64> = HashMap::new();
    for exchange in exchanges {
        for (name, value) in query(exchange.target()).pairs() {
            last.insert((path(exchange.target()), name.clone(), value.clone()), exchange.number);
        }
    }
    for exchange in exchanges {
        let Some(next) = exchange.effect().and_then(|effect| effect.next.as_deref()) else { continue };
        let (own, next) = (query(exchange.target()), query(next));
        let mut new = next.pairs().iter().filter(|pair| !own.pairs().contains(pair));
        let later = |(name, value): &(String, String)| {
            let number = last.get(&(path(exchange.target()), name.clone(), value.clone()));
            number.is_some_and(|number| *number > exchange.number)
        };
        if !new.all(later) {
            add(exchange.number, ClientFault::LeftPages);
        }
    }
}

fn query(target: &str) -> Query {
    Query::parse(target.split_once('?').map_or("", |(_, query)| query))
}

/// The path without an ending such as `.json`, which links may leave out.
fn path(target: &str) -> &str {
    let path = target.split('?').next().unwrap_or_default();
    let last = path.rfind('/').unwrap_or_default();
    path[last..].find('.').map_or(path, |dot| &path[..last + dot])
}
