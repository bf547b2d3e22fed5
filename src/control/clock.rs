//! A session's clock.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::call::{Call, invalid};
use super::problem::Problem;
use crate::clock::Clock;
use crate::source::{DURATION, duration};

pub(super) fn show(call: &Call<'_>) -> Result<Value, Problem> {
    Ok(shown(&call.session()?.clock))
}

/// Sets the time, stops the clock, or lets it go on.
pub(super) fn change(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    let time = call.text("time").map(time).transpose()?;
    match call.body.get("frozen").and_then(Value::as_bool) {
        Some(true) => session.clock.freeze(),
        Some(false) => session.clock.run(),
        None => {}
    }
    if let Some(time) = time {
        session.clock.set(time);
    }
    Ok(shown(&session.clock))
}

pub(super) fn advance(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    let by = call.text("by").unwrap_or_default();
    let by = duration(by).ok_or_else(|| invalid("No length of time", format!("`by` must be {DURATION}")))?;
    session.clock.advance(by);
    Ok(shown(&session.clock))
}

/// A time from a text.
pub(super) fn time(text: &str) -> Result<Timestamp, Problem> {
    text.parse().map_err(|_| invalid("No time", format!("`{text}` is no time; write it as 2026-01-01T00:00:00Z")))
}

/// A clock as the control API tells of it.
pub(super) fn shown(clock: &Clock) -> Value {
    json!({ "time": clock.now().to_string(), "frozen": clock.is_frozen() })
}
