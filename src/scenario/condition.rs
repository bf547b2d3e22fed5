//! `where`: what a request must look like for a rule to concern it.

use std::cell::OnceCell;

use http::HeaderName;
use serde_json::Value;

use super::glob::Glob;
use super::plan::Exchange;
use super::{About, Progress};
use crate::contract::brief;
use crate::message::{Query, decode};
use crate::source::{Findings, Node, choices};

/// One line of a `where`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    part: Part,
    expected: Expected,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Header(HeaderName),
    Query(String),
    Path(String),
    /// A JSON pointer.
    Body(String),
    Caller,
    Session,
    Attempt,
}

#[derive(Debug, Clone, PartialEq)]
enum Expected {
    Text(String),
    Glob(Glob),
    Compare(Order, f64),
    Equals(Value),
    Exists(bool),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Order {
    AtLeast,
    AtMost,
    Above,
    Below,
}

/// A request while its rules are looked at: what is costly to find out is found out once, and only if a rule asks.
pub(super) struct Facts<'a, 'e> {
    pub(super) exchange: &'a Exchange<'e>,
    progress: &'a Progress,
    query: OnceCell<Query>,
    attempt: OnceCell<u64>,
}

impl<'a, 'e> Facts<'a, 'e> {
    pub(super) fn new(exchange: &'a Exchange<'e>, progress: &'a Progress) -> Facts<'a, 'e> {
        Facts { exchange, progress, query: OnceCell::new(), attempt: OnceCell::new() }
    }

    /// How often this session has sent this request, this time included.
    pub(super) fn attempt(&self) -> u64 {
        *self.attempt.get_or_init(|| self.progress.attempt(self.exchange.request))
    }

    fn query(&self) -> &Query {
        self.query.get_or_init(|| self.exchange.request.query())
    }
}

impl Condition {
    /// Reads all lines of a `where`.
    pub(super) fn read_all(node: &Node<'_>, about: About<'_>, findings: &mut Findings) -> Option<Vec<Condition>> {
        let entries = node.entries(findings)?;
        let read = entries.iter().map(|(key, node)| {
            let part = Part::read(key, node, findings);
            if let Some(Part::Path(name)) = &part {
                check_variable(name, node, about, findings);
            }
            let expected = Expected::read(node, findings);
            Some(Condition { part: part?, expected: expected? })
        });
        // Collected first, so that every line is read whatever the first ones were.
        read.collect::<Vec<_>>().into_iter().collect()
    }

    /// Whether it asks how often the request was sent.
    pub(super) fn counts_attempts(&self) -> bool {
        self.part == Part::Attempt
    }

