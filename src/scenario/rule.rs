//! One rule: which requests, when, and what then.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde_json::Value;

use super::condition::{Condition, Facts};
use super::step::{self, Stage, Step};
use super::target::Target;
use super::trigger::Trigger;
use super::{About, Known};
use crate::source::{Findings, Node};

#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: Arc<str>,
    /// What draws are made under: the names of the scenario and of the rule.
    pub(super) stream: String,
    /// What delays and drips are drawn under.
    pub(super) delay_stream: String,
    pub(super) drip_stream: String,
    pub(super) target: Target,
    pub(super) trigger: Trigger,
    /// At least one; they take turns.
    steps: Vec<Step>,
    conditions: Vec<Condition>,
    /// What the file says of it.
    said: Value,
    /// Over all sessions.
    pub(super) totals: Totals,
}

/// What became of a rule over all sessions.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) matched: AtomicU64,
    pub(super) fired: AtomicU64,
    pub(super) sent: AtomicU64,
}

impl Totals {
    fn take(&self, other: &Totals) {
        let pairs = [(&self.matched, &other.matched), (&self.fired, &other.fired), (&self.sent, &other.sent)];
        pairs.into_iter().for_each(|(total, other)| {
            total.fetch_add(other.swap(0, Relaxed), Relaxed);
        });
    }
}

/// One more.
pub(super) fn count(total: &AtomicU64) {
    total.fetch_add(1, Relaxed);
}

impl Rule {
    pub(super) fn read(
        node: &Node<'_>,
        scenario: &str,
        index: usize,
        world: &Known<'_>,
        findings: &mut Findings,
    ) -> Option<Rule> {
        let before = findings.len();
        let mut fields = node.fields(findings)?;
        let name = fields.optional("name", findings, Node::string).unwrap_or_else(|| format!("rule {}", index + 1));
        let target = fields.required("on", findings, |node, findings| Target::read(node, world, findings));
        let about = About { world, target: target.as_ref() };
        let conditions =
            fields.optional("where", findings, |node, findings| Condition::read_all(node, about, findings));
        let trigger = Trigger::read(&mut fields, findings);
        let forever = fields.optional("forever", findings, Node::flag).unwrap_or_default();
        let words = [Stage::Gate, Stage::Verdict, Stage::Reply].map(|stage| (stage.word(), stage));
        let at = fields.optional("at", findings, |node, findings| node.word(&words, findings));
        let steps = fields.required("do", findings, |node, findings| step::read(node, at, about, findings));
        fields.finish(findings);
        let conditions = conditions.unwrap_or_default();
        let (target, steps) = (target?, steps?);
        // A misspelt `nth` has been reported already; that the rule has no end either would be said twice.
        if findings.len() == before {
            check_end(node, &trigger, forever, &steps, findings);
        }
        let stream = format!("{scenario}/{name}");
        let [delay_stream, drip_stream] = ["delay", "drip"].map(|word| format!("{stream} {word}"));
        let (name, said, totals) = (name.into(), node.value().clone(), Totals::default());
        Some(Rule { name, stream, delay_stream, drip_stream, target, trigger, steps, conditions, said, totals })
    }

    /// Whether it is the rule of another reading, said in the same way.
    pub(super) fn is_as(&self, other: &Rule) -> bool {
        self.stream == other.stream && self.said == other.said
    }

    /// Whether a request that may concern it does.
    pub(super) fn matches(&self, facts: &Facts<'_, '_>) -> bool {
        let request = facts.exchange.request;
        if facts.exchange.operation.is_none() && !self.target.covers_elsewhere(&request.method, request.path()) {
            return false;
        }
        // Before the other conditions: an attempt counts whether or not they hold.
        if self.conditions.iter().any(Condition::counts_attempts) {
            facts.attempt();
        }
        self.conditions.iter().all(|condition| condition.holds(facts))
    }

    /// Takes over what became of another.
    pub(super) fn inherit(&self, other: &Rule) {
        self.totals.take(&other.totals);
    }

    /// What it does when it fires for the time after so many.
    pub(super) fn step(&self, fired: u64) -> Option<&Step> {
        let turn = fired.checked_rem(self.steps.len() as u64)?;
        self.steps.get(usize::try_from(turn).ok()?)
    }
}

/// A fault without an end hangs clients that try again for ever: whoever wants that must say so.
fn check_end(node: &Node<'_>, trigger: &Trigger, forever: bool, steps: &[Step], findings: &mut Findings) {
    let ends = trigger.ends();
    if forever && ends {
        findings.push(node.error("forever", "this rule has an end, so `forever: true` cannot hold"));
    }
    if !forever && !ends && steps.iter().any(Step::strikes) {
        let finding = node.error("no-end", "this rule never ends");
        findings.push(finding.help("give it `times`, `until` or an `nth` with an end, or say `forever: true`"));
    }
}
