//! The fields of one thing. A record that was changed shares with the one before all that stayed as it was.

use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde_json::{Map, Value};

/// The fields of one thing, in the order in which they are shown.
///
/// ```
/// use counterpart::store::Record;
/// let mut record: Record = [("name", "Rex".into())].into_iter().collect();
/// record.insert("age", 7.into());
/// assert_eq!(record.get("age"), Some(&7.into()));
/// assert_eq!(record.to_value().to_string(), r#"{"name":"Rex","age":7}"#);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    fields: IndexMap<Arc<str>, Arc<Value>, RandomState>,
}

impl Record {
    /// No fields.
    pub fn new() -> Record {
        Record::default()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The value of a field.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.fields.get(field).map(|value| &**value)
    }

    /// The value of a field, to be changed. Records that share it keep the one they have.
    pub fn get_mut(&mut self, field: &str) -> Option<&mut Value> {
        self.fields.get_mut(field).map(Arc::make_mut)
    }

    /// Whether there is a field of this name.
    pub fn contains_key(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    /// Sets a field: in its place, or behind the others.
    pub fn insert(&mut self, field: impl AsRef<str>, value: Value) {
        match self.fields.get_mut(field.as_ref()) {
            Some(place) => *place = Arc::new(value),
            None => drop(self.fields.insert(field.as_ref().into(), Arc::new(value))),
        }
    }

    /// Sets a field to the very value that it has in another record, if it has one.
    pub(super) fn adopt(&mut self, field: &str, other: &Record) {
        if let Some((field, value)) = other.fields.get_key_value(field) {
            self.fields.insert(Arc::clone(field), Arc::clone(value));
        }
    }

    /// The value of a field, to be changed, set first where it is not there.
    pub fn get_or_insert_with(&mut self, field: &str, value: impl FnOnce() -> Value) -> &mut Value {
        Arc::make_mut(self.fields.entry(field.into()).or_insert_with(|| Arc::new(value())))
    }

    /// The fields with their values, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.fields.iter_mut().map(|(field, value)| (&**field, Arc::make_mut(value)))
    }

    /// Takes a field out; the others stay in their order.
    pub fn remove(&mut self, field: &str) -> Option<Value> {
        self.fields.shift_remove(field).map(Arc::unwrap_or_clone)
    }

    /// Keeps the fields that are wanted.
    pub fn retain(&mut self, wanted: impl Fn(&str, &Value) -> bool) {
        self.fields.retain(|field, value| wanted(field, value));
    }

    /// The names of the fields.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(|field| &**field)
    }

    /// The fields with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields.iter().map(|(field, value)| (&**field, &**value))
    }

    /// The fields in an order, then the others as they came.
    #[must_use]
    pub(super) fn ordered(mut self, order: &[String]) -> Record {
        if !order.iter().map(String::as_str).eq(self.keys()) {
            let place = |field: &str| order.iter().position(|known| known == field).unwrap_or(order.len());
            self.fields.sort_by_cached_key(|field, _| place(field));
        }
        self.fields.shrink_to_fit();
        self
    }

    /// The fields as an object.
    pub fn to_map(&self) -> Map<String, Value> {
        self.iter().map(|(field, value)| (field.to_owned(), value.clone())).collect()
    }

    /// The fields as an object.
    pub fn to_value(&self) -> Value {
        Value::Object(self.to_map())
    }
}

impl IntoIterator for Record {
    type Item = (Arc<str>, Value);
    type IntoIter =
        std::iter::Map<indexmap::map::IntoIter<Arc<str>, Arc<Value>>, fn((Arc<str>, Arc<Value>)) -> Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.into_iter().map(|(field, value)| (field, Arc::unwrap_or_clone(value)))
    }
}

impl From<Map<String, Value>> for Record {
    fn from(map: Map<String, Value>) -> Record {
        map.into_iter().collect()
    }
}

impl<F: AsRef<str>> FromIterator<(F, Value)> for Record {
    fn from_iter<I: IntoIterator<Item = (F, Value)>>(fields: I) -> Record {
        let mut record = Record::new();
        record.extend(fields);
        record
    }
}

impl<F: AsRef<str>> Extend<(F, Value)> for Record {
    fn extend<I: IntoIterator<Item = (F, Value)>>(&mut self, fields: I) {
        fields.into_iter().for_each(|(field, value)| self.insert(field, value));
    }
}
