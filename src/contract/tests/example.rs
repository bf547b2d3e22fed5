//! Examples: which one is found, and which do not fit.

use super::*;
use crate::dice::Dice;

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
    let check = |status: u16, accept: Option<&str>, example: Option<&str>, expected: Option<(&str, &str)>| {
        let usual = Wish::usual(StatusCode::from_u16(status).expect("a status"), accept, Dice::new(0));
        let sample = contract.sample_at_all(operation, &Wish { example, examples: Examples::AsWritten, ..usual });
        let found =
            sample.ok().flatten().map(|it| (it.media_type.clone(), String::from_utf8_lossy(&it.body).into_owned()));
        assert_eq!(found, expected.map(|(media, body)| (media.to_owned(), body.to_owned())));
    };
    check(200, None, None, Some(("application/json", r#"[{"name":"Rex"}]"#)));
    check(200, None, Some("bad"), Some(("application/json", r#"[{"name":5}]"#)));
    check(200, None, Some("none"), None);
    check(200, Some("text/*, application/json;q=0.5"), None, Some(("text/csv", "a,b")));
    check(200, Some("image/png, */*;q=0.1"), None, Some(("application/json", r#"[{"name":"Rex"}]"#)));
    check(200, Some("image/png"), None, Some(("application/json", r#"[{"name":"Rex"}]"#)));
    check(404, None, None, None);
}

#[test]
fn an_example_that_does_not_fit_is_sent_only_as_it_is_written() {
    let text = r#"{ "openapi": "3.1.0", "paths": { "/it": { "get": { "operationId": "It", "responses": { "200": { "content": {
        "application/json": { "schema": { "type": "object", "required": ["n"], "properties": { "n": { "const": 1 } },
        "example": { "n": 2 } } } } } } } } } }"#;
    let (contract, _) = load(text);
    let operation = contract.operation("It").expect("known");
    let check = |examples: Examples, expected: &str| {
        let wish = Wish { examples, ..Wish::usual(StatusCode::OK, None, Dice::new(0)) };
        let sample = contract.sample(operation, &wish).expect("there is one").expect("there is a body");
        assert_eq!(sample.body, expected);
    };
    check(Examples::Fitting, r#"{"n":1}"#);
    check(Examples::AsWritten, r#"{"n":2}"#);
    check(Examples::Fitting, r#"{"n":1}"#);
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
