//! The only time. A clock belongs to a session: it runs, stands still, or is moved by a test.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// A session's clock.
///
/// ```
/// use counterpart::clock::Clock;
/// use std::time::Duration;
/// let clock = Clock::frozen("2026-01-01T00:00:00Z".parse().unwrap());
/// clock.advance(Duration::from_secs(90));
/// assert_eq!(clock.now().to_string(), "2026-01-01T00:01:30Z");
/// ```
#[derive(Debug)]
pub struct Clock {
    pace: Pace,
    /// Microseconds that were added by hand.
    moved: AtomicI64,
}

#[derive(Debug, Clone, Copy)]
enum Pace {
    Running,
    Frozen(Timestamp),
}

impl Clock {
    /// A clock that shows the machine's time.
    pub const fn running() -> Clock {
        Clock { pace: Pace::Running, moved: AtomicI64::new(0) }
    }

    /// A clock that stands still until it is moved.
    pub const fn frozen(at: Timestamp) -> Clock {
        Clock { pace: Pace::Frozen(at), moved: AtomicI64::new(0) }
    }

    /// A clock of its own that shows the same time and goes on in the same way.
    pub fn fork(&self) -> Clock {
        Clock { pace: self.pace, moved: AtomicI64::new(self.moved.load(Ordering::Relaxed)) }
    }

    /// The time it shows.
    pub fn now(&self) -> Timestamp {
        let base = match self.pace {
            Pace::Running => machine_time(),
            Pace::Frozen(at) => at,
        };
        let moved = jiff::SignedDuration::from_micros(self.moved.load(Ordering::Relaxed));
        base.checked_add(moved).unwrap_or(base)
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX / 4);
        self.moved.fetch_add(micros, Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that the others are told to ask")]
fn machine_time() -> Timestamp {
    Timestamp::now()
}
