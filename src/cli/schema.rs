//! `counterpart schema`: what a kind of file may say, for editors.

use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{FAILED, print};
use crate::load;

/// Print the JSON Schema of a file format.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Schema {
    /// The format
    #[arg(value_parser = PossibleValuesParser::new(load::FORMATS))]
    format: String,
}

const EXAMPLES: &str = "\
Examples:
  counterpart schema scenario > scenario.schema.json
  # yaml-language-server: $schema=scenario.schema.json   the first line of a scenario, for editors that know it";

impl Schema {
    pub(super) fn run(self) -> ExitCode {
        match load::schema(&self.format) {
            Some(schema) => {
                print::out(&format!("{schema:#}"));
                ExitCode::SUCCESS
            }
            None => ExitCode::from(FAILED),
        }
    }
}
