//! Expectations over the exchanges of a session, and how near they came to be met.

use serde_json::{Value, json};

use super::filter::{Filter, Seen};
use crate::contract::Operation;
use crate::source::{Fields, Finding, Findings, Node, Source};

/// How many exchanges are shown for an expectation that was not met.
const NEAREST: usize = 3;
/// How many numbers of exchanges are listed.
const LISTED: usize = 100;

/// What is expected of the exchanges of a session.
#[derive(Debug)]
pub struct Verification {
    counts: Vec<(Filter, Count)>,
    /// Exchanges that must come one after another, whatever comes between.
    order: Vec<Filter>,
}

/// How many there must be.
#[derive(Debug, Clone, Copy)]
struct Count {
    least: usize,
    most: Option<usize>,
}

impl Verification {
    /// Reads expectations: `expect`, one or a list of filters, each with `at_least`, `at_most` or `exactly`, and `in_order`,
    /// a list of filters.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn read(source: &Source, documents: &[&[Operation]]) -> Result<Verification, Vec<Finding>> {
        let mut findings = Findings::default();
        let mut verification = Verification { counts: Vec::new(), order: Vec::new() };
        let root = Node::root(source);
        if let Some(mut fields) = root.fields(&mut findings) {
            let expected = fields.take("expect");
            for node in expected.iter().flat_map(Node::one_or_many) {
                let Some(mut fields) = node.fields(&mut findings) else { continue };
                let filter = Filter::read(&mut fields, documents, &mut findings);
                let count = Count::read(&mut fields, &mut findings);
                fields.finish(&mut findings);
                verification.counts.push((filter, count));
            }
            for node in fields.list("in_order", &mut findings) {
                let Some(mut fields) = node.fields(&mut findings) else { continue };
                verification.order.push(Filter::read(&mut fields, documents, &mut findings));
                fields.finish(&mut findings);
            }
            if !fields.has("expect") && !fields.has("in_order") {
                findings.push(root.error("missing-key", "neither `expect` nor `in_order` stands here"));
            }
            fields.finish(&mut findings);
        }
        if findings.is_empty() { Ok(verification) } else { Err(findings.into_vec()) }
    }

    /// Whether they are met; for each expectation what was found, and where too little was, what came nearest.
    pub fn judge(&self, seen: &[Seen<'_>]) -> Value {
        let counted: Vec<Value> = self.counts.iter().map(|(filter, count)| count.judge(filter, seen)).collect();
        let ordered = (!self.order.is_empty()).then(|| in_order(&self.order, seen));
        let holds = counted.iter().chain(&ordered).all(|result| result["holds"] == true);
        let mut answer = json!({ "holds": holds, "expectations": counted });
        if let Some(ordered) = ordered {
            answer["in_order"] = ordered;
        }
        answer
    }
}

impl Count {
    fn read(fields: &mut Fields<'_>, findings: &mut Findings) -> Count {
        let number = |node: &Node<'_>, findings: &mut Findings| {
            node.unsigned(findings).map(|number| usize::try_from(number).unwrap_or(usize::MAX))
        };
        let least = fields.optional("at_least", findings, number);
        let most = fields.optional("at_most", findings, number);
        let exactly = fields.optional("exactly", findings, number);
        match (least, most, exactly) {
            (None, None, Some(exactly)) => Count { least: exactly, most: Some(exactly) },
            (None, None, None) => Count { least: 1, most: None },
            (least, most, None) => Count { least: least.unwrap_or_default(), most },
            (_, _, Some(exactly)) => {
                findings.push(fields.node().error("count", "`exactly` stands beside `at_least` or `at_most`"));
                Count { least: exactly, most: Some(exactly) }
            }
        }
    }

    fn judge(self, filter: &Filter, seen: &[Seen<'_>]) -> Value {
        let meant: Vec<u64> = seen.iter().filter(|seen| filter.holds(seen)).map(|seen| seen.exchange.number).collect();
        let found = meant.len();
        let holds = found >= self.least && self.most.is_none_or(|most| found <= most);
        let mut result = json!({
            "holds": holds, "expected": self.words(), "found": found,
            "exchanges": meant.iter().take(LISTED).collect::<Vec<_>>(),
        });
        if found < self.least {
            result["near"] = near(filter, seen.iter());
        }
        result
    }

    fn words(self) -> String {
        match (self.least, self.most) {
            (least, Some(most)) if least == most => format!("exactly {most}"),
            (0, Some(most)) => format!("at most {most}"),
            (least, Some(most)) => format!("at least {least} and at most {most}"),
            (least, None) => format!("at least {least}"),
        }
    }
}

/// The first exchange for each of the filters that comes after that of the filter before.
fn in_order(order: &[Filter], seen: &[Seen<'_>]) -> Value {
    let mut rest = seen.iter();
    let mut found = Vec::new();
    for filter in order {
        let before = rest.clone();
        match rest.find(|seen| filter.holds(seen)) {
            Some(seen) => found.push(seen.exchange.number),
            None => {
                let near = near(filter, before);
                return json!({ "holds": false, "exchanges": found, "missing": found.len() + 1, "near": near });
            }
        }
    }
    json!({ "holds": true, "exchanges": found })
}

/// The exchanges that miss the least of what is asked for.
fn near<'s, 'a: 's>(filter: &Filter, seen: impl Iterator<Item = &'s Seen<'a>>) -> Value {
    let misses = seen.map(|seen| (filter.misses(seen), seen)).filter(|(misses, _)| !misses.is_empty());
    let mut all: Vec<_> = misses.collect();
    all.sort_by_key(|(misses, _)| misses.len());
    let entry = |(misses, seen): &(Vec<String>, &Seen<'_>)| {
        let exchange = seen.exchange;
        let request = format!("{} {}", exchange.method, exchange.target());
        json!({ "exchange": exchange.number, "request": request, "status": exchange.status.as_u16(), "missed": misses })
    };
    all.iter().take(NEAREST).map(entry).collect()
}
