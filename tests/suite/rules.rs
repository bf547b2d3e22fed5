//! The rules that findings are about are a closed set: each that is raised is listed, and each that is listed is raised.
//! So is what is said of a start that no file is about.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use counterpart::clock::Clock;
use counterpart::load;
use counterpart::source::RULES;

#[test]
fn every_rule_is_listed_and_every_listed_rule_is_raised() {
    let raised = raised(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let listed: BTreeSet<String> = RULES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(raised, listed);
}

/// The names in calls such as `error("name", …)`, and where a kind has a rule of its own.
fn raised(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            names.extend(raised(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("source/rule.rs") {
            names.extend(names_in(&fs::read_to_string(&path).expect("the file can be read")));
        }
    }
    names
}

fn names_in(text: &str) -> Vec<String> {
    let named = |rest: &str| {
        let name = rest.trim_start().strip_prefix('"')?.split('"').next()?;
        let plain = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        (!name.is_empty() && name.chars().all(plain)).then(|| name.to_owned())
    };
    let calls = ["error(", "warning(", "warn(", "warn_as("].into_iter();
    let called = calls.flat_map(|call| text.split(call).skip(1).filter_map(named).collect::<Vec<_>>());
    let own = text.split("fn rule(").skip(1).filter_map(|rest| rest.split("\n    }").next());
    called.chain(own.flat_map(|body| body.split("=>").skip(1).filter_map(named).collect::<Vec<_>>())).collect()
}

#[test]
fn what_is_asked_for_but_cannot_be_served_together_is_said() {
    let clock = Clock::frozen("2026-01-01T00:00:00Z".parse().expect("a time"));
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let said = |request: load::Request, expected: &str| {
        let said: Vec<String> =
            load::load(&request, &clock).err().unwrap_or_default().into_iter().map(|it| it.what).collect();
        assert_eq!(said, [expected]);
    };
    let check = |what: &[&str], pack: Option<&str>, expected: &str| {
        said(load::Request { what: words(what), pack: pack.map(Into::into), ..Default::default() }, expected);
    };
    check(&["zendesk", "zammad", "zendesk"], None, "this is named twice, and would answer once");
    check(&["specs/zammad", "./specs/zammad/"], None, "this is named twice, and would answer once");
    let scenarios = |names: &[&str], expected: &str| {
        said(load::Request { what: words(&["zendesk"]), scenarios: words(names), ..Default::default() }, expected);
    };
    let twice = "another scenario that is asked for has this name as well";
    scenarios(&["slow-reads", "fixtures/scenarios/slow-reads.yaml"], twice);
    scenarios(&["fixtures/scenarios"], "this is a folder; scenarios are named one by one");
    check(&["zendesk"], Some("pack.yaml"), "this pack is for a document, and `zendesk` has a pack of its own");
}

#[test]
fn a_folder_without_fixtures_is_doubted() {
    let folder = std::env::temp_dir().join(format!("counterpart-no-fixtures-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder can be made");
    fs::write(folder.join("organizations.csv"), "name").expect("a file can be written");
    let clock = Clock::frozen("2026-01-01T00:00:00Z".parse().expect("a time"));
    let (what, fixtures) = (vec!["zendesk".to_owned()], Some(folder.clone()));
    let loaded = load::load(&load::Request { what, fixtures, ..Default::default() }, &clock);
    fs::remove_dir_all(&folder).expect("the folder can be removed");
    let said: Vec<String> = loaded.expect("can be served").warnings.into_iter().map(|it| it.what).collect();
    assert_eq!(said, ["there are no fixtures in this folder"]);
}

#[test]
fn an_operation_is_bound_once() {
    let folder = std::env::temp_dir().join(format!("counterpart-bound-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder can be made");
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/library/openapi.yaml");
    let pack = folder.join("pack.yaml");
    let books = "operations: { ListBooks: { do: list } }";
    let text = format!("name: library\nresources:\n  books: {{ {books} }}\n  tomes: {{ {books} }}\n");
    fs::write(&pack, text).expect("a file can be written");
    let clock = Clock::frozen("2026-01-01T00:00:00Z".parse().expect("a time"));
    let what = vec![library.display().to_string()];
    let request = load::Request { what, pack: Some(pack), ..load::Request::default() };
    let findings = load::load(&request, &clock).err().unwrap_or_default();
    fs::remove_dir_all(&folder).expect("the folder can be removed");
    let said: Vec<String> = findings.iter().map(|it| format!("{}: {}", it.place.line(), it.what)).collect();
    assert_eq!(said, ["4: `ListBooks` is bound already, under `books`"]);
}
