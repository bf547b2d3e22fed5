//! How a provider words its refusals and what is wrong with a record.

use std::collections::HashMap;

use http::{HeaderName, HeaderValue, StatusCode};

use super::template::{Shape, Template};
use crate::refusal::{Flaw, Kind, Problem};
use crate::source::{Fields, Findings, Node};

/// All wordings of a provider.
#[derive(Debug, Default)]
pub struct Phrases {
    /// A template for each kind of refusal.
    pub errors: HashMap<Kind, ErrorTemplate>,
    /// By `resource.field.flaw`, `field.flaw` or `flaw`; the most particular wins.
    problems: HashMap<String, Phrase>,
    /// What a value must be, by JSON type: `integer` → `must be an integer`.
    pub types: HashMap<String, String>,
    /// Names of fields as people read them, where they are not the field's own with a capital.
    pub labels: HashMap<String, String>,
}

/// A refusal as it goes out.
#[derive(Debug, Clone)]
pub struct ErrorTemplate {
    /// The status.
    pub status: StatusCode,
    /// Header fields beside those of every error.
    pub headers: Vec<(HeaderName, Template)>,
    /// The body: JSON, or plain text.
    pub body: ErrorBody,
    /// The reason in a few words, where it stands in a list of results.
    pub text: Template,
}

/// The body of a refusal.
#[derive(Debug, Clone)]
pub enum ErrorBody {
    /// JSON in the provider's usual media type.
    Json(Shape),
    /// Plain text.
    Text(Template),
}

/// How one flaw is worded.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// The field under which it is listed, where that is not the field itself.
    pub listed_as: Option<String>,
    /// An entry in a list of problems.
    pub entry: Shape,
    /// The same as a text.
    pub text: Template,
}

impl Phrases {
    pub(super) fn read(file: &mut Fields<'_>, findings: &mut Findings) -> Phrases {
        let mut phrases = Phrases::default();
        if let Some(node) = file.take("errors") {
            phrases.errors = errors(&node, findings).unwrap_or_default();
        }
        for (name, node) in file.take("problems").and_then(|node| node.entries(findings)).unwrap_or_default() {
            let flaw = name.rsplit('.').next().unwrap_or_default();
            if Flaw::from_word(flaw).is_none() {
                let flaws = Flaw::ALL.iter().map(|flaw| flaw.word());
                let finding = node.error("unknown-word", format!("there is no flaw `{flaw}`"));
                findings.push(finding.help(super::meant(flaw, flaws)));
            }
            if let Some(phrase) = Phrase::read(&node, findings) {
                phrases.problems.insert(name.to_owned(), phrase);
            }
        }
        phrases.types = texts(file.take("types"), findings);
        phrases.labels = texts(file.take("labels"), findings);
        phrases
    }

    /// How a problem of a resource is worded.
    pub fn problem(&self, resource: &str, problem: &Problem) -> Option<&Phrase> {
        let flaw = problem.kind.word();
        let key = format!("{resource}.{}.{flaw}", problem.field);
        [&key, &key[resource.len() + 1..], flaw].into_iter().find_map(|key| self.problems.get(key))
    }

    /// A field's name as people read it: `external_id` → `External`, unless the pack says otherwise.
    pub fn label(&self, field: &str) -> String {
        self.labels.get(field).cloned().unwrap_or_else(|| {
            let words = field.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        })
    }
}

pub(super) fn errors(node: &Node<'_>, findings: &mut Findings) -> Option<HashMap<Kind, ErrorTemplate>> {
    let mut errors = HashMap::new();
    for (name, node) in node.entries(findings)? {
        let Some(kind) = Kind::from_word(name) else {
            let finding = node.error("unknown-word", format!("there is no kind of refusal `{name}`"));
            findings.push(finding.help(super::meant(name, Kind::ALL.iter().map(|kind| kind.word()))));
            continue;
        };
        if let Some(template) = ErrorTemplate::read(&node, findings) {
            errors.insert(kind, template);
        }
    }
    Some(errors)
}

impl ErrorTemplate {
    /// Whether a name stands anywhere in it.
    pub fn mentions(&self, wanted: &str) -> bool {
        let names = |template: &Template| template.names().any(|name| name == wanted);
        let body = match &self.body {
            ErrorBody::Json(shape) => shape.mentions(&[wanted]),
            ErrorBody::Text(text) => names(text),
        };
        body || names(&self.text) || self.headers.iter().any(|(_, template)| names(template))
    }

    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<ErrorTemplate> {
        let mut fields = node.fields(findings)?;
        let status = fields.required("status", findings, status);
        let headers = fields.optional("headers", findings, headers).unwrap_or_default();
        let has_body = fields.has("body") || fields.has("plain");
        let plain = fields.optional("plain", findings, Node::string);
        let body = fields.take("body").map(|node| Shape::of(node.value()));
        let text = fields.optional("text", findings, Node::string).unwrap_or_default();
        fields.finish(findings);
        let body = match (body, plain) {
            (_, Some(plain)) => ErrorBody::Text(Template::of(&plain)),
            (Some(body), None) => ErrorBody::Json(body),
            (None, None) => {
                if !has_body {
                    findings.push(node.error("missing-key", "one of `body` or `plain` is needed here"));
                }
                return None;
            }
        };
        Some(ErrorTemplate { status: status?, headers, body, text: Template::of(&text) })
    }
}

impl Phrase {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Phrase> {
        let mut fields = node.fields(findings)?;
        let listed_as = fields.optional("listed_as", findings, Node::string);
        let entry = fields.take("entry").map_or(Shape::Plain(serde_json::Value::Null), |node| Shape::of(node.value()));
        let text = fields.required("text", findings, Node::string);
        fields.finish(findings);
        Some(Phrase { listed_as, entry, text: Template::of(&text?) })
    }
}

/// The status of a final reply (RFC 9110 section 15). There are providers that refuse with a 200.
pub(super) fn status(node: &Node<'_>, findings: &mut Findings) -> Option<StatusCode> {
    let code = node.value().as_u64().and_then(|code| u16::try_from(code).ok()).filter(|code| (200..600).contains(code));
    let status = code.and_then(|code| StatusCode::from_u16(code).ok());
    status.or_else(|| node.mismatch("a status from 200 to 599", findings))
}

/// Header fields with templates for values.
pub(super) fn headers(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<(HeaderName, Template)>> {
    let mut headers = Vec::new();
    for (name, node) in node.entries(findings)? {
        let Ok(header) = HeaderName::from_bytes(name.to_lowercase().as_bytes()) else {
            findings.push(node.error("header-name", format!("`{name}` is not the name of a header field")));
            continue;
        };
        let value = node.scalar(findings)?;
        if HeaderValue::from_str(&value).is_err() {
            findings.push(node.error("header-value", "this cannot stand in a header field"));
        }
        headers.push((header, Template::of(&value)));
    }
    Some(headers)
}

fn texts(node: Option<Node<'_>>, findings: &mut Findings) -> HashMap<String, String> {
    let entries = node.and_then(|node| node.entries(findings)).unwrap_or_default();
    entries.into_iter().filter_map(|(name, node)| Some((name.to_owned(), node.string(findings)?))).collect()
}
