//! What is said at the end of a server that ran scenarios: how often each rule matched, fired and was really carried out.

use crate::exchange::World;
use crate::server::Sent;

/// The lines; none where there were no scenarios.
pub(super) fn summary(world: &World, sent: &Sent) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for provider in world.providers.iter() {
        for scenario in &provider.scenarios {
            let name = |rule: &str| match world.providers.len() {
                1 => format!("{} / {rule}", scenario.name()),
                _ => format!("{}: {} / {rule}", provider.pack.name, scenario.name()),
            };
            let totals = scenario.totals();
            lines.extend(totals.iter().map(|it| {
                format!("  {}: {} matched, {} fired, {} sent", name(it.rule), it.matched, it.fired, it.sent)
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
