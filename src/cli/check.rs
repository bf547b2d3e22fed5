//! `counterpart check`: everything that is wrong, and an exit code for CI.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::report::{self, Form};
use super::{BROKEN, print};
use crate::clock::Clock;
use crate::load;

/// Check documents, packs and fixtures, and print all that is wrong.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Bundled packs, pack folders or OpenAPI documents
    #[arg(required = true)]
    what: Vec<String>,
    /// A pack file for a document that is given by itself
    #[arg(long, value_name = "FILE")]
    pack: Option<PathBuf>,
    /// A folder of fixture files, or one such file, in place of the pack's own
    #[arg(long, value_name = "PATH")]
    fixtures: Option<PathBuf>,
    /// Scenario files or names of bundled scenarios, to be checked as well
    #[arg(long, value_name = "FILE")]
    scenario: Vec<String>,
    /// How the findings are written: for people, for scripts, or for code hosts
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

impl Check {
    pub(super) fn run(self) -> ExitCode {
        let request = load::Request {
            what: self.what.clone(),
            pack: self.pack,
            fixtures: self.fixtures,
            scenarios: self.scenario,
            ..load::Request::default()
        };
        let findings = match load::load(&request, &Clock::running()) {
            Ok(loaded) => {
                let examples = loaded.providers.iter().flat_map(|provider| provider.contract.check_all());
                loaded.warnings.into_iter().chain(examples).collect()
            }
            Err(findings) => findings,
        };
        match (self.format, findings.is_empty()) {
            (Form::Text, true) => print::out(&format!("{}: nothing is wrong", self.what.join(", "))),
            (Form::Text, false) => {
                print::err(&report::written(&findings, Form::Text));
                print::count(&findings);
            }
            (Form::Github, true) => {}
            (form, _) => print::out(&report::written(&findings, form)),
        }
        if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(BROKEN) }
    }
}
