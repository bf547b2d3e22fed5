//! The server as a whole: whether it is well, whether it is ready, and what can be asked of it.

use serde_json::{Value, json};

use super::call::Call;
use super::problem::Problem;
use super::sessions;

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
