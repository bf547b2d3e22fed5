//! Adding and changing records from the lines of a table. One line that is refused undoes all of them.

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::{Outcome, find, shaped};
use crate::exchange::call::{Call, text};
use crate::exchange::shape;
use crate::pack::{Import, Run, Template};
use crate::refusal::Refusal;
use crate::store::{Id, Record, Store};

/// A line that went through: its record, and whether it was made.
type Line = (Id, Run);

pub(super) fn import(call: &Call<'_>, store: &mut Store, import: &Import) -> Result<Outcome, Refusal> {
    let is_on = |input: &Option<_>| input.as_ref().is_some_and(|input| call.is_on(input));
    let dry = is_on(&import.dry);
    let table = call.input(&import.table).map(|table| text(&table)).unwrap_or_default();
    let (names, rows) = read(call, import, &table);
    let unread = match &import.refused {
        Some((input, why)) if call.is_on(input) => Some(why),
        _ if rows.is_empty() => Some(&import.says.empty),
        _ => None,
    };
    if let Some(why) = unread {
        let facts = facts(dry, vec![worded(call, why, &Map::new())]);
        return Ok(Outcome::Told(shaped(call, &import.answers[2], &facts)));
    }
    let before = store.clone();
    let mut errors = Vec::new();
    let mut lines: Vec<Line> = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        match line(call, store, import, &names, row) {
            Ok(line) => lines.push(line),
            Err((verb, reason)) => errors.push(complaint(call, import, number + 1, verb, &reason)),
        }
    }
    let undone = dry || !errors.is_empty();
    let answer = &import.answers[usize::from(!errors.is_empty())];
    let mut facts = facts(dry, errors);
    tell(call, store, &lines, undone, &mut facts);
    if undone {
        *store = before;
    }
    Ok(Outcome::Told(shaped(call, answer, &facts)))
}

/// The column names and the lines of a table. What cannot be read is no line.
fn read(call: &Call<'_>, import: &Import, table: &str) -> (StringRecord, Vec<StringRecord>) {
    let separator = import.separator.as_ref().and_then(|input| call.input(input)).map(|separator| text(&separator));
    let separator = separator.and_then(|separator| separator.bytes().next()).unwrap_or(b',');
    let table = table.trim_start_matches('\u{feff}');
    let mut reader = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(table.as_bytes());
    let names = reader.headers().cloned().unwrap_or_default();
    (names, reader.records().filter_map(Result::ok).collect())
}

/// Adds or changes the record of one line; else what was tried, and why it was refused.
fn line(
    call: &Call<'_>,
    store: &mut Store,
    import: &Import,
    names: &StringRecord,
    row: &StringRecord,
) -> Result<Line, (Run, String)> {
    let table = call.binding.table;
    let cells: Vec<(&str, &str)> = names.iter().map(str::trim).zip(row).filter(|(name, _)| !name.is_empty()).collect();
    let named = |field: &String| cells.iter().find(|(name, cell)| name == field && !cell.is_empty());
    let found = import.by.iter().find_map(|field| find(&store.reader(), table, field, &named(field)?.1.into()));
    let verb = if found.is_some() { Run::Update } else { Run::Create };
    let rules = store.rules(table);
    // What is never shown is no column either.
    let shown = rules.order.iter().filter(|field| !call.resource().hidden.contains(field));
    let is_known = |name: &str| import.columns.iter().chain(shown.clone()).any(|known| known == name);
    if let Some((name, _)) = cells.iter().find(|(name, _)| !is_known(name)) {
        let facts = Map::from_iter([("field".to_owned(), Value::from(*name))]);
        return Err((verb, worded(call, &import.says.unknown, &facts)));
    }
    let written = cells.iter().filter(|(name, _)| import.columns.iter().any(|column| column == name));
    let draft: Record = written
        .filter_map(|(name, cell)| Some(((*name).to_owned(), value(import, store, call, name, cell)?)))
        .collect();
    let done = match &found {
        Some(id) => store.update(table, id, draft, &call.moment()).map(|()| id.clone()),
        None => store.create(table, draft, &call.moment()),
    };
    done.map(|id| (id, verb)).map_err(|problems| (verb, shape::reason(call, &Refusal::invalid(problems))))
}

/// A cell as the field's value: of the type of the field's default, or a list. An empty one says nothing.
fn value(import: &Import, store: &Store, call: &Call<'_>, name: &str, cell: &str) -> Option<Value> {
    if cell.is_empty() {
        return None;
    }
    let rules = store.rules(call.binding.table);
    let is_list = rules.lists.iter().any(|list| list.field == name)
        || rules
            .resolves
            .iter()
            .any(|resolve| resolve.field == name && rules.lists.iter().any(|list| list.field == resolve.to));
    match rules.defaults.get(name) {
        Some(Value::Bool(_)) => Some(matches!(cell.to_lowercase().as_str(), "true" | "1" | "yes").into()),
        Some(Value::Number(_)) => cell.trim().parse::<i64>().map(Value::from).ok(),
        Some(Value::Array(_)) => Some(cell.split(&import.lists).map(Value::from).collect()),
        _ if is_list => Some(cell.split(&import.lists).map(Value::from).collect()),
        _ => Some(cell.into()),
    }
}

fn complaint(call: &Call<'_>, import: &Import, line: usize, verb: Run, reason: &str) -> String {
    let mut facts = Map::new();
    facts.insert("line".into(), line.into());
    facts.insert("verb".into(), verb.word().into());
    facts.insert("reason".into(), reason.into());
    worded(call, &import.says.line, &facts)
}

fn worded(call: &Call<'_>, text: &Template, facts: &Map<String, Value>) -> String {
    let mut facts = facts.clone();
    facts.insert("type".into(), call.resource().kind.as_str().into());
    text.text(&facts)
}

fn facts(dry: bool, errors: Vec<String>) -> Map<String, Value> {
    Map::from_iter([("dry".to_owned(), dry.into()), ("errors".to_owned(), errors.into())])
}

/// Adds what became of the lines. A record that was made and undone has no id.
fn tell(call: &Call<'_>, store: &Store, lines: &[Line], undone: bool, facts: &mut Map<String, Value>) {
    let reader = store.reader();
    let table = call.binding.table;
    let key = &reader.rules(table).key;
    let shown = lines.iter().filter_map(|(id, verb)| {
        let mut shown = shape::view(call, &reader, table, reader.table(table).get(id).map(Arc::as_ref)?);
        if let (true, Run::Create, Some(field)) = (undone, verb, shown.get_mut(key)) {
            *field = Value::Null;
        }
        Some(shown)
    });
    facts.insert("records".into(), shown.collect());
    let count = |run: Run| lines.iter().filter(|(_, verb)| *verb == run).count();
    facts.insert("created".into(), count(Run::Create).into());
    facts.insert("updated".into(), count(Run::Update).into());
}
