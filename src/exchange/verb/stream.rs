//! A list by the time of the last change, with what was removed: what exports are made of.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::list::{Rows, conditions, number};
use super::page::{Page, Slice, limited, link};
use crate::exchange::call::Call;
use crate::pack::{Stream, WayIndex};
use crate::refusal::{Kind, Refusal};
use crate::store::{Id, Reader, Record};

pub(super) fn by_time(call: &Call<'_>, reader: &Reader<'_>, way: WayIndex, stream: &Stream) -> Result<Slice, Refusal> {
    let since = number(call, &stream.since).ok_or_else(|| super::missing_input(call, &stream.since))?;
    let latest =
        call.session.clock.now().as_second() - SignedDuration::try_from(stream.age).map_or(0, |age| age.as_secs());
    if since > latest {
        return Err(Refusal::new(Kind::UnknownValue)
            .fact("field", super::name(&stream.since))
            .fact("expected", "is too recent"));
    }
    let size = limited(number(call, &stream.size), stream.default_size, stream.max_size);
    let mut changes = changes(call, reader, stream)?;
    changes.retain(|(time, ..)| *time >= since);
    changes.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    // A page ends with a second, since the next one starts with one.
    let mut end = size.min(changes.len());
    while end > 0 && end < changes.len() && changes[end].0 == changes[end - 1].0 {
        end += 1;
    }
    let over = end == changes.len();
    changes.truncate(end);
    let end_time = changes.last().map(|(time, ..)| if over { *time } else { time + 1 });
    let rows: Rows = changes.into_iter().map(|(_, id, row)| (id, row)).collect();
    let facts = facts(call, stream, rows.len(), over, end_time.unwrap_or(since));
    Ok(Slice { rows, page: Page { way, facts } })
}

type Change = (i64, Id, std::sync::Arc<Record>);

/// Every record, also the removed ones, with the time of its last change.
fn changes(call: &Call<'_>, reader: &Reader<'_>, stream: &Stream) -> Result<Vec<Change>, Refusal> {
    let table = call.binding.table;
    let conditions = conditions(call, reader)?;
    let rows = reader.table(table).iter().chain(reader.table(table).removed());
    let fitting = rows.filter(|(_, row)| conditions.iter().all(|condition| condition.admits(reader, table, row)));
    let time = |row: &Record| {
        let text = row.get(&stream.by).and_then(Value::as_str);
        text.and_then(|text| text.parse::<Timestamp>().ok()).map_or(0, Timestamp::as_second)
    };
    Ok(fitting.map(|(id, row)| (time(row), id.clone(), std::sync::Arc::clone(row))).collect())
}

fn facts(call: &Call<'_>, stream: &Stream, count: usize, over: bool, end_time: i64) -> Map<String, Value> {
    let mut facts = Map::new();
    facts.insert("count".into(), count.into());
    facts.insert("end_of_stream".into(), over.into());
    facts.insert("has_more".into(), (!over).into());
    facts.insert("end_time".into(), end_time.into());
    facts.insert("next_url".into(), link(call, &[(&stream.since, Some(end_time.to_string()))]).into());
    facts
}
