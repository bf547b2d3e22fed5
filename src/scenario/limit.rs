//! Rate limits: how many requests in how much time, by the session's clock and in bounded memory.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;
use jiff::Timestamp;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::target::Target;
use super::trigger::positive;
use super::{About, Exchange, Known, fault};
use crate::message::decode;
use crate::source::{Findings, Node, choices};

/// A limit as a file states it.
#[derive(Debug)]
pub struct Limit {
    /// Its name, for headers and reports.
    pub name: String,
    /// How many requests are allowed in a window.
    pub requests: u64,
    /// How long a window is.
    pub per: Duration,
    /// How windows follow each other.
    pub window: Window,
    /// Whether it holds for every request, and not only for those to some operations.
    pub general: bool,
    /// Whether a request that may not go on is told the date from which on it may, in place of seconds.
    pub dated: bool,
    key: Key,
    target: Target,
    /// What the file says of it.
    said: Value,
}

/// How a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Windows start at whole multiples of their length: with a minute, at every full minute of the clock.
    Fixed,
    /// The window ends now: a request counts until it is as old as the window is long.
    Sliding,
    /// A bucket of so many tokens that fills up evenly; a request takes one.
    Bucket {
        /// How many tokens it holds.
        burst: u64,
    },
}

/// Whose requests are counted together.
#[derive(Debug, Clone, PartialEq)]
enum Key {
    Caller,
    Operation,
    Session,
    Path(String),
    Header(HeaderName),
}

/// A sliding window keeps the time of each request; these many still leave room for other keys.
const MOST_SLIDING: u64 = 10_000;

/// What a limit says about one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Whether the request may go on.
    pub allowed: bool,
    /// How many requests are allowed in a window.
    pub limit: u64,
    /// How many are left.
    pub remaining: u64,
    /// Seconds until the quota is whole again; for a request that may not go on, until one may. At least 1.
    pub reset_seconds: u64,
    /// Whether to say that as a date.
    pub dated: bool,
}

impl Limit {
    /// Reads one limit.
    pub fn read(node: &Node<'_>, world: &Known<'_>, findings: &mut Findings) -> Option<Limit> {
        let mut fields = node.fields(findings)?;
        let name = fields.required("name", findings, Node::string);
        let per = fields.required("per", findings, Node::duration);
        let requests = fields.required("requests", findings, positive);
        let key = fields.optional("key", findings, Key::read).unwrap_or(Key::Caller);
        let general = !fields.has("on");
        let target = match fields.take("on") {
            Some(node) => Target::read(&node, world, findings),
            None => Some(Target::everything(world)),
        };
        let burst = fields.take("burst");
        let tokens = burst.as_ref().and_then(|node| positive(node, findings)).or(requests).unwrap_or(1);
        let words =
            [("fixed", Window::Fixed), ("sliding", Window::Sliding), ("bucket", Window::Bucket { burst: tokens })];
        let window = fields.optional("window", findings, |node, findings| node.word(&words, findings));
        let window = window.unwrap_or(Window::Fixed);
        let words = [("seconds", false), ("date", true)];
        let dated = fields.optional("retry_after", findings, |node, findings| node.word(&words, findings));
        let breaks_contract = fields.optional("breaks_contract", findings, Node::flag).unwrap_or_default();
        if let (Window::Fixed | Window::Sliding, Some(node)) = (window, burst) {
            findings.push(node.error("conflict", "`burst` is the size of a bucket; say `window: bucket` as well"));
        }
        if window == Window::Sliding && requests.is_some_and(|requests| requests > MOST_SLIDING) {
            let finding = node.error("range", format!("a sliding window counts up to {MOST_SLIDING} requests"));
            findings.push(finding.help("take `window: fixed` or `window: bucket`"));
        }
        if per.is_some_and(|per| per < Duration::from_millis(1)) {
            findings.push(node.error("range", "`per` must be above zero"));
        }
        let node = fields.node().clone();
        fields.finish(findings);
        let (target, dated) = (target?, dated.unwrap_or_default());
        if dated {
            let about = About { world, target: Some(&target) };
            fault::check_date(breaks_contract, &node, about, findings);
        }
        let said = node.value().clone();
        Some(Limit { name: name?, requests: requests?, per: per?, window, general, dated, key, target, said })
    }

