//! The form that an answer takes when the call asks for one: other fields, another body, a pool of records that goes along.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Scope, view};
use crate::exchange::call::Call;
use crate::exchange::verb::Page;
use crate::pack::{Form, Shape};
use crate::store::{Id, Reader, Record, TableIndex};

/// A record as the call wants it.
pub(super) fn shown(call: &Call<'_>, reader: &Reader<'_>, table: TableIndex, record: &Record) -> Value {
    let form = asked(call).find(|form| form.is_of_records());
    let scope = || Scope::of(call).over(reader, table, record);
    if let Some(show) = form.and_then(|form| form.show.as_ref()) {
        return show.value(&scope());
    }
    let mut shown = view::view(call, reader, table, record);
    if let (Some(form), Value::Object(fields)) = (form, &mut shown) {
        fields.extend(form.adds.iter().map(|(field, shape)| (field.clone(), shape.value(&scope()))));
    }
    shown
}

/// The body for one record, where a form has another one.
pub(super) fn of_one(
    call: &Call<'_>,
    reader: &Reader<'_>,
    (table, record): (TableIndex, &Arc<Record>),
    shown: &Value,
) -> Option<Value> {
    let answer = answer(call)?;
    let mut facts = Map::new();
    facts.insert("record".into(), shown.clone());
    if answer.mentions(&["assets"]) {
        facts.insert("assets".into(), pool(call, reader, table, std::slice::from_ref(record)));
    }
    Some(answer.value(&Scope::of(call).over(reader, table, record).with(&facts)))
}

/// The body for a list, where a form has another one.
pub(super) fn of_many(
    call: &Call<'_>,
    reader: &Reader<'_>,
    table: TableIndex,
    rows: &[Arc<Record>],
    page: Option<&Page>,
) -> Option<Value> {
    let answer = answer(call)?;
    let mut facts = page.map(|page| page.facts.clone()).unwrap_or_default();
    facts.entry("total").or_insert_with(|| rows.len().into());
    facts.insert("count".into(), rows.len().into());
    let key = &reader.rules(table).key;
    facts.insert("ids".into(), rows.iter().filter_map(|row| row.get(key).cloned()).collect());
    if answer.mentions(&["records"]) {
        facts.insert("records".into(), rows.iter().map(|row| shown(call, reader, table, row)).collect());
    }
    if answer.mentions(&["assets"]) {
        facts.insert("assets".into(), pool(call, reader, table, rows));
    }
    Some(answer.value(&Scope::of(call).with(&facts)))
}

/// The forms that the call asks for.
fn asked<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Form> {
    call.binding.forms.iter().filter(|form| {
        let wanted =
            form.when.iter().any(|input| call.is_on(input)) || form.given.iter().any(|input| call.given(input));
        (wanted || form.when.is_empty() && form.given.is_empty()) && !form.unless.iter().any(|input| call.is_on(input))
    })
}

fn answer<'a>(call: &'a Call<'_>) -> Option<&'a Shape> {
    asked(call).find_map(|form| form.answer.as_ref()).or(call.binding.answer.as_ref())
}

/// The records that go along, by the name of their kind and their ids.
fn pool(call: &Call<'_>, reader: &Reader<'_>, table: TableIndex, rows: &[Arc<Record>]) -> Value {
    let mut pool = Map::new();
    for asset in &call.provider.pack.resources[table].assets {
        let named = rows.iter().flat_map(|row| asset.from.iter().filter_map(|path| reader.look_up(table, row, path)));
        let ids: BTreeSet<Id> = named
            .flat_map(|value| match value {
                Value::Array(items) => items,
                one => vec![one],
            })
            .filter_map(|value| Id::of(&value))
            .collect();
        let found = ids.iter().filter_map(|id| Some((id, reader.table(asset.table).get(id)?)));
        let shown: Map<String, Value> =
            found.map(|(id, record)| (id.to_string(), view::view(call, reader, asset.table, record))).collect();
        if !shown.is_empty() {
            pool.insert(asset.name.clone(), Value::Object(shown));
        }
    }
    Value::Object(pool)
}
