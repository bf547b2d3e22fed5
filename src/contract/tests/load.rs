//! Loading: what stops a document, what is served around, and where the findings point.

use super::*;
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

#[test]
fn everything_else_is_a_warning_and_all_are_told_at_once() {
    let (contract, findings) = load(
        r##"openapi: 3.0.0
pathes: {}
paths:
  no-slash: { get: { responses: { "200": { description: ok } } } }
  /a/{id}:
    get:
      operationId: Same
      sumary: typo
      parameters:
        - { name: ib, in: path, required: true, schema: { type: string } }
        - { in: query }
        - { name: b, in: body }
        - { name: q, in: query, style: simple, required: "yes", schema: { type: string } }
      responses: { "200": {}, "99": { description: no }, "20X": { description: no } }
    post: { operationId: Same, responses: {} }
    put: 7
  /a/{key}:
    get: { responses: { "200": { description: ok } } }
"##,
    );
    assert_eq!(
        lines(&findings),
        [
            "1 missing-info: the document has no `info` with `title` and `version`",
            "2 unknown-key: a document has no key `pathes`; it is ignored",
            "4 bad-path: the path `no-slash` must start with a slash; it is left out",
            "6 undeclared-variable: no parameter describes `{id}` of /a/{id}; any text is accepted for it",
            "8 unknown-key: an operation has no key `sumary`; it is ignored",
            "10 unused-parameter: the path /a/{id} has no variable `{ib}`; the parameter is ignored",
            "11 bad-parameter: a parameter needs a `name`, and `in` as one of query, header, path, cookie; it is left out",
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
