//! What is said at the end of a server that ran scenarios: how often each rule matched, fired and was really carried out.

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
        for scenario in played(world, provider) {
            lines.extend(scenario.totals().iter().map(|it| {
                let (scenario, rule) = (scenario.name(), it.rule);
                format!("  {prefix}{scenario} / {rule}: {} matched, {} fired, {} sent", it.matched, it.fired, it.sent)
            }));
        }
    }
    if !sent.is_nothing() {
        lines.push(format!("  on the wire: {sent}"));
    }
    if !lines.is_empty() {
        lines.insert(0, "faults:".to_owned());
    }
    lines
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
