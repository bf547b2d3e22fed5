//! The references of words in ARCHITECTURE.md name all that packs and scenarios are read for, and nothing else.

use std::collections::BTreeSet;
use std::fs;

use counterpart::message::Wire;
use counterpart::refusal::{Flaw, Kind};

/// A room that reads files, and where its words are explained.
struct Reference {
    room: &'static str,
    heading: &'static str,
    /// Words in quotes that only stand in messages or within the room.
    inner: &'static [&'static str],
}

const REFERENCES: [Reference; 2] = [
    Reference { room: "pack", heading: "## The words of a pack", inner: &["choice"] },
    Reference {
        room: "scenario",
        heading: "## The words of a scenario",
        inner: &["allowed", "condition", "conflict", "connection", "range"],
    },
];

#[test]
fn every_word_that_files_are_read_for_is_explained() {
    for reference in &REFERENCES {
        let explained = words(&reference.text(), code_spans);
        let missing: Vec<String> = reference.read_for().into_iter().filter(|word| !explained.contains(word)).collect();
        assert!(missing.is_empty(), "`{}` does not explain {missing:?}", reference.heading);
    }
}

#[test]
fn every_word_that_is_explained_is_read() {
    for reference in &REFERENCES {
        let text = reference.text();
        let tables = text.split("\n\n").filter(|part| part.starts_with("| word |"));
        let rows = tables.flat_map(|table| table.lines().skip(2));
        let firsts: String = rows.filter_map(|row| row.split(" | ").next()).map(|cell| format!("{cell}\n")).collect();
        let known = reference.read_for();
        let unknown: Vec<String> =
            words(&firsts, code_spans).into_iter().filter(|word| !known.contains(word)).collect();
        assert!(unknown.is_empty(), "src/{} does not know {unknown:?}", reference.room);
    }
}

impl Reference {
    fn text(&self) -> String {
        let page = super::text("ARCHITECTURE.md");
        let (_, after) = page.split_once(self.heading).expect("there is a reference");
        after.split("\n## ").next().unwrap_or_default().to_owned()
    }

    /// The words in quotes in the room's code, outside comments and tests; for packs also those of refusals and flaws.
    fn read_for(&self) -> BTreeSet<String> {
        let folder = fs::read_dir(super::path(&format!("src/{}", self.room))).expect("there is a folder");
        let files = folder.map(|file| file.expect("a folder can be read").path()).filter(|path| path.is_file());
        let code: String = files
            .chain([super::path(&format!("src/{}.rs", self.room)).into()])
            .filter(|path| path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs"))
            .map(|file| code_of(&fs::read_to_string(file).expect("the file can be read")))
            .collect();
        let refusals: Vec<&str> =
            Kind::ALL.iter().map(|kind| kind.word()).chain(Flaw::ALL.iter().map(|flaw| flaw.word())).collect();
        let mut all = words(&code, quoted);
        match self.room {
            "pack" => all.extend(refusals.iter().map(|word| (*word).to_owned())),
            // Scenarios name them as well, and leave them to be explained there.
            _ => all.retain(|word| !refusals.contains(&word.as_str())),
        }
        all.extend(Wire::WORDS.iter().filter(|_| self.room == "scenario").map(|word| (*word).to_owned()));
        all.retain(|word| !self.inner.contains(&word.as_str()));
        all
    }
}

fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).fold(String::new(), super::joined)
}

/// The words in the parts of a text.
fn words(text: &str, parts: fn(&str) -> Vec<&str>) -> BTreeSet<String> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let split = parts(text).into_iter().flat_map(|part| part.split(move |c| !is_letter(c)));
    split.filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase())).map(str::to_owned).collect()
}

/// What stands between backticks.
fn code_spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Texts that are one word and nothing else.
fn quoted(text: &str) -> Vec<&str> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(is_letter);
    text.split('"').skip(1).step_by(2).filter(is_word).collect()
}
