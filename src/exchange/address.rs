//! Addresses that lead somewhere: a path with its variables filled in from the records there are.

use serde_json::Value;

use super::Provider;
use crate::contract::Operation;
use crate::message::encode;
use crate::pack::{Binding, Input, Match};
use crate::store::{Record, TableIndex};

impl Provider {
    /// An operation's path as it can be asked for; a variable for which no record has a value stays as it is.
    pub fn address(&self, operation: &Operation) -> String {
        let mut path = operation.path.clone();
        let Some(binding) = self.binding(operation) else { return path };
        for variable in &operation.variables {
            if let Some(value) = self.likely(binding, variable) {
                path = path.replace(&format!("{{{variable}}}"), &encode(&value));
            }
        }
        path
    }

    /// A value for a variable of the path: what the first record has there.
    fn likely(&self, binding: &Binding, variable: &str) -> Option<String> {
        let wanted = Input::Path(variable.to_owned());
        let picked =
            binding.pick.iter().find(|(_, input)| *input == wanted).map(|(field, _)| (binding.table, field.as_str()));
        let parent = binding.parents.iter().find(|(_, input)| *input == wanted).map(|(table, _)| (*table, "id"));
        let within = binding.within.iter().find_map(|within| match &within.matches {
            Match::Input(input) if *input == wanted => Some((binding.table, within.field.as_str())),
            Match::Through { table, by, input, .. } if *input == wanted => Some((*table, by.as_str())),
            _ => None,
        });
        let places = [within, picked, parent].into_iter().flatten();
        let mut values = places.filter_map(|(table, field)| self.first(table)?.get(field.split('|').next()?));
        values.find_map(|value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    fn first(&self, table: TableIndex) -> Option<&Record> {
        self.seed.table(table).iter().next().map(|(_, record)| &**record)
    }
}