    /// The key under which a request counts; none where the limit does not concern it.
    pub fn key(&self, exchange: &Exchange<'_>) -> Option<String> {
        let request = exchange.request;
        let concerned = match exchange.operation {
            Some(operation) => self.target.covers_operation(operation.index),
            None => self.target.covers_elsewhere(&request.method, request.path()),
        };
        if !concerned {
            return None;
        }
        Some(match &self.key {
            Key::Caller => exchange.caller.unwrap_or_default().to_owned(),
            Key::Operation => exchange.operation.map_or_else(String::new, |operation| operation.id.clone()),
            Key::Session => exchange.session.to_owned(),
            Key::Path(name) => decode(exchange.variables.iter().find(|(key, _)| key == name)?.1),
            Key::Header(name) => {
                let value = request.headers.get(name).map(http::HeaderValue::as_bytes).unwrap_or_default();
                String::from_utf8_lossy(value).into_owned()
            }
        })
    }
}

impl Key {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Key> {
        let text = node.text(findings)?;
        let key = match (text, text.split_once('.')) {
            ("caller", _) => Some(Key::Caller),
            ("operation", _) => Some(Key::Operation),
            ("session", _) => Some(Key::Session),
            (_, Some(("path", name))) if !name.is_empty() => Some(Key::Path(name.to_owned())),
            (_, Some(("header", name))) => name.parse().ok().map(Key::Header),
            _ => None,
        };
        if key.is_none() {
            let words = ["caller", "operation", "session", "path.NAME", "header.NAME"];
            let finding = node.error("unknown-word", format!("requests cannot be counted by `{text}`"));
            findings.push(finding.help(choices(text, words, "allowed")));
        }
        key
    }
}

/// The state of one limit in one session.
///
/// Keys may come from the client, so only their hashes are kept, and only so many of them and of their requests' times; past
/// that at least the half that was used least recently is forgotten.
#[derive(Debug, Clone)]
pub struct Limiter {
    limit: Arc<Limit>,
    accounts: HashMap<u64, Account>,
    /// How many times of requests the accounts hold together.
    times: usize,
}

/// What one key has used up. Times are microseconds since 1970.
#[derive(Debug, Clone, Default)]
struct Account {
    last: i64,
    /// For fixed windows: the start of the current one, and what was used in it.
    start: i64,
    used: u64,
    /// For sliding windows: when the requests came that still count.
    times: VecDeque<i64>,
    /// For buckets: the tokens that were missing at `last`.
    missing: f64,
}

impl Limiter {
    /// How many keys are kept.
    pub const MOST_KEYS: usize = 4096;
    /// How many times of requests are kept for sliding windows, over all keys.
    pub const MOST_TIMES: usize = 262_144;

    /// Nothing is used up yet.
    pub fn new(limit: Arc<Limit>) -> Limiter {
        Limiter { limit, accounts: HashMap::new(), times: 0 }
    }

    /// The same for a limit that says the same, be it of another reading.
    pub fn moved(&self, limit: &Arc<Limit>) -> Option<Limiter> {
        (self.limit.said == limit.said).then(|| Limiter { limit: Arc::clone(limit), ..self.clone() })
    }

    /// The limit it keeps.
    pub fn limit(&self) -> &Arc<Limit> {
        &self.limit
    }

    /// Charges a request, if the limit concerns it.
    pub fn charge(&mut self, exchange: &Exchange<'_>, now: Timestamp) -> Option<Quota> {
        self.limit.key(exchange).map(|key| self.take(&key, now))
    }

