//! `on` and `where` outside of a rule: which of the requests that were answered are meant.

use super::condition::{Condition, Facts};
use super::plan::Exchange;
use super::target::Target;
use super::{About, Fault, Known, Progress};
use crate::contract::Operation;
use crate::source::{Fields, Findings, Node};

/// Which requests are meant, in the words of a scenario's rule, whichever of several documents they are for.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// What `on` says, and what that is in each document; none where every request may be meant.
    on: Option<(String, Vec<Option<Target>>)>,
    /// Each with its text.
    conditions: Vec<(String, Condition)>,
}

impl Selection {
    /// Reads `on` and `where`, of which neither has to be there. What one of the documents knows is no error for the others.
    pub fn read(fields: &mut Fields<'_>, documents: &[&[Operation]], findings: &mut Findings) -> Selection {
        let on = fields.take("on");
        let conditions = fields.take("where");
        let targets: Option<Vec<Option<Target>>> =
            on.as_ref().map(|node| each(documents, findings, |world, findings| Target::read(node, world, findings)));
        let conditions = conditions.map(|node| {
            let mut index = 0..;
            let read = each(documents, findings, |world, findings| {
                let everything = Target::everything(world);
                let target = targets.as_ref().zip(index.next()).map(|(targets, index)| targets[index].as_ref());
                let target = target.unwrap_or(Some(&everything));
                read_conditions(&node, About { world, target }, findings)
            });
            read.into_iter().flatten().next().unwrap_or_default()
        });
        let on = on.zip(targets).map(|(node, targets)| (text(&node), targets));
        Selection { on, conditions: conditions.unwrap_or_default() }
    }

    /// Why a request for the document of this number is not meant; nothing where it is.
    pub fn misses(&self, document: usize, exchange: &Exchange<'_>) -> Vec<String> {
        let progress = Progress::new(&[], jiff::Timestamp::UNIX_EPOCH);
        let facts = Facts::new(exchange, &progress);
        let covers = |targets: &[Option<Target>]| {
            targets.get(document).and_then(Option::as_ref).is_some_and(|target| target.covers(exchange))
        };
        let on = self.on.iter().filter(|(_, targets)| !covers(targets)).map(|(text, _)| format!("it is not {text}"));
        let conditions = self.conditions.iter().filter(|(_, condition)| !condition.holds(&facts));
        on.chain(
            conditions.map(|(text, condition)| format!("{text} was expected, and it is {}", condition.found(&facts))),
        )
        .collect()
    }
}

/// What is read for each of several documents. What is wrong counts where it is wrong for all of them.
fn each<T>(
    documents: &[&[Operation]],
    findings: &mut Findings,
    mut read: impl FnMut(&Known<'_>, &mut Findings) -> Option<T>,
) -> Vec<Option<T>> {
    let mut all = Vec::new();
    let mut wrong = None;
    for operations in documents {
        let world = &known(operations);
        let mut own = Findings::default();
        let one = read(world, &mut own);
        all.push(one.filter(|_| own.is_empty()));
        wrong.get_or_insert(own);
    }
    if all.iter().all(Option::is_none) {
        findings.extend(wrong.into_iter().flat_map(Findings::into_vec));
    }
    all
}

/// What `on` and `where` ask of a document. Nothing goes wrong here, so of faults nothing has to be known.
fn known<'a>(operations: &'a [Operation]) -> Known<'a> {
    let (documents, breaks) = (&|_: &Operation, _| true, &|_: &Operation, _: &Fault| None);
    Known { operations, kinds: &[], problems: &[], resources: &[], documents, breaks }
}

fn read_conditions(node: &Node<'_>, about: About<'_>, findings: &mut Findings) -> Option<Vec<(String, Condition)>> {
    let conditions = Condition::read_all(node, about, findings)?;
    let entries = node.entries(findings)?;
    for ((_, node), _) in entries.iter().zip(&conditions).filter(|(_, condition)| condition.counts_attempts()) {
        let what = "attempts are counted while requests come in; afterwards nobody knows them";
        findings.push(node.error("condition", what));
    }
    let texts = entries.iter().map(|(key, node)| format!("{key}: {}", text(node)));
    Some(texts.zip(conditions).collect())
}

fn text(node: &Node<'_>) -> String {
    node.value().as_str().map_or_else(|| node.value().to_string(), str::to_owned)
}
