//! Made-up values: they fit their schema, whatever it asks for, and are the same for the same seed.

mod strategy;

use super::*;
use crate::dice::Dice;
use serde_json::json;

/// A document with one operation that answers by this schema; others stand below `components`.
fn document(version: &str, schema: &Value, others: &Value) -> Contract {
    let reply = json!({ "description": "ok", "content": { "application/json": { "schema": schema } } });
    let text = json!({
        "openapi": version,
        "info": { "title": "Made up", "version": "1" },
        "paths": { "/it": { "get": { "operationId": "It", "responses": { "200": reply } } } },
        "components": { "schemas": others },
    });
    load(&text.to_string()).0
}

fn made(contract: &Contract, seed: u64) -> Result<Value, String> {
    let operation = contract.operation("It").expect("known");
    let mood = if seed.is_multiple_of(2) { Mood::Lively } else { Mood::Calm };
    let wish = Wish { mood, ..Wish::usual(StatusCode::OK, None, Dice::new(seed)) };
    let sample = contract.sample(operation, &wish).map_err(|lack| format!("{lack:?}"))?;
    let value = sample.and_then(|sample| sample.value.clone()).expect("the reply has a body");
    let headers = HeaderMap::new();
    assert_eq!(contract.check_reply(operation, StatusCode::OK, &headers, Some(&value)), [], "{value}");
    Ok(value)
}

fn makes(version: &str, schema: Value, others: Value) -> Value {
    let contract = document(version, &schema, &others);
    let value = made(&contract, 1).unwrap_or_else(|why| panic!("{schema}: {why}"));
    assert_eq!(made(&contract, 1).as_ref(), Ok(&value), "the same seed gives the same value");
    for seed in 2..12 {
        made(&contract, seed).unwrap_or_else(|why| panic!("seed {seed}: {schema}: {why}"));
    }
    value
}

#[test]
fn every_keyword_is_kept_to() {
    let check = |schema: Value| drop(makes("3.1.0", schema, json!({})));
    check(json!({ "type": "integer", "minimum": 5, "exclusiveMaximum": 6 }));
    check(json!({ "type": "integer", "minimum": i64::MIN, "maximum": i64::MIN }));
    check(json!({ "type": "integer", "minimum": 9007199254740993_u64, "multipleOf": 7 }));
    check(json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001 }));
    check(json!({ "type": "number", "multipleOf": 0.07, "minimum": 0.5, "maximum": 0.6 }));
    check(json!({ "type": "number", "minimum": 1e300 }));
    check(json!({ "allOf": [{ "multipleOf": 4 }, { "multipleOf": 6, "minimum": 30 }], "type": "integer" }));
    check(json!({ "type": "string", "pattern": "^[A-Z]{3}-\\d{4}$" }));
    check(json!({ "type": "string", "pattern": "^(?!foo)[a-z]{3,9}$", "minLength": 5 }));
    check(json!({ "type": "string", "format": "uuid", "maxLength": 36 }));
    check(json!({ "type": "string", "format": "email", "pattern": "^[a-z.]+@example\\.com$" }));
    check(json!({ "type": "string", "minLength": 300, "maxLength": 300 }));
    check(json!({ "type": "string", "maxLength": 0 }));
    check(json!({ "type": "string", "format": "byte", "minLength": 9 }));
    check(json!({ "type": ["null", "string"] }));
    check(json!({ "enum": [null, "a", 5], "type": ["integer", "string"] }));
    check(json!({ "const": { "a": [1] } }));
    check(json!({ "not": { "type": "string" } }));
    check(json!({ "not": { "enum": ["a"] }, "enum": ["a", "b"] }));
    check(json!({ "type": "array", "uniqueItems": true, "minItems": 4, "items": { "enum": [1, 2, 3, "4"] } }));
    check(json!({ "type": "array", "uniqueItems": true, "minItems": 2, "items": { "type": "boolean" } }));
    check(
        json!({ "type": "array", "uniqueItems": true, "minItems": 30, "items": { "type": "string", "format": "date" } }),
    );
    check(json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }], "items": false }));
    check(json!({ "type": "array", "contains": { "const": 7 }, "minContains": 2, "items": { "type": "integer" } }));
    check(json!({ "type": "array", "contains": { "const": 7 }, "maxContains": 1, "minItems": 5 }));
    check(json!({ "type": "array", "maxItems": 0, "items": false }));
    check(json!(true));
    check(json!({}));
}

