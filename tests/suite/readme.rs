//! The README and ARCHITECTURE.md tell the truth: their examples are run in order, and the tables are what the binary says of itself.
//! `UPDATE=1 cargo test --test suite readme` rewrites what differs; `...` in an expected line stands for any text, and a line of
//! nothing else for any lines.

mod curl;
mod shell;
mod tables;
mod words;

use std::collections::BTreeSet;
use std::fs;

use shell::Shell;

#[test]
fn what_the_readme_shows_is_what_happens() {
    check("README.md");
}

#[test]
fn whoever_follows_the_chapter_on_packs_sees_what_it_shows() {
    check("ARCHITECTURE.md");
}

/// A page against what happens.
fn check(page: &str) {
    let said = text(page);
    let happened = run(&mut Shell::open(page.trim_end_matches(".md")), &said);
    if said == happened {
        return;
    }
    match std::env::var_os("UPDATE") {
        Some(_) => fs::write(path(page), happened).expect("the page can be written"),
        None => {
            panic!("{page}:{}\n`UPDATE=1 cargo test --test suite readme` rewrites it", difference(&said, &happened))
        }
    }
}

fn path(page: &str) -> String {
    format!("{}/{page}", env!("CARGO_MANIFEST_DIR"))
}

fn text(page: &str) -> String {
    fs::read_to_string(path(page)).expect("there is such a page")
}

#[test]
fn every_flag_in_the_readme_exists() {
    let said = text("README.md");
    let known: BTreeSet<String> = tables::flags().into_iter().map(|flag| flag.name).collect();
    // Of cargo, curl, docker and Mockoon.
    let foreign = ["--data", "--release", "--test", "--build", "--locked", "--bench", "--path", "--rm"];
    let words = said.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    let named =
        words.filter(|word| word.starts_with("--") && word.len() > 3 && word[2..].starts_with(char::is_alphabetic));
    let unknown: BTreeSet<&str> = named.filter(|word| !known.contains(*word) && !foreign.contains(word)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// A page as it should be: its commands run, their true output in the place of what does not fit.
fn run(shell: &mut Shell, page: &str) -> String {
    let mut told = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        push(&mut told, line);
        if let Some(name) = marked(line, "file") {
            let fence = lines.next().expect("a file has a block");
            let text = lines.by_ref().take_while(|line| *line != "```").fold(String::new(), joined);
            shell.write(name, &text);
            told += &format!("{fence}\n{text}```\n");
        } else if let Some(name) = marked(line, "change") {
            let fence = lines.next().expect("a change has a block");
            let change: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            shell.write(name, &changed(&shell.read(name), &change));
            told += &format!("{fence}\n{}```\n", change.iter().copied().fold(String::new(), joined));
        } else if let Some(name) = marked(line, "table") {
            lines.by_ref().find(|line| *line == "<!-- end -->").expect("a table has an end");
            told += &format!("\n{}\n<!-- end -->\n", tables::table(name));
        } else if line == "```console" {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            told += &session(shell, &block);
            push(&mut told, "```");
        }
    }
    told
}

/// A file after a change as `diff` shows it: lines with `-` go, lines with `+` come, all others stay.
fn changed(file: &str, change: &[&str]) -> String {
    let side = |sign: char| {
        let lines = change.iter().filter_map(|line| line.strip_prefix([' ', sign]));
        lines.fold(String::new(), joined)
    };
    let (before, after) = (side('-'), side('+'));
    assert_eq!(file.matches(&before).count(), 1, "a change fits in one place:\n{before}");
    file.replacen(&before, &after, 1)
}

/// Commands, each with the output that is expected.
fn session(shell: &mut Shell, block: &[&str]) -> String {
    let mut told = String::new();
    let mut rest = block;
    while let Some((first, after)) = rest.split_first() {
        assert!(first.starts_with("$ "), "a console block has a command first, not: {first}");
        let more =
            if first.ends_with('\\') { after.iter().take_while(|line| line.ends_with('\\')).count() + 1 } else { 0 };
        let (command, after) = rest.split_at(1 + more.min(after.len()));
        let end = after.iter().position(|line| line.starts_with("$ ")).unwrap_or(after.len());
        let (expected, after) = after.split_at(end);
        let words = command.iter().map(|line| line.trim_end_matches('\\')).collect::<String>();
        let output = shell.run(&words[2..]);
        let actual: Vec<&str> = output.lines().collect();
        command.iter().for_each(|line| push(&mut told, line));
        let right = if fits(expected, &actual) { expected } else { &actual };
        right.iter().for_each(|line| push(&mut told, line));
        rest = after;
    }
    told
}

/// Whether lines are as expected, where `...` stands for any lines or any part of one.
fn fits(expected: &[&str], actual: &[&str]) -> bool {
    match (expected.split_first(), actual.split_first()) {
        (None, None) => true,
        (Some((&"...", rest)), _) if fits(rest, actual) => true,
        (Some((&"...", _)), Some((_, after))) => fits(expected, after),
        (Some((wanted, rest)), Some((line, after))) => line_fits(wanted, line) && fits(rest, after),
        _ => false,
    }
}

fn line_fits(expected: &str, actual: &str) -> bool {
    let Some((start, rest)) = expected.split_once("...") else { return expected == actual };
    let Some(after) = actual.strip_prefix(start) else { return false };
    after.char_indices().map(|(at, _)| at).chain([after.len()]).any(|at| line_fits(rest, &after[at..]))
}

/// `<!-- file: retry.yaml -->`
fn marked<'a>(line: &'a str, kind: &str) -> Option<&'a str> {
    line.strip_prefix("<!-- ")?.strip_suffix(" -->")?.strip_prefix(kind)?.strip_prefix(": ")
}

fn push(text: &mut String, line: &str) {
    *text += line;
    *text += "\n";
}

fn joined(text: String, line: &str) -> String {
    text + line + "\n"
}

/// Where they part, and some lines from there on.
fn difference(said: &str, happened: &str) -> String {
    let start = said.lines().zip(happened.lines()).take_while(|(one, other)| one == other).count();
    let some = |text: &str| text.lines().skip(start).take(6).fold(String::new(), joined);
    format!("{}: it says\n{}\nand this is so\n{}", start + 1, some(said), some(happened))
}

#[test]
fn three_dots_stand_for_anything() {
    assert!(fits(&["a", "...", "d...f"], &["a", "b", "c", "d e f"]));
    assert!(fits(&["..."], &[]));
    assert!(!fits(&["a...c"], &["a b"]));
    assert!(!fits(&["a"], &["a", "b"]));
}
