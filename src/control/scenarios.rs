//! The scenarios that are active in a session, and how far each of their rules has come.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::call::{Call, invalid, source};
use super::problem::Problem;
use crate::exchange::World;
use crate::load;
use crate::scenario::Scenario;
use crate::session::Session;
use crate::source::{Finding, choices};

/// A scenario for each provider that it fits.
type Cast = Vec<Option<Arc<Scenario>>>;

pub(super) fn list(call: &Call<'_>) -> Result<Value, Problem> {
    Ok(shown(call.world(), &*call.session()?))
}

/// Makes one more scenario active; one of the same name is replaced.
pub(super) fn activate(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    let cast = cast(call.world(), call.body.get("scenario").unwrap_or(&Value::Null))?;
    let name = cast.iter().flatten().map(|scenario| scenario.name()).next().unwrap_or_default();
    for (provider, scenario) in cast.iter().enumerate() {
        session.play(provider, |active| match (active.iter_mut().find(|known| known.name() == name), scenario) {
            (Some(known), Some(scenario)) => *known = Arc::clone(scenario),
            (None, Some(scenario)) => active.push(Arc::clone(scenario)),
            (_, None) => active.retain(|known| known.name() != name),
        });
    }
    Ok(shown(call.world(), &session))
}

/// Makes these scenarios the active ones, and no others.
pub(super) fn replace(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    let cast = casts(call.world(), call.body.get("scenarios"))?;
    for (provider, scenarios) in cast.into_iter().enumerate() {
        session.play(provider, |active| *active = scenarios);
    }
    Ok(shown(call.world(), &session))
}

pub(super) fn deactivate(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    let name = call.name("scenario");
    let mut was_active = false;
    for provider in 0..call.world().providers.len() {
        session.play(provider, |active| {
            let before = active.len();
            active.retain(|known| known.name() != name);
            was_active |= active.len() < before;
        });
    }
    if was_active {
        return Ok(Value::Null);
    }
    let active = names(call.world(), &session);
    let detail = format!("`{name}` is not active; {}", choices(name, active.iter().map(String::as_str), "active"));
    Err(Problem::missing("No such scenario", detail))
}

/// The names of the scenarios that are active with any provider.
pub(super) fn names(world: &World, session: &Session) -> Vec<String> {
    let mut names = Vec::new();
    let state = session.state();
    for hazards in (0..world.providers.len()).filter_map(|provider| state.hazards(provider)) {
        names.extend(hazards.scenarios.iter().map(|scenario| scenario.name().to_owned()));
    }
    names.sort();
    names.dedup();
    names
}

/// For each provider the scenarios that a list names or has.
pub(super) fn casts(world: &World, asked: Option<&Value>) -> Result<Vec<Vec<Arc<Scenario>>>, Problem> {
    let mut all = vec![Vec::new(); world.providers.len()];
    let mut problems = Vec::new();
    for asked in asked.and_then(Value::as_array).into_iter().flatten() {
        let cast = cast(world, asked).and_then(|cast| match twice(&all, &cast) {
            Some(name) => Err(invalid("A scenario stands twice", format!("`{name}` can be played once"))),
            None => Ok(cast),
        });
        match cast {
            Ok(cast) => all.iter_mut().zip(cast).for_each(|(scenarios, scenario)| scenarios.extend(scenario)),
            Err(problem) => problems.push(problem),
        }
    }
    Problem::of_all(problems).map_or(Ok(all), Err)
}

/// The name of a scenario that is among these already.
fn twice(all: &[Vec<Arc<Scenario>>], cast: &Cast) -> Option<String> {
    let name = cast.iter().flatten().next()?.name();
    all.iter().flatten().any(|known| known.name() == name).then(|| name.to_owned())
}

/// A scenario by name, as the text of a file, or as what a file would say.
fn cast(world: &World, asked: &Value) -> Result<Cast, Problem> {
    let unreadable = |findings: Vec<Finding>| Problem::unreadable("The scenario cannot be used", &findings);
    let source = match asked {
        Value::String(name) => match from_the_start(world, name) {
            Some(cast) => return Ok(cast),
            None => load::bundled_scenario(name).ok_or_else(|| unknown(world, name))?,
        },
        asked => source("scenario.yaml", asked),
    };
    let source = source.map_err(|finding| unreadable(vec![*finding]))?;
    let cast = load::scenario(&source, &world.providers).map_err(unreadable)?;
    for (provider, scenario) in cast.iter().enumerate() {
        scenario.iter().for_each(|scenario| world.sessions.played.note(provider, scenario));
    }
    Ok(cast)
}

/// A scenario that the server was started with.
fn from_the_start(world: &World, name: &str) -> Option<Cast> {
    let known = |provider: &crate::exchange::Provider| {
        provider.scenarios.iter().find(|scenario| scenario.name() == name).cloned()
    };
    let cast: Cast = world.providers.iter().map(known).collect();
    cast.iter().any(Option::is_some).then_some(cast)
}

fn unknown(world: &World, name: &str) -> Problem {
    let bundled = load::bundled_scenarios();
    let started = world.providers.iter().flat_map(|provider| &provider.scenarios).map(|scenario| scenario.name());
    let known = started.chain(bundled.iter().map(|(name, _)| name.as_str()));
    let detail = format!("there is no scenario `{name}`; {}", choices(name, known, "known by name"));
    Problem::missing("No such scenario", detail)
}

fn shown(world: &World, session: &Session) -> Value {
    let mut scenarios = Vec::new();
    let state = session.state();
    for provider in world.providers.iter() {
        let Some(hazards) = state.hazards(provider.index) else { continue };
        let mut rules: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for count in hazards.progress.counts(&hazards.scenarios) {
            let (matched, fired, sent) = (count.matched, count.fired, count.sent);
            let rule = json!({ "name": count.rule, "matched": matched, "fired": fired, "sent": sent });
            rules.entry(count.scenario).or_default().push(rule);
        }
        scenarios.extend(hazards.scenarios.iter().map(|scenario| {
            json!({
                "name": scenario.name(), "about": scenario.about(), "provider": provider.pack.name,
                "rules": rules.remove(scenario.name()).unwrap_or_default(),
            })
        }));
    }
    let bundled: Vec<String> = load::bundled_scenarios().into_iter().map(|(name, _)| name).collect();
    json!({ "scenarios": scenarios, "bundled": bundled })
}
