//! The names that a pack takes from its document: fields of records, and parameters of operations. One that the document does not
//! have may be meant, so it is a warning; most often it is a slip, and would only be missed in a reply.

use std::cell::OnceCell;
use std::collections::HashSet;

use serde_json::Value;

use super::names::at;
use super::{Input, Pack};
use crate::contract::{Contract, Part};
use crate::source::{Findings, Node, Source, nearest};

/// Places below a resource whose keys are fields of its records.
const KEYS: &[&str] = &[
    "record/defaults",
    "record/required_if",
    "record/fallbacks",
    "record/drops",
    "record/cut",
    "record/max_length",
    "record/nulls",
    "record/mirrors",
    "record/items",
    "record/excludes",
    "record/matches",
    "record/among",
    "record/refers",
    "operations/*/pick",
    "operations/*/within",
    "operations/*/filter",
    "operations/*/set",
    "operations/*/constants",
];

/// Places below a resource whose texts are fields of its records.
const TEXTS: &[&str] = &[
    "record/required",
    "record/trim",
    "record/stringify",
    "record/merge",
    "record/never_null",
    "record/lower",
    "record/required_if/*",
    "record/fallbacks/*",
    "record/mirrors/*",
    "record/unique/*/fields",
    "record/exclusive/*/flag",
    "record/exclusive/*/within",
    "record/resolve/*/to",
    "record/stamps/created",
    "record/stamps/updated",
    "record/stamps/created_by",
    "record/stamps/updated_by",
    "record/attributes/field",
    "record/lifecycle/of",
    "operations/*/order",
    "operations/*/sortable",
    "operations/*/match",
    "operations/*/columns",
    "operations/*/over/*/by",
];

/// Places below a resource whose keys or texts make a field known: what only fixtures have, and what replies leave out.
const DECLARED: &[&str] = &["record/order", "hidden"];
const MADE: &[&str] = &["record/computed", "record/counts", "record/lists", "record/lookups", "record/resolve"];

/// Places below an operation of a pack where a value of the call is taken.
const INPUTS: &[&str] = &[
    "filter/*/*",
    "within/*",
    "within/*/equals",
    "pick/*",
    "parents/*",
    "needs",
    "exactly_one",
    "set/*",
    "include",
    "draft",
    "over/*/values",
    "over/*/items",
    "over/*/draft",
    "table",
    "separator",
    "dry",
    "refused/when",
];

/// Minds every field and every parameter that the document does not have.
pub(super) fn mind(source: &Source, pack: &Pack, contract: &Contract, findings: &mut Findings) {
    let known = Known { contract, properties: OnceCell::new() };
    at(&Node::root(source), &["resources", "*"], &mut |resource| {
        let operations = || contract.operations().iter();
        let is_own = |operation: usize| {
            let binding = pack.bindings.get(operation).and_then(Option::as_ref);
            binding.is_some_and(|binding| pack.resources[binding.table].rules.table == resource.key())
        };
        // What no operation shows is described by fixtures alone.
        if operations().any(|operation| is_own(operation.index)) {
            known.mind_fields(resource, findings);
        }
        below(resource, "operations/*", &mut |operation| known.mind_inputs(operation, findings));
    });
}

struct Known<'a> {
    contract: &'a Contract,
    /// The properties of all schemas; gathered when a resource first names a field.
    properties: OnceCell<HashSet<&'a str>>,
}

