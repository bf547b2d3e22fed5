//! Parameters: found where they travel, taken apart by style, given the types of their schema, and checked.

mod style;
mod word;

use std::sync::Arc;

use http::HeaderMap;
use serde_json::{Map, Value};

use super::dialect::Direction;
use super::document::Document;
use super::operation::Operation;
use super::outline::{Node, Outline};
use super::part::{Media, Parameter, Style};
use super::schema::{Report, Schemas};
use super::violation::{Kind, Part, Violation};
use super::{Checked, Contract};
use crate::message::{Query, Request, decode};

pub(super) use style::Tree;

/// What checks are made against.
#[derive(Clone, Copy)]
pub(super) struct Book<'a> {
    pub(super) document: &'a Document,
    pub(super) schemas: &'a Schemas,
}

/// Where the parameters of one message are found.
struct Sources<'a> {
    variables: &'a [(&'a str, &'a str)],
    query: Query,
    headers: &'a HeaderMap,
    cookies: Vec<(&'a str, &'a str)>,
}

impl<'a> Sources<'a> {
    fn of(variables: &'a [(&'a str, &'a str)], request: &'a Request) -> Sources<'a> {
        let lines = request.headers.get_all(http::header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        Sources { variables, query: request.query(), headers: &request.headers, cookies: pairs.collect() }
    }
}

/// Reads and checks all parameters of a request.
pub(super) fn check_request(
    contract: &Contract,
    operation: &Operation,
    parameters: &[Arc<Parameter>],
    variables: &[(&str, &str)],
    request: &Request,
    checked: &mut Checked,
    report: &mut Report,
) {
    let book = contract.book();
    let sources = Sources::of(variables, request);
    for parameter in parameters {
        let value = check(book, parameter, &sources, Direction::Request, report);
        let Some(value) = value.or_else(|| parameter.default.clone()) else { continue };
        home(checked, parameter.part).insert(parameter.name.clone(), value);
    }
    for (name, raw) in variables {
        // Only a variable that no parameter describes is still missing.
        if !checked.path.contains_key(*name) {
            checked.path.insert((*name).to_owned(), Value::String(decode(raw)));
        }
    }
    report_unknown(contract, operation, parameters, &sources.query, report);
}

fn home(checked: &mut Checked, part: Part) -> &mut Map<String, Value> {
    match part {
        Part::Path => &mut checked.path,
        Part::Header => &mut checked.headers,
        Part::Cookie => &mut checked.cookies,
        Part::Query | Part::Body | Part::Status => &mut checked.query,
    }
}

/// Checks the headers of a reply.
pub(super) fn check_headers(book: Book<'_>, parameters: &[Arc<Parameter>], headers: &HeaderMap, report: &mut Report) {
    let sources = Sources { variables: &[], query: Query::default(), headers, cookies: Vec::new() };
    for parameter in parameters {
        check(book, parameter, &sources, Direction::Reply, report);
    }
}

/// Reads one parameter; none where it was not sent.
fn check(
    book: Book<'_>,
    parameter: &Parameter,
    sources: &Sources<'_>,
    direction: Direction,
    report: &mut Report,
) -> Option<Value> {
    let outline = parameter.schema.map(|schema| book.schemas.outline(book.document, schema));
    let node = outline.and_then(Outline::root);
    let Some(tree) = find(parameter, node, sources) else {
        if parameter.required {
            let message = format!("the {} parameter `{}` is missing", parameter.part.word(), parameter.name);
            report.push(violation(book, parameter, Kind::Required, message));
        }
        return None;
    };
    let is_empty = matches!(&tree, Tree::Word(word) if word.is_empty());
    let value = match (parameter.json, tree) {
        (true, Tree::Word(text)) => match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(error) => {
                let message = format!("is not the JSON that it should be: {error}");
                report.push(violation(book, parameter, Kind::Syntax, message));
                return Some(Value::String(text));
            }
        },
        (_, tree) => typed(tree, outline, node),
    };
    if let (Some(schema), false) = (parameter.schema, is_empty && parameter.allow_empty)
        && !book.schemas.fits(book.document, schema, direction, &value)
    {
        report.about(parameter.part, Some(&parameter.name));
        book.schemas.check(book.document, schema, direction, &value, report);
    }
    Some(value)
}

fn violation(book: Book<'_>, parameter: &Parameter, kind: Kind, message: String) -> Violation {
    let place = book.document.place(&parameter.site);
    Violation { part: parameter.part, at: parameter.name.clone(), kind, message, place }
}

fn find(parameter: &Parameter, node: Option<&Node>, sources: &Sources<'_>) -> Option<Tree> {
    let shape = style::Shape::of(parameter, node);
    match parameter.part {
        Part::Path => {
            let (_, raw) = sources.variables.iter().find(|(name, _)| *name == parameter.name)?;
            style::path(parameter, shape, raw)
        }
        Part::Header => {
            let lines = sources.headers.get_all(parameter.name.as_str());
            let lines: Vec<&str> = lines.into_iter().filter_map(|line| line.to_str().ok()).collect();
            if lines.is_empty() { None } else { Some(style::header(parameter, shape, &lines.join(", "))) }
        }
        Part::Cookie => {
            let (_, raw) = sources.cookies.iter().find(|(name, _)| *name == parameter.name)?;
            Some(style::cookie(shape, raw))
        }
        Part::Query | Part::Body | Part::Status => style::query(parameter, shape, node, &sources.query),
    }
}

