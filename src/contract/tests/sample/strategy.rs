//! Schemas at random that something fits, and the promise that it is found.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{document, made};

fn leaf() -> impl Strategy<Value = Value> {
    let integer = (-1000_i64..1000, 0_i64..50, 1_i64..7).prop_map(|(low, width, step)| {
        json!({ "type": "integer", "minimum": low, "maximum": low + width.max(step), "multipleOf": step })
    });
    let number = (-1000_i64..1000, 1_i64..100).prop_map(|(low, width)| {
        json!({ "type": "number", "exclusiveMinimum": low as f64 / 10.0, "maximum": (low + width) as f64 / 10.0 })
    });
    let text = (0_usize..40, 0_usize..20)
        .prop_map(|(least, width)| json!({ "type": "string", "minLength": least, "maxLength": least + width }));
    let patterns = prop::sample::select(vec![
        "^[a-z]{2,8}$",
        "^\\d{3}-\\d{4}$",
        "^(GET|PUT|POST)$",
        "[A-F0-9]+",
        "^v[0-9]+\\.[0-9]+$",
        "^\\S+@\\S+$",
        "^.{3}$",
    ]);
    let pattern = patterns.prop_map(|pattern| json!({ "type": "string", "pattern": pattern }));
    let formats = prop::sample::select(vec![
        "date-time",
        "date",
        "time",
        "email",
        "uuid",
        "uri",
        "hostname",
        "ipv4",
        "ipv6",
        "byte",
        "duration",
        "password",
    ]);
    let format = formats.prop_map(|format| json!({ "type": "string", "format": format }));
    let listed = prop::collection::vec(any::<i8>(), 1..5).prop_map(|values| json!({ "enum": values }));
    let plain = prop::sample::select(vec!["boolean", "null", "integer", "number", "string", "object", "array"]);
    let plain = plain.prop_map(|name| json!({ "type": name }));
    let negated = prop::sample::select(vec!["string", "object", "array", "null", "number"]);
    let negated = negated.prop_map(|name| json!({ "not": { "type": name } }));
    prop_oneof![integer, number, text, pattern, format, listed, plain, negated, Just(json!({})), Just(json!(true))]
}

/// An object; its names are one letter each, so that parts of an `allOf` meet in some.
fn object(inner: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    let property = (prop::sample::select(vec!["a", "b", "c", "name", "id", "createdAt"]), inner, any::<bool>());
    (prop::collection::vec(property, 0..5), 0_usize..4, any::<bool>())
        .prop_map(|(entries, more, closed)| {
            let required: Vec<&str> =
                entries.iter().filter(|(.., required)| *required).map(|(name, ..)| *name).collect();
            let properties: Map<String, Value> =
                entries.iter().map(|(name, schema, _)| ((*name).to_owned(), schema.clone())).collect();
            let mut schema = json!({ "type": "object", "required": required, "properties": properties });
            match closed {
                true => schema["additionalProperties"] = json!(false),
                false => schema["minProperties"] = json!(properties.len() + more),
            }
            schema
        })
        .boxed()
}

fn schema() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 40, 5, |inner| {
        let array = (inner.clone(), 0_usize..4, 0_usize..4).prop_map(|(items, least, width)| {
            json!({ "type": "array", "items": items, "minItems": least, "maxItems": least + width })
        });
        let tuple = prop::collection::vec(inner.clone(), 1..4).prop_map(|fixed| {
            json!({ "type": "array", "prefixItems": fixed, "minItems": fixed.len() })
        });
        let set = (1_usize..6).prop_map(|least| {
            json!({ "type": "array", "uniqueItems": true, "minItems": least, "items": { "enum": [1, "1", null, [1], { "a": 1 }, true] } })
        });
        let contains = inner.clone().prop_map(|it| json!({ "type": "array", "contains": it, "minItems": 2 }));
        // Branches are told apart by a constant, so that exactly one can fit.
        let tagged = prop::collection::vec(object(inner.clone()), 1..4).prop_map(|mut branches| {
            for (nth, branch) in branches.iter_mut().enumerate() {
                branch["properties"]["tag"] = json!({ "const": nth });
                branch["required"].as_array_mut().expect("a list").push(json!("tag"));
            }
            json!({ "oneOf": branches })
        });
        let any_of = prop::collection::vec(inner.clone(), 1..4).prop_map(|branches| json!({ "anyOf": branches }));
        let nullable = inner.clone().prop_map(|it| json!({ "anyOf": [{ "type": "null" }, it] }));
        let joined = (object(inner.clone()), object(leaf())).prop_map(|(mut one, mut other)| {
            // What one of them calls by a name must not stand in the way of the other.
            for part in [&mut one, &mut other] {
                part.as_object_mut().expect("an object").remove("additionalProperties");
            }
            let names: Vec<String> = one["properties"].as_object().expect("an object").keys().cloned().collect();
            let others = other["properties"].as_object_mut().expect("an object");
            names.iter().for_each(|name| drop(others.remove(name)));
            json!({ "allOf": [one, other] })
        });
        let conditional = (inner.clone(), inner.clone()).prop_map(|(then, otherwise)| {
            json!({ "type": "object", "required": ["kind", "value"], "properties": { "kind": { "enum": ["x", "y"] } },
                "if": { "properties": { "kind": { "const": "x" } } },
                "then": { "properties": { "value": then } }, "else": { "properties": { "value": otherwise } } })
        });
        prop_oneof![object(inner), array, tuple, set, contains, tagged, any_of, nullable, joined, conditional]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_value_is_found_for_every_schema_that_something_fits(schema in schema(), seed in any::<u64>()) {
        let contract = document("3.1.0", &schema, &json!({}));
        if let Err(why) = made(&contract, seed) {
            prop_assert!(false, "{}: {}", schema, why);
        }
    }
}
