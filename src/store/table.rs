//! One table: records by id, and an index for each of its unique rules.

use std::sync::Arc;

use serde_json::Value;

use super::layered::Layered;
use super::{Id, Record, Rules, Unique, fold};

/// Records of one kind.
#[derive(Debug, Clone)]
pub struct Table {
    rows: Layered<Id, Arc<Record>>,
    /// Records that are gone but may still be asked for.
    removed: Layered<Id, Arc<Record>>,
    /// For each unique rule: whose the values are.
    owners: Vec<Layered<Arc<str>, Id>>,
    highest: i64,
    made: u64,
    version: u64,
}

impl Table {
    pub(super) fn new(rules: &Rules) -> Table {
        Table {
            rows: Layered::default(),
            removed: Layered::default(),
            owners: vec![Layered::default(); rules.unique.len()],
            highest: 0,
            made: 0,
            version: 0,
        }
    }

    /// The record with an id.
    pub fn get(&self, id: &Id) -> Option<&Arc<Record>> {
        self.rows.get(id)
    }

    /// All records, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &Arc<Record>)> {
        self.rows.iter()
    }

    /// Records whose id is above one, by id.
    pub fn after(&self, id: &Id) -> impl Iterator<Item = (&Id, &Arc<Record>)> {
        self.rows.after(id)
    }

    /// Records that are gone, where the table keeps them, by id.
    pub fn removed(&self) -> impl Iterator<Item = (&Id, &Arc<Record>)> {
        self.removed.iter()
    }

    pub(super) fn bury(&mut self, id: Id, record: Record) {
        self.removed.insert(id, Arc::new(record));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 0
    }

    /// A number that changes with every write.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether nothing was written since both were the same table.
    pub(super) fn is_as(&self, other: &Table) -> bool {
        let numbers = |table: &Table| (table.highest, table.made);
        self.rows.is_as(&other.rows) && self.removed.is_as(&other.removed) && numbers(self) == numbers(other)
    }

    /// Makes what was written a part of what copies share.
    pub(super) fn settle(&mut self) {
        self.rows.settle();
        self.removed.settle();
        self.owners.iter_mut().for_each(Layered::settle);
    }

    /// Makes what was kept of earlier versions out of date.
    pub(super) fn outdate(&mut self, version: u64) {
        self.version = version;
    }

    /// Whose a unique value is.
    pub(super) fn owner(&self, rule: usize, key: &str) -> Option<&Id> {
        self.owners[rule].get(key)
    }

    /// The record that has a value under a unique rule of one field.
    pub fn find(&self, rules: &Rules, field: &str, value: &Value) -> Option<&Id> {
        let rule = rules.unique.iter().position(|unique| unique.fields == [field])?;
        let unique = &rules.unique[rule];
        self.owner(rule, &part(unique, value)?)
    }

    /// Counts the records that were ever made, for ids that come from the dice.
    pub(super) fn next_made(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// The number after the highest that was ever given.
    pub(super) fn next_number(&mut self, start: i64) -> i64 {
        self.highest = self.highest.saturating_add(1).max(start);
        self.highest
    }

    pub(super) fn put(&mut self, rules: &Rules, id: Id, record: Record) {
        let before = self.rows.get(&id).cloned();
        for (rule, unique) in rules.unique.iter().enumerate() {
            let (now, then) = (unique_key(unique, &record), before.as_ref().and_then(|it| unique_key(unique, it)));
            if now == then {
                continue;
            }
            if let Some(key) = then {
                self.owners[rule].remove(key.as_str());
            }
            if let Some(key) = now {
                self.owners[rule].insert(key.into(), id.clone());
            }
        }
        if let Id::Number(number) = id {
            self.highest = self.highest.max(number);
        }
        self.rows.insert(id, Arc::new(record));
        self.version += 1;
    }

    pub(super) fn take(&mut self, rules: &Rules, id: &Id) -> Option<Arc<Record>> {
        let record = self.rows.remove(id)?;
        self.disown(rules, &record);
        self.version += 1;
        Some(record)
    }

    fn disown(&mut self, rules: &Rules, record: &Record) {
        for (rule, unique) in rules.unique.iter().enumerate() {
            if let Some(key) = unique_key(unique, record) {
                self.owners[rule].remove(key.as_str());
            }
        }
    }
}

/// What a record occupies under a unique rule; nothing where one of the fields is null or missing.
pub(super) fn unique_key(unique: &Unique, record: &Record) -> Option<String> {
    let parts: Option<Vec<String>> = unique.fields.iter().map(|field| part(unique, at(record, field)?)).collect();
    parts.map(|parts| parts.join("\u{0}"))
}

/// The value of a field, or of one within a field: `metadata.name`.
fn at<'r>(record: &'r Record, field: &str) -> Option<&'r Value> {
    let within = || field.split_once('.').and_then(|(field, rest)| within(record.get(field)?, rest));
    record.get(field).or_else(within)
}

fn within<'v>(value: &'v Value, field: &str) -> Option<&'v Value> {
    let deeper = || field.split_once('.').and_then(|(field, rest)| within(value.get(field)?, rest));
    value.get(field).or_else(deeper)
}

fn part(unique: &Unique, value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if unique.fold_case => Some(fold(text)),
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
