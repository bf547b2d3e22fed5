//! `counterpart mock`: `serve` for scripts that were written for Prism or Steady, with the flags of both.

use std::process::ExitCode;

use clap::builder::ValueParser;
use clap::{ArgAction, Args, Command, ValueEnum};

use super::print;
use super::serve::{Log, Serve, seed};
use crate::exchange::{Breach, Cors, Validation};
use crate::journal;

/// Serve documents, with the flags of Prism and of Steady
#[derive(Debug, Args)]
#[command(disable_help_flag = true, args_override_self = true, after_help = EXAMPLES)]
pub(super) struct Mock {
    #[command(flatten)]
    serve: Serve,
    #[command(flatten)]
    prism: Prism,
    #[command(flatten)]
    steady: Steady,
    /// Print help
    #[arg(long, action = ArgAction::Help)]
    help: Option<bool>,
}

const EXAMPLES: &str = "\
Examples:
  counterpart mock openapi.yaml -p 4010 -h 127.0.0.1 -d --errors
  counterpart mock --host 127.0.0.1 -p 4010 --reject-on-sdk-error openapi.yaml";

/// What Prism has and `serve` calls otherwise.
#[derive(Debug, Args)]
#[command(next_help_heading = "As Prism has them")]
struct Prism {
    /// Answer 500 where an example breaks the document; as --breach refuse
    #[arg(long)]
    errors: bool,
    /// As --dynamic
    #[arg(long = "ignoreExamples")]
    ignore_examples: bool,
    /// As --cors=off
    #[arg(long)]
    no_cors: bool,
    /// Which exchanges are written: none up to `warn`, else all; as --log
    #[arg(short = 'v', long = "verboseLevel", value_enum, value_name = "LEVEL")]
    verbose_level: Option<Level>,
    /// Is accepted and changes nothing: one process uses all processors
    #[arg(short, long)]
    multiprocess: bool,
    /// Is accepted and changes nothing: properties are made down to five levels
    #[arg(long = "json-schema-faker-fillProperties", num_args = 0..=1, require_equals = true, value_name = "BOOL")]
    fill_properties: Option<Option<bool>>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    Silent,
    Fatal,
    Error,
    Warn,
    Info,
    Success,
    Debug,
    Trace,
}

/// What Steady has and `serve` calls otherwise.
#[derive(Debug, Args)]
#[command(next_help_heading = "As Steady has them")]
struct Steady {
    /// Refuse requests that break the document, which is the default; `=false` is as --validate report
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    reject_on_sdk_error: Option<bool>,
    /// As --validate report
    #[arg(long, conflicts_with = "strict")]
    relaxed: bool,
    /// As --log off
    #[arg(long)]
    no_log: bool,
    /// As --log
    #[arg(long, value_enum, value_name = "FORMAT")]
    log_format: Option<Log>,
    /// As --seed
    #[arg(long, value_parser = seed, allow_hyphen_values = true, value_name = "SEED")]
    generator_seed: Option<u64>,
    /// Is accepted and changes nothing: one `oneOf` must match, and no other
    #[arg(long)]
    validator_strict_oneof: bool,
    /// As --watch
    #[arg(short = 'r', long)]
    auto_reload: bool,
    /// Is accepted and changes nothing: there is one log, a line for each exchange
    #[arg(short, long)]
    interactive: bool,
    /// As --log-level debug
    #[arg(long)]
    log_bodies: bool,
    /// Is accepted and changes nothing: there are no colours
    #[arg(long)]
    no_color: bool,
    /// Is accepted and changes nothing: `counterpart check` fails on warnings
    #[arg(long)]
    fail_on_warnings: bool,
    /// Is accepted and changes nothing: `counterpart check` fails on warnings
    #[arg(long)]
    fail_on_ambiguous: bool,
    /// Is accepted and changes nothing: lists are as long as their schemas ask for, with few items beyond
    #[arg(long, value_name = "COUNT")]
    generator_array_size: Option<u64>,
    /// As --generator-array-size
    #[arg(long, value_name = "COUNT")]
    generator_array_min: Option<u64>,
    /// As --generator-array-size
    #[arg(long, value_name = "COUNT")]
    generator_array_max: Option<u64>,
}

/// `-h` is the host, as Prism has it, and booleans may be spelled out.
pub(super) fn adapted(mock: Command) -> Command {
    let mock = mock.mut_arg("host", |host| host.short('h'));
    mock.mut_arg("cors", |cors| {
        cors.num_args(0..=1)
            .require_equals(true)
            .default_missing_value("on")
            .value_parser(ValueParser::from(clap::builder::EnumValueParser::<Cors>::new()))
    })
}

