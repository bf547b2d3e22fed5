//! All sessions of a server: the default one, which is always there, and those that were asked for by name.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use jiff::SignedDuration;
use parking_lot::RwLock;

use super::played::Played;
use super::{DEFAULT, Memo, Seed, Session};
use crate::clock::Clock;
use crate::dice::Dice;
use crate::journal::Journals;

/// How many sessions there may be, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// The most sessions beside the default one.
    pub most: usize,
    /// How long one may be left alone before its place is given to another.
    pub idle: Duration,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { most: 1000, idle: Duration::from_secs(3600) }
    }
}

/// Why there is no such session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It cannot be called so.
    Name,
    /// Another one is called so.
    Taken,
    /// There are as many as there may be, and none was idle for long enough.
    Full {
        /// How many.
        most: usize,
    },
}

/// All sessions of a server.
#[derive(Debug)]
pub struct Sessions {
    /// The session of requests that name none. It never goes.
    pub default: Arc<Session>,
    /// What holds for the others.
    pub bounds: Bounds,
    pub(super) seed: Arc<Seed>,
    dice: Dice,
    others: RwLock<Others>,
    /// Tells how long a session was left alone.
    watch: Clock,
    /// What their journals share.
    journals: Arc<Journals>,
    /// The scenarios that they were given.
    pub played: Played,
}

#[derive(Debug, Default)]
struct Others {
    by_name: HashMap<Box<str>, Arc<Session>>,
    /// No session can have been idle for long enough before this time, in microseconds since 1970.
    next_sweep: i64,
}

impl Sessions {
    /// No sessions but the default one. `watch` tells real time.
    pub fn new(seed: Seed, dice: Dice, bounds: Bounds, watch: Clock, journals: Arc<Journals>) -> Sessions {
        let seed = Arc::new(seed);
        let default = Session::new(DEFAULT, Arc::clone(&seed), dice, Memo::default(), &journals);
        let (default, others, played) = (Arc::new(default), RwLock::default(), Played::default());
        Sessions { default, bounds, seed, dice, others, watch, journals, played }
    }

    /// What sessions start from that ask for nothing of their own.
    pub fn seed(&self) -> &Arc<Seed> {
        &self.seed
    }

    /// Whether a session can be called so: 1 to 64 letters, digits or `-._~@+`, the first of them a letter or a digit.
    ///
    /// ```
    /// use counterpart::session::Sessions;
    /// assert!(Sessions::is_name("worker-7") && Sessions::is_name("admin@example.com"));
    /// assert!(!Sessions::is_name("..") && !Sessions::is_name("a/b") && !Sessions::is_name(""));
    /// ```
    pub fn is_name(text: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@+".contains(&byte);
        text.len() <= 64 && text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.bytes().all(plain)
    }

    /// The session of this name, if it is there. Asking for it keeps it alive.
    pub fn get(&self, name: &str) -> Option<Arc<Session>> {
        if name == DEFAULT {
            return Some(Arc::clone(&self.default));
        }
        let others = self.others.read();
        let session = others.by_name.get(name)?;
        session.entered.store(self.now(), Relaxed);
        Some(Arc::clone(session))
    }

    /// The session of this name, made if it is not there.
    ///
    /// # Errors
    /// The name is none, or there are too many.
    pub fn enter(&self, name: &str) -> Result<Arc<Session>, Refused> {
        match self.get(name) {
            Some(session) => Ok(session),
            None => match self.create(name, Arc::clone(&self.seed), self.dice(name)) {
                // Another request was faster.
                Err(Refused::Taken) => self.enter(name),
                other => other,
            },
        }
    }

    /// The chance of a session that asks for none of its own. It follows from the name as well, so that sessions do not all draw
    /// the same.
    pub fn dice(&self, name: &str) -> Dice {
        self.dice.branch(name)
    }

    /// Makes a session that starts from this seed.
    ///
    /// # Errors
    /// The name is none or is taken, or there are too many.
    pub fn create(&self, name: &str, seed: Arc<Seed>, dice: Dice) -> Result<Arc<Session>, Refused> {
        if !Sessions::is_name(name) {
            return Err(Refused::Name);
        }
        let session = Arc::new(Session::new(name, seed, dice, Memo::small(), &self.journals));
        let now = self.now();
        session.entered.store(now, Relaxed);
        // Declared first, so that what is idle is given back once the lock is free.
        let _idle;
        let mut others = self.others.write();
        if name == DEFAULT || others.by_name.contains_key(name) {
            return Err(Refused::Taken);
        }
        _idle = self.sweep(&mut others, now);
        if others.by_name.len() >= self.bounds.most {
            return Err(Refused::Full { most: self.bounds.most });
        }
        others.by_name.insert(name.into(), Arc::clone(&session));
        // Beside the default one: now they are one more than a power of two, and each journal has half of the room.
        if others.by_name.len().is_power_of_two() {
            others.by_name.values().chain([&self.default]).for_each(|session| session.journal.yield_room());
        }
        Ok(session)
    }

