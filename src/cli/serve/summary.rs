//! What is said at the end of a server that ran scenarios: how often each rule matched, fired and was really carried out.

use std::collections::HashMap;

use crate::exchange::{Provider, World};
use crate::server::Sent;
use crate::session::played::{Counts, add, counts};

/// The lines; none where there is nothing to tell.
pub(super) fn summary(world: &World, sent: &Sent) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for provider in world.providers.iter() {
        let prefix = match world.providers.len() {
            1 => String::new(),
            _ => format!("{}: ", provider.pack.name),
        };
        lines.extend(played(world, provider).into_iter().map(|(name, [matched, fired, sent])| {
            format!("  {prefix}{name}: {matched} matched, {fired} fired, {sent} sent")
        }));
    }
    if !sent.is_nothing() {
        lines.push(format!("  on the wire: {sent}"));
    }
    if !lines.is_empty() {
        lines.insert(0, "faults:".to_owned());
    }
    lines
}

/// The rules that the server was started with, and those that its sessions were given: once each, however many sessions had it.
fn played(world: &World, provider: &Provider) -> Counts {
    let started = provider.scenarios.iter().flat_map(|scenario| counts(scenario));
    let mut all = Counts::new();
    let mut places = HashMap::new();
    for (name, counts) in started.chain(world.sessions.played.counts(provider.index)) {
        let place = *places.entry(name.clone()).or_insert(all.len());
        if place == all.len() {
            all.push((name, [0; 3]));
        }
        add(&mut all[place].1, counts);
    }
    all
}
