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
use crate::store::Store;

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
    let mut problems = Vec::new();
    let time = call.text("clock").and_then(|time| clock::time(time).map_err(|problem| problems.push(problem)).ok());
    let clock = time.map_or_else(|| common.clock.fork(), Clock::frozen);
    let mut parts = common.parts.clone();
    if let Some(asked) = call.body.get("scenarios") {
        match scenarios::casts(call.world(), Some(asked)) {
            Ok(casts) => parts.iter_mut().zip(casts).for_each(|(part, scenarios)| part.scenarios = scenarios),
            Err(problem) => problems.push(problem),
        }
    }
    let asked = call.body.get("fixtures");
    for (name, fixtures) in asked.and_then(Value::as_object).into_iter().flatten() {
        match records(call, name, fixtures, &clock, dice) {
            Ok((provider, store)) => parts[provider].store = store,
            Err(problem) => problems.push(problem),
        }
    }
    if asked.is_some_and(|asked| !asked.is_object()) {
        problems.push(invalid("No fixtures", shape(call.world())));
    }
    Problem::of_all(problems).map_or(Ok(Seed { parts, clock }), Err)
}

/// The records that fixtures make for a provider, and its place.
fn records(
    call: &Call<'_>,
    name: &str,
    fixtures: &Value,
    clock: &Clock,
    dice: &Dice,
) -> Result<(usize, Arc<Store>), Problem> {
    let shaped = |problem: Problem| problem.and(&shape(call.world()));
    let provider = call.provider(name).map_err(shaped)?;
    if !fixtures.is_object() {
        return Err(shaped(invalid("No fixtures", format!("what stands under `{name}` is no object"))));
    }
    let unreadable = |findings: Vec<Finding>| Problem::unreadable("The fixtures cannot be used", &findings);
    let source = source(&format!("fixtures/{name}.yaml"), fixtures).map_err(|finding| unreadable(vec![*finding]))?;
    Ok((provider.index, load::records(provider, &source, clock, dice).map_err(unreadable)?))
}

/// Where fixtures stand in a call.
fn shape(world: &World) -> String {
    let packs = world.providers.iter().map(|provider| &provider.pack);
    let names: Vec<String> = packs.clone().map(|pack| format!("`{}`", pack.name)).collect();
    let example = packs.clone().find_map(|pack| Some((&pack.name, &pack.resources.first()?.rules.table)));
    let example =
        example.map(|(pack, table)| format!(", as in {{ fixtures: {{ {pack}: {{ {table}: [ {{ … }} ] }} }} }}"));
    let names = names.join(", ");
    format!(
        "fixtures are an object, and stand by the provider that they are for ({names}){}",
        example.unwrap_or_default()
    )
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
