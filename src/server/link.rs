//! What one connection's task knows about itself: its phase, which bounds its time, and the fate a fault has in store.
//! Only that task writes, so plain loads and stores do; atomics are for the compiler, which cannot know.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

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
#[derive(Clone, Copy, PartialEq)]
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

    /// From now on the connection breaks as soon as what was written so far is out.
    pub(super) fn snap(&self) {
        self.broken.store(true, Relaxed);
    }

    /// Whether the connection shall break.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Relaxed)
    }

    /// Resolves with a phase that took longer than it may. Looks only now and then, so that a request costs no timer:
    /// a phase is cut off after its limit and at most two beats more.
    pub(super) async fn overrun(&self, limits: &Limits) -> Phase {
        let beat = limits.idle.min(limits.head_time).min(limits.write_idle) / 4;
        let beat = beat.clamp(Duration::from_millis(1), Duration::from_secs(5));
        let (mut seen, mut spent) = (self.step.load(Relaxed), Duration::ZERO);
        loop {
            tokio::time::sleep(beat).await;
            let step = self.step.load(Relaxed);
            spent = if step == seen { spent + beat } else { Duration::ZERO };
            seen = step;
            if time(phase_of(step), limits).is_some_and(|limit| spent >= limit) {
                return phase_of(step);
            }
        }
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
