//! Scenario files: which requests meet which fault, and when. Everything here is plain synchronous code over values: a plan
//! says what shall go wrong, others make it so. Words such as the kinds of refusal come from the caller; no provider, no
//! store and no socket is known.

mod change;
mod condition;
mod delay;
mod fault;
mod glob;
mod limit;
mod plan;
mod progress;
mod rule;
mod selection;
mod step;
mod target;
#[cfg(test)]
mod tests;
mod trigger;
mod wire;

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use http::StatusCode;

use crate::contract::Operation;
use crate::source::{Finding, Findings, Node, SCHEMA, Source};

pub use change::{Change, Deed, Which};
pub use fault::{Body, Edit, Fault, Kind, Problem, Refuse, RetryAfter, Status};
pub use glob::Glob;
pub use limit::{Limit, Limiter, Quota, Window};
pub use plan::{Exchange, Note, Outcome, Plan, Strike, plan};
pub use progress::{Count, Progress};
pub use selection::Selection;
pub use step::Stage;

use rule::{Rule, Totals};
use target::Target;

/// What a scenario may speak of.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The contract's operations, each at its own index.
    pub operations: &'a [Operation],
    /// The kinds of refusal; a [`Kind`] carries its index in this list.
    pub kinds: &'a [&'a str],
    /// The kinds of problem that an `invalid` refusal may list; a [`Problem`] carries the index in this list.
    pub problems: &'a [&'a str],
    /// The collections whose records a rule may change; a [`Change`] carries the index in this list.
    pub resources: &'a [&'a str],
    /// Whether a status is documented for an operation, be it by itself, by a range or by `default`.
    pub documents: &'a dyn Fn(&Operation, StatusCode) -> bool,
    /// How a fault breaks the document of an operation without meaning to, as far as that is known before there is a request.
    pub breaks: &'a dyn Fn(&Operation, &Fault) -> Option<String>,
}

/// What the parts of one rule are checked against.
#[derive(Clone, Copy)]
struct About<'a> {
    world: &'a Known<'a>,
    /// None where `on` itself is wrong.
    target: Option<&'a Target>,
}

impl<'a> About<'a> {
    /// The operations that the rule is about.
    fn operations(self) -> impl Iterator<Item = &'a Operation> {
        self.target.into_iter().flat_map(move |target| target.operations(self.world))
    }
}

/// A checked scenario: nothing in it has to be parsed again.
///
/// ```
/// use counterpart::scenario::{Known, Scenario};
/// use counterpart::source::Source;
/// let (documents, breaks) = (&|_: &_, _| true, &|_: &_, _: &_| None);
/// let world = Known { operations: &[], kinds: &["rate_limited"], problems: &[], resources: &[], documents, breaks };
/// let text = "name: burst\nrules:\n - { on: POST *, nth: 2..4, do: { refuse: rate_limited, retry_after: 2s } }\n";
/// let scenario = Scenario::read(&Source::parse("burst.yaml", text).unwrap(), &world).unwrap();
/// assert_eq!(scenario.name(), "burst");
///
/// let text = "name: burst\nrules:\n - { on: POST *, nht: 2..4, do: { refuse: rate_limited } }\n";
/// let findings = Scenario::read(&Source::parse("burst.yaml", text).unwrap(), &world).unwrap_err();
/// assert!(findings[0].to_string().starts_with("burst.yaml:3: there is no key `nht` here\n    did you mean `nth`?"));
/// ```
#[derive(Debug)]
pub struct Scenario {
    name: Arc<str>,
    about: Option<String>,
    seed: Option<u64>,
    rules: Vec<Arc<Rule>>,
    limits: Vec<Arc<Limit>>,
    /// For each operation the rules that may concern it, so that all others cost nothing.
    by_operation: Vec<Vec<usize>>,
    /// The rules that may concern a request which leads to no operation.
    elsewhere: Vec<usize>,
    source: Source,
}

impl Scenario {
    /// Reads a scenario file and checks it against what is known.
    ///
    /// # Errors
    /// Everything that is wrong with the file, each with its line and the way out.
    pub fn read(source: &Source, world: &Known<'_>) -> Result<Scenario, Vec<Finding>> {
        let mut findings = Findings::default();
        findings.extend(source.doubled());
        let scenario = Self::read_node(source, world, &mut findings);
        match scenario {
            Some(scenario) if findings.is_empty() => Ok(scenario),
            _ => Err(findings.into_vec()),
        }
    }

