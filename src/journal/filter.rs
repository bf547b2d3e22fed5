//! Which exchanges are meant: what a scenario's rule can say of a request, and what became of it.

use std::cell::OnceCell;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use serde_json::Value;

use super::client::ClientFault;
use super::exchange::Exchange;
use crate::contract::Operation;
use crate::message::Request;
use crate::refusal::Kind;
use crate::scenario::{self, Glob, Selection};
use crate::source::{Fields, Findings, Node, choices};

/// An exchange with all that one can ask of it.
#[derive(Debug)]
pub struct Seen<'a> {
    /// The exchange.
    pub exchange: &'a Exchange,
    /// The request in it.
    pub request: &'a Request,
    /// The number of the provider that it was for.
    pub provider: usize,
    /// The operation, as the documents are now.
    pub operation: Option<&'a Operation>,
    /// The path's variables, still percent-encoded.
    pub variables: Vec<(&'a str, &'a str)>,
    /// What its client did wrong.
    pub faults: &'a [ClientFault],
}

/// Which exchanges are meant; all of its parts must agree.
#[derive(Debug, Default)]
pub struct Filter {
    selection: Selection,
    method: Option<String>,
    path: Option<String>,
    status: Option<Vec<RangeInclusive<u16>>>,
    refused: Option<Words>,
    client_fault: Option<Words>,
    rule: Option<String>,
    violations: Option<bool>,
    breaches: Option<bool>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// Whether there is something, or what it is.
#[derive(Debug)]
enum Words {
    Any(bool),
    OneOf(Vec<String>),
}

impl Filter {
    /// Reads its keys, all of which may be left out.
    pub fn read(fields: &mut Fields<'_>, documents: &[&[Operation]], findings: &mut Findings) -> Filter {
        let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        Filter {
            selection: Selection::read(fields, documents, findings),
            method: fields.optional("method", findings, Node::string),
            path: fields.optional("path", findings, Node::string),
            status: fields.optional("status", findings, statuses),
            refused: fields.optional("refused", findings, |node, findings| Words::read(node, &kinds, findings)),
            client_fault: fields
                .optional("client_fault", findings, |node, findings| Words::read(node, &ClientFault::WORDS, findings)),
            rule: fields.optional("rule", findings, Node::string),
            violations: fields.optional("violations", findings, Node::flag),
            breaches: fields.optional("breaches", findings, Node::flag),
            since: fields.optional("since", findings, time),
            until: fields.optional("until", findings, time),
        }
    }

    /// Whether an exchange is meant.
    pub fn holds(&self, seen: &Seen<'_>) -> bool {
        self.misses(seen).is_empty()
    }

    /// Why an exchange is not meant; nothing where it is.
    pub fn misses(&self, seen: &Seen<'_>) -> Vec<String> {
        let exchange = seen.exchange;
        let parsed: OnceCell<Option<Value>> = OnceCell::new();
        let body = || parsed.get_or_init(|| exchange.extra().sent.json()).as_ref();
        let mut misses = self.selection.misses(
            seen.provider,
            &scenario::Exchange {
                operation: seen.operation,
                request: seen.request,
                variables: &seen.variables,
                body: &body,
                caller: exchange.caller(),
                session: exchange.session(),
            },
        );
        let mut expect = |holds: bool, what: &dyn Fn() -> String| {
            if !holds {
                misses.push(what())
            }
        };
        let (method, path) = (&exchange.method, seen.request.path());
        let fits = |pattern: &String| Glob::parse(pattern).map_or(pattern == path, |glob| glob.matches(path));
        let called = |name: &String| name.eq_ignore_ascii_case(method.as_str());
        expect(self.method.as_ref().is_none_or(called), &|| format!("its method is {method}"));
        expect(self.path.as_ref().is_none_or(fits), &|| format!("its path is {path}"));
        let status = exchange.status.as_u16();
        expect(self.status.as_ref().is_none_or(|ranges| ranges.iter().any(|range| range.contains(&status))), &|| {
            format!("its status is {status}")
        });
        let refused: Vec<&str> = exchange.refusal.map(Kind::word).into_iter().collect();
        expect(self.refused.as_ref().is_none_or(|words| words.meet(&refused)), &|| said("refused", &refused));
        let faults: Vec<&str> = seen.faults.iter().map(ClientFault::word).collect();
        expect(self.client_fault.as_ref().is_none_or(|words| words.meet(&faults)), &|| said("client fault", &faults));
        let follows = |rule: &String| exchange.extra().rules.iter().any(|text| names(text, rule));
        expect(self.rule.as_ref().is_none_or(follows), &|| "another rule fired, or none".to_owned());
        let noted = exchange.extra().violations.len();
        expect(self.violations.is_none_or(|any| any == (noted > 0)), &|| format!("it has {noted} violations"));
        let broken = exchange.extra().breaches.len();
        expect(self.breaches.is_none_or(|any| any == (broken > 0)), &|| format!("it has {broken} breaches"));
        let time = exchange.time;
        let in_time = self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until);
        expect(in_time, &|| format!("it was at {time}"));
        misses
    }
}

fn said(what: &str, words: &[&str]) -> String {
    if words.is_empty() { format!("no {what}") } else { format!("{what}: {}", words.join(", ")) }
}

/// Whether the note of a rule that fired is about the rule of this name, or of a scenario of this name.
fn names(note: &str, name: &str) -> bool {
    let named = note.split(": match").next().unwrap_or_default();
    named == name || named.split_once(" / ").is_some_and(|(scenario, rule)| scenario == name || rule == name)
}

impl Words {
    fn read(node: &Node<'_>, known: &[&str], findings: &mut Findings) -> Option<Words> {
        if let Value::Bool(any) = node.value() {
            return Some(Words::Any(*any));
        }
        let mut words = Vec::new();
        for node in node.one_or_many() {
            let word = node.string(findings)?;
            if !known.contains(&word.as_str()) {
                let finding = node.error("unknown-word", format!("`{word}` is none of the words for this"));
                findings.push(finding.help(choices(&word, known.iter().copied(), "allowed")));
            }
            words.push(word);
        }
        Some(Words::OneOf(words))
    }

    fn meet(&self, found: &[&str]) -> bool {
        match self {
            Words::Any(any) => *any != found.is_empty(),
            Words::OneOf(words) => words.iter().any(|word| found.contains(&word.as_str())),
        }
    }
}

/// A time.
fn time(node: &Node<'_>, findings: &mut Findings) -> Option<Timestamp> {
    let text = node.text(findings)?;
    text.parse().ok().or_else(|| node.mismatch("a time such as 2026-01-01T00:00:00Z", findings))
}

/// `429`, `4xx`, `500..503`, or a list of these.
fn statuses(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<RangeInclusive<u16>>> {
    node.one_or_many().iter().map(|part| status(part, findings)).collect()
}

fn status(node: &Node<'_>, findings: &mut Findings) -> Option<RangeInclusive<u16>> {
    let text = node.scalar(findings)?;
    let number = |text: &str| text.trim().parse::<u16>().ok();
    let range = match (text.split_once(".."), text.to_lowercase().strip_suffix("xx").and_then(number)) {
        (Some((first, last)), _) => {
            number(first).zip(number(last)).filter(|(first, last)| first <= last).map(|(first, last)| first..=last)
        }
        (None, Some(hundreds @ 1..=5)) => Some(hundreds * 100..=hundreds * 100 + 99),
        (None, _) => number(&text).map(|status| status..=status),
    };
    range.or_else(|| node.mismatch("a status such as 429, 4xx or 500..503", findings))
}
