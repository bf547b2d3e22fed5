//! Relations seen from the other side: lists of the records that name this one, names in place of ids, and changes that count
//! for two records.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use super::write::{Refused, stamp};
use super::{Id, Listed, Moment, Reader, Record, Resolve, Store, TableIndex, fold};
use crate::refusal::{Flaw, Problem};

/// For each list of a table, by the place of its rule: which records name which. Made once for a reader.
pub(super) type Indexes = HashMap<(TableIndex, usize), Arc<HashMap<Id, Vec<Id>>>>;

/// What a draft says of the lists of its record.
pub(super) type Lists = Vec<(Listed, Vec<Id>)>;

impl Reader<'_> {
    /// The end of a path that starts with a list of records that name this one.
    pub(super) fn look_up_list(&self, table: TableIndex, record: &Record, path: &str) -> Option<Value> {
        let rules = self.rules(table);
        if rules.lists.is_empty() {
            return None;
        }
        let (field, rest) = path.split_once('.').unwrap_or((path, ""));
        let place = rules.lists.iter().position(|list| list.field == field)?;
        let own = record.get(&rules.key).and_then(Id::of);
        let listed = own.and_then(|own| self.index(table, place).get(&own).cloned()).unwrap_or_default();
        Some(match rest {
            "" => listed.iter().map(Id::value).collect(),
            rest => self.over(rules.lists[place].table, listed.into_iter(), rest),
        })
    }

    /// The ends of a path over each of some records.
    pub(super) fn over(&self, table: TableIndex, ids: impl Iterator<Item = Id>, path: &str) -> Value {
        let rows = ids.filter_map(|id| self.table(table).get(&id));
        rows.filter_map(|row| self.look_up(table, row, path)).collect()
    }

    fn index(&self, table: TableIndex, place: usize) -> Arc<HashMap<Id, Vec<Id>>> {
        if let Some(index) = self.lists.borrow().get(&(table, place)) {
            return Arc::clone(index);
        }
        let list = &self.rules(table).lists[place];
        let mut rows = self.select(list.table, &[]);
        self.sort(list.table, &mut rows, &list.order);
        let mut index: HashMap<Id, Vec<Id>> = HashMap::new();
        for (id, row) in rows {
            for named in row.get(&list.of).into_iter().flat_map(ids) {
                index.entry(named).or_default().push(id.clone());
            }
        }
        let index = Arc::new(index);
        self.lists.borrow_mut().insert((table, place), Arc::clone(&index));
        index
    }
}

impl Store {
    /// Takes out of a draft what it says of records in other tables: names become ids, and lists are set aside.
    ///
    /// # Errors
    /// Records that are named and do not exist.
    pub(super) fn take_lists(&self, table: TableIndex, draft: &mut Record) -> Result<Lists, Refused> {
        let rules = self.rules(table);
        for resolve in &rules.resolves {
            let Some(value) = draft.remove(&resolve.field).filter(|value| !value.is_null()) else { continue };
            let many = rules.lists.iter().any(|list| list.field == resolve.to)
                || rules.defaults.get(&resolve.to).is_some_and(Value::is_array);
            draft.insert(&resolve.to, self.resolved(resolve, &value, many)?);
        }
        let mut lists = Lists::new();
        for list in &rules.lists {
            let Some(value) = draft.remove(&list.field).filter(|value| !value.is_null()) else { continue };
            let known = |id: &Id| self.table(list.table).get(id).is_some();
            match elements(&value).iter().find(|value| !Id::of(value).is_some_and(|id| known(&id))) {
                Some(unknown) => return Err(vec![Problem::new(list.field.clone(), Flaw::Unknown, unknown.clone())]),
                None => lists.push((list.clone(), ids(&value).collect())),
            }
        }
        Ok(lists)
    }

