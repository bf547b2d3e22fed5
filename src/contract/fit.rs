//! A value that is meant as a reply, brought into the form that the document asks for: what the document does not know is left
//! out, what it requires is added, what it does not allow gives way to what it would have.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Contract;
use super::media::ranked;
use super::operation::Operation;
use super::outline::{Node, Outline};
use super::part::Media;
use super::sample::{Examples, Lack, Sample, Wish};
use super::schema::SchemaId;
use super::violation::{Kind, Violation};

/// Rounds of checking and changing before the document's own sample is taken as it is.
const ROUNDS: usize = 24;

impl Contract {
    /// A reply that says as much of a value as the document allows, and what it asks for beside. None where the reply has no body.
    /// Where nothing fits, [`Examples::AsWritten`] lets the value through with all that the document knows of it.
    ///
    /// # Errors
    /// Why there is none that could be sent.
    pub fn fitted(&self, operation: &Operation, wish: &Wish<'_>, value: Value) -> Result<Option<Sample>, Lack> {
        let response = self.parts(operation).and_then(|parts| parts.replies.as_ref()?.for_status(wish.status));
        let bodiless = matches!(wish.status.as_u16(), 100..=199 | 204 | 205 | 304);
        let Some(response) = response.filter(|response| !bodiless && !response.media.is_empty()) else {
            return Ok(None);
        };
        let ranked = ranked(&response.media, wish.accept);
        let Some(media) = ranked.first() else {
            return Err(Lack::NotAcceptable(response.media.iter().map(|media| media.name.clone()).collect()));
        };
        // What it lends must fit, also where an example that does not would be sent by itself.
        let lender = Wish { examples: Examples::Fitting, ..*wish };
        match self.fit(media, value, || self.sample(operation, &lender).ok().flatten()) {
            Err(_) if wish.examples == Examples::Fitting => {
                Err(Lack::Unmade("the records do not fit its schema".to_owned()))
            }
            Ok(value) | Err(value) => Ok(Some(self.given(media, value, wish))),
        }
    }

    /// The reply in which a value stands at a pointer, as [`Self::fitted`] makes it; what stands there then.
    pub fn completed(&self, operation: &Operation, wish: &Wish<'_>, at: &str, value: &Value) -> Option<Value> {
        let wrap = |value, name: &str| Value::Object([(super::document::unescape(name), value)].into_iter().collect());
        let whole = at.rsplit('/').filter(|name| !name.is_empty()).fold(value.clone(), wrap);
        self.fitted(operation, wish, whole).ok()??.value?.pointer_mut(at).map(Value::take)
    }

    /// A value that fits, else what the document knows of the one that does not.
    fn fit(&self, media: &Media, value: Value, sample: impl Fn() -> Option<Arc<Sample>>) -> Result<Value, Value> {
        let Some(schema) = media.schema else { return Ok(value) };
        let outline = self.schemas.outline(&self.document, schema);
        let mut value = value;
        if let Some(root) = outline.root() {
            self.trim(outline, root, &mut value);
        }
        if self.suits(schema, &value) {
            return Ok(value);
        }
        let sample = sample().and_then(|sample| sample.value.clone()).filter(|sample| self.suits(schema, sample));
        let mut mending = Mending { outline, sample: sample.as_ref(), tried: HashMap::new(), emptied: HashSet::new() };
        let known = value.clone();
        for _ in 0..ROUNDS {
            let faults = self.faults(schema, &value);
            if faults.is_empty() {
                return Ok(self.arranged(schema, outline, value));
            }
            faults.iter().for_each(|fault| mending.mend(&mut value, fault));
        }
        sample.ok_or(known)
    }

    /// What was added where the document has it, and not at the end.
    fn arranged(&self, schema: SchemaId, outline: &Outline, value: Value) -> Value {
        let mut arranged = value.clone();
        if let Some(root) = outline.root() {
            self.trim(outline, root, &mut arranged);
        }
        if self.suits(schema, &arranged) { arranged } else { value }
    }

    fn suits(&self, schema: SchemaId, value: &Value) -> bool {
        self.schemas.fits(&self.document, schema, super::Direction::Reply, value)
    }

    /// Leaves out what a reply does not have: properties that it does not name, where it names any, and those for requests only.
    /// The others come in the order of the document.
    fn trim(&self, outline: &Outline, node: &Node, value: &mut Value) {
        match value {
            Value::Object(entries) => {
                if !node.open && !node.properties.is_empty() {
                    let foreign = |site| super::dialect::marked(&self.document, site, "writeOnly");
                    let known = |name: &str| node.properties.iter().find(|property| property.name == name);
                    entries.retain(|name, _| known(name).is_some_and(|property| !foreign(&property.site)));
                }
                let mut rest = std::mem::take(entries);
                let named = node.properties.iter().map(|property| &property.name);
                entries.extend(named.filter_map(|name| Some((name.clone(), rest.get_mut(name)?.take()))));
                for (name, value) in rest {
                    entries.entry(name).or_insert(value);
                }
                for (name, value) in entries.iter_mut() {
                    if let Some(node) = outline.property(node, name) {
                        self.trim(outline, node, value);
                    }
                }
            }
            Value::Array(items) => {
                let Some(node) = outline.items(node) else { return };
                items.iter_mut().for_each(|item| self.trim(outline, node, item));
            }
            _ => {}
        }
    }
}

