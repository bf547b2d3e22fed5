//! Replies: status, headers, media type, body.

use super::*;
use serde_json::json;

const DOCUMENT: &str = r##"openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /a:
    get:
      operationId: Get
      responses:
        "200":
          description: ok
          headers:
            X-Rate-Limit: { required: true, schema: { type: integer } }
            X-Ids: { schema: { type: array, items: { type: integer } } }
          content:
            application/json:
              schema:
                type: object
                required: [id, password]
                properties:
                  id: { type: integer, readOnly: true }
                  password: { type: string, writeOnly: true }
                  small: { type: integer, format: int32 }
            text/csv: {}
        "204": { description: nothing }
        4XX:
          description: yours
          content: { application/problem+json: { schema: { required: [title] } } }
    put:
      operationId: Put
      responses: { "200": { description: ok }, default: { description: else } }
    post: { operationId: Post, responses: {} }
    delete: { operationId: Delete, responses: { "404": { description: none } } }
    head: { operationId: Head, responses: { "200": { description: ok, content: { application/json: { schema: {} } } } } }
"##;

fn check(id: &str, status: u16, headers: &[(&str, &str)], body: Option<Value>, expected: &[&str]) {
    let (contract, _) = load(DOCUMENT);
    assert_eq!(answer(&contract, id, status, headers, body), expected, "{id} {status}");
}

#[test]
fn a_reply_is_held_to_what_its_status_documents() {
    let json = ("content-type", "application/json; charset=utf-8");
    let limit = ("x-rate-limit", "700");
    check("Get", 200, &[json, limit], Some(json!({ "id": 1 })), &[]);
    check("Get", 200, &[json], Some(json!({ "id": 1 })), &["header x-rate-limit required"]);
    check("Get", 200, &[json, ("x-rate-limit", "x")], Some(json!({ "id": 1 })), &["header x-rate-limit type"]);
    check("Get", 200, &[json, limit, ("x-ids", "1,x")], Some(json!({ "id": 1 })), &["header x-ids type"]);
    check("Get", 200, &[json, limit], Some(json!({})), &["body /id required"]);
    check("Get", 200, &[json, limit], Some(json!({ "id": "1" })), &["body /id type"]);
    check("Get", 200, &[json, limit], Some(json!({ "id": 1, "small": 3_000_000_000u64 })), &["body /small format"]);
    check("Get", 200, &[json, limit], None, &["body  required"]);
    check("Get", 200, &[("content-type", "text/csv"), limit], None, &[]);
    check("Get", 200, &[("content-type", "text/html"), limit], None, &["body  media-type"]);
}

#[test]
fn ranges_and_default_document_a_status_and_others_are_a_violation() {
    let problem = ("content-type", "application/problem+json");
    check("Get", 404, &[problem], Some(json!({ "title": "t" })), &[]);
    check("Get", 422, &[problem], Some(json!({})), &["body /title required"]);
    check("Get", 500, &[], None, &["status 500 status"]);
    check("Put", 500, &[], None, &[]);
    check("Post", 500, &[], Some(json!(1)), &[]);
}

#[test]
fn where_only_refusals_are_documented_any_success_will_do() {
    check("Delete", 200, &[], None, &[]);
    check("Delete", 204, &[], None, &[]);
    check("Delete", 410, &[], None, &["status 410 status"]);
}

#[test]
fn a_reply_without_a_body_has_none() {
    check("Get", 204, &[], None, &[]);
    check("Get", 204, &[], Some(json!({})), &["body  unexpected-body"]);
    check("Put", 304, &[], Some(json!({})), &["body  unexpected-body"]);
    check("Head", 200, &[], None, &[]);
}
