//! The command line: flags, subcommands, and what they print. Stdout carries what was asked for, stderr the rest.
//!
//! Exit codes: 0, the contract is kept; 1, it is broken; 2, it could not be run.

mod ask;
mod check;
mod draft;
mod eject;
mod environment;
mod explain;
mod health;
mod mock;
mod print;
mod report;
mod schema;
mod serve;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// The contract is broken.
const BROKEN: u8 = 1;
/// It could not be run.
const FAILED: u8 = 2;

/// Stands in for the other side of an API contract: a stateful, validating, fault-injecting mock server.
#[derive(Debug, Parser)]
#[command(name = "counterpart", version, after_help = EXAMPLES, max_term_width = 110)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  counterpart serve zendesk                               the bundled Zendesk on http://127.0.0.1:4010
  counterpart serve zendesk --scenario rate-limit-burst   with a burst of 429s
  counterpart serve specs/zendesk --port 0 --ready-json   a pack folder on any free port
  counterpart serve openapi.yaml                          any document, answered from its examples
  counterpart serve openapi.yaml --stateful               any document, with state as far as it shows any
  counterpart mock openapi.yaml -p 4010 -h 0.0.0.0 -d     as Prism would be started
  counterpart check openapi.yaml                          everything that is wrong with a document
  counterpart draft openapi.yaml --out pack.yaml          a pack for a document, to be edited
  counterpart explain 3                                   why the third exchange went as it did
  counterpart eject zendesk my-zendesk                    the bundled pack as files, for editing";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve packs and documents until Ctrl-C
    Serve(Box<serve::Serve>),
    /// Serve documents, with the flags of Prism and of Steady
    Mock(Box<mock::Mock>),
    /// Check documents, packs and fixtures, and print all that is wrong
    Check(check::Check),
    /// Propose a pack for a document that has none
    Draft(draft::Draft),
    /// Ask a running server whether it is well; for container health checks
    Health(health::Health),
    /// Ask a running server why an exchange went as it did
    Explain(explain::Explain),
    /// Write a bundled pack and its fixtures into a folder
    Eject(eject::Eject),
    /// List the bundled packs and scenarios
    List,
    /// Print the JSON Schema of a file format, so that editors complete and check
    Schema(schema::Schema),
}

fn parsed<T: Into<OsString>>(words: impl IntoIterator<Item = T>) -> Result<Line, Vec<clap::Error>> {
    let mut command = Line::command().mut_subcommand("mock", mock::adapted);
    let words: Vec<OsString> = words.into_iter().map(Into::into).collect();
    let matches = environment::matches(&command, &words)?;
    Line::from_arg_matches(&matches).map_err(|error| vec![error.format(&mut command)])
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let line = match parsed(std::env::args_os()) {
        Ok(line) => line,
        Err(errors) => {
            // Help and version are asked for and go to stdout; both streams may be gone.
            errors.iter().for_each(|error| drop(error.print()));
            return ExitCode::from(if errors.iter().any(clap::Error::use_stderr) { FAILED } else { 0 });
        }
    };
    match line.command {
        Command::Serve(serve) => serve.run(),
        Command::Mock(mock) => mock.run(),
        Command::Check(check) => check.run(),
        Command::Draft(draft) => draft.run(),
        Command::Health(health) => health.run(),
        Command::Explain(explain) => explain.run(),
        Command::Eject(eject) => eject.run(),
        Command::List => print::bundled(),
        Command::Schema(schema) => schema.run(),
    }
}
