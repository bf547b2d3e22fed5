//! From words, lists and fields to values of the types that a schema asks for.

use serde_json::{Map, Value};

use super::super::outline::{Node, Outline};
use super::way::Shape;
use super::word;

/// How words are read.
#[derive(Clone, Copy)]
pub(in crate::contract) struct Reader<'a> {
    pub(in crate::contract) outline: Option<&'a Outline>,
    /// What parts the items of a list that is one word.
    pub(in crate::contract) separator: Option<char>,
    /// Whether the text of an object may be JSON, as in forms.
    pub(in crate::contract) json: bool,
}

impl<'a> Reader<'a> {
    /// Gives words the types that the schema asks for. A word that cannot have them stays a word: the check then says so.
    pub(in crate::contract) fn typed(self, tree: Value, node: Option<&'a Node>) -> Value {
        let shape = Shape::of(node);
        let keys = |name: &str| self.outline.zip(node).and_then(|(outline, node)| outline.property(node, name));
        match tree {
            Value::String(text) if self.json && shape.wants_fields() => {
                serde_json::from_str(&text).unwrap_or(Value::String(text))
            }
            Value::String(text) => word::typed(text, node.and_then(|node| node.types)),
            Value::Array(items) => {
                let below = self.outline.zip(node).and_then(|(outline, node)| outline.items(node));
                Value::Array(items.into_iter().map(|item| self.inner(item, below)).collect())
            }
            Value::Object(fields) if shape.list && !shape.fields => self.typed(Value::Array(listed(fields)), node),
            Value::Object(fields) => {
                let typed = |(name, field): (String, Value)| {
                    let value = self.inner(field, keys(&name));
                    (name, value)
                };
                Value::Object(fields.into_iter().map(typed).collect())
            }
            typed => typed,
        }
    }

    /// A value within another one: there, a list of one is written like its item.
    fn inner(self, tree: Value, node: Option<&'a Node>) -> Value {
        let shape = Shape::of(node);
        match tree {
            Value::String(text) if shape.list && !shape.fields => match self.separator {
                Some(separator) if shape.wants_list(text.contains(separator)) => {
                    let parts = text.split(separator).filter(|part| !part.is_empty());
                    self.typed(Value::Array(parts.map(|part| Value::String(part.to_owned())).collect()), node)
                }
                None if !shape.word => self.typed(Value::Array(vec![Value::String(text)]), node),
                _ => self.typed(Value::String(text), node),
            },
            tree => self.typed(tree, node),
        }
    }
}

/// Fields where a list is wanted: `list[0]=a&list[1]=b` are its items by their places; `list[a]=1&list[a]=2` are items that have
/// one field of each name.
fn listed(fields: Map<String, Value>) -> Vec<Value> {
    let place = |name: &str| name.parse::<u32>().ok();
    if fields.keys().all(|name| place(name).is_some()) {
        let mut fields: Vec<(String, Value)> = fields.into_iter().collect();
        fields.sort_by_key(|(name, _)| place(name));
        return fields.into_iter().map(|(_, item)| item).collect();
    }
    let mut items: Vec<Map<String, Value>> = Vec::new();
    for (name, values) in fields {
        let values = match values {
            Value::Array(values) => values,
            one => vec![one],
        };
        for (index, value) in values.into_iter().enumerate() {
            if index == items.len() {
                items.push(Map::new());
            }
            items[index].insert(name.clone(), value);
        }
    }
    items.into_iter().map(Value::Object).collect()
}
