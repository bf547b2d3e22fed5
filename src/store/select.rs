//! Choosing and ordering records.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::{Id, Reader, Record, TableIndex};

/// What a field of a record must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The field, or a path over a reference: `organization_id.name`. `id|key` may be either of the two.
    pub path: String,
    /// How it is compared.
    pub test: Test,
    /// Whether `A` and `a` are the same.
    pub fold_case: bool,
    /// Whether a record without the field, or with null in it, fits as well.
    pub or_none: bool,
}

/// How a field is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It equals this.
    Equals(Value),
    /// It equals one of these.
    In(Vec<Value>),
    /// It starts with this.
    Prefix(String),
    /// This stands somewhere in it.
    Contains(String),
    /// It comes after this.
    AtLeast(Value),
}

impl Condition {
    /// A condition that minds case, and that a record without the field does not meet.
    pub fn new(path: impl Into<String>, test: Test) -> Condition {
        Condition { path: path.into(), test, fold_case: false, or_none: false }
    }

    /// Whether a record fits.
    pub fn admits(&self, reader: &Reader<'_>, table: TableIndex, record: &Record) -> bool {
        let mut values = self.path.split('|').map(|path| reader.look_up(table, record, path));
        values.any(|value| match value {
            None | Some(Value::Null) if self.or_none => true,
            value => value.is_some_and(|value| self.fits(&value)),
        })
    }

    fn fits(&self, value: &Value) -> bool {
        // Of a list, one is enough.
        self.fits_one(value) || value.as_array().is_some_and(|items| items.iter().any(|item| self.fits_one(item)))
    }

    fn fits_one(&self, value: &Value) -> bool {
        match &self.test {
            Test::Equals(wanted) => self.same(value, wanted),
            Test::In(wanted) => wanted.iter().any(|wanted| self.same(value, wanted)),
            Test::Prefix(start) => self.text(value).is_some_and(|text| text.starts_with(&self.folded(start))),
            Test::Contains(part) => self.text(value).is_some_and(|text| text.contains(&self.folded(part))),
            Test::AtLeast(bound) => compare(value, bound) != Ordering::Less,
        }
    }

    /// The ids that it names, in order and each once, where it is about the key.
    fn ids(&self, key: &str) -> Option<BTreeSet<Id>> {
        match &self.test {
            _ if self.path != key => None,
            Test::Equals(value) => Some(Id::of(value).into_iter().collect()),
            Test::In(values) => Some(values.iter().filter_map(Id::of).collect()),
            _ => None,
        }
    }

    /// `5` and `"5"` are the same: queries carry words only.
    fn same(&self, value: &Value, wanted: &Value) -> bool {
        value == wanted || self.text(value).is_some_and(|text| self.text(wanted) == Some(text))
    }

    fn text(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(self.folded(text)),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    fn folded(&self, text: &str) -> String {
        if self.fold_case { fold(text) } else { text.to_owned() }
    }
}

/// One step of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The field, or a path over a reference.
    pub path: String,
    /// From the last to the first.
    pub descending: bool,
}

impl Order {
    /// Reads `name` or `-name`.
    pub fn parse(text: &str) -> Order {
        match text.strip_prefix('-') {
            Some(path) => Order { path: path.to_owned(), descending: true },
            None => Order { path: text.to_owned(), descending: false },
        }
    }
}

impl Reader<'_> {
    /// The records of a table that meet all conditions, by id.
    pub fn select(&self, table: TableIndex, conditions: &[Condition]) -> Vec<(Id, Arc<Record>)> {
        let admits = |row: &Record| conditions.iter().all(|condition| condition.admits(self, table, row));
        let named = conditions.iter().find_map(|condition| condition.ids(&self.rules(table).key));
        let rows = self.table(table);
        match named {
            // Where ids are named, there is nothing to search.
            Some(ids) => {
                let found = ids.into_iter().filter_map(|id| rows.get(&id).map(|row| (id, Arc::clone(row))));
                found.filter(|(_, row)| admits(row)).collect()
            }
            None => {
                let fitting = rows.iter().filter(|(_, row)| admits(row));
                fitting.map(|(id, row)| (id.clone(), Arc::clone(row))).collect()
            }
        }
    }

    /// Puts records into an order; equal ones stay by id. Words compare without case.
    pub fn sort(&self, table: TableIndex, rows: &mut [(Id, Arc<Record>)], order: &[Order]) {
        let key = self.rules(table).key.as_str();
        match order {
            [] => {}
            [only] if only.path == key && !only.descending => {}
            order => rows.sort_by_cached_key(|(_, row)| self.sort_key(table, row, order)),
        }
    }

    /// What a record is sorted by.
    pub fn sort_key(&self, table: TableIndex, row: &Record, order: &[Order]) -> Vec<Ranked> {
        let rank = |step: &Order| Ranked::of(self.look_up(table, row, &step.path).unwrap_or_default(), step.descending);
        order.iter().map(rank).collect()
    }
}

/// A value in the place it has in an order.
#[derive(Debug, Clone)]
pub struct Ranked {
    value: Value,
    descending: bool,
}

impl Ranked {
    /// A value in its place; words without case.
    pub fn of(value: Value, descending: bool) -> Ranked {
        let value = match value {
            Value::String(text) => Value::String(fold(&text)),
            other => other,
        };
        Ranked { value, descending }
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Ranked) -> Ordering {
        let ascending = compare(&self.value, &other.value);
        if self.descending { ascending.reverse() } else { ascending }
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Ranked) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Ranked) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

/// Null, false, true, numbers, words, in this order; what has no order is equal.
fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => left.as_f64().unwrap_or(0.0).total_cmp(&right.as_f64().unwrap_or(0.0)),
        },
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        _ => rank(left).cmp(&rank(right)),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

/// A word as it is compared without case.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}
