//! What a record must have to be shown, made by the document where nobody gave it; and the records that the document's examples
//! show.

use serde_json::{Map, Value};

use super::Provider;
use crate::contract::{Operation, Wish};
use crate::dice::Dice;
use crate::pack::{Act, Binding, Input};
use crate::store::{Id, Moment, Record, Store, TableIndex};

impl Provider {
    /// A draft with what the collection's `fill` asks for and it lacks. Ids and times are made elsewhere.
    pub(super) fn completed(&self, table: TableIndex, mut draft: Record, dice: Dice) -> Record {
        let resource = &self.pack.resources[table];
        let Some(operation) = resource.fill.and_then(|index| self.contract.operations().get(index)) else {
            return draft;
        };
        let rules = &resource.rules;
        let mut shown = draft.clone();
        shown.retain(|field, _| !field.starts_with('_'));
        for (field, default) in rules.defaults.iter() {
            shown.get_or_insert_with(field, || default.clone());
        }
        let wish = Wish::usual(operation.success(), None, dice);
        let at = self.place_of_record(operation);
        let Some(Value::Object(full)) = self.contract.completed(operation, &wish, &at, &shown.to_value()) else {
            return draft;
        };
        let own = [Some(&rules.key), rules.stamps.created.as_ref(), rules.stamps.updated.as_ref()];
        let is_own = |field: &String| own.contains(&Some(field)) || resource.computed.iter().any(|(it, _)| it == field);
        let made = full.into_iter().filter(|(field, _)| !field.starts_with('_') && !is_own(field));
        supplement(&mut draft, made.collect());
        draft
    }

    /// The JSON pointer to the record in an operation's reply.
    fn place_of_record(&self, operation: &Operation) -> String {
        let Some(binding) = self.binding(operation) else { return String::new() };
        match (&binding.answer, &self.pack.resources[binding.table].one) {
            (Some(answer), _) => answer.place_of("record").unwrap_or_default(),
            (None, Some(key)) => format!("/{key}"),
            (None, None) => String::new(),
        }
    }

    /// Puts the records that the document's examples show into a store, as far as they can be told apart and have a place.
    pub fn seed_examples(&mut self, moment: &Moment<'_>) {
        let mut store = Store::clone(&self.seed);
        for operation in self.contract.operations() {
            let Some(binding) = self.binding(operation) else { continue };
            for record in self.shown_in_example(operation, binding) {
                let table = binding.table;
                let Some(record) = placed(&store, binding, record) else { continue };
                let key = &self.pack.resources[table].rules.key;
                if !key.starts_with('_') && record.get(key).and_then(Id::of).is_none() {
                    continue;
                }
                // What an earlier example has shown stays as it was shown there. What it lacks is made when it is shown: at the start,
                // no schema is compiled.
                let _ = store.seed(table, record, moment);
            }
        }
        self.seed = store.settled().into();
    }

    fn shown_in_example(&self, operation: &Operation, binding: &Binding) -> Vec<Record> {
        let resource = &self.pack.resources[binding.table];
        let (name, key) = match binding.act {
            Act::List => ("records", &resource.many),
            Act::Show | Act::Create => ("record", &resource.one),
            _ => return Vec::new(),
        };
        let Some(example) = self.contract.shown(operation, operation.success()) else { return Vec::new() };
        let at = match (&binding.answer, key) {
            (Some(answer), _) => answer.place_of(name),
            (None, key) => Some(key.as_ref().map(|key| format!("/{key}")).unwrap_or_default()),
        };
        match at.and_then(|at| example.pointer(&at).cloned()) {
            Some(Value::Array(items)) => items.into_iter().filter_map(object).collect(),
            Some(value) => object(value).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

/// A record where its parents are: those that it does not name are the first of their kind.
fn placed(store: &Store, binding: &Binding, mut record: Record) -> Option<Record> {
    let within = binding.within.iter().filter_map(|within| match &within.matches {
        crate::pack::Match::Input(input) => Some((&within.field, input)),
        _ => None,
    });
    let scope: Vec<(&String, &Input)> = within.chain(binding.set.iter().map(|(field, input)| (field, input))).collect();
    for (field, input) in scope {
        if record.contains_key(field) {
            continue;
        }
        let (table, _) = binding.parents.iter().find(|(_, parent)| parent == input)?;
        let (id, _) = store.table(*table).iter().next()?;
        record.insert(field, id.value());
    }
    Some(record)
}

fn object(value: Value) -> Option<Record> {
    match value {
        Value::Object(record) => Some(record.into()),
        _ => None,
    }
}

/// Adds what is not there, or null where that cannot be; within objects as well.
fn supplement(own: &mut Record, more: Map<String, Value>) {
    for (field, value) in more {
        match own.get_mut(&field) {
            Some(own) => supplement_value(own, value),
            None => own.insert(field, value),
        }
    }
}

fn supplement_value(own: &mut Value, more: Value) {
    match (own, more) {
        (Value::Object(own), Value::Object(more)) => {
            for (field, value) in more {
                supplement_value(own.entry(field).or_insert(Value::Null), value);
            }
        }
        (own @ Value::Null, value) => *own = value,
        _ => {}
    }
}