/// Changes to a value until it fits.
struct Mending<'a> {
    outline: &'a Outline,
    /// A value that fits, from which parts are taken.
    sample: Option<&'a Value>,
    /// How often something was wrong at a place.
    tried: HashMap<String, usize>,
    /// Objects that had nothing to say.
    emptied: HashSet<String>,
}

impl Mending<'_> {
    fn mend(&mut self, value: &mut Value, fault: &Violation) {
        let mut at = fault.at.as_str();
        let tried = self.tried.entry(at.to_owned()).or_default();
        *tried += 1;
        let tried = *tried;
        if let (Kind::Type(wanted), 1) = (&fault.kind, tried)
            && let Some(meant) = value.pointer(at).and_then(|value| retyped(value, wanted))
        {
            return put(value, at, meant);
        }
        match (&fault.kind, tried) {
            (Kind::Unknown, _) => return remove(value, at),
            (Kind::Required, _) if self.emptied.contains(at) => return put(value, at, Value::Object(Map::new())),
            // An object that says nothing, such as the link to a page that does not exist, is left out where it may be.
            (Kind::Required, 2) if self.takes_text(at) && self.empty(value, at) => return,
            // A text that says nothing, such as the token of a page that does not exist, is the empty text.
            (Kind::Required, 2 | 3) if self.takes_text(at) && (tried == 2 || self.was_emptied(at)) => {
                return put(value, at, "".into());
            }
            (Kind::Required, 1..=3) => {
                if let Some(part) = self.part(at) {
                    return put(value, at, part);
                }
            }
            (_, 1) if value.pointer(at).is_some_and(Value::is_null) && !at.is_empty() => return remove(value, at),
            (_, 1..=3) => match self.part(at) {
                Some(part) if value.pointer(at) != Some(&part) => return put(value, at, part),
                // What does not fit and need not be there is left out.
                None if is_entry(value, at) => return remove(value, at),
                _ => {}
            },
            _ => {}
        }
        // What cannot be mended here is mended around it.
        for _ in 0..tried.saturating_sub(2).max(1) {
            at = at.rsplit_once('/').map_or("", |(around, _)| around);
        }
        while self.part(at).is_none() && !at.is_empty() {
            at = at.rsplit_once('/').map_or("", |(around, _)| around);
        }
        if let Some(part) = self.part(at) {
            put(value, at, part);
        }
    }

    /// Leaves out the object around a place, where nothing else stands in it.
    fn empty(&mut self, value: &mut Value, at: &str) -> bool {
        let Some((around, _)) = at.rsplit_once('/').filter(|(around, _)| !self.emptied.contains(*around)) else {
            return false;
        };
        let nothing = value.pointer(around).and_then(Value::as_object).is_some_and(Map::is_empty);
        let leaves = nothing && is_entry(value, around);
        if leaves {
            remove(value, around);
            self.emptied.insert(around.to_owned());
        }
        leaves
    }

    fn was_emptied(&self, at: &str) -> bool {
        at.rsplit_once('/').is_some_and(|(around, _)| self.emptied.contains(around))
    }

    fn takes_text(&self, at: &str) -> bool {
        let types = self.outline.at(at).and_then(|node| node.types);
        types.is_some_and(|types| types.has(super::outline::Types::STRING))
    }

    /// What the sample has at a place. Of lists it has some items, which stand for all.
    fn part(&self, at: &str) -> Option<Value> {
        let mut here = self.sample?;
        for segment in at.split('/').skip(1) {
            here = match here {
                Value::Array(items) => items.get(segment.parse::<usize>().ok()?).or(items.last())?,
                other => other.get(super::document::unescape(segment))?,
            };
        }
        Some(here.clone())
    }
}

/// A number that is kept as a text, or the other way about.
fn retyped(value: &Value, wanted: &[String]) -> Option<Value> {
    let wants = |name: &str| wanted.iter().any(|wanted| wanted == name);
    match value {
        Value::String(text) if wants("integer") || wants("number") => text.parse::<i64>().ok().map(Value::from),
        Value::Number(number) if wants("string") => Some(number.to_string().into()),
        _ => None,
    }
}

fn around<'v, 'p>(value: &'v mut Value, at: &'p str) -> Option<(&'v mut Value, &'p str)> {
    let (around, last) = at.rsplit_once('/')?;
    Some((value.pointer_mut(around)?, last))
}

fn is_entry(value: &mut Value, at: &str) -> bool {
    around(value, at).is_some_and(|(around, _)| around.is_object()) && value.pointer(at).is_some()
}

fn remove(value: &mut Value, at: &str) {
    if let Some((Value::Object(entries), last)) = around(value, at) {
        entries.shift_remove(&super::document::unescape(last));
    }
}

fn put(value: &mut Value, at: &str, part: Value) {
    if let Some(here) = value.pointer_mut(at) {
        *here = part;
    } else if let Some((Value::Object(entries), last)) = around(value, at) {
        entries.insert(super::document::unescape(last), part);
    }
}
