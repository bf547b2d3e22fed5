//! From a method and a path to an operation, and what is answered where there is none.

use http::{HeaderValue, Method, StatusCode};

use super::shape::{self, Scope};
use super::{Provider, World, quota};
use crate::contract::{Operation, Route};
use crate::journal::Entry;
use crate::message::{Reply, Request};
use crate::refusal::{Kind, Refusal};
use crate::session::Session;

/// Where a request leads.
pub(super) enum Found<'a> {
    Operation { provider: &'a Provider, operation: &'a Operation, variables: Vec<(&'a str, &'a str)> },
    Nothing { provider: &'a Provider, allowed: Vec<Method>, nearest: Option<String> },
}

pub(super) fn find<'a>(world: &'a World, request: &'a Request) -> Found<'a> {
    let method = if request.method == Method::HEAD { &Method::GET } else { &request.method };
    let mut nothing = None;
    for provider in world.providers.iter() {
        let path = request.path();
        let suffix = provider.pack.conventions.ignore_suffix.as_deref();
        let path = suffix.and_then(|suffix| path.strip_suffix(suffix)).unwrap_or(path);
        match provider.contract.route(method, path) {
            Route::Found { operation, variables } => return Found::Operation { provider, operation, variables },
            Route::WrongMethod(allowed) => nothing = Some(Found::Nothing { provider, allowed, nearest: None }),
            Route::Unknown { nearest } => {
                let nearest = nearest.map(str::to_owned);
                let here = path.starts_with(&provider.pack.conventions.base) || world.providers.len() == 1;
                if nothing.is_none() && here {
                    nothing = Some(Found::Nothing { provider, allowed: Vec::new(), nearest });
                }
            }
        }
    }
    nothing.unwrap_or(Found::Nothing { provider: &world.providers[0], allowed: Vec::new(), nearest: None })
}

/// No operation stands under this method and path.
pub(super) fn lost(
    provider: &Provider,
    session: &Session,
    request: &Request,
    (allowed, nearest): (&[Method], Option<&str>),
    entry: &mut Entry<'_>,
) -> Reply {
    // It counts all the same.
    let quota = quota::charge_elsewhere(provider, session, request);
    let refusal = match quota.filter(|quota| !quota.allowed) {
        Some(quota) => Refusal::new(Kind::RateLimited).fact("retry_after", quota.reset_seconds),
        None => Refusal::new(Kind::NoEndpoint),
    };
    entry.refusal = Some(refusal.kind);
    let scope = Scope::new(provider, request, entry.time, entry.number).quota(quota);
    if let Some((mut reply, _)) = shape::refusal(provider, None, &refusal, &scope) {
        provider.every.write(&scope, &mut reply.headers);
        return reply;
    }
    let methods: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    match (methods.is_empty(), nearest) {
        (false, _) => {
            let allow = HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static(""));
            let detail = format!("this path has {}", methods.join(", "));
            shape::document(StatusCode::METHOD_NOT_ALLOWED, "route", "No such method here", &detail, &[])
                .with(http::header::ALLOW, allow)
        }
        (true, Some(nearest)) => {
            let detail = format!("no path of the document matches; the nearest is {nearest}");
            shape::document(StatusCode::NOT_FOUND, "route", "No such path", &detail, &[])
        }
        (true, None) => {
            shape::document(StatusCode::NOT_FOUND, "route", "No such path", "no path of the document matches", &[])
        }
    }
}
