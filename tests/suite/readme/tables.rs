//! The README's tables, made from what the binary and its packs say of themselves.

use std::process::Command;

use counterpart::source::{RULES, Source};
use serde_json::Value;

const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

pub(super) struct Flag {
    pub(super) name: String,
    /// What it takes, with what stands between.
    value: String,
    about: String,
}

pub(super) fn table(name: &str) -> String {
    match name.split_once(' ').unwrap_or((name, "")) {
        ("flags", _) => flag_table(),
        ("others", _) => others(),
        ("rules", _) => rows_of(
            ["rule", "what it asks for"],
            RULES.iter().map(|(name, about)| [format!("`{name}`"), (*about).to_owned()]),
        ),
        ("endpoints", provider) => endpoints(provider),
        ("options", provider) => options(provider),
        ("scenarios", _) => scenarios(),
        _ => panic!("the README's test makes no table `{name}`"),
    }
}

/// The flags of all commands, those of `serve` first.
pub(super) fn flags() -> Vec<Flag> {
    ["serve", "mock", "check", "draft", "health", "eject"].iter().flat_map(|command| flags_of(command)).collect()
}

fn flags_of(command: &str) -> Vec<Flag> {
    let mut flags: Vec<Flag> = Vec::new();
    for line in says(&[command, "--help"]).lines() {
        let words = line.trim_start();
        // What is said of a flag stands further in, also where it begins with another flag.
        let starts = words.starts_with('-') && line.len() - words.len() < 8;
        if let Some(at) = line.find("--").filter(|_| starts) {
            // Two blanks stand between a flag and what is said of it, where both are on one line.
            let (flag, about) = line[at..].split_once("  ").unwrap_or((&line[at..], ""));
            let (name, value) = flag.split_at(flag.find([' ', '[']).unwrap_or(flag.len()));
            flags.push(Flag { name: name.to_owned(), value: value.to_owned(), about: about.trim().to_owned() });
        } else if let (true, Some(flag)) = (line.starts_with("        ") && !words.is_empty(), flags.last_mut()) {
            flag.about = format!("{} {words}", flag.about).trim_start().to_owned();
        }
    }
    flags
}

fn flag_table() -> String {
    let rows = flags_of("serve").into_iter().filter(|flag| flag.name != "--help").map(|flag| {
        let env = bracketed(&flag.about, "env").map(|env| env.trim_end_matches('=').to_owned());
        let values =
            bracketed(&flag.about, "possible values").map(|values| format!(" {}", values.replace(", ", "\\|")));
        let value = values.unwrap_or(flag.value);
        let about = flag.about.split(" [").next().unwrap_or_default().to_owned();
        let default = bracketed(&flag.about, "default").map(|value| format!("`{value}`")).unwrap_or_default();
        [format!("`{}{value}`", flag.name), env.map(|env| format!("`{env}`")).unwrap_or_default(), default, about]
    });
    rows_of(["flag of `serve`", "environment", "default", "what it does"], rows)
}

/// The flags of `mock` that `serve` has not.
fn others() -> String {
    let known = flags_of("serve");
    let more = flags_of("mock").into_iter().filter(|flag| !known.iter().any(|known| known.name == flag.name));
    let rows = more.map(|flag| {
        [format!("`{}{}`", flag.name, flag.value), flag.about.split(" [").next().unwrap_or_default().to_owned()]
    });
    rows_of(["flag of `mock`", "what it does"], rows)
}

/// `4010` in `the port [default: 4010]`.
fn bracketed(about: &str, word: &str) -> Option<String> {
    let (_, after) = about.split_once(&format!("[{word}: "))?;
    Some(after.split_once(']')?.0.to_owned())
}

/// Every route that `serve` announces for a provider, with what its document says of it.
fn endpoints(provider: &str) -> String {
    let document = file(&format!("specs/{provider}/openapi.yaml"));
    let announced = super::Shell::open("readme-tables").run(&format!("counterpart serve {provider}"));
    let routes = announced.lines().filter_map(|line| line.trim_start().split_once("http://127.0.0.1:4010"));
    let rows = routes.filter(|(method, _)| !method.contains("listens")).map(|(method, rest)| {
        let (method, path) = (method.trim(), rest.trim_end_matches("(example)").trim_end());
        let path = template(&document, &method.to_lowercase(), path);
        let operation = &document["paths"][path][method.to_lowercase()];
        let about = operation["summary"].as_str().unwrap_or_default().to_owned();
        let from = if rest.ends_with("(example)") { "the example" } else { "records" };
        [method.to_owned(), format!("`{path}`"), about, from.to_owned()]
    });
    rows_of(["method", "path", "what it does", "answered from"], rows)
}

/// The path of the document that an address is one of: the one with the fewest variables.
fn template<'d>(document: &'d Value, method: &str, address: &str) -> &'d str {
    let fits = |path: &str| {
        let pairs = path.split('/').zip(address.split('/'));
        path.split('/').count() == address.split('/').count()
            && pairs.into_iter().all(|(segment, given)| segment == given || segment.starts_with('{'))
    };
    let paths = document["paths"].as_object().expect("a document has paths").iter();
    let fitting = paths.filter(|(path, item)| fits(path) && item.get(method).is_some()).map(|(path, _)| path.as_str());
    fitting.min_by_key(|path| path.matches('{').count()).expect("an address is one of the document's")
}

fn options(provider: &str) -> String {
    let pack = file(&format!("specs/{provider}/pack.yaml"));
    let options = pack["options"].as_object().expect("the pack has options");
    let rows = options.iter().map(|(name, option)| {
        let default = option["default"].as_str().expect("an option has a default");
        let choices = option["choices"].as_object().expect("an option has choices").keys();
        let others: Vec<String> =
            choices.filter(|choice| *choice != default).map(|choice| format!("`--option {name}={choice}`")).collect();
        let about = option["about"].as_str().unwrap_or_default().to_owned();
        [others.join(", "), format!("`{default}`"), about]
    });
    rows_of(["switch", "default", "what it decides"], rows)
}

fn scenarios() -> String {
    let list = says(&["list"]);
    let (_, listed) = list.split_once("scenarios:\n").expect("scenarios are listed");
    let rows = listed.lines().filter_map(|line| line.trim_start().split_once(' '));
    rows_of(["scenario", "what it shows"], rows.map(|(name, about)| [format!("`{name}`"), about.trim().to_owned()]))
}

fn rows_of<const WIDTH: usize>(head: [&str; WIDTH], rows: impl Iterator<Item = [String; WIDTH]>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut table = line(&head.map(str::to_owned)) + &line(&head.map(|_| "---".to_owned()));
    rows.for_each(|row| table += &line(&row));
    table
}

fn file(name: &str) -> Value {
    let text = std::fs::read_to_string(format!("{PROJECT}/{name}")).expect("the file is there");
    Source::parse(name, text).expect("the file can be read").value().clone()
}

fn says(words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterpart"));
    // Help shows what the environment says.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("COUNTERPART_")) {
        command.env_remove(name);
    }
    let output = command.args(words).output().expect("the binary can be run");
    String::from_utf8(output.stdout).expect("its output is text")
}
