//! Schemas: the dialects of OpenAPI, alternatives, circles, and what cannot be compiled.

use super::*;
use serde_json::json;

/// A document of one operation whose body has this schema, and more schemas beside it.
fn document(version: &str, schema: &str, others: &str) -> (Contract, Vec<Finding>) {
    let text = format!(
        "openapi: {version}\ninfo: {{ title: t, version: '1' }}\npaths:\n  /a:\n    post:\n      operationId: Post\n      \
         requestBody: {{ content: {{ application/json: {{ schema: {schema} }} }} }}\n      \
         responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: {schema} }} }} }} }}\n\
         components:\n  schemas:\n    Nothing: {{}}\n{others}"
    );
    load(&text)
}

fn check_with(version: &str, schema: &str, others: &str, body: Value, expected: &[&str]) {
    let (contract, _) = document(version, schema, others);
    let checked = post(&contract, "/a", &body.to_string());
    assert_eq!(short(&checked.violations), expected, "{version} {schema}: {body} {:#?}", checked.violations);
}

fn check(schema: &str, body: Value, expected: &[&str]) {
    check_with("3.0.3", schema, "", body.clone(), expected);
    check_with("3.1.0", schema, "", body, expected);
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn nullable_lets_null_past_in_every_version() {
    check("{ type: string, nullable: true }", json!(null), &[]);
    check("{ type: string, nullable: true }", json!(1), &["body  type"]);
    check("{ type: string, nullable: false }", json!(null), &["body  type"]);
    check("{ type: string, nullable: true, enum: [a, b] }", json!(null), &[]);
    check("{ type: string, nullable: true, enum: [a, b] }", json!("c"), &["body  enum"]);
    check("{ nullable: true, allOf: [ { type: object, required: [a] } ] }", json!(null), &[]);
    check("{ nullable: true, allOf: [ { type: object, required: [a] } ] }", json!({}), &["body /a required"]);
    check("{ type: object, nullable: true, oneOf: [ { required: [a] }, { required: [b] } ] }", json!(null), &[]);
    check("{ type: [string, 'null'] }", json!(null), &[]);
    check("{ anyOf: [ { type: 'null' }, { type: string, maxLength: 2 } ] }", json!("abc"), &["body  maxLength"]);
    check("{ anyOf: [ { type: 'null' }, { type: string, maxLength: 2 } ] }", json!(5), &["body  type"]);
}

#[test]
fn beside_a_reference_only_newer_versions_look() {
    let others = "    Name: { type: string }\n";
    let schema = "{ $ref: '#/components/schemas/Name', maxLength: 2, nullable: true }";
    check_with("3.0.0", schema, others, json!("abc"), &[]);
    check_with("3.0.0", schema, others, json!(null), &["body  type"]);
    check_with("3.1.0", schema, others, json!("abc"), &["body  maxLength"]);
    check_with("3.2.0", schema, others, json!(null), &[]);
}

#[test]
fn bounds_and_formats_follow_openapi() {
    check("{ type: number, minimum: 3, exclusiveMinimum: true }", json!(3), &["body  exclusiveMinimum"]);
    check("{ type: number, minimum: 3, exclusiveMinimum: false }", json!(3), &[]);
    check("{ type: number, exclusiveMaximum: 3 }", json!(3), &["body  exclusiveMaximum"]);
    check("{ type: integer, format: int32 }", json!(2147483648u64), &["body  format"]);
    check("{ type: integer, format: int32, maximum: 5 }", json!(6), &["body  maximum"]);
    check("{ type: integer, format: int64 }", json!(9223372036854775807i64), &[]);
    check("{ type: integer, format: int64 }", json!(9223372036854775808u64), &["body  format"]);
    check("{ type: integer, format: int64 }", json!(i64::MIN), &[]);
    check("{ type: integer, format: int64 }", read("-9223372036854775809"), &["body  format"]);
    check("{ type: integer, format: int64 }", read("-9223372036854780000"), &["body  format"]);
    check("{ type: integer, format: int64 }", read("18446744073709551616"), &["body  format"]);
    check("{ type: string, format: date-time }", json!("0001-01-01T00:00:00Z"), &[]);
    check("{ type: string, format: date-time }", json!("yesterday"), &["body  format"]);
    check("{ type: string, format: date }", json!("2024-02-30"), &["body  format"]);
    check("{ type: string, format: uuid }", json!("x"), &["body  format"]);
    check("{ type: string, format: email }", json!("x"), &["body  format"]);
    check("{ type: string, format: byte }", json!("%"), &["body  format"]);
    check("{ type: string, format: shoe-size }", json!("x"), &[]);
    check("{ type: number, format: float }", json!(1e300), &[]);
    check("{ type: file }", json!(1), &[]);
    check("{ type: array, items: [ { type: integer } ] }", json!(["x"]), &["body /0 type"]);
}

#[test]
fn read_only_and_write_only_go_by_direction() {
    let schema = "{ type: object, required: [id, pass], properties: { id: { type: integer, readOnly: true }, \
                  pass: { type: string, writeOnly: true }, in: { allOf: [ { $ref: '#/components/schemas/In' } ] } } }";
    let others = "    In: { required: [n], properties: { n: { $ref: '#/components/schemas/Ro' } } }\n    \
                  Ro: { type: integer, readOnly: true }\n";
    check_with("3.0.0", schema, others, json!({ "pass": "x", "in": {} }), &[]);
    check_with("3.0.0", schema, others, json!({}), &["body /pass required"]);
    let sent = json!({ "pass": "x", "id": "any", "in": { "n": 1 } });
    check_with("3.0.0", schema, others, sent, &["body /id readOnly", "body /in/n readOnly"]);
    let (contract, _) = document("3.0.0", schema, others);
    assert_eq!(answer(&contract, "Post", 200, &[], Some(json!({ "id": 1, "in": { "n": 1 } }))), [""; 0]);
    assert_eq!(
        answer(&contract, "Post", 200, &[], Some(json!({ "in": {} }))),
        ["body /id required", "body /in/n required"]
    );
}

#[test]
fn a_required_read_only_property_of_another_part_of_an_all_of_may_be_missing() {
    let schema = "{ allOf: [ { $ref: '#/components/schemas/Base' }, { required: [id, name] } ] }";
    let others = "    Base: { properties: { id: { type: integer, readOnly: true }, name: { type: string } } }\n";
    check_with("3.0.0", schema, others, json!({ "name": "x" }), &[]);
    check_with("3.0.0", schema, others, json!({}), &["body /name required"]);
}

#[test]
fn of_alternatives_the_one_that_was_meant_is_reported() {
    let pets = "    Cat: { type: object, required: [kind, lives], properties: { kind: { const: cat }, lives: { type: integer } } }\n    \
                Dog: { type: object, required: [kind, name, tail], properties: { kind: { const: dog } } }\n";
    let schema =
        "{ oneOf: [ { type: string }, { $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' } ] }";
    check_with("3.1.0", schema, pets, json!({ "kind": "dog" }), &["body /name required", "body /tail required"]);
    check_with("3.1.0", schema, pets, json!({ "kind": "cat", "lives": "9" }), &["body /lives type"]);
    check_with("3.1.0", schema, pets, json!(5), &["body  type"]);
    check("{ oneOf: [ { type: integer }, { type: number } ] }", json!(5), &["body  oneOf"]);
    check("{ not: { type: integer } }", json!(5), &["body  not"]);
    let (contract, _) = document("3.1.0", schema, pets);
    let checked = post(&contract, "/a", "5");
    assert_eq!(checked.violations[0].kind, Kind::Type(vec!["string".into(), "object".into()]));
}

#[test]
fn a_discriminator_names_the_branch() {
    let pets = "    Cat: { type: object, required: [lives] }\n    Dog: { type: object, required: [tail] }\n";
    let schema = "{ oneOf: [ { $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' } ], \
                  discriminator: { propertyName: kind, mapping: { hound: '#/components/schemas/Dog' } } }";
    check_with("3.0.0", schema, pets, json!({ "kind": "hound" }), &["body /tail required"]);
    check_with("3.0.0", schema, pets, json!({ "kind": "Cat" }), &["body /lives required"]);
    check_with("3.0.0", schema, pets, json!({ "kind": "Cat", "lives": 1, "tail": 1 }), &[]);
    check_with("3.0.0", schema, pets, json!({ "lives": 1, "tail": 1 }), &["body  oneOf"]);
}

#[test]
fn circles_of_references_are_fine_and_those_that_never_end_are_cut() {
    let others = "    Node: { type: object, required: [v], properties: { v: { type: integer }, \
                  next: { $ref: '#/components/schemas/Node' } } }\n    \
                  Loop: { $ref: '#/components/schemas/Pool' }\n    Pool: { allOf: [ { $ref: '#/components/schemas/Loop' } ] }\n    \
                  Self: { $ref: '#/components/schemas/Self' }\n";
    let node = "{ $ref: '#/components/schemas/Node' }";
    check_with(
        "3.0.0",
        node,
        others,
        json!({ "v": 1, "next": { "v": 2, "next": {} } }),
        &["body /next/next/v required"],
    );
    for name in ["Loop", "Pool", "Self"] {
        check_with("3.1.0", &format!("{{ $ref: '#/components/schemas/{name}' }}"), others, json!({ "a": 1 }), &[]);
    }
    let (contract, _) = document("3.1.0", node, others);
    let mut rules: Vec<_> = contract.compile_all().into_iter().map(|it| (it.place.line(), it.rule)).collect();
    rules.dedup();
    assert_eq!(rules, [(14, "ref-cycle"), (15, "ref-cycle")]);
    let post = contract.operation("Post").expect("known");
    assert_eq!(contract.property_schema_types(post, "/next/next/next/v"), ["integer"]);
}

#[test]
fn a_long_chain_of_references_does_not_run_out_of_stack() {
    let chain = |length: usize, open: &str, close: &str| {
        let link = |n: usize| format!("    S{n}: {{ {open} {{ $ref: '#/components/schemas/S{}' }} {close} }}\n", n + 1);
        (0..length).map(link).collect::<String>() + &format!("    S{length}: {{ type: integer }}\n")
    };
    let schema = "{ $ref: '#/components/schemas/S0' }";
    check_with("3.0.0", schema, &chain(1_000, "properties: { p: ", "}"), json!({ "p": { "p": 1 } }), &[]);
    check_with("3.0.0", schema, &chain(100, "allOf: [", "]"), json!("x"), &["body  type"]);
    let (contract, _) = document("3.0.0", schema, &chain(5_000, "allOf: [", "]"));
    assert_eq!(short(&post(&contract, "/a", "\"x\"").violations), [""; 0]);
    let post = contract.operation("Post").expect("known");
    assert_eq!(contract.writable(post, ""), Writable::Any);
    assert!(contract.check_examples().is_empty());
}

#[test]
fn patterns_run_on_the_engine_that_can() {
    check("{ type: string, pattern: '^\\d{3}$' }", json!("12a"), &["body  pattern"]);
    check("{ type: string, pattern: '^(?!no)' }", json!("nope"), &["body  pattern"]);
    check("{ type: string, pattern: '^(?!no)' }", json!("yes"), &[]);
    check("{ type: string, pattern: '(a', maxLength: 2 }", json!("abc"), &["body  maxLength"]);
    check("{ type: string, pattern: '((a{900}){900}){900}', maxLength: 2 }", json!("abc"), &["body  maxLength"]);
    check(
        "{ type: object, patternProperties: { '(a': { type: string }, '^x': { type: string } } }",
        json!({ "x": 1 }),
        &["body /x type"],
    );
    let slow = "a".repeat(50) + "!";
    check("{ type: string, pattern: '^(?=(a+)+$)\\1x$' }", json!(slow), &["body  pattern"]);
    let (contract, _) = document("3.0.0", "{ type: string, pattern: '(a' }", "");
    let findings = contract.compile_all();
    assert_eq!(
        lines(&findings),
        [
            "7 bad-pattern: no engine can run the pattern `(a` within bounds; it is left out",
            "8 bad-pattern: no engine can run the pattern `(a` within bounds; it is left out"
        ]
    );
}

#[test]
fn a_slip_in_one_keyword_does_not_cost_the_schema() {
    check("{ type: strng, maxLength: 2 }", json!("abc"), &["body  maxLength"]);
    check("{ required: true, maxLength: 2 }", json!("abc"), &["body  maxLength"]);
    check("{ minLength: '5', maxLength: 2 }", json!("abc"), &["body  maxLength"]);
    check("{ properties: [], maxLength: 2 }", json!("abc"), &["body  maxLength"]);
    check("{ properties: { a: 5, b: null, c: { type: integer } } }", json!({ "a": 1, "c": "x" }), &["body /c type"]);
    check("{ allOf: [], enum: [], items: 7, maxLength: 2 }", json!("abc"), &["body  maxLength"]);
    check("7", json!("abc"), &[]);
    check("{ $schema: 'http://example.com/none', $id: 'x', maxLength: 2 }", json!("abc"), &["body  maxLength"]);
    let (contract, _) = document("3.0.0", "{ type: strng, required: true, minLength: -1 }", "");
    let findings = lines(&contract.compile_all());
    assert_eq!(findings.iter().filter(|line| line.starts_with("7 bad-schema: ")).count(), 3, "{findings:#?}");
}

#[test]
fn an_empty_or_boolean_schema_is_one() {
    check("{}", json!([1]), &[]);
    check_with("3.1.0", "true", "", json!([1]), &[]);
    check_with("3.1.0", "false", "", json!([1]), &["body  unknown"]);
    check("{ properties: { a: false } }", json!({ "a": 1 }), &["body /a unknown"]);
}

#[test]
fn unevaluated_properties_and_anchors_are_known() {
    let schema = "{ allOf: [ { properties: { a: {} } } ], unevaluatedProperties: false }";
    check_with("3.1.0", schema, "", json!({ "a": 1, "b": 2 }), &["body /b unknown"]);
    let others = "    Named: { $anchor: named, type: integer }\n";
    check_with("3.1.0", "{ $ref: '#named' }", others, json!("x"), &["body  type"]);
    let others = "    Named: { $id: 'https://example.com/named', type: integer }\n";
    check_with("3.1.0", "{ $ref: 'https://example.com/named' }", others, json!("x"), &["body  type"]);
}

#[test]
fn parameters_are_typed_through_references_and_compositions() {
    let text = r##"
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /a:
    get:
      parameters:
        - { name: r, in: query, schema: { $ref: "#/components/schemas/Id" } }
        - { name: all, in: query, schema: { allOf: [ { $ref: "#/components/schemas/Id" }, { minimum: 1 } ] } }
        - { name: any, in: query, schema: { anyOf: [ { type: integer }, { type: boolean } ] } }
        - { name: mixed, in: query, schema: { oneOf: [ { type: integer }, { type: string, enum: [me] } ] } }
        - { name: nil, in: query, schema: { type: [integer, "null"] } }
        - { name: fixed, in: query, schema: { enum: [1, 2] } }
        - { name: bare, in: query, schema: {} }
        - { name: none, in: query }
      responses: { "200": { description: ok } }
components: { schemas: { Id: { $ref: "#/components/schemas/Number" }, Number: { type: number } } }
"##;
    let (contract, _) = load(text);
    let target = "/a?r=5&all=6&any=true&mixed=me&nil=null&fixed=2&bare=1&none=2";
    let checked = ask(&contract, Method::GET, target, &[], "");
    assert_eq!(short(&checked.violations), [""; 0]);
    let expected =
        json!({ "r": 5, "all": 6, "any": true, "mixed": "me", "nil": null, "fixed": 2, "bare": "1", "none": "2" });
    assert_eq!(Value::Object(checked.query), expected);
    let checked = ask(&contract, Method::GET, "/a?any=x&nil=x", &[], "");
    assert_eq!(checked.violations[0].kind, Kind::Type(vec!["integer".into(), "boolean".into()]));
    assert_eq!(checked.violations[1].kind, Kind::Type(vec!["null".into(), "integer".into()]));
}
