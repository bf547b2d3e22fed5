//! Rate limits: what a request costs, and what is left.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::call::Call;
use super::shape::Scope;
use super::site::{Site, Visit};
use super::verb;
use crate::pack::{Act, EachAnswer, Facts};
use crate::refusal::{Kind, Refusal};
use crate::scenario::{Exchange, Quota};
use crate::store::Store;

/// Which limits a stage looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those that hold for every request.
    All,
    /// Those of single operations.
    Some,
}

/// What is left of the limits that concern a request.
#[derive(Debug, Default)]
pub(super) struct Quotas {
    /// Of those that hold for every request: the one that does not let it through, or has the least left.
    pub(super) general: Option<Quota>,
    /// Of those of single operations, by name.
    particular: Vec<(String, Quota)>,
}

/// The refusal of a request that a limit does not let through.
pub(super) fn over(quota: Quota) -> Refusal {
    let refusal = Refusal::new(Kind::RateLimited).fact("retry_after", quota.reset_seconds);
    Refusal { dated: quota.dated, ..refusal }
}

impl Site<'_> {
    /// Whether any limit is in force.
    pub(super) fn is_rationed(&self) -> bool {
        self.hazards().is_some_and(|hazards| hazards.limiters().is_some())
    }

    /// Charges the limits of a stage.
    pub(super) fn charge(&self, visit: &Visit<'_>, reach: Reach) -> Result<(), Refusal> {
        let Some(limiters) = self.hazards().and_then(|hazards| hazards.limiters()) else { return Ok(()) };
        let body = || -> Option<&Value> { None };
        let exchange = Exchange {
            operation: Some(self.operation),
            request: self.request,
            variables: visit.variables,
            body: &body,
            caller: visit.name,
            session: &self.session.name,
        };
        let now = self.session.clock.now();
        for limiter in limiters.lock().iter_mut().filter(|limiter| limiter.limit().general == (reach == Reach::All)) {
            let Some(quota) = limiter.charge(&exchange, now) else { continue };
            self.note(&limiter.limit().name, quota, reach);
            if !quota.allowed {
                return Err(Refusal { general: reach == Reach::All, ..over(quota) });
            }
        }
        Ok(())
    }

    fn note(&self, name: &str, quota: Quota, reach: Reach) {
        let mut quotas = self.quotas.borrow_mut();
        match reach {
            Reach::Some => quotas.particular.push((name.to_owned(), quota)),
            Reach::All if quota.allowed && quotas.general.is_some_and(|least| least.remaining <= quota.remaining) => {}
            Reach::All => quotas.general = Some(quota),
        }
    }

    /// How many jobs may still be sent on their way, where a call has sent one.
    pub(super) fn note_jobs(&self, call: &Call<'_>, store: &Store) {
        let pack = &self.provider.pack;
        let sent = matches!(&call.binding.act, Act::Each(each) if each.answer == EachAnswer::Job);
        let (Some(name), Some(most), true) = (&pack.conventions.jobs_quota, pack.jobs_in_flight, sent) else { return };
        let left = most.saturating_sub(verb::jobs_in_flight(call, store).len());
        let quota =
            Quota { allowed: true, limit: most as u64, remaining: left as u64, reset_seconds: 60, dated: false };
        self.note(name, quota, Reach::Some);
    }

    /// The headers for what is left of the limits of single operations.
    pub(super) fn quota_headers(&self, scope: &Scope<'_>, headers: &mut HeaderMap) {
        let Some((prefix, template)) = &self.provider.pack.conventions.quota else { return };
        for (name, quota) in &self.quotas.borrow().particular {
            let scope = scope.clone().quota(Some(*quota));
            let name = HeaderName::try_from(format!("{prefix}{name}"));
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&template.text(&scope as &dyn Facts))) {
                headers.insert(name, value);
            }
        }
    }
}
