//! What one operation does: a verb over a collection, and where in the call it finds what it needs.

use std::collections::HashMap;

use http::{HeaderName, StatusCode};
use serde_json::Value;

use super::auth::{Allow, kind};
use super::conventions::Refuse;
use super::each::{Each, each};
use super::form::{Form, forms};
use super::import::{Import, import};
use super::pages::{WayIndex, Ways, orders, ways};
use super::phrases::{ErrorTemplate, errors, headers, status};
use super::resource::by_field;
use super::search::{Search, search};
use super::template::{Shape, Template};
use super::{Input, Known, Pack, strings};
use crate::contract::Operation;
use crate::refusal::Kind;
use crate::source::{Fields, Findings, Node};
use crate::store::{Order, TableIndex};

/// An operation's behaviour.
#[derive(Debug)]
pub struct Binding {
    /// The collection it works on.
    pub table: TableIndex,
    /// What it does.
    pub act: Act,
    /// What the provider calls it in messages: `organizations/update`.
    pub action: String,
    /// Records that must exist: their table, and where their id is.
    pub parents: Vec<(TableIndex, Input)>,
    /// How the one record is chosen: fields and where their values are. All must agree.
    pub pick: Vec<(String, Input)>,
    /// Conditions that always hold.
    pub within: Vec<Within>,
    /// Conditions that hold when their input is given.
    pub filter: Vec<Filter>,
    /// Inputs that must be given.
    pub needs: Vec<Input>,
    /// Of these inputs, exactly one must be given.
    pub exactly_one: Vec<Input>,
    /// How many values a list of ids may have.
    pub at_most: Option<usize>,
    /// Where the body's record is.
    pub draft: Input,
    /// Fields that are set whatever the body says.
    pub set: Vec<(String, Input)>,
    /// Constants that are set whatever the body says.
    pub constants: Vec<(String, Value)>,
    /// The ways in which its list is paged.
    pub pages: Vec<WayIndex>,
    /// How many records a page by number holds, usually and at most, where not as the pack says.
    pub sizes: Option<(usize, usize)>,
    /// Its order, where it is not the one of the way of paging.
    pub order: Option<Vec<Order>>,
    /// The fields that a caller may order by.
    pub sortable: Vec<String>,
    /// What is answered after the effect, where it is not the outcome itself.
    pub then: Then,
    /// How lists in the draft meet those of the record.
    pub combine: Combine,
    /// The forms that its answer may take; see [`Form`].
    pub forms: Vec<Form>,
    /// What those are answered who may see nothing of the collection.
    pub unseen: Option<Shape>,
    /// The input that names the records to be sent along.
    pub include: Option<Input>,
    /// What those are answered who were not let in, and for which refusals.
    pub strangers: Option<(Vec<Kind>, Shape)>,
    /// What a new record does to two others.
    pub absorb: Option<Absorb>,
    /// What becomes of a call for a record that is not there.
    pub missing: Missing,
    /// Another body than the verb's usual one.
    pub answer: Option<Shape>,
    /// Another status than the operation's only 2xx.
    pub status: Option<StatusCode>,
    /// Header fields beside the usual ones.
    pub headers: Vec<(HeaderName, Template)>,
    /// Who may call it, and what each may write.
    pub allow: Allow,
    /// Departures from the document that this operation refuses in its own way.
    pub refuse: Vec<Refuse>,
    /// Refusals that it words in its own way.
    pub errors: HashMap<Kind, ErrorTemplate>,
}

/// What is answered after the effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The outcome.
    Outcome,
    /// The list that `within` describes.
    List,
    /// The record that was removed.
    Removed,
}

/// What becomes of a call for a record that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// It is refused.
    Refuse,
    /// The record is made.
    Create,
}

/// How lists in a draft meet those of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// They take their place.
    Replace,
    /// They are added to them.
    Add,
    /// They are taken out of them.
    Remove,
}

/// A record that makes one of two others.
#[derive(Debug)]
pub struct Absorb {
    /// The collection of the two.
    pub table: TableIndex,
    /// The new record's field that names the one that goes.
    pub loser: String,
    /// Its field that names the one that stays.
    pub winner: String,
    /// The lists that the one that stays inherits.
    pub lists: Vec<String>,
}

