//! Cutting a list into pages, and the links from one to the next.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::list::{Rows, conditions, number};
use crate::exchange::call::{Call, text};
use crate::message::encode;
use crate::pack::{Cursor, Input, Offset, Shape, Start, Tokens, UnknownSort, Way, WayIndex};
use crate::refusal::{Flaw, Kind, Problem, Refusal};
use crate::store::{Id, Order, Ranked, Reader, Record};

/// What a page says beside its records.
#[derive(Debug)]
pub(in crate::exchange) struct Page {
    pub(in crate::exchange) way: WayIndex,
    /// `total`, `has_more`, `after`, `before`, `next_url`, `prev_url`, and what else an answer may say of it.
    pub(in crate::exchange) facts: Map<String, Value>,
}

impl Page {
    /// What the pack adds to a page of this way.
    pub(in crate::exchange) fn adds<'a>(&self, call: &Call<'a>) -> Option<&'a Shape> {
        call.provider.pack.pages.way(self.way).map(Way::adds)
    }

    /// Whether it tells of changes, removals among them.
    pub(in crate::exchange) fn is_stream(&self, call: &Call<'_>) -> bool {
        matches!(call.provider.pack.pages.way(self.way), Some(Way::Stream(_)))
    }
}

pub(super) struct Slice {
    pub(super) rows: Rows,
    pub(super) page: Page,
}

/// The page that the call asks for.
pub(super) fn cut(call: &Call<'_>, reader: &Reader<'_>, way: WayIndex) -> Result<Slice, Refusal> {
    match call.provider.pack.pages.way(way) {
        Some(Way::Offset(offset)) => by_number(call, reader, way, offset),
        Some(Way::Cursor(cursor)) => by_cursor(call, reader, way, cursor),
        Some(Way::Stream(stream)) => super::stream::by_time(call, reader, way, stream),
        // A way that the pack does not have is a finding when it is read.
        None => Ok(Slice { rows: Rows::new(), page: Page { way, facts: Map::new() } }),
    }
}

fn by_number(call: &Call<'_>, reader: &Reader<'_>, way: WayIndex, offset: &Offset) -> Result<Slice, Refusal> {
    let extent = extent(call, offset)?;
    let mut rows = super::list::rows(call, reader)?;
    reader.sort(call.binding.table, &mut rows, &order_by_number(call, offset)?);
    let (rows, page) = numbered(call, (way, offset), extent, rows);
    Ok(Slice { rows, page })
}

/// The page by number of rows that were found elsewhere, once they are put into an order; all of them where there are no pages.
pub(super) fn of_rows<T>(
    call: &Call<'_>,
    mut rows: Vec<T>,
    sort: impl FnOnce(&mut Vec<T>, &[Order]),
) -> Result<(Vec<T>, Option<Page>), Refusal> {
    let Some(way) = super::list::way(call)? else { return Ok((rows, None)) };
    let Some(Way::Offset(offset)) = call.provider.pack.pages.way(way) else { return Ok((rows, None)) };
    let extent = extent(call, offset)?;
    sort(&mut rows, &order_by_number(call, offset)?);
    let (rows, page) = numbered(call, (way, offset), extent, rows);
    Ok((rows, Some(page)))
}

fn numbered<T>(
    call: &Call<'_>,
    (way, offset): (WayIndex, &Offset),
    (start, size): (usize, usize),
    rows: Vec<T>,
) -> (Vec<T>, Page) {
    let facts = number_facts(call, offset, Extent { start, size, total: rows.len() });
    (rows.into_iter().skip(start).take(size).collect(), Page { way, facts })
}

