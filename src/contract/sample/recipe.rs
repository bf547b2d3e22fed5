//! A schema and all that it refers to, as values are made by it, and how deep a value must be at the least.

use serde_json::{Map, Value};

use super::super::dialect;

/// Deeper than any value that is made.
const ENDLESS: usize = 1_000;
/// Rounds in which heights settle; documents that need more have references of references of references.
const ROUNDS: usize = 24;

/// A translated schema, with the examples that stand in it.
#[derive(Debug)]
pub(in crate::contract) struct Recipe {
    resources: Vec<Value>,
    /// For each resource, how many levels of objects and lists its smallest value has.
    heights: Vec<usize>,
}

impl Recipe {
    /// A recipe from the resources of a bundle, the root first.
    pub(in crate::contract) fn new(resources: Vec<Value>) -> Recipe {
        let mut recipe = Recipe { heights: vec![ENDLESS; resources.len()], resources };
        for _ in 0..ROUNDS {
            let heights: Vec<usize> = recipe.resources.iter().map(|schema| recipe.height(schema)).collect();
            if heights == recipe.heights {
                break;
            }
            recipe.heights = heights;
        }
        recipe
    }

    /// The schema that is asked for.
    pub(super) fn root(&self) -> &Value {
        self.resources.first().unwrap_or(&Value::Bool(true))
    }

    /// What a reference stands for.
    pub(super) fn behind(&self, schema: &Map<String, Value>) -> Option<&Value> {
        self.resources.get(self.number(schema)?)
    }

    fn number(&self, schema: &Map<String, Value>) -> Option<usize> {
        schema.get("$ref")?.as_str()?.strip_prefix(dialect::BASE)?.parse().ok()
    }

    /// How many levels the smallest value of a schema has; a lower bound where keywords contradict each other.
    pub(super) fn height(&self, schema: &Value) -> usize {
        let Value::Object(keywords) = schema else { return if *schema == Value::Bool(false) { ENDLESS } else { 0 } };
        if keywords.contains_key("const") || keywords.contains_key("enum") {
            return 0;
        }
        let behind = self.number(keywords).and_then(|number| self.heights.get(number)).copied().unwrap_or(0);
        let list = |key: &str| keywords.get(key).and_then(Value::as_array).into_iter().flatten();
        let all = list("allOf").map(|part| self.height(part)).max().unwrap_or(0);
        let some = |key: &str| list(key).map(|part| self.height(part)).min().unwrap_or(0);
        let own = if is_leaf(keywords) { 0 } else { self.inner(keywords) };
        [behind, all, some("oneOf"), some("anyOf"), own].into_iter().max().unwrap_or(0).min(ENDLESS)
    }

    /// One more than the highest of the parts that must be there.
    fn inner(&self, keywords: &Map<String, Value>) -> usize {
        let required = keywords.get("required").and_then(Value::as_array).into_iter().flatten();
        let properties = keywords.get("properties").and_then(Value::as_object);
        let parts = required.filter_map(|name| properties?.get(name.as_str()?));
        let filled = keywords.get("minItems").and_then(Value::as_f64).is_some_and(|least| least >= 1.0);
        let items = keywords.get("items").filter(|_| filled);
        parts.chain(items).map(|part| self.height(part) + 1).max().unwrap_or(0)
    }
}

/// Whether a value without parts is allowed.
fn is_leaf(keywords: &Map<String, Value>) -> bool {
    let leaf = |name: &Value| !matches!(name.as_str(), Some("object" | "array"));
    match keywords.get("type") {
        Some(Value::Array(names)) => names.iter().any(leaf),
        Some(name) => leaf(name),
        None => false,
    }
}
