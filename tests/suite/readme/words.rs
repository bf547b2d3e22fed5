//! The reference of pack words in ARCHITECTURE.md names all that `src/pack` reads, and nothing else.

use std::collections::BTreeSet;
use std::fs;

use counterpart::refusal::{Flaw, Kind};

const HEADING: &str = "## The words of a pack";

/// Words in quotes that only stand in messages.
const OF_MESSAGES: [&str; 1] = ["choice"];

#[test]
fn every_word_that_packs_are_read_for_is_explained() {
    let explained = words(&reference(), code_spans);
    let missing: Vec<String> = read_for().into_iter().filter(|word| !explained.contains(word)).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not explain {missing:?}");
}

#[test]
fn every_word_that_is_explained_is_read() {
    let reference = reference();
    let rows =
        reference.split("\n\n").filter(|part| part.starts_with("| word |")).flat_map(|table| table.lines().skip(2));
    let firsts: String = rows.filter_map(|row| row.split(" | ").next()).map(|cell| format!("{cell}\n")).collect();
    let known = read_for();
    let unknown: Vec<String> = words(&firsts, code_spans).into_iter().filter(|word| !known.contains(word)).collect();
    assert!(unknown.is_empty(), "src/pack does not know {unknown:?}");
}

fn reference() -> String {
    let page = super::text("ARCHITECTURE.md");
    let (_, after) = page.split_once(HEADING).expect("there is a reference");
    after.split("\n## ").next().unwrap_or_default().to_owned()
}

/// The words in quotes in `src/pack`, outside comments and tests, and those of refusals and flaws.
fn read_for() -> BTreeSet<String> {
    let folder = fs::read_dir(super::path("src/pack")).expect("there is a folder");
    let files =
        folder.map(|file| file.expect("a folder can be read").path()).chain([super::path("src/pack.rs").into()]);
    let code: String = files.map(|file| code_of(&fs::read_to_string(file).expect("the file can be read"))).collect();
    let refusals = Kind::ALL.iter().map(|kind| kind.word()).chain(Flaw::ALL.iter().map(|flaw| flaw.word()));
    let all = words(&code, quoted).into_iter().chain(refusals.map(str::to_owned));
    all.filter(|word| !OF_MESSAGES.contains(&word.as_str())).collect()
}

fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).fold(String::new(), super::joined)
}

/// The words in the parts of a text.
fn words(text: &str, parts: fn(&str) -> Vec<&str>) -> BTreeSet<String> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c == '_';
    let split = parts(text).into_iter().flat_map(|part| part.split(move |c| !is_letter(c)));
    split.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What stands between backticks.
fn code_spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Texts that are one word and nothing else.
fn quoted(text: &str) -> Vec<&str> {
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    text.split('"').skip(1).step_by(2).filter(is_word).collect()
}
