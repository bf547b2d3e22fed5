//! Objects: what is required, what may be there, and what only a count asks for.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::facets::{Facets, Turns};
use super::maker::{Maker, PATIENCE, Spot, Stuck, is_foreign};
use super::pattern;
use crate::dice::Draws;

/// Properties that are made up at the most because of `minProperties`.
const MAX_MADE_UP: usize = 1_000;

/// Which of the optional properties are made.
#[derive(Clone, Copy)]
enum Optional {
    All,
    None,
    Some,
}

/// What the parts of an object say about its properties.
struct Book<'f, 'a> {
    facets: &'f Facets<'a>,
    /// The patterns of `patternProperties` that can be compiled.
    patterns: HashMap<&'a str, regex::Regex>,
    required: Vec<&'a str>,
}

impl<'f, 'a> Book<'f, 'a> {
    fn of(facets: &'f Facets<'a>) -> Book<'f, 'a> {
        let patterns = facets.all("patternProperties").filter_map(Value::as_object).flat_map(Map::keys);
        let patterns = patterns.filter_map(|pattern| Some((pattern.as_str(), regex::Regex::new(pattern).ok()?)));
        let patterns = patterns.collect();
        let mut book = Book { facets, patterns, required: Vec::new() };
        let required = facets.all("required").filter_map(Value::as_array).flatten().filter_map(Value::as_str);
        required.for_each(|name| book.require(name));
        book
    }

    /// A required property, and what is required with it.
    fn require(&mut self, name: &'a str) {
        if self.required.contains(&name) {
            return;
        }
        self.required.push(name);
        let facets = self.facets;
        let lists = facets.all("dependentRequired").filter_map(|lists| lists.get(name)?.as_array());
        lists.flatten().filter_map(Value::as_str).for_each(|other| self.require(other));
    }

    /// The names that the parts mention, required ones that have no schema last.
    fn names(&self) -> Vec<&'a str> {
        let known = self.facets.all("properties").filter_map(Value::as_object).flat_map(Map::keys);
        let mut names: Vec<&str> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        names.extend(known.map(String::as_str).chain(self.required.iter().copied()).filter(|name| seen.insert(*name)));
        names
    }

    /// What the parts ask of a property. None where one of them does not allow it.
    fn schemas(&self, name: &str) -> Option<Vec<&'a Value>> {
        let mut schemas = Vec::new();
        let mut known = false;
        for part in &self.facets.parts {
            let before = schemas.len();
            schemas.extend(part.get("properties").and_then(|properties| properties.get(name)));
            let patterns = part.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
            let matching = |pattern: &str| self.patterns.get(pattern).is_some_and(|regex| regex.is_match(name));
            schemas.extend(patterns.filter(|(pattern, _)| matching(pattern)).map(|(_, schema)| schema));
            known |= schemas.len() > before;
            if schemas.len() == before {
                schemas.extend(part.get("additionalProperties"));
            }
        }
        if !known {
            schemas.extend(self.facets.all("unevaluatedProperties"));
        }
        (!schemas.contains(&&Value::Bool(false))).then_some(schemas)
    }
}

/// How an object is made this time.
struct Plan {
    wanted: Optional,
    /// Only what must be there.
    brief: bool,
    /// How many optional properties there may still be.
    room: usize,
}

impl<'a> Maker<'a> {
    pub(super) fn object(
        &mut self,
        facets: &Facets<'a>,
        spot: &Spot,
        turns: &mut Turns,
        draws: &mut Draws,
        brief: bool,
    ) -> Result<Value, Stuck> {
        let book = Book::of(facets);
        let wanted = [Optional::All, Optional::None, Optional::Some][turns.pick(3)];
        let room = facets.at_most("maxProperties").saturating_sub(book.required.len());
        let mut plan = Plan { wanted, brief, room };
        let mut out = Map::new();
        let mut left = Vec::new();
        for name in book.names() {
            let place = self.below(spot, name, name);
            let schemas = book.schemas(name);
            let required = book.required.contains(&name);
            if !required && !self.is_wanted(&book, name, schemas.as_deref(), &place, &plan, draws) {
                left.push(name);
                continue;
            }
            match self.value(&schemas.unwrap_or_default(), &place) {
                Ok(value) => {
                    plan.room -= usize::from(!required);
                    out.insert(name.to_owned(), value);
                }
                Err(stuck) if required => return Err(stuck),
                Err(_) => left.push(name),
            }
        }
        self.follow(&book, spot, &mut out)?;
        self.fill(&book, spot, &left, &mut out, draws)?;
        if out.is_empty() && !brief && plan.room > 0 && matches!(wanted, Optional::All) {
            self.entry(&book, spot, &mut out, draws);
        }
        Ok(Value::Object(out))
    }

