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
        let shapes = prop_oneof![object(inner.clone()), array, tuple, set, contains, tagged, any_of, nullable, joined];
        prop_oneof![3 => shapes, 1 => conditional, 2 => rarer(inner)]
    })
}

/// Keywords that few documents use.
fn rarer(inner: impl Strategy<Value = Value> + Clone + 'static) -> impl Strategy<Value = Value> {
    let dependent = inner.clone().prop_map(|part| {
        json!({ "type": "object", "required": ["b"], "properties": { "a": {}, "b": {} },
            "dependentSchemas": { "a": { "required": ["c"], "properties": { "c": part } } },
            "dependentRequired": { "b": ["a"] } })
    });
    let unevaluated = (object(leaf()), inner.clone()).prop_map(|(mut base, part)| {
        let keywords = base.as_object_mut().expect("an object");
        keywords.remove("additionalProperties");
        keywords.remove("minProperties");
        json!({ "allOf": [base], "properties": { "own": part }, "required": ["own"], "unevaluatedProperties": false })
    });
    let closed = prop::collection::vec(inner.clone(), 1..4).prop_map(
        |fixed| json!({ "type": "array", "minItems": fixed.len(), "prefixItems": fixed, "unevaluatedItems": false }),
    );
    let nameless = prop::sample::select(vec!["zeta", "created_at", "x"])
        .prop_map(|name| json!({ "type": "object", "required": [name, "alpha"] }));
    let excluded = (-5_i64..5).prop_map(
        |low| json!({ "type": "integer", "minimum": low, "maximum": low + 3, "not": { "enum": [low, low + 1] } }),
    );
    let counted = (1_usize..4, 0_usize..3).prop_map(|(least, width)| {
        json!({ "type": "array", "items": { "type": "integer" }, "contains": { "const": 7 }, "minContains": least,
            "maxContains": least + width, "minItems": least + width + 1 })
    });
    let patterned = (inner.clone(), 0_usize..4).prop_map(|(part, least)| {
        json!({ "type": "object", "patternProperties": { "^x-[a-z]{1,5}$": part }, "additionalProperties": false,
            "minProperties": least })
    });
    let named = (inner, 0_usize..4).prop_map(|(part, least)| {
        json!({ "type": "object", "propertyNames": { "pattern": "^[a-f]{2,6}$" }, "additionalProperties": part,
            "minProperties": least })
    });
    prop_oneof![dependent, unevaluated, closed, nameless, excluded, counted, patterned, named]
}

/// The schemas of a document that refer to themselves and to each other, in the words of all versions.
fn related() -> impl Strategy<Value = (&'static str, Value)> {
    let plain = prop::sample::select(vec![
        json!({ "type": "integer", "minimum": 3, "maximum": 9, "multipleOf": 3 }),
        json!({ "type": "string", "pattern": "^[A-Z]{2}[0-9]{4}$" }),
        json!({ "type": "string", "format": "date-time" }),
        json!({ "type": "string", "enum": ["open", "closed"] }),
        json!({ "type": "array", "uniqueItems": true, "minItems": 2, "items": { "type": "integer" } }),
        json!({ "$ref": "#/components/schemas/Tree" }),
    ]);
    let parts = (plain.clone(), plain.clone(), plain, any::<bool>(), any::<bool>(), any::<bool>());
    let versions = prop::sample::select(vec!["3.0.3", "3.1.0", "3.2.0"]);
    (versions, parts).prop_map(|(version, (value, lives, bark, mapped, required, listed))| {
        let mut discriminator = json!({ "propertyName": "kind" });
        if mapped {
            discriminator["mapping"] = json!({ "feline": "#/components/schemas/Cat", "canine": "Dog" });
        }
        let own = |name: &str, part: Value| {
            json!({ "allOf": [{ "$ref": "#/components/schemas/Base" },
                { "type": "object", "required": if required { vec![name] } else { vec![] }, "properties": { name: part } }] })
        };
        let optional = match version {
            "3.0.3" => json!({ "type": "string", "nullable": true }),
            _ => json!({ "type": ["string", "null"] }),
        };
        let choice = if listed { "oneOf" } else { "anyOf" };
        let schemas = json!({
            "Tree": { "type": "object", "required": ["children"], "properties": {
                "note": optional, "parent": { "$ref": "#/components/schemas/Tree" },
                "children": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } } } },
            "Base": { "type": "object", "required": ["kind", "value"],
                "properties": { "kind": { "type": "string" }, "value": value } },
            "Cat": own("lives", lives),
            "Dog": own("bark", bark),
            "Pet": { choice: [{ "$ref": "#/components/schemas/Cat" }, { "$ref": "#/components/schemas/Dog" }],
                "discriminator": discriminator },
        });
        (version, schemas)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_value_is_found_for_schemas_that_refer_to_each_other((version, schemas) in related(), seed in any::<u64>()) {
        let pets = json!({ "type": "object", "required": ["pet", "more"], "properties": {
            "pet": { "$ref": "#/components/schemas/Pet" }, "base": { "$ref": "#/components/schemas/Base" },
            "more": { "type": "array", "minItems": 2, "items": { "$ref": "#/components/schemas/Pet" } } } });
        if let Err(why) = made(&document(version, &pets, &schemas), seed) {
            prop_assert!(false, "{} {}: {}", version, schemas, why);
        }
    }
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
