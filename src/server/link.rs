//! What one connection's task knows about itself: its phase, which bounds its time, and the fate a fault has in store.
//! Only that task writes, so plain loads and stores do; atomics are for the compiler, which cannot know.

use std::pin::Pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, Sleep};

use super::Limits;

/// What a connection is doing, as far as time is concerned.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// Between two requests.
    Idle,
    /// A head has begun.
    Head,
    /// A request is being read or answered.
    Busy,
    /// A delay runs.
    Wait,
    /// A reply is being written.
    Reply,
}

/// How a connection shall end once hyper has let go of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fate {
    /// Nothing special.
    Close,
    /// In order, reading on for a while: the client may still be sending what is no longer wanted.
    Linger,
    /// With a reset.
    Reset,
    /// Not yet: it is held open.
    Stall,
}

/// Shared by the parts of one connection: hyper's socket, its service and its bodies.
#[derive(Default)]
pub(super) struct Link {
    /// The phase in the low three bits, the number of steps taken above them.
    step: AtomicU64,
    fate: AtomicU8,
    broken: AtomicBool,
    last_word: OnceLock<Bytes>,
}

impl Link {
    /// Enters a phase, or shows progress within it: its time starts anew.
    pub(super) fn enter(&self, phase: Phase) {
        let steps = self.step.load(Relaxed) >> 3;
        self.step.store(steps.wrapping_add(1) << 3 | phase as u64, Relaxed);
    }

    /// The phase that was entered last.
    pub(super) fn phase(&self) -> Phase {
        phase_of(self.step.load(Relaxed))
    }

    /// Decides how the connection ends.
    pub(super) fn doom(&self, fate: Fate) {
        self.fate.store(fate as u8, Relaxed);
    }

    /// How the connection ends.
    pub(super) fn fate(&self) -> Fate {
        const FATES: [Fate; 4] = [Fate::Close, Fate::Linger, Fate::Reset, Fate::Stall];
        FATES[usize::from(self.fate.load(Relaxed)) % FATES.len()]
    }

    /// Bytes that still go out when hyper has let go of the connection.
    pub(super) fn leave(&self, last_word: Bytes) {
        // A connection has one end.
        let _ = self.last_word.set(last_word);
    }

    /// What still goes out at the end.
    pub(super) fn last_word(&self) -> &[u8] {
        self.last_word.get().map_or(&[], |bytes| bytes)
    }

    /// From now on the connection breaks as soon as what was written so far is out.
    pub(super) fn snap(&self) {
        self.broken.store(true, Relaxed);
    }

    /// Whether the connection shall break.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Relaxed)
    }

    /// How many steps were taken, in a form that only changes with them.
    fn steps(&self) -> u64 {
        self.step.load(Relaxed)
    }
}

/// Watches that no phase takes longer than it may. It looks only now and then, so that a request costs no timer:
/// a phase is cut off after its limit and at most two beats more.
pub(super) struct Patience {
    sleep: Pin<Box<Sleep>>,
    beat: Duration,
    seen: u64,
    spent: Duration,
}

impl Patience {
    pub(super) fn new(limits: &Limits) -> Patience {
        let beat = limits.idle.min(limits.head_time).min(limits.write_idle) / 4;
        let beat = beat.clamp(Duration::from_millis(1), Duration::from_secs(5));
        Patience { sleep: Box::pin(tokio::time::sleep(beat)), beat, seen: 0, spent: Duration::ZERO }
    }

    /// Whether it is time to look. Until then, polling again is not needed.
    pub(super) fn is_due(&self) -> bool {
        self.sleep.is_elapsed()
    }

    /// Ready with a phase that took too long.
    pub(super) fn poll_overrun(&mut self, context: &mut Context<'_>, link: &Link, limits: &Limits) -> Poll<Phase> {
        while self.sleep.as_mut().poll(context).is_ready() {
            let steps = link.steps();
            self.spent = if steps == self.seen { self.spent + self.beat } else { Duration::ZERO };
            self.seen = steps;
            let phase = phase_of(steps);
            if time(phase, limits).is_some_and(|limit| self.spent >= limit) {
                return Poll::Ready(phase);
            }
            self.sleep.as_mut().reset(Instant::now() + self.beat);
        }
        Poll::Pending
    }
}

fn phase_of(step: u64) -> Phase {
    const PHASES: [Phase; 8] = {
        use Phase::{Busy, Head, Idle, Reply, Wait};
        [Idle, Head, Busy, Wait, Reply, Busy, Busy, Busy]
    };
    PHASES[(step & 7) as usize]
}

fn time(phase: Phase, limits: &Limits) -> Option<Duration> {
    match phase {
        Phase::Idle => Some(limits.idle),
        Phase::Head => Some(limits.head_time),
        // A body has its own time-out, since its refusal is a reply.
        Phase::Busy => None,
        // A scenario may wait as long as it likes.
        Phase::Wait => None,
        Phase::Reply => Some(limits.write_idle),
    }
}