    /// The ids of the records that are named: a list where one is kept, else one id.
    fn resolved(&self, resolve: &Resolve, value: &Value, many: bool) -> Result<Value, Refused> {
        let problem = |flaw, value: &Value| vec![Problem::new(resolve.field.clone(), flaw, value.clone())];
        if value.is_array() && !many {
            return Err(problem(Flaw::Format, value));
        }
        let mut found = Vec::new();
        for name in elements(value).into_iter().filter(|name| !name.is_null()) {
            let Value::String(text) = &name else { return Err(problem(Flaw::Format, &name)) };
            if text.trim().is_empty() {
                continue;
            }
            found.push(self.named(resolve, text.trim()).ok_or_else(|| problem(Flaw::Unknown, &name))?);
        }
        Ok(if many { found.into() } else { found.pop().unwrap_or_default() })
    }

    fn named(&self, resolve: &Resolve, name: &str) -> Option<Value> {
        let wanted = fold(name);
        let fits =
            |row: &Record, field: &str| row.get(field).and_then(Value::as_str).is_some_and(|own| fold(own) == wanted);
        let rows = || self.table(resolve.table).iter();
        resolve.by.iter().find_map(|field| rows().find(|(_, row)| fits(row, field)).map(|(id, _)| id.value()))
    }

    /// Makes the records of another table name this one as its lists say, and no others. The same ones are no change.
    ///
    /// # Errors
    /// What is wrong with one of those as it would be.
    pub(super) fn enlist(&mut self, id: &Id, lists: Lists, moment: &Moment<'_>) -> Result<(), Refused> {
        for (list, wanted) in lists {
            let wanted: BTreeSet<Id> = wanted.into_iter().collect();
            let rows = self.table(list.table).iter();
            let naming =
                rows.filter(|(_, row)| row.get(&list.of).is_some_and(|value| ids(value).any(|one| one == *id)));
            let now: BTreeSet<Id> = naming.map(|(id, _)| id.clone()).collect();
            for (other, value) in now
                .difference(&wanted)
                .map(|other| (other, Value::Null))
                .chain(wanted.difference(&now).map(|other| (other, id.value())))
            {
                let patch = Record::from_iter([(list.of.clone(), value)]);
                self.update(list.table, other, patch, moment)?;
            }
        }
        Ok(())
    }

    /// Moves the time of change of the records that this one named before or names now, where such a change counts for them.
    pub(super) fn touch(
        &mut self,
        table: TableIndex,
        before: Option<&Record>,
        after: Option<&Record>,
        moment: &Moment<'_>,
    ) {
        let rules = Arc::clone(&self.rules);
        for refers in rules[table].refers.iter().filter(|refers| refers.touch) {
            let named = |record: Option<&Record>| -> BTreeSet<Id> {
                record.and_then(|record| record.get(&refers.field)).into_iter().flat_map(ids).collect()
            };
            let (before, after) = (named(before), named(after));
            for id in before.symmetric_difference(&after) {
                let Some(mut record) = self.table(refers.table).get(id).map(|record| Record::clone(record)) else {
                    continue;
                };
                let stamps = &rules[refers.table].stamps;
                stamp(&mut record, &stamps.updated, stamps.ticks, moment);
                self.put(refers.table, id.clone(), record);
            }
        }
    }
}

/// The ids in a value: one, or a list of them.
pub(super) fn ids(value: &Value) -> impl Iterator<Item = Id> + '_ {
    let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    items.iter().filter_map(Id::of)
}

/// Whether a value can name records: an id, or a list of nothing but ids.
pub(super) fn is_list_or_id(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(|item| Id::of(item).is_some()),
        one => Id::of(one).is_some(),
    }
}

/// A list without an id; nothing where it was the only one.
pub(super) fn without(value: &Value, gone: &Id) -> Option<Value> {
    let items = value.as_array()?.iter().filter(|item| Id::of(item).as_ref() != Some(gone));
    Some(items.cloned().collect())
}

fn elements(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}
