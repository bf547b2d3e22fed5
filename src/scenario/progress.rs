//! How far a session has come in its scenarios. Counters are atomic, so that no lock is held while a plan is made; a match
//! and its verdict are one step, so that the nth match gets the same verdict however many threads run.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::Scenario;
use super::rule::Rule;
use super::trigger::Firing;
use crate::message::Request;

/// The counters of one session.
#[derive(Debug)]
pub struct Progress {
    started: Timestamp,
    /// By scenario and rule.
    counters: Vec<Vec<Counter>>,
    /// Made when a rule first asks for an attempt.
    attempts: OnceLock<Attempts>,
}

/// How far one rule has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The scenario's name.
    pub scenario: String,
    /// The rule's name.
    pub rule: String,
    /// How many requests matched it.
    pub matched: u64,
    /// How often it fired.
    pub fired: u64,
    /// How often that was really carried out.
    pub sent: u64,
}

impl Progress {
    /// Nothing has happened yet. `started` is the time of the session's clock.
    ///
    /// ```
    /// let progress = counterpart::scenario::Progress::new(&[], "2026-01-01T00:00:00Z".parse().unwrap());
    /// assert!(progress.counts(&[]).is_empty());
    /// ```
    pub fn new(scenarios: &[Arc<Scenario>], started: Timestamp) -> Progress {
        let counters = |scenario: &Arc<Scenario>| scenario.rules.iter().map(|_| Counter::default()).collect();
        Progress { started, counters: scenarios.iter().map(counters).collect(), attempts: OnceLock::new() }
    }

    /// The same progress, going its own way from here. It serves as a snapshot as well.
    #[must_use]
    pub fn fork(&self) -> Progress {
        let counters = self.counters.iter().map(|rules| rules.iter().map(Counter::fork).collect()).collect();
        let attempts = OnceLock::new();
        if let Some(seen) = self.attempts.get() {
            attempts.get_or_init(|| seen.fork());
        }
        Progress { started: self.started, counters, attempts }
    }

    /// The same progress for another set of scenarios: rules that are in both, and say the same, go on where they were.
    #[must_use]
    pub fn moved(&self, from: &[Arc<Scenario>], to: &[Arc<Scenario>]) -> Progress {
        let rules =
            from.iter().zip(&self.counters).flat_map(|(scenario, counters)| scenario.rules.iter().zip(counters));
        let known: Vec<_> = rules.collect();
        let counter = |rule: &Arc<Rule>| {
            let before = known.iter().find(|(known, _)| rule.is_as(known));
            before.map(|(_, counter)| counter.fork()).unwrap_or_default()
        };
        let counters = to.iter().map(|scenario| scenario.rules.iter().map(counter).collect()).collect();
        Progress { counters, ..self.fork() }
    }

    /// How far each rule has come.
    pub fn counts(&self, scenarios: &[Arc<Scenario>]) -> Vec<Count> {
        let mut counts = Vec::new();
        for (scenario, counters) in scenarios.iter().zip(&self.counters) {
            for (rule, counter) in scenario.rules.iter().zip(counters) {
                let (matched, fired) = unpack(counter.verdicts.load(Ordering::Relaxed));
                let sent = counter.sent.load(Ordering::Relaxed);
                let (scenario, rule) = (scenario.name.to_string(), rule.name.to_string());
                counts.push(Count { scenario, rule, matched, fired, sent });
            }
        }
        counts
    }

    pub(super) fn counters(&self, scenario: usize) -> &[Counter] {
        self.counters.get(scenario).map_or(&[], Vec::as_slice)
    }

    /// The time since the session's start; zero where the clock was set back.
    pub(super) fn elapsed(&self, now: Timestamp) -> Duration {
        Duration::try_from(now.duration_since(self.started)).unwrap_or_default()
    }

    /// How often the session has sent this method, target and body, this time included.
    pub(super) fn attempt(&self, request: &Request) -> u64 {
        let method = xxh3_64_with_seed(request.method.as_str().as_bytes(), 0);
        let target = xxh3_64_with_seed(request.target.as_bytes(), method);
        self.attempts.get_or_init(Attempts::new).count(xxh3_64_with_seed(&request.body, target))
    }
}

/// How far one rule has come.
#[derive(Debug, Default)]
pub(super) struct Counter {
    /// Matches in the upper half, firings in the lower: they change together or not at all.
    verdicts: AtomicU64,
    /// Firings that were carried out, which is known once the request is answered; whoever carries one out holds it.
    pub(super) sent: Arc<AtomicU64>,
}

