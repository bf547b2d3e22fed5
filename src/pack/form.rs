//! The forms that an answer may take, the pool of records that goes along, and what a role sees of a collection.

use super::resource::{Resource, by_field, shapes};
use super::template::Shape;
use super::{Input, Known, strings};
use crate::source::{Findings, Node};
use crate::store::TableIndex;

/// A form that an answer takes when the call asks for it.
///
/// Of the forms of an operation that are asked for, the first that says how a record is shown decides that, and the first that
/// says what is answered decides this.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Switches that ask for it, any of them: `true` or `1`.
    pub when: Vec<Input>,
    /// Inputs that ask for it by being given.
    pub given: Vec<Input>,
    /// Switches that keep it away.
    pub unless: Vec<Input>,
    /// A record, in place of the usual one.
    pub show: Option<Shape>,
    /// Fields beside the usual ones.
    pub adds: Vec<(String, Shape)>,
    /// The body. `{record}`, `{records}`, `{ids}`, `{total}` and `{assets}` are what there is to tell.
    pub answer: Option<Shape>,
}

/// Records of a kind that go along in a pool, each once, by their ids.
#[derive(Debug)]
pub struct Asset {
    /// The name under which they stand there.
    pub name: String,
    /// Their table.
    pub table: TableIndex,
    /// The fields and lists of a record that name them.
    pub from: Vec<String>,
}

/// What callers of a role see of a collection: records with a field that is among some values.
#[derive(Debug)]
pub struct Sees {
    /// The role.
    pub role: String,
    /// The field.
    pub field: String,
    /// Where the values are: one each, or lists.
    pub among: Vec<Input>,
}

impl Form {
    pub(super) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Form> {
        let mut fields = node.fields(findings)?;
        let mut inputs = |key, findings: &mut Findings| fields.optional(key, findings, inputs).unwrap_or_default();
        let (when, given, unless) = (inputs("when", findings), inputs("given", findings), inputs("unless", findings));
        let show = fields.take("show").map(|node| Shape::of(node.value()));
        let adds = shapes(fields.take("adds"), findings);
        let answer = fields.take("answer").map(|node| Shape::of(node.value()));
        fields.finish(findings);
        Some(Form { when, given, unless, show, adds, answer })
    }

    /// Whether it says how a record is shown.
    pub fn is_of_records(&self) -> bool {
        self.show.is_some() || !self.adds.is_empty()
    }
}

/// Forms of a resource, by their names.
pub(super) fn forms(node: &Node<'_>, resource: &Resource, findings: &mut Findings) -> Option<Vec<Form>> {
    let mut forms = Vec::new();
    for item in node.one_or_many() {
        let name = item.text(findings)?;
        match resource.forms.iter().find(|(known, _)| known == name) {
            Some((_, form)) => forms.push(form.clone()),
            None => {
                let finding = item.error("unknown-form", format!("this resource has no form `{name}`"));
                let names = resource.forms.iter().map(|(name, _)| name.as_str());
                findings.push(finding.help(super::meant(name, names)));
            }
        }
    }
    Some(forms)
}

/// `User: { of: users, from: [member_ids, created_by_id] }`.
pub(super) fn assets(node: Option<Node<'_>>, known: &Known<'_>, findings: &mut Findings) -> Vec<Asset> {
    let entries = by_field(node, findings, |node, findings| {
        let mut fields = node.fields(findings)?;
        let table = fields.required("of", findings, |node, findings| known.table(node, findings));
        let from = fields.required("from", findings, strings);
        fields.finish(findings);
        Some(Asset { name: node.key(), table: table?, from: from? })
    });
    entries.into_iter().map(|(_, asset)| asset).collect()
}

impl Sees {
    /// `customer: { id: [caller.organization_id, caller.organization_ids] }`.
    pub(super) fn read(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Sees> {
        let role = node.key();
        known.role(&role, node, findings);
        let (field, among) = node.entries(findings)?.into_iter().next()?;
        Some(Sees { role, field: field.to_owned(), among: inputs(&among, findings)? })
    }
}

fn inputs(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<Input>> {
    node.one_or_many().iter().map(|item| item.parsed(findings)).collect()
}
