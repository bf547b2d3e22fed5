//! Records of any collection, past the provider's API but under the rules of its tables, so that the state stays one that the
//! provider could be in.

use std::sync::Arc;

use serde_json::{Value, json};

use super::call::{Call, invalid};
use super::problem::Problem;
use crate::exchange::{Provider, written};
use crate::load;
use crate::session::Session;
use crate::source::choices;
use crate::store::{Id, Moment, Record, Store, TableIndex};

pub(super) fn collections(call: &Call<'_>) -> Result<Value, Problem> {
    let session = call.session()?;
    let collection = |provider: &Provider| {
        let state = session.state();
        let store = state.store(provider.index);
        let tables = provider.pack.resources.iter().enumerate();
        let shown = tables.map(|(table, resource)| {
            json!({
                "provider": provider.pack.name, "collection": resource.rules.table, "records": store.table(table).len(),
            })
        });
        shown.collect::<Vec<_>>()
    };
    Ok(json!({ "collections": call.world().providers.iter().flat_map(collection).collect::<Vec<_>>() }))
}

pub(super) fn list(call: &Call<'_>) -> Result<Value, Problem> {
    let place = Place::of(call)?;
    let store = place.store();
    let table = store.table(place.table);
    let limit = call.query.get("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    let limit = limit.unwrap_or(100);
    let after = call.query.get("after").and_then(Value::as_str).map(Id::parse);
    let mut rows: Vec<_> = match &after {
        Some(id) => table.after(id).take(limit + 1).collect(),
        None => table.iter().take(limit + 1).collect(),
    };
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| is_more).map(|(id, _)| id.to_string());
    let records: Vec<Value> = rows.iter().map(|(_, record)| record.to_value()).collect();
    Ok(json!({ "records": records, "next": next }))
}

pub(super) fn show(call: &Call<'_>) -> Result<Value, Problem> {
    let place = Place::of(call)?;
    place.record(&place.store(), &place.id(call))
}

/// Makes a record. One that brings an id keeps it, and its times, as a fixture does.
pub(super) fn create(call: &Call<'_>) -> Result<Value, Problem> {
    let place = Place::of(call)?;
    let draft = fields(call);
    let key = &place.provider.pack.resources[place.table].rules.key;
    let has_id = draft.contains_key(key);
    if draft.get(key).is_some_and(|id| !id.is_null() && Id::of(id).is_none()) {
        return Err(invalid("No id", format!("`{key}` must be a whole number or a text; without one it is made")));
    }
    let (id, store) = place.write(|store, moment| {
        let id = match has_id {
            true => store.seed(place.table, draft, moment)?,
            false => store.create(place.table, draft, moment)?,
        };
        place.fits(store, &id).map(|()| id)
    })?;
    place.record(&store, &id)
}

/// Changes the named fields. With `rules=off` they are written as they are, whatever the rules say.
pub(super) fn update(call: &Call<'_>) -> Result<Value, Problem> {
    let place = Place::of(call)?;
    let id = place.id(call);
    let patch = fields(call);
    let unruled = call.query.get("rules").is_some_and(|rules| rules == "off");
    let key = &place.provider.pack.resources[place.table].rules.key;
    if patch.get(key).is_some_and(|other| Id::of(other).as_ref() != Some(&id)) {
        return Err(invalid(
            "The id stays",
            format!("`{key}` is what the record is found by; make another one in its place"),
        ));
    }
    let ((), store) = place.write(|store, moment| {
        place.record(store, &id)?;
        if unruled {
            patch.into_iter().for_each(|(field, value)| store.set_field(place.table, &id, &field, value));
            return Ok(());
        }
        store.update(place.table, &id, patch, moment)?;
        place.fits(store, &id)
    })?;
    place.record(&store, &id)
}

/// Removes a record, and does to those that refer to it what their rules say.
pub(super) fn remove(call: &Call<'_>) -> Result<Value, Problem> {
    let place = Place::of(call)?;
    let id = place.id(call);
    place.write(|store, moment| {
        place.record(store, &id)?;
        store.remove(place.table, &id, moment).map_err(Problem::from)
    })?;
    Ok(Value::Null)
}

fn fields(call: &Call<'_>) -> Record {
    call.body.as_object().cloned().unwrap_or_default().into()
}

/// A collection in a session.
struct Place<'a> {
    session: Arc<Session>,
    provider: &'a Provider,
    table: TableIndex,
}

impl<'a> Place<'a> {
    fn of(call: &'a Call<'_>) -> Result<Place<'a>, Problem> {
        let session = call.session()?;
        let provider = call.provider(call.name("provider"))?;
        let name = call.name("collection");
        let table = provider.pack.table(name).ok_or_else(|| {
            let known = provider.pack.resources.iter().map(|resource| resource.rules.table.as_str());
            Problem::missing("No such collection", choices(name, known, "collections"))
        })?;
        Ok(Place { session, provider, table })
    }

    fn store(&self) -> Arc<Store> {
        Arc::clone(self.session.state().store(self.provider.index))
    }

    fn id(&self, call: &Call<'_>) -> Id {
        Id::parse(call.name("id"))
    }

    fn record(&self, store: &Store, id: &Id) -> Result<Value, Problem> {
        let record = store.table(self.table).get(id).map(|record| record.to_value());
        record.ok_or_else(|| Problem::missing("No such record", format!("the collection has no record `{id}`")))
    }

    /// Whether the document allows what was written. Else a caller would be told of it, who has no part in it.
    fn fits(&self, store: &Store, id: &Id) -> Result<(), Problem> {
        let findings = load::unfit(self.provider, store.clone(), (self.table, id), &self.session.clock);
        match findings.is_empty() {
            true => Ok(()),
            false => Err(Problem::unreadable("The record does not fit the document", &findings)),
        }
    }

    fn write<T>(
        &self,
        change: impl FnOnce(&mut Store, &Moment<'_>) -> Result<T, Problem>,
    ) -> Result<(T, Arc<Store>), Problem> {
        let now = written(self.session.clock.now(), &self.provider.pack.conventions.time);
        let moment = Moment { now, at: self.session.clock.now(), dice: &self.session.dice, by: None };
        let (outcome, step) = self.session.write(self.provider.index, |store| change(store, &moment))?;
        Ok((outcome, step.after))
    }
}
