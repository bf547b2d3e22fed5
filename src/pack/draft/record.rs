//! What a record of a collection is like: what tells it apart, how ids are made, its times, what it is when nothing was given.

use serde_json::{Map, Value, json};

use super::words::{self, is_any, plain};
use crate::contract::{Form, Look, text_matching};
use crate::dice::Dice;
use crate::store::{attributes, like};

/// Ids that are made to see whether a schema takes them.
const TRIES: u64 = 8;

/// The property that tells records apart.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// Its name, or the way to it: `metadata.name`.
    pub(super) path: String,
}

impl Key {
    /// What only the path knows.
    pub(super) fn of_path(variable: &str) -> Key {
        Key { path: format!("_path_{variable}") }
    }

    /// Whether only the path knows it.
    pub(super) fn is_of_path(&self) -> bool {
        self.path.starts_with("_path_")
    }

    /// Whether it stands within an object of the record.
    pub(super) fn is_inner(&self) -> bool {
        self.path.contains('.')
    }
}

/// What tells records of a kind apart: the property that the path's variable speaks of, else a usual one, else one in a usual place.
pub(super) fn key_of(record: &Look<'_>, kind: &str, variable: Option<&str>) -> Option<Key> {
    let here = |record: &Look<'_>| key_in(record, kind, variable);
    if let Some(path) = here(record) {
        return Some(Key { path });
    }
    let holders = record.names().into_iter().filter(|name| is_any(name, &words::KEY_HOLDERS));
    let within = |holder: &str| Some(format!("{holder}.{}", here(&record.property(holder)?)?));
    holders.into_iter().find_map(within).map(|path| Key { path })
}

/// The id that a record has in so many words: what the path's variable speaks of, or its `id`.
pub(super) fn named_key(record: &Look<'_>, kind: &str, variable: Option<&str>) -> Option<String> {
    Names::of(record, kind).sure(variable)
}

fn key_in(record: &Look<'_>, kind: &str, variable: Option<&str>) -> Option<String> {
    let names = Names::of(record, kind);
    let usual = || words::KEYS.iter().find_map(|key| names.named(key));
    names.sure(variable).or_else(usual).or_else(|| names.ending(variable?))
}

/// The properties of a record that are single values.
struct Names<'a> {
    names: Vec<&'a str>,
    kind: String,
}

