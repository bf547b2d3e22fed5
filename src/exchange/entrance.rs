//! Which session a request belongs to: the one that its path or a header names, its caller's own, or the default one.

use std::borrow::Cow;

use http::{HeaderName, StatusCode};

use super::route::Found;
use super::{SessionBy, World, shape};
use crate::message::{Reply, Request, decode, field};
use crate::session::{DEFAULT, Refused};

/// The header that names a session.
pub(crate) const IN_SESSION: HeaderName = HeaderName::from_static("x-counterpart-session");
/// Paths that start with this and a session's name lead into that session.
const PATHS: &str = "/__counterpart/s/";

/// The session that a path starts with, and the request as it is meant within: links in its reply start with that path as well.
pub(super) fn inside(request: &Request) -> Option<(String, Request)> {
    let rest = request.target.strip_prefix(PATHS)?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (name, path) = rest.split_at(end);
    let slash = if path.starts_with('/') { "" } else { "/" };
    let base = format!("{}{PATHS}{name}", request.base);
    Some((decode(name), Request { target: format!("{slash}{path}"), base, ..request.clone() }))
}

/// The name that a request has for its session; none for the default one.
pub(super) fn named<'a>(world: &'a World, request: &'a Request, found: &Found<'a>) -> Option<Cow<'a, str>> {
    let name = match field(&request.headers, &IN_SESSION) {
        // What is no text is no name either.
        Some(name) => Some(String::from_utf8_lossy(name.as_bytes())),
        None if world.settings.session_by == SessionBy::Caller => found.provider().caller_name(request),
        None => None,
    };
    name.filter(|name| name != DEFAULT)
}

/// There is no such session, in counterpart's own voice.
pub(super) fn turned_away(name: &str, why: Refused) -> Reply {
    let (status, title, detail) = refused(name, why);
    shape::document(status, "session", title, &detail, &[])
}

/// Why there is no such session: status, title and detail.
pub(crate) fn refused(name: &str, why: Refused) -> (StatusCode, &'static str, String) {
    match why {
        Refused::Name => {
            let detail =
                "a session is called by 1 to 64 letters, digits or -._~@+, the first a letter or a digit".into();
            (StatusCode::BAD_REQUEST, "No name of a session", detail)
        }
        Refused::Taken => (StatusCode::CONFLICT, "The name is taken", format!("there is a session `{name}` already")),
        Refused::Full { most } => {
            let detail = format!("there are {most} sessions; drop some, or raise --max-sessions");
            (StatusCode::SERVICE_UNAVAILABLE, "Too many sessions", detail)
        }
    }
}
