//! When a rule fires: which of the requests that match it. A verdict depends on the rule, the count, the seed and how often the
//! rule has fired before, and on nothing else.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::Value;

use crate::dice::Dice;
use crate::source::{Fields, Findings, Node};

/// All of its parts must agree.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Trigger {
    nth: Vec<RangeInclusive<u64>>,
    every: Option<u64>,
    chance: Option<f64>,
    times: Option<u64>,
    after: Option<Duration>,
    until: Option<Duration>,
}

/// One verdict that was yes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Firing {
    /// What was drawn, where chance decided.
    pub(super) draw: Option<f64>,
}

impl Trigger {
    pub(super) fn read(fields: &mut Fields<'_>, findings: &mut Findings) -> Trigger {
        let trigger = Trigger {
            nth: fields.optional("nth", findings, read_ranges).unwrap_or_default(),
            every: fields.optional("every", findings, positive),
            chance: fields.optional("chance", findings, share),
            times: fields.optional("times", findings, positive),
            after: fields.optional("after", findings, Node::duration),
            until: fields.optional("until", findings, Node::duration),
        };
        if let (Some(after), Some(until)) = (trigger.after, trigger.until)
            && after >= until
        {
            findings.push(fields.node().error("empty-range", "`until` must be later than `after`"));
        }
        trigger
    }

    /// Reads which items of a bulk call are meant: a count, a range, a list of them, or `nth`, `every`, `chance` and `times`.
    pub(super) fn read_items(node: &Node<'_>, findings: &mut Findings) -> Option<Trigger> {
        if !node.value().is_object() {
            return read_ranges(node, findings).map(|nth| Trigger { nth, ..Trigger::default() });
        }
        let mut fields = node.fields(findings)?;
        let trigger = Trigger {
            nth: fields.optional("nth", findings, read_ranges).unwrap_or_default(),
            every: fields.optional("every", findings, positive),
            chance: fields.optional("chance", findings, share),
            times: fields.optional("times", findings, positive),
            ..Trigger::default()
        };
        fields.finish(findings);
        Some(trigger)
    }

    /// Whether it fires a bounded number of times, or for a bounded time.
    pub(super) fn ends(&self) -> bool {
        let nth_ends = !self.nth.is_empty() && self.nth.iter().all(|range| *range.end() != u64::MAX);
        nth_ends || self.times.is_some() || self.until.is_some()
    }

    /// Whether it asks for the time.
    pub(super) fn timed(&self) -> bool {
        self.after.is_some() || self.until.is_some()
    }

    /// Whether requests count at this time since the session's start.
    pub(super) fn open(&self, elapsed: Duration) -> bool {
        self.after.is_none_or(|after| elapsed >= after) && self.until.is_none_or(|until| elapsed < until)
    }

    /// The verdict on the nth match, when the rule has fired so many times before.
    pub(super) fn fires(&self, nth: u64, fired: u64, dice: &Dice, stream: &str) -> Option<Firing> {
        let counted = (self.nth.is_empty() || self.nth.iter().any(|range| range.contains(&nth)))
            && self.every.is_none_or(|every| nth.is_multiple_of(every))
            && self.times.is_none_or(|times| fired < times);
        if !counted {
            return None;
        }
        let Some(chance) = self.chance else { return Some(Firing { draw: None }) };
        let draw = dice.share(stream, nth);
        (draw < chance).then_some(Firing { draw: Some(draw) })
    }
}

/// A whole number from 1 up.
pub(super) fn positive(node: &Node<'_>, findings: &mut Findings) -> Option<u64> {
    match node.value().as_u64() {
        Some(number) if number > 0 => Some(number),
        _ => node.mismatch("a whole number from 1 up", findings),
    }
}

/// A number from 0 to 1.
pub(super) fn share(node: &Node<'_>, findings: &mut Findings) -> Option<f64> {
    match node.value().as_f64() {
        Some(number) if (0.0..=1.0).contains(&number) => Some(number),
        _ => node.mismatch("a number from 0 to 1", findings),
    }
}

fn read_ranges(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<RangeInclusive<u64>>> {
    let parts = node.one_or_many();
    if parts.is_empty() {
        return node.mismatch("at least one number or range", findings);
    }
    parts.iter().map(|part| read_range(part, findings)).collect()
}

fn read_range(node: &Node<'_>, findings: &mut Findings) -> Option<RangeInclusive<u64>> {
    const EXPECTED: &str = "a count from 1 up, or a range such as `2..4` or `3..`";
    let number = |text: &str, absent: u64| match text.trim() {
        "" => Some(absent),
        text => text.parse::<u64>().ok().filter(|number| *number > 0),
    };
    let range = match node.value() {
        Value::Number(count) => count.as_u64().filter(|count| *count > 0).map(|count| count..=count),
        Value::String(text) => text.split_once("..").filter(|_| text.trim() != "..").and_then(|(first, last)| {
            let (first, last) = (number(first, 1)?, number(last, u64::MAX)?);
            (first <= last).then_some(first..=last)
        }),
        _ => None,
    };
    range.or_else(|| node.mismatch(EXPECTED, findings))
}
