//! The verbs: what an operation does to a session's records. They know no status code and no provider; what goes wrong is a
//! refusal by kind.

mod each;
mod effect;
mod import;
mod list;
mod page;
mod patch;
mod search;
mod stream;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::call::Call;
use super::shape::Scope;
use crate::pack::{Act, Advance, Combine, Input, Lookup, Match, Missing, Then};
use crate::refusal::{Flaw, Kind, Problem, Refusal};
use crate::session::Step;
use crate::store::{Condition, Id, IdRule, Reader, Record, Store, TableIndex, Test, united, without};

pub(super) use each::jobs_in_flight;
pub(super) use list::Page;

/// What an operation came to. It names its table, since the envelope follows it and not the operation.
#[derive(Debug)]
pub(super) enum Outcome {
    /// One record, which may have been made just now.
    One { table: TableIndex, record: Arc<Record>, created: bool },
    /// Some of many, and what a page says beside them.
    Many { table: TableIndex, rows: Vec<Arc<Record>>, page: Option<Page> },
    /// Some of many, of several tables, and what a page says beside them.
    Found { rows: Vec<(TableIndex, Arc<Record>)>, page: Option<Page>, total: usize },
    /// How many there are.
    Count(usize),
    /// It is done and there is nothing to say.
    Nothing,
    /// What there is to tell, as it stands.
    Told(Value),
    /// The caller may see nothing of the collection.
    Unseen,
    /// Whatever the document gives as an example.
    Example,
}

/// An outcome, and the state in which it holds.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) outcome: Outcome,
    pub(super) store: Arc<Store>,
    /// What was written, if anything was.
    pub(super) step: Option<Step>,
    /// The tables that were looked at; none where the outcome cannot be kept.
    pub(super) seen: Option<u64>,
}

impl Done {
    /// Whether the document's example is all there is to say.
    pub(super) fn is_example(&self) -> bool {
        matches!(self.outcome, Outcome::Example)
    }
}

/// Carries a call out.
pub(super) fn run(call: &Call<'_>) -> Result<Done, Refusal> {
    let store = Arc::clone(call.session.state().store(call.provider.index));
    let reader = store.reader();
    inputs_are_given(call)?;
    for (table, input) in &call.binding.parents {
        let id = call.input(input).as_ref().and_then(Id::of);
        let kind = &call.provider.pack.resources[*table].kind;
        let missing = || not_found(call.input(input)).fact("type", kind.as_str());
        id.and_then(|id| reader.table(*table).get(&id)).ok_or_else(missing)?;
    }
    let outcome = match &call.binding.act {
        Act::Show if is_unseen(call) => Outcome::Unseen,
        Act::List => list::list(call, &reader)?,
        Act::Search(wanted) => search::search(call, &reader, wanted)?,
        Act::Count => Outcome::Count(list::rows(call, &reader)?.len()),
        Act::Show if ages(call) => return write(call, show_older),
        Act::Show => match (picked(call, &reader), call.binding.missing) {
            (Err(_), Missing::Create) => return write(call, make),
            (picked, _) => Outcome::One { table: call.binding.table, record: picked?.1, created: false },
        },
        Act::Example => Outcome::Example,
        Act::Create => return write(call, create),
        Act::Update => return write(call, update),
        Act::Replace => return write(call, replace),
        Act::Delete => return write(call, delete),
        Act::Upsert(by) => return write(call, |call, store| upsert(call, store, by)),
        Act::Each(each) => return write(call, |call, store| each::each(call, store, each)),
        Act::Import(import) => return write(call, |call, store| import::import(call, store, import)),
    };
    let seen = Some(reader.seen());
    Ok(Done { outcome, seen, store, step: None })
}

