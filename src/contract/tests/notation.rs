//! Lists and objects as client libraries write them, and bodies of any kind.

use super::*;
use serde_json::json;

fn check_notation(arrays: ArrayFormat, objects: ObjectFormat, query: &str, expected: Value) {
    let notation = Notation { arrays, objects, ..Notation::default() };
    let (contract, findings) = load(NOTATIONS);
    assert_eq!(lines(&findings), [""; 0]);
    let names = expected.as_object().expect("an object").clone();
    // The same in a query and in a form.
    let mut request = Request::new(Method::POST, format!("/n?{query}"));
    request.headers.insert("content-type", http::HeaderValue::from_static("application/x-www-form-urlencoded"));
    request.body = query.to_owned().into();
    let Route::Found { operation, .. } = contract.route(&Method::POST, "/n") else { panic!("known") };
    let notations = Notations { query: notation, form: notation };
    let checked = contract.check_request(operation, &[], &request, &notations);
    assert_eq!(short(&checked.violations), [""; 0], "{arrays:?} {objects:?} {query}: {:?}", checked.violations);
    assert_eq!(checked.query, names, "{query} as a query, {arrays:?} {objects:?}");
    assert_eq!(checked.body, Some(expected), "{query} as a form, {arrays:?} {objects:?}");
}

const NOTATIONS: &str = r##"
openapi: 3.1.0
info: { title: Notations, version: "1" }
paths:
  /n:
    post:
      parameters:
        - { name: ids, in: query, schema: { $ref: "#/components/schemas/Ints" } }
        - { name: range, in: query, schema: { $ref: "#/components/schemas/Range" } }
        - { name: rows, in: query, schema: { $ref: "#/components/schemas/Rows" } }
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              additionalProperties: false
              properties:
                ids: { $ref: "#/components/schemas/Ints" }
                range: { $ref: "#/components/schemas/Range" }
                rows: { $ref: "#/components/schemas/Rows" }
      responses: { "204": { description: ok } }
components:
  schemas:
    Ints: { type: array, items: { type: integer } }
    Range:
      type: object
      properties: { from: { type: integer }, to: { type: integer }, days: { $ref: "#/components/schemas/Ints" }, in: { type: object, properties: { a: { type: boolean } } } }
    Rows: { type: array, items: { type: object, properties: { a: { type: integer }, b: { type: integer } } } }
"##;

#[test]
fn clients_write_lists_and_objects_in_ways_of_their_own() {
    use {ArrayFormat as A, ObjectFormat as O};
    let check = check_notation;
    check(A::Repeat, O::Auto, "ids=1&ids=2", json!({ "ids": [1, 2] }));
    check(A::Comma, O::Auto, "ids=1,2", json!({ "ids": [1, 2] }));
    check(A::Space, O::Auto, "ids=1%202", json!({ "ids": [1, 2] }));
    check(A::Pipe, O::Auto, "ids=1%7C2", json!({ "ids": [1, 2] }));
    check(A::Brackets, O::Auto, "ids[]=1&ids[]=2", json!({ "ids": [1, 2] }));
    check(A::Brackets, O::Auto, "ids[1]=2&ids[0]=1", json!({ "ids": [1, 2] }));
    check(A::Auto, O::FlatComma, "range=from,1,to,2", json!({ "range": { "from": 1, "to": 2 } }));
    check(A::Auto, O::Brackets, "range[from]=1&range[to]=2", json!({ "range": { "from": 1, "to": 2 } }));
    check(A::Auto, O::Dots, "range.from=1&range.to=2", json!({ "range": { "from": 1, "to": 2 } }));
    check(A::Auto, O::Flat, "from=1&to=2", json!({ "range": { "from": 1, "to": 2 } }));
    // Lists within objects.
    check(A::Comma, O::Brackets, "range[days]=1,2", json!({ "range": { "days": [1, 2] } }));
    check(A::Repeat, O::Dots, "range.days=1&range.days=2", json!({ "range": { "days": [1, 2] } }));
    check(A::Brackets, O::Dots, "range.days[]=1", json!({ "range": { "days": [1] } }));
    check(
        A::Brackets,
        O::Brackets,
        "range[days][]=1&range[in][a]=true",
        json!({ "range": { "days": [1], "in": { "a": true } } }),
    );
    check(A::Repeat, O::Flat, "days=1", json!({ "range": { "days": [1] } }));
    check(A::Pipe, O::Flat, "days=1|2", json!({ "range": { "days": [1, 2] } }));
    // Lists of objects.
    let rows = json!({ "rows": [{ "a": 1, "b": 2 }, { "a": 3 }] });
    check(A::Brackets, O::Brackets, "rows[][a]=1&rows[][b]=2&rows[][a]=3", rows.clone());
    check(A::Auto, O::Brackets, "rows[0][a]=1&rows[1][a]=3&rows[0][b]=2", rows.clone());
    check(A::Repeat, O::Dots, "rows.a=1&rows.b=2&rows.a=3", rows.clone());
    check(A::Repeat, O::Dots, "rows.0.a=1&rows.0.b=2&rows.1.a=3", rows);
}

