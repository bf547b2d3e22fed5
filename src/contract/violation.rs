//! One departure from the document.

use std::fmt;

use crate::source::Place;

/// Something in a request or a reply that the document does not allow.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The part of the message it is in.
    pub part: Part,
    /// Where in that part: a parameter's name, or a JSON pointer into the body.
    pub at: String,
    /// What kind of departure it is.
    pub kind: Kind,
    /// What is wrong, in lower case and without a full stop.
    pub message: String,
    /// Where the document says so.
    pub place: Place,
}

/// A part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// A path variable.
    Path,
    /// A query parameter.
    Query,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
    /// The body.
    Body,
    /// The status of a reply.
    Status,
}

impl Part {
    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Part::Path => "path",
            Part::Query => "query",
            Part::Header => "header",
            Part::Cookie => "cookie",
            Part::Body => "body",
            Part::Status => "status",
        }
    }
}

/// A kind of departure, coarse enough for a pack to word it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The value has another type; these JSON Schema types are allowed.
    Type(Vec<String>),
    /// A required part is missing. For a body property, `at` points to the missing property itself.
    Required,
    /// A parameter or property that the document does not know. For a property, `at` points to the property itself.
    Unknown,
    /// A parameter that is no list was sent more than once.
    Repeated,
    /// A property that is read-only was sent.
    ReadOnly,
    /// A body was sent where none is documented.
    UnexpectedBody,
    /// The body cannot be parsed as what it says it is.
    Syntax,
    /// The media type is not documented.
    MediaType,
    /// The status is not documented.
    Status,
    /// Any other keyword of JSON Schema, by its name: `enum`, `pattern`, `maxLength`, `oneOf` …
    Keyword(String),
}

impl Kind {
    /// Every word that a departure of a request may have.
    pub const WORDS: &[&str] = &[
        "type",
        "required",
        "unknown",
        "readOnly",
        "unexpected-body",
        "syntax",
        "media-type",
        "enum",
        "const",
        "format",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
        "contains",
        "additionalItems",
        "unevaluatedItems",
        "minProperties",
        "maxProperties",
        "propertyNames",
        "not",
        "anyOf",
        "oneOf",
        "contentEncoding",
        "contentMediaType",
        "contentType",
    ];

    /// The word for it in reports: the JSON Schema keyword where there is one.
    pub fn word(&self) -> &str {
        match self {
            Kind::Type(_) => "type",
            Kind::Required => "required",
            Kind::Unknown => "unknown",
            Kind::Repeated => "repeated",
            Kind::ReadOnly => "readOnly",
            Kind::UnexpectedBody => "unexpected-body",
            Kind::Syntax => "syntax",
            Kind::MediaType => "media-type",
            Kind::Status => "status",
            Kind::Keyword(keyword) => keyword,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.part.word())?;
        match self.at.is_empty() {
            true => write!(out, ": {}", self.message),
            false => write!(out, " {}: {}", self.at, self.message),
        }
    }
}