fn write(
    call: &Call<'_>,
    verb: impl FnOnce(&Call<'_>, &mut Store) -> Result<Outcome, Refusal>,
) -> Result<Done, Refusal> {
    let (outcome, step) = call.session.write(call.provider.index, |store| {
        let outcome = verb(call, store)?;
        match call.binding.then {
            Then::Outcome | Then::Removed => Ok(outcome),
            Then::List => list::list(call, &store.reader()),
        }
    })?;
    Ok(Done { outcome, store: Arc::clone(&step.after), step: Some(step), seen: None })
}

fn create(call: &Call<'_>, store: &mut Store) -> Result<Outcome, Refusal> {
    let id = add(call, store, draft(call))?;
    one(store, call.binding.table, &id, true)
}

fn add(call: &Call<'_>, store: &mut Store, draft: Record) -> Result<Id, Refusal> {
    let table = call.binding.table;
    let draft = call.provider.completed(table, draft, call.session.dice.branch("samples"));
    let written = written(call, &draft);
    let id = store.create(table, draft, &call.moment()).map_err(Refusal::invalid)?;
    is_for_the_caller(call, store, &id)?;
    enrol(call, store, &id, written)?;
    if let Some(absorb) = &call.binding.absorb {
        let named = |field: &str| store.table(table).get(&id).and_then(|record| record.get(field)).and_then(Id::of);
        if let (Some(loser), Some(winner)) = (named(&absorb.loser), named(&absorb.winner)) {
            if loser == winner {
                let problem = Problem::new(absorb.winner.clone(), Flaw::Format, winner.value());
                return Err(Refusal::invalid(vec![problem]));
            }
            let both = (&loser, &winner);
            store.absorb(absorb.table, both, &absorb.lists, &call.moment()).map_err(Refusal::invalid)?;
        }
    }
    Ok(id)
}

/// Makes the record that the call is about, since it is not there.
fn make(call: &Call<'_>, store: &mut Store) -> Result<Outcome, Refusal> {
    let mut draft = draft(call);
    for (field, input) in &call.binding.pick {
        if let Some(value) = call.input(input) {
            put(&mut draft, field, value);
        }
    }
    let id = add(call, store, draft)?;
    one(store, call.binding.table, &id, true)
}

/// Sets a field, or one within a field: `metadata.name`.
fn put(record: &mut Record, path: &str, value: Value) {
    let Some((field, rest)) = path.split_once('.') else { return record.insert(path, value) };
    if let Value::Object(inner) = record.get_or_insert_with(field, || Value::Object(Map::new())) {
        put_within(inner, rest, value);
    }
}

fn put_within(object: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((field, rest)) = path.split_once('.') else { return drop(object.insert(path.to_owned(), value)) };
    if let Value::Object(inner) = object.entry(field).or_insert_with(|| Value::Object(Map::new())) {
        put_within(inner, rest, value);
    }
}

/// Whether the record that a write is about is to be made.
fn is_to_be_made(call: &Call<'_>, store: &Store) -> bool {
    call.binding.missing == Missing::Create && picked(call, &store.reader()).is_err()
}

fn replace(call: &Call<'_>, store: &mut Store) -> Result<Outcome, Refusal> {
    if is_to_be_made(call, store) {
        return make(call, store);
    }
    let (id, before) = picked(call, &store.reader())?;
    overwrite(call, store, (&id, &before), draft(call))
}

/// Puts a draft in the place of what callers may say of a record.
fn overwrite(
    call: &Call<'_>,
    store: &mut Store,
    (id, before): (&Id, &Record),
    mut draft: Record,
) -> Result<Outcome, Refusal> {
    is_for_the_caller(call, store, id)?;
    let table = call.binding.table;
    let rules = store.rules(table);
    let own = [Some(&rules.key), rules.stamps.created.as_ref(), rules.stamps.updated.as_ref()];
    let stays = |field: &str| {
        field.starts_with('_')
            || own.iter().flatten().any(|own| *own == field)
            || !call.provider.may_write(call.operation, field)
    };
    let mut record = before.clone();
    record.retain(|field, _| stays(field));
    draft.retain(|field, _| !own.iter().flatten().any(|own| *own == field));
    record.extend(call.provider.completed(table, draft, call.session.dice.branch("samples")));
    store.replace(table, id, record, &call.moment()).map_err(Refusal::invalid)?;
    one(store, table, id, false)
}

fn update(call: &Call<'_>, store: &mut Store) -> Result<Outcome, Refusal> {
    if is_to_be_made(call, store) {
        return make(call, store);
    }
    let (id, record) = picked(call, &store.reader())?;
    if let Some(value) = patch::applied(call, &record)? {
        return overwrite(call, store, (&id, &record), permitted(call, Some(&value)));
    }
    let mut patch = draft(call);
    patch::merged(call, &record, &mut patch);
    for (field, value) in patch.iter_mut().filter(|(_, value)| value.is_array()) {
        let own = record.get(field).unwrap_or(&Value::Null);
        match call.binding.combine {
            Combine::Replace => {}
            Combine::Add => *value = united(own, value),
            Combine::Remove => *value = without(own, value),
        }
    }
    change(call, store, &id, patch)
}

fn change(call: &Call<'_>, store: &mut Store, id: &Id, mut patch: Record) -> Result<Outcome, Refusal> {
    let table = call.binding.table;
    is_for_the_caller(call, store, id)?;
    patch.remove(&store.rules(table).key);
    let written = written(call, &patch);
    store.update(table, id, patch, &call.moment()).map_err(Refusal::invalid)?;
    enrol(call, store, id, written)?;
    one(store, table, id, false)
}

/// Whether a record is one that the caller's role may write.
fn is_for_the_caller(call: &Call<'_>, store: &Store, id: &Id) -> Result<(), Refusal> {
    let table = call.binding.table;
    let (Some(caller), Some(record)) = (&call.caller, store.table(table).get(id)) else { return Ok(()) };
    let mut rules = call.resource().writes.iter().filter(|(role, ..)| role == caller.role());
    let holds = rules.all(|(_, path, value)| store.look_up(table, record, path).as_ref() == Some(value));
    if holds { Ok(()) } else { Err(Refusal::new(Kind::Forbidden)) }
}

/// What a draft says for fields whose values stand in another collection.
fn written<'a>(call: &Call<'a>, draft: &Record) -> Vec<(&'a Lookup, Value)> {
    let lookups = call.resource().lookups.iter().filter(|(_, lookup)| lookup.writes);
    let given = lookups.filter_map(|(field, lookup)| Some((lookup, draft.get(field)?.clone())));
    given.filter(|(_, value)| !value.is_null()).collect()
}

