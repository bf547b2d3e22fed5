//! Where in a call a value comes from: `path.id`, `query.page[size]`, `header.from`, `body.organization`, `caller.role`.

use std::fmt;
use std::str::FromStr;

/// A place in a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Input {
    /// A path variable.
    Path(String),
    /// A query parameter.
    Query(String),
    /// A header field, in lower case.
    Header(String),
    /// The body, or a part of it.
    Body(Vec<String>),
    /// A field of the caller's credentials.
    Caller(String),
    /// The first of these that is given: `query.name | body.name`.
    Either(Vec<Input>),
}

impl FromStr for Input {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Input, Self::Err> {
        if text.contains('|') {
            return text.split('|').map(|one| one.trim().parse()).collect::<Result<_, _>>().map(Input::Either);
        }
        let (scope, rest) = text.split_once('.').unwrap_or((text, ""));
        match (scope, rest) {
            ("body", "") => Ok(Input::Body(Vec::new())),
            ("body", rest) => Ok(Input::Body(rest.split('.').map(str::to_owned).collect())),
            (_, "") => Err(EXPECTED),
            ("path", name) => Ok(Input::Path(name.to_owned())),
            ("query", name) => Ok(Input::Query(name.to_owned())),
            ("header", name) => Ok(Input::Header(name.to_lowercase())),
            ("caller", name) => Ok(Input::Caller(name.to_owned())),
            _ => Err(EXPECTED),
        }
    }
}

const EXPECTED: &str =
    "a place in a call: `path.NAME`, `query.NAME`, `header.NAME`, `body`, `body.FIELD` or `caller.FIELD`";

impl fmt::Display for Input {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::Path(name) => write!(out, "path.{name}"),
            Input::Query(name) => write!(out, "query.{name}"),
            Input::Header(name) => write!(out, "header.{name}"),
            Input::Body(path) if path.is_empty() => write!(out, "body"),
            Input::Body(path) => write!(out, "body.{}", path.join(".")),
            Input::Caller(name) => write!(out, "caller.{name}"),
            Input::Either(inputs) => {
                let all: Vec<String> = inputs.iter().map(ToString::to_string).collect();
                write!(out, "{}", all.join(" | "))
            }
        }
    }
}
