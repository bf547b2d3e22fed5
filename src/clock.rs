//! The only time. A clock belongs to a session: it runs, stands still, or is moved by a test.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use jiff::Timestamp;

/// A session's clock. It goes by microseconds.
///
/// ```
/// use counterpart::clock::Clock;
/// use std::time::Duration;
/// let clock = Clock::frozen("2026-01-01T00:00:00Z".parse().unwrap());
/// clock.advance(Duration::from_secs(90));
/// assert_eq!(clock.now().to_string(), "2026-01-01T00:01:30Z");
/// ```
#[derive(Debug)]
pub struct Clock(AtomicI64);

/// How a clock goes. It is kept in one number, so that no thread ever sees a half of a change: the microseconds, doubled, and
/// one more where they are the time itself.
#[derive(Debug, Clone, Copy)]
enum Pace {
    /// The machine's time and these microseconds.
    Running(i64),
    /// These microseconds since 1970.
    Frozen(i64),
}

impl Pace {
    fn packed(self) -> i64 {
        match self {
            Pace::Running(ahead) => bounded(ahead) << 1,
            Pace::Frozen(at) => bounded(at) << 1 | 1,
        }
    }

    fn unpacked(number: i64) -> Pace {
        if number & 1 == 0 { Pace::Running(number >> 1) } else { Pace::Frozen(number >> 1) }
    }

    /// What a clock that goes so shows at a time of the machine.
    fn at(self, real: Timestamp) -> Timestamp {
        match self {
            Pace::Running(0) => real,
            Pace::Running(ahead) => bounded_time(real.as_microsecond().saturating_add(ahead)),
            Pace::Frozen(at) => bounded_time(at),
        }
    }

    fn moved(self, by: i64) -> Pace {
        match self {
            Pace::Running(ahead) => Pace::Running(ahead.saturating_add(by)),
            Pace::Frozen(at) => Pace::Frozen(at.saturating_add(by)),
        }
    }
}

/// No time that can be written is further away than this.
fn bounded(micros: i64) -> i64 {
    let most = Timestamp::MAX.as_microsecond() * 2;
    micros.clamp(-most, most)
}

/// The time of these microseconds since 1970, or the nearest that can be written.
fn bounded_time(micros: i64) -> Timestamp {
    let end = if micros < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(micros).unwrap_or(end)
}

impl Clock {
    /// A clock that shows the machine's time.
    pub fn running() -> Clock {
        Clock::of(Pace::Running(0))
    }

    /// A clock that stands still until it is moved.
    pub fn frozen(at: Timestamp) -> Clock {
        Clock::of(Pace::Frozen(at.as_microsecond()))
    }

    fn of(pace: Pace) -> Clock {
        Clock(AtomicI64::new(pace.packed()))
    }

    fn pace(&self) -> Pace {
        Pace::unpacked(self.0.load(Relaxed))
    }

    /// A clock of its own that shows the same time and goes on in the same way.
    pub fn fork(&self) -> Clock {
        Clock(AtomicI64::new(self.0.load(Relaxed)))
    }

    /// Shows from now on what another one shows, and goes on as that one does.
    pub fn follow(&self, other: &Clock) {
        self.0.store(other.0.load(Relaxed), Relaxed);
    }

    /// The time it shows. Moved past the last time that can be written (the year 9999), it stays there.
    pub fn now(&self) -> Timestamp {
        match self.pace() {
            Pace::Frozen(at) => bounded_time(at),
            pace @ Pace::Running(_) => pace.at(machine_time()),
        }
    }

    /// The time it shows, and the machine's, which goes on where this clock stands still.
    ///
    /// ```
    /// use counterpart::clock::Clock;
    /// let (time, real) = Clock::frozen("2026-01-01T00:00:00Z".parse().unwrap()).times();
    /// assert!(time.to_string() == "2026-01-01T00:00:00Z" && real > time);
    /// let (time, real) = Clock::running().times();
    /// assert_eq!(time, real);
    /// ```
    pub fn times(&self) -> (Timestamp, Timestamp) {
        let real = machine_time();
        (self.pace().at(real), real)
    }

    /// Whether it stands still.
    pub fn is_frozen(&self) -> bool {
        matches!(self.pace(), Pace::Frozen(_))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        // It never fails: the next pace is always there.
        let _ = self.0.fetch_update(Relaxed, Relaxed, |number| Some(Pace::unpacked(number).moved(by).packed()));
    }

    /// Moves the clock to a time. It stands still or runs as before.
    ///
    /// ```
    /// use counterpart::clock::Clock;
    /// let clock = Clock::running();
    /// clock.set("2030-01-01T00:00:00Z".parse().unwrap());
    /// assert!(!clock.is_frozen() && clock.now().to_string().starts_with("2030-01-01T00:00"));
    /// ```
    pub fn set(&self, to: Timestamp) {
        let pace = match self.pace() {
            Pace::Running(_) => Pace::Running(to.as_microsecond() - machine_time().as_microsecond()),
            Pace::Frozen(_) => Pace::Frozen(to.as_microsecond()),
        };
        self.0.store(pace.packed(), Relaxed);
    }

    /// Stands still from now on.
    pub fn freeze(&self) {
        self.0.store(Pace::Frozen(self.now().as_microsecond()).packed(), Relaxed);
    }

    /// Goes on from the time it shows.
    ///
    /// ```
    /// use counterpart::clock::Clock;
    /// let clock = Clock::frozen("2030-01-01T00:00:00Z".parse().unwrap());
    /// clock.run();
    /// assert!(!clock.is_frozen() && clock.now().to_string().starts_with("2030-01-01T00:00"));
    /// clock.freeze();
    /// assert_eq!(clock.now(), clock.now());
    /// ```
    pub fn run(&self) {
        let ahead = self.now().as_microsecond() - machine_time().as_microsecond();
        self.0.store(Pace::Running(ahead).packed(), Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that the others are told to ask")]
fn machine_time() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_stops_at_the_end_of_time() {
        let clock = Clock::frozen(Timestamp::UNIX_EPOCH);
        for _ in 0..3 {
            clock.advance(Duration::MAX);
        }
        assert_eq!(clock.now(), Timestamp::MAX);
        clock.set("-001000-01-01T00:00:00Z".parse().expect("is a time"));
        assert_eq!(clock.now().to_string(), "-001000-01-01T00:00:00Z");
        clock.run();
        assert!(clock.now().to_string().starts_with("-001000-01-01T00:00"));
    }
}