/// Makes the records of the other collection that say what a draft has said, or marks those that are there.
fn enrol(call: &Call<'_>, store: &mut Store, id: &Id, written: Vec<(&Lookup, Value)>) -> Result<(), Refusal> {
    for (lookup, value) in written {
        let mut own: Record = [(&lookup.by, id.value()), (&lookup.take, value)].into_iter().collect();
        let same = |row: &Record| own.iter().all(|(field, value)| row.get(field) == Some(value));
        let there = store.table(lookup.table).iter().find(|(_, row)| same(row)).map(|(id, _)| id.clone());
        let marks = lookup.fields.iter().cloned();
        match there {
            Some(there) => store.update(lookup.table, &there, marks.collect(), &call.moment()),
            None => {
                own.extend(marks);
                store.create(lookup.table, own, &call.moment()).map(drop)
            }
        }
        .map_err(Refusal::invalid)?;
    }
    Ok(())
}

fn delete(call: &Call<'_>, store: &mut Store) -> Result<Outcome, Refusal> {
    let (id, record) = picked(call, &store.reader())?;
    let gone = take_out(call, store, &id)?;
    Ok(match call.binding.then {
        Then::Removed => Outcome::One { table: call.binding.table, record, created: false },
        Then::Outcome | Then::List => gone,
    })
}

fn take_out(call: &Call<'_>, store: &mut Store, id: &Id) -> Result<Outcome, Refusal> {
    is_for_the_caller(call, store, id)?;
    store.remove(call.binding.table, id, &call.moment()).map_err(Refusal::invalid)?;
    Ok(Outcome::Nothing)
}

fn upsert(call: &Call<'_>, store: &mut Store, by: &[String]) -> Result<Outcome, Refusal> {
    let mut draft = draft(call);
    let table = call.binding.table;
    let found = by.iter().find_map(|field| find(&store.reader(), table, field, draft.get(field)?));
    match found {
        Some(id) => change(call, store, &id, draft),
        None => {
            draft.remove(&store.rules(table).key);
            let id = add(call, store, draft)?;
            one(store, table, &id, true)
        }
    }
}

