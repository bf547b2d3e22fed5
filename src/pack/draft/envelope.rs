//! What stands around the records of a reply, and what a list says of its page.

use serde_json::{Map, Value, json};

use super::words::{self, EXTRAS, Kind, plain, singular};
use crate::contract::{Form, Look};

/// Levels of objects in which records are looked for.
const DEPTH: usize = 3;

/// A record or records within a body.
#[derive(Debug)]
pub(super) struct Envelope<'a> {
    /// The way to them, as names.
    pub(super) path: Vec<String>,
    /// What one of them is.
    pub(super) record: Look<'a>,
}

/// One record within a body: bare where it has what tells records apart, else within the only object that it can be.
pub(super) fn one<'a>(look: Look<'a>, kind: &str, variable: Option<&str>) -> Option<Envelope<'a>> {
    let mut path = Vec::new();
    let mut record = look;
    for _ in 0..DEPTH {
        if record.form()? != Form::Object {
            return None;
        }
        let names = record.names();
        let sure = |look: &Look<'_>| super::record::named_key(look, kind, variable).is_some();
        // Beside an envelope there may be a `code` or a `name` as well.
        let inner = (!sure(&record)).then(|| inner(&record, &names, kind)).flatten();
        let likely = super::record::key_of(&record, kind, variable).is_some();
        let inner = inner.filter(|name| !likely || record.property(name).is_some_and(|look| sure(&look)));
        let Some(name) = inner else { return Some(Envelope { path, record }) };
        record = record.property(name)?;
        path.push(name.to_owned());
    }
    Some(Envelope { path, record })
}

/// The property that holds the record: the one of its name, or of a usual one, or the only object there is.
fn inner<'a>(look: &Look<'a>, names: &[&'a str], kind: &str) -> Option<&'a str> {
    let objects: Vec<&str> = names.iter().copied().filter(|name| form(look, name) == Some(Form::Object)).collect();
    let own = |name: &&&str| singular(&plain(name)) == kind;
    let usual = |name: &&&str| words::is_any(name, &words::ONE);
    let only = || objects.first().filter(|_| names.len() == 1);
    objects.iter().find(own).or_else(|| objects.iter().find(usual)).or_else(only).copied()
}

/// The records of a list within a body: bare, or the list of their name, of a usual one, or the only list there is.
pub(super) fn many<'a>(look: &Look<'a>, kind: &str) -> Option<Envelope<'a>> {
    find(look, kind, &mut Vec::new())
}

fn find<'a>(look: &Look<'a>, kind: &str, path: &mut Vec<String>) -> Option<Envelope<'a>> {
    match look.form()? {
        Form::List => {
            let record = look.items()?;
            (record.form() == Some(Form::Object)).then(|| Envelope { path: path.clone(), record })
        }
        Form::Object if path.len() < DEPTH => {
            let names = look.names();
            let lists: Vec<&str> = names.iter().copied().filter(|name| form(look, name) == Some(Form::List)).collect();
            let own = |name: &&&str| singular(&plain(name)) == kind;
            let usual = |name: &&&str| words::is_any(name, &words::MANY);
            let only = || lists.first().filter(|_| lists.len() == 1 && has_extras(look, &names));
            let held = |name: &str, path: &mut Vec<String>| {
                path.push(name.to_owned());
                let found = look.property(name).and_then(|look| find(&look, kind, path));
                path.pop();
                found
            };
            if let Some(name) = lists.iter().find(own).or_else(|| lists.iter().find(usual)).or_else(only) {
                return held(name, path);
            }
            let holders =
                names.iter().filter(|name| words::is_any(name, &["data", "result", "response", "embedded", "payload"]));
            let holders = holders.filter(|name| form(look, name) == Some(Form::Object));
            holders.into_iter().find_map(|name| held(name, path))
        }
        _ => None,
    }
}

/// Whether there is nothing beside the list but what is said of pages.
fn has_extras(look: &Look<'_>, names: &[&str]) -> bool {
    let scalars = names.iter().filter(|name| !matches!(form(look, name), Some(Form::List | Form::Object) | None));
    names.len() == 1 || scalars.into_iter().all(|name| extra(look, name, true).is_some())
}

fn form(look: &Look<'_>, name: &str) -> Option<Form> {
    look.property(name)?.form()
}

/// The body around the records of a list, with what it says of the page; none where they stand bare.
pub(super) fn answer(look: &Look<'_>, path: &[String], paged: bool) -> Option<Value> {
    let (first, rest) = path.split_first()?;
    let mut body = Map::new();
    let total = EXTRAS[0].2;
    let names = look.names();
    let has_total = names.iter().any(|name| words::is_any(name, total));
    for name in names {
        let Some(property) = look.property(name) else { continue };
        if name == first {
            body.insert(name.to_owned(), answer(&property, rest, paged).unwrap_or_else(|| "{records}".into()));
        } else if property.form() == Some(Form::Object) {
            // What is said of the page may stand in an object of its own: `meta`, `links`, `paging`.
            body.extend(extras(&property, paged).map(|extras| (name.to_owned(), extras)));
        } else if words::is_any(name, &["count"]) && property.form() == Some(Form::Integer) {
            body.insert(name.to_owned(), if has_total { "{count}" } else { "{total}" }.into());
        } else {
            body.extend(extra(look, name, paged).map(|word| (name.to_owned(), word.into())));
        }
    }
    Some(Value::Object(body))
}

fn extras(look: &Look<'_>, paged: bool) -> Option<Value> {
    let mut object = Map::new();
    for name in look.names() {
        let word = if words::is_any(name, &["count"]) { Some("{total}") } else { extra(look, name, paged) };
        if let Some(word) = word {
            object.insert(name.to_owned(), word.into());
        } else if let Some(inner) = look.property(name).filter(|inner| inner.form() == Some(Form::Object)) {
            // HAL has an object for each link.
            let href = inner.property("href").and_then(|_| extra_named(name, Kind::Text));
            let inner = href.map(|word| json!({ "href": word })).or_else(|| extras(&inner, paged));
            object.extend(inner.map(|inner| (name.to_owned(), inner)));
        }
    }
    (!object.is_empty()).then_some(Value::Object(object))
}

fn extra(look: &Look<'_>, name: &str, paged: bool) -> Option<&'static str> {
    let kind = match form(look, name) {
        Some(Form::Integer | Form::Number) => Kind::Whole,
        Some(Form::Flag) => Kind::Flag,
        Some(Form::Text) | None => Kind::Text,
        Some(Form::Object | Form::List) => return None,
    };
    let word = extra_named(name, kind)?;
    // A list that is not cut into pages is one page, and knows how long it is.
    let known = paged || matches!(word, "{total}" | "{count}");
    known.then_some(word)
}

fn extra_named(name: &str, kind: Kind) -> Option<&'static str> {
    let name = plain(name);
    let fits = |(_, wanted, names): &&(&str, Kind, &[&str])| *wanted == kind && names.contains(&name.as_str());
    EXTRAS.iter().find(fits).map(|(word, ..)| *word)
}
