//! Examples: which one is found, and which do not fit.

use super::*;
use serde_json::json;

const PETS: &str = r##"openapi: 3.0.0
info: { title: Pets, version: "1" }
paths:
  /pets:
    get:
      operationId: Pets
      parameters:
        - { name: limit, in: query, schema: { type: integer }, example: many }
      responses:
        "200":
          description: ok
          content:
            text/csv: { example: "a,b" }
            application/json:
              schema: { type: array, items: { $ref: "#/components/schemas/Pet" } }
              examples:
                one: { $ref: "#/components/examples/One" }
                bad: { value: [ { name: 5 } ] }
        "201":
          description: assembled
          content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } }
        "202":
          description: nothing to go by
          content: { application/*: { schema: { $ref: "#/components/schemas/Bare" } } }
components:
  examples:
    One: { value: [ { name: Rex } ] }
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: { type: string, example: Rex }
        age: { type: integer, default: 3 }
        tag: { type: integer, example: x }
        mate: { $ref: "#/components/schemas/Pet" }
        secret: { type: string, writeOnly: true, example: s }
    Bare: { type: object, required: [name], properties: { name: { type: string } } }
"##;

#[test]
fn the_example_is_the_named_one_or_the_first_or_an_assembled_one() {
    let (contract, _) = load(PETS);
    let operation = contract.operation("Pets").expect("known");
    let check = |status: u16, accept: Option<&str>, name: Option<&str>, expected: Option<(&str, Value)>| {
        let status = StatusCode::from_u16(status).expect("a status");
        let found = contract.example(operation, status, accept, name);
        assert_eq!(found, expected.map(|(media, value)| (media.to_owned(), value)));
    };
    check(200, None, None, Some(("application/json", json!([{ "name": "Rex" }]))));
    check(200, None, Some("bad"), Some(("application/json", json!([{ "name": 5 }]))));
    check(200, None, Some("none"), None);
    check(200, Some("text/*, application/json;q=0.5"), None, Some(("text/csv", json!("a,b"))));
    check(200, Some("image/png, */*;q=0.1"), None, Some(("text/csv", json!("a,b"))));
    check(200, Some("image/png"), None, Some(("application/json", json!([{ "name": "Rex" }]))));
    check(201, None, None, Some(("application/json", json!({ "name": "Rex", "age": 3, "tag": "x" }))));
    check(202, None, None, None);
    check(404, None, None, None);
}

#[test]
fn an_example_that_does_not_fit_is_a_finding_at_its_own_line() {
    let (contract, _) = load(PETS);
    assert_eq!(
        lines(&contract.check_examples()),
        [
            "8 bad-example: the example does not fit its schema: must be integer, not the string \"many\" (specs/api.yaml:8)",
            "18 bad-example: the example does not fit its schema at /0/name: must be string, not the integer 5 \
             (specs/api.yaml:33)",
            "35 bad-example: the example does not fit its schema: must be integer, not the string \"x\" \
             (specs/api.yaml:35)",
        ]
    );
}
