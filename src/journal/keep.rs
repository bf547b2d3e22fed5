//! Where exchanges are kept: a journal for each session, and what all journals of a server share.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::entry::Entry;
use super::exchange::Exchange;
use super::follow::Followers;
use crate::message::{Answer, Request, Stream};

/// The bytes that the journals of a server take together; with 0 nothing is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Room(pub usize);

impl Default for Room {
    fn default() -> Room {
        Room(8 * 1024 * 1024)
    }
}

/// What the journals of a server share: the bytes they may take together, and who listens.
#[derive(Debug)]
pub struct Journals {
    capacity: usize,
    /// How many journals there are; each may take an equal part of the bytes.
    alive: AtomicUsize,
    followers: Followers,
}

impl Journals {
    /// Journals that have so much room together.
    pub fn new(room: Room) -> Arc<Journals> {
        Arc::new(Journals { capacity: room.0, alive: AtomicUsize::new(0), followers: Followers::default() })
    }

    /// Exchanges of all sessions from now on, as long as somebody reads them; the server sends them as they come.
    pub fn follow(&self, wanted: impl Fn(&Exchange) -> bool + Send + Sync + 'static) -> Stream {
        Stream(self.followers.add(Box::new(wanted)))
    }

    /// The bytes that one journal may take as things stand. It is less only where the number of journals has doubled.
    fn share(&self) -> usize {
        self.capacity / self.alive.load(Ordering::Relaxed).next_power_of_two()
    }
}

/// The exchanges of one session. When there is no room left, the oldest go.
#[derive(Debug)]
pub struct Journal {
    shared: Arc<Journals>,
    pages: Mutex<Pages>,
}

/// What is kept lies in two rows, which are written at one end and given up at the other: no exchange has a piece of memory of its own
/// that would be cold by the time it is given back.
#[derive(Debug, Default)]
struct Pages {
    /// The exchanges without their texts.
    exchanges: VecDeque<Exchange>,
    /// The texts of all.
    texts: VecDeque<u8>,
    /// What all takes, by the size of each.
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
        let share = self.shared.share();
        let follows = self.shared.followers.any();
        if note.is_none() && share == 0 && !follows {
            return;
        }
        let most = (share / 4).max(Exchange::LEAST_BODY);
        let exchange = Exchange::of(entry, request, answer, most);
        if let Some(note) = note {
            note(&exchange);
        }
        if follows {
            self.shared.followers.tell(&Arc::new(exchange.clone()));
        }
        if share > 0 {
            let mut pages = self.pages.lock();
            pages.make_room(exchange.size(), share, 0);
            pages.push(exchange);
        }
    }

    /// Gives up what there is no room for since there are more journals.
    pub fn yield_room(&self) {
        let mut pages = self.pages.lock();
        pages.make_room(0, self.shared.share(), 1);
        pages.exchanges.shrink_to_fit();
        pages.texts.shrink_to_fit();
    }

    /// All that is kept, in the order in which it came in, and how many older ones were dropped.
    pub fn read(&self) -> (Vec<Exchange>, u64) {
        let pages = self.pages.lock();
        let (mut all, dropped) = (pages.read(), pages.dropped);
        drop(pages);
        // Exchanges that go on at the same time may end in another order.
        all.sort_by_key(|exchange| exchange.number);
        (all, dropped)
    }

    /// Forgets the exchanges after one: the session goes back to it.
    pub fn forget_after(&self, number: u64) {
        let mut pages = self.pages.lock();
        let mut rest = Pages { dropped: if number == 0 { 0 } else { pages.dropped }, ..Pages::default() };
        pages.read().into_iter().filter(|exchange| exchange.number <= number).for_each(|exchange| rest.push(exchange));
        *pages = rest;
    }

    /// Forgets everything; how many exchanges that were.
    pub fn clear(&self) -> usize {
        let gone = std::mem::take(&mut *self.pages.lock());
        gone.exchanges.len()
    }
}

impl Pages {
    fn push(&mut self, mut exchange: Exchange) {
        let texts = std::mem::take(&mut exchange.texts.bytes);
        self.bytes += exchange.size();
        grow(&mut self.exchanges, 1);
        grow(&mut self.texts, texts.len());
        self.texts.extend(&texts);
        self.exchanges.push_back(exchange);
    }

    /// Gives up the oldest exchanges until so many bytes more are within the bound, or just so many exchanges are left.
    fn make_room(&mut self, bytes: usize, most: usize, least: usize) {
        while self.bytes + bytes > most
            && self.exchanges.len() > least
            && let Some(oldest) = self.exchanges.pop_front()
        {
            self.bytes = self.bytes.saturating_sub(oldest.size());
            self.texts.drain(..oldest.texts.size());
            self.dropped += 1;
        }
    }

    /// The exchanges with their texts, the oldest first.
    fn read(&self) -> Vec<Exchange> {
        let mut start = 0;
        let whole = |exchange: &Exchange| {
            let end = start + exchange.texts.size();
            let mut whole = exchange.clone();
            whole.texts.bytes = self.texts.range(start..end).copied().collect();
            start = end;
            whole
        };
        self.exchanges.iter().map(whole).collect()
    }
}

/// Makes room for more, and for little beside: a row that is full goes round in all the memory it has, and the more that is, the less of
/// it is warm. There may be thousands of journals as well.
fn grow<T>(row: &mut VecDeque<T>, more: usize) {
    if row.capacity() - row.len() < more {
        row.reserve_exact((row.len() / 8).max(more));
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.shared.alive.fetch_sub(1, Ordering::Relaxed);
    }
}
