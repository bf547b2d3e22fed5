//! Parameters: found where they travel, taken apart by style, given the types of their schema, and checked.

mod style;
mod typed;
mod way;
mod word;

use std::sync::Arc;

use http::HeaderMap;
use serde_json::{Map, Value};

use super::dialect::Direction;
use super::document::Document;
use super::notation::Notation;
use super::operation::Operation;
use super::outline::{Node, Outline};
use super::part::{Parameter, Style};
use super::schema::{Report, Schemas};
use super::violation::{Kind, Part, Violation};
use super::{Checked, Contract};
use crate::message::{Query, Request, decode};

pub(super) use style::{below, nested, query};
pub(super) use typed::Reader;
pub(super) use way::{Shape, Way};
pub(super) use word::typed as typed_word;

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
    raw_query: &'a str,
    headers: &'a HeaderMap,
    cookies: Vec<(&'a str, &'a str)>,
    /// All parameters of the operation.
    declared: &'a [Arc<Parameter>],
    /// How the client writes lists and objects in the query.
    notation: Notation,
}

impl<'a> Sources<'a> {
    fn of(request: &'a Request, variables: &'a [(&'a str, &'a str)]) -> Sources<'a> {
        let lines = request.headers.get_all(http::header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        Sources {
            variables,
            query: request.query(),
            raw_query: request.raw_query(),
            headers: &request.headers,
            cookies: pairs.collect(),
            declared: &[],
            notation: Notation::default(),
        }
    }
}

/// Reads and checks all parameters of a request.
pub(super) fn check_request(
    contract: &Contract,
    operation: &Operation,
    parameters: &[Arc<Parameter>],
    (variables, notation): (&[(&str, &str)], Notation),
    request: &Request,
    checked: &mut Checked,
    report: &mut Report,
) {
    let book = contract.book();
    let sources = Sources { declared: parameters, notation, ..Sources::of(request, variables) };
    for parameter in parameters {
        let value = check(book, parameter, &sources, Direction::Request, report);
        if value.is_none() && parameter.default.is_some() && parameter.part == Part::Query {
            checked.assumed.push(parameter.name.clone());
        }
        let Some(value) = value.or_else(|| parameter.default.clone()) else { continue };
        home(checked, parameter.part).insert(parameter.name.clone(), value);
    }
    for (name, raw) in variables {
        // Only a variable that no parameter describes is still missing.
        if !checked.path.contains_key(*name) {
            checked.path.insert((*name).to_owned(), Value::String(decode(raw)));
        }
    }
    report_unknown(contract, operation, &sources, report);
}

/// Whether those that stand in a path accept its values.
pub(super) fn accepts_path(book: Book<'_>, parameters: &[Arc<Parameter>], variables: &[(&str, &str)]) -> bool {
    let (query, cookies, notation) = Default::default();
    let headers = HeaderMap::new();
    let sources = Sources { variables, query, raw_query: "", headers: &headers, cookies, declared: &[], notation };
    let mut report = Report::default();
    for parameter in parameters.iter().filter(|parameter| parameter.part == Part::Path) {
        check(book, parameter, &sources, Direction::Request, &mut report);
    }
    report.finish().is_empty()
}

fn home(checked: &mut Checked, part: Part) -> &mut Map<String, Value> {
    match part {
        Part::Path => &mut checked.path,
        Part::Header => &mut checked.headers,
        Part::Cookie => &mut checked.cookies,
        Part::Query | Part::Body | Part::Status => &mut checked.query,
    }
}

/// Checks the headers of a reply, or of a part of a form.
pub(super) fn check_headers(
    book: Book<'_>,
    parameters: &[Arc<Parameter>],
    headers: &HeaderMap,
    direction: Direction,
    report: &mut Report,
) {
    let (query, cookies, notation) = Default::default();
    let sources = Sources { variables: &[], query, raw_query: "", headers, cookies, declared: &[], notation };
    for parameter in parameters {
        check(book, parameter, &sources, direction, report);
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
    let outline = outline.filter(|_| !parameter.json);
    let node = outline.and_then(Outline::root);
    let way = way(parameter, sources.notation, outline);
    let Some(tree) = find(parameter, way, node, sources) else {
        absent(book, parameter, sources, report);
        return None;
    };
    let is_empty = matches!(&tree, Value::String(word) if word.is_empty());
    if let (Value::String(_), true) = (&tree, is_repeated(parameter, way, node, sources)) {
        let message = format!("is sent more than once, and is no list; the {} one counts", way.repeated.word());
        report.push(violation(book, parameter, Kind::Repeated, message));
    }
    let value = match (parameter.json, tree) {
        (true, Value::String(text)) => match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(error) => {
                let message = format!("is not the JSON that it should be: {error}");
                report.push(violation(book, parameter, Kind::Syntax, message));
                return Some(Value::String(text));
            }
        },
        (_, tree) => Reader { outline, separator: way.separator, json: false }.typed(tree, node),
    };
    if let (Some(schema), false) = (parameter.schema, is_empty && parameter.allow_empty)
        && !book.schemas.fits(book.document, schema, direction, &value)
    {
        report.about(parameter.part, Some(&parameter.name));
        book.schemas.check(book.document, schema, direction, &value, report);
    }
    Some(value)
}

