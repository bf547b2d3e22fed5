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

/// What is kept lies on pages, which are written one after the other and used again once all that is on them was given up: no exchange
/// has a piece of memory of its own that would be cold by the time it is given back, and none is moved for those that come later.
#[derive(Debug, Default)]
struct Pages {
    /// The oldest first.
    pages: VecDeque<Page>,
    /// One that was given up.
    spare: Option<Page>,
    /// What all takes, by the size of each.
    bytes: usize,
    dropped: u64,
}

#[derive(Debug, Default)]
struct Page {
    /// The exchanges without their texts.
    exchanges: VecDeque<Exchange>,
    /// The texts of all.
    texts: Vec<u8>,
    /// How many of these bytes belong to exchanges that were given up.
    gone: usize,
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
            pages.push(exchange);
            pages.keep_within(share);
        }
    }

    /// Gives up what there is no room for since there are more journals.
    pub fn yield_room(&self) {
        let mut pages = self.pages.lock();
        pages.keep_within(self.shared.share());
        pages.spare = None;
        pages.pages.iter_mut().for_each(Page::tighten);
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
        gone.pages.iter().map(|page| page.exchanges.len()).sum()
    }
}

impl Pages {
    fn push(&mut self, exchange: Exchange) {
        self.bytes += exchange.size();
        if self.pages.back().is_none_or(Page::is_full) {
            self.pages.push_back(self.spare.take().unwrap_or_default());
        }
        if let Some(page) = self.pages.back_mut() {
            page.push(exchange);
        }
    }

    /// Gives up the oldest exchanges until all takes no more than so many bytes, but never the last.
    fn keep_within(&mut self, most: usize) {
        while self.bytes > most
            && let pages = self.pages.len()
            && let Some(oldest) = self.pages.front_mut()
            && (pages > 1 || oldest.exchanges.len() > 1)
        {
            self.bytes = self.bytes.saturating_sub(oldest.pop());
            self.dropped += 1;
            if oldest.exchanges.is_empty() {
                self.spare = self.pages.pop_front().map(Page::cleared);
            }
        }
    }

    /// The exchanges with their texts, the oldest first.
    fn read(&self) -> Vec<Exchange> {
        self.pages.iter().flat_map(Page::read).collect()
    }
}

impl Page {
    /// Enough for some dozens of exchanges, and little beside what all pages take.
    const SIZE: usize = 16 * 1024;

    fn is_full(&self) -> bool {
        self.texts.len() + self.exchanges.len() * size_of::<Exchange>() >= Page::SIZE
    }

    fn push(&mut self, mut exchange: Exchange) {
        self.texts.append(&mut exchange.texts.bytes);
        exchange.texts.bytes = Vec::new();
        self.exchanges.push_back(exchange);
    }

    /// Gives up the oldest exchange: the bytes that it took.
    fn pop(&mut self) -> usize {
        let Some(oldest) = self.exchanges.pop_front() else { return 0 };
        self.gone += oldest.texts.size();
        if self.gone > self.texts.len() / 2 {
            self.texts.drain(..self.gone);
            self.gone = 0;
        }
        oldest.size()
    }

    /// Gives back what it has no use for.
    fn tighten(&mut self) {
        self.texts.drain(..self.gone);
        self.gone = 0;
        self.texts.shrink_to_fit();
        self.exchanges.shrink_to_fit();
    }

    /// The page as a new one, with the memory that it has.
    fn cleared(mut self) -> Page {
        self.exchanges.clear();
        self.texts.clear();
        self.gone = 0;
        self
    }

    fn read(&self) -> impl Iterator<Item = Exchange> {
        let mut start = self.gone;
        self.exchanges.iter().map(move |exchange| {
            let mut whole = exchange.clone();
            let end = start + exchange.texts.size();
            whole.texts.bytes = self.texts.get(start..end).unwrap_or_default().to_vec();
            start = end;
            whole
        })
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.shared.alive.fetch_sub(1, Ordering::Relaxed);
    }
}
