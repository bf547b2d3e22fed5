//! One isolated world: its records, its clock, its chance, and what is kept for it.
//!
//! A session starts as a copy of the seeded state, which is a few pointers. Reading clones a pointer and leaves; a write builds the
//! next state and swaps it in. No lock is held while a request is checked, shaped or delayed.

mod memo;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};

use crate::clock::Clock;
use crate::dice::Dice;
use crate::scenario::{Limit, Limiter, Progress};
use crate::store::Store;

pub use memo::{Kept, Key, Memo};

/// One isolated world.
#[derive(Debug)]
pub struct Session {
    /// Its name.
    pub name: String,
    /// Its time.
    pub clock: Clock,
    /// Its chance.
    pub dice: Dice,
    /// How far each provider's scenarios have come.
    pub progress: Vec<Progress>,
    /// What is left of each provider's rate limits.
    pub limiters: Vec<Mutex<Vec<Limiter>>>,
    /// Replies that need not be made again.
    pub memo: Memo,
    /// One store for each provider.
    stores: RwLock<Vec<Arc<Store>>>,
    /// Held by whoever builds the next state, so that no write is lost.
    writing: Mutex<()>,
    exchanges: AtomicU64,
}

impl Session {
    /// A session that starts from these stores.
    pub fn new(
        name: impl Into<String>,
        seed: Vec<Arc<Store>>,
        progress: Vec<Progress>,
        limits: &[&[Arc<Limit>]],
        clock: Clock,
        dice: Dice,
    ) -> Session {
        let limiters = |limits: &&[Arc<Limit>]| Mutex::new(limits.iter().cloned().map(Limiter::new).collect());
        Session {
            name: name.into(),
            clock,
            progress,
            limiters: limits.iter().map(limiters).collect(),
            dice,
            memo: Memo::default(),
            stores: RwLock::new(seed),
            writing: Mutex::new(()),
            exchanges: AtomicU64::new(0),
        }
    }

    /// The number of the exchange that starts now, from 1.
    pub fn next_exchange(&self) -> u64 {
        self.exchanges.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The state of a provider's records as it is now. It does not change in the reader's hands.
    pub fn read(&self, provider: usize) -> Arc<Store> {
        Arc::clone(&self.stores.read()[provider])
    }

    /// Builds the next state of a provider's records. Where `change` fails, nothing has happened.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn write<T, E>(
        &self,
        provider: usize,
        change: impl FnOnce(&mut Store) -> Result<T, E>,
    ) -> Result<(T, Arc<Store>), E> {
        let _turn = self.writing.lock();
        let mut next = Store::clone(&self.read(provider));
        let outcome = change(&mut next)?;
        let next = Arc::new(next);
        self.stores.write()[provider] = Arc::clone(&next);
        Ok((outcome, next))
    }
}
