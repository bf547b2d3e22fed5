//! Which parts of a schema speak about which mapping of a file.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use counterpart::load;
use jsonschema::Validator;
use serde_json::{Value, json};

pub(super) struct Schema {
    root: Value,
    validator: Validator,
    /// Those of branches, by their pointers.
    branches: RefCell<HashMap<String, Validator>>,
}

/// A mapping in a file, and what the schema says of its keys.
pub(super) struct Mapping {
    /// Its JSON pointer.
    pub(super) at: String,
    /// The closed parts of the schema that hold for it.
    pub(super) places: Vec<String>,
    /// Whether keys that the schema does not name are refused.
    pub(super) closed: bool,
    /// The keys that the parts name which fit the file.
    pub(super) known: BTreeSet<String>,
    /// Those of all parts that could have fitted.
    pub(super) possible: BTreeSet<String>,
}

/// A part of a schema with its pointer.
type Part<'a> = (String, &'a Value);

impl Schema {
    pub(super) fn of(format: &str) -> Schema {
        let root = load::schema(format).expect("there is such a format");
        assert!(jsonschema::meta::is_valid(&root), "the schema of {format} is none");
        let validator = jsonschema::validator_for(&root).expect("the schema can be compiled");
        Schema { root, validator, branches: RefCell::default() }
    }

    /// What is wrong with a file; empty where nothing is.
    pub(super) fn wrong(&self, value: &Value) -> String {
        let errors = self.validator.iter_errors(value);
        errors.map(|error| format!("{}: {error}", error.instance_path())).collect::<Vec<_>>().join("\n")
    }

    pub(super) fn mappings(&self, value: &Value) -> Vec<Mapping> {
        let mut mappings = Vec::new();
        self.walk(vec![(String::new(), &self.root)], value, "", &mut mappings);
        mappings
    }

    /// The pointers of all closed parts.
    pub(super) fn closed(&self) -> BTreeSet<String> {
        let mut closed = BTreeSet::new();
        gather(&self.root, "", &mut closed);
        closed
    }

    fn walk(&self, parts: Vec<Part<'_>>, value: &Value, at: &str, mappings: &mut Vec<Mapping>) {
        let (mut fitting, mut possible) = (Vec::new(), Vec::new());
        for part in parts {
            self.expand(part, value, true, &mut fitting, &mut possible);
        }
        match value {
            Value::Object(map) => {
                mappings.push(mapping(at, &fitting, &possible));
                for (key, value) in map {
                    let children = fitting.iter().filter_map(|part| child(part, key)).collect();
                    self.walk(
                        children,
                        value,
                        &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")),
                        mappings,
                    );
                }
            }
            Value::Array(items) => {
                let children =
                    || fitting.iter().filter_map(|(place, part)| Some((format!("{place}/items"), part.get("items")?)));
                for (index, item) in items.iter().enumerate() {
                    self.walk(children().collect(), item, &format!("{at}/{index}"), mappings);
                }
            }
            _ => {}
        }
    }

    /// A part and those that it leads to. `possible` has all of them, `fitting` those that hold for the value.
    fn expand<'a>(
        &'a self,
        (place, part): Part<'a>,
        value: &Value,
        fits: bool,
        fitting: &mut Vec<Part<'a>>,
        possible: &mut Vec<Part<'a>>,
    ) {
        if let Some(name) = part.get("$ref").and_then(Value::as_str) {
            let place = name.trim_start_matches('#').to_owned();
            let target = self.root.pointer(&place).unwrap_or_else(|| panic!("{name} leads nowhere"));
            self.expand((place, target), value, fits, fitting, possible);
        }
        possible.push((place.clone(), part));
        if fits {
            fitting.push((place.clone(), part));
        }
        for word in ["allOf", "anyOf", "oneOf"] {
            for (index, branch) in part.get(word).and_then(Value::as_array).into_iter().flatten().enumerate() {
                let place = format!("{place}/{word}/{index}");
                let fits = fits && (word == "allOf" || self.fits(&place, branch, value));
                self.expand((place, branch), value, fits, fitting, possible);
            }
        }
        if let (Some(condition), Some(then)) = (part.get("if"), part.get("then")) {
            // Its keys are allowed under the condition only.
            if self.fits(&format!("{place}/if"), condition, value) {
                self.expand((format!("{place}/then"), then), value, fits, fitting, possible);
            }
        }
    }

    fn fits(&self, place: &str, part: &Value, value: &Value) -> bool {
        let mut branches = self.branches.borrow_mut();
        let branch = branches.entry(place.to_owned()).or_insert_with(|| {
            let alone = json!({ "$defs": self.root["$defs"], "allOf": [part] });
            jsonschema::validator_for(&alone).expect("a part of a schema can be compiled")
        });
        branch.is_valid(value)
    }
}

fn is_closed(part: &Value) -> bool {
    ["additionalProperties", "unevaluatedProperties"].iter().any(|word| part.get(word) == Some(&Value::Bool(false)))
}

fn mapping(at: &str, fitting: &[Part<'_>], possible: &[Part<'_>]) -> Mapping {
    let keys = |parts: &[Part<'_>]| -> BTreeSet<String> {
        let named = parts.iter().filter_map(|(_, part)| part.get("properties")?.as_object());
        named.flat_map(|properties| properties.keys().cloned()).collect()
    };
    let closed = || fitting.iter().filter(|(_, part)| is_closed(part));
    Mapping {
        at: at.to_owned(),
        places: closed().map(|(place, _)| place.clone()).collect(),
        closed: closed().next().is_some(),
        known: keys(fitting),
        possible: keys(possible),
    }
}

/// What holds for the value under a key.
fn child<'a>((place, part): &Part<'a>, key: &str) -> Option<Part<'a>> {
    if let Some(child) = part.get("properties").and_then(|properties| properties.get(key)) {
        return Some((format!("{place}/properties/{key}"), child));
    }
    // All patterns of a mapping lead to the same here.
    if let Some(child) = part.get("patternProperties").and_then(|patterns| patterns.as_object()?.values().next()) {
        return Some((format!("{place}/patternProperties"), child));
    }
    let child = part.get("additionalProperties").filter(|child| child.is_object())?;
    Some((format!("{place}/additionalProperties"), child))
}

fn gather(part: &Value, at: &str, closed: &mut BTreeSet<String>) {
    if is_closed(part) {
        closed.insert(at.to_owned());
    }
    match part {
        Value::Object(map) => map.iter().for_each(|(key, part)| gather(part, &format!("{at}/{key}"), closed)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, part)| gather(part, &format!("{at}/{index}"), closed));
        }
        _ => {}
    }
}
