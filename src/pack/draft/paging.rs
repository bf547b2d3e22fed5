//! Ways of paging, by the names of query parameters; and filters and orders, by names that are those of properties.

use serde_json::{Map, Value, json};

use super::words::{self, is_any, plain};
use crate::contract::{Form, Given, Look, Part};

/// What a caller gets who asks for no size, where the document does not say.
const USUAL_SIZE: i64 = 20;
/// The most a caller gets, where the document does not say.
const MOST: i64 = 1000;

/// How a list is cut, chosen and ordered.
#[derive(Debug, Default)]
pub(super) struct Paging {
    /// The ways, by the names that they get in the pack.
    pub(super) ways: Vec<(String, Value)>,
    /// The parameters that are spoken for.
    pub(super) taken: Vec<String>,
}

fn number(given: &Given<'_>, keyword: &str) -> Option<i64> {
    given.look.as_ref()?.said(keyword)?.as_i64()
}

fn input(given: &Given<'_>) -> String {
    format!("query.{}", given.name)
}

fn is_time(given: &Given<'_>) -> bool {
    let format = given.look.as_ref().and_then(|look| look.said("format")?.as_str());
    format.is_some_and(|format| format.starts_with("date"))
}

impl Paging {
    /// Which ways the parameters of a list speak of.
    pub(super) fn of(inputs: &[Given<'_>]) -> Paging {
        let query: Vec<&Given<'_>> =
            inputs.iter().filter(|given| given.part == Part::Query && !is_time(given)).collect();
        // The order of the names decides, not that of the parameters.
        let find = |names: &[&str]| {
            names.iter().find_map(|name| query.iter().copied().find(|given| plain(given.name) == *name))
        };
        let (page, start, after, before) =
            (find(&words::PAGE), find(&words::START), find(&words::AFTER), find(&words::BEFORE));
        let after = after.filter(|after| is_word(after));
        let alone = page.is_none() && start.is_none() && after.is_none();
        let size = find(&words::SIZE).filter(|size| !alone || is_any(size.name, &words::SIZE[..16]));
        let mut paging = Paging::default();
        let (mut fields, mut parts) = (Map::new(), Vec::new());
        if let Some(size) = size {
            let default = number(size, "default").filter(|default| *default > 0);
            let usual = default.unwrap_or(USUAL_SIZE).min(number(size, "maximum").unwrap_or(MOST)).max(1);
            fields.insert("size".to_owned(), input(size).into());
            fields.insert("default_size".to_owned(), usual.into());
            fields.insert("max_size".to_owned(), number(size, "maximum").unwrap_or(MOST).max(usual).into());
            parts.push(size);
        }
        let orders = [find(&words::SORT), find(&words::DIRECTION)];
        if let Some(by) = orders[0] {
            fields.insert("sort_by".to_owned(), input(by).into());
            fields.extend(orders[1].map(|direction| ("sort_order".to_owned(), input(direction).into())));
            paging.taken.extend(orders.into_iter().flatten().map(|given| given.name.to_owned()));
        }
        if let Some(given) = page.or(start).or(size.filter(|_| after.is_none())) {
            let mut way = json!({ "kind": "offset" });
            match (page, start) {
                (Some(page), _) => {
                    way["page"] = input(page).into();
                    let zero = |keyword| number(page, keyword) == Some(0);
                    let first =
                        if zero("default") || zero("minimum") && !zero("example") || zero("example") { 0 } else { 1 };
                    if first == 0 {
                        way["first"] = 0.into();
                    }
                }
                (None, Some(start)) => way["start"] = input(start).into(),
                (None, None) => way["start"] = "query.offset".into(),
            }
            paging.add(way, &fields, parts.iter().copied().chain([given]));
        }
        if let Some(after) = after {
            let mut way = json!({ "kind": "cursor", "after": input(after) });
            if page.or(start).is_some() {
                way["when"] = input(after).into();
            }
            if is_any(after.name, &words::AFTER_IDS) || after.look.as_ref().and_then(Look::form) == Some(Form::Integer)
            {
                way["tokens"] = "ids".into();
            }
            if let Some(before) = before {
                way["before"] = input(before).into();
            }
            fields.remove("sort_order");
            if let Some(by) = fields.remove("sort_by") {
                fields.insert("sort".to_owned(), by);
            }
            paging.add(way, &fields, parts.iter().copied().chain([after]).chain(before));
        }
        paging
    }

    fn add<'g>(&mut self, mut way: Value, fields: &Map<String, Value>, parts: impl Iterator<Item = &'g Given<'g>>) {
        if let Value::Object(way) = &mut way {
            way.extend(fields.clone());
        }
        let mut names: Vec<&str> = parts.map(|given| given.name).collect();
        names.dedup();
        self.taken.extend(names.iter().map(|name| (*name).to_owned()));
        let name = |name: &&str| {
            name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_").trim_matches('_').to_owned()
        };
        self.ways.push((names.iter().map(name).collect::<Vec<_>>().join("_"), way));
    }
}

