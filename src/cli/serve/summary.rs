//! What is said at the end of a server that ran scenarios: how often each rule matched, fired and was really carried out.

use std::collections::HashMap;
use std::sync::Arc;

use crate::exchange::{Provider, World};
use crate::scenario::Scenario;
use crate::server::Sent;

/// The lines; none where there is nothing to tell.
pub(super) fn summary(world: &World, sent: &Sent) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for provider in world.providers.iter() {
        let prefix = match world.providers.len() {
            1 => String::new(),
            _ => format!("{}: ", provider.pack.name),
        };
        let told = |(name, [matched, fired, sent]): (String, [u64; 3])| {
            format!("  {prefix}{name}: {matched} matched, {fired} fired, {sent} sent")
        };
        lines.extend(totals(&played(world, provider)).into_iter().map(told));
    }
    if !sent.is_nothing() {
        lines.push(format!("  on the wire: {sent}"));
    }
    if !lines.is_empty() {
        lines.insert(0, "faults:".to_owned());
    }
    lines
}

/// What became of each rule. Sessions that were given the same scenario each have a reading of their own.
fn totals(scenarios: &[Arc<Scenario>]) -> Vec<(String, [u64; 3])> {
    let mut all: Vec<(String, [u64; 3])> = Vec::new();
    let mut places = HashMap::new();
    for scenario in scenarios {
        for it in scenario.totals() {
            let name = format!("{} / {}", scenario.name(), it.rule);
            let place = *places.entry(name.clone()).or_insert(all.len());
            if place == all.len() {
                all.push((name, [0; 3]));
            }
            for (sum, count) in all[place].1.iter_mut().zip([it.matched, it.fired, it.sent]) {
                *sum += count;
            }
        }
    }
    all
}

/// The scenarios that the server was started with, and those that its sessions were given.
fn played(world: &World, provider: &Provider) -> Vec<Arc<Scenario>> {
    let mut all = provider.scenarios.clone();
    for session in world.sessions.list() {
        let state = session.state();
        let Some(hazards) = state.hazards(provider.index) else { continue };
        let is_new = |scenario: &&Arc<Scenario>| !all.iter().any(|known| Arc::ptr_eq(known, scenario));
        let new: Vec<Arc<Scenario>> = hazards.scenarios.iter().filter(is_new).cloned().collect();
        all.extend(new);
    }
    all
}
