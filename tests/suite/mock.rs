//! A mock inside a test: what its user relies on beside the answers.

use std::net::{TcpListener, TcpStream};

use counterpart::message::Request;
use counterpart::mock::{Local, Mock};

#[test]
fn a_mock_that_is_dropped_gives_its_port_back() {
    let running = Mock::of("zendesk").start().expect("the bundled pack starts");
    let address = running.address();
    // A client that stays connected does not hold it up.
    let _idle = TcpStream::connect(address).expect("it listens");
    drop(running);
    TcpListener::bind(address).expect("the port is free");
}

#[tokio::test]
async fn a_mock_starts_and_stops_inside_a_runtime() {
    let running = Mock::of("zendesk").start().expect("the bundled pack starts");
    tokio::net::TcpStream::connect(running.address()).await.expect("it listens");
    drop(running);
}

#[test]
fn two_mocks_never_meet() {
    let one = Mock::of("zendesk").open().load().expect("the bundled pack loads");
    let other = one.fresh();
    let delete = Request::new(http::Method::DELETE, "/api/v2/organizations/1873");
    let statuses = [&one, &one, &other].map(|mock| mock.answer(&delete).reply.status.as_u16());
    assert_eq!(statuses, [204, 404, 204]);
}

#[test]
fn what_is_wrong_is_said_with_the_way_out() {
    let check = |mock: Mock, expected: &str| {
        let error = mock.load().expect_err("this cannot be loaded").to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(Mock::of("zendesc"), "did you mean the bundled pack `zendesk`?");
    check(Mock::of("zendesk").scenario("flakey-writes"), "did you mean `flaky-writes`?");
    check(Mock::of("zendesk").clock("noon"), "write a time as 2026-01-01T00:00:00Z");
    check(Mock::of("zendesk").option("jobs=never"), "immediate");
}

#[test]
fn a_mock_reads_its_files_again_when_it_is_told_to() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("mock");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let file = folder.join("year.yaml");
    let write = |example: &str| {
        let reply = format!("{{ description: it, content: {{ application/json: {{ example: {example} }} }} }}");
        let text = format!(
            "openapi: 3.1.0\ninfo: {{ title: t, version: '1' }}\npaths: {{ /year: {{ get: {{ responses: {{ '200': {reply} }} }} }} }}"
        );
        std::fs::write(&file, text).expect("it can be written");
    };
    let body = |mock: &Local| mock.answer(&Request::new(http::Method::GET, "/year")).reply.body;
    write("2025");
    let busy = "name: busy\nrules: [ { on: '*', nth: 1, do: { status: 503, body: busy, breaks_contract: true } } ]";
    let mock = Mock::of(file.display().to_string()).load().expect("it loads");
    let busy = mock.with_scenario_text(busy).expect("it reads");
    write("2026");
    assert_eq!((body(&mock), body(&busy)), ("2025".into(), "busy".into()));
    for mock in [&mock, &busy] {
        mock.reload().expect("nothing is wrong");
        assert_eq!(body(mock), "2026");
    }
    write("{");
    assert!(mock.reload().expect_err("it is no YAML").to_string().contains("year.yaml:3"));
    assert_eq!(body(&mock), "2026");
}