/// Gives words the types that the schema asks for. A word that cannot have them stays a word: the check then says so.
pub(super) fn typed(tree: Tree, outline: Option<&Outline>, node: Option<&Node>) -> Value {
    match tree {
        Tree::Word(text) => word::typed(text, node.and_then(|node| node.types)),
        Tree::List(items) => {
            let below = outline.zip(node).and_then(|(outline, node)| outline.items(node));
            Value::Array(items.into_iter().map(|item| typed(item, outline, below)).collect())
        }
        Tree::Fields(fields) => {
            let below = |name: &str| outline.zip(node).and_then(|(outline, node)| outline.property(node, name));
            let typed = |(name, field): (String, Tree)| {
                let value = typed(field, outline, below(&name));
                (name, value)
            };
            Value::Object(fields.into_iter().map(typed).collect())
        }
    }
}

/// Reads a form as an object, each field by the schema of its property; fields that have none stay texts.
pub(super) fn form(book: Book<'_>, media: Option<&Media>, fields: &Query) -> Value {
    let mut out = match super::media::loose_form(fields) {
        Value::Object(out) => out,
        _ => Map::new(),
    };
    let Some((media, schema)) = media.and_then(|media| Some((media, media.schema?))) else { return Value::Object(out) };
    let outline = book.schemas.outline(book.document, schema);
    let Some(root) = outline.root() else { return Value::Object(out) };
    for property in &root.properties {
        let (style, explode) = media.encoding.get(&property.name).copied().unwrap_or((Style::Form, true));
        let node = outline.property(root, &property.name);
        let name = property.name.clone();
        let (part, required, allow_empty, json) = (Part::Body, false, false, false);
        let (schema, default, site) = (None, None, property.site.clone());
        let field = Parameter { name, part, required, style, explode, allow_empty, json, schema, default, site };
        if let Some(value) = form_field(&field, outline, node, fields) {
            out.retain(|name, _| !name.strip_prefix(field.name.as_str()).is_some_and(|rest| rest.starts_with('[')));
            out.insert(field.name, value);
        }
    }
    Value::Object(out)
}

fn form_field(field: &Parameter, outline: &Outline, node: Option<&Node>, fields: &Query) -> Option<Value> {
    let shape = style::Shape::of(field, node);
    let tree = match fields.first(&field.name) {
        // Brackets are how forms write lists and objects, whatever the document says.
        None => style::deep(&field.name, fields),
        // An object in a form is JSON unless its encoding says otherwise.
        Some(text) if field.style == Style::Form && shape.wants_fields() => match serde_json::from_str(text) {
            Ok(value) => return Some(value),
            Err(_) => Some(Tree::Word(text.to_owned())),
        },
        Some(_) => style::query(field, shape, node, fields),
    };
    tree.map(|tree| typed(tree, Some(outline), node))
}

/// Reports the query parameters that nobody declared.
fn report_unknown(
    contract: &Contract,
    operation: &Operation,
    parameters: &[Arc<Parameter>],
    query: &Query,
    report: &mut Report,
) {
    let book = contract.book();
    let mut reported: Vec<&str> = Vec::new();
    for (name, _) in query.pairs() {
        let in_query = || parameters.iter().filter(|parameter| parameter.part == Part::Query);
        let known = contract.frame.keys.contains(name) || in_query().any(|parameter| takes(book, parameter, name));
        // Bounded, since the list of what was reported is searched for each pair.
        if known || reported.len() >= 64 || reported.contains(&name.as_str()) {
            continue;
        }
        reported.push(name);
        let message = match crate::source::nearest(name, in_query().map(|parameter| parameter.name.as_str())) {
            Some(meant) => format!("the document does not know this query parameter; did the client mean `{meant}`?"),
            None => "the document does not know this query parameter".to_owned(),
        };
        let place = operation.place.clone();
        report.push(Violation { part: Part::Query, at: name.clone(), kind: Kind::Unknown, message, place });
    }
}

/// Whether a pair of the query belongs to a parameter.
fn takes(book: Book<'_>, parameter: &Parameter, name: &str) -> bool {
    if parameter.name == name {
        return true;
    }
    let node = || parameter.schema.and_then(|schema| book.schemas.outline(book.document, schema).root());
    match parameter.style {
        Style::Deep => name.strip_prefix(parameter.name.as_str()).is_some_and(|rest| rest.starts_with('[')),
        Style::Form if parameter.explode => {
            node().is_some_and(|node| node.open || node.properties.iter().any(|property| property.name == name))
        }
        _ => false,
    }
}
