//! Media types, and bodies read as values by them.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};

use super::Checked;
use super::dialect::Direction;
use super::document::Site;
use super::operation::Operation;
use super::outline::Outline;
use super::parameter::{Book, form};
use super::part::{Body, Media, Replies, Response};
use super::schema::Report;
use super::violation::{Kind, Part, Violation};
use crate::message::{Query, Request, multipart};

/// A body larger than this has its first violation listed and no other: each error costs more than the byte that causes it.
const MAX_EXPLAINED: usize = 1 << 20;

/// How a media type is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Json,
    Form,
    Multipart,
    Text,
    Opaque,
}

/// Whether bodies of this media type are JSON.
pub(super) fn is_json(media: &str) -> bool {
    reading(media) == Reading::Json
}

fn reading(media: &str) -> Reading {
    let media = essence(media);
    let is = |name: &str| media.eq_ignore_ascii_case(name);
    let ends =
        |suffix: &str| media.len() > suffix.len() && media[media.len() - suffix.len()..].eq_ignore_ascii_case(suffix);
    if is("application/json") || (media.is_ascii() && ends("+json")) || is("text/json") {
        Reading::Json
    } else if is("application/x-www-form-urlencoded") {
        Reading::Form
    } else if is("multipart/form-data") {
        Reading::Multipart
    } else if media.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("text/")) {
        Reading::Text
    } else {
        Reading::Opaque
    }
}

/// A media type without its parameters.
fn essence(media: &str) -> &str {
    media.split(';').next().unwrap_or_default().trim()
}

/// The documented media type that applies: the same with its parameters, the same, `type/*`, `*/*`.
pub(super) fn choose<'m>(documented: &'m [Media], given: &str) -> Option<&'m Media> {
    let plain = essence(given);
    let with = |name: &str| documented.iter().find(|media| media.name.eq_ignore_ascii_case(name));
    let same = || documented.iter().find(|media| essence(&media.name).eq_ignore_ascii_case(plain));
    let class = || {
        let class = plain.split('/').next().unwrap_or_default();
        let ranges = |name: &str| name.strip_suffix("/*").is_some_and(|range| range.eq_ignore_ascii_case(class));
        documented.iter().find(|media| ranges(essence(&media.name)))
    };
    with(given).or_else(same).or_else(class).or_else(|| with("*/*")).or_else(|| with("*"))
}

/// The documented media types that an `Accept` header allows, the best first; JSON comes before others that are liked as much.
pub(super) fn ranked<'m>(documented: &'m [Media], accept: Option<&str>) -> Vec<&'m Media> {
    let liked = |media: &'m Media| (accept.map_or(1.0, |accept| quality(accept, essence(&media.name))), media);
    let mut ranked: Vec<(f64, &Media)> = documented.iter().map(liked).filter(|(quality, _)| *quality > 0.0).collect();
    ranked.sort_by(|(one, first), (other, second)| {
        other.total_cmp(one).then(is_json(&second.name).cmp(&is_json(&first.name)))
    });
    ranked.into_iter().map(|(_, media)| media).collect()
}

/// The type to send where the document has a range: what the client names within it, else the usual one of the range.
pub(super) fn concrete(media: &str, accept: Option<&str>) -> String {
    let Some(class) = essence(media).strip_suffix('*') else { return media.to_owned() };
    let class = class.trim_start_matches("*/");
    let named = accept.unwrap_or_default().split(',').map(essence).filter(|name| !name.contains('*'));
    if let Some(name) = named.filter(|name| name.contains('/')).find(|name| name.starts_with(class)) {
        return name.to_owned();
    }
    match class {
        "text/" => "text/plain".to_owned(),
        "image/" => "image/png".to_owned(),
        "audio/" => "audio/mpeg".to_owned(),
        "video/" => "video/mp4".to_owned(),
        _ => "application/json".to_owned(),
    }
}

/// How much an `Accept` header likes a media type (RFC 9110 section 12.5.1): the most specific range decides.
fn quality(accept: &str, media: &str) -> f64 {
    let mut best = (0, 0.0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let class = |name: &str| name.split('/').next().unwrap_or_default().to_ascii_lowercase();
        let rank = match name {
            "*/*" | "*" => 1,
            _ if name.ends_with("/*") && class(name) == class(media) => 2,
            _ if media == "*/*" || (media.ends_with("/*") && class(name) == class(media)) => 2,
            _ if name.eq_ignore_ascii_case(media) => 3,
            _ => continue,
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=")).and_then(|text| text.parse().ok()).unwrap_or(1.0);
        if rank > best.0 {
            best = (rank, quality);
        }
    }
    best.1
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).filter(|value| !value.trim().is_empty())
}

