//! Query strings and percent-encoding (RFC 3986 section 2.1, and `+` for a blank as HTML forms write it).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stays readable in a query: the unreserved characters of RFC 3986 section 2.3.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The decoded pairs of a query, in the order in which they were sent.
///
/// ```
/// use counterpart::message::Query;
/// let query = Query::parse("page%5Bsize%5D=2&ids=1,2&ids=3&flag");
/// assert_eq!(query.first("page[size]"), Some("2"));
/// assert_eq!(query.all("ids").collect::<Vec<_>>(), ["1,2", "3"]);
/// assert_eq!(query.first("flag"), Some(""));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads a query without its `?`. Nothing is refused: bytes that are no UTF-8 become U+FFFD.
    pub fn parse(raw: &str) -> Query {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode_form(name), decode_form(value))
        });
        Query { pairs: pairs.collect() }
    }

    /// The same, with each `+` for itself, as templates with reserved characters write it (RFC 6570 section 3.2.3).
    pub fn parse_literal(raw: &str) -> Query {
        Query::parse(&raw.replace('+', "%2B"))
    }

    /// Pairs that were decoded elsewhere.
    pub fn of(pairs: Vec<(String, String)>) -> Query {
        Query { pairs }
    }

    /// The first value under a name.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value under a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All pairs in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

fn decode_form(text: &str) -> String {
    match text.contains('+') {
        true => decode(&text.replace('+', " ")),
        false => decode(text),
    }
}

/// Undoes percent-encoding. Bytes that are no UTF-8 become U+FFFD; a `%` that starts no code stays as it is.
pub fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Percent-encodes all but the unreserved characters.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}
