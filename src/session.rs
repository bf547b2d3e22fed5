//! One isolated world: its records, its clock, its chance, and what is kept for it.
//!
//! A session starts as a copy of the seeded state, which is a few pointers. Reading takes the state as it is; a write builds the next
//! one and swaps it in. No lock is held while a request is checked, shaped or delayed.

mod hazards;
mod memo;
pub mod played;
mod registry;
mod reload;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

use arc_swap::{ArcSwap, Guard};
use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};

use crate::clock::Clock;
use crate::dice::Dice;
use crate::journal::{Journal, Journals};
use crate::scenario::{Limit, Scenario};
use crate::store::Store;

pub use hazards::Hazards;
pub use memo::{Key, Made, Memo};
pub use registry::{Bounds, Refused, Sessions};
pub use reload::{Loss, Recast};

/// The name of the session of requests that name none.
pub const DEFAULT: &str = "default";

/// What a session starts from, and goes back to when it is reset. Sessions share it as long as they ask for nothing of their own.
#[derive(Debug)]
pub struct Seed {
    /// One for each provider.
    pub parts: Vec<Start>,
    /// The time, and whether it stands still.
    pub clock: Clock,
}

/// What a session starts from with one provider.
#[derive(Debug, Clone)]
pub struct Start {
    /// The records.
    pub store: Arc<Store>,
    /// The provider's own limits.
    pub limits: Arc<[Arc<Limit>]>,
    /// The scenarios that are active.
    pub scenarios: Vec<Arc<Scenario>>,
}

/// One isolated world.
#[derive(Debug)]
pub struct Session {
    /// Its name.
    pub name: Box<str>,
    /// Its time.
    pub clock: Clock,
    /// Its chance.
    pub dice: Dice,
    /// What came in and what went out.
    pub journal: Journal,
    /// Replies that need not be made again.
    pub memo: Memo,
    /// What it started from; another one once the files have changed.
    seed: RwLock<Arc<Seed>>,
    parts: ArcSwap<Parts>,
    /// Held by whoever builds the next state, so that no change is lost.
    writing: Mutex<()>,
    exchanges: AtomicU64,
    snapshots: Mutex<Vec<(Box<str>, Snapshot)>>,
    /// When it was last entered, in microseconds since 1970 by the registry's clock.
    entered: AtomicI64,
}

/// What a session has come to with one provider.
#[derive(Debug, Clone)]
struct Part {
    store: Arc<Store>,
    hazards: Option<Arc<Hazards>>,
}

/// One for each provider.
type Parts = Box<[Part]>;

/// What a session had come to when it was looked at. It does not change in the hands of its holder.
#[derive(Debug)]
pub struct State(Guard<Arc<Parts>>);

impl State {
    /// The records of a provider.
    pub fn store(&self, provider: usize) -> &Arc<Store> {
        &self.0[provider].store
    }

    /// What may go wrong with a provider's requests; nothing where no scenario is active and no limit is in force.
    pub fn hazards(&self, provider: usize) -> Option<&Arc<Hazards>> {
        self.0[provider].hazards.as_ref()
    }
}

/// The records before and after a write.
#[derive(Debug)]
pub struct Step {
    /// As they were.
    pub before: Arc<Store>,
    /// As they are since.
    pub after: Arc<Store>,
}

/// A session as it was at one moment.
#[derive(Debug)]
struct Snapshot {
    parts: Parts,
    clock: Clock,
    exchanges: u64,
}

impl Seed {
    fn state(&self) -> Snapshot {
        let now = self.clock.now();
        let part = |start: &Start| Part {
            store: Arc::clone(&start.store),
            hazards: Hazards::new(&start.limits, &start.scenarios, now),
        };
        Snapshot { parts: self.parts.iter().map(part).collect(), clock: self.clock.fork(), exchanges: 0 }
    }
}

impl Session {
    /// How many snapshots a session keeps.
    pub const MOST_SNAPSHOTS: usize = 32;

    /// A session at its start. All that is copied are pointers.
    pub fn new(
        name: impl Into<Box<str>>,
        seed: Arc<Seed>,
        dice: Dice,
        memo: Memo,
        journals: &Arc<Journals>,
    ) -> Session {
        let Snapshot { parts, clock, exchanges } = seed.state();
        Session {
            name: name.into(),
            clock,
            dice,
            memo,
            seed: RwLock::new(seed),
            parts: ArcSwap::from_pointee(parts),
            journal: Journal::new(journals),
            writing: Mutex::new(()),
            exchanges: AtomicU64::new(exchanges),
            snapshots: Mutex::default(),
            entered: AtomicI64::new(0),
        }
    }

    /// What it started from.
    fn seed(&self) -> Arc<Seed> {
        Arc::clone(&self.seed.read())
    }

    /// The number of the exchange that starts now, from 1.
    pub fn next_exchange(&self) -> u64 {
        self.exchanges.fetch_add(1, Relaxed) + 1
    }

    /// How many exchanges there were.
    pub fn exchanges(&self) -> u64 {
        self.exchanges.load(Relaxed)
    }

    /// What it has come to by now.
    pub fn state(&self) -> State {
        State(self.parts.load())
    }

    /// Puts the next state in place; the one before. Only for whoever has the turn.
    fn swap(&self, change: impl FnOnce(&mut [Part])) -> Arc<Parts> {
        let mut next = self.parts.load().as_ref().clone();
        change(&mut next);
        self.parts.swap(Arc::new(next))
    }

