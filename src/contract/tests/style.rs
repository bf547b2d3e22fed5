//! Parameters in every style.

use super::*;
use serde_json::json;

const STYLES: &str = r##"
openapi: 3.1.0
info: { title: Styles, version: "1" }
paths:
  /label/{v}: { get: { parameters: [ { name: v, in: path, required: true, style: label, schema: { $ref: "#/components/schemas/Ints" } } ], responses: { default: { description: "" } } } }
  /label-exploded/{v}: { get: { parameters: [ { name: v, in: path, required: true, style: label, explode: true, schema: { $ref: "#/components/schemas/Rgb" } } ], responses: { default: { description: "" } } } }
  /matrix/{v}: { get: { parameters: [ { name: v, in: path, required: true, style: matrix, schema: { $ref: "#/components/schemas/Rgb" } } ], responses: { default: { description: "" } } } }
  /matrix-exploded/{v}: { get: { parameters: [ { name: v, in: path, required: true, style: matrix, explode: true, schema: { $ref: "#/components/schemas/Ints" } } ], responses: { default: { description: "" } } } }
  /simple/{v}: { get: { parameters: [ { name: v, in: path, required: true, schema: { $ref: "#/components/schemas/Ints" } } ], responses: { default: { description: "" } } } }
  /simple-object/{v}: { get: { parameters: [ { name: v, in: path, required: true, schema: { $ref: "#/components/schemas/Rgb" } } ], responses: { default: { description: "" } } } }
  /simple-exploded/{v}: { get: { parameters: [ { name: v, in: path, required: true, explode: true, schema: { $ref: "#/components/schemas/Rgb" } } ], responses: { default: { description: "" } } } }
  /form: { get: { parameters: [ { name: v, in: query, schema: { $ref: "#/components/schemas/Ints" } }, { name: w, in: query, schema: { type: string } } ], responses: { default: { description: "" } } } }
  /form-object: { get: { parameters: [ { name: v, in: query, schema: { $ref: "#/components/schemas/Rgb" } } ], responses: { default: { description: "" } } } }
  /form-flat: { get: { parameters: [ { name: v, in: query, explode: false, schema: { $ref: "#/components/schemas/Rgb" } } ], responses: { default: { description: "" } } } }
  /space: { get: { parameters: [ { name: v, in: query, style: spaceDelimited, explode: false, schema: { $ref: "#/components/schemas/Ints" } } ], responses: { default: { description: "" } } } }
  /pipe: { get: { parameters: [ { name: v, in: query, style: pipeDelimited, explode: false, schema: { $ref: "#/components/schemas/Ints" } } ], responses: { default: { description: "" } } } }
  /deep: { get: { parameters: [ { name: v, in: query, style: deepObject, explode: true, schema: { oneOf: [ { type: integer }, { $ref: "#/components/schemas/Deep" } ] } } ], responses: { default: { description: "" } } } }
  /content: { get: { parameters: [ { name: v, in: query, content: { application/json: { schema: { $ref: "#/components/schemas/Rgb" } } } } ], responses: { default: { description: "" } } } }
  /header: { get: { parameters: [ { name: v, in: header, schema: { $ref: "#/components/schemas/Ints" } } ], responses: { default: { description: "" } } } }
  /deep-list: { get: { parameters: [ { name: v, in: query, style: deepObject, schema: { $ref: "#/components/schemas/Ints" } } ], responses: { default: { description: "" } } } }
  /deep-object: { get: { parameters: [ { name: v, in: query, style: deepObject, schema: { $ref: "#/components/schemas/Rgb" } } ], responses: { default: { description: "" } } } }
  /nullable: { get: { parameters: [ { name: v, in: query, schema: { type: [array, "null"], items: { type: integer } } } ], responses: { default: { description: "" } } } }
  /nullable-object: { get: { parameters: [ { name: v, in: query, schema: { type: [object, "null"], properties: { r: { type: integer } } } } ], responses: { default: { description: "" } } } }
  /open-object: { get: { parameters: [ { name: v, in: query, schema: { type: object, additionalProperties: { type: string }, properties: { r: { type: integer } } } }, { name: w, in: query, schema: { type: integer } } ], responses: { default: { description: "" } } } }
  /reserved: { get: { parameters: [ { name: v, in: query, allowReserved: true, schema: { type: string } } ], responses: { default: { description: "" } } } }
  /whole: { get: { parameters: [ { name: v, in: querystring, content: { application/x-www-form-urlencoded: { schema: { type: object, properties: { a: { type: integer }, b: { type: array, items: { type: string } } } } } } } ], responses: { default: { description: "" } } } }
  /whole-json: { get: { parameters: [ { name: v, in: querystring, content: { application/json: { schema: { $ref: "#/components/schemas/Deep" } } } } ], responses: { default: { description: "" } } } }
  /unused: { get: { parameters: [ { name: v, in: path, required: true, schema: { type: integer } } ], responses: { default: { description: "" } } } }
  /cookie-object: { get: { parameters: [ { name: v, in: cookie, schema: { $ref: "#/components/schemas/Rgb" } } ], responses: { default: { description: "" } } } }
  /cookie-plain: { get: { parameters: [ { name: v, in: cookie, style: cookie, schema: { type: string } } ], responses: { default: { description: "" } } } }
  /cookie: { get: { parameters: [ { name: v, in: cookie, schema: { $ref: "#/components/schemas/Ints" } } ], responses: { default: { description: "" } } } }
