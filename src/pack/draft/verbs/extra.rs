//! Operations beside a collection: counts, searches, and actions that set a state.

use http::Method;
use serde_json::{Map, Value, json};

use super::super::words::plain;
use super::super::{Book, by_key, envelope, group::Group, paging};
use super::plan::{self, Plan};
use super::{Entry, from_path, listing, wrapped};
use crate::contract::{Form, Look, Operation, Part};

/// Binds what stands beside the collections that are kept.
pub(super) fn bind(
    book: &mut Book<'_>,
    groups: &[Group<'_>],
    plans: &[Plan<'_, '_>],
    resources: &mut Map<String, Value>,
) {
    for group in groups.iter().filter(|group| group.each.is_empty()) {
        for operation in &group.whole {
            if matches!(book.notes[operation.index], Some((true, _))) {
                continue;
            }
            let Some((plan, entry, about)) = entry(book, groups, plans, group, operation) else { continue };
            let operations = resources.get_mut(&plan.name).and_then(|resource| resource.get_mut("operations"));
            if let Some(Value::Object(operations)) = operations {
                entry.put(operation, operations);
                book.bound(operation, about);
            }
        }
    }
    examples(book, plans, resources);
}

/// What is shown of records that are not there is no example either.
fn examples(book: &mut Book<'_>, plans: &[Plan<'_, '_>], resources: &mut Map<String, Value>) {
    for operation in book.contract.operations() {
        if matches!(book.notes[operation.index], Some((true, _))) {
            continue;
        }
        let parents = plan::path_records(plans, operation);
        let Some(last) = parents.keys().next_back() else { continue };
        let about = "an example, where the records are there that its path names";
        let operations = resources.get_mut(last).and_then(|resource| resource.get_mut("operations"));
        if let Some(Value::Object(operations)) = operations {
            Entry::of("example").with("parents", super::full(parents)).put(operation, operations);
            book.bound(operation, about);
        }
    }
}

type Bound<'p, 'g, 'a> = (&'p Plan<'g, 'a>, Entry, String);

fn entry<'p, 'g, 'a>(
    book: &mut Book<'_>,
    groups: &[Group<'_>],
    plans: &'p [Plan<'g, 'a>],
    group: &Group<'_>,
    operation: &Operation,
) -> Option<Bound<'p, 'g, 'a>> {
    let kept = |key: &str| plans.iter().find(|plan| plan.group.key == key && !plan.single);
    if operation.method == Method::POST
        && let Some(plan) = group.road.within().and_then(|key| kept(&key))
    {
        return several(plans, plan, group, operation);
    }
    if operation.method == Method::GET {
        let plan = kept(&group.road.within()?)?;
        let name = plain(group.road.noun());
        return match name.as_str() {
            "count" => count(plans, plan, group, operation),
            _ => search(book, plans, plan, group, operation),
        };
    }
    let (key, variable) = group.road.acted_on()?;
    let plan = kept(&key)?;
    by_key(groups, &key)?;
    action(plans, plan, group, operation, variable)
}

/// A create of several records at once: a list of them is sent, and what came of them is listed or not told.
fn several<'p, 'g, 'a>(
    plans: &[Plan<'_, '_>],
    plan: &'p Plan<'g, 'a>,
    group: &Group<'_>,
    operation: &Operation,
) -> Option<Bound<'p, 'g, 'a>> {
    let name = plain(group.road.noun());
    if OTHER_DEEDS.iter().any(|deed| name.contains(deed)) {
        return None;
    }
    let sent = envelope::many(&group.contract.body_look(operation)?, &plan.group.kind())?;
    let names = sent.record.names();
    let is_like = sent.record.name().is_some() || names.iter().all(|name| plan.look.property(name).is_some());
    if names.is_empty() || !is_like {
        return None;
    }
    let same = |look: &Look<'_>| look.name() == plan.look.name() || look.names() == plan.look.names();
    let (told, answer) = match group.reply(operation) {
        None if group.contract.reply_body(operation, operation.success()).is_none() => ("nothing", None),
        None => return None,
        Some(look) => match envelope::many(&look, &plan.group.kind()).filter(|made| same(&made.record)) {
            Some(made) => ("list", envelope::answer(&look, &made.path, false)),
            // Documents that show one of many leave open which.
            None => {
                envelope::one(look, &plan.group.kind(), None).filter(|made| same(&made.record))?;
                ("nothing", None)
            }
        },
    };
    let items = std::iter::once("body").chain(sent.path.iter().map(String::as_str)).collect::<Vec<_>>().join(".");
    let entry = Entry::of("each")
        .with("run", Some("create".into()))
        .with("over", Some(json!([{ "items": items }])))
        .with("as", Some(told.into()))
        .with("parents", super::full(plan::parents(plans, operation)))
        .with("set", super::full(from_path(plan.scope(operation))))
        .with("answer", answer);
    Some((plan, entry, "makes a record of each item of a list".to_owned()))
}

