//! Sessions when files have changed: each goes on from where it was, as far as the new files have a place for that.

use std::sync::Arc;

use super::played::Played;
use super::{Hazards, Part, Seed, Session, Sessions, Start};
use crate::scenario::Scenario;
use crate::store::Store;

/// What a session could not take along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loss {
    /// The rules of its records have changed: with this provider it is at its start again.
    Records {
        /// The session.
        session: Box<str>,
        /// The provider.
        provider: usize,
    },
    /// A scenario that it was given does not fit any more.
    Scenario {
        /// The session.
        session: Box<str>,
        /// What the scenario is called.
        scenario: String,
    },
}

/// A scenario of a session's own read again, for each provider that it fits.
pub type Recast<'a> = &'a dyn Fn(&Scenario) -> Vec<Option<Arc<Scenario>>>;

impl Sessions {
    /// Lets all sessions go on with what has been read anew: one [`Start`] for each provider, in the order of before.
    pub fn reload(&mut self, parts: Vec<Start>, recast: Recast<'_>) -> Vec<Loss> {
        let before = Arc::clone(&self.seed);
        let after = Arc::new(Seed { parts, clock: before.clock.fork() });
        for (provider, (start, known)) in after.parts.iter().zip(&before.parts).enumerate() {
            for scenario in &start.scenarios {
                known.scenarios.iter().for_each(|known| scenario.inherit(known));
            }
            // What became of rules that are there no more is still told at the end.
            known.scenarios.iter().for_each(|known| self.played.note(provider, known));
        }
        self.seed = Arc::clone(&after);
        let mut losses = Vec::new();
        for session in self.list() {
            session.reload(&Change { before: &before, after: &after, recast, played: &self.played }, &mut losses);
        }
        losses
    }
}

/// From the files of before to those of now.
struct Change<'a> {
    before: &'a Arc<Seed>,
    after: &'a Arc<Seed>,
    recast: Recast<'a>,
    played: &'a Played,
}

impl Session {
    fn reload(&self, change: &Change<'_>, losses: &mut Vec<Loss>) {
        // In the order of a snapshot.
        let mut snapshots = self.snapshots.lock();
        let _turn = self.writing.lock();
        let seed = self.seed();
        if Arc::ptr_eq(&seed, change.before) {
            *self.seed.write() = Arc::clone(change.after);
        } else {
            let start = |(provider, start): (usize, &Start)| Start {
                store: change.store(provider, &start.store).unwrap_or_else(|| change.start(provider)),
                limits: Arc::clone(&change.after.parts[provider].limits),
                scenarios: change.scenarios(provider, &start.scenarios, |_| {}),
            };
            let parts = seed.parts.iter().enumerate().map(start).collect();
            *self.seed.write() = Arc::new(Seed { parts, clock: seed.clock.fork() });
        }
        let kept = snapshots.iter_mut().map(|(_, snapshot)| &mut snapshot.parts);
        for part in kept.flat_map(|parts| parts.iter_mut().enumerate()) {
            change.go_on(self, part, &mut |_| {});
        }
        self.swap(|parts| {
            parts.iter_mut().enumerate().for_each(|part| change.go_on(self, part, &mut |loss| losses.push(loss)));
        });
        self.memo.clear();
    }
}

impl Change<'_> {
    fn start(&self, provider: usize) -> Arc<Store> {
        Arc::clone(&self.after.parts[provider].store)
    }

    fn go_on(&self, session: &Session, (provider, part): (usize, &mut Part), lost: &mut dyn FnMut(Loss)) {
        let name = || session.name.clone();
        part.store = self.store(provider, &part.store).unwrap_or_else(|| {
            lost(Loss::Records { session: name(), provider });
            Arc::clone(&session.seed().parts[provider].store)
        });
        let limits = &self.after.parts[provider].limits;
        let active = part.hazards.as_ref().map(|hazards| hazards.scenarios.as_slice()).unwrap_or_default();
        let scenarios = self.scenarios(provider, active, |scenario| {
            lost(Loss::Scenario { session: name(), scenario: scenario.name().to_owned() });
        });
        part.hazards = match &part.hazards {
            Some(hazards) => hazards.moved(limits, &scenarios),
            None => Hazards::new(limits, &scenarios, session.clock.now()),
        };
    }

    /// Records under the new rules: those of the new files where nothing was changed, the same where the rules are; else none.
    fn store(&self, provider: usize, store: &Arc<Store>) -> Option<Arc<Store>> {
        let (before, after) = (&self.before.parts[provider].store, &self.after.parts[provider].store);
        if store.is_as(before) {
            return Some(Arc::clone(after));
        }
        after.has_rules_of(store).then(|| Arc::clone(store))
    }

    /// The active scenarios as they are now: those of the files from the files, others read again. New ones of the files come last.
    fn scenarios(
        &self,
        provider: usize,
        active: &[Arc<Scenario>],
        mut lost: impl FnMut(&Scenario),
    ) -> Vec<Arc<Scenario>> {
        let (before, after) = (&self.before.parts[provider].scenarios, &self.after.parts[provider].scenarios);
        let named = |list: &[Arc<Scenario>], name: &str| list.iter().find(|known| known.name() == name).cloned();
        let mut now = Vec::new();
        for scenario in active {
            if before.iter().any(|known| Arc::ptr_eq(known, scenario)) {
                now.extend(named(after, scenario.name()));
                continue;
            }
            let again = (self.recast)(scenario).into_iter().nth(provider).flatten();
            match again {
                Some(again) => {
                    again.inherit(scenario);
                    self.played.note(provider, &again);
                    now.push(again);
                }
                None => lost(scenario),
            }
        }
        now.extend(after.iter().filter(|scenario| named(before, scenario.name()).is_none()).cloned());
        now
    }
}
