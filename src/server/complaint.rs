//! What the server itself refuses, in its own words (RFC 9457) and marked as such: never mistaken for the provider's.

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;

use crate::message::Reply;

const MARK: HeaderName = HeaderName::from_static("x-counterpart");

/// A request that never reaches the service.
#[derive(Debug)]
pub(super) struct Complaint {
    status: StatusCode,
    detail: String,
}

impl Complaint {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Complaint {
        Complaint { status, detail: detail.into() }
    }

    /// 400, for what is not well-formed.
    pub(super) fn malformed(detail: impl Into<String>) -> Complaint {
        Complaint::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 413, for a body over the limit.
    pub(super) fn too_large(limit: usize) -> Complaint {
        Complaint::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is larger than {limit} bytes; --max-body raises the limit"),
        )
    }

    /// The reply that says so and ends the connection: the rest of the request may still be on its way.
    pub(super) fn reply(self) -> Reply {
        let Complaint { status, detail } = self;
        let title = status.canonical_reason().unwrap_or("Refused");
        let problem = json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
        let reply = marked(status).with(CONNECTION, HeaderValue::from_static("close"));
        let reply = match status {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                reply.with(ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate"))
            }
            _ => reply,
        };
        Reply { body: Bytes::from(problem.to_string()), ..reply }
            .with(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))
    }

    /// The same as bytes, for where hyper has given up on a connection without a word.
    pub(super) fn bytes(self) -> Vec<u8> {
        let Reply { status, headers, body } = self.reply();
        let mut bytes = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len()).into_bytes();
        for (name, value) in &headers {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&body);
        bytes
    }
}

/// A reply that comes from the server and not from its service.
pub(super) fn marked(status: StatusCode) -> Reply {
    Reply::new(status).with(MARK, HeaderValue::from_static("server"))
}
