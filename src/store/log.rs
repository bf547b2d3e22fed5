//! Changes, written down as records of another table.

use std::sync::Arc;

use serde_json::Value;

use super::{Id, Moment, Record, Store, TableIndex};

impl Store {
    /// Writes down that a record was made, or each of its fields that changed.
    pub(super) fn log(
        &mut self,
        table: TableIndex,
        id: &Id,
        before: Option<&Record>,
        after: &Record,
        moment: &Moment<'_>,
    ) {
        let rules = Arc::clone(&self.rules);
        let Some(log) = &rules[table].log else { return };
        let mut entries = Vec::new();
        match before {
            None => entries.push(log.created.clone()),
            Some(before) => {
                let stamps = &rules[table].stamps;
                let stamped = [&stamps.updated, &stamps.updated_by].map(Option::as_deref);
                let changed = after.iter().filter(|(field, value)| {
                    before.get(field) != Some(value) && !stamped.contains(&Some(*field)) && !field.starts_with('_')
                });
                for (field, value) in changed {
                    let mut entry = log.updated.clone();
                    let [name, from, to] = &log.change;
                    entry.insert(name, field.into());
                    entry.insert(from, written(before.get(field)));
                    entry.insert(to, written(Some(value)));
                    entries.push(entry);
                }
            }
        }
        for mut entry in entries {
            entry.insert(&log.record, id.value());
            // A log has no rules that an entry could break.
            let _ = self.create(log.table, entry, moment);
        }
    }
}

/// A value as a log shows it: a text.
fn written(value: Option<&Value>) -> Value {
    match value {
        None | Some(Value::Null) => Value::Null,
        Some(Value::String(text)) => text.as_str().into(),
        Some(other) => other.to_string().into(),
    }
}