impl<'a> Names<'a> {
    fn of(record: &Look<'a>, kind: &str) -> Names<'a> {
        let scalar = |name: &&str| {
            let form = record.property(name).and_then(|property| property.form());
            !matches!(form, Some(Form::Object | Form::List | Form::Flag))
        };
        Names { names: record.names().into_iter().filter(scalar).collect(), kind: kind.to_owned() }
    }

    fn named(&self, wanted: &str) -> Option<String> {
        self.names.iter().find(|name| plain(name) == wanted).map(|name| (*name).to_owned())
    }

    /// `issue_number` is an issue's `number`, `pet_id` a pet's `id`.
    fn sure(&self, variable: Option<&str>) -> Option<String> {
        let own = |key: &str| self.named(&format!("{}{key}", self.kind));
        let spoken = variable.map(plain).and_then(|variable| {
            let key = words::KEYS.iter().filter(|key| variable.ends_with(**key)).max_by_key(|key| key.len());
            self.named(&variable).or_else(|| key.and_then(|key| self.named(key).or_else(|| own(key))))
        });
        spoken.or_else(|| self.named("id")).or_else(|| own("id"))
    }

    /// The property with whose name the variable ends: `floating_ip` is an `ip`.
    fn ending(&self, variable: &str) -> Option<String> {
        let variable = plain(variable);
        let ends = |name: &&&str| name.len() > 1 && variable.ends_with(&plain(name));
        self.names.iter().filter(ends).max_by_key(|name| name.len()).map(|name| (*name).to_owned())
    }
}

/// How ids are made so that their field takes them, and the fields whose values are kept as texts. None where that is not known.
pub(super) fn id_rule(property: &Look<'_>, variable: Option<&Look<'_>>, seen: Option<&Value>) -> Option<(Value, bool)> {
    let form = property.form().or_else(|| variable.and_then(Look::form));
    if property.said("enum").is_some() || property.said("const").is_some() {
        return None;
    }
    let is_number = |form: Option<Form>| matches!(form, Some(Form::Integer | Form::Number));
    if is_number(form) || is_number(variable.and_then(Look::form)) {
        let least = |look: &Look<'_>| look.said("minimum").and_then(Value::as_i64);
        let start = [Some(property), variable].into_iter().flatten().filter_map(least).max().unwrap_or(1).max(1);
        // What a record has as a text may still be a number in the path.
        return Some((json!({ "sequence": start }), !is_number(form)));
    }
    let said = |keyword| property.said(keyword).or_else(|| variable.and_then(|look| look.said(keyword)));
    let format = said("format").and_then(Value::as_str).unwrap_or_default();
    let word =
        |value: &Value| value.as_str().map(str::to_owned).or_else(|| value.as_i64().map(|number| number.to_string()));
    let example = property.example().into_iter().chain(seen).chain(variable.and_then(Look::example)).find_map(word);
    let looks_like_uuid = |text: &str| text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    if format == "uuid" || example.as_deref().is_some_and(looks_like_uuid) {
        return Some(("uuid".into(), true));
    }
    let longest = said("maxLength").and_then(Value::as_u64).unwrap_or(64);
    let pattern = said("pattern").and_then(Value::as_str);
    let rule = match (example, pattern) {
        (Some(example), _) if !example.is_empty() => example,
        // What has no example and may be anything is as good as a UUID.
        (_, None) if longest >= 36 => return Some(("uuid".into(), true)),
        _ => "4f90d13a5bc7e268".chars().take(longest as usize).collect(),
    };
    let fits = |id: &String| pattern.is_none_or(|pattern| attributes::fits(id, pattern)) && id.len() as u64 <= longest;
    let sound = |made: &dyn Fn(u64) -> Option<String>| {
        let ids: Option<Vec<String>> = (0..TRIES).map(made).collect();
        // One that never changes tells nothing apart.
        ids.is_some_and(|ids| ids.iter().all(fits) && ids.iter().any(|id| *id != ids[0]))
    };
    let draws = |nth| Dice::new(0).draws("id", nth);
    if sound(&|nth| Some(like(&rule, draws(nth)))) {
        return Some((json!({ "like": rule }), true));
    }
    let pattern = pattern.filter(|pattern| sound(&|nth| text_matching(pattern, &mut draws(nth))))?;
    Some((json!({ "matches": pattern }), true))
}

/// The fields that hold times, and how they are kept.
pub(super) fn stamps(record: &Look<'_>) -> Option<Map<String, Value>> {
    let kind = |name: &str| {
        let property = record.property(name)?;
        let format = property.said("format").and_then(Value::as_str).unwrap_or_default();
        match property.form()? {
            Form::Text if format != "date" => Some("text"),
            Form::Integer | Form::Number => {
                let milliseconds = property.example().and_then(Value::as_f64).is_some_and(|number| number > 1e11);
                Some(if milliseconds { "milliseconds" } else { "seconds" })
            }
            _ => None,
        }
    };
    let find = |words: &[&str]| {
        record.names().into_iter().find_map(|name| Some((name, kind(name)?)).filter(|_| is_any(name, words)))
    };
    let (created, updated) = (find(&words::CREATED), find(&words::UPDATED));
    let ticks = created.or(updated)?.1;
    let mut stamps = Map::new();
    for (occasion, found) in [("created", created), ("updated", updated)] {
        let found = found.filter(|(_, kind)| *kind == ticks);
        stamps.extend(found.map(|(name, _)| (occasion.to_owned(), name.into())));
    }
    if ticks != "text" {
        stamps.insert("as".to_owned(), ticks.into());
    }
    Some(stamps)
}

/// The field with a link to the record itself, and the way to the link within it: `_links.self.href`, `links.self`, `self`.
pub(super) fn own_link<'a>(record: &Look<'a>) -> Option<(&'a str, &'static [&'static str])> {
    const WITHIN: [&[&str]; 2] = [&["self", "href"], &["self"]];
    let is_text = |look: &Look<'_>| look.form() == Some(Form::Text);
    let leads = |holder: &Look<'a>, way: &[&str]| {
        let link = way.iter().try_fold(holder.clone(), |look, name| look.property(name));
        link.is_some_and(|link| is_text(&link))
    };
    let find = |wanted: &str| record.names().into_iter().find(|name| plain(name) == wanted);
    let held = || {
        let holder = find("links")?;
        let look = record.property(holder)?;
        Some((holder, *WITHIN.iter().find(|way| leads(&look, way))?))
    };
    let bare = |name| find(name).filter(|name| record.property(name).is_some_and(|look| is_text(&look)));
    held().or_else(|| Some((bare("self").or_else(|| bare("selflink"))?, &[][..])))
}

/// What the schema says its fields are when nothing was given.
pub(super) fn defaults(record: &Look<'_>, own: &str) -> Map<String, Value> {
    let default = |name: &str| Some((name.to_owned(), record.property(name)?.said("default")?.clone()));
    let names = record.names().into_iter().filter(|name| *name != own);
    names.filter_map(default).filter(|(_, value)| !value.is_null()).collect()
}

/// Objects in which a change leaves the keys alone that it does not name.
pub(super) fn merged(record: &Look<'_>) -> Vec<&'static str> {
    let object = |name: &&&str| record.property(name).is_some_and(|property| property.form() == Some(Form::Object));
    ["attributes", "metadata"].iter().filter(object).copied().collect()
}

/// The field that no two records may share, where a create documents a conflict: one that a caller must give, and that tells apart.
pub(super) fn distinct(record: &Look<'_>, body: &Look<'_>) -> Option<String> {
    let required = body.required();
    let fits = |wanted: &str| required.iter().find(|name| plain(name) == wanted && record.property(name).is_some());
    words::DISTINCT.iter().find_map(|wanted| fits(wanted)).map(|name| (*name).to_owned())
}
