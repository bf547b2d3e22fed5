//! Loading: what stops a document, what is served around, and where the findings point.

use super::*;
use crate::dice::Dice;
use crate::source::Severity;

fn refused(text: &str) -> String {
    let findings = Contract::load(&source(text), &Shelf::default()).expect_err("not loadable");
    assert!(findings.iter().any(|finding| finding.severity == Severity::Error));
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_no_openapi_document_is_refused_with_a_way_out() {
    assert!(refused("[1, 2]").contains("must be an object"));
    assert!(refused("hello: world").contains("the key `openapi` is missing"));
    let swagger = refused("swagger: \"2.0\"\npaths: {}");
    assert!(swagger.contains("Swagger 2.0") && swagger.contains("swagger2openapi"), "{swagger}");
    assert!(refused("openapi: 3.0.0").contains("no `paths`"));
    assert!(Contract::load(&source("openapi: 3.1.0\nwebhooks: {}"), &Shelf::default()).is_ok());
}

const SLOPPY: &str = r##"openapi: 3.0.0
pathes: {}
paths:
  no-slash: { get: { responses: { "200": { description: ok } } } }
  /a/{id}:
    get:
      operationId: Same
      sumary: typo
      parameters:
        - { name: idx, in: path, required: true, schema: { type: string } }
        - { in: query }
        - { name: b, in: body }
        - { name: q, in: query, style: simple, required: "yes", schema: { type: string } }
      responses: { "200": {}, "99": { description: no }, "20X": { description: no } }
    post: { operationId: Same, responses: {} }
    put: 7
  /a/{key}:
    get: { responses: { "200": { description: ok } } }
"##;

#[test]
fn everything_else_is_a_warning_and_all_are_told_at_once() {
    let (contract, findings) = load(SLOPPY);
    assert_eq!(
        lines(&findings),
        [
            "1 missing-info: the document has no `info` with `title` and `version`",
            "2 unknown-key: a document has no key `pathes`; it is ignored",
            "4 bad-path: the path `no-slash` must start with a slash; it is left out",
            "6 undeclared-variable: no parameter describes `{id}` of /a/{id}; any text is accepted for it",
            "8 unknown-key: an operation has no key `sumary`; it is ignored",
            "10 unused-parameter: the path /a/{id} has no variable `{idx}`; the parameter is ignored",
            "11 bad-parameter: a parameter needs a `name`, and `in` as one of query, querystring, header, path, cookie; it is left out",
            "12 bad-parameter: a parameter is Swagger 2.0; in OpenAPI 3 it is the operation's `requestBody`; it is left out",
            "13 bad-value: `required` must be true or false; it is ignored",
            "13 bad-parameter: `style` of a query parameter is one of form, spaceDelimited, pipeDelimited, deepObject; \
             form is read",
            "14 missing-description: the response has no `description`",
            "14 bad-status: `99` is no status, no range such as 2XX and not `default`; it is left out",
            "14 bad-status: `20X` is no status, no range such as 2XX and not `default`; it is left out",
            "15 missing-responses: the operation documents no responses; any reply is accepted",
            "15 undeclared-variable: no parameter describes `{id}` of /a/{id}; any text is accepted for it",
            "15 duplicate-operation-id: the operationId `Same` is taken: it stands at specs/api.yaml:6 already",
            "16 bad-operation: an operation must be an object; it is left out",
            "18 undeclared-variable: no parameter describes `{key}` of /a/{key}; any text is accepted for it",
            "18 ambiguous-path: GET /a/{key} is the path of another operation; that one is served",
        ]
    );
    assert_eq!(findings[1].help.as_deref(), Some("did you mean `paths`?"));
    assert_eq!(findings[5].help.as_deref(), Some("did you mean `id`?"));
    assert_eq!(contract.operations().len(), 3);
}

/// In the manner of a real document of memberships: nine references that lead nowhere.
const MEMBERSHIPS: &str = r##"openapi: 3.0.3
info: { title: Memberships, version: "1" }
paths:
  /memberships:
    get:
      operationId: ListMemberships
      parameters:
        - $ref: "#/components/parameters/PageSise"
        - $ref: "#/components/parameters/Include"
      responses:
        "200":
          description: ok
          headers: { X-Total: { $ref: "#/components/headers/Total" } }
          content:
            application/json:
              schema: { $ref: "#/components/schemas/MembershipsResponses" }
              examples: { default: { $ref: "#/components/examples/Memberships" } }
        "404": { $ref: "#/components/responses/NotFound" }
    post:
      operationId: CreateMembership
      requestBody: { $ref: "#/components/requestBodies/Membership" }
      responses: { "201": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Membership" } } } } }
  /memberships/{id}:
    $ref: "paths/membership.yaml"
components:
  parameters:
    PageSize: { name: per_page, in: query, schema: { type: integer } }
  schemas:
    MembershipsResponse: { type: object }
    Membership:
      type: object
      properties:
        user_id: { $ref: "#/components/schemas/UserId" }
        name: { type: string }
"##;

#[test]
fn each_dangling_reference_is_one_warning_and_the_rest_is_served() {
    let (contract, findings) = load(MEMBERSHIPS);
    let dangling: Vec<_> = findings.iter().filter(|finding| finding.rule == "dangling-ref").collect();
    assert_eq!(dangling.len(), 9, "{findings:#?}");
    assert_eq!(findings.len(), 9, "{findings:#?}");
    assert_eq!(dangling.iter().map(|it| it.place.line()).collect::<Vec<_>>(), [8, 9, 13, 16, 17, 18, 21, 24, 33]);
    assert_eq!(
        dangling[0].to_string(),
        "specs/api.yaml:8: warning: nothing stands at `#/components/parameters/PageSise`; the parameter is left out\n    \
         did you mean `#/components/parameters/PageSize`?"
    );
    assert!(dangling[3].what.ends_with("any value is accepted in its place"), "{}", dangling[3].what);
    assert_eq!(dangling[3].help.as_deref(), Some("did you mean `#/components/schemas/MembershipsResponse`?"));
    assert_eq!(dangling[4].help, None);
    assert!(dangling[7].what.contains("cannot be read: no such file; the path is left out"), "{}", dangling[7].what);
    let ids: Vec<_> = contract.operations().iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(ids, ["ListMemberships", "CreateMembership"]);
    let checked = post(&contract, "/memberships", "{\"anything\": [1]}");
    assert_eq!(short(&checked.violations), [""; 0]);
    let body = serde_json::json!({ "user_id": [], "name": 5 });
    assert_eq!(answer(&contract, "CreateMembership", 201, &[], Some(body)), ["body /name type"]);
    assert_eq!(answer(&contract, "ListMemberships", 404, &[], None), ["status 404 status"]);
}

#[test]
fn a_document_may_be_split_over_files_below_its_folder() {
    let main = r##"openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /a/{id}: { $ref: paths/a.yaml }
  /evil: { get: { responses: { "200": { description: ok, content: { application/json: { schema: { $ref: ../secret.yaml } } } } } } }
  /far: { get: { responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "https://example.com/x.yaml" } } } } } } }
  /bad: { get: { responses: { "200": { description: ok, content: { application/json: { schema: { $ref: bad.yaml } } } } } } }
