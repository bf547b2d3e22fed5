//! How lists are cut into pages: by number, by cursor, or by the time of the last change.

use std::time::Duration;

use super::template::Shape;
use super::{Input, strings};
use crate::source::{Fields, Findings, Node, nearest};
use crate::store::Order;

/// The ways of paging a provider has, by name.
#[derive(Debug, Default)]
pub struct Pages {
    ways: Vec<(String, Way)>,
    /// Those that could not be read, so that whoever names them is not wrong as well.
    broken: Vec<String>,
}

/// One of the ways.
#[derive(Debug)]
pub enum Way {
    /// By page number.
    Offset(Offset),
    /// By cursor.
    Cursor(Cursor),
    /// By the time of the last change.
    Stream(Stream),
}

/// The place of a way among those of its pack.
pub type WayIndex = usize;

/// Paging by the time of the last change, with what was removed.
#[derive(Debug)]
pub struct Stream {
    /// The time from which on changes are told, in seconds since 1970.
    pub since: Input,
    /// The field with the time of the last change.
    pub by: String,
    /// How many a page holds.
    pub size: Input,
    /// What a caller gets who asks for no size.
    pub default_size: usize,
    /// What a caller gets who asks for more.
    pub max_size: usize,
    /// How long ago the time must be.
    pub age: Duration,
    /// What stands beside the records.
    pub adds: Shape,
}

/// Paging by number.
#[derive(Debug)]
pub struct Offset {
    /// Where a page starts.
    pub start: Start,
    /// How many a page holds; of several inputs the first that is given.
    pub size: Vec<Input>,
    /// What a caller gets who asks for no size.
    pub default_size: usize,
    /// What a caller gets who asks for more.
    pub max_size: usize,
    /// Whether a caller who asks for more is refused instead.
    pub refuse_more: bool,
    /// The order, where the operation has none of its own.
    pub order: Vec<Order>,
    /// The inputs for an order of the caller's choice: the field, and its direction, which a `-` before the field may say as well.
    pub sort_by: Option<(Input, Option<Input>)>,
    /// What becomes of an order that cannot be: the usual one is taken, or the call is refused.
    pub unknown_sort: UnknownSort,
    /// How far one may turn.
    pub depth: Option<Depth>,
    /// What stands beside the records.
    pub adds: Shape,
}

/// Where a page by number starts.
#[derive(Debug)]
pub enum Start {
    /// At a page, the first of which has this number.
    Page(Input, i64),
    /// At a record, the first of which has the number 0.
    Record(Input),
}

impl Start {
    /// The input with the number.
    pub fn input(&self) -> &Input {
        match self {
            Start::Page(input, _) | Start::Record(input) => input,
        }
    }
}

/// What becomes of an order of the caller's choice that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownSort {
    /// It is passed over.
    Ignore,
    /// The call is refused.
    Refuse,
}

/// The last page that is served.
#[derive(Debug, Clone, Copy)]
pub struct Depth {
    /// By number.
    pub page: usize,
    /// By the records up to its end.
    pub records: usize,
}

/// Paging by cursor.
#[derive(Debug)]
pub struct Cursor {
    /// The inputs that call for it, any of them.
    pub when: Vec<Input>,
    /// How many a page holds, where the caller may say so.
    pub size: Option<Input>,
    /// The cursor after which it starts.
    pub after: Input,
    /// The cursor before which it ends, where there is such a thing.
    pub before: Option<Input>,
    /// What a cursor is.
    pub tokens: Tokens,
    /// The input for an order of the caller's choice: a field, with `-` before it for descending.
    pub sort: Option<Input>,
    /// What a caller gets who asks for no size.
    pub default_size: usize,
    /// What a caller gets who asks for more.
    pub max_size: usize,
    /// Whether a caller who asks for more is refused instead.
    pub refuse_more: bool,
    /// The order, where the caller asks for none.
    pub order: Vec<Order>,
    /// What stands beside the records.
    pub adds: Shape,
}

/// What a cursor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    /// A text that means nothing to callers.
    Opaque,
    /// The id of a record.
    Ids,
}

impl Pages {
    pub(super) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Pages> {
        let mut pages = Pages::default();
        for (name, node) in node.entries(findings)? {
            match Way::read(name, &node, findings) {
                Some(way) => pages.ways.push((name.to_owned(), way)),
                None => pages.broken.push(name.to_owned()),
            }
        }
        Some(pages)
    }

