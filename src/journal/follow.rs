//! Those who follow the journals while exchanges go on. Where nobody does, an exchange pays for one look at a number.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use parking_lot::Mutex;

use super::exchange::Exchange;
use super::line;
use crate::message::Feed;

/// How many exchanges wait for a follower that is slow to read; further ones are dropped and counted.
const WAITING: usize = 1024;

/// All who follow.
#[derive(Debug, Default)]
pub(super) struct Followers {
    count: AtomicUsize,
    list: Mutex<Vec<Weak<Follower>>>,
}

impl Followers {
    pub(super) fn any(&self) -> bool {
        self.count.load(Ordering::Relaxed) > 0
    }

    pub(super) fn add(&self, wanted: Wanted) -> Arc<Follower> {
        let follower = Arc::new(Follower { wanted, inbox: Mutex::new(Inbox::default()) });
        let mut list = self.list.lock();
        list.push(Arc::downgrade(&follower));
        self.count.store(list.len(), Ordering::Relaxed);
        follower
    }

    pub(super) fn tell(&self, exchange: &Arc<Exchange>) {
        if !self.any() {
            return;
        }
        let mut list = self.list.lock();
        list.retain(|follower| follower.upgrade().is_some_and(|follower| follower.hear(exchange)));
        self.count.store(list.len(), Ordering::Relaxed);
    }
}

/// Which exchanges somebody wants to hear of.
pub(super) type Wanted = Box<dyn Fn(&Exchange) -> bool + Send + Sync>;

/// One who follows: what it has not read yet, as server-sent events (HTML, section 9.2).
pub(super) struct Follower {
    wanted: Wanted,
    inbox: Mutex<Inbox>,
}

#[derive(Debug, Default)]
struct Inbox {
    greeted: bool,
    waiting: VecDeque<Arc<Exchange>>,
    dropped: u64,
    waker: Option<Waker>,
}

impl Follower {
    /// Takes an exchange in. It is there as long as somebody holds it, so the answer is always yes.
    fn hear(&self, exchange: &Arc<Exchange>) -> bool {
        if (self.wanted)(exchange) {
            let mut inbox = self.inbox.lock();
            match inbox.waiting.len() < WAITING {
                true => inbox.waiting.push_back(Arc::clone(exchange)),
                false => inbox.dropped += 1,
            }
            let waker = inbox.waker.take();
            drop(inbox);
            waker.into_iter().for_each(Waker::wake);
        }
        true
    }
}

impl Feed for Follower {
    fn poll_next(&self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut inbox = self.inbox.lock();
        let mut events = String::new();
        if !inbox.greeted {
            // The client learns at once that it is heard; a comment is no event.
            inbox.greeted = true;
            events.push_str(": following\n\n");
        }
        for exchange in inbox.waiting.drain(..) {
            let data = line::json(&exchange);
            let _ = write!(events, "id: {}\nevent: exchange\ndata: {data}\n\n", exchange.number);
        }
        if inbox.dropped > 0 {
            let _ = write!(events, "event: dropped\ndata: {{\"count\":{}}}\n\n", std::mem::take(&mut inbox.dropped));
        }
        if events.is_empty() {
            inbox.waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(Some(events.into()))
    }

    fn sign_of_life(&self) -> Bytes {
        Bytes::from_static(b":\n\n")
    }
}

impl fmt::Debug for Follower {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Follower").field("inbox", &self.inbox).finish_non_exhaustive()
    }
}
