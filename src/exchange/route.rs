//! From a method and a path to an operation, and what is answered where there is none.

use http::header::ALLOW;
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

impl<'a> Found<'a> {
    /// The provider that it leads to, or whose words there are for that it leads nowhere.
    pub(super) fn provider(&self) -> &'a Provider {
        match self {
            Found::Operation { provider, .. } | Found::Nothing { provider, .. } => provider,
        }
    }
}

/// Where a request leads, for those who look at it afterwards.
#[derive(Debug)]
pub struct Lead<'a> {
    /// The number of the provider.
    pub provider: usize,
    /// The operation.
    pub operation: Option<&'a Operation>,
    /// The path's variables, still percent-encoded.
    pub variables: Vec<(&'a str, &'a str)>,
}

impl World {
    /// Where a request leads.
    pub fn lead<'a>(&'a self, request: &'a Request) -> Lead<'a> {
        let found = find(self, request);
        let provider = found.provider().index;
        match found {
            Found::Operation { operation, variables, .. } => Lead { provider, operation: Some(operation), variables },
            Found::Nothing { .. } => Lead { provider, operation: None, variables: Vec::new() },
        }
    }
}

pub(super) fn find<'a>(world: &'a World, request: &'a Request) -> Found<'a> {
    let mut nothing = None;
    for provider in world.providers.iter() {
        let path = request.path();
        let suffix = provider.pack.conventions.ignore_suffix.as_deref();
        let target = suffix.and_then(|suffix| path.strip_suffix(suffix)).unwrap_or(&request.target);
        match provider.contract.route(&request.method, target) {
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
        Some(quota) => quota::over(quota),
        None => Refusal::new(Kind::NoEndpoint),
    };
    let scope = Scope::new(provider, session, request, entry.time, entry.number).quota(quota);
    if let Some((mut reply, _)) = shape::refusal(provider, None, &refusal, &scope) {
        entry.refusal = Some(refusal.kind);
        provider.every.lay(quota.is_some(), &mut reply.headers);
        provider.every.fill(&scope, &mut reply.headers);
        return match refusal.dated {
            true => shape::dated(reply, entry.time),
            false => reply,
        };
    }
    if request.method == Method::OPTIONS && !allowed.is_empty() {
        return Reply::new(StatusCode::NO_CONTENT).with(ALLOW, listed(allowed));
    }
    entry.refusal = Some(refusal.kind);
    if !allowed.is_empty() {
        let methods: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        let detail = format!("this path has {}", methods.join(", "));
        let status = StatusCode::METHOD_NOT_ALLOWED;
        return shape::document(status, "route", "No such method here", &detail, &[]).with(ALLOW, listed(allowed));
    }
    let nearest = nearest.map(|nearest| format!("; the nearest is {nearest}")).unwrap_or_default();
    let detail = format!("no path of the document matches{nearest}");
    shape::document(StatusCode::NOT_FOUND, "route", "No such path", &detail, &[])
}

/// The methods of a path with those that every path has: HEAD goes with GET, and OPTIONS is what lists them (RFC 9110 section 9.3).
fn listed(documented: &[Method]) -> HeaderValue {
    let mut methods = documented.to_vec();
    if methods.contains(&Method::GET) {
        methods.push(Method::HEAD);
    }
    methods.push(Method::OPTIONS);
    let mut names: Vec<&str> = Vec::new();
    for method in &methods {
        if !names.contains(&method.as_str()) {
            names.push(method.as_str());
        }
    }
    HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static(""))
}