/// Shows a record that is older each time it is shown.
fn show_older(call: &Call<'_>, store: &mut Store) -> Result<Outcome, Refusal> {
    let (id, record) = picked(call, &store.reader())?;
    let reads = record.get(READS).and_then(Value::as_u64).unwrap_or(0) + 1;
    store.set_field(call.binding.table, &id, READS, reads.into());
    one(store, call.binding.table, &id, false)
}

/// Where a record keeps how many times it was shown. Fields that begin with `_` are never shown themselves.
pub(super) const READS: &str = "_reads";

fn ages(call: &Call<'_>) -> bool {
    call.resource().lifecycle.as_ref().is_some_and(|lifecycle| lifecycle.advance == Advance::Reads)
}

fn one(store: &Store, table: TableIndex, id: &Id, created: bool) -> Result<Outcome, Refusal> {
    let record = store.table(table).get(id).cloned().ok_or_else(|| Refusal::new(Kind::NotFound))?;
    Ok(Outcome::One { table, record, created })
}

/// The record that the call is about.
fn picked(call: &Call<'_>, reader: &Reader<'_>) -> Result<(Id, Arc<Record>), Refusal> {
    let table = call.binding.table;
    let mut conditions = within(call, reader);
    for (field, input) in &call.binding.pick {
        let value = reader.rules(table).meant(field, call.input(input).unwrap_or_default());
        conditions.push(Condition::new(field, Test::Equals(value)));
    }
    let sight = sight(call);
    let is_limited = sight.is_some();
    conditions.extend(sight);
    reader.select(table, &conditions).into_iter().next().ok_or_else(|| match (is_limited, call.binding.pick.first()) {
        // Whether there is such a record is not for everyone to know.
        (true, _) => Refusal::new(Kind::Hidden),
        (false, Some((_, input))) => not_found(call.input(input)),
        (false, None) => Refusal::new(Kind::NotFound),
    })
}

fn not_found(id: Option<Value>) -> Refusal {
    Refusal::new(Kind::NotFound).fact("id", id.unwrap_or_default())
}

/// What records must be for the caller to see them; nothing where everyone may be seen.
fn sight(call: &Call<'_>) -> Option<Condition> {
    let role = call.caller.as_ref()?.role();
    let sees = call.resource().sees.iter().find(|sees| sees.role == role)?;
    let mut values = Vec::new();
    for value in sees.among.iter().filter_map(|input| call.input(input)) {
        match value {
            Value::Array(items) => values.extend(items),
            Value::Null => {}
            one => values.push(one),
        }
    }
    Some(Condition::new(&sees.field, Test::In(values)))
}

/// Whether the caller sees nothing, and there is an answer for that.
fn is_unseen(call: &Call<'_>) -> bool {
    let sees_nothing = |sight: Condition| matches!(sight.test, Test::In(values) if values.is_empty());
    call.binding.unseen.is_some() && sight(call).is_some_and(sees_nothing)
}

/// Words are no keys where keys are numbers.
fn keys_are_sound(call: &Call<'_>, input: &Input, field: &str, values: &[Value]) -> Result<(), Refusal> {
    let rules = &call.resource().rules;
    let numbers = field == rules.key && matches!(rules.id, IdRule::Sequence { .. });
    if !numbers || values.iter().all(|value| matches!(Id::of(value), Some(Id::Number(_)))) {
        return Ok(());
    }
    Err(no(call, "integer", name(input)))
}

/// A value of a type is wanted where something else was given.
fn no(call: &Call<'_>, wanted: &str, field: String) -> Refusal {
    let expected = call.provider.pack.phrases.types.get(wanted).cloned().unwrap_or_else(|| format!("must be {wanted}"));
    Refusal::new(Kind::InvalidAttribute).fact("field", field).fact("expected", expected)
}

/// The record that has a value in a field that tells records apart.
fn find(reader: &Reader<'_>, table: TableIndex, field: &str, value: &Value) -> Option<Id> {
    let rules = reader.rules(table);
    if value.is_null() {
        return None;
    }
    if field == rules.key {
        return Id::of(value).filter(|id| reader.table(table).get(id).is_some());
    }
    let word = if rules.stringify.iter().any(|known| known == field) {
        super::call::text(value).into()
    } else {
        value.clone()
    };
    reader.table(table).find(rules, field, &word).cloned()
}

