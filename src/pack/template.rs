//! Texts and JSON values with `{name}` in them. Names are looked up; nothing is computed here.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt::Write;
use std::str::FromStr;

use serde_json::{Map, Value};

use crate::source::escape;
use crate::store::Record;

/// Where the names in a template get their values.
pub trait Facts {
    /// The value of a name; none where it has none.
    fn fact(&self, name: &str) -> Option<Value>;

    /// The same as a text to be appended; override where that can be had without a copy.
    fn write(&self, name: &str, out: &mut String) {
        match self.fact(name) {
            Some(Value::String(text)) => out.push_str(&text),
            Some(Value::Null) | None => {}
            Some(other) => {
                let _ = write!(out, "{other}");
            }
        }
    }
}

impl Facts for Record {
    fn fact(&self, name: &str) -> Option<Value> {
        self.get(name).cloned()
    }
}

impl Facts for Map<String, Value> {
    fn fact(&self, name: &str) -> Option<Value> {
        self.get(name).cloned()
    }
}

/// A text with `{name}` in it. Braces around anything but a name stand for themselves. `{not.name}` is the opposite of a flag.
///
/// ```
/// use counterpart::pack::Template;
/// let facts = serde_json::json!({ "id": 7 }).as_object().cloned().unwrap();
/// let template: Template = "/pets/{id}.json {:x=>1}".parse().unwrap();
/// assert_eq!(template.text(&facts), "/pets/7.json {:x=>1}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

impl FromStr for Template {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Template, Infallible> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, from) = rest.split_at(open);
            plain.push_str(before);
            let name = from[1..].split('}').next().filter(|name| is_name(name) && from.len() > name.len() + 1);
            match name {
                Some(name) => {
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(Part::Name(name.to_owned()));
                    rest = &from[name.len() + 2..];
                }
                None => {
                    plain.push('{');
                    rest = &from[1..];
                }
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Template { parts })
    }
}

/// A letter or `_`, then letters, digits, `_`, `.` and `-`; `now:` may be followed by a format.
fn is_name(text: &str) -> bool {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    starts && (plain(text) || text.starts_with("now:"))
}

impl Template {
    /// A template, known to be readable: every text is one.
    pub fn of(text: &str) -> Template {
        text.parse().unwrap_or_else(|never: Infallible| match never {})
    }

    /// The text with its names filled in; a name without a value leaves nothing.
    pub fn text(&self, facts: &dyn Facts) -> String {
        let mut out = String::with_capacity(64);
        self.write(facts, &mut out);
        out
    }

    /// Appends the text with its names filled in.
    pub fn write(&self, facts: &dyn Facts, out: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Name(name) => facts.write(name, out),
            }
        }
    }

    /// A single name keeps the type of its value; anything else is a text.
    pub fn value(&self, facts: &dyn Facts) -> Value {
        match self.parts.as_slice() {
            [Part::Name(name)] => facts.fact(name).unwrap_or(Value::Null),
            _ => Value::String(self.text(facts)),
        }
    }

    /// The text, where no name stands in it.
    pub fn constant(&self) -> Option<Cow<'_, str>> {
        match self.parts.as_slice() {
            [] => Some(Cow::Borrowed("")),
            [Part::Text(text)] => Some(Cow::Borrowed(text)),
            _ => None,
        }
    }

    /// Whether it is this name and nothing else.
    pub fn is_name(&self, name: &str) -> bool {
        matches!(self.parts.as_slice(), [Part::Name(known)] if known == name)
    }

    /// The names that stand in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }
}

/// A JSON value in which every text is a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A value that stays as it is.
    Plain(Value),
    /// A text with names in it.
    Text(Template),
    /// A list.
    List(Vec<Shape>),
    /// An object.
    Object(Vec<(String, Shape)>),
}

impl Shape {
    /// The shape of a JSON value.
    pub fn of(value: &Value) -> Shape {
        match value {
            Value::String(text) => {
                let template = Template::of(text);
                match template.constant() {
                    Some(text) => Shape::Plain(Value::String(text.into_owned())),
                    None => Shape::Text(template),
                }
            }
            Value::Array(items) => Shape::List(items.iter().map(Shape::of).collect()),
            Value::Object(map) => {
                Shape::Object(map.iter().map(|(key, value)| (key.clone(), Shape::of(value))).collect())
            }
            other => Shape::Plain(other.clone()),
        }
    }

    /// The value with its names filled in.
    pub fn value(&self, facts: &dyn Facts) -> Value {
        match self {
            Shape::Plain(value) => value.clone(),
            Shape::Text(template) => template.value(facts),
            Shape::List(items) => Value::Array(items.iter().map(|item| item.value(facts)).collect()),
            Shape::Object(entries) => {
                Value::Object(entries.iter().map(|(key, shape)| (key.clone(), shape.value(facts))).collect())
            }
        }
    }

    /// The JSON pointer to the place that a name fills alone.
    pub fn place_of(&self, name: &str) -> Option<String> {
        match self {
            Shape::Text(template) => template.is_name(name).then(String::new),
            Shape::Object(entries) => {
                let below = |(key, shape): &(String, Shape)| Some((key.clone(), shape.place_of(name)?));
                let (key, rest) = entries.iter().find_map(below)?;
                Some(format!("/{}{rest}", escape(&key)))
            }
            Shape::Plain(_) | Shape::List(_) => None,
        }
    }

    /// Whether one of these names stands in it.
    pub fn mentions(&self, wanted: &[&str]) -> bool {
        match self {
            Shape::Plain(_) => false,
            Shape::Text(template) => template.names().any(|name| wanted.contains(&name) || name.starts_with("now:")),
            Shape::List(items) => items.iter().any(|item| item.mentions(wanted)),
            Shape::Object(entries) => entries.iter().any(|(_, shape)| shape.mentions(wanted)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(shape: Value, expected: Value) {
        let facts = json!({ "id": 7, "a.b": [1], "name": "x" });
        assert_eq!(Shape::of(&shape).value(facts.as_object().expect("object")), expected);
    }

    #[test]
    fn a_name_alone_keeps_its_type() {
        check(json!("{id}"), json!(7));
        check(json!("{a.b}"), json!([1]));
        check(json!("n{id}{name}"), json!("n7x"));
        check(json!("{missing}"), json!(null));
        check(json!("<{missing}>"), json!("<>"));
    }

    #[test]
    fn other_braces_stand_for_themselves() {
        check(json!("{:x=>{:y=>\"{name}\"}} {"), json!("{:x=>{:y=>\"x\"}} {"));
        check(json!("{id"), json!("{id"));
        check(json!("{}{{id}}"), json!("{}{7}"));
    }

    #[test]
    fn lists_and_objects_are_filled_in_throughout() {
        check(json!({ "k": ["{id}", 1, null, { "n": "{name}" }] }), json!({ "k": [7, 1, null, { "n": "x" }] }));
    }
}
