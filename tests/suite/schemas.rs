//! The published schemas say what the readers say: each bundled file fits, each closed mapping knows the keys that its reader asks
//! for, and what readers refuse is refused by the schema where a schema can tell.

mod walk;
mod wrong;

use std::collections::{BTreeSet, HashSet};
use std::fs;

use counterpart::contract::{Contract, Files, Kind as Departure, Operation};
use counterpart::load;
use counterpart::message::Wire;
use counterpart::pack::{Options, Pack};
use counterpart::refusal::{Flaw, Kind};
use counterpart::scenario::{Known, Limit, Scenario};
use counterpart::source::{Finding, Findings, Node, Source};
use serde_json::Value;

use super::exchanges;
use walk::{Mapping, Schema};

/// A file, with whatever reads it.
pub(super) struct File {
    pub(super) name: String,
    pub(super) value: Value,
}

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str) -> Result<String, String> {
        Err(format!("{path} is not there"))
    }
}

fn path(name: &str) -> String {
    format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str) -> File {
    let text = fs::read_to_string(path(name)).expect("the file is there");
    File { name: name.to_owned(), value: value(name, &text) }
}

fn value(name: &str, text: &str) -> Value {
    Source::parse(name, text).unwrap_or_else(|finding| panic!("{finding}")).value().clone()
}

fn files_in(folder: &str) -> Vec<File> {
    let names = fs::read_dir(path(folder)).expect("the folder is there");
    let mut names: Vec<String> =
        names.map(|entry| format!("{folder}/{}", entry.expect("can be read").file_name().to_string_lossy())).collect();
    names.sort();
    names
        .iter()
        .filter(|name| fs::metadata(path(name)).is_ok_and(|data| data.is_file()))
        .map(|name| file(name))
        .collect()
}

fn contract(name: &str) -> Contract {
    let text = fs::read_to_string(path(name)).expect("the document is there");
    let source = Source::parse(name, text).unwrap_or_else(|finding| panic!("{finding}"));
    Contract::load(&source, &NoFiles).expect("the document can be read").0
}

/// What a reader says about a scenario, over the operations of Zendesk.
fn read_scenario(contract: &Contract, value: &Value) -> Vec<Finding> {
    let source = Source::known("s", "", value.clone());
    known(contract, |known| Scenario::read(&source, known).err().unwrap_or_default())
}

