//! Replies to reads that were shaped and checked once. One is used again as long as the tables that it was made from have not
//! changed; then the same request gives the same bytes, and they have been checked.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use parking_lot::Mutex;
use xxhash_rust::xxh3::Xxh3Builder;

use crate::message::Reply;

/// All that a kept reply depends on beside the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The provider and its operation.
    pub operation: (usize, usize),
    /// Path and query as sent.
    pub target: String,
    /// The host that stands in links.
    pub host: String,
    /// Who is calling.
    pub caller: Option<usize>,
    /// Header fields that the operation reads.
    pub headers: String,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.target.hash(state);
        self.operation.hash(state);
        self.caller.hash(state);
    }
}

/// A reply that was kept.
#[derive(Debug)]
pub struct Kept {
    /// The reply, without the header fields that change from one reply to the next.
    pub reply: Reply,
    /// The tables it was made from.
    pub tables: u64,
    /// Their versions then.
    pub versions: u64,
    /// Departures from the document that were noted, as they stand in the header.
    pub noted: Vec<crate::contract::Violation>,
}

/// Kept replies, up to a number of bytes.
#[derive(Debug)]
pub struct Memo {
    kept: Mutex<Shelf>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Shelf {
    replies: HashMap<Key, Arc<Kept>, Xxh3Builder>,
    bytes: usize,
}

impl Default for Memo {
    fn default() -> Memo {
        Memo { kept: Mutex::new(Shelf::default()), capacity: 8 * 1024 * 1024 }
    }
}

impl Memo {
    /// The reply kept for a request, if `current` says that its tables are as they were.
    pub fn get(&self, key: &Key, current: impl FnOnce(u64) -> u64) -> Option<Arc<Kept>> {
        let kept = self.kept.lock().replies.get(key).cloned()?;
        (current(kept.tables) == kept.versions).then_some(kept)
    }

    /// Keeps a reply. When there is no room left, all others go: what is asked for often is soon back.
    pub fn put(&self, key: Key, kept: Kept) {
        let size = kept.reply.body.len() + key.target.len() + 512;
        if size > self.capacity / 4 {
            return;
        }
        let mut shelf = self.kept.lock();
        if shelf.bytes + size > self.capacity {
            *shelf = Shelf::default();
        }
        shelf.bytes += size;
        shelf.replies.insert(key, Arc::new(kept));
    }
}