impl Counter {
    /// Counts a match. The verdict is asked for its number and for how often the rule fired before, and may be asked again
    /// when another thread was faster. Returns the match's number, and the firing with its number from 0.
    pub(super) fn count(&self, verdict: impl Fn(u64, u64) -> Option<Firing>) -> (u64, Option<(Firing, u64)>) {
        let mut before = self.verdicts.load(Ordering::Relaxed);
        loop {
            let (matched, fired) = unpack(before);
            let nth = matched + 1;
            let firing = verdict(nth, fired);
            let after = pack(nth, fired + u64::from(firing.is_some()));
            match self.verdicts.compare_exchange_weak(before, after, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return (nth, firing.map(|firing| (firing, fired))),
                Err(current) => before = current,
            }
        }
    }

    fn fork(&self) -> Counter {
        let copy = |value: &AtomicU64| AtomicU64::new(value.load(Ordering::Relaxed));
        Counter { verdicts: copy(&self.verdicts), sent: copy(&self.sent).into() }
    }
}

/// Four thousand million matches in one session, then the counter stands still.
fn pack(matched: u64, fired: u64) -> u64 {
    let most = u64::from(u32::MAX);
    (matched.min(most) << 32) | fired.min(most)
}

fn unpack(packed: u64) -> (u64, u64) {
    (packed >> 32, packed & u64::from(u32::MAX))
}

/// How often each request was sent, by its hash. A table of fixed size: when it is full, the newest takes the place of an older.
#[derive(Debug)]
struct Attempts {
    slots: Vec<(AtomicU64, AtomicU64)>,
}

impl Attempts {
    const SLOTS: usize = 512;
    /// How many slots are looked at for one request.
    const REACH: usize = 16;

    fn new() -> Attempts {
        Attempts { slots: (0..Self::SLOTS).map(|_| (AtomicU64::new(0), AtomicU64::new(0))).collect() }
    }

    fn count(&self, hash: u64) -> u64 {
        // Zero stands for an empty slot.
        let hash = hash.max(1);
        let home = usize::try_from(hash % Self::SLOTS as u64).unwrap_or_default();
        for step in 0..Self::REACH {
            let (key, count) = &self.slots[(home + step) % Self::SLOTS];
            let found = match key.load(Ordering::Relaxed) {
                0 => key.compare_exchange(0, hash, Ordering::Relaxed, Ordering::Relaxed).unwrap_or_else(|now| now),
                found => found,
            };
            if found == hash || found == 0 {
                return count.fetch_add(1, Ordering::Relaxed) + 1;
            }
        }
        let (key, count) = &self.slots[home];
        key.store(hash, Ordering::Relaxed);
        count.store(1, Ordering::Relaxed);
        1
    }

    fn fork(&self) -> Attempts {
        let copy = |value: &AtomicU64| AtomicU64::new(value.load(Ordering::Relaxed));
        Attempts { slots: self.slots.iter().map(|(key, count)| (copy(key), copy(count))).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_the_same_request_sent_again() {
        let progress = Progress::new(&[], Timestamp::UNIX_EPOCH);
        let post = Request { body: "a".into(), ..Request::new(http::Method::POST, "/x") };
        let other = Request { body: "b".into(), ..post.clone() };
        assert_eq!([&post, &other, &post].map(|request| progress.attempt(request)), [1, 1, 2]);
        let fork = progress.fork();
        assert_eq!((fork.attempt(&post), progress.attempt(&post)), (3, 3));
    }

    #[test]
    fn a_full_table_of_attempts_forgets_and_goes_on() {
        let attempts = Attempts::new();
        for hash in 1..100_000 {
            attempts.count(hash);
        }
        assert_eq!((attempts.count(99_999), attempts.count(7)), (2, 1));
    }

    #[test]
    fn a_counter_stands_still_at_its_end() {
        let verdicts = AtomicU64::new(pack(u64::from(u32::MAX) - 1, u64::from(u32::MAX)));
        let counter = Counter { verdicts, ..Counter::default() };
        let yes = |_, _| Some(Firing { draw: None });
        for _ in 0..3 {
            counter.count(yes);
        }
        assert_eq!(unpack(counter.verdicts.load(Ordering::Relaxed)), (u64::from(u32::MAX), u64::from(u32::MAX)));
    }
}
