//! Scenario files, read against every provider that is served.

use std::path::Path;
use std::sync::Arc;

use super::bundle::bundled_scenarios;
use crate::exchange::Provider;
use crate::refusal::{Flaw, Kind};
use crate::scenario::{Known, Scenario};
use crate::source::{Finding, Place, Source, nearest};

/// Gives each provider the scenarios that were asked for. A rule that one of several providers does not know is no error as
/// long as another one does.
pub(super) fn attach(asked: &[String], providers: &mut [Provider]) -> Vec<Finding> {
    let mut errors = Vec::new();
    for ask in asked {
        let source = match source(ask) {
            Ok(source) => source,
            Err(finding) => {
                errors.push(*finding);
                continue;
            }
        };
        let mut found = Vec::new();
        let mut served = false;
        for provider in providers.iter_mut() {
            match read(&source, provider) {
                Ok(scenario) => {
                    served = true;
                    provider.scenarios.push(Arc::new(scenario));
                }
                Err(findings) => found.extend(findings),
            }
        }
        if !served {
            found.dedup();
            errors.extend(found);
        }
    }
    errors
}

fn read(source: &Source, provider: &Provider) -> Result<Scenario, Vec<Finding>> {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
    let problems: Vec<&str> = Flaw::ALL.iter().map(|flaw| flaw.word()).collect();
    let contract = &provider.contract;
    let known = Known {
        operations: contract.operations(),
        kinds: &kinds,
        problems: &problems,
        documents: &|operation, status| contract.documents(operation, status),
    };
    Scenario::read(source, &known)
}

/// A file, or else a bundled scenario.
fn source(ask: &str) -> Result<Source, Box<Finding>> {
    let path = Path::new(ask);
    if path.is_file() {
        return super::source(path);
    }
    let bundled = bundled_scenarios();
    if let Some((name, text)) = bundled.iter().find(|(name, _)| name == ask) {
        return Source::parse(format!("{name}.yaml"), *text);
    }
    let names = bundled.iter().map(|(name, _)| name.as_str());
    let finding =
        Finding::error("not-found", Place::line(ask, 0), "there is no such file, and no bundled scenario of this name");
    Err(Box::new(match nearest(ask, names.clone()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!("bundled are: {}", names.collect::<Vec<_>>().join(", "))),
    }))
}