components: { schemas: { Id: { type: integer } } }
"##;
    let shelf = Shelf(HashMap::from([
        (
            "paths/a.yaml",
            "parameters: [ { name: id, in: path, required: true, schema: { $ref: '../api.yaml#/components/schemas/Id' } } ]\n\
             put:\n  operationId: PutA\n  requestBody: { content: { application/json: { schema: { $ref: ../schemas/a.json } } } }\n  \
             responses: { default: { $ref: '../shared/responses.yaml#/Any' } }\n",
        ),
        (
            "schemas/a.json",
            "{\n \"type\": \"object\",\n \"properties\": {\n  \"b\": { \"$ref\": \"b.json#/definitions/B\" } } }",
        ),
        ("schemas/b.json", "{\"definitions\": {\n \"B\": { \"type\": \"string\",\n \"maxLength\": 2 } } }"),
        ("shared/responses.yaml", "Any: { description: any }"),
        ("bad.yaml", "a: [1\nb: 2"),
        ("../secret.yaml", "type: string"),
    ]));
    let (contract, findings) = Contract::load(&source(main), &shelf).expect("served");
    let rules: Vec<_> = findings.iter().map(|it| (it.place.line(), it.rule)).collect();
    assert_eq!(rules, [(5, "outside-ref"), (6, "remote-ref"), (7, "dangling-ref")], "{findings:#?}");
    let json = [("content-type", "application/json")];
    let checked = ask(&contract, Method::PUT, "/a/x", &json, "{\"b\": \"long\"}");
    assert_eq!(short(&checked.violations), ["path id type", "body /b maxLength"]);
    assert_eq!(checked.violations[0].place.to_string(), "specs/api.yaml:8");
    assert_eq!(checked.violations[1].place.to_string(), "specs/schemas/b.json:3");
    assert_eq!(contract.operation("PutA").expect("known").place.to_string(), "specs/paths/a.yaml:2");
}

