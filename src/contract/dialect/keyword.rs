//! What each keyword of a schema must look like.

use serde_json::{Map, Value, json};

/// The types of JSON Schema.
pub(super) const TYPES: &[&str] = &["null", "boolean", "integer", "number", "string", "array", "object"];

/// Formats of OpenAPI that bound an integer.
pub(crate) const INTEGER_FORMATS: &[(&str, i64, i64)] =
    &[("int32", i32::MIN as i64, i32::MAX as i64), ("int64", i64::MIN, i64::MAX)];

/// A keyword of our own beside `format: int64`; see [`bounds`].
pub(crate) const INT64: &str = "counterpart-int64";

/// What stands under a keyword.
pub(super) enum Shape {
    Reference,
    /// One schema; `in_place` where it speaks of the same instance.
    Schema {
        in_place: bool,
    },
    /// A list of schemas.
    Schemas {
        in_place: bool,
    },
    /// Schemas under names.
    Named {
        in_place: bool,
    },
    Pattern,
    Required,
    Type,
    /// A value that is kept where the function likes it.
    Plain(fn(&Value) -> bool),
    /// Nothing to check by, or seen to elsewhere.
    Handled,
}

/// What stands under `key`.
pub(super) fn shape(key: &str) -> Shape {
    match key {
        "$ref" | "$dynamicRef" | "$recursiveRef" => Shape::Reference,
        "not" | "if" | "then" | "else" => Shape::Schema { in_place: true },
        "items"
        | "additionalItems"
        | "contains"
        | "additionalProperties"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties" => Shape::Schema { in_place: false },
        "allOf" | "anyOf" | "oneOf" => Shape::Schemas { in_place: true },
        "prefixItems" => Shape::Schemas { in_place: false },
        "properties" | "patternProperties" => Shape::Named { in_place: false },
        "dependentSchemas" => Shape::Named { in_place: true },
        "pattern" => Shape::Pattern,
        "required" => Shape::Required,
        "type" => Shape::Type,
        "enum" => Shape::Plain(|value| value.as_array().is_some_and(|values| !values.is_empty())),
        "const" => Shape::Plain(|_| true),
        "minimum" | "maximum" => Shape::Plain(Value::is_number),
        // As booleans they are OpenAPI 3.0's and belong to `minimum` and `maximum`.
        "exclusiveMinimum" | "exclusiveMaximum" => Shape::Plain(|value| value.is_number() || value.is_boolean()),
        "multipleOf" => Shape::Plain(|value| value.as_f64().is_some_and(|number| number > 0.0)),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" | "minContains"
        | "maxContains" => Shape::Plain(is_count),
        "uniqueItems" => Shape::Plain(Value::is_boolean),
        "format" => Shape::Plain(Value::is_string),
        "dependentRequired" => Shape::Plain(is_lists_of_names),
        _ => Shape::Handled,
    }
}

fn is_count(value: &Value) -> bool {
    value.as_u64().is_some() || value.as_f64().is_some_and(|number| number >= 0.0 && number.fract() == 0.0)
}

fn is_lists_of_names(value: &Value) -> bool {
    let is_names = |names: &Value| names.as_array().is_some_and(|names| names.iter().all(Value::is_string));
    value.as_object().is_some_and(|entries| entries.values().all(is_names))
}

/// A pattern without the slashes of a literal (`/^a$/i`), between which it could never match.
pub(super) fn bare_pattern(written: &str) -> &str {
    let inner = written.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    let literal = inner.filter(|(body, flags)| {
        body.starts_with('^') && body.ends_with('$') && flags.bytes().all(|flag| flag.is_ascii_lowercase())
    });
    literal.map_or(written, |(body, _)| body)
}

/// Whether one of the values that are listed is of a type that is asked for; so it is where either of them is lacking.
pub(super) fn lists_its_type(out: &Map<String, Value>) -> bool {
    let (Some(types), Some(Value::Array(values))) = (out.get("type"), out.get("enum")) else { return true };
    let is = |name: &Value, value: &Value| match name.as_str().unwrap_or_default() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    };
    let fits = |value: &Value| match types {
        Value::Array(names) => names.iter().any(|name| is(name, value)),
        name => is(name, value),
    };
    // Null may be added yet by `nullable`.
    values.iter().any(|value| value.is_null() || fits(value))
}

/// Brings boolean exclusive bounds to numbers, and the bounds of `int32` and `int64` into sight.
pub(super) fn bounds(keywords: &Map<String, Value>, out: &mut Map<String, Value>) {
    for (exclusive, inclusive) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if let Some(Value::Bool(strict)) = out.get(exclusive) {
            let strict = *strict;
            out.remove(exclusive);
            if strict && let Some(limit) = out.remove(inclusive) {
                out.insert(exclusive.to_owned(), limit);
            }
        }
    }
    let format = keywords.get("format").and_then(Value::as_str);
    // A number below the range is read as the float nearest to it, which may be the lowest of the range.
    if format == Some("int64") {
        out.insert(INT64.to_owned(), Value::Bool(true));
    }
    let Some((_, low, high)) = INTEGER_FORMATS.iter().find(|(name, ..)| Some(*name) == format) else { return };
    if !out.contains_key("minimum") && !out.contains_key("exclusiveMinimum") {
        out.insert("minimum".to_owned(), (*low).into());
    }
    if !out.contains_key("maximum") && !out.contains_key("exclusiveMaximum") {
        out.insert("maximum".to_owned(), (*high).into());
    }
}

/// `nullable` is a matter of `type` and `enum` where these decide alone; otherwise null is let past the whole schema.
pub(super) fn nullable(keywords: &Map<String, Value>, mut out: Map<String, Value>) -> Value {
    if keywords.get("nullable") != Some(&Value::Bool(true)) {
        return Value::Object(out);
    }
    let composed = ["$ref", "allOf", "anyOf", "oneOf", "not", "if", "const"].iter().any(|key| out.contains_key(*key));
    if composed {
        return json!({ "if": { "type": "null" }, "else": out });
    }
    if let Some(types) = out.get_mut("type") {
        let mut list = match types.take() {
            Value::Array(list) => list,
            one => vec![one],
        };
        if !list.contains(&"null".into()) {
            list.push("null".into());
        }
        *types = Value::Array(list);
    }
    if let Some(Value::Array(values)) = out.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    Value::Object(out)
}
