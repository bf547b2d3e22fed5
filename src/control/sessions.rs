//! Sessions: made, looked at, set back, dropped.

use std::sync::Arc;

use serde_json::{Value, json};

use super::call::{Call, invalid, source};
use super::problem::Problem;
use super::{clock, scenarios};
use crate::clock::Clock;
use crate::dice::Dice;
use crate::exchange::World;
use crate::load;
use crate::session::{DEFAULT, Seed, Session, Sessions};
use crate::source::Finding;

pub(super) fn list(call: &Call<'_>) -> Result<Value, Problem> {
    let world = call.world();
    let bounds = world.sessions.bounds;
    let sessions: Vec<Value> = world.sessions.list().iter().map(|session| shown(world, session)).collect();
    Ok(json!({ "sessions": sessions, "most": bounds.most, "idle_seconds": bounds.idle.as_secs() }))
}

/// How many there are.
pub(super) fn count(call: &Call<'_>) -> usize {
    call.world().sessions.count()
}

pub(super) fn create(call: &Call<'_>) -> Result<Value, Problem> {
    let world = call.world();
    let sessions = &world.sessions;
    let name = call.text("name").unwrap_or_default();
    let dice = call.body.get("seed").and_then(Value::as_u64).map_or_else(|| sessions.dice(name), Dice::new);
    let is_plain = ["clock", "scenarios", "fixtures"].iter().all(|key| call.body.get(key).is_none());
    let seed = if is_plain { Arc::clone(sessions.seed()) } else { Arc::new(seed(call, &dice)?) };
    let session = sessions.create(name, seed, dice).map_err(|refused| Problem::from((name, refused)))?;
    Ok(shown(world, &session))
}

/// The start of a session that asks for more than a name: what it does not ask for is as in all others.
fn seed(call: &Call<'_>, dice: &Dice) -> Result<Seed, Problem> {
    let common = call.world().sessions.seed();
    let clock = match call.text("clock") {
        Some(time) => Clock::frozen(clock::time(time)?),
        None => common.clock.fork(),
    };
    let mut parts = common.parts.clone();
    if let Some(asked) = call.body.get("scenarios") {
        let casts = scenarios::casts(call.world(), Some(asked))?;
        parts.iter_mut().zip(casts).for_each(|(part, scenarios)| part.scenarios = scenarios);
    }
    for (name, fixtures) in call.body.get("fixtures").and_then(Value::as_object).into_iter().flatten() {
        let provider = call.provider(name)?;
        let unreadable = |findings: Vec<Finding>| Problem::unreadable("The fixtures cannot be used", &findings);
        let source = source("fixtures.yaml", fixtures).map_err(|finding| unreadable(vec![*finding]))?;
        parts[provider.index].store = load::records(provider, &source, &clock, dice).map_err(unreadable)?;
    }
    Ok(Seed { parts, clock })
}

pub(super) fn show(call: &Call<'_>) -> Result<Value, Problem> {
    Ok(shown(call.world(), &*call.session()?))
}

pub(super) fn remove(call: &Call<'_>) -> Result<Value, Problem> {
    if call.name("session") == DEFAULT {
        return Err(invalid("The default session stays", "it can be reset"));
    }
    let session = call.session()?;
    call.world().sessions.remove(&session.name);
    Ok(Value::Null)
}

pub(super) fn reset(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    session.reset();
    Ok(shown(call.world(), &session))
}

pub(super) fn snapshots(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    let shown = |(name, time): &(Box<str>, _)| json!({ "name": name, "time": ToString::to_string(time) });
    Ok(json!({ "snapshots": session.snapshots().iter().map(shown).collect::<Vec<_>>() }))
}

pub(super) fn take(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    let name = call.name("snapshot");
    if !Sessions::is_name(name) {
        return Err(invalid("No name of a snapshot", "one is called by the same letters and signs as a session"));
    }
    match session.snapshot(name) {
        true => snapshots(call),
        false => {
            let detail = format!("a session keeps {}; forget one", Session::MOST_SNAPSHOTS);
            Err(invalid("Too many snapshots", detail))
        }
    }
}

pub(super) fn restore(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    match session.restore(call.name("snapshot")) {
        true => Ok(shown(call.world(), &session)),
        false => Err(no_snapshot(call)),
    }
}

pub(super) fn forget(call: &Call<'_>) -> Result<Value, Problem> {
    match call.session()?.forget(call.name("snapshot")) {
        true => Ok(Value::Null),
        false => Err(no_snapshot(call)),
    }
}

fn no_snapshot(call: &Call<'_>) -> Problem {
    Problem::missing("No such snapshot", format!("the session has no snapshot `{}`", call.name("snapshot")))
}

/// A session as the control API tells of it.
fn shown(world: &World, session: &Session) -> Value {
    let snapshots: Vec<Box<str>> = session.snapshots().into_iter().map(|(name, _)| name).collect();
    json!({
        "name": session.name, "exchanges": session.exchanges(), "clock": clock::shown(&session.clock),
        "scenarios": scenarios::names(world, session), "snapshots": snapshots,
    })
}