    /// Takes out the sessions that were idle for too long.
    fn sweep(&self, others: &mut Others, now: i64) -> Vec<Arc<Session>> {
        if now < others.next_sweep {
            return Vec::new();
        }
        let idle = i64::try_from(self.bounds.idle.as_micros()).unwrap_or(i64::MAX);
        let ends = |session: &Session| session.entered.load(Relaxed).saturating_add(idle);
        let gone = others.by_name.extract_if(|_, session| ends(session) <= now).map(|(_, session)| session).collect();
        let first = others.by_name.values().map(|session| ends(session)).min();
        // Whoever comes later is idle later.
        others.next_sweep = first.unwrap_or(i64::MAX).min(now.saturating_add(idle));
        gone
    }

    /// Drops a session; whether there was one of this name. Requests that are in it finish there.
    pub fn remove(&self, name: &str) -> bool {
        let gone = self.others.write().by_name.remove(name);
        gone.is_some()
    }

    /// How many there are, the default one among them.
    pub fn count(&self) -> usize {
        self.others.read().by_name.len() + 1
    }

    /// All sessions, the default one first and the others by name.
    pub fn list(&self) -> Vec<Arc<Session>> {
        let mut others: Vec<_> = self.others.read().by_name.values().cloned().collect();
        others.sort_by(|one, other| one.name.cmp(&other.name));
        std::iter::once(Arc::clone(&self.default)).chain(others).collect()
    }

    /// How long ago a session was last entered.
    pub fn idle(&self, session: &Session) -> SignedDuration {
        SignedDuration::from_micros(self.now().saturating_sub(session.entered.load(Relaxed)))
    }

    fn now(&self) -> i64 {
        self.watch.now().as_microsecond()
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use jiff::Timestamp;

    use super::*;
    use crate::journal::{Entry, Room};
    use crate::message::{Answer, Reply, Request};

    const IDLE: Duration = Duration::from_secs(60);

    fn sessions(most: usize) -> Sessions {
        let seed = Seed { parts: Vec::new(), clock: Clock::running() };
        let bounds = Bounds { most, idle: IDLE };
        let watch = Clock::frozen(Timestamp::UNIX_EPOCH);
        Sessions::new(seed, Dice::new(0), bounds, watch, Journals::new(Room(1024 * 1024)))
    }

    fn check(sessions: &Sessions, expected: &[&str]) {
        let names: Vec<String> = sessions.list().iter().map(|session| session.name.to_string()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn a_session_that_was_left_alone_makes_room_for_another() {
        let sessions = sessions(2);
        sessions.enter("a").expect("there is room");
        sessions.watch.advance(IDLE / 2);
        sessions.enter("b").expect("there is room");
        assert_eq!(sessions.enter("c").err(), Some(Refused::Full { most: 2 }));
        sessions.enter("a").expect("it is there");
        sessions.watch.advance(IDLE / 2);
        // Nobody was idle for long enough: `a` was entered half of the time ago, and so was `b`.
        assert_eq!(sessions.enter("c").err(), Some(Refused::Full { most: 2 }));
        sessions.enter("a").expect("it is there");
        sessions.watch.advance(IDLE / 2);
        sessions.enter("c").expect("`b` has gone");
        check(&sessions, &["default", "a", "c"]);
    }

    #[test]
    fn those_that_are_idle_go_before_there_are_too_many() {
        let sessions = sessions(1000);
        (0..100).for_each(|number| drop(sessions.enter(&format!("s{number}")).expect("there is room")));
        sessions.watch.advance(IDLE);
        sessions.enter("last").expect("there is room");
        check(&sessions, &["default", "last"]);
    }

    #[test]
    fn many_at_once_get_the_same_session() {
        let sessions = sessions(1);
        let one = std::thread::scope(|scope| {
            let enter = || scope.spawn(|| sessions.enter("a").expect("there is room"));
            let threads: Vec<_> = (0..8).map(|_| enter()).collect();
            threads.into_iter().map(|thread| thread.join().expect("it ends")).collect::<Vec<_>>()
        });
        assert!(one.iter().all(|session| Arc::ptr_eq(session, &one[0])));
    }

    #[test]
    fn sessions_that_come_later_take_room_from_the_journals_of_those_before() {
        let sessions = sessions(64);
        let kept = || sessions.default.journal.read().0.len();
        for number in 1..=5_000 {
            let (request, answer) = (Request::new(Method::GET, "/a"), Answer::from(Reply::new(StatusCode::OK)));
            let entry = Entry::new(number, DEFAULT, (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH));
            sessions.default.journal.close(entry, &request, &answer, None);
        }
        let alone = kept();
        for (others, part) in [(1, 2), (3, 4), (31, 32)] {
            (0..others).for_each(|number| drop(sessions.enter(&format!("s{number}")).expect("there is room")));
            assert!(kept().abs_diff(alone / part) <= 1, "{} of {alone} beside {others}", kept());
        }
    }

    #[test]
    fn a_taken_name_is_told_from_one_that_is_none() {
        let sessions = sessions(9);
        let create = |name| sessions.create(name, Arc::clone(sessions.seed()), sessions.dice(name)).err();
        assert_eq!(
            [create("a"), create("a"), create("default"), create("../x"), create("")],
            [None, Some(Refused::Taken), Some(Refused::Taken), Some(Refused::Name), Some(Refused::Name),]
        );
        assert!(sessions.remove("a") && !sessions.remove("a") && !sessions.remove("default"));
    }
}
