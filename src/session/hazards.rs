//! What may go wrong in a session with one provider's requests: scenarios and how far they have come, and what is left of limits.

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

use crate::scenario::{Limit, Limiter, Progress, Scenario};

/// What may go wrong.
#[derive(Debug)]
pub struct Hazards {
    /// The scenarios that are active, in order.
    pub scenarios: Vec<Arc<Scenario>>,
    /// How far they have come.
    pub progress: Progress,
    /// The provider's limits and those of the scenarios; none where there is no limit.
    limiters: Option<Mutex<Vec<Limiter>>>,
}

impl Hazards {
    /// Nothing has happened yet; `started` is the time of the session's clock. Nothing at all where nothing can go wrong.
    pub fn new(limits: &[Arc<Limit>], scenarios: &[Arc<Scenario>], started: Timestamp) -> Option<Arc<Hazards>> {
        let limiters = limits_of(limits, scenarios).map(Limiter::new).collect();
        let progress = Progress::new(scenarios, started);
        Hazards::with(scenarios.to_vec(), progress, limiters)
    }

    fn with(scenarios: Vec<Arc<Scenario>>, progress: Progress, limiters: Vec<Limiter>) -> Option<Arc<Hazards>> {
        let limiters = (!limiters.is_empty()).then(|| Mutex::new(limiters));
        let is_safe = scenarios.is_empty() && limiters.is_none();
        (!is_safe).then(|| Arc::new(Hazards { scenarios, progress, limiters }))
    }

    /// The limits with what is left of them, where there are any.
    pub fn limiters(&self) -> Option<&Mutex<Vec<Limiter>>> {
        self.limiters.as_ref()
    }

    /// The same, going its own way from here.
    pub(super) fn fork(&self) -> Arc<Hazards> {
        let limiters = self.limiters.as_ref().map(|limiters| Mutex::new(limiters.lock().clone()));
        Arc::new(Hazards { scenarios: self.scenarios.clone(), progress: self.progress.fork(), limiters })
    }

    /// The same with other scenarios: rules and limits that were there before, and say the same, go on where they were.
    pub(super) fn moved(&self, limits: &[Arc<Limit>], to: &[Arc<Scenario>]) -> Option<Arc<Hazards>> {
        let mut before = self.limiters.as_ref().map(|limiters| limiters.lock().clone()).unwrap_or_default();
        let limiter = |limit: Arc<Limit>| {
            let known = before.iter().enumerate().find_map(|(at, known)| Some((at, known.moved(&limit)?)));
            // Two limits that say the same keep their own accounts.
            let Some((at, moved)) = known else { return Limiter::new(limit) };
            before.remove(at);
            moved
        };
        let limiters = limits_of(limits, to).map(limiter).collect();
        Hazards::with(to.to_vec(), self.progress.moved(&self.scenarios, to), limiters)
    }
}

fn limits_of<'a>(own: &'a [Arc<Limit>], scenarios: &'a [Arc<Scenario>]) -> impl Iterator<Item = Arc<Limit>> + 'a {
    own.iter().chain(scenarios.iter().flat_map(|scenario| scenario.limits())).cloned()
}
