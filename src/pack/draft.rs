//! A pack for a document that has none: which collections it speaks of, and what its operations do to them, told from paths, methods,
//! schemas, names and examples. The result is a pack like any other, as it would stand in a file, with a reason for each binding.

mod envelope;
mod group;
mod paging;
mod print;
mod record;
mod road;
mod verbs;
mod words;

use serde_json::{Map, Value, json};

use crate::contract::{Contract, Operation};

use group::Group;

/// A proposed pack.
#[derive(Debug)]
pub struct Draft {
    /// The pack, as a file would say it.
    pub pack: Value,
    /// What became of each operation, in the order of the document.
    pub notes: Vec<Note>,
}

/// What became of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub operation: String,
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// Whether it got a binding.
    pub bound: bool,
    /// Why, or why not.
    pub reason: String,
}

impl Draft {
    /// Drafts a pack of a name for a document, which stands in a file beside it.
    pub fn of(contract: &Contract, name: &str, document: &str) -> Draft {
        let mut book = Book { contract, notes: vec![None; contract.operations().len()], ways: Map::new() };
        let groups = group::all(&mut book);
        let resources = verbs::bind(&mut book, &groups);
        let mut pack = json!({
            "name": name,
            "document": document,
            "seed": "examples",
            "conventions": { "follow": "document" },
        });
        if !book.ways.is_empty() {
            pack["pages"] = Value::Object(std::mem::take(&mut book.ways));
        }
        pack["resources"] = Value::Object(resources);
        let notes = book.notes.into_iter().zip(contract.operations()).map(|(note, operation)| {
            let (bound, reason) =
                note.unwrap_or_else(|| (false, "its path, its method and its reply show no collection".to_owned()));
            let (method, path) = (operation.method.to_string(), operation.path.clone());
            Note { operation: operation.id.clone(), method, path, bound, reason }
        });
        Draft { pack, notes: notes.collect() }
    }
}

/// What is known while a draft is made.
struct Book<'a> {
    contract: &'a Contract,
    /// By operation: whether it is bound, and why or why not.
    notes: Vec<Option<(bool, String)>>,
    /// The ways of paging that were met.
    ways: Map<String, Value>,
}

impl Book<'_> {
    fn bound(&mut self, operation: &Operation, reason: impl Into<String>) {
        self.notes[operation.index] = Some((true, reason.into()));
    }

    fn unbound(&mut self, operation: &Operation, reason: impl Into<String>) {
        self.notes[operation.index].get_or_insert_with(|| (false, reason.into()));
    }

    /// The name under which the pack has a way of paging; another one where a different way has that name.
    fn way(&mut self, name: &str, way: &Value) -> String {
        let mut name = if name.is_empty() { "pages".to_owned() } else { name.to_owned() };
        while self.ways.get(&name).is_some_and(|known| known != way) {
            name.push('_');
        }
        self.ways.insert(name.clone(), way.clone());
        name
    }
}

/// The record of a collection that is looked for by the key of its paths.
fn by_key<'g, 'a>(groups: &'g [Group<'a>], key: &str) -> Option<&'g Group<'a>> {
    groups.iter().find(|group| group.key == key)
}
