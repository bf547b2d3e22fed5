//! A request and a reply as plain values. No socket, no document, no provider is known here.

mod feed;
mod host;
mod lasting;
mod multipart;
mod query;
mod wire;

use std::time::Duration;

use bytes::Bytes;
use http::header::{AsHeaderName, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;

pub use feed::{Feed, Stream};
pub use host::is_host;
pub use lasting::{lasting_name, lasting_value};
pub use multipart::{FormPart, multipart};
pub use query::{Query, decode, encode};
pub use wire::{Extent, Wire};

/// What came in.
///
/// ```
/// use counterpart::message::Request;
/// let request = Request::new(http::Method::GET, "/pets?limit=2");
/// assert_eq!(request.path(), "/pets");
/// assert_eq!(request.query().first("limit"), Some("2"));
/// ```
#[derive(Debug, Clone)]
pub struct Request {
    /// The method as sent.
    pub method: Method,
    /// Path and query as sent, still percent-encoded, without the base.
    pub target: String,
    /// What stood before the path and belongs to no provider, as `/__counterpart/s/NAME`; empty where nothing did.
    pub base: String,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body after any `Content-Encoding` was undone; empty where there was none.
    pub body: Bytes,
    /// `http` or `https`: what links in replies start with.
    pub scheme: &'static str,
    /// The host that a proxy in front was asked by, where it says so: what links in replies lead to.
    pub front: Option<HeaderValue>,
    /// The address of the peer, for the log.
    pub peer: Option<std::net::SocketAddr>,
}

impl Request {
    /// A request with neither headers nor body.
    pub fn new(method: Method, target: impl Into<String>) -> Request {
        Request {
            method,
            target: target.into(),
            base: String::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            scheme: "http",
            front: None,
            peer: None,
        }
    }

    /// The path, still percent-encoded.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query after the first `?`, still percent-encoded; empty where there is none.
    pub fn raw_query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The query's pairs, decoded.
    pub fn query(&self) -> Query {
        Query::parse(self.raw_query())
    }

    /// A header's value, if it is there and is text.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The same, for names that are looked for in each request.
    pub fn field(&self, name: &HeaderName) -> Option<&str> {
        field(&self.headers, name).and_then(|value| value.to_str().ok())
    }

    /// What links start with: scheme and host as the client sees them (RFC 9110 section 7.2), and the base: `http://localhost:4010`.
    pub fn origin(&self) -> String {
        let mut origin = String::new();
        self.write_origin(&mut origin);
        origin
    }

    /// Writes what links start with.
    pub fn write_origin(&self, out: &mut String) {
        out.extend([self.scheme, "://", self.host(), &self.base]);
    }

    /// The host as the client sees it, with its port.
    pub fn host(&self) -> &str {
        let seen = self.front.as_ref().or_else(|| field(&self.headers, &HOST));
        seen.and_then(|host| host.to_str().ok()).unwrap_or("localhost")
    }
}

/// The first value of a header field. Heads are short: a look at all names costs less than to hash the one that is looked for.
///
/// ```
/// use counterpart::message::field;
/// use http::header::{ACCEPT, HOST};
/// let headers = http::HeaderMap::from_iter([(ACCEPT, "text/plain".parse().unwrap())]);
/// assert_eq!(field(&headers, &ACCEPT).unwrap(), "text/plain");
/// assert_eq!(field(&headers, &HOST), None);
/// ```
pub fn field<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// What goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The status code.
    pub status: StatusCode,
    /// The header fields; the server adds `content-length` and `date`.
    pub headers: HeaderMap,
    /// The body, empty for none.
    pub body: Bytes,
}

impl Reply {
    /// A reply with neither headers nor body.
    pub fn new(status: StatusCode) -> Reply {
        Reply { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// A JSON reply.
    pub fn json(status: StatusCode, content_type: &'static str, value: &Value) -> Reply {
        Reply { body: json(value), ..Reply::new(status) }.with(CONTENT_TYPE, HeaderValue::from_static(content_type))
    }

    /// The same reply with one header more, or another value for it.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Reply {
        self.headers.insert(name, value);
        self
    }

    /// How many bytes of body go out in reply to such a request; none where there can be no body (RFC 9110 section 6.4.1).
    pub fn body_length(&self, method: &Method) -> Option<usize> {
        let bare = method == Method::HEAD || matches!(self.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        (!bare).then_some(self.body.len())
    }
}

/// A JSON value as a body.
pub fn json(value: &Value) -> Bytes {
    // A value that is in memory can always be written there.
    serde_json::to_vec(value).unwrap_or_default().into()
}

/// A reply and what the server shall do on the way to sending it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What to send.
    pub reply: Reply,
    /// How long to wait first. The server waits; nothing is held meanwhile.
    pub delay: Duration,
    /// How long its body then takes, which comes bit by bit.
    pub drip: Duration,
    /// What goes wrong on the wire, where a scenario wants it.
    pub wire: Option<Wire>,
    /// What is sent in place of the reply's body, piece by piece.
    pub stream: Option<Stream>,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Answer {
        Answer { reply, delay: Duration::ZERO, drip: Duration::ZERO, wire: None, stream: None }
    }
}