impl Known<'_> {
    fn mind_fields(&self, resource: &Node<'_>, findings: &mut Findings) {
        let mut own = HashSet::new();
        let mut declare = |name: &str, _: &Node<'_>| {
            own.insert(name.to_owned());
        };
        DECLARED.iter().for_each(|place| below(resource, place, &mut |node| texts(node, &mut declare)));
        MADE.iter().for_each(|place| below(resource, place, &mut |node| keys(node, &mut declare)));
        let mut mind = |names: &str, node: &Node<'_>| {
            names.split('|').for_each(|name| self.mind_field(name, node, (&own, resource), findings));
        };
        KEYS.iter().for_each(|place| below(resource, place, &mut |node| keys(node, &mut mind)));
        TEXTS.iter().for_each(|place| below(resource, place, &mut |node| texts(node, &mut mind)));
    }

    /// `-name` and `organization_id.name` speak of fields as well; those that begin with `_` are nobody else's business.
    fn mind_field(
        &self,
        name: &str,
        node: &Node<'_>,
        (own, resource): (&HashSet<String>, &Node<'_>),
        findings: &mut Findings,
    ) {
        let name = name.trim().trim_start_matches('-');
        let name = name.split('.').next().unwrap_or_default();
        let properties = self.properties.get_or_init(|| self.contract.properties());
        if name.starts_with('_') || name == "id" || own.contains(name) || properties.contains(name) {
            return;
        }
        let what = format!("the document knows no field `{name}`, nor does the `order` of `{}`", resource.key());
        let way_out = "if it is meant, name it in the `order` of the record";
        let candidates = own.iter().map(String::as_str).chain(properties.iter().copied());
        let help = match nearest(name, candidates) {
            Some(near) => format!("did you mean `{near}`? {way_out}"),
            None => way_out.to_owned(),
        };
        findings.push(node.warning("unknown-field", what).help(help));
    }

    fn mind_inputs(&self, operation: &Node<'_>, findings: &mut Findings) {
        let Some(found) = self.contract.operation(&operation.key()) else { return };
        let given = self.contract.inputs(found);
        let in_query: Vec<&str> = given.iter().filter(|it| it.part == Part::Query).map(|it| it.name).collect();
        let in_path: Vec<&str> = found.variables.iter().map(String::as_str).collect();
        let mut mind = |input: &Input, node: &Node<'_>| {
            let (part, name, names) = match input {
                Input::Query(name) => ("query", name, &in_query),
                Input::Path(name) => ("path", name, &in_path),
                Input::Header(_) | Input::Body(_) | Input::Caller(_) | Input::Either(_) => return,
            };
            // `page[size]` may be a part of `page`, and `ids` may be written as `ids[]`.
            let is_it = |known: &str| {
                known == name || name.split('[').next() == Some(known) || known.strip_suffix("[]") == Some(name)
            };
            if names.iter().any(|known| is_it(known)) {
                return;
            }
            // Clients send parameters that no document has; those are read only where they are like no other.
            let near = nearest(name, names.iter().copied());
            if near.is_none() && part == "query" {
                return;
            }
            let what = format!("`{}` has no parameter `{name}` in its {part}", found.id);
            let help = match near {
                Some(near) => format!("did you mean `{part}.{near}`? if it is meant, add it to the document"),
                None => format!("its path is `{}`", found.path),
            };
            findings.push(node.warning("unknown-parameter", what).help(help));
        };
        for place in INPUTS {
            below(operation, place, &mut |node| {
                texts(node, |text, node| match text.parse() {
                    Ok(Input::Either(inputs)) => inputs.iter().for_each(|input| mind(input, node)),
                    Ok(input) => mind(&input, node),
                    Err(_) => {}
                });
            });
        }
    }
}

fn below<'a>(node: &Node<'a>, place: &str, visit: &mut dyn FnMut(&Node<'a>)) {
    at(node, &place.split('/').collect::<Vec<_>>(), visit);
}

/// Visits the keys of a mapping.
fn keys<'a>(node: &Node<'a>, mut visit: impl FnMut(&str, &Node<'a>)) {
    if node.value().is_object() {
        node.parts().iter().for_each(|part| visit(&part.key(), part));
    }
}

/// Visits a text, or those of a list.
fn texts<'a>(node: &Node<'a>, mut visit: impl FnMut(&str, &Node<'a>)) {
    for item in node.one_or_many() {
        if let Value::String(text) = item.value() {
            visit(text, &item);
        }
    }
}
