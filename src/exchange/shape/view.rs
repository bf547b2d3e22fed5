//! A record as it is shown: its fields in their order, with those that are made on the way, and without the hidden ones.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::Scope;
use crate::exchange::call::Call;
use crate::exchange::verb::READS;
use crate::pack::{Advance, Lifecycle, Resource, Stage};
use crate::store::{Reader, Record, TableIndex};

pub(super) fn view(call: &Call<'_>, reader: &Reader<'_>, table: TableIndex, record: &Record) -> Value {
    let resource = &call.provider.pack.resources[table];
    let aged = resource.lifecycle.as_ref().map(|lifecycle| aged(call, reader, table, record, lifecycle));
    let record = aged.as_ref().unwrap_or(record);
    let scope = Scope::of(call).over(reader, table, record);
    let mut shown = Map::with_capacity(record.len() + resource.computed.len());
    for field in &resource.rules.order {
        if let Some(value) = field_value(resource, &scope, record, field) {
            shown.insert(field.clone(), value);
        }
    }
    for (field, value) in record {
        if !field.starts_with('_') && !shown.contains_key(field) {
            shown.insert(field.clone(), value.clone());
        }
    }
    for (field, shape) in &resource.computed {
        if !shown.contains_key(field) {
            shown.insert(field.clone(), shape.value(&scope));
        }
    }
    Value::Object(shown)
}

fn field_value(resource: &Resource, scope: &Scope<'_>, record: &Record, field: &str) -> Option<Value> {
    match resource.computed.iter().find(|(name, _)| name == field) {
        Some((_, shape)) => Some(shape.value(scope)),
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