    /// The ways in the order of the pack.
    pub fn ways(&self) -> impl Iterator<Item = &Way> {
        self.ways.iter().map(|(_, way)| way)
    }

    /// One of the ways.
    pub fn way(&self, index: WayIndex) -> Option<&Way> {
        self.ways.get(index).map(|(_, way)| way)
    }

    fn named(&self, name: &str, node: &Node<'_>, findings: &mut Findings) -> Option<WayIndex> {
        let found = self.ways.iter().position(|(known, _)| known == name);
        if found.is_none() && !self.broken.iter().any(|broken| broken == name) {
            let finding = node.error("unknown-pages", format!("this pack has no `pages.{name}`"));
            findings.push(finding.help(super::meant(name, self.ways.iter().map(|(name, _)| name.as_str()))));
        }
        found
    }
}

impl Way {
    /// A way that has the name of its kind need not say it.
    fn read(name: &str, node: &Node<'_>, findings: &mut Findings) -> Option<Way> {
        const KINDS: [(&str, u8); 3] = [("offset", 0), ("cursor", 1), ("stream", 2)];
        let mut fields = node.fields(findings)?;
        let said = fields.take("kind");
        let kind = said.as_ref().and_then(|node| node.word(&KINDS, findings));
        // What is said wrongly is read on as what was probably meant, so that the rest is looked at as well.
        let meant = || nearest(said.as_ref()?.value().as_str()?, KINDS.iter().map(|(kind, _)| *kind));
        let named = |name: &str| KINDS.iter().find(|(kind, _)| *kind == name).map(|(_, kind)| *kind);
        const TOLD_BY: [(&str, u8); 4] = [("page", 0), ("start", 0), ("after", 1), ("since", 2)];
        let looked = TOLD_BY.iter().find(|(key, _)| said.is_some() && fields.has(key)).map(|(_, kind)| *kind);
        match kind.or_else(|| named(meant()?)).or_else(|| named(name)).or(looked) {
            Some(0) => Offset::read(fields, findings).map(Way::Offset),
            Some(1) => Cursor::read(fields, findings).map(Way::Cursor),
            Some(_) => Stream::read(fields, findings).map(Way::Stream),
            None if said.is_some() => None,
            None => node.mismatch("a way with its kind: `kind: offset`, `kind: cursor` or `kind: stream`", findings),
        }
    }

    /// What stands beside the records.
    pub fn adds(&self) -> &Shape {
        match self {
            Way::Offset(offset) => &offset.adds,
            Way::Cursor(cursor) => &cursor.adds,
            Way::Stream(stream) => &stream.adds,
        }
    }
}

impl Offset {
    fn read(mut fields: Fields<'_>, findings: &mut Findings) -> Option<Offset> {
        let start = start(&mut fields, findings);
        let size = fields.optional("size", findings, inputs).unwrap_or_default();
        let (default_size, max_size) = sizes(&mut fields, findings);
        let refuse_more = above_max(&mut fields, findings);
        let order = fields.optional("order", findings, orders).unwrap_or_default();
        let by = fields.optional("sort_by", findings, Node::parsed::<Input>);
        let direction = fields.optional("sort_order", findings, Node::parsed::<Input>);
        let words = [("ignore", UnknownSort::Ignore), ("refuse", UnknownSort::Refuse)];
        let unknown_sort = fields.optional("unknown_sort", findings, |node, findings| node.word(&words, findings));
        let depth = fields.optional("depth", findings, |node, findings| {
            let mut fields = node.fields(findings)?;
            let page = fields.required("page", findings, Node::unsigned);
            let records = fields.required("records", findings, Node::unsigned);
            fields.finish(findings);
            Some(Depth { page: page? as usize, records: records? as usize })
        });
        let adds = adds(&mut fields);
        fields.finish(findings);
        Some(Offset {
            start: start?,
            size,
            default_size,
            max_size,
            refuse_more,
            order,
            sort_by: by.map(|by| (by, direction)),
            unknown_sort: unknown_sort.unwrap_or(UnknownSort::Ignore),
            depth,
            adds,
        })
    }
}

