//! What went wrong with a call, by kind. Only a pack knows how its provider words it and which status goes with it.

use serde_json::{Map, Value};

/// A call that is not carried out. It leaves no trace in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// What kind of refusal it is.
    pub kind: Kind,
    /// What the pack's template may mention, by name.
    pub facts: Map<String, Value>,
    /// Whether a rule of the whole account is behind it: then it is worded alike for every operation.
    pub general: bool,
    /// Whether `Retry-After` is said as a date and not in seconds.
    pub dated: bool,
    /// Whether it need not fit the document, since a scenario says so.
    pub breaks_contract: bool,
    /// What is wrong with a record, for [`Kind::Invalid`] and [`Kind::Referenced`].
    pub problems: Vec<Problem>,
}

impl Refusal {
    /// A refusal without particulars.
    pub fn new(kind: Kind) -> Refusal {
        Refusal { kind, facts: Map::new(), general: false, dated: false, breaks_contract: false, problems: Vec::new() }
    }

    /// A refusal of a record.
    pub fn invalid(problems: Vec<Problem>) -> Refusal {
        let referenced = problems.iter().any(|problem| problem.kind == Flaw::Referenced);
        let kind = if referenced { Kind::Referenced } else { Kind::Invalid };
        Refusal { problems, ..Refusal::new(kind) }
    }

    /// The same refusal with one fact more.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<Value>) -> Refusal {
        self.facts.insert(name.to_owned(), value.into());
        self
    }
}

/// One thing that is wrong with a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The field, or `base` for the record as a whole.
    pub field: String,
    /// What is wrong with it.
    pub kind: Flaw,
    /// The value that was refused.
    pub value: Value,
    /// The bound that was passed, where there is one.
    pub limit: Value,
}

impl Problem {
    /// A problem with a field's value.
    pub fn new(field: impl Into<String>, kind: Flaw, value: Value) -> Problem {
        Problem { field: field.into(), kind, value, limit: Value::Null }
    }
}

/// Declares a closed set of words: an enum, its words, and all of them in one list.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The word for it in packs and scenarios.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }

            /// The one a word stands for.
            pub fn from_word(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// The kinds of refusals. A pack has a template for each that its provider knows.
    Kind {
        /// No credentials, or wrong ones.
        Unauthenticated = "unauthenticated",
        /// Nothing was sent to tell who is calling, where the provider tells that apart from wrong credentials.
        Anonymous = "anonymous",
        /// A known form of credentials with a wrong password, where the provider tells that apart from a wrong token.
        WrongPassword = "wrong_password",
        /// A token that is not known, expired or revoked.
        InvalidToken = "invalid_token",
        /// The caller's role does not allow it.
        Forbidden = "forbidden",
        /// The record is not one that the caller may see.
        Hidden = "hidden",
        /// No such record.
        NotFound = "not_found",
        /// No such path, or not with this method.
        NoEndpoint = "no_endpoint",
        /// The body cannot be parsed.
        Malformed = "malformed",
        /// The body's media type is not one that is read.
        UnsupportedMedia = "unsupported_media",
        /// A parameter or property has the wrong type.
        InvalidAttribute = "invalid_attribute",
        /// A parameter that is needed is not there, or two exclude each other.
        InvalidQuery = "invalid_query",
        /// The value of a parameter names nothing that there is.
        UnknownValue = "unknown_value",
        /// More items than one call may carry.
        TooManyValues = "too_many_values",
        /// A page that lies too deep.
        PageDepth = "page_depth",
        /// A cursor or an order that cannot be used.
        PageParameter = "page_parameter",
        /// Two writes that meet.
        Conflict = "conflict",
        /// The record breaks a rule.
        Invalid = "invalid",
        /// Others still refer to the record.
        Referenced = "referenced",
        /// More calls than allowed.
        RateLimited = "rate_limited",
        /// More jobs in flight than allowed.
        TooManyJobs = "too_many_jobs",
        /// Down for maintenance, or overloaded.
        Unavailable = "unavailable",
        /// The provider's own failure.
        Internal = "internal",
    }
}

words! {
    /// What can be wrong with a field.
    Flaw {
        /// Missing, null or blank.
        Blank = "blank",
        /// Another record has it.
        Taken = "taken",
        /// It has characters or a form that is not allowed.
        Format = "format",
        /// It is too long.
        TooLong = "too_long",
        /// It names a record that does not exist.
        Unknown = "unknown",
        /// It is not one of the values that are allowed.
        Option = "option",
        /// Other records refer to this one.
        Referenced = "referenced",
    }
}
