//! Where exchanges are kept: a journal for each session, and what all journals of a server share.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use parking_lot::Mutex;

use super::entry::Entry;
use super::exchange::Exchange;
use super::follow::Followers;
use crate::clock::Clock;
use crate::message::{Answer, Request, Stream};

/// The bytes that the journals of a server take together; with 0 nothing is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Room(pub usize);

impl Default for Room {
    fn default() -> Room {
        Room(4 * 1024 * 1024)
    }
}

/// What the journals of a server share: the bytes they may take together, and who listens.
#[derive(Debug)]
pub struct Journals {
    capacity: usize,
    /// How many journals there are; each has an equal part of the bytes.
    alive: AtomicUsize,
    /// Tells real time.
    watch: Clock,
    followers: Followers,
}

impl Journals {
    /// Journals that have so much room together.
    pub fn new(room: Room) -> Arc<Journals> {
        Arc::new(Journals {
            capacity: room.0,
            alive: AtomicUsize::new(0),
            watch: Clock::running(),
            followers: Followers::default(),
        })
    }

    /// Real time, which goes on where the clocks of sessions stand still.
    pub fn now(&self) -> Timestamp {
        self.watch.now()
    }

    /// Exchanges of all sessions from now on, as long as somebody reads them; the server sends them as they come.
    pub fn follow(&self, wanted: impl Fn(&Exchange) -> bool + Send + Sync + 'static) -> Stream {
        Stream(self.followers.add(Box::new(wanted)))
    }

    /// The bytes that one journal may take as things stand.
    fn share(&self) -> usize {
        self.capacity / self.alive.load(Ordering::Relaxed).max(1)
    }
}

/// The exchanges of one session. When there is no room left, the oldest go.
#[derive(Debug)]
pub struct Journal {
    shared: Arc<Journals>,
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    /// Each with its size, so that the oldest need not be looked at.
    exchanges: VecDeque<(usize, Arc<Exchange>)>,
    bytes: usize,
    dropped: u64,
}

impl Journal {
    /// An empty journal beside the others.
    pub fn new(shared: &Arc<Journals>) -> Journal {
        shared.alive.fetch_add(1, Ordering::Relaxed);
        Journal { shared: Arc::clone(shared), pages: Mutex::default() }
    }

    /// What it shares with the others.
    pub fn shared(&self) -> &Arc<Journals> {
        &self.shared
    }

    /// Ends an entry: where it is wanted, the exchange is kept, and `note` gets it.
    pub fn close(&self, entry: Entry<'_>, request: &Request, answer: &Answer, note: Option<&dyn Fn(&Exchange)>) {
        let most = self.shared.share() / 4;
        if note.is_none() && most == 0 && !self.shared.followers.any() {
            return;
        }
        let exchange = Exchange::of(entry, request, answer, (self.shared.now(), most.max(Exchange::LEAST_BODY)));
        if let Some(note) = note {
            note(&exchange);
        }
        self.keep(exchange);
    }

    /// Keeps an exchange, and tells those who follow.
    fn keep(&self, exchange: Exchange) {
        let exchange = Arc::new(exchange);
        self.shared.followers.tell(&exchange);
        let share = self.shared.share();
        if share == 0 {
            return;
        }
        let size = exchange.size();
        // Freed after the lock is.
        let mut gone = Vec::new();
        let mut pages = self.pages.lock();
        pages.bytes += size;
        pages.exchanges.push_back((size, exchange));
        while pages.bytes > share && pages.exchanges.len() > 1 {
            let Some((size, oldest)) = pages.exchanges.pop_front() else { break };
            pages.bytes = pages.bytes.saturating_sub(size);
            pages.dropped += 1;
            gone.push(oldest);
        }
    }

    /// All that is kept, in the order in which it came in, and how many older ones were dropped.
    pub fn read(&self) -> (Vec<Arc<Exchange>>, u64) {
        let pages = self.pages.lock();
        let mut all: Vec<Arc<Exchange>> = pages.exchanges.iter().map(|(_, exchange)| Arc::clone(exchange)).collect();
        let dropped = pages.dropped;
        drop(pages);
        // Exchanges that go on at the same time may end in another order.
        all.sort_by_key(|exchange| exchange.number);
        (all, dropped)
    }

    /// Forgets the exchanges after one: the session goes back to it.
    pub fn forget_after(&self, number: u64) {
        let pages = &mut *self.pages.lock();
        pages.exchanges.retain(|(_, exchange)| exchange.number <= number);
        pages.bytes = pages.exchanges.iter().map(|(size, _)| *size).sum();
        if number == 0 {
            pages.dropped = 0;
        }
    }

    /// Forgets everything; how many exchanges that were.
    pub fn clear(&self) -> usize {
        let gone = std::mem::take(&mut *self.pages.lock());
        gone.exchanges.len()
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.shared.alive.fetch_sub(1, Ordering::Relaxed);
    }
}
