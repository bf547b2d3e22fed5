//! Files that have changed: read again, checked, and swapped in without losing a session.

use std::collections::BTreeMap;

use http::StatusCode;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::Front;
use super::call::Call;
use super::problem::Problem;
use crate::exchange::Provider;
use crate::load::{self, Loaded, Trail};
use crate::scenario::Scenario;
use crate::session::Loss;
use crate::source::Finding;

/// So many sessions are named where something was lost; the others are counted.
const NAMED: usize = 5;

/// The rule of warnings that a reference leads nowhere. A start gets by without what cannot be read; what could be read before is
/// just being edited.
const GAP: &str = "dangling-ref";

/// What providers were read from.
#[derive(Debug)]
pub(super) struct Origin {
    request: load::Request,
    /// Held while files are read, so that one reading follows the other.
    last: Mutex<Reading>,
}

/// One reading of the files.
#[derive(Debug)]
struct Reading {
    /// What was looked at.
    trail: Trail,
    /// References that led nowhere when all was last well.
    gaps: Vec<String>,
}

/// What came of reading files again.
#[derive(Debug)]
pub struct Reloaded {
    /// Warnings about the files.
    pub warnings: Vec<Finding>,
    /// What sessions could not take along, in sentences.
    pub notes: Vec<String>,
}

impl Front {
    /// The same, knowing what its providers were read from, on which trail, and with which warnings.
    #[must_use]
    pub fn read_from(mut self, request: load::Request, trail: Trail, warnings: &[Finding]) -> Front {
        self.files = Some(Origin { request, last: Mutex::new(Reading { trail, gaps: gaps(warnings) }) });
        self
    }

    /// What was looked at when the files were last read; nothing where there are none.
    pub fn trail(&self) -> Option<Trail> {
        self.files.as_ref().map(|files| files.last.lock().trail.clone())
    }

    /// Reads the files again and goes on with what they say now. Sessions stay: with their records where the rules of records are
    /// as they were, and else from the start again, and with scenarios that go on where they say the same.
    ///
    /// # Errors
    /// Everything that is wrong with the files, and references that led somewhere before. All is then as it was.
    pub fn reload(&self) -> Result<Reloaded, Vec<Finding>> {
        let Some(Origin { request, last }) = &self.files else {
            return Ok(Reloaded { warnings: Vec::new(), notes: Vec::new() });
        };
        let mut last = last.lock();
        let clock = self.world().sessions.seed().clock.fork();
        let now = Trail::default();
        let loaded = load::load_noting(request, &clock, &now).and_then(|loaded| last.unless_new_gaps(loaded));
        if loaded.is_err() {
            // Where reading stopped short, what lies behind may be what has to change.
            now.extend(&last.trail.now());
        }
        last.trail = now;
        let Loaded { providers, warnings, .. } = loaded?;
        last.gaps = gaps(&warnings);
        let recast = |scenario: &Scenario| load::scenario(scenario.source(), &providers).unwrap_or_default();
        let losses = self.world.write().reload(providers.clone(), &recast);
        Ok(Reloaded { warnings, notes: notes(&losses, &providers) })
    }
}

impl Reading {
    /// What was loaded, unless a reference leads nowhere that led somewhere before.
    fn unless_new_gaps(&self, loaded: Loaded) -> Result<Loaded, Vec<Finding>> {
        match gaps(&loaded.warnings).iter().all(|gap| self.gaps.contains(gap)) {
            true => Ok(loaded),
            false => Err(loaded.warnings),
        }
    }
}

fn gaps(warnings: &[Finding]) -> Vec<String> {
    warnings.iter().filter(|finding| finding.rule == GAP).map(|finding| finding.what.clone()).collect()
}

/// What was lost, one sentence for each thing.
fn notes(losses: &[Loss], providers: &[Provider]) -> Vec<String> {
    let mut sessions: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for loss in losses {
        let (session, what) = match loss {
            Loss::Records { session, provider } => {
                let name = providers.get(*provider).map(|provider| provider.pack.name.as_str()).unwrap_or_default();
                (
                    session,
                    format!("the rules of {name}'s records have changed, and its records are at their start again"),
                )
            }
            Loss::Scenario { session, scenario } => {
                (session, format!("the scenario {scenario} does not fit any more and is off"))
            }
        };
        sessions.entry(what).or_default().push(session);
    }
    let named = |sessions: &[&str]| match sessions.get(NAMED..) {
        Some([_, ..]) => format!("{} and {} more", sessions[..NAMED].join(", "), sessions.len() - NAMED),
        _ => sessions.join(", "),
    };
    sessions.iter().map(|(what, sessions)| format!("{what} (in {})", named(sessions))).collect()
}

pub(super) fn reload(call: &Call<'_>) -> Result<Value, Problem> {
    if call.front.files.is_none() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "No files to read again",
            "its providers were put together by a program",
        ));
    }
    match call.front.reload() {
        Ok(Reloaded { warnings, notes }) => {
            let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
            Ok(json!({ "warnings": warnings, "notes": notes }))
        }
        Err(findings) => Err(Problem::unreadable("The files cannot be used; all is as it was", &findings)),
    }
}
