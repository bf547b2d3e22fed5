//! The styles of parameters (OpenAPI 3.1 section 4.8.12.2 and RFC 6570): from what travels to words, lists and fields.

use super::super::outline::{Node, Types};
use super::super::part::{Parameter, Style};
use crate::message::{Query, decode};

/// Brackets below a `deepObject` go no deeper.
const MAX_DEPTH: usize = 32;

/// A value before its words have types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tree {
    Word(String),
    List(Vec<Tree>),
    Fields(Vec<(String, Tree)>),
}

/// Which forms the schema allows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    word: bool,
    list: bool,
    fields: bool,
}

impl Shape {
    pub(super) fn of(parameter: &Parameter, node: Option<&Node>) -> Shape {
        let says = node.filter(|_| !parameter.json);
        match says.and_then(|node| node.types) {
            Some(types) => {
                Shape { word: types.has_primitive(), list: types.has(Types::ARRAY), fields: types.has(Types::OBJECT) }
            }
            // Properties without a type mean an object; anything else is taken as it comes.
            None => {
                let fields = says.is_some_and(|node| !node.properties.is_empty());
                Shape { word: !fields, list: false, fields }
            }
        }
    }

    fn wants_list(self, many: bool) -> bool {
        self.list && (many || !self.word)
    }

    pub(super) fn wants_fields(self) -> bool {
        self.fields && !self.word && !self.list
    }
}

/// A path variable, still percent-encoded. Separators are looked for before decoding: `%2C` is no separator.
pub(super) fn path(parameter: &Parameter, shape: Shape, raw: &str) -> Option<Tree> {
    match parameter.style {
        Style::Label => {
            let raw = raw.strip_prefix('.').unwrap_or(raw);
            // The specification's own examples write unexploded labels both ways.
            let separator = if parameter.explode || !raw.contains(',') { '.' } else { ',' };
            Some(parted(parameter.explode, shape, raw, separator))
        }
        Style::Matrix => matrix(parameter, shape, raw),
        _ => Some(parted(parameter.explode, shape, raw, ',')),
    }
}

/// `;name=value`, `;name=a;name=b`, `;name=a,b`, `;key=value;key=value`.
fn matrix(parameter: &Parameter, shape: Shape, raw: &str) -> Option<Tree> {
    let parts: Vec<&str> = raw.split(';').filter(|part| !part.is_empty()).collect();
    if parameter.explode && shape.wants_fields() {
        return Some(Tree::Fields(parts.iter().map(|part| field(part)).collect()));
    }
    let named = |part: &&str| -> Option<String> {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decode(name) == parameter.name).then(|| value.to_owned())
    };
    let values: Vec<String> = parts.iter().filter_map(named).collect();
    match parameter.explode && shape.wants_list(values.len() > 1) {
        true => Some(Tree::List(values.iter().map(|value| Tree::Word(decode(value))).collect())),
        false => values.first().map(|value| parted(false, shape, value, ',')),
    }
}

/// A text of parts: `a,b`, or `key,value,key,value`, or exploded `key=value,key=value`.
fn parted(explode: bool, shape: Shape, raw: &str, separator: char) -> Tree {
    if shape.wants_fields() {
        let parts = raw.split(separator).filter(|part| !part.is_empty());
        return match explode {
            true => Tree::Fields(parts.map(field).collect()),
            false => pairs(parts.map(decode)),
        };
    }
    match shape.wants_list(raw.contains(separator)) {
        true if raw.is_empty() => Tree::List(Vec::new()),
        true => Tree::List(raw.split(separator).map(|part| Tree::Word(decode(part))).collect()),
        false => Tree::Word(decode(raw)),
    }
}

fn field(part: &str) -> (String, Tree) {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    (decode(name), Tree::Word(decode(value)))
}

fn pairs(mut parts: impl Iterator<Item = String>) -> Tree {
    let mut fields = Vec::new();
    while let Some(name) = parts.next() {
        fields.push((name, Tree::Word(parts.next().unwrap_or_default())));
    }
    Tree::Fields(fields)
}

/// A header: style `simple`, in which blanks around the parts mean nothing. Headers are not percent-encoded.
pub(super) fn header(parameter: &Parameter, shape: Shape, text: &str) -> Tree {
    let parts = || text.split(',').map(str::trim).filter(|part| !part.is_empty());
    if shape.wants_fields() {
        return match parameter.explode {
            true => {
                let fields = parts().map(|part| part.split_once('=').unwrap_or((part, "")));
                Tree::Fields(fields.map(|(name, value)| (name.to_owned(), Tree::Word(value.to_owned()))).collect())
            }
            false => pairs(parts().map(str::to_owned)),
        };
    }
    match shape.wants_list(text.contains(',')) {
        true => Tree::List(parts().map(|part| Tree::Word(part.to_owned())).collect()),
        false => Tree::Word(text.trim().to_owned()),
    }
}