fn known<T>(contract: &Contract, read: impl FnOnce(&Known<'_>) -> T) -> T {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
    let problems: Vec<&str> = Flaw::ALL.iter().map(|flaw| flaw.word()).collect();
    read(&Known {
        operations: contract.operations(),
        kinds: &kinds,
        problems: &problems,
        resources: &["users", "organizations", "organization_memberships"],
        documents: &|_: &Operation, _| true,
        breaks: &|_, _| None,
    })
}

/// What the readers say about a pack.
pub(super) fn read_pack(contract: &Contract, value: &Value) -> Vec<Finding> {
    let source = Source::known("p", "", value.clone());
    let mut findings = Findings::default();
    Options::read(&source, &mut findings);
    Pack::read(&source, contract, &mut findings);
    if value.get("limits").is_some() {
        let limits = Node::root(&source).fields(&mut findings).expect("is a mapping").list("limits", &mut findings);
        let mut found = Findings::default();
        limits.iter().for_each(|node| known(contract, |known| drop(Limit::read(node, known, &mut found))));
        findings.extend(found.into_vec());
    }
    findings.into_vec()
}

fn scenarios() -> Vec<File> {
    let mut files = files_in("fixtures/scenarios");
    files.extend(files_in("tests/words").into_iter().filter(|file| file.name.contains("scenario")));
    let inline = exchanges::inline_scenarios();
    files.extend(inline.into_iter().map(|(name, text)| File { value: value(&name, &text), name }));
    files
}

pub(super) fn packs() -> Vec<(File, Contract)> {
    let bundled = ["specs/zendesk", "specs/zammad"];
    let bundled = bundled.iter().map(|folder| (format!("{folder}/pack.yaml"), format!("{folder}/openapi.yaml")));
    let words = ("tests/words/pack.yaml".to_owned(), "tests/documents/library/openapi.yaml".to_owned());
    bundled.chain([words]).map(|(pack, document)| (file(&pack), contract(&document))).collect()
}

#[test]
fn every_bundled_file_and_every_case_fits_its_schema() {
    let check = |format: &str, files: Vec<File>| {
        let schema = Schema::of(format);
        assert!(!files.is_empty());
        for file in files {
            assert_eq!(schema.wrong(&file.value), "", "{}", file.name);
        }
    };
    check("scenario", scenarios());
    check("pack", packs().into_iter().map(|(file, _)| file).collect());
    check("fixtures", files_in("fixtures/zendesk").into_iter().chain(files_in("fixtures/zammad")).collect());
}

#[test]
fn a_mapping_knows_the_keys_that_its_reader_asks_for() {
    let zendesk = contract("specs/zendesk/openapi.yaml");
    let mut checks = Checks::new("scenario");
    for file in scenarios() {
        checks.check(&file, &|value| read_scenario(&zendesk, value));
    }
    checks.finish();
    let mut checks = Checks::new("pack");
    for (file, contract) in packs() {
        checks.check(&file, &|value| read_pack(&contract, value));
    }
    checks.finish();
}

/// Compares a schema with its reader, mapping by mapping.
struct Checks {
    schema: Schema,
    /// The kinds of mappings that were looked at: once is enough.
    seen: HashSet<Vec<String>>,
    wrong: Vec<String>,
}

impl Checks {
    fn new(format: &str) -> Checks {
        Checks { schema: Schema::of(format), seen: HashSet::new(), wrong: Vec::new() }
    }

    fn check(&mut self, file: &File, read: &dyn Fn(&Value) -> Vec<Finding>) {
        for mapping in self.schema.mappings(&file.value) {
            if self.seen.insert(mapping.places.clone()) {
                self.compare(file, &mapping, read);
            }
        }
    }

    /// Puts a key into a mapping that nobody knows, and hears what the reader says.
    fn compare(&mut self, file: &File, mapping: &Mapping, read: &dyn Fn(&Value) -> Vec<Finding>) {
        const STRANGE: &str = "strange_key";
        let mut value = file.value.clone();
        let Some(Value::Object(map)) = value.pointer_mut(&mapping.at) else { panic!("{} is no mapping", mapping.at) };
        map.insert(STRANGE.to_owned(), Value::Null);
        let findings = read(&value);
        let of_key = |finding: &&Finding| {
            finding.what == format!("there is no key `{STRANGE}` here")
                || finding.what == format!("`{STRANGE}` is no part of a request")
        };
        let found = findings.iter().find(of_key);
        let place = format!("{} at {}", file.name, mapping.at);
        let refused = !self.schema.wrong(&value).is_empty();
        if found.is_some() != mapping.closed || found.is_some() && !refused {
            self.wrong.push(format!("{place}: the reader says {found:?}, the schema has closed: {}", mapping.closed));
        }
        let Some(help) = found.and_then(|finding| finding.help.as_deref()) else { return };
        let (_, allowed) = help.split_once("allowed: ").expect("all allowed keys are listed");
        let allowed: BTreeSet<String> = allowed.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let is_name = |word: &&String| !word.contains('.');
        let lacking: Vec<_> = mapping.known.iter().filter(|key| !allowed.contains(*key)).collect();
        let unknown: Vec<_> = allowed.iter().filter(is_name).filter(|key| !mapping.possible.contains(*key)).collect();
        if !lacking.is_empty() || !unknown.is_empty() {
            self.wrong.push(format!("{place}: the reader does not know {lacking:?}, the schema not {unknown:?}"));
        }
    }

    fn finish(self) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        let seen: BTreeSet<&String> = self.seen.iter().flatten().collect();
        let closed = self.schema.closed();
        let unseen: Vec<&String> = closed.iter().filter(|place| !seen.contains(place)).collect();
        assert!(unseen.is_empty(), "no file has a mapping for {unseen:#?}");
    }
}

