//! Requests: bodies, parameters and how they are typed.

use super::*;
use serde_json::json;

const ORGANIZATIONS: &str = r##"
openapi: 3.0.3
info: { title: Organizations, version: "1" }
servers: [{ url: "https://{sub}.example.com/api/v2", variables: { sub: { default: acme } } }]
paths:
  /organizations:
    get:
      operationId: ListOrganizations
      parameters:
        - { name: "page[size]", in: query, schema: { type: integer, maximum: 100, default: 30 } }
        - { name: ids, in: query, explode: false, schema: { type: array, items: { type: integer } } }
        - { name: X-Trace, in: header, schema: { type: boolean } }
        - { name: session, in: cookie, schema: { type: integer } }
        - { name: Authorization, in: header, required: true, schema: { type: string } }
      responses: { "200": { description: ok } }
    post:
      operationId: CreateOrganization
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: "#/components/schemas/OrganizationRequest" }
      responses: { "201": { description: created } }
  /organizations/{organization_id}:
    parameters:
      - { name: organization_id, in: path, required: true, schema: { type: integer } }
    delete:
      operationId: DeleteOrganization
      responses: { "204": { description: gone } }
components:
  securitySchemes: { key: { type: apiKey, in: query, name: access_token } }
  schemas:
    OrganizationRequest:
      type: object
      required: [organization]
      properties:
        organization: { $ref: "#/components/schemas/Organization" }
    Organization:
      type: object
      required: [id, name]
      additionalProperties: false
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string, maxLength: 20 }
        notes: { type: string, nullable: true }
        domain_names: { type: array, items: { type: string } }
        kind: { type: string, enum: [big, small], nullable: true }
"##;

fn check(body: &str, expected: &[&str]) {
    let (contract, findings) = load(ORGANIZATIONS);
    assert_eq!(lines(&findings), [""; 0]);
    let checked = post(&contract, "/api/v2/organizations", body);
    assert_eq!(short(&checked.violations), expected, "{body}: {:?}", checked.violations);
}

