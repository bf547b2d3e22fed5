//! The schemas of OpenAPI 3.0, 3.1 and 3.2 as JSON Schema 2020-12, one direction at a time.
//!
//! It goes by content as well as by version: documents that call themselves 3.1 use `nullable`, and 3.0 ones use `const`.
//! What no schema may look like is left out with a finding, so that a slip in one keyword does not cost the whole schema.
//! References are not inlined: each target becomes a resource of its own, so that circles are fine and every keyword is traced
//! back to its line.

mod discriminator;
mod keyword;
mod marks;
mod reach;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::document::{Document, Site, Version};
use super::schema::brief;
use crate::source::Finding;

use keyword::Shape;
use reach::Reaches;

pub(super) use discriminator::SUBTYPES;
pub(super) use keyword::{INT64, INTEGER_FORMATS};
pub(super) use marks::{marked, subtypes};

/// Whether a schema is read for what clients send or for what they get: `readOnly` and `writeOnly` differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Reply,
}

impl Direction {
    /// The mark of properties that do not belong to this direction.
    pub(super) fn foreign(self) -> &'static str {
        match self {
            Direction::Request => "readOnly",
            Direction::Reply => "writeOnly",
        }
    }
}

/// What references to resources begin with. All stand in one JSON Schema resource: where each had a URI of its own, the validator
/// would compile it once for every chain of references that leads there, since each is another dynamic scope.
pub(super) const BASE: &str = "#/$defs/";

/// The reference to the resource for a numbered site.
pub(super) fn uri(number: usize) -> String {
    format!("{BASE}{number}")
}

/// A schema and all that it refers to, in JSON Schema 2020-12.
#[derive(Debug)]
pub(super) struct Bundle {
    /// One resource for each site, the root first; each is called by the [`uri`] of its index.
    pub(super) resources: Vec<Value>,
    pub(super) sites: Vec<Site>,
    /// The patterns in use, and where.
    pub(super) patterns: Vec<(String, Site)>,
    pub(super) findings: Vec<Finding>,
}

impl Bundle {
    /// All resources as one schema, in which each stands under its number.
    pub(super) fn schema(&mut self) -> Value {
        let resources = std::mem::take(&mut self.resources).into_iter().enumerate();
        let named: Map<String, Value> = resources.map(|(number, resource)| (number.to_string(), resource)).collect();
        json!({ "$defs": named })
    }
}

/// Translates the schema at `root` and all that it refers to, without the patterns in `unusable`.
pub(super) fn translate(document: &Document, root: &Site, direction: Direction, unusable: &HashSet<String>) -> Bundle {
    run(document, root, direction, unusable, Use::Check)
}

/// The same for making values instead of checking them: with the examples, with a mark at what does not belong to the
/// direction, and with discriminators as plain alternatives.
pub(super) fn recipe(document: &Document, root: &Site, direction: Direction) -> Bundle {
    run(document, root, direction, &HashSet::new(), Use::Sample)
}

/// What a translation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Check,
    Sample,
}

fn run(document: &Document, root: &Site, direction: Direction, unusable: &HashSet<String>, wanted: Use) -> Bundle {
    let mut translator = Translator {
        document,
        direction,
        wanted,
        unusable,
        numbers: HashMap::new(),
        reach: Reaches::default(),
        bundle: Bundle { resources: Vec::new(), sites: Vec::new(), patterns: Vec::new(), findings: Vec::new() },
    };
    translator.number(root.clone());
    let mut next = 0;
    while let Some(site) = translator.bundle.sites.get(next).cloned() {
        let schema = match document.value(&site) {
            Some(schema) => translator.schema(&site, schema, &Spot { resource: next, in_place: true, foreign: &[] }),
            None => Value::Bool(true),
        };
        translator.bundle.resources.push(schema);
        next += 1;
    }
    translator.bundle
}

/// Every schema that can be reached from `roots`, in their order and each once.
pub(super) fn subschemas(document: &Document, roots: Vec<Site>) -> Vec<Site> {
    let mut seen = HashSet::new();
    let mut open: Vec<Site> = roots.into_iter().rev().collect();
    let mut found = Vec::new();
    while let Some(site) = open.pop() {
        let Some(schema) = document.value(&site).and_then(Value::as_object) else { continue };
        if !seen.insert(site.clone()) {
            continue;
        }
        for (key, value) in schema {
            let at = site.below(key);
            match (keyword::shape(key), value) {
                (Shape::Reference, Value::String(reference)) => open.extend(document.target(site.file, reference)),
                (Shape::Schemas { .. } | Shape::Schema { .. }, Value::Array(items)) => {
                    open.extend((0..items.len()).map(|index| at.below(&index.to_string())));
                }
                (Shape::Schema { .. }, Value::Object(_)) => open.push(at),
                (Shape::Named { .. }, Value::Object(entries)) => open.extend(entries.keys().map(|name| at.below(name))),
                _ => {}
            }
        }
        found.push(site);
    }
    found
}

