//! Scenario files, read against every provider that is served.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::Trail;
use super::bundle::bundled_scenarios;
use crate::exchange::Provider;
use crate::refusal::{Flaw, Kind};
use crate::scenario::{Known, Limit, Scenario};
use crate::source::{Finding, Findings, Node, Place, Source, nearest};

/// Gives each provider the scenarios that were asked for. A rule that one of several providers does not know is no error as
/// long as another one does.
pub(super) fn attach(asked: &[String], inline: &[String], providers: &mut [Provider], trail: &Trail) -> Vec<Finding> {
    let mut errors = Vec::new();
    let mut names = HashSet::new();
    let named = asked.iter().map(|ask| source(ask, trail));
    let inline = inline.iter().map(|text| Source::parse("(inline scenario)", text.as_str()));
    for source in named.chain(inline) {
        let source = match source {
            Ok(source) => source,
            Err(finding) => {
                errors.push(*finding);
                continue;
            }
        };
        match scenario(&source, providers) {
            Ok(scenarios)
                if scenarios.iter().flatten().next().is_some_and(|it| !names.insert(it.name().to_owned())) =>
            {
                let what = "another scenario that is asked for has this name as well";
                errors.push(Finding::error("duplicate-name", source.place("/name"), what).help("name it once"));
            }
            Ok(scenarios) => {
                let pairs = providers.iter_mut().zip(scenarios);
                pairs.for_each(|(provider, scenario)| provider.scenarios.extend(scenario));
            }
            Err(findings) => errors.extend(findings),
        }
    }
    errors
}

/// A scenario for each provider that it fits.
///
/// # Errors
/// All that is wrong with it, where it fits none.
pub fn scenario(source: &Source, providers: &[Provider]) -> Result<Vec<Option<Arc<Scenario>>>, Vec<Finding>> {
    let mut found = Vec::new();
    let mut read = |provider| match known(provider, |known| Scenario::read(source, known)) {
        Ok(scenario) => Some(Arc::new(scenario)),
        Err(findings) => {
            // What is wrong for every provider is said once.
            let new: Vec<Finding> = findings.into_iter().filter(|finding| !found.contains(finding)).collect();
            found.extend(new);
            None
        }
    };
    let scenarios: Vec<_> = providers.iter().map(&mut read).collect();
    if scenarios.iter().any(Option::is_some) {
        return Ok(scenarios);
    }
    Err(found)
}

/// The rate limits of a pack.
pub(super) fn limits(pack: &Source, provider: &Provider, findings: &mut Findings) -> Vec<Arc<Limit>> {
    let Some(mut file) = Node::root(pack).fields(findings) else { return Vec::new() };
    let nodes = file.list("limits", findings);
    known(provider, |known| nodes.iter().filter_map(|node| Limit::read(node, known, findings)).map(Arc::new).collect())
}

/// What scenarios may speak of.
fn known<T>(provider: &Provider, read: impl FnOnce(&Known<'_>) -> T) -> T {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
    let problems: Vec<&str> = Flaw::ALL.iter().map(|flaw| flaw.word()).collect();
    let contract = &provider.contract;
    let resources: Vec<&str> = provider.pack.resources.iter().map(|resource| resource.rules.table.as_str()).collect();
    read(&Known {
        resources: &resources,
        operations: contract.operations(),
        kinds: &kinds,
        problems: &problems,
        documents: &|operation, status| contract.documents(operation, status),
        breaks: &|operation, fault| provider.breaks(operation, fault),
    })
}

/// A file, or else a bundled scenario.
fn source(ask: &str, trail: &Trail) -> Result<Source, Box<Finding>> {
    let path = Path::new(ask);
    trail.note(path);
    if path.is_file() {
        return super::source_noting(path, trail);
    }
    bundled_scenario(ask).unwrap_or_else(|| {
        let what = match path.is_dir() {
            true => "this is a folder; scenarios are named one by one",
            false => "there is no such file, and no bundled scenario of this name",
        };
        let finding = Finding::error("not-found", Place::line_of(ask, 0), what);
        let bundled = bundled_scenarios();
        let names = bundled.iter().map(|(name, _)| name.as_str());
        Err(Box::new(match nearest(ask, names.clone()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(format!("bundled are: {}", names.collect::<Vec<_>>().join(", "))),
        }))
    })
}

/// A bundled scenario, if there is one of this name.
pub fn bundled_scenario(name: &str) -> Option<Result<Source, Box<Finding>>> {
    let bundled = bundled_scenarios();
    let (name, text) = bundled.iter().find(|(known, _)| known == name)?;
    Some(Source::parse(format!("{name}.yaml"), *text))
}
