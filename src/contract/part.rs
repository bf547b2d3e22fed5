//! What an operation asks for and answers, as the checks need it.

use std::collections::HashMap;
use std::sync::Arc;

use http::StatusCode;
use serde_json::Value;

use super::document::Site;
use super::sample::Kept;
use super::schema::SchemaId;
use super::security::Security;
use super::violation::Part;

/// The inner side of an operation.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) parameters: Vec<Arc<Parameter>>,
    pub(super) body: Option<Arc<Body>>,
    /// None where the document lists no replies at all: any reply is fine then.
    pub(super) replies: Option<Replies>,
    pub(super) security: Arc<Security>,
}

/// A parameter of a request, or a header of a reply.
#[derive(Debug)]
pub(super) struct Parameter {
    /// As the document writes it; headers in lower case.
    pub(super) name: String,
    pub(super) part: Part,
    pub(super) required: bool,
    pub(super) style: Style,
    pub(super) explode: bool,
    /// `?name=` stands for a value of its own.
    pub(super) allow_empty: bool,
    /// Reserved characters stand for themselves, a plus sign among them.
    pub(super) reserved: bool,
    /// The value is one JSON text, as `content: application/json` has it.
    pub(super) json: bool,
    pub(super) schema: Option<SchemaId>,
    pub(super) default: Option<Value>,
    pub(super) site: Site,
}

/// How a value that is no single word is written (OpenAPI 3.1 section 4.8.12.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    Space,
    Pipe,
    Deep,
    /// `name.key=value`: what some client libraries write.
    Dots,
    /// A cookie as it is, without percent-encoding (OpenAPI 3.2).
    Cookie,
    /// The value is the whole query (OpenAPI 3.2, `in: querystring`).
    Whole,
}

/// A documented request body.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) required: bool,
    pub(super) media: Vec<Media>,
    pub(super) site: Site,
}

/// One media type of a body and what it holds.
#[derive(Debug)]
pub(super) struct Media {
    /// As the document writes it, as `application/json` or `image/*`.
    pub(super) name: String,
    pub(super) schema: Option<SchemaId>,
    /// What each value of a row of values is, as in newline-delimited JSON (OpenAPI 3.2).
    pub(super) items: Option<SchemaId>,
    /// How single properties of a form are written.
    pub(super) encoding: HashMap<String, Encoding>,
    pub(super) site: Site,
    /// The body that is usually sent, made at its first use.
    pub(super) kept: Kept,
}

/// How a property of a form is written.
#[derive(Debug)]
pub(super) struct Encoding {
    /// Its style and whether it is exploded, where the document says so.
    pub(super) style: Option<(Style, bool)>,
    /// The media types that its part may have, parted by commas.
    pub(super) content_type: Option<String>,
    /// The header fields of its part.
    pub(super) headers: Vec<Arc<Parameter>>,
}

/// The documented replies.
#[derive(Debug)]
pub(super) struct Replies {
    pub(super) exact: Vec<(StatusCode, Arc<Response>)>,
    /// By the first digit of the status.
    pub(super) ranges: Vec<(u16, Arc<Response>)>,
    pub(super) default: Option<Arc<Response>>,
    pub(super) site: Site,
}

/// One documented reply.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) headers: Vec<Arc<Parameter>>,
    pub(super) media: Vec<Media>,
    pub(super) site: Site,
}

impl Replies {
    /// The description that applies to a status: its own, its range's, or the default.
    pub(super) fn for_status(&self, status: StatusCode) -> Option<&Response> {
        let exact = self.exact.iter().find(|(known, _)| *known == status).map(|(_, response)| response);
        let range = || self.ranges.iter().find(|(digit, _)| *digit == status.as_u16() / 100);
        exact.or_else(|| range().map(|(_, response)| response)).or(self.default.as_ref()).map(Arc::as_ref)
    }

    /// Whether they are for calls that go wrong, one and all.
    pub(super) fn only_refuse(&self) -> bool {
        let mut digits = self
            .exact
            .iter()
            .map(|(status, _)| status.as_u16() / 100)
            .chain(self.ranges.iter().map(|(digit, _)| *digit));
        self.default.is_none() && self.all().next().is_some() && digits.all(|digit| digit >= 4)
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Response> {
        let ranges = self.ranges.iter().map(|(_, response)| response);
        self.exact.iter().map(|(_, response)| response).chain(ranges).chain(&self.default).map(Arc::as_ref)
    }
}