impl Cursor {
    fn read(mut fields: Fields<'_>, findings: &mut Findings) -> Option<Cursor> {
        let when = fields.optional("when", findings, inputs).unwrap_or_default();
        let size = fields.optional("size", findings, Node::parsed::<Input>);
        let after = fields.required("after", findings, Node::parsed::<Input>);
        let before = fields.optional("before", findings, Node::parsed::<Input>);
        let words = [("opaque", Tokens::Opaque), ("ids", Tokens::Ids)];
        let tokens = fields.optional("tokens", findings, |node, findings| node.word(&words, findings));
        let sort = fields.optional("sort", findings, Node::parsed::<Input>);
        let (default_size, max_size) = sizes(&mut fields, findings);
        let refuse_more = above_max(&mut fields, findings);
        let order = fields.optional("order", findings, orders).unwrap_or_default();
        let adds = adds(&mut fields);
        fields.finish(findings);
        let (after, tokens) = (after?, tokens.unwrap_or(Tokens::Opaque));
        Some(Cursor { when, size, after, before, tokens, sort, default_size, max_size, refuse_more, order, adds })
    }
}

impl Stream {
    fn read(mut fields: Fields<'_>, findings: &mut Findings) -> Option<Stream> {
        let since = fields.required("since", findings, Node::parsed::<Input>);
        let by = fields.required("by", findings, Node::string);
        let size = fields.required("size", findings, Node::parsed::<Input>);
        let (default_size, max_size) = sizes(&mut fields, findings);
        let age = fields.optional("age", findings, Node::duration).unwrap_or_default();
        let adds = adds(&mut fields);
        fields.finish(findings);
        Some(Stream { since: since?, by: by?, size: size?, default_size, max_size, age, adds })
    }
}

/// The ways in which an operation pages its list.
#[derive(Default)]
pub(super) struct Ways {
    pub(super) ways: Vec<WayIndex>,
    /// The sizes of a page by number, where the operation has its own.
    pub(super) sizes: Option<(usize, usize)>,
}

/// The ways in a list, or one alone with sizes of its own.
pub(super) fn ways(node: &Node<'_>, pages: &Pages, findings: &mut Findings) -> Option<Ways> {
    if !node.value().is_object() {
        let named = |item: Node<'_>| pages.named(item.text(findings)?, &item, findings);
        return Some(Ways { ways: node.one_or_many().into_iter().filter_map(named).collect(), sizes: None });
    }
    let (name, node) = match node.entries(findings)?.pop() {
        Some(entry) => entry,
        None => return node.mismatch("a way of paging with its sizes", findings),
    };
    let sizes = own_sizes(&node, findings);
    Some(Ways { ways: pages.named(name, &node, findings).into_iter().collect(), sizes })
}

/// The input for the number of a page, or of the record that a page starts with.
fn start(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Start> {
    if let Some(record) = fields.optional("start", findings, Node::parsed::<Input>) {
        return Some(Start::Record(record));
    }
    let first = fields.optional("first", findings, Node::integer).unwrap_or(1);
    fields.required("page", findings, Node::parsed::<Input>).map(|page| Start::Page(page, first))
}

fn own_sizes(node: &Node<'_>, findings: &mut Findings) -> Option<(usize, usize)> {
    let mut fields = node.fields(findings)?;
    let sizes = sizes(&mut fields, findings);
    fields.finish(findings);
    Some(sizes)
}

fn sizes(fields: &mut Fields<'_>, findings: &mut Findings) -> (usize, usize) {
    let default = fields.optional("default_size", findings, Node::unsigned).unwrap_or(100);
    let most = fields.optional("max_size", findings, Node::unsigned).unwrap_or(default);
    (default as usize, most as usize)
}

/// What becomes of a size above the largest: `cap` or `refuse`.
fn above_max(fields: &mut Fields<'_>, findings: &mut Findings) -> bool {
    let words = [("cap", false), ("refuse", true)];
    fields.optional("above_max", findings, |node, findings| node.word(&words, findings)).unwrap_or(false)
}

fn adds(fields: &mut Fields<'_>) -> Shape {
    fields.take("adds").map_or_else(|| Shape::Object(Vec::new()), |node| Shape::of(node.value()))
}

fn inputs(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<Input>> {
    node.one_or_many().iter().map(|item| item.parsed(findings)).collect()
}

pub(super) fn orders(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<Order>> {
    Some(strings(node, findings)?.iter().map(|text| Order::parse(text)).collect())
}