/// The record that the body asks for, with what the caller may not set left out.
fn draft(call: &Call<'_>) -> Record {
    let body = match &call.binding.draft {
        Input::Body(path) => call.body(path),
        _ => None,
    };
    permitted(call, body)
}

fn permitted(call: &Call<'_>, body: Option<&Value>) -> Record {
    let mut draft = Record::from(body.and_then(Value::as_object).cloned().unwrap_or_default());
    let resource = call.resource();
    draft.retain(|field, _| call.provider.may_write(call.operation, field));
    draft.retain(|field, _| !field.starts_with('_') && !resource.computed.iter().any(|(name, _)| name == field));
    if let Some(only) = call.caller.as_ref().and_then(|caller| call.binding.allow.only(caller.role())) {
        draft.retain(|field, _| only.iter().any(|allowed| allowed == field));
    }
    for (field, input) in &call.binding.set {
        // A list in the query may be written as `name[]`.
        if let Some(value) = call.input(input).or_else(|| call.list(input).map(Value::Array)) {
            draft.insert(field, value);
        }
    }
    draft.extend(call.binding.constants.iter().cloned());
    draft
}

/// The conditions that always hold.
fn within(call: &Call<'_>, reader: &Reader<'_>) -> Vec<Condition> {
    let conditions = call.binding.within.iter().map(|within| {
        let test = match &within.matches {
            Match::Input(input) => Test::Equals(call.input(input).unwrap_or_default()),
            Match::Constant(value) => Test::Equals(value.clone()),
            Match::Through { table, take, by, input } => {
                let wanted = Test::Equals(call.input(input).unwrap_or_default());
                let condition = Condition::new(by, wanted);
                let rows = reader.select(*table, &[condition]);
                Test::In(rows.iter().filter_map(|(_, row)| row.get(take).cloned()).collect())
            }
        };
        Condition::new(&within.field, test)
    });
    conditions.chain(young_enough(call)).collect()
}

/// Records that can be seen for a while only were made no longer ago than that.
fn young_enough(call: &Call<'_>) -> Option<Condition> {
    let keeps = call.resource().lifecycle.as_ref()?.keeps?;
    let path = call.resource().rules.stamps.created.clone()?;
    let oldest = call.session.clock.now().checked_sub(keeps).ok()?;
    let oldest = super::shape::written(oldest, &call.provider.pack.conventions.time);
    Some(Condition::new(path, Test::AtLeast(oldest.into())))
}

fn inputs_are_given(call: &Call<'_>) -> Result<(), Refusal> {
    if let Some(missing) = call.binding.needs.iter().find(|input| !call.given(input)) {
        return Err(missing_input(call, missing));
    }
    let one_of = &call.binding.exactly_one;
    match one_of.iter().filter(|input| call.given(input)).count() {
        _ if one_of.is_empty() => Ok(()),
        1 => Ok(()),
        0 => Err(missing_input(call, &one_of[0])),
        _ => {
            let names: Vec<String> = one_of.iter().map(name).collect();
            Err(Refusal::new(Kind::InvalidQuery)
                .fact("field", names.join(" and "))
                .fact("expected", "exclude each other"))
        }
    }
}

fn missing_input(call: &Call<'_>, input: &Input) -> Refusal {
    let expected = call.provider.pack.phrases.types.get("present").cloned().unwrap_or_else(|| "is missing".into());
    Refusal::new(Kind::InvalidQuery).fact("field", name(input)).fact("expected", expected)
}

/// An input as providers name it.
fn name(input: &Input) -> String {
    match input {
        Input::Path(name) | Input::Query(name) | Input::Header(name) | Input::Caller(name) => {
            super::check::attribute(name)
        }
        Input::Body(path) => path.join("."),
        Input::Either(inputs) => inputs.first().map(name).unwrap_or_default(),
    }
}

/// A template's value over a record, its call, and some names more.
fn shaped(call: &Call<'_>, shape: &crate::pack::Shape, extra: &Map<String, Value>) -> Value {
    shape.value(&Scope::of(call).with(extra))
}
