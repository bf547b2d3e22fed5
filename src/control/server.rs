//! The server as a whole: whether it is well, whether it is ready, and what can be asked of it.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::problem::Problem;
use super::sessions;
use crate::exchange::Provider;
use crate::session::DEFAULT;

/// Where the way on begins, for people: what there is, and all that can be looked at without knowing more than the default session.
pub(super) fn index(call: &Call<'_>) -> Result<Value, Problem> {
    let providers: Vec<Value> = call.world().providers.iter().map(provider).collect();
    let origin = call.request.origin();
    let document = document(call)?;
    let paths = document["paths"].as_object().into_iter().flatten();
    let link =
        |(path, item): (&String, &Value)| Some((format!("{origin}{}", place(path)?), item["get"]["summary"].clone()));
    let links: Map<String, Value> = paths.filter(|(_, item)| item.get("get").is_some()).filter_map(link).collect();
    Ok(json!({ "version": env!("CARGO_PKG_VERSION"), "providers": providers, "links": links }))
}

fn provider(provider: &Provider) -> Value {
    let paths = provider.contract.operations().iter().map(|operation| operation.path.as_str());
    json!({ "name": provider.pack.name, "base_path": paths.reduce(common).unwrap_or_default() })
}

/// What two paths start with, in whole segments.
fn common<'a>(path: &'a str, other: &str) -> &'a str {
    let same = path.split('/').zip(other.split('/')).take_while(|(one, two)| one == two && !one.contains('{'));
    path.get(..same.map(|(segment, _)| segment.len() + 1).sum::<usize>().saturating_sub(1)).unwrap_or(path)
}

/// The path where something can be looked at as it is; none where more must be known.
fn place(path: &str) -> Option<String> {
    Some(path.replace("{session}", DEFAULT)).filter(|path| !path.contains('{'))
}

pub(super) fn health(_: &Call<'_>) -> Result<Value, Problem> {
    Ok(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// A server answers when all its files have been read, so whoever hears this may go on.
pub(super) fn ready(call: &Call<'_>) -> Result<Value, Problem> {
    let packs: Vec<&str> = call.world().providers.iter().map(|provider| provider.pack.name.as_str()).collect();
    Ok(json!({ "status": "ready", "packs": packs, "sessions": sessions::count(call) }))
}

pub(super) fn document(_: &Call<'_>) -> Result<Value, Problem> {
    Ok(super::document().map(|source| source.value().clone()).unwrap_or_default())
}
