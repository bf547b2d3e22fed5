//! One verb for many items, answered at once as a list or later by a job.

use serde_json::{Map, Value, json};

use super::list::too_many;
use super::{Outcome, find, one, permitted, shaped};
use crate::exchange::call::Call;
use crate::exchange::{planned, shape};
use crate::pack::{Each, EachAnswer, Input, Over, Run};
use crate::refusal::{Kind, Refusal};
use crate::store::{Id, Record, Store, TableIndex};

/// One item of a bulk call: how it is found, and what shall become of it.
struct Item {
    by: Option<(String, Value)>,
    draft: Record,
    /// What a scenario refuses it with.
    refusal: Option<Refusal>,
}

pub(super) fn each(call: &Call<'_>, store: &mut Store, each: &Each) -> Result<Outcome, Refusal> {
    let mut items = items(call, each)?;
    let refusals = planned::of_items(call, items.iter().map(|item| &item.draft));
    items.iter_mut().zip(refusals).for_each(|(item, refusal)| item.refusal = refusal);
    match each.answer {
        EachAnswer::List | EachAnswer::Nothing => {
            let mut rows = Vec::with_capacity(items.len());
            for item in items {
                if let (Outcome::One { record, .. }, _) = run(call, store, each.run, item)? {
                    rows.push(record);
                }
            }
            Ok(match each.answer {
                EachAnswer::Nothing => Outcome::Nothing,
                EachAnswer::List | EachAnswer::Job => Outcome::Many { table: call.binding.table, rows, page: None },
            })
        }
        EachAnswer::Job => {
            room_for_a_job(call, store, each)?;
            let results: Vec<Value> =
                items.into_iter().enumerate().map(|(index, item)| result(call, store, each, index, item)).collect();
            job(call, store, each, results)
        }
    }
}

/// The items, from the first form whose inputs are all given.
fn items(call: &Call<'_>, each: &Each) -> Result<Vec<Item>, Refusal> {
    for over in &each.over {
        let (input, items) = match over {
            Over::Values { values, by, draft } => {
                let given = draft.as_ref().is_none_or(|draft| call.given(draft));
                let Some(list) = call.list(values).filter(|_| given) else { continue };
                let draft = draft.as_ref().and_then(|draft| call.input(draft));
                let draft = permitted(call, draft.as_ref());
                super::keys_are_sound(call, values, by, &list)?;
                let item = |value| Item { by: Some((by.clone(), value)), draft: draft.clone(), refusal: None };
                (values, list.into_iter().map(item).collect::<Vec<_>>())
            }
            Over::Items { items, by } => {
                let Some(Value::Array(list)) = call.input(items) else { continue };
                (items, list.iter().map(|body| item(call, by, body)).collect())
            }
        };
        return match items.len() > each.at_most {
            true => Err(too_many(input, each.at_most)),
            false => Ok(numbered(items, each.number.as_deref())),
        };
    }
    Err(wanted(call, each).map_or_else(|| Refusal::new(Kind::InvalidQuery), |input| super::missing_input(call, input)))
}

/// What is asked for where no form has all its inputs: what the one lacks that was begun, else the list in the body, else what
/// the first one starts with.
fn wanted<'a>(call: &Call<'_>, each: &'a Each) -> Option<&'a Input> {
    let begun = each.over.iter().find_map(|over| match over {
        Over::Values { values, draft: Some(draft), .. } if call.given(values) => Some(draft),
        _ => None,
    });
    let listed =
        || each.over.iter().find_map(|over| if let Over::Items { items, .. } = over { Some(items) } else { None });
    let first =
        || each.over.iter().find_map(|over| if let Over::Values { values, .. } = over { Some(values) } else { None });
    begun.or_else(listed).or_else(first)
}

/// The items, each with its place in the list where a field wants it.
fn numbered(mut items: Vec<Item>, field: Option<&str>) -> Vec<Item> {
    if let Some(field) = field {
        for (place, item) in items.iter_mut().enumerate() {
            item.draft.insert(field, place.into());
        }
    }
    items
}

