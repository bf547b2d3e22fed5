//! `counterpart check`: everything that is wrong, and an exit code for CI.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{BROKEN, print};
use crate::clock::Clock;
use crate::load;

/// Check documents, packs and fixtures, and print all that is wrong.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Bundled packs, pack folders or OpenAPI documents
    #[arg(required = true)]
    what: Vec<String>,
    /// A folder of fixtures in place of the pack's own
    #[arg(long, value_name = "DIR")]
    fixtures: Option<PathBuf>,
    /// Scenario files or names of bundled scenarios, to be checked as well
    #[arg(long, value_name = "FILE")]
    scenario: Vec<String>,
}

impl Check {
    pub(super) fn run(self) -> ExitCode {
        let request = load::Request {
            what: self.what.clone(),
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
        print::findings(&findings);
        match findings.is_empty() {
            true => {
                print::out(&format!("{}: nothing is wrong", self.what.join(", ")));
                ExitCode::SUCCESS
            }
            false => ExitCode::from(BROKEN),
        }
    }
}
