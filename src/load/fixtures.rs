//! Fixture files into a store: objects of resource to records, under the rules that the records of callers keep too.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use http::Method;
use serde_json::{Map, Value};

use crate::clock::Clock;
use crate::contract::{Operation, Part, Violation};
use crate::dice::Dice;
use crate::exchange::{Doors, Provider, Settings, World};
use crate::journal;
use crate::message::{Request, encode};
use crate::pack::{Act, Facts, Pack, Template, User, meant};
use crate::refusal::{Flaw, Problem};
use crate::source::{Finding, Findings, Node, Place, SCHEMA, Source, nearest};
use crate::store::{Id, Moment, OnRemove, Record, Store, TableIndex};

/// Where credentials stand in fixtures.
const CREDENTIALS: &str = "credentials";

/// Whether a file names callers.
pub(super) fn has_credentials(file: &Source) -> bool {
    file.value().get(CREDENTIALS).is_some()
}

/// What fixtures make: a store, the callers, and where each record stands.
pub(super) struct Seeded {
    pub(super) store: Store,
    pub(super) credentials: Vec<Record>,
    pub(super) placed: Vec<(TableIndex, Id, Place)>,
}

/// What fixtures stand in the place of.
#[derive(Clone, Copy)]
pub(super) struct Own<'a> {
    pub(super) store: &'a Store,
    pub(super) credentials: &'a [Record],
}

/// The records that fixtures make for a provider in place of its own.
///
/// # Errors
/// All that is wrong with them, and credentials, which a server has for all of its sessions.
pub fn records(provider: &Provider, fixtures: &Source, clock: &Clock, dice: &Dice) -> Result<Arc<Store>, Vec<Finding>> {
    let mut findings = Findings::default();
    if has_credentials(fixtures) {
        let place = fixtures.place(&format!("/{CREDENTIALS}"));
        let finding = Finding::error("unknown-resource", place, "credentials are the same in all sessions");
        findings.push(finding.help("put them into the fixtures that the server is started with"));
    }
    let own = Own { store: &provider.seed, credentials: provider.credentials.list() };
    let seeded = seed(&provider.pack, std::slice::from_ref(fixtures), Some(own), (clock, dice), &mut findings);
    let mut seeded_provider = provider.clone();
    seeded_provider.seed = Arc::new(seeded.store);
    ask(&seeded_provider, &seeded.placed, clock, &mut findings);
    if findings.is_empty() { Ok(seeded_provider.seed) } else { Err(findings.into_vec()) }
}