/// What an operation does.
#[derive(Debug)]
pub enum Act {
    /// Shows many records.
    List,
    /// Shows one.
    Show,
    /// Adds one.
    Create,
    /// Changes the named fields of one.
    Update,
    /// Changes all fields of one: what is not named goes.
    Replace,
    /// Removes one.
    Delete,
    /// Changes the one that matches, or adds one: fields of the draft by which it is found, in this order.
    Upsert(Vec<String>),
    /// Counts.
    Count,
    /// Does one of the others for many items.
    Each(Each),
    /// Adds and changes records from the lines of a table.
    Import(Box<Import>),
    /// Finds records of several collections.
    Search(Box<Search>),
    /// Answers with the document's example.
    Example,
}

/// A condition that always holds.
#[derive(Debug)]
pub struct Within {
    /// The field of the record.
    pub field: String,
    /// What it must be.
    pub matches: Match,
}

/// What a field must be.
#[derive(Debug)]
pub enum Match {
    /// The value of an input.
    Input(Input),
    /// This value.
    Constant(Value),
    /// A value that stands in a field of another table, in records where another field equals an input.
    Through {
        /// The other table.
        table: TableIndex,
        /// Its field with the values.
        take: String,
        /// Its field that must equal the input.
        by: String,
        /// The input.
        input: Input,
    },
}

/// A condition that holds when its input is given.
#[derive(Debug)]
pub struct Filter {
    /// The field of the record.
    pub field: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// The input.
    pub input: Input,
    /// Whether `A` and `a` are the same.
    pub fold_case: bool,
    /// Characters of the input that mean nothing.
    pub drops: String,
    /// Where else to look when no more than so many were found.
    pub widen: Option<(usize, String)>,
}

/// How a field is compared with an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// It equals the input.
    Equals,
    /// It is one of the values in the input: a list, or words between commas.
    In,
    /// It starts with the input.
    Prefix,
    /// The input stands somewhere in it.
    Contains,
    /// It comes after the input or equals it.
    AtLeast,
}

impl Binding {
    pub(super) fn read(
        node: &Node<'_>,
        table: TableIndex,
        operation: &Operation,
        pack: &Pack,
        known: &Known<'_>,
        findings: &mut Findings,
    ) -> Option<Binding> {
        let mut fields = node.fields(findings)?;
        let resource = &pack.resources[table];
        let act = act(&mut fields, known, findings);
        let is_sound = act.is_some();
        let ways = fields.optional("pages", findings, |node, findings| ways(node, &pack.pages, findings));
        let Ways { ways: pages, sizes } = ways.unwrap_or_default();
        let constants = fields.take("constants").and_then(|node| node.entries(findings)).unwrap_or_default();
        let binding = Binding {
            table,
            act: act.unwrap_or(Act::Example),
            action: fields.optional("action", findings, Node::string).unwrap_or_else(|| operation.id.clone()),
            parents: parents(&mut fields, known, findings),
            pick: fields.take("pick").map_or_else(|| usual_pick(operation), |node| by_input(Some(node), findings)),
            within: within(&mut fields, known, findings),
            filter: filters(&mut fields, findings),
            needs: fields.optional("needs", findings, inputs).unwrap_or_default(),
            exactly_one: fields.optional("exactly_one", findings, inputs).unwrap_or_default(),
            at_most: fields.optional("at_most", findings, Node::unsigned).map(|most| most as usize),
            draft: fields
                .optional("draft", findings, Node::parsed::<Input>)
                .unwrap_or_else(|| Input::Body(resource.one.iter().cloned().collect())),
            set: by_input(fields.take("set"), findings),
            constants: constants.into_iter().map(|(name, node)| (name.to_owned(), node.value().clone())).collect(),
            pages,
            sizes,
            order: fields.optional("order", findings, orders),
            sortable: fields.optional("sortable", findings, strings).unwrap_or_default(),
            then: then(&mut fields, findings),
            combine: combine(&mut fields, findings),
            forms: fields
                .optional("forms", findings, |node, findings| forms(node, resource, findings))
                .unwrap_or_default(),
            unseen: fields.take("unseen").map(|node| Shape::of(node.value())),
            include: fields.optional("include", findings, Node::parsed::<Input>),
            strangers: fields.optional("strangers", findings, strangers),
            absorb: fields.optional("absorb", findings, |node, findings| absorb(node, known, findings)),
            missing: missing(&mut fields, findings),
            answer: fields.take("answer").map(|node| Shape::of(node.value())),
            status: fields.optional("status", findings, status),
            headers: fields.optional("headers", findings, headers).unwrap_or_default(),
            allow: fields
                .take("allow")
                .and_then(|node| Allow::read(&node, known, findings))
                .or_else(|| resource.allow.clone())
                .unwrap_or_default(),
            refuse: fields.list("refuse", findings).iter().filter_map(|node| Refuse::read(node, findings)).collect(),
            errors: fields.optional("errors", findings, errors).unwrap_or_default(),
        };
        fields.finish(findings);
        is_sound.then_some(binding)
    }
}