impl Mock {
    pub(super) fn run(self) -> ExitCode {
        self.notes().iter().for_each(|note| print::err(&format!("note: {note}")));
        self.meant().run()
    }

    /// The same in the words of `serve`.
    fn meant(self) -> Serve {
        let Mock { mut serve, prism, steady, .. } = self;
        let silent = |level| matches!(level, Level::Silent | Level::Fatal | Level::Error | Level::Warn);
        serve.dynamic |= prism.ignore_examples;
        if prism.errors {
            serve.breach = Breach::Refuse;
        }
        if prism.no_cors {
            serve.cors = Cors::Off;
        }
        if steady.no_log || prism.verbose_level.is_some_and(silent) {
            serve.log = Log::Off;
        }
        if steady.relaxed || steady.reject_on_sdk_error == Some(false) {
            serve.validate = Validation::Report;
        }
        serve.log = steady.log_format.filter(|_| !steady.no_log).unwrap_or(serve.log);
        if steady.log_bodies {
            serve.log_level = journal::Level::Debug;
        }
        serve.watch |= steady.auto_reload;
        serve.seed = steady.generator_seed.unwrap_or(serve.seed);
        serve
    }

    /// What is said of flags that mean nothing here.
    fn notes(&self) -> Vec<&'static str> {
        let (prism, steady) = (&self.prism, &self.steady);
        let sizes = [steady.generator_array_size, steady.generator_array_min, steady.generator_array_max];
        let notes = [
            (prism.fill_properties.is_some(), "properties are made down to five levels, whatever fillProperties says"),
            (steady.interactive, "the log is not interactive"),
            (steady.fail_on_warnings || steady.fail_on_ambiguous, "`counterpart check` is what fails on warnings"),
            (sizes.iter().any(Option::is_some), "lists are as long as their schemas ask for"),
        ];
        notes.into_iter().filter(|(given, _)| *given).map(|(_, note)| note).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Command as Sub, parsed};

    fn meant(words: &[&str]) -> Serve {
        let line = parsed(["counterpart", "mock"].iter().chain(words))
            .unwrap_or_else(|errors| panic!("{words:?}: {errors:?}"));
        match line.command {
            Sub::Mock(mock) => mock.meant(),
            other => panic!("{words:?}: {other:?}"),
        }
    }

    #[test]
    fn the_command_lines_of_prism_are_understood() {
        let serve = meant(&[
            "openapi.yaml",
            "-p",
            "4010",
            "-h",
            "0.0.0.0",
            "-d",
            "-m",
            "--errors",
            "--cors=false",
            "-v",
            "silent",
        ]);
        let Serve { breach, dynamic, cors, log, .. } = serve;
        assert!(matches!((breach, dynamic, cors, log), (Breach::Refuse, true, Cors::Off, Log::Off)));
        let serve = meant(&["--cors", "openapi.yaml", "--seed", "spring", "--verboseLevel", "debug"]);
        assert!(matches!((serve.cors, serve.log), (Cors::On, Log::Text)));
        assert_eq!(serve.seed, crate::dice::Dice::seed_of("spring"));
        assert!(matches!(meant(&["openapi.yaml", "--no-cors", "--multiprocess"]).cors, Cors::Off));
        assert!(meant(&["openapi.yaml", "--ignoreExamples", "--json-schema-faker-fillProperties=false"]).dynamic);
    }

    #[test]
    fn the_command_lines_of_steady_are_understood() {
        let formats = ["--validator-query-array-format=brackets", "--validator-form-object-format=brackets"];
        let serve = meant(&[&["--host", "127.0.0.1", "-p", "4010", "openapi.yaml"], &formats[..]].concat());
        assert_eq!(serve.validate, Validation::Usual);
        assert_eq!(meant(&["openapi.yaml", "--relaxed", "-r", "-i"]).validate, Validation::Report);
        assert!(meant(&["openapi.yaml", "-r"]).watch && !serve.watch);
        assert_eq!(meant(&["openapi.yaml", "--reject-on-sdk-error=false"]).validate, Validation::Report);
        assert_eq!(meant(&["openapi.yaml", "--reject-on-sdk-error"]).validate, Validation::Usual);
        assert!(matches!(meant(&["openapi.yaml", "--log=false"]).log, Log::Off));
        assert!(matches!(meant(&["openapi.yaml", "--log-format", "json"]).log, Log::Json));
        assert_eq!(meant(&["openapi.yaml", "--generator-seed", "-1"]).seed, crate::dice::Dice::seed_of("-1"));
    }
}
