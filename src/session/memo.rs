//! Replies to reads that were shaped and checked once. One is used again as long as the tables that it was made from have not
//! changed; then the same request gives the same bytes, and they have been checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::journal::Standing;

/// All that a kept reply depends on beside the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'a> {
    /// The provider and its operation.
    pub operation: (usize, usize),
    /// Path and query as sent.
    pub target: &'a str,
    /// What links start with: scheme, host, and the path before all others.
    pub origin: (&'static str, &'a str, &'a str),
    /// Who is calling.
    pub caller: Option<usize>,
}

/// What a reply was made from.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    /// The tables.
    pub tables: u64,
    /// Their versions then.
    pub versions: u64,
}

/// Kept replies, up to a number of bytes.
#[derive(Debug)]
pub struct Memo {
    shelf: Mutex<Shelf>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Shelf {
    /// By the hash of their key. Two keys with one hash take turns, which costs time and nothing else.
    places: BTreeMap<u64, Place>,
    bytes: usize,
}

/// A kept reply with its key, which is compared whole.
#[derive(Debug)]
struct Place {
    operation: (usize, usize),
    target: Box<str>,
    origin: (&'static str, Box<str>, Box<str>),
    caller: Option<usize>,
    reply: Arc<Standing>,
    made: Made,
}

impl Place {
    fn is_for(&self, key: &Key<'_>) -> bool {
        let own = Key {
            operation: self.operation,
            target: &self.target,
            origin: (self.origin.0, &self.origin.1, &self.origin.2),
            caller: self.caller,
        };
        own == *key
    }
}

impl Default for Memo {
    fn default() -> Memo {
        Memo { shelf: Mutex::default(), capacity: 8 * 1024 * 1024 }
    }
}

impl Memo {
    /// One for a session among many.
    pub fn small() -> Memo {
        Memo { capacity: 256 * 1024, ..Memo::default() }
    }

    /// The reply kept for a request, if `current` says that its tables are as they were.
    pub fn get(&self, key: &Key<'_>, current: impl FnOnce(u64) -> u64) -> Option<Arc<Standing>> {
        let shelf = self.shelf.lock();
        let place = shelf.places.get(&hash(key)).filter(|place| place.is_for(key))?;
        let (reply, made) = (Arc::clone(&place.reply), place.made);
        drop(shelf);
        (current(made.tables) == made.versions).then_some(reply)
    }

    /// Forgets all that was kept.
    pub(super) fn clear(&self) {
        *self.shelf.lock() = Shelf::default();
    }

    /// Keeps a reply. When there is no room left, all others go: what is asked for often is soon back.
    pub fn put(&self, key: &Key<'_>, reply: &Arc<Standing>, made: Made) {
        let size = reply.size() + key.target.len() + key.origin.1.len() + key.origin.2.len();
        if size > self.capacity / 4 {
            return;
        }
        let place = Place {
            operation: key.operation,
            target: key.target.into(),
            origin: (key.origin.0, key.origin.1.into(), key.origin.2.into()),
            caller: key.caller,
            reply: Arc::clone(reply),
            made,
        };
        let mut shelf = self.shelf.lock();
        if shelf.bytes + size > self.capacity {
            *shelf = Shelf::default();
        }
        shelf.bytes += size;
        shelf.places.insert(hash(key), place);
    }
}

fn hash(key: &Key<'_>) -> u64 {
    let (provider, operation) = key.operation;
    let numbers = [provider, operation, key.caller.map_or(0, |caller| caller + 1)];
    let seed = numbers.into_iter().fold(0, |seed: u64, number| seed.rotate_left(20) ^ number as u64);
    let texts = [key.origin.1, key.origin.2, key.target];
    texts.into_iter().fold(seed, |seed, text| xxh3_64_with_seed(text.as_bytes(), seed))
}
