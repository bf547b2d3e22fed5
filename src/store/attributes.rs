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
        if let (Some(value), "date", true) = (values.get_mut(key), kind(definition, attributes), attributes.long_dates)
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
    let pattern = definition.get(&attributes.pattern).and_then(Value::as_str);
    let sound = match kind {
        "checkbox" => value.is_boolean(),
        "integer" => value.as_i64().is_some(),
        "decimal" => value.is_number(),
        "date" => value.as_str().and_then(date).is_some(),
        "regexp" => value.as_str().is_some_and(|text| pattern.is_none_or(|pattern| fits(text, pattern))),
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
pub(crate) fn fits(text: &str, pattern: &str) -> bool {
    Regex::new(pattern).ok().is_none_or(|pattern| pattern.is_match(text))
}

/// A record's values without what its definition no longer offers: null in place of an option that is gone, and lists without
/// such options. None where all of them are still offered.
pub(super) fn pruned(attributes: &Attributes, definition: &Record, record: &Record) -> Option<Value> {
    let key = definition.get(&attributes.key)?.as_str()?;
    let values = record.get(&attributes.field)?.as_object()?;
    let value = values.get(key)?;
    let offered = |value: &Value| is_option(value, definition, attributes);
    let pruned = match (kind(definition, attributes), value) {
        ("dropdown", Value::String(text)) if !text.is_empty() && !offered(value) => Value::Null,
        ("multiselect", Value::Array(chosen)) if !chosen.iter().all(offered) => {
            chosen.iter().filter(|value| offered(value)).cloned().collect()
        }
        _ => return None,
    };
    let mut values = values.clone();
    values.insert(key.to_owned(), pruned);
    Some(Value::Object(values))
}

/// Whether a text can be compiled as a regular expression; else why not.
pub(crate) fn pattern(text: &str) -> Result<(), String> {
    Regex::new(text).map(drop).map_err(|error| error.to_string())
}

/// The day in a date or a time.
fn date(text: &str) -> Option<jiff::civil::Date> {
    let day = text.get(..10)?;
    let rest = &text[10..];
    (rest.is_empty() || rest.starts_with('T')).then(|| day.parse().ok()).flatten()
}

/// The keys of definitions that are switched off.
fn inactive<'a>(table: &'a Table, attributes: &'a Attributes) -> impl Iterator<Item = &'a str> {
    let off = |row: &Record| row.get(&attributes.active).and_then(Value::as_bool) == Some(false);
    table.iter().filter(move |(_, row)| off(row)).filter_map(|(_, row)| row.get(&attributes.key)?.as_str())
}

/// The attributes as they are shown: every active definition has its key, and none that is switched off.
/// A record that never had any shows null where nothing is defined.
pub(crate) fn shown(table: &Table, attributes: &Attributes, values: Option<&Value>) -> Value {
    if table.is_empty() && values.is_none_or(Value::is_null) {
        return Value::Null;
    }
    let mut shown = values.and_then(Value::as_object).cloned().unwrap_or_default();
    for key in inactive(table, attributes) {
        shown.shift_remove(key);
    }
    for (key, definition) in definitions(table, attributes) {
        let unset = if kind(definition, attributes) == "checkbox" { Value::Bool(false) } else { Value::Null };
        let value = shown.entry(key.to_owned()).or_insert(Value::Null);
        if value.is_null() {
            *value = unset;
        }
    }
    Value::Object(shown)
}
