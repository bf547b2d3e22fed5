//! What counterpart answers in its own name, under a prefix that no provider uses.

use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::json;

use crate::message::{Reply, Request};

/// Every path of counterpart's own starts with this.
pub const PREFIX: &str = "/__counterpart/";
/// Where a server says that it is well.
pub const HEALTH: &str = "/__counterpart/health";

/// The answer to a request that is for counterpart itself; none where it is for a provider.
pub fn answer(request: &Request) -> Option<Reply> {
    if !request.path().starts_with(PREFIX) {
        return None;
    }
    let own = HeaderValue::from_static("control");
    let reply = match (&request.method, request.path()) {
        (&Method::GET | &Method::HEAD, HEALTH) => {
            let body = json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") });
            Reply::json(StatusCode::OK, "application/json", &body)
        }
        _ => {
            let detail = format!("counterpart has nothing under this path; it has {HEALTH}");
            let problem = json!({ "type": "about:blank", "title": "No such path", "status": 404, "detail": detail });
            Reply::json(StatusCode::NOT_FOUND, "application/problem+json", &problem)
        }
    };
    Some(reply.with(HeaderName::from_static("x-counterpart"), own))
}