/// Where the page that is asked for starts, and how many records it may have.
fn extent(call: &Call<'_>, offset: &Offset) -> Result<(usize, usize), Refusal> {
    let asked = offset.size.iter().find_map(|input| Some((input, number(call, input)?)));
    let size = asked.map(|(_, size)| size);
    let (default_size, max_size) = call.binding.sizes.unwrap_or((offset.default_size, offset.max_size));
    if let Some((input, size)) = asked.filter(|_| offset.refuse_more) {
        is_no_more(input, size, max_size)?;
    }
    let size = limited(size, default_size, max_size).max(1);
    let given = number(call, offset.start.input());
    let start = match &offset.start {
        Start::Page(_, first) => natural(given.unwrap_or(*first).saturating_sub(*first)).saturating_mul(size),
        Start::Record(_) => natural(given.unwrap_or(0)),
    };
    let page = start / size + 1;
    if let Some(depth) = offset.depth
        && (page > depth.page || page.saturating_mul(size) > depth.records)
    {
        return Err(Refusal::new(Kind::PageDepth).fact("page", depth.page).fact("records", depth.records));
    }
    Ok((start, size))
}

/// A `Link` header (RFC 8288) to the neighbours of a page; empty where there are none.
fn relations(next: Option<String>, previous: Option<String>) -> String {
    let relation = |(name, url): (&str, Option<String>)| Some(format!("<{}>; rel=\"{name}\"", url?));
    [("next", next), ("prev", previous)].into_iter().filter_map(relation).collect::<Vec<_>>().join(", ")
}

