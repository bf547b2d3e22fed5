//! Refusals that a scenario plans: of a call, or of single items of a bulk call.

use serde_json::Value;

use super::Provider;
use super::call::Call;
use crate::pack::Binding;
use crate::refusal::{Flaw, Kind, Problem, Refusal};
use crate::scenario::{self, Fault, Refuse, RetryAfter, Strike};
use crate::store::Record;

/// What a refusal is about.
pub(super) struct Subject<'a> {
    pub(super) provider: &'a Provider,
    pub(super) binding: Option<&'a Binding>,
    /// What the caller said for a field.
    pub(super) sent: &'a dyn Fn(&str) -> Option<Value>,
}

impl Subject<'_> {
    pub(super) fn refusal(&self, refuse: &Refuse) -> Refusal {
        let kind = Kind::ALL.get(refuse.kind.index).copied().unwrap_or(Kind::Internal);
        let mut problems: Vec<Problem> = refuse.problems.iter().map(|problem| self.problem(problem)).collect();
        if problems.is_empty() && kind == Kind::Invalid {
            problems.extend(self.likely_problem());
        }
        let refusal = Refusal { problems, breaks_contract: refuse.breaks_contract, ..Refusal::new(kind) };
        match refuse.retry_after {
            RetryAfter::Default => refusal,
            RetryAfter::Omit => refusal.fact("retry_after", Value::Null),
            RetryAfter::Seconds(seconds) => refusal.fact("retry_after", seconds),
            RetryAfter::Date(seconds) => Refusal { dated: true, ..refusal.fact("retry_after", seconds) },
        }
    }

    fn problem(&self, problem: &scenario::Problem) -> Problem {
        let flaw = Flaw::ALL.get(problem.kind.index).copied().unwrap_or(Flaw::Format);
        let value = problem.value.clone().or_else(|| (self.sent)(&problem.field)).unwrap_or_default();
        Problem::new(problem.field.clone(), flaw, value)
    }

    /// What would most likely be wrong with a record, where the scenario does not say.
    fn likely_problem(&self) -> Option<Problem> {
        let rules = &self.provider.pack.resources[self.binding?.table].rules;
        if let Some(unique) = rules.unique.first() {
            let field = &unique.fields[0];
            return Some(Problem::new(field.clone(), Flaw::Taken, (self.sent)(field).unwrap_or_default()));
        }
        rules.required.first().map(|field| Problem::new(field.clone(), Flaw::Blank, Value::Null))
    }
}

/// For each item of a bulk call what it is refused with, where it is.
pub(super) fn of_items<'a>(call: &Call<'_>, items: impl ExactSizeIterator<Item = &'a Record>) -> Vec<Option<Refusal>> {
    let Some(strike) = call.items else { return Vec::new() };
    let Fault::Refuse(refuse) = &*strike.fault else { return Vec::new() };
    let struck = strike.items(items.len());
    let refusals: Vec<Option<Refusal>> = items
        .zip(struck)
        .map(|(draft, struck)| {
            let sent = |field: &str| draft.get(field).cloned();
            let subject = Subject { provider: call.provider, binding: Some(call.binding), sent: &sent };
            struck.then(|| subject.refusal(refuse))
        })
        .collect();
    if refusals.iter().any(Option::is_some) {
        Strike::sent(strike);
    }
    refusals
}
