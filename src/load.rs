//! From files, or from what is bundled in the binary, to providers that can answer. The only room that reads files.

mod bundle;
mod files;
mod fixtures;
mod scenarios;
mod schema;
mod trail;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::clock::Clock;
use crate::contract::Contract;
use crate::dice::Dice;
use crate::exchange::{Credentials, Provider};
use crate::pack::draft::{Draft, Note};
use crate::pack::{Options, Pack, Seed, merge_patch};
use crate::source::{Finding, Findings, Place, Severity, Source, nearest};
use crate::store::Moment;

use fixtures::{Own, Seeded};

pub use bundle::{bundled_scenarios, eject, names as bundled};
pub use fixtures::{records, unfit};
pub use scenarios::{bundled_scenario, scenario};
pub use schema::{FORMATS, schema};
pub use trail::Trail;

/// What `serve` was asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Names of bundled packs, pack folders, or documents.
    pub what: Vec<String>,
    /// A pack file for a document that is served by itself.
    pub pack: Option<PathBuf>,
    /// What becomes of documents without a pack.
    pub state: State,
    /// A folder of fixture files, or one such file, in place of the pack's own.
    pub fixtures: Option<PathBuf>,
    /// Scenario files, or names of bundled scenarios.
    pub scenarios: Vec<String>,
    /// Texts of scenarios that stand in no file.
    pub inline: Vec<String>,
    /// Switches of packs, as `name=choice`.
    pub options: Vec<String>,
    /// The seed of all chance.
    pub seed: u64,
}

/// What becomes of a document without a pack.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum State {
    /// Its examples answer.
    #[default]
    None,
    /// A pack is drafted for it; records start as its examples show them.
    Drafted,
    /// A pack is drafted for it; there are no records to start with.
    Empty,
}

/// Providers that were loaded, and what is wrong with their files but does not stop them.
#[derive(Debug)]
pub struct Loaded {
    /// The providers, in the order in which they were asked for.
    pub providers: Vec<Provider>,
    /// Warnings.
    pub warnings: Vec<Finding>,
    /// For each provider whose pack was drafted: its place, and what became of its operations.
    pub drafted: Vec<(usize, Vec<Note>)>,
}

/// Loads all that was asked for.
///
/// # Errors
/// Everything that is wrong, each with its file and line, where anything is that stops a server.
pub fn load(request: &Request, clock: &Clock) -> Result<Loaded, Vec<Finding>> {
    load_noting(request, clock, &Trail::default())
}

/// The same, and what was looked at on disk.
///
/// # Errors
/// As for [`load`]. The trail then has what was looked at so far.
pub fn load_noting(request: &Request, clock: &Clock, trail: &Trail) -> Result<Loaded, Vec<Finding>> {
    let mut loaded = Loaded { providers: Vec::new(), warnings: Vec::new(), drafted: Vec::new() };
    let mut errors = Vec::new();
    let mut unknown = request.options.clone();
    for (index, what) in request.what.iter().enumerate() {
        if request.what[..index].iter().any(|before| before == what || files::are_same(before, what)) {
            let place = Place::line_of(what, 0);
            errors.push(
                Finding::error("conflict", place, "this is named twice, and would answer once").help("name it once"),
            );
            continue;
        }
        match provider(what, request, &mut unknown, loaded.providers.len(), (clock, trail)) {
            Ok((provider, warnings, drafted)) => {
                loaded.drafted.extend(drafted.map(|notes| (loaded.providers.len(), notes)));
                loaded.providers.push(provider);
                loaded.warnings.extend(warnings);
            }
            Err(findings) => errors.extend(findings),
        }
    }
    errors.extend(scenarios::attach(&request.scenarios, &request.inline, &mut loaded.providers, trail));
    if errors.is_empty() {
        errors.extend(unknown.iter().map(|ask| strange(ask)));
    }
    if errors.is_empty() { Ok(loaded) } else { Err(errors) }
}

/// The same providers with scenarios added: files, names of bundled ones, and texts.
///
/// # Errors
/// Everything that is wrong with the scenarios.
pub fn with_scenarios(
    providers: &[Provider],
    scenarios: &[String],
    inline: &[String],
) -> Result<Vec<Provider>, Vec<Finding>> {
    let mut providers = providers.to_vec();
    let errors = scenarios::attach(scenarios, inline, &mut providers, &Trail::default());
    if errors.is_empty() { Ok(providers) } else { Err(errors) }
}

type Outcome<T> = Result<T, Vec<Finding>>;

/// A switch that none of the packs has.
fn strange(ask: &str) -> Finding {
    let name = ask.split('=').next().unwrap_or_default();
    let what = format!("none of the packs has an option `{name}`");
    Finding::error("unknown-option", Place::line_of(format!("--option {ask}"), 0), what)
}

