//! Documents as they are found: broken here and there, and served all the same.

use std::process::Command;

use bytes::Bytes;
use counterpart::message::Request;
use counterpart::mock::Mock;
use http::Method;
use serde_json::Value;

const DOCUMENT: &str = "tests/documents/team-memberships.yaml";

/// The lines with a reference that leads nowhere, and what it names. Nine names, some of them in two places.
const DANGLING: &[(u32, &str, &str)] = &[
    (20, "examples/TeamMembershipsResponseExample", "the example is left out"),
    (33, "examples/TeamMembershipCreateResponseExample", "the example is left out"),
    (36, "parameters/TeamMembershipId", "the parameter is left out"),
    (49, "examples/TeamMembershipResponseExample", "the example is left out"),
    (69, "examples/TeamMembershipCreateManyResponseExample", "the example is left out"),
    (87, "examples/JobBulkDeleteResponseExample", "the example is left out"),
    (90, "parameters/PersonId", "the parameter is left out"),
    (91, "parameters/TeamMembershipId", "the parameter is left out"),
    (104, "examples/TeamMembershipsResponseExample", "the example is left out"),
    (113, "schemas/TeamMembershipObject", "any value is accepted in its place"),
    (118, "schemas/TeamMembershipObject", "any value is accepted in its place"),
    (123, "schemas/JobObject", "any value is accepted in its place"),
];

#[test]
fn check_tells_of_each_reference_that_leads_nowhere_and_fails() {
    let output = Command::new(env!("CARGO_BIN_EXE_counterpart"))
        .args(["check", DOCUMENT])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let told: Vec<&str> = said.lines().filter(|line| line.contains("nothing stands at")).collect();
    let expected = DANGLING.iter().map(|(line, name, instead)| {
        format!("{DOCUMENT}:{line}: warning: nothing stands at `#/components/{name}`; {instead} [dangling-ref]")
    });
    assert_eq!(told, expected.collect::<Vec<_>>(), "{said}");
}

#[test]
fn check_writes_for_people_scripts_and_code_hosts() {
    let said = |form: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_counterpart"))
            .args(["check", DOCUMENT, "--format", form])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("the binary runs");
        assert_eq!(output.status.code(), Some(1), "{form}");
        String::from_utf8(output.stdout).expect("it writes text")
    };
    let json = |form: &str| serde_json::from_str::<Value>(&said(form)).expect("it writes JSON");
    let found = json("json");
    let count = found["findings"].as_array().map_or(0, Vec::len);
    assert!(count >= DANGLING.len(), "{found}");
    assert_eq!(found["errors"], 0);
    assert_eq!(found["warnings"], count);
    let results = json("sarif")["runs"][0]["results"].as_array().map_or(0, Vec::len);
    assert_eq!(results, count);
    let first = format!("::warning file={DOCUMENT},line=20,title=dangling-ref::nothing stands at ");
    let commands = said("github");
    assert_eq!(commands.lines().count(), count);
    assert!(commands.lines().any(|line| line.starts_with(&first)), "{commands}");
}

#[test]
fn what_is_left_of_a_document_is_served() {
    let path = format!("{}/{DOCUMENT}", env!("CARGO_MANIFEST_DIR"));
    let mock = Mock::of(&path).load().expect("a document with gaps loads");
    for (method, target, status) in [
        (Method::GET, "/api/v1/team_memberships", 200),
        (Method::POST, "/api/v1/team_memberships", 201),
        (Method::GET, "/api/v1/team_memberships/461", 200),
        (Method::DELETE, "/api/v1/team_memberships/461", 204),
        (Method::POST, "/api/v1/team_memberships/create_many", 200),
        (Method::DELETE, "/api/v1/team_memberships/destroy_many?ids=1", 200),
        (Method::PUT, "/api/v1/people/72/team_memberships/461/make_default", 200),
        (Method::PUT, "/api/v1/team_memberships/461", 405),
        (Method::GET, "/api/v1/team_memberships/461/more", 404),
    ] {
        let mut request = Request::new(method.clone(), target);
        if method == Method::POST {
            request.headers.insert("content-type", http::HeaderValue::from_static("application/json"));
            request.body = Bytes::from_static(b"{}");
        }
        let reply = mock.answer(&request).reply;
        assert_eq!(reply.status.as_u16(), status, "{method} {target}: {:?}", reply.body);
    }
}
