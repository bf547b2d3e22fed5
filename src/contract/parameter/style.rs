//! The styles of parameters (OpenAPI 3.1 section 4.8.12.2 and RFC 6570): from what travels to words, lists and fields. A word is a
//! text as yet; its type comes later.

use serde_json::{Map, Value};

use super::super::notation::Repeated;
use super::super::outline::Node;
use super::super::part::{Parameter, Style};
use super::way::{Shape, Way};
use crate::message::{Query, decode};

/// Keys below a name go no deeper.
const MAX_DEPTH: usize = 32;

/// A path variable, still percent-encoded; none where it is not written in its style. Separators are looked for before
/// decoding: `%2C` is no separator.
pub(super) fn path(parameter: &Parameter, shape: Shape, raw: &str) -> Option<Value> {
    match parameter.style {
        Style::Label => {
            let raw = raw.strip_prefix('.')?;
            // The specification's own examples write unexploded labels both ways.
            let separator = if parameter.explode || !raw.contains(',') { '.' } else { ',' };
            Some(parted(parameter.explode, shape, raw, separator))
        }
        Style::Matrix => matrix(parameter, shape, raw.strip_prefix(';')?),
        _ => Some(parted(parameter.explode, shape, raw, ',')),
    }
}

/// `;name=value`, `;name=a;name=b`, `;name=a,b`, `;key=value;key=value`.
fn matrix(parameter: &Parameter, shape: Shape, raw: &str) -> Option<Value> {
    let parts: Vec<&str> = raw.split(';').filter(|part| !part.is_empty()).collect();
    if parameter.explode && shape.wants_fields() {
        return Some(Value::Object(parts.iter().map(|part| field(part)).collect()));
    }
    let named = |part: &&str| -> Option<String> {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decode(name) == parameter.name).then(|| value.to_owned())
    };
    let values: Vec<String> = parts.iter().filter_map(named).collect();
    match parameter.explode && shape.wants_list(values.len() > 1) && !values.is_empty() {
        true => Some(Value::Array(values.iter().map(|value| Value::String(decode(value))).collect())),
        false => values.first().map(|value| parted(false, shape, value, ',')),
    }
}

/// A text of parts: `a,b`, or `key,value,key,value`, or exploded `key=value,key=value`.
fn parted(explode: bool, shape: Shape, raw: &str, separator: char) -> Value {
    if shape.wants_fields() {
        let parts = raw.split(separator).filter(|part| !part.is_empty());
        return match explode {
            true => Value::Object(parts.map(field).collect()),
            false => pairs(parts.map(decode)),
        };
    }
    match shape.wants_list(raw.contains(separator)) {
        true if raw.is_empty() => Value::Array(Vec::new()),
        true => Value::Array(raw.split(separator).map(|part| Value::String(decode(part))).collect()),
        false => Value::String(decode(raw)),
    }
}

fn field(part: &str) -> (String, Value) {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    (decode(name), Value::String(decode(value)))
}

fn pairs(mut parts: impl Iterator<Item = String>) -> Value {
    let mut fields = Map::new();
    while let Some(name) = parts.next() {
        fields.insert(name, Value::String(parts.next().unwrap_or_default()));
    }
    Value::Object(fields)
}

/// A header: style `simple`, in which blanks around the parts mean nothing. Headers are not percent-encoded.
pub(super) fn header(parameter: &Parameter, shape: Shape, text: &str) -> Value {
    let parts = || text.split(',').map(str::trim).filter(|part| !part.is_empty());
    if shape.wants_fields() {
        return match parameter.explode {
            true => {
                let fields = parts().map(|part| part.split_once('=').unwrap_or((part, "")));
                Value::Object(fields.map(|(name, value)| (name.to_owned(), Value::String(value.to_owned()))).collect())
            }
            false => pairs(parts().map(str::to_owned)),
        };
    }
    match shape.wants_list(text.contains(',')) {
        true => Value::Array(parts().map(|part| Value::String(part.to_owned())).collect()),
        false => Value::String(text.trim().to_owned()),
    }
}

