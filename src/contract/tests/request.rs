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
    assert_eq!(short(&checked.violations), ["body  media-type", "body /organization required"]);
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