/// The ids of the jobs that have not come to their end.
pub(in crate::exchange) fn jobs_in_flight(call: &Call<'_>, store: &Store) -> Vec<Value> {
    let Some(table) = call.provider.pack.jobs else { return Vec::new() };
    let reader = store.reader();
    let jobs = reader.table(table).iter();
    jobs.filter(|(_, job)| shape::is_unfinished(call, &reader, table, job)).map(|(id, _)| id.value()).collect()
}

/// Whether one more job may be on its way.
fn room_for_a_job(call: &Call<'_>, store: &Store, each: &Each) -> Result<(), Refusal> {
    let Some(most) = call.provider.pack.jobs_in_flight else { return Ok(()) };
    let flying = jobs_in_flight(call, store);
    let name = call.resource().job(&each.job).and_then(|job| job.name.as_ref()).unwrap_or(&call.binding.action);
    match flying.len() < most {
        true => Ok(()),
        false => Err(Refusal::new(Kind::TooManyJobs).fact("job", name.clone()).fact("job_ids", flying)),
    }
}

fn item(call: &Call<'_>, by: &[String], body: &Value) -> Item {
    let draft = permitted(call, Some(body));
    let by =
        by.iter().find_map(|field| Some((field.clone(), body.get(field).filter(|value| !value.is_null())?.clone())));
    Item { by, draft, refusal: None }
}

/// Does it for one item. What it did stands in the store; where it is refused, the store must be thrown away.
fn run(call: &Call<'_>, store: &mut Store, run: Run, item: Item) -> Result<(Outcome, Id), Refusal> {
    let table = call.binding.table;
    if let Some(refusal) = item.refusal {
        return Err(refusal);
    }
    if run == Run::Create {
        let id = super::add(call, store, item.draft)?;
        return Ok((one(store, table, &id, true)?, id));
    }
    let found = item.by.as_ref().and_then(|(field, value)| find(&store.reader(), table, field, value));
    let id = found.ok_or_else(|| Refusal::new(Kind::NotFound))?;
    let outcome = match run {
        Run::Delete => super::take_out(call, store, &id)?,
        Run::Update | Run::Create => super::change(call, store, &id, item.draft)?,
    };
    Ok((outcome, id))
}

/// The result of one item. One that is refused leaves no trace and does not stop the others.
fn result(call: &Call<'_>, store: &mut Store, each: &Each, index: usize, item: Item) -> Value {
    let before = store.clone();
    // A key of another kind is no id.
    let key = &call.resource().rules.key;
    let named = item.by.as_ref().filter(|(field, _)| field == key).and_then(|(_, value)| Id::of(value));
    let job = call.resource().job(&each.job);
    let mut facts = Map::new();
    facts.insert("index".into(), index.into());
    match run(call, store, each.run, item) {
        Ok((_, id)) => {
            facts.insert("id".into(), id.value());
            job.map_or(Value::Null, |job| shaped(call, &job.done, &facts))
        }
        Err(refusal) => {
            *store = before;
            facts.insert("id".into(), named.map_or(Value::Null, |id| id.value()));
            facts.insert("reason".into(), shape::reason(call, &refusal).into());
            job.map_or_else(|| json!({ "index": index }), |job| shaped(call, &job.refused, &facts))
        }
    }
}

/// The job that tells how the items fared.
fn job(call: &Call<'_>, store: &mut Store, each: &Each, results: Vec<Value>) -> Result<Outcome, Refusal> {
    let table: TableIndex = call.provider.pack.jobs.unwrap_or(call.binding.table);
    let mut draft = Record::new();
    let mut facts = Map::new();
    facts.insert("total".into(), results.len().into());
    for (field, shape) in call.resource().job(&each.job).map_or(&[][..], |job| &job.set) {
        draft.insert(field.clone(), shaped(call, shape, &facts));
    }
    // Ids are random: the number tells which of one second came first.
    draft.insert("_number", store.table(table).len().into());
    draft.insert("total", results.len().into());
    draft.insert("results", results.into());
    let id = store.create(table, draft, &call.moment()).map_err(Refusal::invalid)?;
    one(store, table, &id, false)
}
