//! The rules that findings are about are a closed set: each that is raised is listed, and each that is listed is raised.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

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
