//! Forms as objects: each field by the schema of its property, as `encoding` or the client's own notation has it (OpenAPI 3.1
//! section 4.8.14.4).

use serde_json::{Map, Value};

use super::dialect::Direction;
use super::media::{self, is_json};
use super::notation::{ArrayFormat, Notation, ObjectFormat};
use super::outline::{Node, Outline, Property};
use super::parameter::{Book, Reader, Shape, Way, below, check_headers, nested, query};
use super::part::{Encoding, Media, Style};
use super::schema::Report;
use super::violation::{Kind, Part, Violation};
use crate::message::{FormPart, Query};

/// What came in.
pub(super) struct Form {
    fields: Query,
    /// The same with their headers, where the form came in parts.
    parts: Vec<FormPart>,
}

impl Form {
    /// A form as a query is written.
    pub(super) fn urlencoded(body: &[u8]) -> Form {
        Form { fields: Query::parse(&String::from_utf8_lossy(body)), parts: Vec::new() }
    }

    /// A form in parts.
    pub(super) fn multipart(parts: Vec<FormPart>) -> Form {
        let fields = parts.iter().map(|part| (part.name.clone(), part.text())).collect();
        Form { fields: Query::of(fields), parts }
    }
}

/// Reads a form as an object, each field by the schema of its property; fields that have none stay texts.
pub(super) fn read(
    book: Book<'_>,
    media: Option<&Media>,
    form: &Form,
    notation: Notation,
    report: &mut Report,
) -> Value {
    let mut out = loose(&form.fields);
    let Some((media, schema)) = media.and_then(|media| Some((media, media.schema?))) else { return Value::Object(out) };
    let outline = book.schemas.outline(book.document, schema);
    let Some(root) = outline.root() else { return Value::Object(out) };
    let fields = Fields { book, media, form, notation, outline, root };
    fields.check_parts(report);
    for (name, value) in &mut out {
        let node = outline.property(root, name);
        if let (Some(_), Value::String(text)) = (node, &value) {
            *value = fields.reader(None).typed(Value::String(text.clone()), node);
        }
    }
    for property in &root.properties {
        let (value, way) = fields.value(property, report);
        if let Some(value) = value {
            out.retain(|name, _| !fields.belongs(property, way, name));
            out.insert(property.name.clone(), value);
        }
    }
    Value::Object(out)
}

/// Texts, repeated ones as lists.
fn loose(fields: &Query) -> Map<String, Value> {
    let mut out: Map<String, Value> = Map::new();
    for (name, value) in fields.pairs() {
        match out.get_mut(name) {
            None => drop(out.insert(name.clone(), value.as_str().into())),
            Some(Value::Array(items)) => items.push(value.as_str().into()),
            Some(one) => *one = Value::Array(vec![one.take(), value.as_str().into()]),
        }
    }
    out
}

struct Fields<'a> {
    book: Book<'a>,
    media: &'a Media,
    form: &'a Form,
    notation: Notation,
    outline: &'a Outline,
    root: &'a Node,
}

impl<'a> Fields<'a> {
    fn reader(&self, separator: Option<char>) -> Reader<'a> {
        Reader { outline: Some(self.outline), separator, json: true }
    }

    fn encoding(&self, name: &str) -> Option<&'a Encoding> {
        self.media.encoding.get(name)
    }

    fn value(&self, property: &Property, report: &mut Report) -> (Option<Value>, Way) {
        let (name, node) = (property.name.as_str(), self.outline.property(self.root, &property.name));
        let stated = self.encoding(name).and_then(|encoding| encoding.style);
        let way = Way::of(stated.unwrap_or((Style::Form, true)), self.notation, Some(self.outline), node);
        if let Some(value) = self.json(name, node, report) {
            return (Some(value), way);
        }
        let shape = Shape::of(node);
        let as_told = match shape.fields {
            true => self.notation.objects != ObjectFormat::Auto,
            false => self.notation.arrays != ArrayFormat::Auto,
        };
        let fields = &self.form.fields;
        let others = |key: &str| self.root.properties.iter().any(|it| it.name == key);
        let told = || query(name, way, shape, node, fields, &others);
        let tree = match fields.first(name) {
            _ if stated.is_some() || as_told => told(),
            // Brackets are how forms write lists and objects, whatever the document says.
            None => nested(name, Way { style: Style::Deep, ..way }, fields),
            // An object in a form is JSON unless its encoding says otherwise.
            Some(text) if shape.wants_fields() => Some(Value::String(text.to_owned())),
            Some(_) => told(),
        };
        (tree.map(|tree| self.reader(way.separator).typed(tree, node)), way)
    }

    /// Whether a key of the form went into a property.
    fn belongs(&self, property: &Property, way: Way, key: &str) -> bool {
        let style = if way.style == Style::Dots { Style::Dots } else { Style::Deep };
        let node = self.outline.property(self.root, &property.name);
        let flat = way.style == Style::Form && way.explode && Shape::of(node).wants_fields();
        let inner = |node: &Node| node.properties.iter().any(|it| it.name == key);
        let own = self.root.properties.iter().any(|it| it.name == key);
        below(&property.name, style, key).is_some() || (flat && !own && node.is_some_and(inner))
    }

    fn parts<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a FormPart> + use<'a, 'n> {
        self.form.parts.iter().filter(move |part| part.name == name)
    }

    /// The value of parts that are JSON, by their own media type or by that of the document.
    fn json(&self, name: &str, node: Option<&Node>, report: &mut Report) -> Option<Value> {
        let documented = self.encoding(name).and_then(|encoding| encoding.content_type.as_deref()).is_some_and(is_json);
        let is_text = Shape::of(node).word;
        let own = |part: &FormPart| part.media_type().map_or(documented, is_json);
        let mut values = Vec::new();
        for part in self.parts(name).filter(|part| own(part) && !is_text) {
            match serde_json::from_slice(&part.content) {
                Ok(value) => values.push(value),
                Err(error) => {
                    self.say(name, Kind::Syntax, format!("this part is not valid JSON: {error}"), report);
                    values.push(Value::String(part.text()));
                }
            }
        }
        let listed = Shape::of(node).list && !matches!(values.as_slice(), [Value::Array(_)]);
        match values.len() {
            0 => None,
            1 if !listed => values.pop(),
            _ => Some(Value::Array(values)),
        }
    }

    /// Checks the media types and the header fields of parts against the encoding of their property.
    fn check_parts(&self, report: &mut Report) {
        for Property { name, .. } in &self.root.properties {
            let Some(encoding) = self.encoding(name) else { continue };
            for part in self.parts(name) {
                if let (Some(wanted), Some(given)) = (&encoding.content_type, part.media_type())
                    && !wanted.split(',').any(|range| media::covers(range, given))
                {
                    let message = format!("this part is {given}; documented: {wanted}");
                    self.say(name, Kind::Keyword("contentType".into()), message, report);
                }
                let mut own = Report::default();
                check_headers(self.book, &encoding.headers, &part.headers, Direction::Request, &mut own);
                for violation in own.finish() {
                    let message = format!("the header `{}` of this part: {}", violation.at, violation.message);
                    report.push(Violation { part: Part::Body, at: pointer(name), message, ..violation });
                }
            }
        }
    }

    fn say(&self, name: &str, kind: Kind, message: String, report: &mut Report) {
        let place = self.book.document.place(&self.media.site);
        report.push(Violation { part: Part::Body, at: pointer(name), kind, message, place });
    }
}

fn pointer(name: &str) -> String {
    let mut pointer = String::new();
    super::document::push_segment(&mut pointer, name);
    pointer
}
