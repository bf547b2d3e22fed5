//! One operation as the rest of counterpart sees it.

use http::{Method, StatusCode};

use crate::source::Place;

/// What can be asked under one method and path.
#[derive(Debug)]
pub struct Operation {
    /// Its place among the contract's operations.
    pub index: usize,
    /// Its `operationId`, or `METHOD /path/{template}` where it has none.
    pub id: String,
    /// The method.
    pub method: Method,
    /// The path template with its base path, as `/api/v2/organizations/{organization_id}`.
    pub path: String,
    /// How many bytes of that are the base path.
    pub base: usize,
    /// Its tags.
    pub tags: Vec<String>,
    /// The names of the path's variables, in order.
    pub variables: Vec<String>,
    /// The documented statuses, in ascending order; ranges and `default` are not among them.
    pub statuses: Vec<StatusCode>,
    /// Whether the document marks it `deprecated`.
    pub deprecated: bool,
    /// Where it stands.
    pub place: Place,
    /// The value of `x-counterpart`, where the document has one.
    pub extension: Option<serde_json::Value>,
}

impl Operation {
    /// The path template with its base path, and as the document writes it: requests may come with and without.
    pub fn paths(&self) -> [&str; 2] {
        [&self.path, self.path.get(self.base..).unwrap_or_default()]
    }

    /// The lowest documented 2xx, which is what an operation answers unless told otherwise; 200 where none is documented.
    pub fn success(&self) -> StatusCode {
        self.statuses.iter().copied().find(StatusCode::is_success).unwrap_or(StatusCode::OK)
    }
}

/// A property that a request body may carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// Whether the document marks it `readOnly`: it is known, and ignored in requests.
    pub read_only: bool,
}

/// What a request body may carry at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writable {
    /// These properties, and others are unknown.
    Only(Vec<Property>),
    /// Any property: the schema says nothing, or allows more by `additionalProperties`.
    Any,
}
