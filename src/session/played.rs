//! What became of the scenarios that sessions were given, those of sessions that have gone among them.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::scenario::Scenario;

/// Each rule under the names of its scenario and of its own, with how often it matched, fired and was carried out.
pub type Counts = Vec<(String, [u64; 3])>;

/// All scenarios that sessions were given since the server started.
#[derive(Debug, Default)]
pub struct Played(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// With the provider that each is played for.
    alive: Vec<(usize, Arc<Scenario>)>,
    /// What became of those that no session has any more.
    gone: BTreeMap<(usize, String), [u64; 3]>,
}

impl Played {
    /// Counts a scenario from now on.
    pub fn note(&self, provider: usize, scenario: &Arc<Scenario>) {
        let mut inner = self.0.lock();
        inner.sweep();
        inner.alive.push((provider, Arc::clone(scenario)));
    }

    /// What became of the rules for a provider.
    pub fn counts(&self, provider: usize) -> Counts {
        let mut inner = self.0.lock();
        inner.sweep();
        let alive = inner.alive.iter().filter(|(of, _)| *of == provider).flat_map(|(_, scenario)| counts(scenario));
        let gone = inner.gone.iter().filter(|((of, _), _)| *of == provider);
        alive.chain(gone.map(|((_, name), counts)| (name.clone(), *counts))).collect()
    }
}

impl Inner {
    /// Lets go of what nobody else has any more, and keeps its counts.
    fn sweep(&mut self) {
        let gone = self.alive.extract_if(.., |(_, scenario)| Arc::strong_count(scenario) == 1);
        for (provider, scenario) in gone {
            for (name, counts) in counts(&scenario).into_iter().filter(|(_, counts)| *counts != [0; 3]) {
                add(self.gone.entry((provider, name)).or_default(), counts);
            }
        }
    }
}

/// What became of the rules of one scenario.
pub fn counts(scenario: &Scenario) -> Counts {
    let rules = scenario.totals().into_iter();
    rules.map(|it| (format!("{} / {}", scenario.name(), it.rule), [it.matched, it.fired, it.sent])).collect()
}

/// Adds counts up.
pub fn add(sum: &mut [u64; 3], more: [u64; 3]) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}
