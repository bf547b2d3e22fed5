//! `change`: what becomes of records behind the caller's back.

use serde_json::{Map, Value};

use super::Known;
use super::fault::{Kind, read_kind};
use crate::source::{Findings, Node};

/// A change of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The collection, of [`Known::resources`]; none for the one that the operation works on.
    pub resource: Option<Kind>,
    /// What becomes of it.
    pub deed: Deed,
}

/// What becomes of records.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// One more, with these fields.
    Create(Map<String, Value>),
    /// Some get these fields.
    Update(Which, Map<String, Value>),
    /// Some are gone.
    Remove(Which),
}

/// Which records.
#[derive(Debug, Clone, PartialEq)]
pub enum Which {
    /// The first of the list that was answered.
    First,
    /// The last of the list that was answered.
    Last,
    /// All that the reply shows.
    Shown,
    /// All with these values in these fields.
    Like(Map<String, Value>),
}

/// Reads one change or several.
pub(super) fn read(node: &Node<'_>, world: &Known<'_>, findings: &mut Findings) -> Option<Vec<Change>> {
    let parts = node.one_or_many();
    if parts.is_empty() {
        return node.mismatch("at least one change", findings);
    }
    let changes: Vec<Option<Change>> = parts.iter().map(|part| Change::read(part, world, findings)).collect();
    changes.into_iter().collect()
}

impl Change {
    fn read(node: &Node<'_>, world: &Known<'_>, findings: &mut Findings) -> Option<Change> {
        let before = findings.len();
        let mut fields = node.fields(findings)?;
        let resource = fields.optional("in", findings, |node, findings| read_kind(node, world.resources, findings));
        let create = fields.optional("create", findings, read_fields).map(Deed::Create);
        let remove = fields.optional("remove", findings, Which::read).map(Deed::Remove);
        let update = fields.optional("update", findings, Which::read);
        let set = fields.optional("set", findings, read_fields);
        if update.is_some() != set.is_some() && findings.len() == before {
            findings.push(node.error("conflict", "`update` says which records, and `set` what they get"));
        }
        let update = update.zip(set).map(|(which, set)| Deed::Update(which, set));
        fields.finish(findings);
        let mut deeds = [create, update, remove].into_iter().flatten();
        let (Some(deed), None) = (deeds.next(), deeds.next()) else {
            if findings.len() == before {
                findings.push(node.error("conflict", "a change is one of `create`, `update` and `remove`"));
            }
            return None;
        };
        let shown = matches!(&deed, Deed::Update(which, _) | Deed::Remove(which) if !matches!(which, Which::Like(_)));
        if shown && resource.is_some() {
            let finding = node.error("conflict", "records of another resource are named by their fields");
            findings.push(finding.help("leave `in` out, or write as in { in: users, remove: { id: 7 } }"));
        }
        Some(Change { resource, deed })
    }
}

impl Which {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Which> {
        if node.value().is_object() {
            return read_fields(node, findings).map(Which::Like);
        }
        match node.value().as_str() {
            Some("first") => Some(Which::First),
            Some("last") => Some(Which::Last),
            Some("shown") => Some(Which::Shown),
            _ => node.mismatch("`first`, `last`, `shown`, or fields and their values", findings),
        }
    }
}

fn read_fields(node: &Node<'_>, findings: &mut Findings) -> Option<Map<String, Value>> {
    match node.value() {
        Value::Object(fields) if !fields.is_empty() => Some(fields.clone()),
        _ => node.mismatch("fields and their values", findings),
    }
}