/// One provider. What it knows of the switches that were asked for is taken off the list.
fn provider(
    what: &str,
    request: &Request,
    unknown: &mut Vec<String>,
    index: usize,
    (clock, trail): (&Clock, &Trail),
) -> Outcome<(Provider, Vec<Finding>, Option<Vec<Note>>)> {
    let place = Place::line_of(what, 0);
    let home = files::find(what, trail).map_err(|why| {
        let finding = Finding::error("not-found", place.clone(), why);
        let help = match nearest(what, bundle::names()) {
            Some(name) => format!("did you mean the bundled pack `{name}`?"),
            None => format!(
                "name a document, a pack folder, or a bundled pack: {}",
                bundle::names().collect::<Vec<_>>().join(", ")
            ),
        };
        vec![finding.help(help)]
    })?;
    let mut findings = Findings::default();
    if let (Some(pack), true, 1) = (&request.pack, home.has_pack(), request.what.len()) {
        let place = Place::line_of(pack.display().to_string(), 0);
        let finding = Finding::error(
            "conflict",
            place,
            format!("this pack is for a document, and `{what}` has a pack of its own"),
        );
        findings.push(finding.help("name the document in its place, or leave `--pack` out"));
    }
    let (mut pack_source, document) = home.sources(request.pack.as_deref(), &mut findings, trail);
    findings.extend(pack_source.iter().flat_map(Source::doubled));
    let mut drafted = None;
    let options = pack_source.as_ref().map(|source| Options::read(source, &mut findings)).unwrap_or_default();
    // Beside other packs, a switch may be meant for one of them.
    let meant = |ask: &&String| request.what.len() == 1 || options.has(ask);
    let asked: Vec<String> = request.options.iter().filter(meant).cloned().collect();
    unknown.retain(|ask| !asked.contains(ask));
    let choices = options.choose(&asked).map_err(|errors| joined(&mut findings, errors))?;
    let written = pack_source.clone();
    pack_source = patched(pack_source, choices.iter().map(|choice| &choice.pack));
    let Some(document) = patched(document, choices.iter().map(|choice| &choice.document)) else {
        return Err(findings.into_vec());
    };
    let (contract, mut warnings) =
        Contract::load(&document, &home.folder(trail)).map_err(|errors| joined(&mut findings, errors))?;
    if pack_source.is_none() && request.state != State::None {
        let (source, notes) = draft_of(&contract, &home.name(), request.state);
        (pack_source, drafted) = (Some(source), Some(notes));
    }
    let pack = match &pack_source {
        // Tests mind the names of bundled packs under each of their switches.
        Some(source) if home.is_bundled() && !cfg!(debug_assertions) => {
            Pack::read_bundled(source, &contract, &mut findings)
        }
        Some(source) => Pack::read(source, &contract, &mut findings),
        None => Some(Pack::bare(home.name(), &contract)),
    };
    let Some(pack) = pack.filter(|_| !findings.stop()) else { return Err(findings.into_vec()) };
    let fixtures = home.fixtures(request.fixtures.as_deref(), &mut findings, trail);
    if let Some(written) = &written {
        fixtures::mind_credentials(written, &fixtures, &mut findings);
    }
    let own = request.fixtures.as_ref().map(|_| {
        // Whatever is wrong with what is not asked for.
        let mut passed = Findings::default();
        let own = home.fixtures(None, &mut passed, trail);
        fixtures::seed(&pack, &own, None, (clock, &Dice::new(request.seed)), &mut passed)
    });
    let own = own.as_ref().map(|own| Own { store: &own.store, credentials: &own.credentials });
    let dice = Dice::new(request.seed);
    let Seeded { store, credentials, placed } = fixtures::seed(&pack, &fixtures, own, (clock, &dice), &mut findings);
    let credentials = Credentials::new(credentials, &pack.auth);
    let mut provider = Provider::new(index, contract, pack, credentials, store);
    if provider.pack.seed == Seed::Examples {
        let at = clock.now();
        let now = crate::exchange::written(at, &provider.pack.conventions.time);
        provider.seed_examples(&Moment { now, at, dice: &dice, by: None });
    }
    if let Some(source) = &pack_source {
        provider.limits = scenarios::limits(source, &provider, &mut findings).into();
    }
    // What is bundled was asked for by the tests.
    if request.fixtures.is_some() || !home.is_bundled() {
        fixtures::ask(&provider, &placed, clock, &mut findings);
    }
    if findings.stop() {
        return Err(findings.into_vec());
    }
    warnings.extend(findings.into_vec());
    Ok((provider, warnings, drafted))
}

/// A pack for a document that has none, as if it stood in a file.
fn draft_of(contract: &Contract, name: &str, state: State) -> (Source, Vec<Note>) {
    let mut draft = Draft::of(contract, name, name);
    if state == State::Empty {
        draft.pack["seed"] = "fixtures".into();
    }
    (Source::known(format!("{name} (drafted)"), "", draft.pack), draft.notes)
}

/// Drafts a pack for a document.
///
/// # Errors
/// What makes the document unreadable, or that it is no document.
pub fn draft(path: &Path) -> Result<Draft, Vec<Finding>> {
    let document = source(path).map_err(|finding| vec![*finding])?;
    let (contract, _) = Contract::load(&document, &files::Folder::of(path, &Trail::default()))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Draft::of(&contract, &stem, &file))
}

/// The same text with choices merged over what it says; lines stay those of the text.
fn patched<'a>(source: Option<Source>, patches: impl Iterator<Item = &'a Value>) -> Option<Source> {
    let source = source?;
    let mut patches = patches.filter(|patch| !patch.is_null()).peekable();
    if patches.peek().is_none() {
        return Some(source);
    }
    let mut value = source.value().clone();
    patches.for_each(|patch| merge_patch(&mut value, patch));
    Some(source.with_value(value))
}

fn joined(findings: &mut Findings, errors: Vec<Finding>) -> Vec<Finding> {
    let mut all = std::mem::take(findings).into_vec();
    all.extend(errors);
    all
}

/// Reads a file that the user named, whichever folder it lies in.
///
/// # Errors
/// A finding that names it.
pub fn source(path: &Path) -> Result<Source, Box<Finding>> {
    source_noting(path, &Trail::default())
}

fn source_noting(path: &Path, trail: &Trail) -> Result<Source, Box<Finding>> {
    let name = path.display().to_string();
    let text =
        files::read(path, trail).map_err(|why| Box::new(Finding::error("not-found", Place::line_of(&name, 0), why)))?;
    Source::parse(name, text)
}

/// Writes a text file that was asked for.
///
/// # Errors
/// What the file system says.
pub fn write(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)
}

/// Whether something in a list stops a server.
pub fn stops(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}
