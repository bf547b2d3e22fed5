//! Which requests a rule is about.

use serde_json::json;

use super::{Session, request, short};

#[test]
fn on_picks_operations() {
    let lines = ["GET /api/things", "POST /api/things", "PUT /api/things/5", "GET /api/users", "GET /nowhere"];
    let check = |on: &str, expected: [bool; 5]| {
        let session = Session::rule(&format!("on: {on}, forever: true, do: {{ refuse: internal }}"));
        assert_eq!(lines.map(|line| short(&session.plan(line)) != "-"), expected, "{on}");
    };
    check("'*'", [true, true, true, true, true]);
    check("'* *'", [true, true, true, true, true]);
    check("GET *", [true, false, false, true, true]);
    check("get *", [true, false, false, true, true]);
    check("'* /api/th*'", [true, true, true, false, false]);
    check("'* */{thing_id}*'", [false, false, true, false, false]);
    check("'* /api/things'", [true, true, false, false, false]);
    check("'PUT /api/things/{any}'", [false, false, true, false, false]);
    check("CreateThing", [false, true, false, false, false]);
    check("'tag:users'", [false, false, false, true, false]);
    check("[CreateThing, 'tag:users', CreateThing]", [false, true, false, true, false]);
}

#[test]
fn where_looks_into_the_request() {
    let check = |condition: &str, expected: bool| {
        let session =
            Session::rule(&format!("on: '*', where: {{ {condition} }}, forever: true, do: {{ refuse: internal }}"));
        let mut request = request("PUT /api/things/Caf%C3%A9?page%5Bsize%5D=20&ids=1&ids=2");
        request.headers.insert("user-agent", "zenpy/2.0".parse().expect("is a value"));
        request.headers.append("x-n", "7".parse().expect("is a value"));
        request.headers.append("x-n", "9".parse().expect("is a value"));
        let body = json!({"name": "Acme Inc", "n": 5, "flag": true, "none": null, "list": [{"a/b": 1}]});
        request.body = body.to_string().into();
        let plan = session.plan_request(&request, Some("admin@example.com"));
        assert_eq!(short(&plan) != "-", expected, "{condition}");
    };
    for condition in [
        "header.user-agent: zenpy*",
        "header.User-Agent: zenpy/2.0",
        "header.x-n: 9",
        "header.x-n: '>8'",
        "header.accept: { exists: false }",
        "header.x-n: { exists: true }",
        "'query.page[size]': 20",
        "query.ids: '2'",
        "query.ids: '<2'",
        "path.thing_id: Café",
        "path.thing_id: { equals: Café }",
        "body./name: Acme*",
        "body./n: 5",
        "body./n: '5'",
        "body./n: '<=5'",
        "body./n: { equals: 5 }",
        "body./flag: true",
        "body./none: ~",
        "body./none: { exists: true }",
        "body./list/0/a~1b: 1",
        "body./nope: { exists: false }",
        "body.: { exists: true }",
        "caller: admin*",
        "caller: { equals: admin@example.com }",
        "session: default",
        "attempt: 1",
        "attempt: '<2'",
        "header.user-agent: zenpy*, body./n: 5",
        "header.x-n: { equals: 9 }",
    ] {
        check(condition, true);
    }
    for condition in [
        "header.user-agent: Zenpy*",
        "header.accept: '*'",
        "header.x-n: '>9'",
        "header.x-n: { exists: false }",
        "query.page: 20",
        "query.ids: '1,2'",
        "path.thing_id: Cafe",
        "body./name: Acme",
        "body./n: { equals: '5' }",
        "body./none: ''",
        "body./none: { exists: false }",
        "body./list: '*'",
        "body./name: '>1'",
        "body.: '*'",
        "caller: agent*",
        "session: other",
        "attempt: '>=2'",
        "header.user-agent: zenpy*, body./n: 6",
    ] {
        check(condition, false);
    }
}

#[test]
fn a_caller_who_is_not_known_yet_matches_no_caller() {
    let session = Session::rule("on: '*', where: { caller: '*' }, forever: true, do: { refuse: internal }");
    assert_eq!(short(&session.plan_request(&request("GET /api/users"), None)), "-");
    let session =
        Session::rule("on: '*', where: { caller: { exists: false } }, forever: true, do: { refuse: internal }");
    assert_eq!(short(&session.plan_request(&request("GET /api/users"), None)), "verdict:internal");
}

#[test]
fn an_attempt_counts_the_same_request() {
    let session = Session::rule("on: '*', where: { attempt: 1 }, times: 9, do: { refuse: unavailable }");
    let lines =
        ["GET /api/users", "GET /api/users", "GET /api/users?page=2", "GET /api/users", "GET /api/users?page=2"];
    let plans = lines.map(|line| short(&session.plan(line)));
    assert_eq!(plans, ["gate:unavailable", "-", "gate:unavailable", "-", "-"]);
}

#[test]
fn a_body_is_read_only_where_a_rule_asks_for_it() {
    let session = Session::rule("on: CreateThing, where: { body./n: 1 }, times: 9, do: { refuse: unavailable }");
    session.plan("GET /api/users");
    assert_eq!(session.bodies_read.get(), 0);
    session.plan("POST /api/things");
    assert_eq!(session.bodies_read.get(), 1);
}
