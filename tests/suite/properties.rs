//! What holds for every sequence of calls, whatever they are: equal histories give equal bytes, a refused call leaves no trace,
//! and nothing a client sends makes counterpart break the contract.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use counterpart::message::{Reply, Request};
use counterpart::mock::{Local, Mock};
use http::{HeaderValue, Method};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

static ZENDESK: LazyLock<Local> =
    LazyLock::new(|| Mock::of("zendesk").seed(7).clock("2026-01-01T00:00:00Z").load().expect("the bundled pack loads"));

/// The same with faults by chance.
static FLAKY: LazyLock<Local> = LazyLock::new(|| {
    let text = "name: flaky\nrules:\n  - { on: '*', chance: 0.3, forever: true, do: { refuse: unavailable } }\n";
    ZENDESK.with_scenario_text(text).expect("the scenario reads")
});

/// The same with writes that a scenario refuses, before and in place of their behaviour.
static REFUSING: LazyLock<Local> = LazyLock::new(|| {
    let text = "name: refusing
rules:
  - { on: [POST *, PUT *, DELETE *], chance: 0.2, forever: true, do: { refuse: rate_limited } }
  - { on: [POST *, PUT *, DELETE *], chance: 0.2, forever: true, do: { refuse: invalid } }
  - { on: [POST *, PUT *, DELETE *], chance: 0.1, forever: true, do: { refuse: internal, delay: 1s } }
  - { on: [POST *, PUT *, DELETE *], chance: 0.1, forever: true, at: verdict, do: { wire: reset } }
";
    ZENDESK.with_scenario_text(text).expect("the scenario reads")
});

/// The same with faults of every kind.
static TROUBLED: LazyLock<Local> = LazyLock::new(|| {
    let text = "name: troubled
rules:
  - { on: '*', chance: 0.1, forever: true, do: [ { refuse: unavailable }, { refuse: rate_limited, retry_after: 2s } ] }
  - { on: '*', chance: 0.1, forever: true, do: { status: 502, body: down, breaks_contract: true } }
  - { on: '*', chance: 0.1, forever: true, do: { wire: cut, share: 0.3 } }
  - { on: '*', chance: 0.2, forever: true, do: { headers: { set: { x-a: b } } } }
  - { on: '*', chance: 0.3, do: { delay: { p50: 1s, p99: 9s }, drip: [0s, 2s] } }
  - { on: '*', chance: 0.3, forever: true, do: { refuse: invalid, items: { chance: 0.5 } } }
  - { on: GET *, chance: 0.1, forever: true, do: { change: { remove: last } } }
limits: [ { name: a, per: 60s, requests: 9, window: sliding } ]
";
    ZENDESK.with_scenario_text(text).expect("the scenario reads")
});

#[derive(Debug, Clone)]
struct Call {
    method: Method,
    target: String,
    body: Option<String>,
    caller: &'static str,
}

impl Call {
    fn send(&self, mock: &Local) -> Reply {
        mock.answer(&self.request()).reply
    }