#[test]
fn a_list_that_is_not_written_as_it_should_be_is_no_list() {
    let (contract, _) = load(NOTATIONS);
    let request = Request::new(Method::POST, "/n?ids=1&range=2");
    let Route::Found { operation, .. } = contract.route(&Method::POST, "/n") else { panic!("known") };
    let query = Notation { arrays: ArrayFormat::Brackets, objects: ObjectFormat::Dots, ..Notation::default() };
    let checked = contract.check_request(operation, &[], &request, &Notations { query, ..Notations::default() });
    assert_eq!(short(&checked.violations), ["query ids type", "query range type"]);
}

const BODIES: &str = r##"
openapi: 3.2.0
info: { title: Bodies, version: "1" }
paths:
  /b:
    post:
      requestBody:
        content:
          application/json: { schema: { $ref: "#/components/schemas/Any" } }
          application/x-ndjson: { itemSchema: { $ref: "#/components/schemas/Any" } }
          application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/Any" } }
          multipart/form-data: { schema: { $ref: "#/components/schemas/Any" }, encoding: { o: { contentType: application/json }, ids: { headers: { X-A: { schema: { type: integer } } } } } }
          text/plain: { schema: { type: [integer, "null"] } }
      responses: { "204": { description: ok } }
components:
  schemas:
    Any:
      type: object
      additionalProperties: { type: integer }
      properties: { o: { $ref: "#/components/schemas/Any" }, ids: { type: array, items: { $ref: "#/components/schemas/Any" } } }
"##;

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]

    #[test]
    fn no_query_and_no_body_make_the_readers_panic(
        text in "((ids|o|range|rows)(\\[[a-z0-9]{0,2}\\]|\\.[a-z0-9]{0,2}){0,3}=[0-9a-z,%|+{}\"]{0,6}&?){0,4}|(--b|\r\n|content-disposition: x; name=|ids|o|content-type: application/json|[{}\"1\n]){0,16}|\\PC{0,12}",
        arrays in proptest::sample::select(ArrayFormat::WORDS),
        objects in proptest::sample::select(ObjectFormat::WORDS),
        media in proptest::sample::select(&["application/json", "application/x-ndjson", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain; charset=latin1"][..]),
    ) {
        let notation = Notation { arrays: arrays.1, objects: objects.1, ..Notation::default() };
        let notations = Notations { query: notation, form: notation };
        for document in [NOTATIONS, BODIES] {
            let (contract, _) = load(document);
            let mut request = Request::new(Method::POST, format!("/x?{text}"));
            request.headers.insert("content-type", http::HeaderValue::from_static(media));
            request.body = text.clone().into();
            contract.check_request(&contract.operations()[0], &[], &request, &notations);
        }
    }
}