    /// Takes one request off a key's quota. A request that may not go on takes nothing.
    pub fn take(&mut self, key: &str, now: Timestamp) -> Quota {
        let key = xxh3_64(key.as_bytes());
        if self.times >= Self::MOST_TIMES || !self.accounts.contains_key(&key) {
            self.make_room();
        }
        let fresh = Account { last: now.as_microsecond(), ..Account::default() };
        let account = self.accounts.entry(key).or_insert(fresh);
        // A clock that was set back does not give time back.
        let now = now.as_microsecond().max(account.last);
        let held = account.times.len();
        let quota = match self.limit.window {
            Window::Fixed => account.take_fixed(&self.limit, now),
            Window::Sliding => account.take_sliding(&self.limit, now),
            Window::Bucket { burst } => account.take_token(&self.limit, burst, now),
        };
        account.last = now;
        self.times = self.times + account.times.len() - held;
        quota
    }

    fn make_room(&mut self) {
        if self.accounts.len() < Self::MOST_KEYS && self.times < Self::MOST_TIMES {
            return;
        }
        let mut last: Vec<i64> = self.accounts.values().map(|account| account.last).collect();
        last.sort_unstable();
        let median = last[last.len() / 2];
        self.accounts.retain(|_, account| account.last > median);
        self.times = self.accounts.values().map(|account| account.times.len()).sum();
    }
}

impl Account {
    fn take_fixed(&mut self, limit: &Limit, now: i64) -> Quota {
        let per = micros(limit.per);
        let start = now.div_euclid(per) * per;
        if start != self.start {
            (self.start, self.used) = (start, 0);
        }
        let allowed = self.used < limit.requests;
        self.used += u64::from(allowed);
        let reset_seconds = seconds((self.start + per - now) as f64);
        Quota {
            allowed,
            limit: limit.requests,
            remaining: limit.requests - self.used,
            reset_seconds,
            dated: limit.dated,
        }
    }

    fn take_sliding(&mut self, limit: &Limit, now: i64) -> Quota {
        let per = micros(limit.per);
        while self.times.front().is_some_and(|time| time + per <= now) {
            self.times.pop_front();
        }
        let used = self.times.len() as u64;
        let allowed = used < limit.requests;
        if allowed {
            self.times.push_back(now);
        }
        let awaited = if allowed { self.times.back() } else { self.times.front() };
        let reset_seconds = seconds(awaited.map_or(0, |time| time + per - now) as f64);
        let remaining = limit.requests - used - u64::from(allowed);
        Quota { allowed, limit: limit.requests, remaining, reset_seconds, dated: limit.dated }
    }

    fn take_token(&mut self, limit: &Limit, burst: u64, now: i64) -> Quota {
        let for_one = micros(limit.per) as f64 / limit.requests as f64;
        self.missing = (self.missing - (now - self.last) as f64 / for_one).max(0.0);
        let size = burst as f64;
        // Tokens are added up in small parts: what is missing to a whole one by rounding is no reason to refuse.
        let allowed = self.missing + 1.0 <= size + 1e-6;
        if allowed {
            self.missing = (self.missing + 1.0).min(size);
        }
        let wait = if allowed { self.missing } else { self.missing + 1.0 - size };
        let remaining = (size - self.missing + 1e-6).floor() as u64;
        let reset_seconds = seconds(wait * for_one);
        Quota { allowed, limit: burst, remaining, reset_seconds, dated: limit.dated }
    }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX / 4).max(1)
}