    fn request(&self) -> Request {
        let mut request = Request::new(self.method.clone(), self.target.clone());
        let credentials = STANDARD.encode(format!("{}@example.com:mock-password", self.caller));
        let mut put = |name, value: &str| {
            request.headers.insert(name, HeaderValue::from_str(value).expect("the value is text"));
        };
        put(http::header::AUTHORIZATION, &format!("Basic {credentials}"));
        if let Some(body) = &self.body {
            put(http::header::CONTENT_TYPE, "application/json");
            request.body = body.clone().into();
        }
        request
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equal_histories_give_equal_bytes(calls in vec(call(), 1..16)) {
        let (one, other) = (ZENDESK.fresh(), ZENDESK.fresh());
        for call in calls {
            prop_assert_eq!(call.send(&one), call.send(&other));
        }
    }

    #[test]
    fn equal_histories_with_faults_give_equal_bytes_and_equal_faults(calls in vec(call(), 1..24)) {
        let (one, other) = (TROUBLED.fresh(), TROUBLED.fresh());
        for call in calls {
            prop_assert_eq!(one.answer(&call.request()), other.answer(&call.request()));
        }
        prop_assert_eq!(records(&one), records(&other));
    }

    #[test]
    fn a_call_that_a_scenario_refuses_leaves_no_trace(calls in vec(call(), 1..16)) {
        let (all, done) = (REFUSING.fresh(), ZENDESK.fresh());
        for call in calls {
            let answer = all.answer(&call.request());
            if answer.wire.is_some() || !answer.reply.status.is_success() {
                prop_assert_eq!(records(&all), records(&done), "after {:?}", call);
            } else {
                let again = call.send(&done);
                prop_assert_eq!((answer.reply.status, answer.reply.body), (again.status, again.body), "{:?}", call);
            }
        }
        prop_assert_eq!(records(&all), records(&done));
    }

    #[test]
    fn a_session_goes_its_way_whatever_runs_beside_it(calls in vec((call(), select(&["one", "two", "default"])), 1..24)) {
        let (crowded, alone) = (FLAKY.fresh(), FLAKY.fresh());
        let (beside, by_itself) = (crowded.session("one").expect("a name"), alone.session("one").expect("a name"));
        for (call, session) in calls {
            if *session == *"one" {
                let request = call.request();
                prop_assert_eq!(beside.answer(&request), by_itself.answer(&request));
            } else {
                crowded.session(session).expect("a name").answer(&call.request());
            }
        }
    }

    #[test]
    fn a_session_that_went_back_goes_the_same_way_again(calls in vec(call(), 1..12)) {
        let session = FLAKY.fresh().session("one").expect("a name");
        let first: Vec<_> = calls.iter().map(|call| session.answer(&call.request())).collect();
        session.reset();
        let second: Vec<_> = calls.iter().map(|call| session.answer(&call.request())).collect();
        prop_assert_eq!(first, second);
    }

    #[test]
    fn a_history_is_the_same_without_its_refused_calls(calls in vec(call(), 1..16)) {
        let (all, done) = (ZENDESK.fresh(), ZENDESK.fresh());
        for call in calls {
            let reply = call.send(&all);
            if reply.status.is_client_error() {
                prop_assert_eq!(records(&all), records(&done), "after {:?}", call);
            } else {
                let again = call.send(&done);
                prop_assert_eq!((reply.status, reply.body), (again.status, again.body), "{:?}", call);
            }
        }
        prop_assert_eq!(records(&all), records(&done));
    }

    #[test]
    fn no_request_makes_counterpart_break_the_contract(calls in vec(call(), 1..16)) {
        let mock = ZENDESK.fresh();
        for call in calls {
            let reply = call.send(&mock);
            prop_assert!(!reply.status.is_server_error(), "{:?}\n{}", call, String::from_utf8_lossy(&reply.body));
        }
    }
}

/// Everything that can be seen of the records.
fn records(mock: &Local) -> Vec<bytes::Bytes> {
    const LISTS: [&str; 4] = [
        "/api/v2/organizations?page[size]=100",
        "/api/v2/organization_memberships?page[size]=100",
        "/api/v2/users?page[size]=100",
        "/api/v2/job_statuses?page[size]=100",
    ];
    let read = |target: &&str| Call { method: Method::GET, target: (*target).into(), body: None, caller: "admin" };
    LISTS.iter().map(|target| read(target).send(mock).body).collect()
}

fn call() -> impl Strategy<Value = Call> {
    let callers = prop_oneof![12 => Just("admin"), 1 => Just("agent"), 1 => Just("manager"), 1 => Just("nobody")];
    (shape(), callers).prop_map(|((method, path, body), caller)| {
        let target = format!("/api/v2/{path}");
        Call { method, target, body, caller }
    })
}

type Shape = (Method, String, Option<String>);

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        4 => one().prop_map(|one| (Method::POST, "organizations".into(), Some(one))),
        3 => (id(), one()).prop_map(|(id, one)| (Method::PUT, format!("organizations/{id}.json"), Some(one))),
        2 => id().prop_map(|id| (Method::DELETE, format!("organizations/{id}"), None)),
        2 => one().prop_map(|one| (Method::POST, "organizations/create_or_update".into(), Some(one))),
        2 => many().prop_map(|many| (Method::POST, "organizations/create_many".into(), Some(many))),
        2 => many().prop_map(|many| (Method::PUT, "organizations/update_many".into(), Some(many))),
        1 => (ids(), one()).prop_map(|(ids, one)| (Method::PUT, format!("organizations/update_many?{ids}"), Some(one))),
        1 => ids().prop_map(|ids| (Method::DELETE, format!("organizations/destroy_many?{ids}"), None)),
        1 => id().prop_map(|id| (Method::GET, format!("organizations/{id}"), None)),
        1 => ids().prop_map(|ids| (Method::GET, format!("organizations/show_many?{ids}"), None)),
        2 => query().prop_map(|query| (Method::GET, format!("organizations?{query}"), None)),
        1 => (select(&["search", "autocomplete", "count"][..]), query())
            .prop_map(|(what, query)| (Method::GET, format!("organizations/{what}?{query}"), None)),
        1 => (select(&[Method::POST, Method::PUT, Method::DELETE][..]), path(), any_json())
            .prop_map(|(method, path, body)| (method, path, Some(body.to_string()))),
        1 => (path(), "[ -~]{0,24}").prop_map(|(path, body)| (Method::POST, path, Some(body))),
    ]
}

fn path() -> impl Strategy<Value = String> {
    let known = select(
        &[
            "organizations",
            "organizations/1873",
            "organizations/create_many",
            "organizations/update_many",
            "organizations/destroy_many",
            "organizations/create_or_update",
            "organization_memberships",
        ][..],
    );
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "[a-z0-9/%._-]{0,20}"]
}

fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(&["1873", "35436", "4112492", "6130869157658", "6130869157659", "6130869157660"][..]).prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|id| id.to_string()),
        1 => "[a-z0-9%]{1,6}",
    ]
}

fn ids() -> impl Strategy<Value = String> {
    let names = select(&["ids", "external_ids", "ids[]"][..]);
    (names, vec(prop_oneof![3 => id(), 1 => Just("ABC123".to_owned())], 0..4))
        .prop_map(|(name, ids)| format!("{name}={}", ids.join(",")))
}

fn query() -> impl Strategy<Value = String> {
    let names = [
        "page",
        "per_page",
        "page[size]",
        "page[after]",
        "page[before]",
        "sort",
        "sort_by",
        "sort_order",
        "name",
        "external_id",
        "include",
        "x",
    ];
    let values = prop_oneof![
        3 => (0..5u8).prop_map(|number| number.to_string()),
        2 => select(&["name", "-created_at", "desc", "ac", "ABC123", "eyJvIjoiaWQiLCJ2IjoiYVZFSEFBQUFBQUFBIn0="][..]).prop_map(str::to_owned),
        1 => "[ -~]{0,6}".prop_map(|text| counterpart::message::encode(&text)),
    ];
    vec((select(names.to_vec()), values).prop_map(|(name, value)| format!("{name}={value}")), 0..3)
        .prop_map(|pairs| pairs.join("&"))
}

fn one() -> impl Strategy<Value = String> {
    prop_oneof![9 => record().prop_map(|record| json!({ "organization": record })), 1 => any_json()]
        .prop_map(|body| body.to_string())
}

fn many() -> impl Strategy<Value = String> {
    let lists = vec(record(), 0..4).prop_map(|records| json!({ "organizations": records }));
    prop_oneof![9 => lists, 1 => any_json()].prop_map(|body| body.to_string())
}

/// A draft: mostly sound, with fields of the wrong type, unknown and read-only ones among them.
fn record() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        4 => select(&["Acme", "acme ", " ACME", "One Organization", "Łódź", "", "a|b"][..]).prop_map(Value::from),
        1 => "\\PC{0,8}".prop_map(Value::from),
        1 => any_json(),
    ];
    let field = prop_oneof![
        3 => (Just("external_id"), select(vec![json!("ABC123"), json!("abc123"), json!("x"), json!(7), json!(null)])),
        2 => (Just("notes"), select(vec![json!("n"), json!("m"), json!(null)])),
        1 => (Just("tags"), select(vec![json!(["a"]), json!([]), json!(null), json!("a")])),
        1 => (Just("group_id"), select(vec![json!(1835962), json!("1835962"), json!(0), json!(5), json!(null)])),
        1 => (Just("shared_tickets"), select(vec![json!(true), json!("1"), json!(null), json!("x")])),
        1 => (Just("organization_fields"), prop_oneof![Just(json!({ "org_field_1": "x", "org_decimal": 1.5 })), any_json()]),
        2 => (Just("id"), prop_oneof![id().prop_map(Value::from), Just(json!(1873)), Just(json!(6130869157658_i64))]),
        1 => (select(&["domain_names", "details", "created_at", "url", "_reads", "x", "~a/b"][..]), any_json()),
    ];
    (proptest::option::weighted(0.8, name), vec(field, 0..3)).prop_map(|(name, fields)| {
        let named = name.map(|name| ("name", name)).into_iter();
        named.chain(fields).map(|(key, value)| (key.to_owned(), value)).collect::<serde_json::Map<_, _>>().into()
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let keys = select(&["organization", "organizations", "id", "name", "x"][..]).prop_map(str::to_owned);
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((keys, inner), 0..3).prop_map(|pairs| pairs.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

#[test]
fn a_write_whose_reply_would_break_the_document_is_taken_back() {
    let shelf = Mock::of("tests/documents/faulty").load().expect("the pack loads");
    let ask = |method: Method, body: Option<Value>| {
        let mut request = Request::new(method, "/books");
        request.headers.insert("content-type", HeaderValue::from_static("application/json"));
        request.body = body.map(|body| body.to_string().into()).unwrap_or_default();
        let reply = shelf.answer(&request).reply;
        (reply.status.as_u16(), serde_json::from_slice::<Value>(&reply.body).expect("JSON"))
    };
    let (status, problem) = ask(Method::POST, Some(json!({ "title": "Emma", "copies": 10 })));
    assert_eq!((status, &problem["title"]), (500, &json!("The reply breaks the contract")));
    assert_eq!(ask(Method::GET, None), (200, json!({ "books": [] })));
    let made = ask(Method::POST, Some(json!({ "title": "Emma", "copies": 9 })));
    assert_eq!(made, (201, json!({ "id": 1, "title": "Emma", "copies": 9 })));
}