    /// The name by which it is chosen.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it proves about a client, in a sentence.
    pub fn about(&self) -> Option<&str> {
        self.about.as_deref()
    }

    /// The file it was read from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Takes over the totals of an earlier reading, for rules that are as they were.
    pub fn inherit(&self, before: &Scenario) {
        for rule in &self.rules {
            before.rules.iter().filter(|known| rule.is_as(known)).for_each(|known| rule.inherit(known));
        }
    }

    /// Its rate limits.
    pub fn limits(&self) -> &[Arc<Limit>] {
        &self.limits
    }

    /// The names of its rules, in order.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| &*rule.name)
    }

    /// What became of each rule so far, over all sessions.
    pub fn totals(&self) -> Vec<Total<'_>> {
        let read = |rule: &Rule| {
            let Totals { matched, fired, sent } = &rule.totals;
            [matched, fired, sent].map(|count| count.load(Relaxed))
        };
        let totals = self.rules.iter().map(|rule| (rule, read(rule)));
        totals.map(|(rule, [matched, fired, sent])| Total { rule: &rule.name, matched, fired, sent }).collect()
    }

    fn read_node(source: &Source, world: &Known<'_>, findings: &mut Findings) -> Option<Scenario> {
        let node = &Node::root(source);
        let mut fields = node.fields(findings)?;
        let name = fields.required("name", findings, |node, findings| match node.string(findings)? {
            name if name.is_empty() => node.mismatch("a name", findings),
            name => Some(name),
        });
        let about = fields.optional("about", findings, Node::string);
        let seed = fields.optional("seed", findings, Node::unsigned);
        let scope = name.as_deref().unwrap_or_default();
        let mut rules: Vec<Arc<Rule>> = Vec::new();
        for (index, node) in fields.list("rules", findings).iter().enumerate() {
            let Some(rule) = Rule::read(node, scope, index, world, findings) else { continue };
            if rules.iter().any(|other| other.name == rule.name) {
                // Draws and progress go by the rule's name.
                findings.push(node.error("duplicate-name", format!("another rule is called `{}` as well", rule.name)));
            }
            rules.push(Arc::new(rule));
        }
        let mut limits: Vec<Arc<Limit>> = Vec::new();
        for node in fields.list("limits", findings) {
            let Some(limit) = Limit::read(&node, world, findings) else { continue };
            if limits.iter().any(|other| other.name == limit.name) {
                // What is left of it stands in header fields of this name.
                findings
                    .push(node.error("duplicate-name", format!("another limit is called `{}` as well", limit.name)));
            }
            limits.push(Arc::new(limit));
        }
        if !fields.has("rules") && !fields.has("limits") {
            findings.push(node.error("missing-key", "neither `rules` nor `limits` stands here"));
        }
        fields.optional(SCHEMA, findings, Node::string);
        fields.finish(findings);
        let by_operation = (0..world.operations.len())
            .map(|operation| indices(&rules, |rule| rule.target.covers_operation(operation)))
            .collect();
        let elsewhere = indices(&rules, |rule| rule.target.leaves_the_document());
        let (name, source) = (name?.into(), source.clone());
        Some(Scenario { name, about, seed, rules, limits, by_operation, elsewhere, source })
    }

    /// The rules that may concern a request to this operation, or to none.
    fn candidates(&self, operation: Option<&Operation>) -> &[usize] {
        match operation {
            Some(operation) => self.by_operation.get(operation.index).map_or(&[], Vec::as_slice),
            None => &self.elsewhere,
        }
    }
}

/// What became of a rule over all sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total<'a> {
    /// The rule's name.
    pub rule: &'a str,
    /// How many requests matched it.
    pub matched: u64,
    /// How often it fired.
    pub fired: u64,
    /// How often what it does was really done: it was not shadowed by another rule, and the request came as far as that.
    pub sent: u64,
}

fn indices(rules: &[Arc<Rule>], wanted: impl Fn(&Rule) -> bool) -> Vec<usize> {
    rules.iter().enumerate().filter(|(_, rule)| wanted(rule)).map(|(index, _)| index).collect()
}
