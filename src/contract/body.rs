//! Bodies: read as values by their media type, and checked.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use super::Checked;
use super::dialect::Direction;
use super::document::Site;
use super::form::{self, Form};
use super::media::{Reading, applicable, is_json, is_sequential, parameter, reading};
use super::notation::Notation;
use super::operation::Operation;
use super::outline::Types;
use super::parameter::{Book, check_headers, typed_word};
use super::part::{Body, Media, Replies, Response};
use super::schema::{Report, SchemaId};
use super::violation::{Kind, Part, Violation};
use crate::message::{Request, multipart};

/// A body larger than this has its first violation listed and no other: each error costs more than the byte that causes it.
const MAX_EXPLAINED: usize = 1 << 20;

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).filter(|value| !value.trim().is_empty())
}

/// Reads and checks the body of a request.
pub(super) fn check_request(
    book: Book<'_>,
    operation: &Operation,
    (body, notation): (Option<&Body>, Notation),
    request: &Request,
    checked: &mut Checked,
    report: &mut Report,
) {
    let given = content_type(&request.headers);
    // A file or a text may be empty, where one must be there and the request says that it is.
    let may_be_empty = |name: &str| matches!(reading(name), Reading::Text | Reading::Opaque);
    let is_there = given.is_some_and(|given| {
        let says = |body: &Body| body.required && applicable(&body.media, Some(given)).is_some();
        may_be_empty(given) && body.is_some_and(says)
    });
    if request.body.is_empty() && !is_there {
        if let Some(body) = body.filter(|body| body.required) {
            report.push(violation(book, &body.site, Kind::Required, "the body is missing".to_owned()));
        }
        return;
    }
    let media = applicable(body.map_or(&[], |body| &body.media), given);
    let name = given.or(media.map(|media| media.name.as_str())).unwrap_or("application/json");
    // A form in place of JSON says the same in another notation: by the schema its words are seen for what they mean.
    let is_form = matches!(reading(name), Reading::Form | Reading::Multipart);
    let written = body.filter(|_| is_form).and_then(|body| body.media.iter().find(|media| is_json(&media.name)));
    let meant = media.or(written);
    checked.body = read(book, (name, notation), meant, request, report);
    match (body, media) {
        (None, _) => {
            let (kind, message) = (Kind::UnexpectedBody, "a body was sent, and none is documented".to_owned());
            let (at, place) = (String::new(), operation.place.clone());
            report.push(Violation { part: Part::Body, at, kind, message, place });
        }
        (Some(_), Some(media)) => {
            if let Some(value) = &checked.body {
                book.check_body(name, media, Direction::Request, value, report);
            }
        }
        // A documented body without a media type says nothing about what it is.
        (Some(body), None) if body.media.is_empty() => {}
        (Some(body), None) => {
            report.push(violation(book, &body.site, Kind::MediaType, undocumented(name, &body.media)));
            if let (Some(meant), Some(value)) = (meant, &checked.body) {
                book.check_body(name, meant, Direction::Request, value, report);
            }
        }
    }
}

/// Whether the violations of a request are to be listed in full.
pub(super) fn report_for(request: &Request) -> Report {
    if request.body.len() > MAX_EXPLAINED { Report::of_first() } else { Report::default() }
}

fn undocumented(name: &str, documented: &[Media]) -> String {
    let names: Vec<&str> = documented.iter().map(|media| media.name.as_str()).collect();
    let name: String = name.chars().take(80).collect();
    format!("the media type {name} is not documented; documented: {}", names.join(", "))
}

fn violation(book: Book<'_>, site: &Site, kind: Kind, message: String) -> Violation {
    Violation { part: Part::Body, at: String::new(), kind, message, place: book.document.place(site) }
}

/// The body as a value; none where it is opaque, or not what it says it is.
fn read(
    book: Book<'_>,
    (name, notation): (&str, Notation),
    media: Option<&Media>,
    request: &Request,
    report: &mut Report,
) -> Option<Value> {
    let mut bad = |why: String| {
        let site = media.map_or_else(|| Site { file: 0, pointer: String::new() }, |media| media.site.clone());
        report.push(violation(book, &site, Kind::Syntax, why));
    };
    match reading(name) {
        Reading::Json => {
            let read = serde_json::from_slice(&request.body);
            read.map_err(|error| bad(format!("the body is not valid JSON: {error}"))).ok()
        }
        Reading::Lines => lines(&request.body).map_err(bad).ok(),
        Reading::Form => Some(form::read(book, media, &Form::urlencoded(&request.body), notation, report)),
        Reading::Multipart => {
            let parts = multipart(name, &request.body).map_err(|why| bad(format!("the body {why}"))).ok()?;
            Some(form::read(book, media, &Form::multipart(parts), notation, report))
        }
        Reading::Text => {
            let outline =
                media.and_then(|media| media.schema).map(|schema| book.schemas.outline(book.document, schema));
            let types = outline.and_then(|outline| outline.root()?.types);
            Some(typed_word(text(name, &request.body), types))
        }
        Reading::Opaque => None,
    }
}

/// One JSON value after the other (RFC 7464, and newline-delimited JSON), as a list.
fn lines(body: &[u8]) -> Result<Value, String> {
    let mut items = Vec::new();
    for (number, line) in body.split(|byte| matches!(byte, b'\n' | 0x1e)).enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let item = serde_json::from_slice(line);
        items.push(item.map_err(|error| format!("line {} of the body is not valid JSON: {error}", number + 1))?);
    }
    Ok(Value::Array(items))
}

