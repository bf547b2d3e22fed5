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

#[test]
fn an_example_may_stand_in_a_file_below_the_documents_folder() {
    let text = r##"openapi: 3.1.0
info: { title: Files, version: "1" }
paths:
  /it:
    get:
      operationId: It
      responses:
        "200":
          description: ok
          content:
            application/json:
              examples:
                file: { externalValue: examples/it.json }
                far: { externalValue: "https://example.com/it.json" }
                out: { externalValue: "../it.json" }
                gone: { externalValue: examples/gone.json }
                sent: { serializedValue: '{"n": 2}' }
            text/csv: { examples: { file: { externalValue: ./examples/it.csv } } }
"##;
    let shelf = Shelf(HashMap::from([("examples/it.json", r#"{ "n": 1 }"#), ("examples/it.csv", "a,b\n1,2\n")]));
    let (contract, findings) = Contract::load(&source(text), &shelf).expect("it loads");
    let operation = contract.operation("It").expect("known");
    let check = |name: Option<&str>, accept: &str, expected: Option<&str>| {
        let wish = Wish { example: name, ..Wish::usual(StatusCode::OK, Some(accept), Dice::new(0)) };
        let body = contract.sample(operation, &wish).ok().flatten().map(|sample| sample.body.clone());
        assert_eq!(body.as_deref(), expected.map(str::as_bytes), "{name:?}");
    };
    check(None, "application/json", Some(r#"{"n":1}"#));
    check(Some("file"), "text/csv", Some("a,b\n1,2\n"));
    check(Some("sent"), "application/json", Some(r#"{"n":2}"#));
    check(Some("gone"), "application/json", None);
    assert_eq!(
        lines(&findings),
        [
            "14 remote-ref: `https://example.com/it.json` is not followed: nothing is fetched from the network; the example is left out",
            "15 outside-ref: `../it.json` is not followed: only files below the document's folder are read; the example is left out",
            "16 dangling-ref: `examples/gone.json` leads to a file that cannot be read: no such file; the example is left out",
        ]
    );
}