/// A cookie: style `form`; there is no way to repeat one, so lists and fields are parted by commas.
pub(super) fn cookie(shape: Shape, raw: &str) -> Tree {
    parted(false, shape, raw.trim_matches('"'), ',')
}

/// A query parameter, or a field of a form.
pub(super) fn query(parameter: &Parameter, shape: Shape, node: Option<&Node>, query: &Query) -> Option<Tree> {
    match parameter.style {
        Style::Deep => deep(&parameter.name, query).or_else(|| plain(parameter, shape, query, ',')),
        Style::Space => plain(parameter, shape, query, ' '),
        Style::Pipe => plain(parameter, shape, query, '|'),
        _ if parameter.explode && shape.wants_fields() => exploded(parameter, node?, query),
        _ => plain(parameter, shape, query, ','),
    }
}

/// Each property of the object is a pair of its own.
fn exploded(parameter: &Parameter, node: &Node, query: &Query) -> Option<Tree> {
    let known = |name: &str| node.properties.iter().any(|property| property.name == name);
    let own = |name: &str| known(name) || (node.open && name != parameter.name);
    let fields = query.pairs().iter().filter(|(name, _)| own(name));
    let fields: Vec<_> = fields.map(|(name, value)| (name.clone(), Tree::Word(value.clone()))).collect();
    if fields.is_empty() { None } else { Some(Tree::Fields(fields)) }
}

fn plain(parameter: &Parameter, shape: Shape, query: &Query, separator: char) -> Option<Tree> {
    let first = query.first(&parameter.name)?;
    let repeats = parameter.explode && parameter.style == Style::Form;
    if shape.wants_fields() {
        return Some(pairs(first.split(separator).map(str::to_owned)));
    }
    let all = || query.all(&parameter.name);
    let many = all().nth(1).is_some() || (!repeats && first.contains(separator));
    if !shape.wants_list(many) {
        // Of a parameter that is sent twice and is no list, the first counts: servers differ, and a choice must be made.
        return Some(Tree::Word(first.to_owned()));
    }
    // The query comes decoded: clients encode the commas between ids and mean separators all the same.
    let words: Vec<Tree> = match repeats {
        true => all().map(|value| Tree::Word(value.to_owned())).collect(),
        false => {
            let parts = all().flat_map(|value| value.split(separator)).filter(|part| !part.is_empty());
            parts.map(|part| Tree::Word(part.to_owned())).collect()
        }
    };
    Some(Tree::List(words))
}

/// `name[key]=value`, `name[key][inner]=value`, `name[]=value`.
pub(super) fn deep(name: &str, query: &Query) -> Option<Tree> {
    let mut tree: Option<Tree> = None;
    for (key, value) in query.pairs() {
        let Some(path) = key.strip_prefix(name).filter(|rest| rest.starts_with('[')) else { continue };
        let keys: Vec<&str> = path.split('[').skip(1).map(|part| part.strip_suffix(']').unwrap_or(part)).collect();
        if keys.len() <= MAX_DEPTH {
            grow(tree.get_or_insert_with(|| Tree::Fields(Vec::new())), &keys, value);
        }
    }
    tree
}

fn grow(tree: &mut Tree, keys: &[&str], value: &str) {
    let Some((key, keys)) = keys.split_first() else {
        // The same place twice makes a list.
        let before = std::mem::replace(tree, Tree::List(Vec::new()));
        if let Tree::List(items) = tree {
            match before {
                Tree::List(before) => *items = before,
                other => items.push(other),
            }
            items.push(Tree::Word(value.to_owned()));
        }
        return;
    };
    if let Tree::Fields(fields) = tree
        && fields.is_empty()
        && key.is_empty()
    {
        *tree = Tree::List(Vec::new());
    }
    match tree {
        Tree::Fields(fields) => match fields.iter_mut().find(|(name, _)| name == key) {
            Some((_, below)) => grow(below, keys, value),
            None => fields.push(((*key).to_owned(), sprout(keys, value))),
        },
        Tree::List(items) => items.push(sprout(keys, value)),
        Tree::Word(_) => {}
    }
}

/// A new branch for the rest of the keys.
fn sprout(keys: &[&str], value: &str) -> Tree {
    match keys.split_first() {
        None => Tree::Word(value.to_owned()),
        Some((&"", rest)) => Tree::List(vec![sprout(rest, value)]),
        Some((key, rest)) => Tree::Fields(vec![((*key).to_owned(), sprout(rest, value))]),
    }
}