/// A text in the character set that its media type names: UTF-8, or one byte for each letter.
fn text(media: &str, body: &[u8]) -> String {
    match parameter(media, "charset").as_deref() {
        Some("iso-8859-1" | "latin1" | "windows-1252") => body.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8_lossy(body).into_owned(),
    }
}

/// Checks a reply against what the operation documents for its status.
pub(super) fn check_reply(
    book: Book<'_>,
    operation: &Operation,
    replies: &Replies,
    status: StatusCode,
    headers: &HeaderMap,
    body: Option<&Value>,
    report: &mut Report,
) {
    let bodiless = matches!(status.as_u16(), 100..=199 | 204 | 205 | 304);
    if bodiless && body.is_some() {
        let message = format!("a reply with the status {} cannot have a body", status.as_str());
        report.push(violation(book, &replies.site, Kind::UnexpectedBody, message));
    }
    let Some(response) = replies.for_status(status) else {
        // Where only refusals are documented, nothing is said of what comes when all goes well.
        if !(status.is_success() && replies.only_refuse()) {
            report.push(undocumented_status(book, replies, status));
        }
        return;
    };
    check_headers(book, &response.headers, headers, Direction::Reply, report);
    // A reply that is documented without a body may have one: the document only does not say what it is.
    if !(bodiless || response.media.is_empty() || operation.method == Method::HEAD) {
        check_reply_body(book, response, headers, body, report);
    }
}

fn check_reply_body(
    book: Book<'_>,
    response: &Response,
    headers: &HeaderMap,
    body: Option<&Value>,
    report: &mut Report,
) {
    let given = content_type(headers);
    let documented = &response.media;
    let Some(media) = applicable(documented, given) else {
        let name = given.unwrap_or_default();
        report.push(violation(book, &response.site, Kind::MediaType, undocumented(name, documented)));
        return;
    };
    let name = given.unwrap_or(&media.name);
    match (body, media.schema) {
        (Some(value), _) => book.check_body(name, media, Direction::Reply, value, report),
        (None, Some(_)) if is_json(name) => {
            report.push(violation(book, &media.site, Kind::Required, "the body is missing".to_owned()));
        }
        _ => {}
    }
}

/// The violation of a status that no reply documents.
fn undocumented_status(book: Book<'_>, replies: &Replies, status: StatusCode) -> Violation {
    let exact = replies.exact.iter().map(|(status, _)| status.as_str().to_owned());
    let ranges = replies.ranges.iter().map(|(digit, _)| format!("{digit}XX"));
    let known: Vec<String> = exact.chain(ranges).collect();
    Violation {
        part: Part::Status,
        at: status.as_str().to_owned(),
        kind: Kind::Status,
        message: format!("the status {} is not documented; documented: {}", status.as_str(), known.join(", ")),
        place: book.document.place(&replies.site),
    }
}

impl Book<'_> {
    /// Checks a body against what its media type says of it.
    pub(super) fn check_body(
        self,
        name: &str,
        media: &Media,
        direction: Direction,
        value: &Value,
        report: &mut Report,
    ) {
        report.about(Part::Body, None);
        let items = value.as_array().filter(|_| is_sequential(name));
        match (items, media.schema, media.items) {
            (Some(items), schema, Some(item)) => {
                self.check_items(item, direction, items, report);
                schema.into_iter().for_each(|schema| self.check_value(schema, direction, value, report));
            }
            // Before `itemSchema` there was, the schema of such a body was that of its lines.
            (Some(items), Some(schema), None) if !self.allows(schema, Types::ARRAY) => {
                self.check_items(schema, direction, items, report);
            }
            // A text that is to be an object is in a format of its own.
            (_, Some(schema), _) if reading(name) == Reading::Text && !self.allows_word(schema) => {}
            (_, Some(schema), _) => self.check_value(schema, direction, value, report),
            (_, None, _) => {}
        }
    }

    fn check_items(self, item: SchemaId, direction: Direction, items: &[Value], report: &mut Report) {
        for (index, value) in items.iter().enumerate() {
            report.below(format!("/{index}"));
            self.check_value(item, direction, value, report);
        }
        report.below(String::new());
    }

    fn types(self, schema: SchemaId) -> Option<Types> {
        self.schemas.outline(self.document, schema).root()?.types
    }

    fn allows(self, schema: SchemaId, types: Types) -> bool {
        self.types(schema).is_none_or(|known| known.has(types))
    }

    fn allows_word(self, schema: SchemaId) -> bool {
        self.types(schema).is_none_or(Types::has_word)
    }

    fn check_value(self, schema: SchemaId, direction: Direction, value: &Value, report: &mut Report) {
        if direction == Direction::Request {
            let outline = self.schemas.outline(self.document, schema);
            let above = report.above().to_owned();
            outline.read_only(value, &mut |at, site| {
                let message = "this property is read-only: it cannot be set by a request".to_owned();
                let place = self.document.place(site);
                report.push(Violation {
                    part: Part::Body,
                    at: format!("{above}{at}"),
                    kind: Kind::ReadOnly,
                    message,
                    place,
                });
            });
        }
        self.schemas.check(self.document, schema, direction, value, report);
    }
}
