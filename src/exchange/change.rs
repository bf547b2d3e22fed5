//! Records that a scenario changes behind the caller's back, once the call is done.

use super::call::Call;
use super::verb::{Done, Outcome};
use crate::journal::Entry;
use crate::refusal::Problem;
use crate::scenario::{Change, Deed, Fault, Plan, Which};
use crate::store::{Condition, Id, Moment, Record, Store, TableIndex, Test};

/// Makes the changes that are planned, all of them or none. They keep to the rules of the records as those of callers do.
pub(super) fn planned(call: &Call<'_>, plan: &Plan, done: &Done, entry: &mut Entry<'_>) {
    let Some(strike) = &plan.change else { return };
    let Fault::Change(changes) = &*strike.fault else { return };
    let moment = Moment { by: None, ..call.moment() };
    let made = call.session.write(call.provider.index, |store| {
        let mut touched = 0;
        for change in changes {
            touched += one(call, change, done, store, &moment)?;
        }
        Ok::<usize, Vec<Problem>>(touched)
    });
    match made {
        Ok((0, _)) => entry.rules.push("there was no record to change".to_owned()),
        Ok(_) => strike.sent(),
        Err(problems) => {
            let why: Vec<String> = problems.iter().map(|it| format!("{} is {}", it.field, it.kind.word())).collect();
            entry.rules.push(format!("the records could not be changed: {}", why.join(", ")));
        }
    }
}

/// Makes one change, and tells of how many records.
fn one(
    call: &Call<'_>,
    change: &Change,
    done: &Done,
    store: &mut Store,
    moment: &Moment<'_>,
) -> Result<usize, Vec<Problem>> {
    let table = change.resource.as_ref().map_or(call.binding.table, |resource| resource.index);
    let found = |store: &Store, which| chosen(which, table, done, store);
    match &change.deed {
        Deed::Create(draft) => store.create(table, draft.clone().into(), moment).map(|_| 1),
        Deed::Update(which, patch) => {
            let ids = found(store, which);
            ids.iter().try_for_each(|id| store.update(table, id, patch.clone().into(), moment))?;
            Ok(ids.len())
        }
        Deed::Remove(which) => {
            let ids = found(store, which);
            ids.iter().try_for_each(|id| store.remove(table, id, moment).map(drop))?;
            Ok(ids.len())
        }
    }
}

/// The records that are meant and still there.
fn chosen(which: &Which, table: TableIndex, done: &Done, store: &Store) -> Vec<Id> {
    let reader = store.reader();
    let key = &reader.rules(table).key;
    let id = |record: &Record| record.get(key).and_then(Id::of);
    let listed = match &done.outcome {
        Outcome::Many { table: shown, rows, .. } if *shown == table => rows.as_slice(),
        _ => &[],
    };
    let ids: Vec<Id> = match (which, &done.outcome) {
        (Which::First, _) => listed.first().and_then(|row| id(row)).into_iter().collect(),
        (Which::Last, _) => listed.last().and_then(|row| id(row)).into_iter().collect(),
        (Which::Shown, Outcome::One { table: shown, record, .. }) if *shown == table => {
            id(record).into_iter().collect()
        }
        (Which::Shown, _) => listed.iter().filter_map(|row| id(row)).collect(),
        (Which::Like(fields), _) => {
            let equals =
                |(path, value): (&String, &serde_json::Value)| Condition::new(path, Test::Equals(value.clone()));
            let conditions: Vec<Condition> = fields.iter().map(equals).collect();
            reader.select(table, &conditions).into_iter().map(|(id, _)| id).collect()
        }
    };
    ids.into_iter().filter(|id| reader.table(table).get(id).is_some()).collect()
}