#[test]
fn objects_have_what_is_required_and_nothing_that_is_forbidden() {
    let check = |schema: Value| drop(makes("3.1.0", schema, json!({})));
    check(json!({ "type": "object", "required": ["a", "b"] }));
    check(json!({ "required": ["a"], "additionalProperties": { "type": "integer" } }));
    check(json!({ "type": "object", "minProperties": 4, "properties": { "a": {} }, "maxProperties": 4 }));
    check(json!({ "type": "object", "maxProperties": 1, "properties": { "a": {}, "b": {} }, "required": ["b"] }));
    check(json!({ "type": "object", "minProperties": 2, "patternProperties": { "^x-[a-z]+$": { "type": "integer" } },
        "additionalProperties": false }));
    check(json!({ "type": "object", "minProperties": 3, "propertyNames": { "pattern": "^[a-f]{4}$" } }));
    check(json!({ "type": "object", "properties": { "a": {}, "b": {} }, "dependentRequired": { "a": ["c"] } }));
    check(json!({ "type": "object", "properties": { "a": {}, "b": {} }, "not": { "required": ["a"] } }));
    check(json!({ "type": "object", "properties": { "a": {}, "b": {} }, "required": ["b"],
        "dependentSchemas": { "a": false, "b": { "properties": { "c": { "const": 1 } }, "required": ["c"] } } }));
    check(
        json!({ "type": "object", "properties": { "a": false, "b": { "type": "array", "minItems": 1_000_000_000 } } }),
    );
    check(json!({ "type": "object", "properties": { "a": { "type": "integer" } }, "unevaluatedProperties": false }));
}

#[test]
fn compositions_are_joined_and_branches_are_tried() {
    let check = |schema: Value| drop(makes("3.1.0", schema, json!({})));
    let closed = |name: &str| {
        json!({ "type": "object", "properties": { name: { "type": "string" } }, "required": [name],
        "additionalProperties": false })
    };
    check(json!({ "allOf": [{ "properties": { "a": { "minimum": 5 } } },
        { "type": "object", "required": ["a"], "properties": { "a": { "type": "integer", "maximum": 6 } } }] }));
    check(json!({ "oneOf": [closed("a"), closed("b")] }));
    check(json!({ "oneOf": [{ "type": "integer" }, { "type": "number" }] }));
    check(json!({ "type": "object", "properties": { "a": {}, "b": {} },
        "oneOf": [{ "required": ["a"] }, { "required": ["b"] }] }));
    check(json!({ "anyOf": [false, { "type": "string", "minLength": 3, "maxLength": 2 }, { "type": "integer" }] }));
    check(json!({ "oneOf": [{ "type": "null" }, { "oneOf": [{ "enum": [1, 2] }, { "enum": [2, 3] }] }] }));
    check(json!({ "type": "object", "properties": { "kind": { "enum": ["a", "b"] }, "size": { "type": "integer" } },
        "required": ["kind", "size"], "if": { "properties": { "kind": { "const": "a" } } },
        "then": { "properties": { "size": { "maximum": 3 } } }, "else": { "properties": { "size": { "minimum": 70 } } } }));
    check(json!({ "type": "object", "required": ["list"], "properties": { "list": { "type": "array", "minItems": 3,
        "items": { "oneOf": [closed("a"), closed("b"), { "type": "string", "format": "ipv4" }] } } } }));
}