components:
  schemas:
    Ints: { type: array, items: { type: integer } }
    Rgb: { type: object, properties: { r: { type: integer }, g: { type: integer }, s: { type: string } } }
    Deep: { type: object, properties: { size: { type: integer }, ids: { $ref: "#/components/schemas/Ints" }, in: { $ref: "#/components/schemas/Rgb" } } }
"##;

fn check_style(target: &str, headers: &[(&str, &str)], expected: Value) {
    let (contract, _) = load(STYLES);
    let checked = ask(&contract, Method::GET, target, headers, "");
    assert_eq!(short(&checked.violations), [""; 0], "{target}");
    let parts = [checked.path, checked.query, checked.headers, checked.cookies];
    let found = parts.into_iter().find(|part| !part.is_empty()).unwrap_or_default();
    assert_eq!(found.get("v").cloned().unwrap_or_default(), expected, "{target}");
}

#[test]
fn every_style_reads_words_lists_and_objects() {
    check_style("/simple/1,2,3", &[], json!([1, 2, 3]));
    check_style("/simple/1", &[], json!([1]));
    check_style("/simple-object/r,1,g,2", &[], json!({ "r": 1, "g": 2 }));
    check_style("/simple-exploded/r=1,s=5%2C6", &[], json!({ "r": 1, "s": "5,6" }));
    check_style("/label/.1.2", &[], json!([1, 2]));
    check_style("/label/.1,2", &[], json!([1, 2]));
    check_style("/label-exploded/.r=1.g=2", &[], json!({ "r": 1, "g": 2 }));
    check_style("/matrix/;v=r,1,g,2", &[], json!({ "r": 1, "g": 2 }));
    check_style("/matrix-exploded/;v=1;v=2", &[], json!([1, 2]));
    check_style("/form?v=1&v=2", &[], json!([1, 2]));
    check_style("/form?v=1", &[], json!([1]));
    check_style("/form-object?r=1&s=2", &[], json!({ "r": 1, "s": "2" }));
    check_style("/form-flat?v=r,1,s,2", &[], json!({ "r": 1, "s": "2" }));
    check_style("/space?v=1%202", &[], json!([1, 2]));
    check_style("/space?v=1+2", &[], json!([1, 2]));
    check_style("/pipe?v=1|2", &[], json!([1, 2]));
    check_style("/pipe?v=1%7C2", &[], json!([1, 2]));
    check_style("/deep?v[size]=1&v%5Bids%5D[]=2&v[ids][]=3", &[], json!({ "size": 1, "ids": [2, 3] }));
    check_style("/deep?v[in][r]=1&v[in][s]=2", &[], json!({ "in": { "r": 1, "s": "2" } }));
    check_style("/deep?v=7", &[], json!(7));
    check_style("/content?v=%7B%22r%22%3A1%7D", &[], json!({ "r": 1 }));
    check_style("/header", &[("V", "1, 2"), ("v", "3")], json!([1, 2, 3]));
    check_style("/cookie", &[("cookie", "v=1,2")], json!([1, 2]));
    check_style("/cookie", &[("cookie", "v=1; v=2")], json!([1, 2]));
    check_style("/deep?v[ids]=1", &[], json!({ "ids": [1] }));
    check_style("/deep?v[ids][1]=5&v[ids][0]=4", &[], json!({ "ids": [4, 5] }));
    check_style("/deep-list?v[]=1&v[]=2", &[], json!([1, 2]));
    check_style("/nullable?v=1", &[], json!([1]));
    check_style("/nullable-object?r=1", &[], json!({ "r": 1 }));
    check_style("/open-object?r=1&other=2&w=3", &[], json!({ "r": 1, "other": "2" }));
    check_style("/reserved?v=a+b/c?d:e%2Bf", &[], json!("a+b/c?d:e+f"));
    check_style("/whole?a=1&b=x&b=y", &[], json!({ "a": 1, "b": ["x", "y"] }));
    check_style("/whole-json?%7B%22a%22%3A1%7D", &[], json!({ "a": 1 }));
    check_style("/cookie-object", &[("cookie", "r=1; s=2")], json!({ "r": 1, "s": "2" }));
    check_style("/cookie-plain", &[("cookie", "v=a%20b")], json!("a%20b"));
}

