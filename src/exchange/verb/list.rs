//! Lists: which records, in which order, and which page of them.

use std::sync::Arc;

use serde_json::Value;

use super::page::Slice;
use super::{Outcome, within};
use crate::exchange::call::{Call, text};
use crate::pack::{Comparison, Filter, Input, Way, WayIndex};
use crate::refusal::{Kind, Refusal};
use crate::store::{Condition, Id, Reader, Record, Test};

pub(in crate::exchange) use super::page::Page;

/// Chosen records with their ids.
pub(super) type Rows = Vec<(Id, Arc<Record>)>;

pub(super) fn list(call: &Call<'_>, reader: &Reader<'_>) -> Result<Outcome, Refusal> {
    let table = call.binding.table;
    let (rows, page) = match way(call)? {
        None => {
            let mut rows = rows(call, reader)?;
            reader.sort(table, &mut rows, call.binding.order.as_deref().unwrap_or_default());
            (rows, None)
        }
        Some(way) => {
            let Slice { rows, page } = super::page::cut(call, reader, way)?;
            (rows, Some(page))
        }
    };
    Ok(Outcome::Many { table, rows: rows.into_iter().map(|(_, row)| row).collect(), page })
}

/// Every record that the call speaks of, by id.
pub(super) fn rows(call: &Call<'_>, reader: &Reader<'_>) -> Result<Rows, Refusal> {
    let table = call.binding.table;
    let mut conditions = conditions(call, reader)?;
    let rows = reader.select(table, &conditions);
    let mut wider = false;
    for (upto, to, filter) in call.binding.filter.iter().filter_map(|filter| {
        let (upto, to) = filter.widen.as_ref()?;
        Some((*upto, to, filter))
    }) {
        if let Some(condition) = conditions.iter_mut().find(|one| rows.len() <= upto && one.path == filter.field) {
            condition.path = format!("{}|{to}", filter.field);
            wider = true;
        }
    }
    Ok(if wider { reader.select(table, &conditions) } else { rows })
}

/// What the records must be.
pub(super) fn conditions(call: &Call<'_>, reader: &Reader<'_>) -> Result<Vec<Condition>, Refusal> {
    let mut conditions = within(call, reader);
    conditions.extend(super::sight(call));
    for filter in &call.binding.filter {
        if let Some(test) = test(call, reader, filter)? {
            // Nobody asked for a default: it hides no record that has nothing to compare.
            let or_none = call.assumes(&filter.input);
            conditions.push(Condition { path: filter.field.clone(), test, fold_case: filter.fold_case, or_none });
        }
    }
    Ok(conditions)
}

fn test(call: &Call<'_>, reader: &Reader<'_>, filter: &Filter) -> Result<Option<Test>, Refusal> {
    if filter.comparison == Comparison::In {
        let Some(values) = call.list(&filter.input) else { return Ok(None) };
        super::keys_are_sound(call, &filter.input, &filter.field, &values)?;
        return match call.binding.at_most {
            Some(most) if values.len() > most => Err(too_many(&filter.input, most)),
            _ => {
                let rules = reader.rules(call.binding.table);
                Ok(Some(Test::In(values.into_iter().map(|value| rules.meant(&filter.field, value)).collect())))
            }
        };
    }
    let Some(value) = call.input(&filter.input).filter(|value| !value.is_null()) else {
        // `name[]=x` is a list, and no list is looked for.
        return if call.given(&filter.input) {
            Err(super::no(call, "string", super::name(&filter.input)))
        } else {
            Ok(None)
        };
    };
    Ok(Some(match filter.comparison {
        Comparison::Prefix => Test::Prefix(words(filter, &value)),
        Comparison::Contains => Test::Contains(words(filter, &value)),
        Comparison::AtLeast => Test::AtLeast(value),
        Comparison::Equals | Comparison::In => Test::Equals(value),
    }))
}

/// The input as a text, without what means nothing in it.
fn words(filter: &Filter, value: &Value) -> String {
    text(value).replace(|character| filter.drops.contains(character), "")
}

/// More values than one call may carry; a list in the body has no name.
pub(super) fn too_many(input: &Input, most: usize) -> Refusal {
    let parameter = match input {
        Input::Query(name) => name.clone(),
        _ => String::new(),
    };
    Refusal::new(Kind::TooManyValues).fact("parameter", parameter).fact("limit", most)
}

/// How the list is paged: by cursor where the call asks for it and may, else by number.
pub(super) fn way(call: &Call<'_>) -> Result<Option<WayIndex>, Refusal> {
    let pages = &call.provider.pack.pages;
    let first =
        |fits: fn(&Way) -> bool| call.binding.pages.iter().copied().find(|index| pages.way(*index).is_some_and(fits));
    if let Some(stream) = first(|way| matches!(way, Way::Stream(_))) {
        return Ok(Some(stream));
    }
    let asks = |way: &Way| matches!(way, Way::Cursor(it) if it.when.iter().any(|input| call.input(input).is_some()));
    let (offset, cursor) = (first(|way| matches!(way, Way::Offset(_))), first(|way| matches!(way, Way::Cursor(_))));
    match (pages.ways().any(asks), offset) {
        (true, Some(offset)) if cursor.is_none() => Err(not_by_cursor(call, pages.way(offset))),
        (false, Some(offset)) => Ok(Some(offset)),
        _ => Ok(cursor),
    }
}

/// `page[size]=2` where `page` is a number: the number has the wrong type.
fn not_by_cursor(call: &Call<'_>, way: Option<&Way>) -> Refusal {
    let name = match way {
        Some(Way::Offset(offset)) => super::name(offset.start.input()),
        _ => String::new(),
    };
    super::no(call, "integer", name)
}

/// A whole number from an input.
pub(super) fn number(call: &Call<'_>, input: &Input) -> Option<i64> {
    match call.input(input)? {
        // A number beyond all others is as good as the largest.
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|number| number as i64)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
