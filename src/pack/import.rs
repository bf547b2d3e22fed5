//! Importing a table: where it is, which columns it may have, and how the result is worded.

use super::template::{Shape, Template};
use super::{Input, strings};
use crate::source::{Fields, Findings, Node};

/// What an import reads, and what it says.
#[derive(Debug)]
pub struct Import {
    /// Where the table is: CSV (RFC 4180) with a line of column names.
    pub table: Input,
    /// Where the character between columns is; a comma when absent.
    pub separator: Option<Input>,
    /// The switch by which all of it is rolled back.
    pub dry: Option<Input>,
    /// A switch that is not heeded but refused, with the reason.
    pub refused: Option<(Input, Template)>,
    /// The columns by which a record is found that is to be changed, in this order.
    pub by: Vec<String>,
    /// The columns that are written.
    pub columns: Vec<String>,
    /// What stands between the values of a list.
    pub lists: String,
    /// The texts: a table without lines, a line that is refused, a column that is not known.
    pub says: Says,
    /// The answer when all went well, when a line was refused, and when the table was not read.
    pub answers: [Shape; 3],
}

/// The texts of an import.
#[derive(Debug)]
pub struct Says {
    /// The table has no lines.
    pub empty: Template,
    /// A line is refused: `{line}`, `{verb}`, `{reason}`.
    pub line: Template,
    /// The reason where a column is not known: `{field}`.
    pub unknown: Template,
}

pub(super) fn import(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Import> {
    let table = fields.required("table", findings, Node::parsed::<Input>);
    let separator = fields.optional("separator", findings, Node::parsed::<Input>);
    let dry = fields.optional("dry", findings, Node::parsed::<Input>);
    let refused = fields.optional("refused", findings, |node, findings| {
        let mut fields = node.fields(findings)?;
        let when = fields.required("when", findings, Node::parsed::<Input>);
        let text = text(&mut fields, "text", findings);
        fields.finish(findings);
        Some((when?, text?))
    });
    let by = fields.required("match", findings, strings);
    let columns = fields.required("columns", findings, strings);
    let lists = fields.optional("lists", findings, Node::string).unwrap_or_else(|| ",".to_owned());
    let says = fields.required("says", findings, says);
    let mut answer =
        |key| fields.take(key).map(|node| Shape::of(node.value())).unwrap_or(Shape::Plain(serde_json::Value::Null));
    let answers = [answer("done"), answer("failed"), answer("unread")];
    let (table, by, columns, says) = (table?, by?, columns?, says?);
    Some(Import { table, separator, dry, refused, by, columns, lists, says, answers })
}

fn says(node: &Node<'_>, findings: &mut Findings) -> Option<Says> {
    let mut fields = node.fields(findings)?;
    let mut of = |key, findings: &mut Findings| text(&mut fields, key, findings);
    let (empty, line, unknown) = (of("empty", findings), of("line", findings), of("unknown", findings));
    fields.finish(findings);
    Some(Says { empty: empty?, line: line?, unknown: unknown? })
}

fn text(fields: &mut Fields<'_>, key: &'static str, findings: &mut Findings) -> Option<Template> {
    fields.required(key, findings, Node::string).map(|text| Template::of(&text))
}
