//! Calls from pages of other origins (the Fetch standard, section "HTTP CORS protocol"): what browsers ask beforehand, and what they
//! must see on a reply before they hand it to the page.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderName, HeaderValue, Method, StatusCode};

use super::Provider;
use crate::message::{Reply, Request, field};

/// Whether pages of other origins may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Cors {
    /// Where there is no pack: a provider's replies are what that provider sends.
    #[default]
    Auto,
    /// Every page may call.
    On,
    /// Nothing is said to browsers.
    Off,
}

/// The origin of a page whose calls are welcome.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guest<'a> {
    request: &'a Request,
    origin: &'a HeaderValue,
}

impl<'a> Guest<'a> {
    pub(super) fn of(cors: Cors, provider: &Provider, request: &'a Request) -> Option<Guest<'a>> {
        let welcome = match cors {
            Cors::Auto => provider.pack.follows_document(),
            Cors::On => true,
            Cors::Off => false,
        };
        if welcome { field(&request.headers, &ORIGIN).map(|origin| Guest { request, origin }) } else { None }
    }

    /// The answer to a browser that asks whether the page may send what it wants to send: it may.
    pub(super) fn preflight(self) -> Option<Reply> {
        let asked = |name: HeaderName| self.request.headers.get(name).cloned();
        let method = asked(ACCESS_CONTROL_REQUEST_METHOD).filter(|_| self.request.method == Method::OPTIONS)?;
        let reply = Reply::new(StatusCode::NO_CONTENT).with(ACCESS_CONTROL_ALLOW_METHODS, method);
        Some(match asked(ACCESS_CONTROL_REQUEST_HEADERS) {
            Some(names) => reply.with(ACCESS_CONTROL_ALLOW_HEADERS, names),
            None => reply,
        })
    }

    /// Lets the page read a reply. What the document itself says to browsers stays.
    pub(super) fn admit(self, reply: &mut Reply) {
        let headers = &mut reply.headers;
        if headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
            return;
        }
        let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        names.retain(|name| !name.starts_with("access-control-"));
        if let Some(names) = HeaderValue::from_str(&names.join(", ")).ok().filter(|names| !names.is_empty()) {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, names);
        }
        // `*` is no answer to a page that sends cookies.
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.append(VARY, HeaderValue::from_static("origin"));
    }
}
