//! One verb for many items: where they are, what is done with each, and what is answered.

use super::{Input, strings};
use crate::source::{Fields, Findings, Node};

/// A verb for many items.
#[derive(Debug)]
pub struct Each {
    /// Where the items are; the first form whose inputs are all given is taken.
    pub over: Vec<Over>,
    /// How many there may be.
    pub at_most: usize,
    /// What is done with each: `create`, `update` or `delete`.
    pub run: Run,
    /// A field that gets each item's place in the list.
    pub number: Option<String>,
    /// Which of the resource's `jobs` tells of it: the one with the name of what is done, unless another is named.
    pub job: String,
    /// What is answered.
    pub answer: EachAnswer,
}

/// What is done with each item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// It is added.
    Create,
    /// It is changed.
    Update,
    /// It is removed.
    Delete,
}

impl Run {
    /// The word for it in packs.
    pub fn word(self) -> &'static str {
        match self {
            Run::Create => "create",
            Run::Update => "update",
            Run::Delete => "delete",
        }
    }
}

/// What a verb over many items answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EachAnswer {
    /// A job that tells later how each item fared. An item that is refused does not stop the others.
    Job,
    /// The list of what the items became. One that is refused refuses the whole call.
    List,
    /// Nothing. One that is refused refuses the whole call.
    Nothing,
}

/// A form in which the items of a bulk call may come.
#[derive(Debug)]
pub enum Over {
    /// A list of values of a field; with the changes, the same for all, elsewhere.
    Values {
        /// The values, as a list or as words between commas.
        values: Input,
        /// The field that has them.
        by: String,
        /// The changes.
        draft: Option<Input>,
    },
    /// A list of records in the body; each names itself by one of these fields.
    Items {
        /// The list.
        items: Input,
        /// The fields by which an item is found, in this order.
        by: Vec<String>,
    },
}

pub(super) fn each(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Each> {
    const RUNS: [(&str, Run); 3] = [("create", Run::Create), ("update", Run::Update), ("delete", Run::Delete)];
    const ANSWERS: [(&str, EachAnswer); 3] =
        [("job", EachAnswer::Job), ("list", EachAnswer::List), ("nothing", EachAnswer::Nothing)];
    let over = fields.list("over", findings).iter().filter_map(|node| over(node, findings)).collect();
    let run = fields.required("run", findings, |node, findings| node.word(&RUNS, findings));
    let answer = fields.required("as", findings, |node, findings| node.word(&ANSWERS, findings));
    let at_most = fields.optional("at_most", findings, Node::unsigned).unwrap_or(u64::MAX);
    let number = fields.optional("number", findings, Node::string);
    let job = fields.optional("job", findings, Node::string).or_else(|| Some(run?.word().to_owned()));
    let at_most = usize::try_from(at_most).unwrap_or(usize::MAX);
    Some(Each { over, at_most, run: run?, number, job: job?, answer: answer? })
}

fn over(node: &Node<'_>, findings: &mut Findings) -> Option<Over> {
    let mut fields = node.fields(findings)?;
    let values = fields.optional("values", findings, Node::parsed::<Input>);
    let items = fields.optional("items", findings, Node::parsed::<Input>);
    let (has_values, has_items) = (fields.has("values"), fields.has("items"));
    let by = match has_values {
        true => fields.required("by", findings, strings),
        false => fields.optional("by", findings, strings),
    };
    let draft = fields.optional("draft", findings, Node::parsed::<Input>);
    fields.finish(findings);
    match (has_values, has_items) {
        (true, false) => match by?.into_iter().next() {
            Some(by) => Some(Over::Values { values: values?, by, draft }),
            None => node.mismatch("a form with the field `by` which its values are found", findings),
        },
        (false, true) => Some(Over::Items { items: items?, by: by.unwrap_or_default() }),
        _ => node.mismatch("a form with either `values` or `items`", findings),
    }
}
