//! How many replies are held back at once, and what was really done to replies on purpose.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::message::Wire;

/// The places for replies that are held back: delayed, dripped or stalled. Who finds none free is not held back.
pub(super) struct Holds {
    places: Arc<Semaphore>,
    tally: Tally,
}

/// Counts as they go up.
#[derive(Default)]
struct Tally {
    delayed: AtomicU64,
    dripped: AtomicU64,
    spared: AtomicU64,
    wire: [AtomicU64; Wire::WORDS.len()],
}

/// What a server did to its replies because it was told to.
///
/// ```
/// let sent = counterpart::server::Sent::default();
/// assert!(sent.is_nothing());
/// assert_eq!(sent.to_string(), "nothing");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent {
    /// Replies that waited.
    pub delayed: u64,
    /// Bodies that came bit by bit.
    pub dripped: u64,
    /// Replies that were not held back, since too many were at that time.
    pub spared: u64,
    /// Faults on the wire, in the order of [`Wire::WORDS`].
    pub wire: [u64; Wire::WORDS.len()],
}

impl Holds {
    pub(super) fn new(most: usize) -> Holds {
        Holds { places: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))), tally: Tally::default() }
    }

    /// A place, kept until it is dropped; none where all are taken.
    pub(super) fn take(&self) -> Option<OwnedSemaphorePermit> {
        let place = self.places.clone().try_acquire_owned().ok();
        if place.is_none() {
            self.tally.spared.fetch_add(1, Relaxed);
        }
        place
    }

    pub(super) fn delayed(&self) {
        self.tally.delayed.fetch_add(1, Relaxed);
    }

    pub(super) fn dripped(&self) {
        self.tally.dripped.fetch_add(1, Relaxed);
    }

    pub(super) fn broken(&self, wire: Wire) {
        self.tally.wire[wire.index()].fetch_add(1, Relaxed);
    }

    /// All that was done so far.
    pub(super) fn sent(&self) -> Sent {
        let Tally { delayed, dripped, spared, wire } = &self.tally;
        let [delayed, dripped, spared] = [delayed, dripped, spared].map(|count| count.load(Relaxed));
        Sent { delayed, dripped, spared, wire: wire.each_ref().map(|count| count.load(Relaxed)) }
    }
}

impl Sent {
    /// Whether there is nothing to tell.
    pub fn is_nothing(&self) -> bool {
        *self == Sent::default()
    }
}

/// `3 delayed, 2 reset, 1 spared`.
impl fmt::Display for Sent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = [(self.delayed, "delayed"), (self.dripped, "dripped")];
        let wire = self.wire.into_iter().zip(Wire::WORDS);
        let counts = held.into_iter().chain(wire).chain([(self.spared, "spared")]);
        let told: Vec<String> =
            counts.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        out.write_str(if told.is_empty() { "nothing" } else { "" })?;
        out.write_str(&told.join(", "))
    }
}
