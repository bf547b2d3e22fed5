//! The words for relations between records: lists from the other side, names in place of ids, and logs of changes.

use super::pages::orders;
use super::resource::{by_field, count};
use super::{Known, object, strings};
use crate::source::{Findings, Node};
use crate::store::{Listed, Log, Record, Resolve};

/// `member_ids: users.organization_id`, or the same under `of` with an `order`.
pub(super) fn lists(node: Option<Node<'_>>, known: &Known<'_>, findings: &mut Findings) -> Vec<Listed> {
    let entries = by_field(node, findings, |node, findings| {
        if !node.value().is_object() {
            let (table, of) = count(node, known, findings)?;
            return Some(Listed { field: node.key(), table, of, order: Vec::new() });
        }
        let mut fields = node.fields(findings)?;
        let of = fields.required("of", findings, |node, findings| count(node, known, findings));
        let order = fields.optional("order", findings, orders).unwrap_or_default();
        fields.finish(findings);
        let (table, of) = of?;
        Some(Listed { field: node.key(), table, of, order })
    });
    entries.into_iter().map(|(_, list)| list).collect()
}

/// `members: { to: member_ids, in: users, by: [login, email] }`.
pub(super) fn resolves(node: Option<Node<'_>>, known: &Known<'_>, findings: &mut Findings) -> Vec<Resolve> {
    let entries = by_field(node, findings, |node, findings| {
        let mut fields = node.fields(findings)?;
        let to = fields.required("to", findings, Node::string);
        let table = fields.required("in", findings, |node, findings| known.table(node, findings));
        let by = fields.required("by", findings, strings);
        fields.finish(findings);
        Some(Resolve { field: node.key(), to: to?, table: table?, by: by? })
    });
    entries.into_iter().map(|(_, resolve)| resolve).collect()
}

/// `{ in: changes, record: record_id, change: [field, from, to], created: {…}, updated: {…} }`.
pub(super) fn log(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Log> {
    let mut fields = node.fields(findings)?;
    let table = fields.required("in", findings, |node, findings| known.table(node, findings));
    let record = fields.required("record", findings, Node::string);
    let change = fields.required("change", findings, |node, findings| {
        strings(node, findings)?.try_into().ok().or_else(|| node.mismatch("three fields: what, from, to", findings))
    });
    let mut says = |key| Record::from(fields.optional(key, findings, object).unwrap_or_default());
    let (created, updated) = (says("created"), says("updated"));
    fields.finish(findings);
    Some(Log { table: table?, record: record?, change: change?, created, updated })
}