/// A cookie: style `form`, where a list may be several cookies of one name and an object a cookie for each property, or
/// either is parted by commas; or style `cookie` (OpenAPI 3.2), which is not percent-encoded.
pub(super) fn cookie(
    parameter: &Parameter,
    shape: Shape,
    node: Option<&Node>,
    cookies: &[(&str, &str)],
) -> Option<Value> {
    let as_sent = parameter.style == Style::Cookie;
    let read = |text: &str| if as_sent { text.to_owned() } else { decode(text) };
    let values: Vec<&str> =
        cookies.iter().filter(|(name, _)| *name == parameter.name).map(|(_, value)| value.trim_matches('"')).collect();
    match values.as_slice() {
        [] if parameter.explode && shape.wants_fields() => {
            let known = |name: &str| node.is_some_and(|node| node.properties.iter().any(|it| it.name == name));
            let own = cookies.iter().filter(|(name, _)| known(name));
            let fields: Map<_, _> = own.map(|(name, value)| ((*name).to_owned(), Value::String(read(value)))).collect();
            if fields.is_empty() { None } else { Some(Value::Object(fields)) }
        }
        [] => None,
        [one] if as_sent && !shape.wants_fields() && !shape.wants_list(one.contains(',')) => {
            Some(Value::String((*one).to_owned()))
        }
        [one] => Some(parted(false, shape, one, ',')),
        [first, ..] => Some(match shape.wants_list(true) {
            true => Value::Array(values.iter().map(|value| Value::String(read(value))).collect()),
            false => Value::String(read(first)),
        }),
    }
}

/// A query parameter, or a field of a form. `others` are pairs that belong to others, whatever an object allows.
pub(in crate::contract) fn query(
    name: &str,
    way: Way,
    shape: Shape,
    node: Option<&Node>,
    query: &Query,
    others: &dyn Fn(&str) -> bool,
) -> Option<Value> {
    match way.style {
        _ if way.is_nested() => nested(name, way, query).or_else(|| misplaced(name, way, shape, query)),
        Style::Space => plain(name, way, shape, query, ' '),
        Style::Pipe => plain(name, way, shape, query, '|'),
        _ if way.explode && shape.wants_fields() => exploded(name, node?, query, others),
        _ => plain(name, way, shape, query, ','),
    }
}

/// All pairs as the fields of one object.
pub(super) fn whole(query: &Query) -> Option<Value> {
    let mut tree = Value::Object(Map::new());
    query.pairs().iter().for_each(|(name, value)| grow(&mut tree, &[name], value, Repeated::First));
    (!query.is_empty()).then_some(tree)
}

/// Each property of the object is a pair of its own.
fn exploded(name: &str, node: &Node, query: &Query, others: &dyn Fn(&str) -> bool) -> Option<Value> {
    let known = |key: &str| node.properties.iter().any(|property| property.name == key);
    let own = |key: &str| known(key) || (node.open && key != name && !others(key));
    let mut tree = Value::Object(Map::new());
    query
        .pairs()
        .iter()
        .filter(|(key, _)| own(key))
        .for_each(|(key, value)| grow(&mut tree, &[key], value, Repeated::First));
    if tree == Value::Object(Map::new()) { None } else { Some(tree) }
}

fn plain(name: &str, way: Way, shape: Shape, query: &Query, separator: char) -> Option<Value> {
    let one = way.repeated.of(query.all(name))?;
    let repeats = way.explode && way.style == Style::Form;
    if shape.wants_fields() {
        return Some(pairs(one.split(separator).map(str::to_owned)));
    }
    let all = || query.all(name);
    let many = all().nth(1).is_some() || (!repeats && one.contains(separator));
    if !shape.wants_list(many) {
        return Some(Value::String(one.to_owned()));
    }
    // The query comes decoded: clients encode the commas between ids and mean separators all the same.
    let words: Vec<Value> = match repeats {
        true => all().map(|value| Value::String(value.to_owned())).collect(),
        false => {
            let parts = all().flat_map(|value| value.split(separator)).filter(|part| !part.is_empty());
            parts.map(|part| Value::String(part.to_owned())).collect()
        }
    };
    Some(Value::Array(words))
}

