//! A value as an XML document, as the Object `xml` of its schema says (OpenAPI, section "XML Object").

use serde_json::{Map, Value};

use super::super::look::Look;
use super::written::word;

/// The document of a value, whose root has a name.
pub(super) fn document(name: &str, look: Option<&Look<'_>>, value: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    element(&Tag::of(name, look).named(name), look, value, &mut out);
    out
}

/// The name of an element or of an attribute, and the namespace that it opens.
struct Tag {
    name: String,
    namespace: Option<(String, String)>,
}

impl Tag {
    /// What a schema says, else the name of its property.
    fn of(usual: &str, look: Option<&Look<'_>>) -> Tag {
        let xml = look.and_then(Look::xml);
        let said = |keyword: &str| xml?.get(keyword)?.as_str().filter(|text| !text.is_empty());
        let name = legal(said("name").unwrap_or(usual));
        let prefix = said("prefix").map(legal);
        let opened = prefix.as_ref().map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
        Tag {
            name: prefix.map_or_else(|| name.clone(), |prefix| format!("{prefix}:{name}")),
            namespace: said("namespace").map(|namespace| (opened, namespace.to_owned())),
        }
    }

    /// The same under another name.
    fn named(self, name: &str) -> Tag {
        let name = legal(name);
        let prefixed = self.name.split_once(':').map(|(prefix, _)| format!("{prefix}:{name}"));
        Tag { name: prefixed.unwrap_or(name), ..self }
    }
}

fn element(tag: &Tag, look: Option<&Look<'_>>, value: &Value, out: &mut String) {
    let namespace = tag.namespace.iter().map(|(name, value)| (name.clone(), value.clone()));
    let attributes: Vec<(String, String)> = match value {
        Value::Object(entries) => namespace.chain(attributes(look, entries)).collect(),
        _ => namespace.collect(),
    };
    let name = &tag.name;
    *out += &format!("<{name}");
    attributes.iter().for_each(|(name, value)| *out += &format!(" {name}=\"{}\"", escaped(value)));
    if value.is_null() {
        *out += "/>";
        return;
    }
    *out += ">";
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                let look = look.and_then(|look| look.property(name));
                if !is_attribute(look.as_ref(), value) {
                    property(name, look.as_ref(), value, out);
                }
            }
        }
        Value::Array(items) => {
            let look = look.and_then(Look::items);
            let tag = Tag::of("item", look.as_ref());
            items.iter().for_each(|item| element(&tag, look.as_ref(), item, out));
        }
        value => *out += &escaped(&word(value)),
    }
    *out += &format!("</{name}>");
}

/// A property as elements: that of a list has one for each item, within one of its own where the list is `wrapped`.
fn property(name: &str, look: Option<&Look<'_>>, value: &Value, out: &mut String) {
    let Value::Array(items) = value else { return element(&Tag::of(name, look), look, value, out) };
    let outer = Tag::of(name, look);
    let wrapped = look.and_then(Look::xml).and_then(|xml| xml.get("wrapped")) == Some(&Value::Bool(true));
    let inner = look.and_then(Look::items);
    let usual = if wrapped { outer.name.rsplit(':').next().unwrap_or(name) } else { name };
    let tag = Tag::of(usual, inner.as_ref());
    let mut all = String::new();
    items.iter().for_each(|item| element(&tag, inner.as_ref(), item, &mut all));
    if !wrapped {
        *out += &all;
        return;
    }
    let opened = outer.namespace.map(|(name, value)| format!(" {name}=\"{}\"", escaped(&value))).unwrap_or_default();
    *out += &format!("<{0}{opened}>{all}</{0}>", outer.name);
}

fn attributes(look: Option<&Look<'_>>, entries: &Map<String, Value>) -> Vec<(String, String)> {
    let written = |(name, value): (&String, &Value)| {
        let look = look?.property(name).filter(|look| is_attribute(Some(look), value))?;
        Some((Tag::of(name, Some(&look)).name, word(value)))
    };
    entries.iter().filter_map(written).collect()
}

/// Whether a property is written as an attribute: only what is a word can be.
fn is_attribute(look: Option<&Look<'_>>, value: &Value) -> bool {
    let said = look.and_then(Look::xml).and_then(|xml| xml.get("attribute")) == Some(&Value::Bool(true));
    said && !(value.is_object() || value.is_array() || value.is_null())
}

/// A name that XML allows.
fn legal(name: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || "_-.".contains(letter) { letter } else { '_' };
    let name: String = name.chars().map(plain).collect();
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    if begins { name } else { format!("_{name}") }
}

fn escaped(text: &str) -> String {
    let legal = text.chars().filter(|letter| !letter.is_control() || "\n\r\t".contains(*letter));
    legal.collect::<String>().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
