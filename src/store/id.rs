//! How records are told apart.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

/// A record's id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// A number.
    Number(i64),
    /// A word.
    Text(Arc<str>),
}

impl Id {
    /// The id that a JSON value stands for: an integer, or a string. A string of digits is a number.
    ///
    /// ```
    /// use counterpart::store::Id;
    /// assert_eq!(Id::of(&serde_json::json!("42")), Some(Id::Number(42)));
    /// assert_eq!(Id::of(&serde_json::json!(null)), None);
    /// ```
    pub fn of(value: &Value) -> Option<Id> {
        match value {
            Value::Number(number) => number.as_i64().map(Id::Number),
            Value::String(text) => Some(Id::parse(text)),
            _ => None,
        }
    }

    /// The id that a word stands for: a number where it is nothing but digits as a number is written.
    pub fn parse(text: &str) -> Id {
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Id::Number(number),
            _ => Id::Text(text.into()),
        }
    }

    /// The id as JSON.
    pub fn value(&self) -> Value {
        match self {
            Id::Number(number) => (*number).into(),
            Id::Text(text) => text.as_ref().into(),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Id::Number(number) => write!(out, "{number}"),
            Id::Text(text) => write!(out, "{text}"),
        }
    }
}

/// How a new record gets its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdRule {
    /// The next number, from `start` on, or after the highest there is.
    Sequence {
        /// The lowest number that is given.
        start: i64,
    },
    /// A prefix and 32 hexadecimal digits.
    Hex {
        /// What stands before the digits.
        prefix: String,
    },
    /// A random UUID (RFC 9562 version 4).
    Uuid,
    /// A ULID: 26 characters of Crockford's base 32.
    Ulid,
    /// A text that fits a regular expression.
    Matching {
        /// The expression.
        pattern: String,
    },
    /// A text of the same build as this one: what stands before its last `_` or `-` is kept, letters and digits are drawn.
    Like {
        /// An id as it could be.
        example: String,
    },
}