/// A value that has no keys below its name and should have: a word, which fits where the schema allows one.
fn misplaced(name: &str, way: Way, shape: Shape, query: &Query) -> Option<Value> {
    let one = way.repeated.of(query.all(name))?;
    Some(match shape.list && one.is_empty() {
        true => Value::Array(Vec::new()),
        false => Value::String(one.to_owned()),
    })
}

/// `name[key]=value`, `name[key][inner]=value`, `name[]=value`; with dots `name.key=value`, `name.key[]=value`.
pub(in crate::contract) fn nested(name: &str, way: Way, query: &Query) -> Option<Value> {
    let mut tree: Option<Value> = None;
    for (key, value) in query.pairs() {
        let Some(path) = below(name, way.style, key) else { continue };
        let separators: &[char] = if way.style == Style::Dots { &['.', '['] } else { &['['] };
        let keys: Vec<&str> =
            path.split(separators).skip(1).map(|part| part.strip_suffix(']').unwrap_or(part)).collect();
        if keys.len() <= MAX_DEPTH {
            grow(tree.get_or_insert_with(|| Value::Object(Map::new())), &keys, value, way.repeated);
        }
    }
    tree
}

/// What a key has behind a name, where it stands below it. A name may bring its brackets along: `ids[]`.
pub(in crate::contract) fn below<'k>(name: &str, style: Style, key: &'k str) -> Option<&'k str> {
    let first = if style == Style::Dots { '.' } else { '[' };
    let rest = key.strip_prefix(name.strip_suffix("[]").unwrap_or(name))?;
    rest.starts_with(first).then_some(rest)
}

fn grow(tree: &mut Value, keys: &[&str], value: &str, repeated: Repeated) {
    let Some((key, keys)) = keys.split_first() else {
        if repeated == Repeated::Last {
            *tree = Value::String(value.to_owned());
            return;
        }
        // The same place twice makes a list.
        let before = std::mem::replace(tree, Value::Array(Vec::new()));
        if let Value::Array(items) = tree {
            match before {
                Value::Array(before) => *items = before,
                other => items.push(other),
            }
            items.push(Value::String(value.to_owned()));
        }
        return;
    };
    if let Value::Object(fields) = tree
        && fields.is_empty()
        && key.is_empty()
    {
        *tree = Value::Array(Vec::new());
    }
    match tree {
        Value::Object(fields) => match fields.get_mut(*key) {
            Some(below) => grow(below, keys, value, repeated),
            None => drop(fields.insert((*key).to_owned(), sprout(keys, value))),
        },
        Value::Array(items) => match items.last_mut().filter(|last| lacks(last, keys)) {
            Some(last) => grow(last, keys, value, repeated),
            None => items.push(sprout(keys, value)),
        },
        _ => {}
    }
}

/// Whether an item is an object that has nothing yet where the keys lead: `list[][a]=1&list[][b]=2` is one item.
fn lacks(item: &Value, keys: &[&str]) -> bool {
    match (item, keys) {
        (Value::Object(fields), [key, ..]) => !fields.contains_key(*key),
        _ => false,
    }
}

/// A new branch for the rest of the keys.
fn sprout(keys: &[&str], value: &str) -> Value {
    match keys.split_first() {
        None => Value::String(value.to_owned()),
        Some((&"", rest)) => Value::Array(vec![sprout(rest, value)]),
        Some((key, rest)) => Value::Object(Map::from_iter([((*key).to_owned(), sprout(rest, value))])),
    }
}