#[test]
fn a_path_that_another_one_takes_whole_is_a_warning() {
    let check = |first: &str, second: &str, is_lost: bool| {
        let path = |name: &str, schema: &str| {
            let parameter = format!("{{ name: {name}, in: path, required: true, schema: {schema} }}");
            format!(
                "  /a/{{{name}}}:\n    get: {{ parameters: [ {parameter} ], responses: {{ '204': {{ description: it }} }} }}\n"
            )
        };
        let head = "openapi: 3.1.0\ninfo: { title: A, version: '1' }\ncomponents: { schemas: { Name: { type: string, title: N } } }";
        let text = format!("{head}\npaths:\n{}{}", path("one", first), path("two", second));
        let lost = "8 ambiguous-path: GET /a/{two} is the path of another operation; that one is served";
        let expected: &[&str] = if is_lost { &[lost] } else { &[] };
        assert_eq!(lines(&load(&text).1), expected, "{first} {second}");
    };
    check("{ type: string }", "{ type: string }", true);
    check("{}", "{ type: integer }", true);
    check("{ $ref: '#/components/schemas/Name' }", "{ type: integer }", true);
    check("{ type: string, minLength: 1, description: any }", "{}", true);
    check("{ type: integer }", "{ type: string }", false);
    check("{ type: string, minLength: 2 }", "{}", false);
    check("{ enum: [new] }", "{ format: uuid }", false);
}

#[test]
fn operations_are_reached_with_and_without_every_base_path() {
    let (contract, findings) = load(
        r##"openapi: 3.0.0
info: { title: t, version: "1" }
servers: [ { url: "https://h/api/v1" }, { url: /v1 } ]
paths:
  /a: { get: { operationId: A, tags: [x, y], x-counterpart: { do: list }, responses: { "2XX": { description: ok }, "404": { description: no }, "201": { description: ok }, default: { description: d } } } }
  /api/v1/b: { get: { responses: { "200": { description: ok } } } }
  /c: { servers: [ { url: / } ], get: { responses: { "200": { description: ok } } }, servers-extra: 1 }
"##,
    );
    assert_eq!(lines(&findings), ["7 unknown-key: a path item has no key `servers-extra`; it is ignored"]);
    let leads = |path: &str| match contract.route(&Method::GET, path) {
        Route::Found { operation, .. } => Some(operation.id.clone()),
        _ => None,
    };
    for path in ["/a", "/api/v1/a", "/v1/a", "/a/"] {
        assert_eq!(leads(path).as_deref(), Some("A"), "{path}");
    }
    assert_eq!(leads("/api/v1/b").as_deref(), Some("GET /api/v1/api/v1/b"));
    assert_eq!(leads("/c").as_deref(), Some("GET /c"));
    assert_eq!(leads("/api/v1/c"), None);
    let a = contract.operation("A").expect("known");
    assert_eq!((a.path.as_str(), a.tags.len()), ("/api/v1/a", 2));
    assert_eq!(a.statuses.iter().map(|it| it.as_u16()).collect::<Vec<_>>(), [201, 404]);
    assert_eq!(a.success(), StatusCode::CREATED);
    assert_eq!(a.extension, Some(serde_json::json!({ "do": "list" })));
    assert!(contract.operation("GET /a").is_some() && contract.operation("GET /api/v1/a").is_some());
    assert!(matches!(contract.route(&Method::PUT, "/a"), Route::WrongMethod(methods) if methods == [Method::GET]));
    assert!(matches!(contract.route(&Method::GET, "/api/v1/aa/"), Route::Unknown { nearest: Some(_) }));
}

#[test]
fn parameters_of_the_path_are_merged_with_those_of_the_operation() {
    let (contract, findings) = load(
        r##"openapi: 3.2.0
info: { title: t, version: "1" }
paths:
  /a/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: integer } }
      - { name: q, in: query, schema: { type: integer } }
      - { name: q, in: query, schema: { type: integer } }
    query: { parameters: [ { name: q, in: query, schema: { type: boolean } } ], responses: { "200": { description: ok } } }
    additionalOperations: { LINK: { responses: { "200": { description: ok } } } }