struct Translator<'a> {
    document: &'a Document,
    direction: Direction,
    wanted: Use,
    unusable: &'a HashSet<String>,
    numbers: HashMap<Site, usize>,
    /// Where references for the same instance lead: circles among these never end.
    reach: Reaches,
    bundle: Bundle,
}

/// Where the translation is.
#[derive(Clone, Copy)]
struct Spot<'s> {
    /// The resource that is being written.
    resource: usize,
    /// Whether this schema speaks of the same instance as the resource's root.
    in_place: bool,
    /// Properties of the other direction, known from the schema around an `allOf`.
    foreign: &'s [String],
}

impl Translator<'_> {
    fn number(&mut self, site: Site) -> usize {
        let next = self.bundle.sites.len();
        let number = *self.numbers.entry(site.clone()).or_insert(next);
        if number == next {
            self.bundle.sites.push(site);
        }
        number
    }

    fn schema(&mut self, site: &Site, schema: &Value, spot: &Spot<'_>) -> Value {
        let keywords = match schema {
            Value::Bool(_) => return schema.clone(),
            Value::Object(keywords) => keywords,
            _ => {
                self.warn(site, "a schema must be an object; any value is accepted in its place");
                return Value::Bool(true);
            }
        };
        if self.document.version == Version::V30 && keywords.get("$ref").is_some_and(Value::is_string) {
            let mut out = Map::new();
            self.reference("$ref", &keywords["$ref"], site, spot, &mut out);
            return Value::Object(out);
        }
        let foreign = self.foreign(site, spot);
        let spot = Spot { foreign: &foreign, ..*spot };
        let mut out = Map::new();
        for (key, value) in keywords {
            self.keyword(key, value, keywords, site, &spot, &mut out);
        }
        keyword::bounds(keywords, &mut out);
        if !keyword::lists_its_type(&out) {
            self.warn(&site.below("type"), "no value of the `enum` beside it is of this type; the type is left out");
            out.remove("type");
        }
        self.discriminate(keywords, site, &spot, &mut out);
        keyword::nullable(keywords, out)
    }

    /// The names of the properties that do not belong to this direction.
    fn foreign(&self, site: &Site, spot: &Spot<'_>) -> Vec<String> {
        let mut names = marks::marked_properties(self.document, site, self.direction.foreign());
        names.extend_from_slice(spot.foreign);
        names
    }

    fn keyword(
        &mut self,
        key: &str,
        value: &Value,
        around: &Map<String, Value>,
        site: &Site,
        spot: &Spot<'_>,
        out: &mut Map<String, Value>,
    ) {
        match keyword::shape(key) {
            Shape::Reference => self.reference(key, value, site, spot, out),
            Shape::Schema { in_place } => {
                let below = Spot { in_place: in_place && spot.in_place, ..*spot };
                let below = if in_place { below } else { Spot { foreign: &[], ..below } };
                self.schema_keyword(key, value, around, &site.below(key), &below, out);
            }
            Shape::Schemas { in_place } => {
                let below = Spot { in_place: in_place && spot.in_place, ..*spot };
                self.list(key, value, &site.below(key), &below, out);
            }
            Shape::Named { in_place } => {
                let below = Spot { in_place: in_place && spot.in_place, ..*spot };
                self.named(key, value, &site.below(key), &below, out);
            }
            Shape::Pattern => self.pattern(value, &site.below(key), out),
            Shape::Required => self.required(value, &site.below(key), spot, out),
            Shape::Type => self.types(value, &site.below(key), out),
            Shape::Plain(fits) => match fits(value) {
                true => {
                    out.insert(key.to_owned(), value.clone());
                }
                false => self.warn(&site.below(key), &format!("`{key}` cannot be {}; it is left out", brief(value))),
            },
            Shape::Handled if self.wanted == Use::Sample && matches!(key, "example" | "examples" | "default") => {
                out.insert(key.to_owned(), value.clone());
            }
            Shape::Handled => {}
        }
    }

    fn reference(&mut self, key: &str, value: &Value, site: &Site, spot: &Spot<'_>, out: &mut Map<String, Value>) {
        let Some(target) = value.as_str().and_then(|text| self.document.target(site.file, text)) else { return };
        if spot.in_place && self.returns(&target, spot.resource) {
            let what = "this reference leads back to itself without ever describing a value; it is left out";
            self.warn_as("ref-cycle", &site.below(key), what);
            return;
        }
        if self.reach.of(self.document, &target).depth > reach::MAX_DEPTH {
            let what = "this reference leads through too many others before it describes a value; it is left out";
            self.warn_as("deep-ref", &site.below(key), what);
            return;
        }
        let number = self.number(target);
        out.insert("$ref".to_owned(), Value::String(uri(number)));
    }

    /// Whether references that speak of the same instance lead from `target` back to a resource.
    fn returns(&mut self, target: &Site, resource: usize) -> bool {
        let document = self.document;
        if !self.reach.of(document, target).circular {
            return false;
        }
        let home = self.bundle.sites[resource].clone();
        let mut seen = HashSet::new();
        let mut open = vec![target.clone()];
        while let Some(site) = open.pop() {
            if site == home {
                return true;
            }
            if seen.insert(site.clone()) {
                open.extend(marks::in_place(document, &site).into_iter().map(|(site, _)| site));
            }
        }
        false
    }

    fn schema_keyword(
        &mut self,
        key: &str,
        value: &Value,
        around: &Map<String, Value>,
        site: &Site,
        spot: &Spot<'_>,
        out: &mut Map<String, Value>,
    ) {
        // Drafts before 2020-12 wrote tuples as a list under `items`.
        if key == "items" && value.is_array() {
            let spot = Spot { in_place: false, foreign: &[], ..*spot };
            self.list("prefixItems", value, site, &spot, out);
        } else if !(key == "additionalItems" && around.get("items").is_some_and(Value::is_object)) {
            let name = if key == "additionalItems" { "items" } else { key };
            let schema = self.schema(site, value, spot);
            out.insert(name.to_owned(), schema);
        }
    }

    fn list(&mut self, key: &str, value: &Value, site: &Site, spot: &Spot<'_>, out: &mut Map<String, Value>) {
        let Some(items) = value.as_array().filter(|items| !items.is_empty()) else {
            return self.warn(site, &format!("`{key}` must be a list of schemas; it is left out"));
        };
        let schemas: Vec<Value> = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.schema(&site.below(&index.to_string()), item, spot))
            .collect();
        out.insert(key.to_owned(), Value::Array(schemas));
    }

    fn named(&mut self, key: &str, value: &Value, site: &Site, spot: &Spot<'_>, out: &mut Map<String, Value>) {
        let Some(entries) = value.as_object() else {
            return self.warn(site, &format!("`{key}` must map names to schemas; it is left out"));
        };
        let mut schemas = Map::new();
        for (name, schema) in entries {
            let below = site.below(name);
            if key == "patternProperties" && !self.usable(name, &below) {
                continue;
            }
            let foreign = key == "properties" && spot.foreign.contains(name);
            let mut schema = match foreign && self.direction == Direction::Request {
                // Reported by a walk of its own, so that it sways no `anyOf`.
                true => Value::Bool(true),
                false => self.schema(&below, schema, &Spot { foreign: &[], ..*spot }),
            };
            if let (true, Use::Sample, Value::Object(keywords)) = (foreign, self.wanted, &mut schema) {
                keywords.insert(self.direction.foreign().to_owned(), true.into());
            }
            schemas.insert(name.clone(), schema);
        }
        out.insert(key.to_owned(), Value::Object(schemas));
    }

    fn pattern(&mut self, value: &Value, site: &Site, out: &mut Map<String, Value>) {
        let Some(written) = value.as_str() else {
            return self.warn(site, "`pattern` must be a text; it is left out");
        };
        let pattern = keyword::bare_pattern(written);
        if pattern != written {
            let what =
                format!("`{written}` is a literal of ECMAScript; the pattern is what stands between its slashes");
            self.warn_as("bad-pattern", site, &what);
        }
        if self.usable(pattern, site) {
            out.insert("pattern".to_owned(), pattern.into());
        }
    }

    fn usable(&mut self, pattern: &str, site: &Site) -> bool {
        if self.unusable.contains(pattern) {
            let what = format!("no engine can run the pattern `{pattern}` within bounds; it is left out");
            self.warn_as("bad-pattern", site, &what);
            return false;
        }
        self.bundle.patterns.push((pattern.to_owned(), site.clone()));
        true
    }

    fn required(&mut self, value: &Value, site: &Site, spot: &Spot<'_>, out: &mut Map<String, Value>) {
        let Some(names) = value.as_array().filter(|names| names.iter().all(Value::is_string)) else {
            // `required: true` inside a property is a habit from draft 3, and harmless.
            return self.warn(site, "`required` must be a list of property names; it is left out");
        };
        let mut kept: Vec<Value> = Vec::new();
        for name in names {
            let foreign = spot.foreign.iter().any(|foreign| Some(foreign.as_str()) == name.as_str());
            if !foreign && !kept.contains(name) {
                kept.push(name.clone());
            }
        }
        out.insert("required".to_owned(), Value::Array(kept));
    }

    fn types(&mut self, value: &Value, site: &Site, out: &mut Map<String, Value>) {
        let listed: Vec<&str> = match value {
            Value::String(name) => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut types: Vec<&str> = Vec::new();
        for name in listed {
            match name {
                // Swagger 2.0's `file` says nothing about a JSON value; `any` means what it says.
                "file" | "any" => return,
                _ if !keyword::TYPES.contains(&name) => {
                    self.warn(site, &format!("`{name}` is no type of JSON Schema; it is left out"));
                }
                _ if !types.contains(&name) => types.push(name),
                _ => {}
            }
        }
        match types[..] {
            [] => {}
            [only] => drop(out.insert("type".to_owned(), only.into())),
            _ => drop(out.insert("type".to_owned(), json!(types))),
        }
    }

    fn warn(&mut self, site: &Site, what: &str) {
        self.warn_as("bad-schema", site, what);
    }

    fn warn_as(&mut self, rule: &'static str, site: &Site, what: &str) {
        self.bundle.findings.push(Finding::warning(rule, self.document.place(site), what));
    }
}
