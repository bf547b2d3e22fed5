//! How lists are cut into pages: by number, or by cursor.

use std::time::Duration;

use super::template::Shape;
use super::{Input, strings};
use crate::source::{Fields, Findings, Node};
use crate::store::Order;

/// The ways of paging a provider has.
#[derive(Debug, Default)]
pub struct Pages {
    /// By page number.
    pub offset: Option<Offset>,
    /// By cursor.
    pub cursor: Option<Cursor>,
    /// By the time of the last change.
    pub stream: Option<Stream>,
}

/// One of the ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// By page number.
    Offset,
    /// By cursor.
    Cursor,
    /// By the time of the last change.
    Stream,
}

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
    /// The number of the page, from 1.
    pub page: Input,
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
    /// The inputs for an order of the caller's choice: the field, and its direction.
    pub sort_by: Option<(Input, Input)>,
    /// What becomes of an order that cannot be: the usual one is taken, or the call is refused.
    pub unknown_sort: UnknownSort,
    /// How far one may turn.
    pub depth: Option<Depth>,
    /// What stands beside the records.
    pub adds: Shape,
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
    /// How many a page holds.
    pub size: Input,
    /// The cursor after which it starts.
    pub after: Input,
    /// The cursor before which it ends.
    pub before: Input,
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

impl Pages {
    pub(super) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Pages> {
        let mut fields = node.fields(findings)?;
        let offset =
            fields.optional("offset", findings, |node, findings| Offset::read(node.fields(findings)?, findings));
        let cursor =
            fields.optional("cursor", findings, |node, findings| Cursor::read(node.fields(findings)?, findings));
        let stream =
            fields.optional("stream", findings, |node, findings| Stream::read(node.fields(findings)?, findings));
        fields.finish(findings);
        Some(Pages { offset, cursor, stream })
    }
}

impl Offset {
    fn read(mut fields: Fields<'_>, findings: &mut Findings) -> Option<Offset> {
        let page = fields.required("page", findings, Node::parsed::<Input>);
        let size = fields.required("size", findings, inputs);
        let (default_size, max_size) = sizes(&mut fields, findings);
        let refuse_more = above_max(&mut fields, findings);
        let order = fields.optional("order", findings, orders).unwrap_or_default();
        let by = fields.optional("sort_by", findings, Node::parsed::<Input>);
        let direction = fields.optional("sort_order", findings, Node::parsed::<Input>);
        let words = [("ignore", UnknownSort::Ignore), ("refuse", UnknownSort::Refuse)];
        let unknown_sort = fields.optional("unknown_sort", findings, |node, findings| node.word(&words, findings));
        let depth = fields.optional("depth", findings, |node, findings| {
            let mut fields = node.fields(findings)?;
            let page = fields.required("page", findings, Node::unsigned)? as usize;
            let records = fields.required("records", findings, Node::unsigned)? as usize;
            fields.finish(findings);
            Some(Depth { page, records })
        });
        let adds = adds(&mut fields);
        fields.finish(findings);
        Some(Offset {
            page: page?,
            size: size?,
            default_size,
            max_size,
            refuse_more,
            order,
            sort_by: by.zip(direction),
            unknown_sort: unknown_sort.unwrap_or(UnknownSort::Ignore),
            depth,
            adds,
        })
    }
}

impl Cursor {
    fn read(mut fields: Fields<'_>, findings: &mut Findings) -> Option<Cursor> {
        let when = fields.required("when", findings, inputs);
        let size = fields.required("size", findings, Node::parsed::<Input>);
        let after = fields.required("after", findings, Node::parsed::<Input>);
        let before = fields.required("before", findings, Node::parsed::<Input>);
        let sort = fields.optional("sort", findings, Node::parsed::<Input>);
        let (default_size, max_size) = sizes(&mut fields, findings);
        let refuse_more = above_max(&mut fields, findings);
        let order = fields.optional("order", findings, orders).unwrap_or_default();
        let adds = adds(&mut fields);
        fields.finish(findings);
        let (when, size, after, before) = (when?, size?, after?, before?);
        Some(Cursor { when, size, after, before, sort, default_size, max_size, refuse_more, order, adds })
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
    pub(super) styles: Vec<Style>,
    /// The sizes of a page by number, where the operation has its own.
    pub(super) sizes: Option<(usize, usize)>,
}

/// The ways in a list, or `offset` alone with sizes of its own.
pub(super) fn ways(node: &Node<'_>, pages: &Pages, findings: &mut Findings) -> Option<Ways> {
    let words = [("offset", Style::Offset), ("cursor", Style::Cursor), ("stream", Style::Stream)];
    let ways = if node.value().is_object() {
        let mut fields = node.fields(findings)?;
        let sizes = fields.required("offset", findings, own_sizes);
        fields.finish(findings);
        Ways { styles: vec![Style::Offset], sizes }
    } else {
        let styles = node.one_or_many().iter().filter_map(|item| item.word(&words, findings)).collect();
        Ways { styles, sizes: None }
    };
    for style in &ways.styles {
        let missing = match style {
            Style::Offset => pages.offset.is_none().then_some("offset"),
            Style::Cursor => pages.cursor.is_none().then_some("cursor"),
            Style::Stream => pages.stream.is_none().then_some("stream"),
        };
        if let Some(missing) = missing {
            findings.push(node.error("unknown-pages", format!("this pack has no `pages.{missing}`")));
        }
    }
    Some(ways)
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