/// Whether a parameter is one word and no flag.
fn is_word(given: &Given<'_>) -> bool {
    let form = given.look.as_ref().and_then(Look::form);
    matches!(form, None | Some(Form::Text | Form::Integer | Form::Number))
}

/// The filters of a list: parameters that are named like a property, or that look for a word.
pub(super) fn filters(inputs: &[Given<'_>], taken: &[String], record: &Look<'_>) -> Vec<(String, String, Value)> {
    let free = inputs.iter().filter(|given| given.part == Part::Query && !taken.iter().any(|name| name == given.name));
    free.filter_map(|given| {
        let (field, value) = filter(given, record)?;
        Some((given.name.to_owned(), field, value))
    })
    .collect()
}

fn filter(given: &Given<'_>, record: &Look<'_>) -> Option<(String, Value)> {
    let input = input(given);
    if is_any(given.name, &words::SEARCH) {
        let form = |name: &str| record.property(name).and_then(|property| property.form());
        let text = |name: &&str| is_any(name, &words::SEARCHED) && form(name) == Some(Form::Text);
        let fields: Vec<&str> = record.names().into_iter().filter(text).collect();
        return (!fields.is_empty()).then(|| (fields.join("|"), json!({ "contains": input, "fold_case": true })));
    }
    // `filter[name]` is about `name`.
    let name = given.name.strip_prefix("filter[").map_or(given.name, |rest| rest.trim_end_matches(']'));
    let field = field(record, name)?;
    match given.look.as_ref().and_then(Look::form) {
        Some(Form::List) => Some((field, json!({ "in": input }))),
        Some(Form::Object) => None,
        _ => Some((field, json!({ "equals": input }))),
    }
}

/// The property that has a parameter's name, at the top or among the attributes of JSON:API.
fn field(record: &Look<'_>, name: &str) -> Option<String> {
    let same = |look: &Look<'_>| {
        let name = look.names().into_iter().find(|known| plain(known) == plain(name))?;
        let property = look.property(name)?;
        let scalar = |look: &Look<'_>| !matches!(look.form(), Some(Form::Object | Form::List));
        let list = property.form() == Some(Form::List) && property.items().is_some_and(|items| scalar(&items));
        (scalar(&property) || list).then(|| name.to_owned())
    };
    let attributes = || Some(format!("attributes.{}", same(&record.property("attributes")?)?));
    same(record).or_else(attributes)
}

/// The fields that a caller may order by: those that are single values.
pub(super) fn sortable(record: &Look<'_>) -> Vec<String> {
    let scalar = |name: &&str| {
        let form = record.property(name).and_then(|property| property.form());
        !matches!(form, Some(Form::Object | Form::List) | None)
    };
    record.names().into_iter().filter(scalar).map(str::to_owned).collect()
}
