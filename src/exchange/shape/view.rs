//! A record as it is shown: its fields in their order, with those that are made on the way, and without the hidden ones.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::Scope;
use crate::exchange::call::Call;
use crate::exchange::verb::READS;
use crate::pack::{Advance, Facts, Lifecycle, Lookup, Resource, Stage};
use crate::store::attributes::shown;
use crate::store::{Attributes, Reader, Record, TableIndex};

pub(in crate::exchange) fn view(call: &Call<'_>, reader: &Reader<'_>, table: TableIndex, record: &Record) -> Value {
    let resource = &call.provider.pack.resources[table];
    let aged = resource.lifecycle.as_ref().map(|lifecycle| aged(call, reader, table, record, lifecycle));
    let record = aged.as_ref().unwrap_or(record);
    let scope = Scope::of(call).over(reader, table, record).without_computed();
    let mut fields = Map::with_capacity(record.len() + resource.computed.len());
    for field in &resource.rules.order {
        if resource.hidden.contains(field) {
            continue;
        }
        if let Some(value) = field_value(resource, &scope, record, field) {
            fields.insert(field.clone(), value);
        }
    }
    for (field, value) in record.iter() {
        if !field.starts_with('_')
            && ![&resource.rules.order, &resource.hidden].into_iter().flatten().any(|known| known == field)
        {
            fields.insert(field.to_owned(), value.clone());
        }
    }
    for (field, shape) in &resource.computed {
        if !fields.contains_key(field) {
            fields.insert(field.clone(), shape.value(&scope));
        }
    }
    for list in &resource.rules.lists {
        if !fields.contains_key(&list.field) {
            fields.extend(reader.look_up(table, record, &list.field).map(|value| (list.field.clone(), value)));
        }
    }
    for (field, lookup) in &resource.lookups {
        fields.insert(field.clone(), looked_up(reader, resource, record, lookup));
    }
    if let Some(attributes) = &resource.rules.attributes {
        let values = shape_attributes(reader, attributes, record);
        fields.insert(attributes.field.clone(), values);
    }
    Value::Object(fields)
}

/// The value that another collection has for this record; null where it has none.
fn looked_up(reader: &Reader<'_>, resource: &Resource, record: &Record, lookup: &Lookup) -> Value {
    let own = record.get(&resource.rules.key);
    let fits = |row: &Record| {
        row.get(&lookup.by) == own && lookup.fields.iter().all(|(field, wanted)| row.get(field) == Some(wanted))
    };
    let found = reader.table(lookup.table).iter().find(|(_, row)| fits(row));
    found.and_then(|(_, row)| row.get(&lookup.take).cloned()).unwrap_or_default()
}

fn shape_attributes(reader: &Reader<'_>, attributes: &Attributes, record: &Record) -> Value {
    shown(reader.table(attributes.table), attributes, record.get(&attributes.field))
}

/// Whether a record has not come to its last stage.
pub(in crate::exchange) fn is_unfinished(
    call: &Call<'_>,
    reader: &Reader<'_>,
    table: TableIndex,
    record: &Record,
) -> bool {
    let lifecycle = call.provider.pack.resources[table].lifecycle.as_ref();
    lifecycle.is_some_and(|lifecycle| {
        let here = stage(call, reader, table, record, lifecycle);
        let last = lifecycle.stages.last();
        here.zip(last).is_some_and(|(here, last)| !std::ptr::eq(here, last))
    })
}

fn field_value(resource: &Resource, scope: &Scope<'_>, record: &Record, field: &str) -> Option<Value> {
    match resource.computed.iter().find(|(name, _)| name == field) {
        Some((_, shape)) => Some(shape.value(scope)),
        None if resource.rules.lists.iter().any(|list| list.field == field) => scope.fact(field),
        None => record.get(field).cloned(),
    }
}

/// The record in the stage that it has come to.
fn aged(call: &Call<'_>, reader: &Reader<'_>, table: TableIndex, record: &Record, lifecycle: &Lifecycle) -> Record {
    let mut aged = record.clone();
    let Some(stage) = stage(call, reader, table, record, lifecycle) else { return aged };
    let total = record.get(&lifecycle.of).and_then(Value::as_f64).unwrap_or(0.0);
    let mut extra = Map::new();
    extra.insert("done".into(), ((total * stage.share).ceil() as u64).into());
    let scope = Scope::of(call).over(reader, table, record).with(&extra);
    for (field, shape) in &stage.show {
        aged.insert(field.clone(), shape.value(&scope));
    }
    aged
}

fn stage<'a>(
    call: &Call<'_>,
    reader: &Reader<'_>,
    table: TableIndex,
    record: &Record,
    lifecycle: &'a Lifecycle,
) -> Option<&'a Stage> {
    let mut reads = record.get(READS).and_then(Value::as_u64).unwrap_or(0);
    let born = reader.rules(table).stamps.created.as_ref().and_then(|field| record.get(field)?.as_str()?.parse().ok());
    let mut age = call.session.clock.now().duration_since(born.unwrap_or(Timestamp::MAX));
    for stage in &lifecycle.stages {
        let lasts = SignedDuration::try_from(stage.lasts).unwrap_or(SignedDuration::MAX);
        let here = match lifecycle.advance {
            Advance::Reads => reads < stage.reads,
            Advance::Clock => age < lasts,
        };
        if here {
            return Some(stage);
        }
        reads = reads.saturating_sub(stage.reads);
        age = age.saturating_sub(lasts);
    }
    lifecycle.stages.last()
}
