//! What a set of schemas says about one value, with `$ref`, `allOf`, `anyOf`, `oneOf` and the subtypes of a discriminator seen through.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::dialect::subtypes;
use super::super::document::{Document, Site, Version};
use super::Types;

/// Compositions that go deeper say nothing more.
const MAX_DEPTH: usize = 128;
/// A value that may be of more subtypes than these may have any properties.
const MOST_SUBTYPES: usize = 64;

/// The sum of what several schemas say.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) types: Option<Types>,
    /// Each property with the schemas that describe it, in the order of the document.
    pub(super) properties: Vec<(String, Vec<Site>)>,
    pub(super) rest: Vec<Site>,
    pub(super) items: Vec<Site>,
    pub(super) open: bool,
    by_name: HashMap<String, usize>,
    seen: HashSet<Site>,
}

impl Gathered {
    /// Reads what a value described by any of these schemas may be.
    pub(super) fn from(document: &Document, sites: &[Site]) -> Gathered {
        let mut gathered = Gathered::default();
        let mut types = Some(Types::default());
        for site in sites {
            gathered.visit(document, site, 0);
            let own = Typing { document, path: Vec::new(), budget: 2_000 }.of(site);
            types = types.zip(own).map(|(all, own)| all.or(own));
        }
        gathered.types = types.filter(|types| *types != Types::default());
        gathered
    }

    fn visit(&mut self, document: &Document, site: &Site, depth: usize) {
        if depth > MAX_DEPTH || !self.seen.insert(site.clone()) {
            return;
        }
        let Some(schema) = document.value(site).and_then(Value::as_object) else { return };
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            if let Some(target) = document.target(site.file, reference) {
                self.visit(document, &target, depth + 1);
            }
            if document.version == Version::V30 {
                return;
            }
        }
        self.own(schema, site);
        for key in ["allOf", "anyOf", "oneOf"] {
            let parts = schema.get(key).and_then(Value::as_array).map_or(0, Vec::len);
            let list = site.below(key);
            for part in 0..parts {
                self.visit(document, &list.below(&part.to_string()), depth + 1);
            }
        }
        for key in ["then", "else"] {
            self.visit(document, &site.below(key), depth + 1);
        }
        self.subtypes(document, schema, site, depth);
    }

    /// A discriminator beside no alternatives names schemas that are made of this one: a value may be any of them, unless it is
    /// one of them already.
    fn subtypes(&mut self, document: &Document, schema: &serde_json::Map<String, Value>, site: &Site, depth: usize) {
        let Some(discriminator) = schema.get("discriminator").filter(|it| it["propertyName"].is_string()) else {
            return;
        };
        if schema.contains_key("oneOf") || schema.contains_key("anyOf") {
            return;
        }
        let subtypes = subtypes(document, discriminator, site);
        if subtypes.iter().any(|(_, subtype)| subtype != site && self.seen.contains(subtype)) {
            return;
        }
        self.open |= subtypes.len() > MOST_SUBTYPES;
        for (_, subtype) in subtypes.iter().take(MOST_SUBTYPES) {
            self.visit(document, subtype, depth + 1);
        }
    }

    fn own(&mut self, schema: &serde_json::Map<String, Value>, site: &Site) {
        let properties = site.below("properties");
        for name in schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|it| it.keys()) {
            let index = *self.by_name.entry(name.clone()).or_insert_with(|| {
                self.properties.push((name.clone(), Vec::new()));
                self.properties.len() - 1
            });
            self.properties[index].1.push(properties.below(name));
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(true)) => self.open = true,
            Some(Value::Object(_)) => {
                self.open = true;
                self.rest.push(site.below("additionalProperties"));
            }
            _ => {}
        }
        match schema.get("items") {
            Some(Value::Object(_)) => self.items.push(site.below("items")),
            Some(Value::Array(items)) => {
                let list = site.below("items");
                self.items.extend((0..items.len()).map(|index| list.below(&index.to_string())));
            }
            _ => {}
        }
        let tuple = schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
        let list = site.below("prefixItems");
        self.items.extend((0..tuple).map(|index| list.below(&index.to_string())));
    }
}

/// The types that a schema lets through; none where it does not say.
struct Typing<'a> {
    document: &'a Document,
    /// The schemas around the one in hand, to notice circles.
    path: Vec<Site>,
    /// Compositions can unfold without end; what is beyond this says nothing.
    budget: usize,
}

impl Typing<'_> {
    fn of(&mut self, site: &Site) -> Option<Types> {
        if self.budget == 0 || self.path.contains(site) || self.path.len() > MAX_DEPTH {
            return None;
        }
        self.budget -= 1;
        self.path.push(site.clone());
        let types = self.schema(site);
        self.path.pop();
        types
    }

    fn schema(&mut self, site: &Site) -> Option<Types> {
        let document = self.document;
        let schema = document.value(site)?.as_object()?;
        let behind = schema.get("$ref").and_then(Value::as_str).and_then(|text| document.target(site.file, text));
        let behind = behind.and_then(|target| self.of(&target));
        if document.version == Version::V30 && schema.contains_key("$ref") {
            return behind;
        }
        let mut types = both(own_types(schema), behind);
        for key in ["allOf", "anyOf", "oneOf"] {
            let parts = schema.get(key).and_then(Value::as_array).map_or(0, Vec::len);
            let list = site.below(key);
            let parts: Vec<Option<Types>> = (0..parts).map(|part| self.of(&list.below(&part.to_string()))).collect();
            let said = match key {
                "allOf" => parts.into_iter().fold(None, both),
                _ => parts.into_iter().reduce(|all, part| all.zip(part).map(|(all, part)| all.or(part))).flatten(),
            };
            types = both(types, said);
        }
        let nullable = schema.get("nullable") == Some(&Value::Bool(true));
        types.map(|types| if nullable { types.or(Types::NULL) } else { types })
    }
}

fn both(left: Option<Types>, right: Option<Types>) -> Option<Types> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.and(right)),
        (one, other) => one.or(other),
    }
}

fn own_types(schema: &serde_json::Map<String, Value>) -> Option<Types> {
    let sum = |types: Vec<Types>| types.into_iter().reduce(Types::or);
    match schema.get("type") {
        Some(Value::String(name)) => return Types::named(name),
        Some(Value::Array(names)) => {
            return sum(names.iter().filter_map(Value::as_str).filter_map(Types::named).collect());
        }
        _ => {}
    }
    match (schema.get("enum"), schema.get("const")) {
        (Some(Value::Array(values)), _) => sum(values.iter().map(Types::of).collect()),
        (_, Some(value)) => Some(Types::of(value)),
        _ => None,
    }
}