    pub(super) fn holds(&self, facts: &Facts<'_, '_>) -> bool {
        let exchange = facts.exchange;
        match &self.part {
            Part::Header(name) => {
                let values = exchange.request.headers.get_all(name);
                self.expected.meets(values.iter().filter_map(|value| value.to_str().ok()))
            }
            Part::Query(name) => self.expected.meets(facts.query().all(name)),
            Part::Path(name) => {
                let values: Vec<String> =
                    exchange.variables.iter().filter(|(key, _)| key == name).map(|(_, value)| decode(value)).collect();
                self.expected.meets(values.iter().map(String::as_str))
            }
            Part::Body(pointer) => self.expected.meets_value((exchange.body)().and_then(|body| body.pointer(pointer))),
            Part::Caller => self.expected.meets(exchange.caller.into_iter()),
            Part::Session => self.expected.meets(std::iter::once(exchange.session)),
            Part::Attempt => self.expected.meets(std::iter::once(facts.attempt().to_string().as_str())),
        }
    }
}

impl Condition {
    /// What a request has where the condition looks, in a few words.
    pub(super) fn found(&self, facts: &Facts<'_, '_>) -> String {
        let exchange = facts.exchange;
        let found: Vec<String> = match &self.part {
            Part::Header(name) => {
                let values = exchange.request.headers.get_all(name).iter();
                values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
            }
            Part::Query(name) => facts.query().all(name).map(str::to_owned).collect(),
            Part::Path(name) => {
                exchange.variables.iter().filter(|(key, _)| key == name).map(|(_, value)| decode(value)).collect()
            }
            Part::Body(pointer) => {
                (exchange.body)().and_then(|body| body.pointer(pointer)).map(brief).into_iter().collect()
            }
            Part::Caller => exchange.caller.map(str::to_owned).into_iter().collect(),
            Part::Session => vec![exchange.session.to_owned()],
            Part::Attempt => vec![facts.attempt().to_string()],
        };
        if found.is_empty() { "not there".to_owned() } else { found.join(", ") }
    }
}

impl Part {
    fn read(key: &str, node: &Node<'_>, findings: &mut Findings) -> Option<Part> {
        const WORDS: [&str; 7] =
            ["header.NAME", "query.NAME", "path.NAME", "body./POINTER", "caller", "session", "attempt"];
        let part = match key.split_once('.') {
            Some(("header", name)) => name.parse().ok().map(Part::Header),
            Some(("query", name)) if !name.is_empty() => Some(Part::Query(name.to_owned())),
            Some(("path", name)) if !name.is_empty() => Some(Part::Path(name.to_owned())),
            Some(("body", pointer)) if pointer.is_empty() || pointer.starts_with('/') => {
                Some(Part::Body(pointer.to_owned()))
            }
            None if key == "caller" => Some(Part::Caller),
            None if key == "session" => Some(Part::Session),
            None if key == "attempt" => Some(Part::Attempt),
            _ => None,
        };
        if part.is_none() {
            let finding = node.error("unknown-key", format!("`{key}` is no part of a request"));
            findings.push(finding.help(choices(key, WORDS, "allowed")));
        }
        part
    }
}

fn check_variable(name: &str, node: &Node<'_>, about: About<'_>, findings: &mut Findings) {
    let mut known: Vec<&str> =
        about.operations().flat_map(|operation| &operation.variables).map(String::as_str).collect();
    // A rule that concerns no operation of this document is sound for another.
    if about.operations().next().is_none() || known.contains(&name) {
        return;
    }
    known.sort_unstable();
    known.dedup();
    let finding = node.error("unknown-variable", format!("no path that `on` names has a variable `{name}`"));
    findings.push(finding.help(choices(name, known, "their variables")));
}

impl Expected {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Expected> {
        match node.value() {
            Value::Null => Some(Expected::Equals(Value::Null)),
            Value::String(text) => read_text(text, node, findings),
            Value::Object(_) => {
                let mut fields = node.fields(findings)?;
                let exists = fields.optional("exists", findings, Node::flag).map(Expected::Exists);
                let equals = fields.take("equals").map(|node| Expected::Equals(node.value().clone()));
                let both = exists.is_some() && equals.is_some();
                if both || !(fields.has("exists") || fields.has("equals")) {
                    findings.push(node.error("condition", "a condition has either `exists` or `equals`"));
                }
                fields.finish(findings);
                exists.or(equals)
            }
            _ => node.scalar(findings).map(Expected::Text),
        }
    }

    /// Whether one of the values is what is expected.
    fn meets<'v>(&self, mut values: impl Iterator<Item = &'v str>) -> bool {
        match self {
            Expected::Exists(wanted) => values.next().is_some() == *wanted,
            _ => values.any(|value| self.meets_text(value)),
        }
    }

    fn meets_text(&self, text: &str) -> bool {
        match self {
            Expected::Text(wanted) => text == wanted,
            Expected::Glob(glob) => glob.matches(text),
            Expected::Compare(order, than) => text.trim().parse().is_ok_and(|number| order.holds(number, *than)),
            Expected::Equals(Value::String(wanted)) => text == wanted,
            Expected::Equals(wanted) => serde_json::from_str::<Value>(text).is_ok_and(|value| value == *wanted),
            Expected::Exists(wanted) => *wanted,
        }
    }

    fn meets_value(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Expected::Exists(wanted), value) => value.is_some() == *wanted,
            (Expected::Equals(wanted), Some(value)) => wanted == value,
            (_, Some(Value::String(text))) => self.meets_text(text),
            (_, Some(value @ (Value::Number(_) | Value::Bool(_)))) => self.meets_text(&value.to_string()),
            (_, _) => false,
        }
    }
}

fn read_text(text: &str, node: &Node<'_>, findings: &mut Findings) -> Option<Expected> {
    let orders = [(">=", Order::AtLeast), ("<=", Order::AtMost), (">", Order::Above), ("<", Order::Below)];
    for (sign, order) in orders {
        let Some(number) = text.strip_prefix(sign) else { continue };
        return match number.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Some(Expected::Compare(order, number)),
            _ => {
                let finding =
                    node.error("condition", format!("`{sign}` compares with a number, not with `{}`", number.trim()));
                findings.push(finding.help(format!("for the text itself write {{ equals: \"{text}\" }}")));
                None
            }
        };
    }
    Some(Glob::parse(text).map_or_else(|| Expected::Text(text.to_owned()), Expected::Glob))
}

impl Order {
    fn holds(self, number: f64, than: f64) -> bool {
        match self {
            Order::AtLeast => number >= than,
            Order::AtMost => number <= than,
            Order::Above => number > than,
            Order::Below => number < than,
        }
    }
}