    /// Builds the next state of a provider's records. Where `change` fails, nothing has happened.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn write<T, E>(
        &self,
        provider: usize,
        change: impl FnOnce(&mut Store) -> Result<T, E>,
    ) -> Result<(T, Step), E> {
        let turn = self.writing.lock();
        let before = Arc::clone(self.state().store(provider));
        let mut next = before.next();
        let outcome = change(&mut next)?;
        let after = Arc::new(next);
        let parts = self.swap(|parts| parts[provider].store = Arc::clone(&after));
        drop(turn);
        // What only the state before had is given back while others take their turn.
        drop(parts);
        Ok((outcome, Step { before, after }))
    }

    /// Takes a write back, as if it had never been; not where others have written since.
    pub fn undo(&self, provider: usize, step: &Step) {
        let _turn = self.writing.lock();
        if Arc::ptr_eq(self.state().store(provider), &step.after) {
            let before = Arc::new(step.before.after(&step.after));
            self.swap(|parts| parts[provider].store = before);
        }
    }

    /// Changes which scenarios are active. Rules and limits that were active before, and say the same, go on where they were.
    pub fn play(&self, provider: usize, change: impl FnOnce(&mut Vec<Arc<Scenario>>)) {
        let _turn = self.writing.lock();
        let seed = self.seed();
        let limits = &seed.parts[provider].limits;
        let state = self.state();
        let present = state.hazards(provider);
        let mut scenarios = present.map(|hazards| hazards.scenarios.clone()).unwrap_or_default();
        change(&mut scenarios);
        let next = match present {
            Some(hazards) => hazards.moved(limits, &scenarios),
            None => Hazards::new(limits, &scenarios, self.clock.now()),
        };
        self.swap(|parts| parts[provider].hazards = next);
    }

    /// Goes back to the start. Snapshots stay.
    pub fn reset(&self) {
        self.go_to(&self.seed().state());
    }

    /// Keeps the present state under a name, in place of what was kept under it before; whether there was room for it.
    pub fn snapshot(&self, name: &str) -> bool {
        // The snapshots first, then the turn to write, as where a session goes back to one.
        let mut kept = self.snapshots.lock();
        let _turn = self.writing.lock();
        let snapshot = Snapshot {
            parts: forked(&self.parts.load()),
            clock: self.clock.fork(),
            exchanges: self.exchanges.load(Relaxed),
        };
        let full = kept.len() >= Self::MOST_SNAPSHOTS;
        match kept.iter_mut().find(|(known, _)| **known == *name) {
            Some((_, place)) => *place = snapshot,
            None if full => return false,
            None => kept.push((name.into(), snapshot)),
        }
        true
    }

    /// The names and times of its snapshots, the oldest first.
    pub fn snapshots(&self) -> Vec<(Box<str>, Timestamp)> {
        self.snapshots.lock().iter().map(|(name, snapshot)| (name.clone(), snapshot.clock.now())).collect()
    }

    /// Goes back to a snapshot, which stays; whether there is one of this name.
    pub fn restore(&self, name: &str) -> bool {
        let kept = self.snapshots.lock();
        let snapshot = kept.iter().find(|(known, _)| **known == *name);
        snapshot.map(|(_, snapshot)| self.go_to(snapshot)).is_some()
    }

    /// Forgets a snapshot; whether there was one of this name.
    pub fn forget(&self, name: &str) -> bool {
        let mut kept = self.snapshots.lock();
        let before = kept.len();
        kept.retain(|(known, _)| **known != *name);
        kept.len() < before
    }

    fn go_to(&self, state: &Snapshot) {
        let _turn = self.writing.lock();
        self.swap(|parts| {
            for (part, then) in parts.iter_mut().zip(forked(&state.parts)) {
                *part = Part { store: Arc::new(then.store.after(&part.store)), ..then };
            }
        });
        self.clock.follow(&state.clock);
        self.exchanges.store(state.exchanges, Relaxed);
        self.journal.forget_after(state.exchanges);
    }
}

/// The same parts, going their own way from here.
fn forked(parts: &[Part]) -> Parts {
    let fork = |part: &Part| Part {
        store: Arc::clone(&part.store),
        hazards: part.hazards.as_ref().map(|hazards| hazards.fork()),
    };
    parts.iter().map(fork).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Room;

    fn session() -> Session {
        let seed = Seed { parts: Vec::new(), clock: Clock::frozen(Timestamp::UNIX_EPOCH) };
        Session::new("a", Arc::new(seed), Dice::new(0), Memo::small(), &Journals::new(Room::default()))
    }

    #[test]
    fn a_snapshot_can_be_taken_and_gone_back_to_at_the_same_time() {
        let session = session();
        assert!(session.snapshot("s"));
        std::thread::scope(|scope| {
            scope.spawn(|| (0..2000).for_each(|_| assert!(session.snapshot("s"))));
            scope.spawn(|| (0..2000).for_each(|_| assert!(session.restore("s"))));
        });
    }

    #[test]
    fn snapshots_are_bounded_and_can_be_overwritten() {
        let session = session();
        (0..Session::MOST_SNAPSHOTS).for_each(|number| assert!(session.snapshot(&format!("s{number}"))));
        assert!(!session.snapshot("more") && session.snapshot("s0"));
        assert!(session.forget("s0") && !session.forget("s0") && session.snapshot("more"));
    }

    #[test]
    fn a_session_goes_back_to_the_time_of_its_snapshot() {
        let session = session();
        session.clock.advance(std::time::Duration::from_secs(5));
        assert!(session.snapshot("s"));
        session.clock.run();
        assert!(session.restore("s") && session.clock.is_frozen());
        assert_eq!(session.clock.now().as_second(), 5);
        session.reset();
        assert_eq!(session.clock.now().as_second(), 0);
    }
}