#[test]
fn a_body_that_fits_has_no_violations() {
    check(r#"{"organization":{"name":"Acme","notes":null,"kind":null}}"#, &[]);
    check(r#"{"organization":{"name":"Acme","domain_names":["a.example"]}}"#, &[]);
}

#[test]
fn each_departure_of_a_body_is_listed_with_its_pointer() {
    check(r#"{}"#, &["body /organization required"]);
    check(r#"{"organization":{}}"#, &["body /organization/name required"]);
    check(r#"{"organization":{"name":5}}"#, &["body /organization/name type"]);
    check(r#"{"organization":{"name":"A","kind":"other"}}"#, &["body /organization/kind enum"]);
    check(
        r#"{"organization":{"name":"A","no":1,"a/b":2}}"#,
        &["body /organization/no unknown", "body /organization/a~1b unknown"],
    );
    check(r#"{"organization":{"name":"A","domain_names":["x",null]}}"#, &["body /organization/domain_names/1 type"]);
    check(r#"{"organization":{"name":"Acme","id":"x"}}"#, &["body /organization/id readOnly"]);
    check(r#"[]"#, &["body  type"]);
    check("", &["body  required"]);
    check("{", &["body  syntax"]);
    check("{\"organization\":{\"name\":1e400}}", &["body  syntax"]);
    check(&"[".repeat(100_000), &["body  syntax"]);
}

#[test]
fn a_violation_names_the_line_of_the_document_and_the_limit() {
    let (contract, _) = load(ORGANIZATIONS);
    let checked = post(&contract, "/organizations", r#"{"organization":{"name":"An extraordinarily long name"}}"#);
    let [violation] = checked.violations.as_slice() else { panic!("{:?}", checked.violations) };
    assert_eq!(violation.place.to_string(), "specs/api.yaml:44");
    assert_eq!(violation.place.pointer(), "/components/schemas/Organization/properties/name/maxLength");
    assert_eq!(violation.message, "\"An extraordinarily long name\" has more than 20 characters");
    let checked = post(&contract, "/organizations", "{\n \"a\": }");
    assert!(checked.violations[0].message.contains("line 2 column 7"), "{:?}", checked.violations);
}

#[test]
fn parameters_have_the_types_of_the_document() {
    let (contract, _) = load(ORGANIZATIONS);
    let headers = [("x-trace", "true"), ("cookie", "a=b; session=7")];
    let checked = ask(&contract, Method::GET, "/api/v2/organizations?page%5Bsize%5D=2&ids=1%2C2", &headers, "");
    assert_eq!(short(&checked.violations), [""; 0]);
    assert_eq!(Value::Object(checked.query), json!({ "page[size]": 2, "ids": [1, 2] }));
    assert_eq!(Value::Object(checked.headers), json!({ "x-trace": true }));
    assert_eq!(Value::Object(checked.cookies), json!({ "session": 7 }));
    let checked = ask(&contract, Method::DELETE, "/organizations/12", &[], "");
    assert_eq!(Value::Object(checked.path), json!({ "organization_id": 12 }));
}

#[test]
fn a_parameter_that_cannot_be_typed_is_a_type_violation_and_an_undeclared_one_is_unknown() {
    let (contract, _) = load(ORGANIZATIONS);
    let checked = ask(&contract, Method::GET, "/organizations?page[size]=x&pgae=1&access_token=t", &[], "");
    assert_eq!(short(&checked.violations), ["query page[size] type", "query pgae unknown"]);
    assert_eq!(checked.violations[0].kind, Kind::Type(vec!["integer".into()]));
    assert_eq!(checked.query["page[size]"], "x");
    let checked = ask(&contract, Method::GET, "/organizations?page[size]=101&ids=1,x", &[], "");
    assert_eq!(short(&checked.violations), ["query page[size] maximum", "query ids type"]);
    let checked = ask(&contract, Method::GET, "/organizations", &[], "");
    assert_eq!(Value::Object(checked.query), json!({ "page[size]": 30 }));
    let checked = ask(&contract, Method::DELETE, "/organizations/x%2Fy", &[], "");
    assert_eq!(short(&checked.violations), ["path organization_id type"]);
    assert_eq!(checked.path["organization_id"], "x/y");
}

#[test]
fn habits_of_real_clients_are_reports_and_not_walls() {
    let (contract, _) = load(ORGANIZATIONS);
    let json = [("content-type", "application/json")];
    assert_eq!(short(&ask(&contract, Method::GET, "/organizations", &json, "").violations), [""; 0]);
    let checked = ask(&contract, Method::DELETE, "/organizations/1", &json, "{\"a\":1}");
    assert_eq!(short(&checked.violations), ["body  unexpected-body"]);
    assert_eq!(checked.body, Some(json!({ "a": 1 })));
    let body = r#"{"organization":{"name":"A"}}"#;
    assert_eq!(short(&ask(&contract, Method::POST, "/organizations", &[], body).violations), [""; 0]);
    let charset = [("content-type", "Application/JSON; charset=utf-8")];
    assert_eq!(short(&ask(&contract, Method::POST, "/organizations", &charset, body).violations), [""; 0]);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let checked = ask(&contract, Method::POST, "/organizations", &form, "a=1&a=2&b=3");
    assert_eq!(short(&checked.violations), ["body  media-type"]);
    assert_eq!(checked.body, Some(json!({ "a": ["1", "2"], "b": "3" })));
}

#[test]
fn more_than_fifty_violations_are_counted() {
    let (contract, _) = load(ORGANIZATIONS);
    let numbers = vec!["1"; 120].join(",");
    let checked =
        post(&contract, "/organizations", &format!(r#"{{"organization":{{"name":"A","domain_names":[{numbers}]}}}}"#));
    assert_eq!(checked.violations.len(), 51);
    assert_eq!(checked.violations[50].message, "70 more violations are not listed");
}

#[test]
fn a_pack_can_ask_what_a_body_may_carry() {
    let (contract, _) = load(ORGANIZATIONS);
    let create = contract.operation("CreateOrganization").expect("known");
    let Writable::Only(properties) = contract.writable(create, "/organization") else { panic!("closed") };
    let names: Vec<_> = properties.iter().map(|it| (it.name.as_str(), it.read_only)).collect();
    assert_eq!(names, [("id", true), ("name", false), ("notes", false), ("domain_names", false), ("kind", false)]);
    assert_eq!(contract.writable(create, "/organization/domain_names/0"), Writable::Any);
    assert_eq!(contract.property_schema_types(create, "/organization/notes"), ["null", "string"]);
    assert_eq!(contract.property_schema_types(create, "/organization/domain_names/3"), ["string"]);
    assert_eq!(contract.property_schema_types(create, "/nope"), [""; 0]);
}

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

fn check_notation(arrays: ArrayFormat, objects: ObjectFormat, query: &str, expected: Value) {
    let notation = Notation { arrays, objects };
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
    let query = Notation { arrays: ArrayFormat::Brackets, objects: ObjectFormat::Dots };
    let checked = contract.check_request(operation, &[], &request, &Notations { query, ..Notations::default() });
    assert_eq!(short(&checked.violations), ["query ids type", "query range type"]);
}

#[test]
fn of_a_repeated_single_value_the_first_counts() {
    let (contract, _) = load(STYLES);
    let checked = ask(&contract, Method::GET, "/form?w=a&w=b", &[], "");
    assert_eq!(checked.query["w"], "a");
}

#[test]
fn a_form_is_read_by_the_types_of_its_properties() {
    let (contract, _) = load(
        r##"
openapi: 3.0.0
info: { title: t, version: "1" }
paths:
  /f:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded:
            encoding: { flat: { explode: false } }
            schema:
              type: object
              required: [n]
              properties:
                n: { type: integer }
                ok: { type: boolean }
                list: { type: array, items: { type: integer } }
                flat: { type: array, items: { type: integer } }
                obj: { type: object, properties: { a: { type: integer } } }
          text/*: { schema: { type: string, maxLength: 3 } }
      responses: { "200": { description: ok } }
"##,
    );
    let form = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    let body = "n=1&ok=true&list=1&list=2&flat=3,4&obj[a]=5&other=x";
    let checked = ask(&contract, Method::POST, "/f", &form, body);
    assert_eq!(short(&checked.violations), [""; 0]);
    let expected = json!({ "n": 1, "ok": true, "list": [1, 2], "flat": [3, 4], "obj": { "a": 5 }, "other": "x" });
    assert_eq!(checked.body, Some(expected));
    let checked = ask(&contract, Method::POST, "/f", &form, "obj=%7B%22a%22%3A%22x%22%7D");
    assert_eq!(short(&checked.violations), ["body /n required", "body /obj/a type"]);
    let checked = ask(&contract, Method::POST, "/f", &[("content-type", "text/csv")], "a,b,c");
    assert_eq!(short(&checked.violations), ["body  maxLength"]);
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