    /// Whether an optional property is made this time.
    fn is_wanted(
        &self,
        book: &Book<'_, 'a>,
        name: &str,
        schemas: Option<&[&'a Value]>,
        place: &Spot,
        plan: &Plan,
        draws: &mut Draws,
    ) -> bool {
        let Some(schemas) = schemas.filter(|_| plan.room > 0 && !plan.brief) else { return false };
        if book.facets.shunned.contains(&name) || schemas.iter().any(|schema| is_foreign(schema)) {
            return false;
        }
        let failed = self.failures(place) >= PATIENCE;
        !failed
            && match plan.wanted {
                Optional::All => true,
                Optional::None => false,
                Optional::Some => draws.below(2) == 1,
            }
    }

    /// Adds what optional properties that were made require beside them.
    fn follow(&mut self, book: &Book<'_, 'a>, spot: &Spot, out: &mut Map<String, Value>) -> Result<(), Stuck> {
        let lists: Vec<&'a Map<String, Value>> =
            book.facets.all("dependentRequired").filter_map(Value::as_object).collect();
        loop {
            let wanted = lists.iter().flat_map(|list| list.iter()).filter(|(name, _)| out.contains_key(*name));
            let wanted = wanted.filter_map(|(_, names)| names.as_array()).flatten().filter_map(Value::as_str);
            let Some(name) = wanted.into_iter().find(|name| !out.contains_key(*name)) else { return Ok(()) };
            let place = self.below(spot, name, name);
            let value = self.value(&book.schemas(name).unwrap_or_default(), &place)?;
            out.insert(name.to_owned(), value);
        }
    }

    /// Adds properties until there are enough: first those that were left out, then others.
    fn fill(
        &mut self,
        book: &Book<'_, 'a>,
        spot: &Spot,
        left: &[&'a str],
        out: &mut Map<String, Value>,
        draws: &mut Draws,
    ) -> Result<(), Stuck> {
        let least = book.facets.at_least("minProperties");
        for name in left {
            let schemas = book.schemas(name).filter(|_| out.len() < least && !out.contains_key(*name));
            let Some(schemas) = schemas else { continue };
            if let Ok(value) = self.value(&schemas, &self.below(spot, name, name)) {
                out.insert((*name).to_owned(), value);
            }
        }
        if least > out.len() + MAX_MADE_UP {
            let why = format!("it asks for {least} properties, and {MAX_MADE_UP} are the most that is made up");
            return Err(spot.stuck(why));
        }
        for nth in 0..2 * (least.saturating_sub(out.len()) as u64) + 8 {
            if out.len() >= least {
                return Ok(());
            }
            let Some(name) = self.made_up(book, spot, nth, draws) else { continue };
            let Some(schemas) = book.schemas(&name).filter(|_| !out.contains_key(&name)) else { continue };
            let value = self.value(&schemas, &self.below(spot, &name, &name))?;
            out.insert(name, value);
        }
        match out.len() >= least {
            true => Ok(()),
            false => Err(spot.stuck(format!("no {least} properties are allowed here"))),
        }
    }

    /// A first entry for an object that is a map: otherwise nothing shows what it holds.
    fn entry(&mut self, book: &Book<'_, 'a>, spot: &Spot, out: &mut Map<String, Value>, draws: &mut Draws) {
        let is_map = |schema: &Value| schema.as_object().is_some_and(|keywords| !keywords.is_empty());
        let maps = book.facets.all("additionalProperties").any(is_map) || !book.patterns.is_empty();
        let Some(name) = self.made_up(book, spot, 0, draws).filter(|_| maps) else { return };
        let Some(schemas) = book.schemas(&name) else { return };
        let place = self.below(spot, &name, &name);
        if self.failures(&place) >= PATIENCE {
            return;
        }
        if let Ok(value) = self.value(&schemas, &place) {
            out.insert(name, value);
        }
    }

    /// A name that no part of the schema mentions, if such are allowed.
    fn made_up(&mut self, book: &Book<'_, 'a>, spot: &Spot, nth: u64, draws: &mut Draws) -> Option<String> {
        let names: Vec<&'a Value> = book.facets.all("propertyNames").collect();
        if !names.is_empty() {
            let place = Spot { nudge: nth, ..self.below(spot, "", "key") };
            let text: &'a Value = &TEXT;
            let name = self.value(&[&[text], names.as_slice()].concat(), &place).ok()?;
            return name.as_str().map(str::to_owned);
        }
        let patterns = book.facets.all("patternProperties").filter_map(Value::as_object).flat_map(Map::keys);
        let patterns: Vec<&String> = patterns.collect();
        let closed = book.facets.all("additionalProperties").any(|schema| *schema == Value::Bool(false));
        if !patterns.is_empty() && (closed || nth.is_multiple_of(2)) {
            let pattern = patterns[nth as usize % patterns.len()];
            return pattern::text(pattern, 1, 40, draws);
        }
        Some(format!("key{}", nth + 1))
    }
}

/// Names of properties are texts, whatever else is asked of them.
static TEXT: std::sync::LazyLock<Value> = std::sync::LazyLock::new(|| serde_json::json!({ "type": "string" }));
