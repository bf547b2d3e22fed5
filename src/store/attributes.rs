//! Fields of a record's own kind: keys of an object that the records of another table define, with a type for each.

use regex::Regex;
use serde_json::Value;

use super::{Attributes, Record, Table};
use crate::refusal::{Flaw, Problem};

/// The records of the table of definitions that count, by position and id.
fn definitions<'a>(table: &'a Table, attributes: &'a Attributes) -> impl Iterator<Item = (&'a str, &'a Record)> {
    let active = |row: &Record| row.get(&attributes.active).and_then(Value::as_bool).unwrap_or(true);
    table
        .iter()
        .filter(move |(_, row)| active(row))
        .filter_map(|(_, row)| Some((row.get(&attributes.key)?.as_str()?, &**row)))
}

fn kind<'a>(definition: &'a Record, attributes: &Attributes) -> &'a str {
    definition.get(&attributes.kind).and_then(Value::as_str).unwrap_or_default()
}

/// Puts values into the form in which they are kept. A key that neither a definition nor the record knew is left out, once
/// there are definitions at all.
pub(super) fn admit(table: &Table, attributes: &Attributes, record: &mut Record, before: Option<&Record>) {
    let Some(Value::Object(values)) = record.get_mut(&attributes.field) else { return };
    if table.is_empty() {
        return;
    }
    let had = |key: &str| before.and_then(|before| before.get(&attributes.field)?.get(key)).is_some();
    values.retain(|key, _| had(key) || definitions(table, attributes).any(|(known, _)| known == key));
    for (key, definition) in definitions(table, attributes) {
        if let (Some(value), "date") = (values.get_mut(key), kind(definition, attributes))
            && let Some(date) = value.as_str().and_then(date)
        {
            *value = format!("{date}T00:00:00+00:00").into();
        }
    }
}

/// What is wrong with the values.
pub(super) fn check(table: &Table, attributes: &Attributes, record: &Record) -> Vec<Problem> {
    let Some(Value::Object(values)) = record.get(&attributes.field) else { return Vec::new() };
    let wrong = definitions(table, attributes).filter_map(|(key, definition)| {
        let value = values.get(key).filter(|value| !value.is_null())?;
        let flaw = flaw(kind(definition, attributes), value, definition, attributes)?;
        Some(Problem::new(key, flaw, value.clone()))
    });
    wrong.collect()
}

fn flaw(kind: &str, value: &Value, definition: &Record, attributes: &Attributes) -> Option<Flaw> {
    let sound = match kind {
        "checkbox" => value.is_boolean(),
        "integer" => value.as_i64().is_some(),
        "decimal" => value.is_number(),
        "date" => value.as_str().and_then(date).is_some(),
        "regexp" => value.as_str().is_some_and(|text| fits(text, definition.get(&attributes.pattern))),
        "text" | "textarea" => value.is_string(),
        "dropdown" if value == "" => true,
        "dropdown" => return (!is_option(value, definition, attributes)).then_some(Flaw::Option),
        "multiselect" => {
            let all =
                value.as_array().is_some_and(|values| values.iter().all(|one| is_option(one, definition, attributes)));
            return (!all).then_some(Flaw::Option);
        }
        _ => true,
    };
    (!sound).then_some(Flaw::Format)
}

fn is_option(value: &Value, definition: &Record, attributes: &Attributes) -> bool {
    let options = definition.get(&attributes.options).and_then(Value::as_array);
    options.into_iter().flatten().any(|option| option.get("value") == Some(value))
}

/// A pattern that cannot be compiled, or is too large, refuses nothing.
fn fits(text: &str, pattern: Option<&Value>) -> bool {
    let pattern = pattern.and_then(Value::as_str);
    pattern.and_then(|pattern| Regex::new(pattern).ok()).is_none_or(|pattern| pattern.is_match(text))
}

/// The day in a date or a time.
fn date(text: &str) -> Option<jiff::civil::Date> {
    let day = text.get(..10)?;
    let rest = &text[10..];
    (rest.is_empty() || rest.starts_with('T')).then(|| day.parse().ok()).flatten()
}

/// The attributes as they are shown: every active definition has its key.
pub(crate) fn shown(table: &Table, attributes: &Attributes, values: Option<&Value>) -> Value {
    let mut shown = values.and_then(Value::as_object).cloned().unwrap_or_default();
    for (key, definition) in definitions(table, attributes) {
        let unset = if kind(definition, attributes) == "checkbox" { Value::Bool(false) } else { Value::Null };
        let value = shown.entry(key.to_owned()).or_insert(Value::Null);
        if value.is_null() {
            *value = unset;
        }
    }
    Value::Object(shown)
}
