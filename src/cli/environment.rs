//! What is wrong with a flag that an environment variable gives: the message names the variable, and there is one for each.

use std::ffi::{OsStr, OsString};

use clap::builder::{Resettable, StyledStr};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Command, Error};

/// What the words of a command line and the environment say.
///
/// # Errors
/// The first that is wrong with the words, and all variables that are.
pub(super) fn matches(command: &Command, words: &[OsString]) -> Result<ArgMatches, Vec<Error>> {
    let mut command = command.clone();
    let mut errors: Vec<Error> = Vec::new();
    loop {
        match command.try_get_matches_from_mut(words) {
            Ok(matches) if errors.is_empty() => return Ok(matches),
            Ok(_) => return Err(errors),
            // What is missing may have been in a variable that was left out.
            Err(error) if error.kind() == ErrorKind::MissingRequiredArgument && !errors.is_empty() => {
                return Err(errors);
            }
            Err(mut error) => {
                let culprits = culprits(&command, words, &error);
                let tips = culprits.iter().map(|arg| tip(arg, error.kind())).collect();
                if !culprits.is_empty() {
                    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
                }
                errors.push(error);
                if culprits.is_empty() {
                    return Err(errors);
                }
                let variables: Vec<&OsStr> = culprits.iter().filter_map(|arg| arg.get_env()).collect();
                command = without(&command, words, &variables);
            }
        }
    }
}

/// The arguments that are given by variables without which there would be another error, or none.
fn culprits(command: &Command, words: &[OsString], error: &Error) -> Vec<Arg> {
    let given = asked(command, words).into_iter().flat_map(Command::get_arguments);
    let given = given.filter(|arg| arg.get_env().is_some_and(|name| std::env::var_os(name).is_some()));
    let is_culprit = |arg: &&Arg| {
        let left = without(command, words, &arg.get_env().into_iter().collect::<Vec<_>>());
        let other = left.clone().try_get_matches_from_mut(words).err();
        other.is_none_or(|other| said(&other) != said(error))
    };
    given.filter(is_culprit).cloned().collect()
}

/// What an error is about.
fn said(error: &Error) -> (ErrorKind, String) {
    let about = [ContextKind::InvalidArg, ContextKind::PriorArg, ContextKind::InvalidValue];
    (error.kind(), about.iter().filter_map(|kind| error.get(*kind)).map(|value| format!("{value:?};")).collect())
}

/// The subcommand that the words name.
fn asked<'a>(command: &'a Command, words: &[OsString]) -> Option<&'a Command> {
    words.iter().skip(1).find_map(|word| command.find_subcommand(word))
}

/// The same command, to which some variables say nothing.
fn without(command: &Command, words: &[OsString], variables: &[&OsStr]) -> Command {
    let Some(name) = asked(command, words).map(|asked| asked.get_name().to_owned()) else { return command.clone() };
    let silent = |arg: Arg| match arg.get_env().is_some_and(|name| variables.contains(&name)) {
        true => arg.env(Resettable::Reset),
        false => arg,
    };
    command.clone().mut_subcommand(name, |asked| asked.mut_args(silent))
}

/// Where a value comes from, and the way out. A flag on the command line stands in for a variable's value, but not for its absence.
fn tip(arg: &Arg, kind: ErrorKind) -> StyledStr {
    let variable = arg.get_env().unwrap_or_default();
    let value = std::env::var_os(variable).unwrap_or_default();
    let (variable, value) = (variable.to_string_lossy(), value.to_string_lossy());
    let from = format!("this comes from the environment variable {variable}={value}; change or unset it");
    let is_of_value = matches!(kind, ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8);
    match arg.get_long().filter(|_| is_of_value) {
        Some(flag) => format!("{from}, or give --{flag}, which goes before it").into(),
        None => from.into(),
    }
}