#[test]
fn circles_end() {
    let tree = json!({ "Tree": { "type": "object", "required": ["name", "children"], "properties": {
        "name": { "type": "string" }, "parent": { "$ref": "#/components/schemas/Tree" },
        "children": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } } } } });
    let value = makes("3.0.3", json!({ "$ref": "#/components/schemas/Tree" }), tree);
    // What is met again within itself has only what it must have.
    assert!(value["parent"]["name"].is_string() && value["parent"].get("parent").is_none(), "{value}");
    let list = json!({ "List": { "type": "object", "required": ["next"], "properties": {
        "next": { "oneOf": [{ "$ref": "#/components/schemas/List" }, { "type": "null" }] } } } });
    makes("3.1.0", json!({ "$ref": "#/components/schemas/List" }), list);
    let nodes = json!({ "Node": { "oneOf": [
        { "type": "object", "required": ["left", "right"], "properties": {
            "left": { "$ref": "#/components/schemas/Node" }, "right": { "$ref": "#/components/schemas/Node" } },
            "additionalProperties": false },
        { "type": "object", "required": ["leaf"], "properties": { "leaf": { "type": "integer" } },
            "additionalProperties": false }] } });
    makes("3.1.0", json!({ "$ref": "#/components/schemas/Node" }), nodes);
}

#[test]
fn the_words_of_openapi_are_known() {
    let pets = json!({
        "Pet": { "oneOf": [{ "$ref": "#/components/schemas/Cat" }, { "$ref": "#/components/schemas/Dog" }],
            "discriminator": { "propertyName": "kind", "mapping": { "feline": "#/components/schemas/Cat" } } },
        "Cat": { "type": "object", "required": ["kind", "lives"], "properties": {
            "kind": { "type": "string" }, "lives": { "type": "integer", "exclusiveMinimum": true, "minimum": 8, "maximum": 9 } } },
        "Dog": { "type": "object", "required": ["kind", "bark"], "properties": {
            "kind": { "type": "string" }, "bark": { "type": "string", "nullable": true } } },
    });
    let value = makes("3.0.3", json!({ "$ref": "#/components/schemas/Pet" }), pets);
    assert_eq!(value, json!({ "kind": "feline", "lives": 9 }));
    let user = json!({ "type": "object", "required": ["id", "password"], "properties": {
        "id": { "type": "integer", "readOnly": true, "format": "int32" },
        "password": { "type": "string", "writeOnly": true }, "note": { "type": "string", "example": "as given" } } });
    let value = makes("3.0.3", user, json!({}));
    assert!(value["id"].is_i64() && value.get("password").is_none() && value["note"] == "as given", "{value}");
}