impl Binding {
    /// Whether it says more of a page than its way of paging does.
    pub fn tells_more(&self) -> bool {
        self.answer.is_some() || !self.headers.is_empty()
    }

    /// Whether its reply stays the same as long as the records do: no time stands in it.
    pub fn is_lasting(&self) -> bool {
        const FLEETING: [&str; 4] = ["now", "unix_now", "request_id", "reset"];
        let answers = self.forms.iter().filter_map(|form| form.answer.as_ref()).chain(&self.answer);
        !answers.into_iter().any(|answer| answer.mentions(&FLEETING))
    }
}

fn act(fields: &mut Fields<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Act> {
    const VERBS: [(&str, u8); 12] = [
        ("list", 0),
        ("show", 1),
        ("create", 2),
        ("update", 3),
        ("delete", 4),
        ("upsert", 5),
        ("count", 6),
        ("each", 7),
        ("import", 8),
        ("example", 9),
        ("replace", 10),
        ("search", 11),
    ];
    let Some(verb) = fields.required("do", findings, |node, findings| node.word(&VERBS, findings)) else {
        // Of the keys that only some verbs have, none is wrong as long as the verb is.
        let passed = &mut Findings::default();
        let _ = (each(fields, passed), import(fields, passed), search(fields, known, passed));
        return None;
    };
    Some(match verb {
        0 => Act::List,
        1 => Act::Show,
        2 => Act::Create,
        3 => Act::Update,
        4 => Act::Delete,
        5 => Act::Upsert(fields.required("match", findings, strings)?),
        6 => Act::Count,
        7 => Act::Each(each(fields, findings)?),
        8 => Act::Import(Box::new(import(fields, findings)?)),
        10 => Act::Replace,
        11 => Act::Search(Box::new(search(fields, known, findings)?)),
        _ => Act::Example,
    })
}

fn then(fields: &mut Fields<'_>, findings: &mut Findings) -> Then {
    let words = [("list", Then::List), ("removed", Then::Removed)];
    fields.optional("then", findings, |node, findings| node.word(&words, findings)).unwrap_or(Then::Outcome)
}

fn missing(fields: &mut Fields<'_>, findings: &mut Findings) -> Missing {
    let words = [("create", Missing::Create)];
    fields.optional("missing", findings, |node, findings| node.word(&words, findings)).unwrap_or(Missing::Refuse)
}

fn combine(fields: &mut Fields<'_>, findings: &mut Findings) -> Combine {
    let words = [("add", Combine::Add), ("remove", Combine::Remove)];
    fields.optional("combine", findings, |node, findings| node.word(&words, findings)).unwrap_or(Combine::Replace)
}

fn strangers(node: &Node<'_>, findings: &mut Findings) -> Option<(Vec<Kind>, Shape)> {
    let mut fields = node.fields(findings)?;
    let on = fields.list("on", findings).iter().filter_map(|node| kind(node, findings)).collect();
    let answer = fields.required("answer", findings, |node, _| Some(Shape::of(node.value())));
    fields.finish(findings);
    Some((on, answer?))
}

fn absorb(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Absorb> {
    let mut fields = node.fields(findings)?;
    let table = fields.required("of", findings, |node, findings| known.table(node, findings));
    let loser = fields.required("loser", findings, Node::string);
    let winner = fields.required("winner", findings, Node::string);
    let lists = fields.optional("lists", findings, strings).unwrap_or_default();
    fields.finish(findings);
    Some(Absorb { table: table?, loser: loser?, winner: winner?, lists })
}

/// The last variable of the path is the record's id, unless the pack says otherwise.
fn usual_pick(operation: &Operation) -> Vec<(String, Input)> {
    let last = operation.variables.last();
    last.map(|name| ("id".to_owned(), Input::Path(name.clone()))).into_iter().collect()
}

fn parents(fields: &mut Fields<'_>, known: &Known<'_>, findings: &mut Findings) -> Vec<(TableIndex, Input)> {
    let entries = by_field(fields.take("parents"), findings, |node, findings| {
        Some((known.table_named(&node.key(), node, findings)?, inputs(node, findings)?))
    });
    let of_table =
        |(_, (table, inputs)): (String, (TableIndex, Vec<Input>))| inputs.into_iter().map(move |input| (table, input));
    entries.into_iter().flat_map(of_table).collect()
}

fn within(fields: &mut Fields<'_>, known: &Known<'_>, findings: &mut Findings) -> Vec<Within> {
    let entries = by_field(fields.take("within"), findings, |node, findings| matches(node, known, findings));
    entries.into_iter().map(|(field, matches)| Within { field, matches }).collect()
}

fn matches(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Match> {
    if !node.value().is_object() {
        return node.parsed(findings).map(Match::Input);
    }
    let mut fields = node.fields(findings)?;
    if let Some(constant) = fields.take("is") {
        fields.finish(findings);
        return Some(Match::Constant(constant.value().clone()));
    }
    let through = fields.required("through", findings, |node, findings| known.table(node, findings));
    let take = fields.required("take", findings, Node::string);
    let by = fields.required("by", findings, Node::string);
    let input = fields.required("equals", findings, Node::parsed::<Input>);
    fields.finish(findings);
    Some(Match::Through { table: through?, take: take?, by: by?, input: input? })
}

fn filters(fields: &mut Fields<'_>, findings: &mut Findings) -> Vec<Filter> {
    const COMPARISONS: [(&str, Comparison); 5] = [
        ("equals", Comparison::Equals),
        ("in", Comparison::In),
        ("prefix", Comparison::Prefix),
        ("contains", Comparison::Contains),
        ("at_least", Comparison::AtLeast),
    ];
    let entries = by_field(fields.take("filter"), findings, |node, findings| {
        let mut fields = node.fields(findings)?;
        let compared = COMPARISONS.iter().any(|(word, _)| fields.has(word));
        let mut found = None;
        for (word, comparison) in COMPARISONS {
            if let Some(input) = fields.optional(word, findings, Node::parsed::<Input>) {
                found = Some((comparison, input));
            }
        }
        let fold_case = fields.optional("fold_case", findings, Node::flag).unwrap_or(false);
        let drops = fields.optional("drops", findings, Node::string).unwrap_or_default();
        let widen = fields.optional("widen", findings, widen);
        fields.finish(findings);
        if !compared {
            node.mismatch::<()>("a comparison such as `equals: query.NAME`", findings);
        }
        let (comparison, input) = found?;
        Some(Filter { field: node.key(), comparison, input, fold_case, drops, widen })
    });
    entries.into_iter().map(|(_, filter)| filter).collect()
}

fn widen(node: &Node<'_>, findings: &mut Findings) -> Option<(usize, String)> {
    let mut fields = node.fields(findings)?;
    let upto = fields.required("upto", findings, Node::unsigned);
    let to = fields.required("to", findings, Node::string);
    fields.finish(findings);
    Some((upto? as usize, to?))
}

fn by_input(node: Option<Node<'_>>, findings: &mut Findings) -> Vec<(String, Input)> {
    by_field(node, findings, Node::parsed::<Input>)
}

fn inputs(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<Input>> {
    node.one_or_many().iter().map(|item| item.parsed(findings)).collect()
}