"##,
    );
    assert_eq!(lines(&findings), ["8 duplicate-parameter: the query parameter `q` stands here twice"]);
    let query = Method::from_bytes(b"QUERY").expect("a method");
    let checked = ask(&contract, query, "/a/1?q=true", &[], "");
    assert_eq!(short(&checked.violations), [""; 0]);
    assert_eq!((&checked.path["id"], &checked.query["q"]), (&1.into(), &true.into()));
    let link = Method::from_bytes(b"LINK").expect("a method");
    assert_eq!(short(&ask(&contract, link, "/a/1?q=true", &[], "").violations), ["query q type"]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Any value in any place of a document: findings perhaps, a panic never.
    #[test]
    fn no_document_and_no_request_makes_the_contract_panic(
        seeds in proptest::collection::vec(proptest::prelude::any::<u16>(), 1..4),
        target in "/[a-c]?/?[a-z0-9%=&\\[\\],.;{}]{0,30}(\\?[a-z0-9%=&\\[\\],|+]{0,40})?",
        body in "[\\[\\]{}\":,a-c0-9 ]{0,30}",
    ) {
        let mut value = source(EVERYTHING).value().clone();
        for seed in seeds {
            mutate(&mut value, seed as usize);
        }
        let text = value.to_string();
        if let Ok(source) = Source::parse("api.json", text)
            && let Ok((contract, _)) = Contract::load(&source, &Shelf::default())
        {
            contract.compile_all();
            contract.check_examples();
            for operation in contract.operations() {
                let mut request = Request::new(operation.method.clone(), target.clone());
                request.body = body.clone().into();
                let variables: Vec<_> = operation.variables.iter().map(|name| (name.as_str(), "1,2")).collect();
                contract.check_request(operation, &variables, &request, &Notations::default());
                contract.check_reply(operation, StatusCode::OK, &HeaderMap::new(), Some(&serde_json::json!({ "a": [1] })));
                let _ = contract.sample(operation, &Wish::usual(StatusCode::OK, Some(&target), Dice::new(0)));
                contract.writable(operation, "/a/0/b");
            }
            let _ = contract.route(&Method::GET, &target);
        }
    }
}

/// Replaces one part of a document, chosen by a number, by something that does not belong there.
fn mutate(value: &mut Value, seed: usize) {
    let strange = [
        Value::Null,
        true.into(),
        (-1).into(),
        "#/".into(),
        serde_json::json!([]),
        serde_json::json!({}),
        serde_json::json!([[{ "$ref": "#" }]]),
        serde_json::json!({ "$ref": "#/components/schemas/A" }),
    ];
    let mut at = seed / strange.len();
    let mut here = value;
    loop {
        let width = match here {
            Value::Object(entries) => entries.len(),
            Value::Array(items) => items.len(),
            _ => 0,
        };
        if width == 0 || at == 0 {
            *here = strange[seed % strange.len()].clone();
            return;
        }
        let index = at % width;
        at /= 2;
        here = match here {
            Value::Object(entries) => entries.values_mut().nth(index).expect("within the width"),
            Value::Array(items) => &mut items[index],
            _ => unreachable!("has a width"),
        };
    }
}

const EVERYTHING: &str = r##"
openapi: 3.1.0
info: { title: t, version: "1" }
servers: [ { url: "/{a}", variables: { a: { default: b } } } ]
paths:
  /a/{id}:
    parameters: [ { name: id, in: path, required: true, style: label, schema: { $ref: "#/components/schemas/A" } } ]
    post:
      operationId: P
      tags: [t]
      parameters:
        - { name: q, in: query, style: deepObject, explode: true, schema: { $ref: "#/components/schemas/B" }, example: 1 }
        - { name: h, in: header, schema: { type: array, items: { type: integer } } }
        - { name: c, in: cookie, content: { application/json: { schema: {} } } }
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: "#/components/schemas/B" }, examples: { e: { value: { a: 1 } } } }
          application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/B" }, encoding: { a: { style: form } } }
      responses:
        "200": { description: ok, headers: { X: { schema: { type: integer } } }, content: { "*/*": { schema: { $ref: "#/components/schemas/A" } } } }
        default: { $ref: "#/components/responses/R" }
components:
  responses: { R: { description: r } }
  schemas:
    A: { type: [object, "null"], properties: { a: { $ref: "#/components/schemas/B" } }, additionalProperties: false, example: {} }
    B: { oneOf: [ { $ref: "#/components/schemas/A" }, { type: string, pattern: "^a", nullable: true } ], discriminator: { propertyName: t, mapping: { x: A } } }
    C: { allOf: [ { $ref: "#/components/schemas/B" }, { required: [a], minProperties: 1 } ], readOnly: true, if: { minimum: 1 }, then: false }
"##;

#[test]
fn a_security_scheme_that_is_not_there_is_not_asked_for() {
    let text = r#"openapi: 3.0.0
info: { title: Keys, version: "1" }
paths:
  /a: { get: { operationId: A, security: [ { kee: [] } ], responses: { "204": { description: ok } } } }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    odd: { type: apiKey, in: body, name: key }
"#;
    let (contract, findings) = load(text);
    assert_eq!(
        lines(&findings),
        [
            "4 unknown-security-scheme: there is no security scheme `kee` in `components`; it is not asked for",
            "8 bad-security-scheme: the security scheme `odd` is of no type that is known; it is not checked",
        ]
    );
    let operation = contract.operation("A").expect("known");
    assert_eq!(contract.unproven(operation, &Request::new(Method::GET, "/a")), None);
}