/// A number that is not below zero.
fn natural(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// Which part of a list a page is, in records.
#[derive(Clone, Copy)]
struct Extent {
    start: usize,
    size: usize,
    total: usize,
}

fn number_facts(call: &Call<'_>, offset: &Offset, Extent { start, size, total }: Extent) -> Map<String, Value> {
    let pages = total.div_ceil(size);
    // The number by which a caller asks for the page that starts with a record.
    let number = |record: usize| match &offset.start {
        Start::Page(_, first) => (record / size) as i64 + first,
        Start::Record(_) => record as i64,
    };
    let input = offset.start.input();
    let to = |record: usize| link(call, &[(input, Some(number(record).to_string()))]);
    let next = Some(start.saturating_add(size)).filter(|next| *next < total);
    let previous = (start > 0).then(|| start.saturating_sub(size));
    let mut facts = Map::new();
    facts.insert("total".into(), total.into());
    facts.insert("next_url".into(), next.map(to).into());
    facts.insert("prev_url".into(), previous.map(to).into());
    facts.insert("page".into(), (start / size + 1).into());
    if call.binding.tells_more() {
        if let Start::Page(..) = offset.start {
            facts.insert("page".into(), number(start).into());
        }
        facts.insert("link".into(), relations(next.map(to), previous.map(to)).into());
        facts.insert("url".into(), link(call, &[]).into());
        facts.insert("first_url".into(), to(0).into());
        facts.insert("last_url".into(), to(pages.saturating_sub(1).saturating_mul(size)).into());
        facts.insert("next_page".into(), next.map(number).into());
        facts.insert("prev_page".into(), previous.map(number).into());
        facts.insert("has_more".into(), next.is_some().into());
        facts.insert("has_previous".into(), previous.is_some().into());
        facts.insert("pages".into(), pages.into());
        facts.insert("start".into(), start.into());
        facts.insert("size".into(), size.into());
    }
    facts
}

/// The caller's order where it may choose one, over one field or several between commas.
fn order_by_number(call: &Call<'_>, offset: &Offset) -> Result<Vec<Order>, Refusal> {
    let mut order = Vec::new();
    if let Some((by, direction)) = &offset.sort_by {
        // Where nothing was sent, the document may have a default.
        let usual = |input: &Input| call.input(input).into_iter().collect();
        let words =
            |input: &Input| call.list(input).unwrap_or_else(|| usual(input)).into_iter().map(|word| text(&word));
        let mut directions = direction.iter().flat_map(words);
        let mut descending = false;
        for path in words(by) {
            let word = directions.next().map(|word| word.to_lowercase());
            let (path, word) = match path.strip_prefix('-') {
                Some(path) if word.is_none() => (path.to_owned(), Some("desc".to_owned())),
                _ => (path, word),
            };
            let known = call.binding.sortable.contains(&path);
            match (word.as_deref(), offset.unknown_sort) {
                (_, UnknownSort::Refuse) if !known => return Err(unsortable(by, path)),
                (Some("desc"), _) => descending = true,
                (Some("asc"), _) => descending = false,
                (Some(word), UnknownSort::Refuse) => {
                    return Err(unsortable(direction.as_ref().unwrap_or(by), word.to_owned()));
                }
                // One direction holds for what follows as well.
                (Some(_) | None, _) => {}
            }
            if known {
                order.push(Order { path, descending });
            }
        }
    }
    Ok(match order.is_empty() {
        true => call.binding.order.clone().unwrap_or_else(|| offset.order.clone()),
        false => order,
    })
}

fn unsortable(input: &Input, word: String) -> Refusal {
    let problem = Problem::new(super::name(input), Flaw::Option, word.into());
    Refusal { problems: vec![problem], ..Refusal::new(Kind::PageParameter) }
}

/// Where a page starts or ends: what the record there is sorted by, and its id.
type Position = (Vec<Ranked>, Id);

fn by_cursor(call: &Call<'_>, reader: &Reader<'_>, way: WayIndex, cursor: &Cursor) -> Result<Slice, Refusal> {
    let asked = cursor.size.as_ref().and_then(|input| Some((input, number(call, input)?)));
    if let Some((input, size)) = asked.filter(|_| cursor.refuse_more) {
        is_no_more(input, size, cursor.max_size)?;
    }
    let asked = asked.map(|(_, size)| size);
    let size = limited(asked, cursor.default_size, cursor.max_size);
    let order = order_by_cursor(call, cursor)?;
    let table = call.binding.table;
    let position = |input: &Input| match (call.input(input).filter(|token| *token != ""), cursor.tokens) {
        (Some(token), Tokens::Opaque) => unpack(&text(&token), &order).ok_or_else(|| unusable("cursor")).map(Some),
        (Some(token), Tokens::Ids) => Ok(Some(at(reader, table, &token, &order).ok_or_else(|| unusable("cursor"))?)),
        (None, _) => Ok(None),
    };
    let after = position(&cursor.after)?;
    let before = cursor.before.as_ref().map(position).transpose()?.flatten();
    let conditions = conditions(call, reader)?;
    let by_id = is_by_id(reader.rules(table).key.as_str(), &order);
    let (rows, has_more) = match (&after, before) {
        // The usual walk needs no more than its own page.
        (None | Some(_), None) if by_id && conditions.is_empty() => walk(reader, table, after.as_ref(), size),
        (_, Some(before)) => {
            let rows = sorted(reader, table, &conditions, &order);
            let end = rows.partition_point(|row| key(reader, table, row, &order) < before);
            let start = end.saturating_sub(size);
            (rows[start..end].to_vec(), start > 0)
        }
        (after, None) => {
            let rows = sorted(reader, table, &conditions, &order);
            let start =
                after.as_ref().map_or(0, |after| rows.partition_point(|row| key(reader, table, row, &order) <= *after));
            let end = rows.len().min(start.saturating_add(size));
            (rows[start..end].to_vec(), end < rows.len())
        }
    };
    let token = |row: Option<&(Id, std::sync::Arc<Record>)>| {
        row.map(|(id, row)| match cursor.tokens {
            Tokens::Opaque => token(reader, table, id, row, &order),
            Tokens::Ids => id.to_string(),
        })
    };
    let (first, last) = (token(rows.first()), token(rows.last()));
    let mut facts = links(call, cursor, first, last, has_more);
    if call.binding.tells_more() {
        let next = |name: &str| if has_more { facts.get(name).cloned().unwrap_or_default() } else { Value::Null };
        let (cursor, url, total) = (
            next("after"),
            next("next_url"),
            call.binding.answer.as_ref().is_some_and(|answer| answer.mentions(&["total"])),
        );
        facts.insert("link".into(), relations(url.as_str().map(str::to_owned), None).into());
        facts.insert("url".into(), link(call, &[]).into());
        facts.insert("next_cursor".into(), cursor);
        facts.insert("next_url".into(), url);
        facts.insert("size".into(), size.into());
        if total {
            facts.insert("total".into(), reader.select(table, &self::conditions(call, reader)?).len().into());
        }
    }
    Ok(Slice { rows, page: Page { way, facts } })
}

fn walk(reader: &Reader<'_>, table: usize, after: Option<&Position>, size: usize) -> (Rows, bool) {
    let take = |rows: &mut dyn Iterator<Item = (&Id, &std::sync::Arc<Record>)>| -> Rows {
        rows.take(size + 1).map(|(id, row)| (id.clone(), std::sync::Arc::clone(row))).collect()
    };
    let mut rows = match after {
        Some((_, id)) => take(&mut reader.table(table).after(id)),
        None => take(&mut reader.table(table).iter()),
    };
    let has_more = rows.len() > size;
    rows.truncate(size);
    (rows, has_more)
}

fn sorted(reader: &Reader<'_>, table: usize, conditions: &[crate::store::Condition], order: &[Order]) -> Rows {
    let mut rows = reader.select(table, conditions);
    reader.sort(table, &mut rows, order);
    rows
}

fn key(reader: &Reader<'_>, table: usize, (id, row): &(Id, std::sync::Arc<Record>), order: &[Order]) -> Position {
    (reader.sort_key(table, row, order), id.clone())
}

fn is_by_id(key: &str, order: &[Order]) -> bool {
    matches!(order, [only] if only.path == key && !only.descending) || order.is_empty()
}

fn order_by_cursor(call: &Call<'_>, cursor: &Cursor) -> Result<Vec<Order>, Refusal> {
    let asked = cursor.sort.as_ref().and_then(|input| call.input(input)).filter(|value| value != "");
    let Some(asked) = asked else {
        return Ok(call.binding.order.clone().unwrap_or_else(|| cursor.order.clone()));
    };
    let order = Order::parse(asked.as_str().unwrap_or_default());
    match call.binding.sortable.contains(&order.path) {
        true => Ok(vec![order]),
        false => Err(unusable("sort")),
    }
}

fn unusable(what: &str) -> Refusal {
    Refusal::new(Kind::PageParameter).fact("field", what)
}

fn links(
    call: &Call<'_>,
    cursor: &Cursor,
    first: Option<String>,
    last: Option<String>,
    has_more: bool,
) -> Map<String, Value> {
    let to = |end: &Option<String>, input: &Input| {
        let others = [Some(&cursor.after), cursor.before.as_ref()].into_iter().flatten().map(|other| (other, None));
        let changes: Vec<_> = others.chain([(input, end.clone())]).collect();
        end.as_ref().map(|_| link(call, &changes))
    };
    let next = to(&last, &cursor.after);
    let previous = cursor.before.as_ref().and_then(|before| to(&first, before));
    let facts = json!({
        "has_more": has_more,
        "after": last,
        "before": first,
        "next_url": next,
        "prev_url": previous,
    });
    match facts {
        Value::Object(facts) => facts,
        _ => Map::new(),
    }
}

/// The call's own address with some parameters changed, its parameters in the order of their names.
pub(super) fn link(call: &Call<'_>, changes: &[(&Input, Option<String>)]) -> String {
    let conventions = &call.provider.pack.conventions;
    let path = call.request.path();
    let path = conventions.ignore_suffix.as_deref().and_then(|suffix| path.strip_suffix(suffix)).unwrap_or(path);
    let mut pairs: Vec<(String, String)> = call.query.pairs().to_vec();
    for (input, value) in changes {
        let Input::Query(name) = input else { continue };
        pairs.retain(|(key, _)| key != name);
        pairs.extend(value.clone().map(|value| (name.clone(), value)));
    }
    // By name only: what stands twice keeps its order, which says what counts.
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{path}{}{mark}{}", call.request.origin(), conventions.link_suffix, query.join("&"))
}

/// A size that is refused above the largest.
fn is_no_more(input: &Input, size: i64, most: usize) -> Result<(), Refusal> {
    match usize::try_from(size).is_ok_and(|size| size > most) {
        true => Err(unusable(&super::name(input))),
        false => Ok(()),
    }
}

pub(super) fn limited(asked: Option<i64>, default: usize, most: usize) -> usize {
    match asked {
        Some(asked) if asked > 0 => usize::try_from(asked).unwrap_or(most).min(most),
        _ => default,
    }
}

/// A cursor: base64 of the order, the id in a packed form, and, where the order is not by id, what the record is sorted by.
fn token(reader: &Reader<'_>, table: usize, id: &Id, row: &Record, order: &[Order]) -> String {
    let packed = match id {
        Id::Number(number) => [&b"i"[..], &number.to_le_bytes()].concat(),
        Id::Text(text) => [b"s", text.as_bytes()].concat(),
    };
    let name = order.first().map_or("id".to_owned(), |step| match step.descending {
        true => format!("-{}", step.path),
        false => step.path.clone(),
    });
    let mut token = json!({ "o": name, "v": STANDARD.encode(packed) });
    if !is_by_id(reader.rules(table).key.as_str(), order) {
        let sorted_by: Vec<Value> = order.iter().map(|step| reader.look_up(table, row, &step.path).into()).collect();
        token["k"] = sorted_by.into();
    }
    STANDARD.encode(token.to_string())
}

/// The position of a record whose id is a cursor.
fn at(reader: &Reader<'_>, table: usize, id: &Value, order: &[Order]) -> Option<Position> {
    let id = Id::of(id)?;
    let row = reader.table(table).get(&id)?;
    Some((reader.sort_key(table, row, order), id))
}

fn unpack(token: &str, order: &[Order]) -> Option<Position> {
    let token: Value = serde_json::from_slice(&STANDARD.decode(token).ok()?).ok()?;
    let packed = STANDARD.decode(token.get("v")?.as_str()?).ok()?;
    let id = match packed.split_first()? {
        (b'i', number) => Id::Number(i64::from_le_bytes(number.try_into().ok()?)),
        (b's', text) => Id::Text(std::str::from_utf8(text).ok()?.into()),
        _ => return None,
    };
    let ranks = match token.get("k").and_then(Value::as_array) {
        Some(values) if values.len() == order.len() => {
            order.iter().zip(values).map(|(step, value)| Ranked::of(value.clone(), step.descending)).collect()
        }
        Some(_) => return None,
        None => order.iter().map(|step| Ranked::of(id.value(), step.descending)).collect(),
    };
    Some((ranks, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(token: &str, id: i64) {
        let (_, read) = unpack(token, &[]).expect("readable");
        assert_eq!(read, Id::Number(id));
    }

    #[test]
    fn recorded_cursors_are_understood() {
        check("eyJvIjoiaWQiLCJ2IjoiYVJvL1IzU1RCUUFBIn0=", 6_130_869_157_658);
        check("eyJvIjoiaWQiLCJ2IjoiYWZLN21nRUFBQUFBIn0=", 26_917_874);
    }

    #[test]
    fn nothing_else_is_taken_for_a_cursor() {
        for token in ["", "x", "eyJ9", "e30=", "eyJ2IjoiIn0=", "eyJ2IjoiYXgifQ=="] {
            assert!(unpack(token, &[]).is_none(), "{token}");
        }
    }
}