#[test]
fn a_discriminator_without_alternatives_names_a_schema_that_the_value_fits() {
    let pets = |discriminator: Value| {
        let pet = json!({ "type": "object", "required": ["kind"], "discriminator": discriminator, "properties": {
            "kind": { "type": "string" }, "owner": { "$ref": "#/components/schemas/Owner" } } });
        let of = |base: &str, name: &str, schema: Value| {
            let reference = format!("#/components/schemas/{base}");
            json!({ "allOf": [{ "$ref": reference }, { "required": [name], "properties": { name: schema } }] })
        };
        json!({
            "Pet": pet,
            "Owner": { "properties": { "pets": { "type": "array", "items": { "$ref": "#/components/schemas/Pet" } } } },
            "Cat": of("Pet", "lives", json!({ "type": "integer", "minimum": 9, "maximum": 9 })),
            "Dog": of("Pet", "bark", json!({ "const": "woof" })),
            "Puppy": of("Dog", "weeks", json!({ "const": 6 })),
        })
    };
    let names = |mapping: &[(&str, &str)]| {
        let all = mapping.iter().map(|(name, target)| ((*name).to_owned(), json!(target)));
        json!({ "propertyName": "kind", "mapping": all.collect::<Map<String, Value>>() })
    };
    let mapped =
        names(&[("feline", "#/components/schemas/Cat"), ("canine", "Dog"), ("young", "Puppy"), ("gone", "Cow")]);
    for (discriminator, words) in
        [(mapped, ["feline", "canine", "young"]), (json!({ "propertyName": "kind" }), ["Cat", "Dog", "Puppy"])]
    {
        let check = |schema: &str, allowed: &[&str]| {
            let root =
                json!({ "description": "wrapped", "allOf": [{ "$ref": format!("#/components/schemas/{schema}") }] });
            let contract = document("3.0.3", &root, &pets(discriminator.clone()));
            for seed in 1..20 {
                let value = made(&contract, seed).unwrap_or_else(|why| panic!("{why}"));
                let kind = value["kind"].as_str().unwrap_or_default();
                assert!(allowed.contains(&kind), "{schema}: {value}");
                let fits = [value["lives"] == 9, value["bark"] == "woof", value["weeks"] == 6];
                let expected = [kind == words[0], kind != words[0], kind == words[2]];
                assert_eq!(fits, expected, "{schema}: {value}");
            }
        };
        check("Pet", &words);
        check("Cat", &words[..1]);
        check("Dog", &words[1..2]);
        check("Puppy", &words[2..]);
    }
    let base =
        |name: &str, target: &str| json!({ "discriminator": { "propertyName": name, "mapping": { "it": target } } });
    let both = json!({ "allOf": [{ "$ref": "#/components/schemas/A" }, { "$ref": "#/components/schemas/B" }] });
    let more = json!({ "A": base("a", "More"), "B": base("b", "More"), "More": { "required": ["c"] } });
    let value = makes("3.1.0", both, more);
    assert!(value["a"] == "it" && value["b"] == "it" && value.get("c").is_some(), "{value}");
    // What no subtype can be is made without.
    let closed = json!({ "required": ["kind"], "properties": { "kind": { "enum": ["other"] } },
        "discriminator": { "propertyName": "kind", "mapping": { "feline": "Cat" } } });
    let cat = json!({ "allOf": [{ "$ref": "#/components/schemas/Pet" }] });
    let value = makes("3.1.0", json!({ "$ref": "#/components/schemas/Pet" }), json!({ "Pet": closed, "Cat": cat }));
    assert_eq!(value, json!({ "kind": "other" }));
}

