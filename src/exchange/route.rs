//! From a method and a path to an operation.

use http::Method;

use super::Provider;
use crate::contract::{Operation, Route};
use crate::message::Request;

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

impl<'a> Lead<'a> {
    /// Where a request to these providers leads.
    pub fn of(providers: &'a [Provider], request: &'a Request) -> Lead<'a> {
        let found = find(providers, request);
        let provider = found.provider().index;
        match found {
            Found::Operation { operation, variables, .. } => Lead { provider, operation: Some(operation), variables },
            Found::Nothing { .. } => Lead { provider, operation: None, variables: Vec::new() },
        }
    }
}

pub(super) fn find<'a>(providers: &'a [Provider], request: &'a Request) -> Found<'a> {
    let mut nothing = None;
    for provider in providers {
        let path = request.path();
        let suffix = provider.pack.conventions.ignore_suffix.as_deref();
        let target = suffix.and_then(|suffix| path.strip_suffix(suffix)).unwrap_or(&request.target);
        match provider.contract.route(&request.method, target) {
            Route::Found { operation, variables } => return Found::Operation { provider, operation, variables },
            Route::WrongMethod(allowed) => nothing = Some(Found::Nothing { provider, allowed, nearest: None }),
            Route::Unknown { nearest } => {
                let nearest = nearest.map(str::to_owned);
                let here = path.starts_with(&provider.pack.conventions.base) || providers.len() == 1;
                if nothing.is_none() && here {
                    nothing = Some(Found::Nothing { provider, allowed: Vec::new(), nearest });
                }
            }
        }
    }
    nothing.unwrap_or(Found::Nothing { provider: &providers[0], allowed: Vec::new(), nearest: None })
}
