//! Environment variables with values that are not right: each is named, with the way out.

use std::process::Command;

/// The lines of stderr that tell what is wrong.
fn said(variables: &[(&str, &str)], words: &[&str]) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterpart"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("COUNTERPART_")) {
        command.env_remove(name);
    }
    let output = command.args(words).envs(variables.iter().copied()).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(2), "{words:?} {variables:?}");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let told = text.lines().filter(|line| line.starts_with("error: ") || line.starts_with("  tip: "));
    told.map(|line| {
        line.trim_start_matches("error: ").replace("  tip: this comes from the environment variable ", "- ")
    })
    .collect()
}

#[test]
fn a_variable_with_a_wrong_value_is_named() {
    let port = "invalid value 'abc' for '--port <PORT>': invalid digit found in string";
    let from = "- COUNTERPART_PORT=abc; change or unset it, or give --port, which goes before it";
    let serve = ["serve", "zendesk"];
    assert_eq!(said(&[("COUNTERPART_PORT", "abc")], &serve), [port, from]);
    assert_eq!(said(&[("COUNTERPART_PORT", "abc")], &["health"]), [port, from]);
    // All of them at once.
    let auth = "invalid value 'maybe' for '--auth <AUTH>'";
    let from_auth = "- COUNTERPART_AUTH=maybe; change or unset it, or give --auth, which goes before it";
    let both = [("COUNTERPART_PORT", "abc"), ("COUNTERPART_AUTH", "maybe"), ("COUNTERPART_SEED", "3")];
    assert_eq!(said(&both, &serve), [port, from, auth, from_auth]);
    // Those of the words themselves are nobody else's.
    assert_eq!(said(&[("COUNTERPART_PORT", "4010")], &["serve", "zendesk", "--port", "abc"]), [port]);
    let unheard = said(&[("COUNTERPART_PORT", "abc")], &["serve", "zendesk", "--unheard"]);
    assert_eq!(unheard.first().map(String::as_str), Some("unexpected argument '--unheard' found"));
    assert!(!unheard.iter().any(|line| line.contains("COUNTERPART_")), "{unheard:?}");
}

#[test]
fn variables_that_contradict_each_other_or_lack_another_are_named() {
    let conflict = "the argument '--validate <VALIDATE>' cannot be used with '--strict'";
    let (strict, validate) = (("COUNTERPART_STRICT", "true"), ("COUNTERPART_VALIDATE", "off"));
    let (from_strict, from_validate) =
        ("- COUNTERPART_STRICT=true; change or unset it", "- COUNTERPART_VALIDATE=off; change or unset it");
    assert_eq!(said(&[strict, validate], &["serve", "zendesk"]), [conflict, from_validate, from_strict]);
    assert_eq!(said(&[strict], &["serve", "zendesk", "--validate", "off"]), [conflict, from_strict]);
    let lacking = said(&[("COUNTERPART_EMPTY", "1"), ("COUNTERPART_HOST", "::1")], &["serve", "zendesk"]);
    let expected = ["the following required arguments were not provided:", "- COUNTERPART_EMPTY=1; change or unset it"];
    assert_eq!(lacking, expected);
}