#[test]
fn a_refusal_repeats_its_status_where_the_schema_lets_it() {
    let check = |status: &str, schema: Value, expected: Value| {
        let reply = json!({ "description": "no", "content": { "application/json": { "schema": schema } } });
        let operation = json!({ "operationId": "It", "responses": { "default": reply } });
        let text = json!({ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": { "/it": { "get": operation } } });
        let (contract, _) = load(&text.to_string());
        let status = status.parse().expect("a status");
        let wish = Wish::usual(status, None, Dice::new(1));
        // The same document answers with several statuses, each with its own.
        for wish in [wish, Wish { status: StatusCode::IM_A_TEAPOT, ..wish }, wish] {
            let sample = contract.sample(contract.operation("It").expect("known"), &wish).expect("is made");
            let value = sample.and_then(|sample| sample.value.clone()).expect("the reply has a body");
            assert!(wish.status != status || value == expected, "{value} is not {expected}");
        }
    };
    let with = |name: &str, schema: Value| json!({ "required": [name], "properties": { name: schema } });
    let whole = || json!({ "type": "integer" });
    for name in ["status", "code", "statusCode", "status_code", "httpStatus"] {
        check("404", with(name, whole()), json!({ name: 404 }));
        check("503", with("error", with(name, whole())), json!({ "error": { name: 503 } }));
    }
    check("404", with("status", json!({ "type": "number", "maximum": 499 })), json!({ "status": 404.0 }));
    check("404", with("status", json!({ "type": "integer", "enum": [1] })), json!({ "status": 1 }));
    check("404", with("status", json!({ "type": "integer", "default": 7 })), json!({ "status": 7 }));
    check("404", with("status", json!({ "type": "integer", "example": 8 })), json!({ "status": 8 }));
    check("404", with("code", json!({ "type": "integer", "minimum": 7000, "maximum": 7000 })), json!({ "code": 7000 }));
    check("404", with("exit_code", whole()), json!({ "exit_code": 200 }));
    check("200", with("status", whole()), json!({ "status": 200 }));
    let text = || json!({ "type": "string" });
    for name in ["message", "title", "detail", "error", "error_description", "errorMessage"] {
        check("404", with(name, text()), json!({ name: "Not Found" }));
    }
    check(
        "503",
        with("errors", json!({ "type": "array", "minItems": 1, "maxItems": 1, "items": with("message", text()) })),
        json!({ "errors": [{ "message": "Service Unavailable" }] }),
    );
    check("418", with("code", text()), json!({ "code": "im_a_teapot" }));
    check("404", with("error_code", text()), json!({ "error_code": "not_found" }));
    check("404", with("status", text()), json!({ "status": "404" }));
    check("404", with("message", json!({ "type": "string", "maxLength": 3 })), json!({ "message": "Not" }));
    check("404", with("message", json!({ "type": "string", "example": "gone" })), json!({ "message": "gone" }));
}

#[test]
fn what_cannot_be_is_said_and_costs_little() {
    let check = |schema: Value, expected: &str| {
        let why = made(&document("3.1.0", &schema, &json!({})), 1).expect_err("nothing fits");
        assert!(why.contains(expected), "{schema}: {why}");
    };
    check(json!({ "type": "array", "minItems": 1_000_000_000 }), "it asks for 1000000000 items, and 1000 are the most");
    check(json!({ "type": "string", "minLength": 4_000_000_000_u64 }), "it asks for a text of 4000000000 letters");
    check(json!({ "type": "object", "minProperties": 1e18 }), "it asks for 1000000000000000000 properties");
    check(json!({ "type": "object", "required": ["a"], "properties": { "a": false } }), "/a: nothing is allowed here");
    check(json!({ "type": "integer", "minimum": 5, "maximum": 4 }), "no number lies between the bounds");
    check(json!({ "allOf": [{ "type": "string" }, { "type": "integer" }] }), "no type is allowed here");
    check(json!({ "type": "string", "pattern": "^a$", "minLength": 2 }), "");
    let wide = json!({ "type": "array", "minItems": 1000, "items": { "type": "array", "minItems": 1000 } });
    check(wide, "it asks for more than 20000 parts");
    let endless = json!({ "A": { "type": "object", "required": ["a"], "properties": { "a": { "$ref": "#/components/schemas/A" } } } });
    let contract = document("3.1.0", &json!({ "$ref": "#/components/schemas/A" }), &endless);
    assert!(made(&contract, 1).expect_err("it never ends").contains("it asks for more than 64 levels"));
}

#[test]
fn every_reply_of_the_bundled_documents_can_be_made_up() {
    let texts = [
        include_str!("../../../specs/zendesk/openapi.yaml"),
        include_str!("../../../specs/zammad/openapi.yaml"),
        include_str!("../../../tests/documents/library.yaml"),
    ];
    for text in texts {
        let (contract, _) = load(text);
        for operation in contract.operations() {
            for status in operation.statuses.iter().copied().filter(|_| operation.id != "Endless") {
                for (seed, mood) in [(1, Mood::Calm), (2, Mood::Lively), (3, Mood::Lively)] {
                    let wish = Wish { mood, ..Wish::usual(status, None, Dice::new(seed)) };
                    let sample = contract.sample(operation, &wish);
                    let sample = sample.unwrap_or_else(|lack| panic!("{} {status}: {lack:?}", operation.id));
                    let length = sample.as_ref().map_or(0, |sample| sample.body.len());
                    let mut headers = contract.sample_headers(operation, &wish, length);
                    let media = sample.as_ref().and_then(|sample| sample.media_type.parse().ok());
                    headers.extend(media.map(|media| (http::header::CONTENT_TYPE, media)));
                    let value = sample.as_ref().and_then(|sample| sample.value.as_ref());
                    let wrong = contract.check_reply(operation, status, &headers, value);
                    assert_eq!(wrong, [], "{} {status}", operation.id);
                }
            }
        }
    }
}