/// Whole seconds for a header: rounded up, because a client that waits them must get through, and never 0, which clients
/// take for none.
fn seconds(micros: f64) -> u64 {
    (micros / 1e6).ceil().max(1.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn limiter(text: &str) -> Limiter {
        let source = Source::parse("t.yaml", format!("{{name: l, {text}}}")).expect("reads");
        let world = Known {
            operations: &[],
            kinds: &[],
            problems: &[],
            resources: &[],
            documents: &|_, _| true,
            breaks: &|_, _| None,
        };
        let mut findings = Findings::default();
        let limit = Limit::read(&Node::root(&source), &world, &mut findings);
        assert!(findings.is_empty(), "{findings:?}");
        Limiter::new(Arc::new(limit.expect("is sound")))
    }

    /// Takes at each of these seconds; each answer as `remaining/reset`, or `no/reset`.
    fn check(text: &str, seconds: &[f64], expected: &str) {
        let mut limiter = limiter(text);
        let answers: Vec<String> = seconds
            .iter()
            .map(|second| {
                let now = Timestamp::from_microsecond((second * 1e6) as i64).expect("is a time");
                let quota = limiter.take("key", now);
                let word = if quota.allowed { quota.remaining.to_string() } else { "no".to_owned() };
                format!("{word}/{}", quota.reset_seconds)
            })
            .collect();
        assert_eq!(answers.join(" "), expected, "{text}");
    }

    #[test]
    fn fixed_windows_are_whole_minutes_of_the_clock() {
        check("per: 60s, requests: 2", &[51.0, 57.0, 59.5, 60.0, 62.0], "1/9 0/3 no/1 1/60 0/58");
        check("per: 60s, requests: 1", &[0.0, 59.999, 60.0, 600.0], "0/60 no/1 0/60 0/60");
        check("per: 60s, requests: 1", &[-1.0, -0.5, 0.0], "0/1 no/1 0/60");
    }

    #[test]
    fn a_sliding_window_gives_back_bit_by_bit() {
        // A fixed window would be fresh at 60.
        let times = [59.0, 59.5, 60.0, 118.9, 119.0, 119.2, 119.6];
        check("per: 60s, requests: 2, window: sliding", &times, "1/60 0/60 no/59 no/1 0/60 no/1 0/60");
        check("per: 60s, requests: 1, window: sliding", &[0.0, 30.0, 60.0, 119.0, 120.0], "0/60 no/30 0/60 no/1 0/60");
    }

    #[test]
    fn a_bucket_fills_up_evenly() {
        let times = [0.0, 0.0, 0.0, 5.0, 10.0, 10.0, 100.0];
        check("per: 60s, requests: 6, window: bucket, burst: 2", &times, "1/10 0/20 no/10 no/5 0/20 no/10 1/10");
        check("per: 1s, requests: 3, window: bucket", &[0.0, 0.0, 0.0, 0.334, 0.667, 1.001], "2/1 1/1 0/1 0/1 0/1 0/1");
    }

    #[test]
    fn a_clock_that_is_set_back_gives_nothing_back() {
        check("per: 60s, requests: 1", &[61.0, 59.0, 60.0], "0/59 no/59 no/59");
        check("per: 60s, requests: 1, window: bucket", &[61.0, 0.0], "0/60 no/60");
    }

    #[test]
    fn memory_is_bounded_whatever_the_keys_are() {
        let mut limiter = limiter("per: 60s, requests: 1");
        for n in 0..20_000 {
            limiter.take(&n.to_string(), Timestamp::from_microsecond(n).expect("is a time"));
            assert!(limiter.accounts.len() <= Limiter::MOST_KEYS);
        }
        let same_time = Timestamp::UNIX_EPOCH;
        for n in 0..20_000 {
            limiter.take(&format!("x{n}"), same_time);
            assert!(limiter.accounts.len() <= Limiter::MOST_KEYS);
        }
    }

    #[test]
    fn times_are_bounded_as_well() {
        let mut limiter = limiter("per: 1h, requests: 10000, window: sliding");
        for n in 0..400_000 {
            limiter.take(&(n % 100).to_string(), Timestamp::from_microsecond(n).expect("is a time"));
            assert!(limiter.times <= Limiter::MOST_TIMES);
        }
        assert_eq!(limiter.times, limiter.accounts.values().map(|account| account.times.len()).sum::<usize>());
    }

    #[test]
    fn keys_have_quotas_of_their_own() {
        let mut limiter = limiter("per: 60s, requests: 1");
        let allowed = ["a", "b", "a"].map(|key| limiter.take(key, Timestamp::UNIX_EPOCH).allowed);
        assert_eq!(allowed, [true, true, false]);
    }
}