#[test]
fn what_is_not_written_in_its_style_is_a_violation() {
    let check = |target: &str, expected: &[&str]| {
        let (contract, _) = load(STYLES);
        assert_eq!(short(&ask(&contract, Method::GET, target, &[], "").violations), expected, "{target}");
    };
    check("/label/1", &["path v syntax"]);
    check("/label/.x", &["path v type"]);
    check("/matrix/r,1", &["path v syntax"]);
    check("/matrix/;w=r,1", &["path v syntax"]);
    check("/matrix-exploded/;w=1", &["path v syntax"]);
    check("/deep-object?v=r", &["query v type"]);
    check("/deep-object?v[r]=x", &["query v type"]);
    check("/form?w=a&w=b", &["query w repeated"]);
    check("/content?v=%7B%7D&v=1", &["query v repeated"]);
    check("/whole?a=x", &["query v type"]);
    check("/unused", &[]);
}

#[test]
fn of_a_repeated_single_value_the_first_counts() {
    let (contract, _) = load(STYLES);
    let checked = ask(&contract, Method::GET, "/form?w=a&w=b", &[], "");
    assert_eq!(checked.query["w"], "a");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_makes_the_parameter_reader_panic(
        value in "[a-z0-9,.;=|%\\[\\]{}\"+é -]{0,24}|\\PC{0,12}",
        query in "(v|r|v\\[[a-z]{0,4}\\](\\[\\])?)=[0-9a-z,%|+&=\\[\\]v]{0,24}",
    ) {
        let (contract, _) = load(STYLES);
        for operation in contract.operations() {
            let mut request = Request::new(Method::GET, format!("/x?{query}&v={value}"));
            for name in ["v", "cookie"] {
                if let Ok(value) = http::HeaderValue::from_str(&format!("v={value}")) {
                    request.headers.append(name, value);
                }
            }
            contract.check_request(operation, &[("v", &value)], &request, &Notations::default());
        }
    }
}