/// Reads and checks the body of a request.
pub(super) fn check_request(
    book: Book<'_>,
    operation: &Operation,
    body: Option<&Body>,
    request: &Request,
    checked: &mut Checked,
    report: &mut Report,
) {
    if request.body.is_empty() {
        if let Some(body) = body.filter(|body| body.required) {
            report.push(violation(book, &body.site, Kind::Required, "the body is missing".to_owned()));
        }
        return;
    }
    let given = content_type(&request.headers);
    let media = applicable(body.map_or(&[], |body| &body.media), given);
    let name = given.or(media.map(|media| media.name.as_str())).unwrap_or("application/json");
    checked.body = read(book, name, media, request, report);
    match (body, media) {
        (None, _) => {
            let (kind, message) = (Kind::UnexpectedBody, "a body was sent, and none is documented".to_owned());
            let (at, place) = (String::new(), operation.place.clone());
            report.push(Violation { part: Part::Body, at, kind, message, place });
        }
        (Some(_), Some(media)) => {
            if let (Some(value), Some(schema)) = (&checked.body, media.schema) {
                book.check_body(schema, Direction::Request, value, report);
            }
        }
        // A documented body without a media type says nothing about what it is.
        (Some(body), None) if body.media.is_empty() => {}
        (Some(body), None) => {
            report.push(violation(book, &body.site, Kind::MediaType, undocumented(name, &body.media)));
        }
    }
}

/// The documented media type of a body; where the message does not name one, JSON is the likeliest.
fn applicable<'m>(documented: &'m [Media], given: Option<&str>) -> Option<&'m Media> {
    match given {
        Some(given) => choose(documented, given),
        None => documented.iter().find(|media| is_json(&media.name)).or(documented.first()),
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

fn read(book: Book<'_>, name: &str, media: Option<&Media>, request: &Request, report: &mut Report) -> Option<Value> {
    match reading(name) {
        Reading::Json => match serde_json::from_slice(&request.body) {
            Ok(value) => Some(value),
            Err(error) => {
                let site = media.map_or_else(|| Site { file: 0, pointer: String::new() }, |media| media.site.clone());
                report.push(violation(book, &site, Kind::Syntax, format!("the body is not valid JSON: {error}")));
                None
            }
        },
        Reading::Form => {
            let fields = Query::parse(std::str::from_utf8(&request.body).ok()?);
            Some(form(book, media, &fields))
        }
        Reading::Multipart => Some(form(book, media, &Query::of(multipart(name, &request.body)?))),
        Reading::Text => Some(Value::String(String::from_utf8_lossy(&request.body).into_owned())),
        Reading::Opaque => None,
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
    let bodiless = matches!(status.as_u16(), 100..=199 | 204 | 304);
    if bodiless && body.is_some() {
        let message = format!("a reply with the status {} cannot have a body", status.as_str());
        report.push(violation(book, &replies.site, Kind::UnexpectedBody, message));
    }
    let Some(response) = replies.for_status(status) else {
        return report.push(undocumented_status(book, replies, status));
    };
    super::parameter::check_headers(book, &response.headers, headers, report);
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
        (Some(value), Some(schema)) => book.check_body(schema, Direction::Reply, value, report),
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

/// Reads a JSON object out of the fields of a form without a description: texts, repeated ones as lists.
pub(super) fn loose_form(fields: &Query) -> Value {
    let mut out: Map<String, Value> = Map::new();
    for (name, value) in fields.pairs() {
        match out.get_mut(name) {
            None => drop(out.insert(name.clone(), value.as_str().into())),
            Some(Value::Array(items)) => items.push(value.as_str().into()),
            Some(one) => *one = Value::Array(vec![one.take(), value.as_str().into()]),
        }
    }
    Value::Object(out)
}

impl Book<'_> {
    fn check_body(self, schema: super::schema::SchemaId, direction: Direction, value: &Value, report: &mut Report) {
        report.about(Part::Body, None);
        if direction == Direction::Request {
            let outline: &Outline = self.schemas.outline(self.document, schema);
            outline.read_only(value, &mut |at, site| {
                let message = "this property is read-only: it cannot be set by a request".to_owned();
                let place = self.document.place(site);
                report.push(Violation { part: Part::Body, at, kind: Kind::ReadOnly, message, place });
            });
        }
        self.schemas.check(self.document, schema, direction, value, report);
    }
}