/// The store that fixtures make, and the credentials among them. Other records are no reason to lock everyone out: where they name
/// no callers, or have no records of the kind that callers are, those of the `own` ones stay.
pub(super) fn seed(
    pack: &Pack,
    files: &[Source],
    own: Option<Own<'_>>,
    (clock, dice): (&Clock, &Dice),
    findings: &mut Findings,
) -> Seeded {
    let mut placed = Vec::new();
    let mut store = Store::new(pack.rules().into());
    let mut credentials = Vec::new();
    let at = clock.now();
    let now = crate::exchange::written(at, &pack.conventions.time);
    let moment = Moment { now, at, dice, by: None };
    // Collections first that others refer to: by the order of the pack's references, but for those that may point nowhere.
    let mut batches: Vec<(usize, Vec<Node<'_>>)> = Vec::new();
    for file in files {
        findings.extend(file.doubled());
        for (name, node) in Node::root(file).entries(findings).unwrap_or_default() {
            match pack.table(name) {
                Some(table) => batches.push((table, node.items(findings).unwrap_or_default())),
                None if name == CREDENTIALS => {
                    let records = node.items(findings).unwrap_or_default();
                    records.iter().for_each(|node| mind_role(pack, node, findings));
                    credentials.extend(records.iter().filter_map(|node| record(node, findings)));
                }
                None if name == SCHEMA => drop(node.string(findings)),
                None => unknown(pack, name, &node, findings),
            }
        }
    }
    if let Some(own) = own {
        if !files.iter().any(has_credentials) {
            credentials = own.credentials.to_vec();
        }
        for (table, record) in callers(pack, &own).filter(|(table, _)| batches.iter().all(|(given, _)| given != table))
        {
            // One that does not do without what it belongs to stays away.
            let _ = store.seed(table, record, &moment);
        }
    }
    let depth = depths(pack);
    batches.sort_by_key(|(table, _)| depth[*table]);
    for (table, nodes) in batches {
        for node in nodes {
            let Some(record) = record(&node, findings).filter(|_| is_named(pack, table, &node, findings)) else {
                continue;
            };
            match store.seed(table, record, &moment) {
                Ok(id) => placed.push((table, id, node.place())),
                Err(problems) => problems.iter().for_each(|problem| refused(pack, table, problem, &node, findings)),
            }
        }
    }
    Seeded { store, credentials, placed }
}

/// What the document has against a record of a store, as the provider would show it.
pub fn unfit(provider: &Provider, store: Store, (table, id): (TableIndex, &Id), clock: &Clock) -> Vec<Finding> {
    let mut findings = Findings::default();
    let text = store.table(table).get(id).map(|record| record.to_value()).unwrap_or_default();
    let place = Source::known("record.yaml", format!("{text:#}"), text).place("");
    let mut provider = provider.clone();
    provider.seed = Arc::new(store);
    ask(&provider, &[(table, id.clone(), place)], clock, &mut findings);
    findings.into_vec()
}

/// Asks for every record once, so that one that the document does not allow is found now and not by a caller.
pub(super) fn ask(provider: &Provider, placed: &[(TableIndex, Id, Place)], clock: &Clock, findings: &mut Findings) {
    let settings = Settings { doors: Doors::Open, ..Settings::default() };
    let world = World::new([provider.alone()].into(), clock.fork(), 0, settings);
    for (table, id, place) in placed {
        let Some(path) = path_to(provider, *table, id) else { continue };
        let request = Request::new(Method::GET, path);
        let departures = RefCell::default();
        let note = |exchange: &journal::Exchange| {
            let told = exchange.extra();
            let of_path = told.violations.iter().filter(|violation| violation.part == Part::Path);
            let all: Vec<Violation> = of_path.chain(&told.breaches).cloned().collect();
            departures.replace(all).clear();
        };
        world.answer(&request, Some(&note));
        for breach in departures.into_inner() {
            let what = format!("the document does not allow this record: {breach}");
            findings.push(Finding::error("fixture-schema", place.clone(), what).help(format!("see {}", breach.place)));
        }
    }
}

/// The records behind credentials, and those that are named where a name may lead nowhere: who made them, and what they may. What
/// they belong to is left out.
fn callers(pack: &Pack, own: &Own<'_>) -> impl Iterator<Item = (TableIndex, Record)> {
    let mut found: BTreeMap<(TableIndex, Id), Record> = BTreeMap::new();
    let named =
        |user: &User| own.credentials.iter().filter_map(|it| Some((user.table, Id::of(it.get(&user.by)?)?))).collect();
    let mut wanted: Vec<(TableIndex, Id)> = pack.auth.user.as_ref().map_or_else(Vec::new, named);
    while let Some((table, id)) = wanted.pop() {
        let Some(record) = own.store.table(table).get(&id).filter(|_| !found.contains_key(&(table, id.clone()))) else {
            continue;
        };
        let mut record = Record::clone(record);
        for refers in &pack.resources[table].rules.refers {
            match refers.on_remove {
                OnRemove::Keep => wanted.extend(ids(record.get(&refers.field)).map(|id| (refers.table, id))),
                OnRemove::Remove | OnRemove::Clear | OnRemove::Refuse => drop(record.remove(&refers.field)),
            }
        }
        found.insert((table, id), record);
    }
    found.into_iter().map(|((table, _), record)| (table, record))
}

/// The ids in a field, be it one or a list.
fn ids(value: Option<&Value>) -> impl Iterator<Item = Id> {
    let (one, list) = match value {
        Some(Value::Array(list)) => (None, list.as_slice()),
        one => (one, [].as_slice()),
    };
    one.into_iter().chain(list).filter_map(Id::of)
}

/// The path under which one record is shown, where there is such a path.
fn path_to(provider: &Provider, table: TableIndex, id: &Id) -> Option<String> {
    let shows = |operation: &&Operation| {
        let binding = provider.binding(operation).filter(|binding| binding.table == table);
        binding.is_some_and(|binding| {
            matches!(binding.act, Act::Show) && binding.answer.is_none() && operation.variables.len() == 1
        })
    };
    let operation = provider.contract.operations().iter().find(shows)?;
    Some(operation.path.replace(&format!("{{{}}}", operation.variables[0]), &encode(&id.to_string())))
}

fn record(node: &Node<'_>, findings: &mut Findings) -> Option<Record> {
    let fields = node.value().as_object().cloned().or_else(|| node.mismatch("a record", findings));
    fields.map(Record::from)
}

/// Whether a record's id, where it has one, can be an id; else it would be passed over for one that is made.
fn is_named(pack: &Pack, table: TableIndex, node: &Node<'_>, findings: &mut Findings) -> bool {
    let key = &pack.resources[table].rules.key;
    let said = node.parts().into_iter().find(|part| part.key() == *key && !part.value().is_null());
    let wrong = said.filter(|said| Id::of(said.value()).is_none());
    wrong.is_none_or(|said| said.mismatch::<()>("a whole number or a text", findings).is_some())
}

/// A role that no operation can allow would keep its caller out of everything.
fn mind_role(pack: &Pack, node: &Node<'_>, findings: &mut Findings) {
    let roles = || pack.roles.iter().map(String::as_str);
    let said = node.parts().into_iter().find(|part| part.key() == "role");
    if let Some(role) = said.and_then(|role| role.text(findings))
        && !pack.roles.is_empty()
        && !roles().any(|known| known == role)
    {
        let finding = node.error("unknown-role", format!("the pack `{}` has no role `{role}`", pack.name));
        findings.push(finding.help(meant(role, roles())));
    }
}

/// Minds what nothing reads in the credentials of fixture files, and proofs that nobody can send.
pub(super) fn mind_credentials(pack: &Source, files: &[Source], findings: &mut Findings) {
    if !files.iter().any(has_credentials) {
        return;
    }
    let mut names = Names::default();
    names.gather(pack.value());
    if names.proofs.is_empty() {
        return;
    }
    let known = || names.proofs.iter().chain(&names.facts).map(String::as_str);
    for file in files {
        let nodes = Node::root(file).parts().into_iter().filter(|node| node.key() == CREDENTIALS);
        for field in nodes.flat_map(|node| node.parts()).flat_map(|credential| credential.parts()) {
            let name = field.key();
            if names.proofs.contains(&name) {
                field.text(findings);
            } else if !known().any(|known| known == name) {
                let finding = field.warning("unknown-key", format!("nothing reads `{name}` of a credential"));
                findings.push(finding.help(meant(&name, known())));
            }
        }
    }
}

/// The fields of credentials that a pack speaks of, under whichever of its options.
struct Names {
    /// Those that prove who is calling.
    proofs: BTreeSet<String>,
    /// Those that are looked up once that is known.
    facts: BTreeSet<String>,
}

impl Default for Names {
    /// A role, and what scenarios and logs may call a caller by.
    fn default() -> Names {
        let facts = ["role", "email", "login", "name"];
        Names { proofs: BTreeSet::new(), facts: facts.map(str::to_owned).into() }
    }
}

impl Names {
    fn gather(&mut self, value: &Value) {
        match value {
            Value::Object(map) => {
                let text = |map: &Map<String, Value>, key| map.get(key).and_then(Value::as_str).map(str::to_owned);
                self.proofs.extend(text(map, "secret"));
                let user = map.get("user").and_then(Value::as_object);
                self.facts.extend(user.and_then(|user| text(user, "by")));
                let basic = text(map, "basic").map(|basic| Template::of(&basic));
                self.facts.extend(basic.iter().flat_map(Template::names).map(str::to_owned));
                map.values().for_each(|value| self.gather(value));
            }
            Value::Array(items) => items.iter().for_each(|item| self.gather(item)),
            Value::String(text) => {
                let is_of_name = |letter: char| letter.is_alphanumeric() || "_-".contains(letter);
                let named = text.split("caller.").skip(1).filter_map(|rest| rest.split(|it| !is_of_name(it)).next());
                self.facts.extend(named.map(str::to_owned));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn unknown(pack: &Pack, name: &str, node: &Node<'_>, findings: &mut Findings) {
    let names: Vec<&str> =
        pack.resources.iter().map(|resource| resource.rules.table.as_str()).chain([CREDENTIALS]).collect();
    let finding = node.error("unknown-resource", format!("the pack `{}` has no resource `{name}`", pack.name));
    findings.push(match nearest(name, names.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!("it has: {}", names.join(", "))),
    });
}

fn refused(pack: &Pack, table: usize, problem: &Problem, node: &Node<'_>, findings: &mut Findings) {
    let rules = &pack.resources[table].rules;
    let mut facts = serde_json::Map::new();
    facts.insert("value".into(), problem.value.clone());
    let mut shown = String::new();
    facts.write("value", &mut shown);
    let what = match problem.kind {
        Flaw::Taken => format!("another record has the same `{}`, {shown}", problem.field),
        Flaw::Blank => format!("`{}` is missing or blank", problem.field),
        Flaw::Unknown => format!("`{}` names {shown}, which is not in the fixtures", problem.field),
        other => format!("`{}` breaks the rule `{}`: {shown}", problem.field, other.word()),
    };
    let finding = node.error("fixture-rule", format!("this record of `{}` cannot be loaded: {what}", rules.table));
    let refers = rules.refers.iter().find(|refers| problem.kind == Flaw::Unknown && refers.field == problem.field);
    findings.push(match refers.map(|refers| &pack.resources[refers.table].rules.table) {
        Some(table) => finding.help(format!("give `{table}` such a record, or leave `{}` out here", problem.field)),
        None => finding,
    });
}

/// How many references lead away from each table, at most; what refers to itself stays where it is.
fn depths(pack: &Pack) -> Vec<usize> {
    let count = pack.resources.len();
    let mut depth = vec![0; count];
    for _ in 0..count {
        for (table, resource) in pack.resources.iter().enumerate() {
            let deepest = resource
                .rules
                .refers
                .iter()
                .filter(|refers| refers.table != table && refers.on_remove != OnRemove::Keep)
                .map(|refers| depth[refers.table] + 1);
            depth[table] = deepest.max().unwrap_or(0).min(count);
        }
    }
    depth
}