/// What is done with a list of records beside making them.
const OTHER_DEEDS: [&str; 9] =
    ["update", "delete", "remove", "replace", "patch", "search", "validat", "check", "preview"];

fn count<'p, 'g, 'a>(
    plans: &[Plan<'_, '_>],
    plan: &'p Plan<'g, 'a>,
    group: &Group<'_>,
    operation: &Operation,
) -> Option<Bound<'p, 'g, 'a>> {
    let look = group.reply(operation)?;
    let answer = match look.form()? {
        Form::Integer | Form::Number => None,
        Form::Object => {
            let whole = |name: &&str| look.property(name).and_then(|look| look.form()) == Some(Form::Integer);
            Some(json!({ look.names().into_iter().find(whole)?: "{total}" }))
        }
        _ => return None,
    };
    let inputs = group.contract.inputs(operation);
    let filter =
        paging::filters(&inputs, &[], &plan.look).into_iter().map(|(_, field, value)| (field, value)).collect();
    let entry =
        Entry::of("count").within(plans, plan, operation).with("filter", super::full(filter)).with("answer", answer);
    Some((plan, entry, "counts the records".to_owned()))
}

/// A list of the same records under a name of its own. All that it asks for must be understood.
fn search<'p, 'g, 'a>(
    book: &mut Book<'_>,
    plans: &[Plan<'_, '_>],
    plan: &'p Plan<'g, 'a>,
    group: &Group<'_>,
    operation: &Operation,
) -> Option<Bound<'p, 'g, 'a>> {
    let many = envelope::many(&group.reply(operation)?, &plan.group.kind())?;
    if many.record.name().is_none() || many.record.name() != plan.look.name() {
        return None;
    }
    let inputs = book.contract.inputs(operation);
    let understood = paging::filters(&inputs, &[], &plan.look);
    let needed = inputs.iter().filter(|given| given.part == Part::Query && given.required);
    let all = needed.into_iter().all(|given| understood.iter().any(|(name, ..)| name == given.name));
    if !all || understood.is_empty() {
        return None;
    }
    let (entry, about) = listing(book, plan, group, operation)?;
    Some((plan, entry.within(plans, plan, operation), format!("the same records: {about}")))
}

/// An action that says what becomes of a record: a value of its state, or a flag, with the action's name as a participle.
fn action<'p, 'g, 'a>(
    plans: &[Plan<'_, '_>],
    plan: &'p Plan<'g, 'a>,
    group: &Group<'_>,
    operation: &Operation,
    variable: &str,
) -> Option<Bound<'p, 'g, 'a>> {
    let replied = match group.contract.reply_body(operation, operation.success()) {
        // What it comes to is not shown, which says nothing against it.
        None if group.contract.documents(operation, operation.success()) => None,
        _ => Some(envelope::one(group.reply(operation)?, &plan.group.kind(), None)?),
    };
    let is_other = |one: &envelope::Envelope<'_>| one.record.name().is_none() || one.record.name() != plan.look.name();
    if replied.as_ref().is_some_and(is_other) {
        return None;
    }
    let (field, value) = outcome(&plan.look, &plain(group.road.noun()))?;
    let pick = json!({ plan.key.path.as_str(): format!("path.{variable}") });
    let scope = plan.scope(operation).into_iter().filter(|(name, _)| name != variable);
    let mut parents = plan::parents(plans, operation);
    parents.shift_remove(&plan.name);
    let entry = Entry::of("update")
        .with("parents", super::full(parents))
        .with("pick", Some(pick))
        .with("within", super::full(from_path(scope)));
    let about = format!("sets `{field}` to {value}");
    let entry = entry.with("constants", Some(json!({ field: value }))).with("draft", Some("body._".into()));
    Some((plan, entry.with("answer", replied.and_then(|one| wrapped(&one.path))), about))
}

fn outcome(record: &Look<'_>, action: &str) -> Option<(String, Value)> {
    let stem = action.trim_end_matches('e');
    let done = |word: &str| {
        let word = plain(word);
        // `cancel` and `cancelled`, `archive` and `archived`, `pause` and `paused`.
        word.ends_with("ed") && word.starts_with(stem) && word.len() <= action.len() + 3
    };
    let state = |name: &str| {
        let listed = record.property(name)?.said("enum")?.as_array()?;
        Some((name.to_owned(), listed.iter().find(|value| value.as_str().is_some_and(done))?.clone()))
    };
    let flag = || {
        let is_flag = |name: &&str| record.property(name).and_then(|look| look.form()) == Some(Form::Flag);
        let name = record
            .names()
            .into_iter()
            .filter(is_flag)
            .find(|name| done(name) || done(name.trim_start_matches("is_")))?;
        Some((name.to_owned(), Value::Bool(true)))
    };
    record
        .names()
        .into_iter()
        .filter(|name| matches!(plain(name).as_str(), "status" | "state"))
        .find_map(state)
        .or_else(flag)
}
