//! Why the control API cannot do as it was told: a problem document (RFC 9457).

use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;

use crate::message::Reply;
use crate::session::Refused;

/// What is wrong, said so that it can be mended.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Problem {
        Problem { status, title, detail: detail.into() }
    }

    /// There is nothing of this name.
    pub(super) fn missing(title: &'static str, detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, title, detail)
    }

    pub(super) fn into_reply(self) -> Reply {
        let body = json!({
            "type": "about:blank", "title": self.title, "status": self.status.as_u16(), "detail": self.detail,
        });
        Reply::json(self.status, "application/problem+json", &body)
            .with(HeaderName::from_static("x-counterpart"), HeaderValue::from_static("control"))
    }
}

/// A session that cannot be had, in the words in which exchanges say it.
impl From<(&str, Refused)> for Problem {
    fn from((name, refused): (&str, Refused)) -> Problem {
        let (status, title, detail) = crate::exchange::refused(name, refused);
        Problem::new(status, title, detail)
    }
}