#[test]
fn a_mistake_hides_no_other_one() {
    let zendesk = contract("specs/zendesk/openapi.yaml");
    let mut hidden = Vec::new();
    let mut seen = HashSet::new();
    let schema = Schema::of("scenario");
    for file in scenarios() {
        hidden.extend(hides(&schema, &file, &mut seen, &|value| read_scenario(&zendesk, value)));
    }
    let schema = Schema::of("pack");
    for (file, contract) in packs() {
        hidden.extend(hides(&schema, &file, &mut seen, &|value| read_pack(&contract, value)));
    }
    assert!(hidden.is_empty(), "{}", hidden.join("\n"));
}

/// Puts a wrong value under each key of a closed mapping, and keys that nobody knows beside it and at the top of the file: all that
/// the readers then do not speak of.
fn hides(
    schema: &Schema,
    file: &File,
    seen: &mut HashSet<(Vec<String>, String)>,
    read: &dyn Fn(&Value) -> Vec<Finding>,
) -> Vec<String> {
    const STRANGE: [&str; 2] = ["strange_key", "strange_key_at_the_top"];
    let mut hidden = Vec::new();
    for mapping in schema.mappings(&file.value).into_iter().filter(|mapping| mapping.closed) {
        let keys = file.value.pointer(&mapping.at).and_then(Value::as_object).expect("is a mapping").keys();
        for key in keys.filter(|key| seen.insert((mapping.places.clone(), (*key).clone()))) {
            let mut value = file.value.clone();
            let map = value.pointer_mut(&mapping.at).and_then(Value::as_object_mut).expect("is a mapping");
            map.insert(key.clone(), serde_json::json!([[]]));
            map.insert(STRANGE[0].to_owned(), Value::Null);
            value.as_object_mut().expect("is a mapping").insert(STRANGE[1].to_owned(), Value::Null);
            let findings = read(&value);
            let is_said = |strange: &str| {
                let named = format!("`{strange}`");
                findings.iter().any(|finding| finding.what.contains(&named))
            };
            let missed = STRANGE.iter().filter(|strange| !is_said(strange));
            hidden.extend(missed.map(|strange| format!("{}: `{key}` at {} hides {strange}", file.name, mapping.at)));
        }
    }
    hidden
}

#[test]
fn lists_of_words_are_those_of_the_program() {
    let (scenario, pack) = (load::schema("scenario").expect("is there"), load::schema("pack").expect("is there"));
    let words = |value: &Value| -> BTreeSet<String> {
        value.as_array().expect("is a list").iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
    };
    let kinds: BTreeSet<String> = Kind::ALL.iter().map(|kind| kind.word().to_owned()).collect();
    assert_eq!(words(&scenario["$defs"]["kind"]["enum"]), kinds);
    assert_eq!(words(&pack["$defs"]["kind"]["enum"]), kinds);
    let departed: BTreeSet<String> = Departure::WORDS.iter().map(|word| (*word).to_owned()).collect();
    assert_eq!(words(&pack["$defs"]["departed"]["enum"]), departed);
    let flaws: Vec<&str> = Flaw::ALL.iter().map(|flaw| flaw.word()).collect();
    assert_eq!(words(&scenario["$defs"]["flaw"]["enum"]), flaws.iter().map(|flaw| (*flaw).to_owned()).collect());
    let pattern = format!("^(.*\\.)?({})$", flaws.join("|"));
    assert_eq!(pack["$defs"]["problems"]["propertyNames"]["pattern"], pattern.as_str());
    let mut wires = words(&scenario["$defs"]["wire"]["properties"]["wire"]["enum"]);
    wires.extend(words(&scenario["$defs"]["cut"]["properties"]["wire"]["enum"]));
    wires.extend(scenario["$defs"]["length"]["properties"]["wire"]["const"].as_str().map(str::to_owned));
    assert_eq!(wires, Wire::WORDS.iter().map(|word| (*word).to_owned()).collect());
    // A pack's limits are read by the reader of scenarios.
    for part in ["limit", "target", "count", "duration"] {
        assert_eq!(scenario["$defs"][part], pack["$defs"][part], "{part}");
    }
}
