//! What holds for every input: verdicts replay, and no file makes the reader panic.

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Session, operations, request, short, try_read};
use crate::dice::Dice;
use crate::scenario::{Exchange, Limiter, Note, Progress, plan};

const RULES: &str = "name: s
rules:
  - { name: users, on: ListUsers, chance: 0.5, times: 6, do: [ { refuse: internal }, { refuse: unavailable }, pass ] }
  - { name: things, on: 'GET /api/things', every: 2, forever: true, do: { refuse: rate_limited } }
  - { name: reads, on: GET *, do: { delay: [1ms, 100ms] } }
  - { name: all, on: '*', chance: 0.3, forever: true, do: { wire: reset } }
";

/// What the rule `users` said to the requests of one kind, in the order of their coming.
fn own(session: &Session, lines: &[&str], line: &str) -> Vec<Option<Note>> {
    let plans = lines.iter().map(|sent| (sent, session.plan(sent)));
    let mine = plans.filter(|(sent, _)| **sent == line).map(|(_, plan)| plan);
    mine.map(|plan| plan.notes.into_iter().find(|note| &*note.rule == "users")).collect()
}

/// Any value that could stand in a file, with the words of the language among its keys and texts.
fn file() -> impl Strategy<Value = Value> {
    let words = [
        "name",
        "rules",
        "limits",
        "on",
        "where",
        "nth",
        "do",
        "at",
        "refuse",
        "wire",
        "delay",
        "status",
        "headers",
        "set",
        "patch",
        "problems",
        "key",
        "per",
        "window",
        "burst",
        "*",
        "GET *",
        "2..4",
        "..",
        ">=2",
        "path.",
        "header.x",
        "body./a",
        "pass",
        "200ms",
        "1e99s",
        "rate_limited",
        "ListUsers",
        "tag:",
        "cut",
        "share",
        "bytes",
        "by",
        "length",
        "drip",
        "items",
        "every",
        "date",
        "change",
        "remove",
        "update",
        "first",
        "in",
        "p50",
        "p99",
        "retry_after",
        "op",
        "copy",
    ];
    let word = prop_oneof![proptest::sample::select(words.to_vec()).prop_map(str::to_owned), ".{0,6}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (0u64..5).prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((word.clone(), inner), 0..6).prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn a_rules_nth_match_gets_the_same_verdict_whatever_runs_beside_it(
        others in proptest::collection::vec(0usize..4, 0..60),
    ) {
        let mine = "GET /api/users";
        let alone = own(&Session::new(&[RULES]), &[mine; 20], mine);
        let choices = ["GET /api/things", "POST /api/things", "DELETE /api/things/1", "GET /nowhere"];
        let mut lines: Vec<&str> = others.iter().map(|other| choices[*other]).collect();
        for n in 0..20 {
            lines.insert((n * 7 + others.len()) % (lines.len() + 1), mine);
        }
        prop_assert_eq!(own(&Session::new(&[RULES]), &lines, mine), alone);
    }

    #[test]
    fn the_same_requests_get_the_same_plans(picks in proptest::collection::vec(0usize..4, 0..60)) {
        let choices = ["GET /api/things", "GET /api/users", "DELETE /api/things/1", "GET /nowhere"];
        let run = || {
            let session = Session::new(&[RULES]);
            picks.iter().map(|pick| format!("{:?}", session.plan(choices[*pick]))).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn no_text_panics_the_reader(text in "\\PC{0,200}") {
        let _ = try_read(&text);
    }

    #[test]
    fn no_value_panics_the_reader(value in file()) {
        let _ = try_read(&value.to_string());
        let _ = try_read(&json!({"name": "s", "rules": value, "limits": value}).to_string());
        let _ = try_read(&json!({"name": "s", "rules": [{"on": "*", "do": value, "nth": value, "where": value}]}).to_string());
        let _ = try_read(&json!({"name": "s", "limits": [{"on": value, "per": "1s", "requests": 1, "key": value}]}).to_string());
    }

    #[test]
    fn who_waits_as_long_as_a_limit_says_gets_through(
        window in proptest::sample::select(vec!["fixed", "sliding", "bucket"]),
        requests in 1u64..20,
        per in 1u64..100,
        pauses in proptest::collection::vec(0i64..5_000_000, 1..80),
    ) {
        let text = format!("name: s\nlimits: [ {{ name: l, per: {per}s, requests: {requests}, window: {window} }} ]");
        let scenario = try_read(&text).expect("is sound");
        let mut limiter = Limiter::new(scenario.limits()[0].clone());
        let mut now = 1_800_000_000_000_000i64;
        for pause in pauses {
            now += pause;
            let quota = limiter.take("k", Timestamp::from_microsecond(now).expect("is a time"));
            prop_assert!(quota.reset_seconds >= 1 && quota.remaining <= quota.limit);
            if !quota.allowed {
                now += quota.reset_seconds as i64 * 1_000_000;
                prop_assert!(limiter.take("k", Timestamp::from_microsecond(now).expect("is a time")).allowed);
            }
        }
    }
}

#[test]
fn threads_share_a_rule_and_still_each_match_is_struck_by_its_number() {
    let text =
        "name: s\nrules: [ { on: '*', chance: 0.3, times: 20, do: [ { refuse: internal }, { refuse: conflict } ] } ]";
    let collect = |threads: usize| {
        let scenarios = [Arc::new(try_read(text).expect("reads"))];
        let clock = crate::clock::Clock::frozen(Timestamp::UNIX_EPOCH);
        let progress = Progress::new(&scenarios, clock.now());
        let (operations, request) = (operations(), request("GET /api/users"));
        let work = || {
            let exchange = Exchange {
                operation: operations.last(),
                request: &request,
                variables: &[],
                body: &|| None,
                caller: None,
                session: "default",
            };
            let plans = (0..240 / threads).map(|_| plan(&scenarios, &progress, &exchange, &clock, &Dice::new(3)));
            plans.filter(|plan| !plan.is_empty()).map(|plan| (plan.notes[0].nth, short(&plan))).collect::<Vec<_>>()
        };
        let mut struck = std::thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            running.into_iter().flat_map(|thread| thread.join().expect("does not panic")).collect::<Vec<_>>()
        });
        struck.sort();
        struck
    };
    let alone = collect(1);
    assert_eq!(alone.len(), 20);
    assert_eq!(collect(4), alone);
}
