//! Finding records of several collections by one text with keywords in it: where the text is, and what each collection knows.

use serde_json::Value;

use super::resource::by_field;
use super::{Input, Known, strings};
use crate::source::{Fields, Findings, Node};
use crate::store::TableIndex;

/// A search over several collections.
#[derive(Debug)]
pub struct Search {
    /// Where the text is.
    pub words: Input,
    /// What is found, in this order.
    pub finds: Vec<Finds>,
    /// The field of each result that says what it is.
    pub tells: String,
}

/// One collection that is searched.
#[derive(Debug)]
pub struct Finds {
    /// What its records are called in the text (`type:user`) and in results.
    pub name: String,
    /// The collection.
    pub table: TableIndex,
    /// The fields in which words without a keyword are looked for.
    pub texts: Vec<String>,
    /// The keywords, and the field that each means.
    pub keywords: Vec<(String, String)>,
    /// Fields and the values that they must have.
    pub only: Vec<(String, Value)>,
}

pub(super) fn search(fields: &mut Fields<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Search> {
    let words = fields.required("words", findings, Node::parsed::<Input>);
    let tells = fields.required("tells", findings, Node::string);
    let entries = by_field(fields.take("finds"), findings, |node, findings| finds(node, known, findings));
    let finds = entries.into_iter().map(|(name, finds)| Finds { name, ..finds }).collect();
    Some(Search { words: words?, finds, tells: tells? })
}

fn finds(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Finds> {
    let mut fields = node.fields(findings)?;
    let table = fields.required("in", findings, |node, findings| known.table(node, findings));
    let texts = fields.optional("texts", findings, strings).unwrap_or_default();
    let keywords = by_field(fields.take("keywords"), findings, Node::string);
    let only = by_field(fields.take("only"), findings, |node, _| Some(node.value().clone()));
    fields.finish(findings);
    Some(Finds { name: String::new(), table: table?, texts, keywords, only })
}