fn way(parameter: &Parameter, notation: Notation, outline: Option<&Outline>) -> Way {
    match (parameter.part, parameter.json, parameter.style) {
        (Part::Query, false, style) if style != Style::Whole => {
            Way::of((style, parameter.explode), notation, outline, outline.and_then(Outline::root))
        }
        _ => Way { repeated: notation.repeated, ..Way::plain(parameter) },
    }
}

/// Says what is missing, or is there and not written as the document wants it.
fn absent(book: Book<'_>, parameter: &Parameter, sources: &Sources<'_>, report: &mut Report) {
    let (part, name) = (parameter.part.word(), &parameter.name);
    let is_variable = sources.variables.iter().any(|(variable, _)| variable == name);
    let (kind, message) = match parameter.part {
        Part::Path if is_variable => {
            let written = if parameter.style == Style::Label { ".value".into() } else { format!(";{name}=value") };
            (Kind::Syntax, format!("is not written as `{written}`, which the style of the parameter wants"))
        }
        // A path without the variable was warned of when the document was read.
        Part::Path => return,
        _ if !parameter.required => return,
        _ => (Kind::Required, format!("the {part} parameter `{name}` is missing")),
    };
    report.push(violation(book, parameter, kind, message));
}

/// Whether a single value was sent twice where the schema says that it is single.
fn is_repeated(parameter: &Parameter, way: Way, node: Option<&Node>, sources: &Sources<'_>) -> bool {
    let typed = parameter.json || node.is_some_and(|node| node.types.is_some());
    let single = parameter.part == Part::Query && way.style != Style::Whole && typed;
    single && sources.query.all(&parameter.name).nth(1).is_some()
}

fn violation(book: Book<'_>, parameter: &Parameter, kind: Kind, message: String) -> Violation {
    let place = book.document.place(&parameter.site);
    Violation { part: parameter.part, at: parameter.name.clone(), kind, message, place }
}

fn find(parameter: &Parameter, way: Way, node: Option<&Node>, sources: &Sources<'_>) -> Option<Value> {
    let shape = Shape::of(node);
    match parameter.part {
        Part::Path => {
            let (_, raw) = sources.variables.iter().find(|(name, _)| *name == parameter.name)?;
            style::path(parameter, shape, raw)
        }
        Part::Header => {
            let lines = sources.headers.get_all(parameter.name.as_str());
            // Beyond ASCII, clients send UTF-8.
            let lines: Vec<_> = lines.into_iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
            if lines.is_empty() { None } else { Some(style::header(parameter, shape, &lines.join(", "))) }
        }
        Part::Cookie => style::cookie(parameter, shape, node, &sources.cookies),
        Part::Query | Part::Body | Part::Status => {
            let literal = parameter.reserved && sources.raw_query.contains('+');
            let literal = literal.then(|| Query::parse_literal(sources.raw_query));
            let query = literal.as_ref().unwrap_or(&sources.query);
            match (way.style, parameter.json) {
                (Style::Whole, false) => style::whole(query),
                (Style::Whole, true) if query.is_empty() => None,
                (Style::Whole, true) => Some(Value::String(decode(sources.raw_query))),
                (_, true) => way.repeated.of(query.all(&parameter.name)).map(|text| Value::String(text.to_owned())),
                _ => style::query(&parameter.name, way, shape, node, query, &|name| is_declared(sources, name)),
            }
        }
    }
}

fn is_declared(sources: &Sources<'_>, name: &str) -> bool {
    sources.declared.iter().any(|parameter| parameter.part == Part::Query && parameter.name == name)
}

/// Reports the query parameters that nobody declared.
fn report_unknown(contract: &Contract, operation: &Operation, sources: &Sources<'_>, report: &mut Report) {
    let book = contract.book();
    let mut reported: Vec<&str> = Vec::new();
    for (name, _) in sources.query.pairs() {
        let in_query = || sources.declared.iter().filter(|parameter| parameter.part == Part::Query);
        let known = contract.frame.keys.contains(name)
            || in_query().any(|parameter| takes(book, parameter, sources.notation, name));
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
fn takes(book: Book<'_>, parameter: &Parameter, notation: Notation, name: &str) -> bool {
    if parameter.name == name || parameter.style == Style::Whole {
        return true;
    }
    let outline = parameter.schema.map(|schema| book.schemas.outline(book.document, schema));
    let way = way(parameter, notation, outline);
    match way.style {
        _ if way.is_nested() => style::below(&parameter.name, way.style, name).is_some(),
        Style::Form if way.explode => {
            let known = |node: &Node| node.open || node.properties.iter().any(|property| property.name == name);
            outline.and_then(Outline::root).is_some_and(known)
        }
        _ => false,
    }
}
