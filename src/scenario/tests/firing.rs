//! When a rule fires, what it does then, and which of several rules wins.

use std::time::Duration;

use super::{Session, short, try_read};
use crate::scenario::{Body, Fault, Outcome, Plan, Progress, RetryAfter};

/// Sends the same request twelve times, a second apart, and tells which of them were struck.
fn check(when: &str, expected: &str) {
    let session = Session::rule(&format!("on: '*', {when}, do: {{ refuse: internal }}"));
    let marks = (0..12).map(|_| {
        let mark = if short(&session.plan("GET /api/users")) == "-" { '.' } else { 'x' };
        session.clock.advance(Duration::from_secs(1));
        mark
    });
    assert_eq!(marks.collect::<String>(), expected, "{when}");
}

#[test]
fn a_trigger_says_which_matches_are_struck() {
    check("nth: 1", "x...........");
    check("nth: 2..4", ".xxx........");
    check("nth: ..3", "xxx.........");
    check("nth: 10.., forever: true", ".........xxx");
    check("nth: [2, 5, 7..8]", ".x..x.xx....");
    check("every: 4, forever: true", "...x...x...x");
    check("every: 4, times: 2", "...x...x....");
    check("nth: 5.., every: 2, times: 2", ".....x.x....");
    check("times: 3", "xxx.........");
    check("after: 3s, forever: true", "...xxxxxxxxx");
    check("after: 3s, until: 5s", "...xx.......");
    check("after: 3s, nth: 2", "....x.......");
    check("chance: 0, forever: true", "............");
    check("chance: 1, forever: true", "xxxxxxxxxxxx");
    check("chance: 0.5, times: 3", ".....x.x.x..");
}

#[test]
fn a_list_is_a_sequence_that_starts_over() {
    let session = Session::rule(
        "on: '*', times: 6, do: [ { refuse: internal }, { refuse: unavailable, retry_after: 3s }, { status: 404 }, pass ]",
    );
    let plans: Vec<String> = (0..7).map(|_| short(&session.plan("GET /api/users"))).collect();
    let expected =
        ["verdict:internal", "gate:unavailable", "verdict:404", "-", "verdict:internal", "gate:unavailable", "-"];
    assert_eq!(plans, expected);
}

#[test]
fn a_fault_strikes_where_it_comes_from() {
    let check = |step: &str, at: &str, expected: &str| {
        let session = Session::rule(&format!("on: ListThings, times: 1, do: {{ {step} }}{at}"));
        assert_eq!(short(&session.plan("GET /api/things")), expected, "{step}{at}");
    };
    for kind in ["rate_limited", "unavailable", "unauthenticated", "invalid_token", "no_endpoint"] {
        check(&format!("refuse: {kind}"), "", &format!("gate:{kind}"));
    }
    for kind in ["invalid", "conflict", "not_found", "forbidden", "internal", "malformed", "too_many_jobs"] {
        check(&format!("refuse: {kind}"), "", &format!("verdict:{kind}"));
    }
    check("status: 404", "", "verdict:404");
    check("status: 404", ", at: reply", "reply:404");
    check("refuse: invalid", ", at: gate", "gate:invalid");
    check("headers: { remove: [etag] }", "", "reply:edit");
    check("wire: reset", "", "wire:reset");
    check("wire: cut", "", "wire:cut 0.5");
    check("wire: stall, share: 0.25", "", "wire:stall 0.25");
    check("wire: close", ", at: gate", "gate:close");
}

#[test]
fn the_first_rule_of_a_stage_wins_and_delays_add_up() {
    let text = "name: s
rules:
  - { on: '*', nth: 1..2, do: { refuse: rate_limited } }
  - { on: '*', nth: 2..3, do: { refuse: unavailable, delay: 5s } }
  - { on: '*', nth: 1..4, do: { refuse: conflict } }
  - { on: '*', nth: 1..4, do: { wire: reset } }
  - { on: '*', nth: 1..4, do: { headers: { remove: [etag] } } }
  - { on: '*', do: { delay: 100ms } }
  - { on: 'GET *', do: { delay: 20ms } }
";
    let session = Session::new(&[text]);
    let plans: Vec<Plan> = (0..4).map(|_| session.plan("GET /api/users")).collect();
    let rest = "verdict:conflict reply:edit wire:reset";
    let words: Vec<String> = plans.iter().map(short).collect();
    assert_eq!(words[..2], [format!("gate:rate_limited {rest}"), format!("gate:rate_limited {rest}")]);
    assert_eq!(words[2..], [format!("gate:unavailable {rest}"), rest.to_owned()]);
    let delays: Vec<u128> = plans.iter().map(|plan| plan.delay.as_millis()).collect();
    assert_eq!(delays, [120, 120, 5120, 120]);
    let notes: Vec<String> = plans[1].notes.iter().take(2).map(ToString::to_string).collect();
    assert_eq!(notes, ["s / rule 1: match 2, strikes at gate", "s / rule 2: match 2, shadowed at gate"]);
}

#[test]
fn a_pass_keeps_the_rules_below_it_quiet_in_its_own_scenario_only() {
    let quiet = "name: quiet
rules:
  - { on: ListThings, do: pass }
  - { on: ListUsers, do: pass, at: gate }
  - { on: '*', forever: true, do: { refuse: unavailable } }
  - { on: '*', forever: true, do: { wire: reset } }
  - { on: '*', do: { delay: 1s } }
";
    let session = Session::new(&[quiet]);
    assert_eq!(short(&session.plan("GET /api/things")), "-");
    assert_eq!(short(&session.plan("GET /api/users")), "wire:reset");
    assert_eq!(session.plan("GET /api/things").delay, Duration::from_secs(1));
    let session = Session::new(&[quiet, "name: loud\nrules: [ { on: '*', times: 1, do: { refuse: rate_limited } } ]"]);
    assert_eq!(short(&session.plan("GET /api/things")), "gate:rate_limited");
}

#[test]
fn a_note_says_which_rule_fired_and_what_was_drawn() {
    let session = Session::rule("name: flaky, on: '*', chance: 0.5, times: 1, do: { refuse: internal, delay: 20ms }");
    let plan = (0..9).map(|_| session.plan("GET /api/users")).find(|plan| !plan.is_empty()).expect("fires once");
    let note = &plan.notes[0];
    assert_eq!((note.nth, note.outcome), (1, Outcome::Struck(crate::scenario::Stage::Verdict)));
    assert!(note.draw.is_some_and(|draw| draw < 0.5));
    assert!(note.to_string().starts_with("s / flaky: match 1, drew 0."), "{note}");
    assert!(note.to_string().ends_with(", delays by 20 ms, strikes at verdict"), "{note}");
}

#[test]
fn a_fault_carries_what_the_file_says() {
    let session = Session::rule(
        "on: CreateThing, nth: 1..9, do: [ { refuse: invalid, retry_after: omit, problems: [ { field: name, kind: duplicate, value: Acme } ] }, \
         { refuse: rate_limited, retry_after: 2s }, { status: 404, headers: { x-a: 1 }, example: gone }, { status: 404, body: { a: 1 } } ]",
    );
    let faults: Vec<Fault> = (0..4)
        .map(|_| session.plan("POST /api/things"))
        .map(|plan| (*plan.gate.or(plan.verdict).expect("is struck").fault).clone())
        .collect();
    let Fault::Refuse(invalid) = &faults[0] else { panic!("{faults:?}") };
    assert_eq!((invalid.kind.index, invalid.retry_after), (9, RetryAfter::Omit));
    let problem = &invalid.problems[0];
    assert_eq!((problem.field.as_str(), problem.kind.index, &problem.value), ("name", 1, &Some("Acme".into())));
    assert!(matches!(&faults[1], Fault::Refuse(refuse) if refuse.retry_after == RetryAfter::Seconds(2)));
    let Fault::Status(status) = &faults[2] else { panic!("{faults:?}") };
    assert_eq!((status.headers["x-a"].as_bytes(), &status.body), (&b"1"[..], &Body::Example("gone".into())));
    assert!(matches!(&faults[3], Fault::Status(status) if status.body == Body::Own(serde_json::json!({"a": 1}))));
}

#[test]
fn items_are_struck_by_their_places() {
    let check = |items: &str, expected: &str| {
        let session = Session::rule(&format!("on: '*', times: 2, do: {{ refuse: internal, items: {items} }}"));
        let plans = [session.plan("POST /api/things"), session.plan("POST /api/things")];
        let marks = plans.map(|plan| {
            let strike = plan.items.expect("is about items");
            assert!(plan.verdict.is_none());
            strike.items(8).into_iter().map(|struck| if struck { 'x' } else { '.' }).collect::<String>()
        });
        assert_eq!(marks.join(" "), expected, "{items}");
    };
    check("2", ".x...... .x......");
    check("[1, 7..]", "x.....xx x.....xx");
    check("{ every: 3 }", "..x..x.. ..x..x..");
    check("{ every: 3, times: 1 }", "..x..... ..x.....");
    check("{ chance: 1 }", "xxxxxxxx xxxxxxxx");
    check("{ chance: 0.5 }", "..xx.x.. x.xxxx..");
}

#[test]
fn an_edit_changes_a_reply_or_leaves_it_as_it_was() {
    let session = Session::rule(
        "on: '*', times: 1, do: { headers: { set: { x-a: 1 }, remove: [etag] }, patch: [ { op: replace, path: /n, value: 2 } ] }",
    );
    let fault = session.plan("GET /api/users").reply.expect("edits").fault;
    let Fault::Edit(edit) = &*fault else { panic!("{fault:?}") };
    let reply = |body| {
        let reply = crate::message::Reply::json(http::StatusCode::OK, "application/json", &body);
        reply.with(http::header::ETAG, http::HeaderValue::from_static("1"))
    };
    let mut edited = reply(serde_json::json!({"n": 1, "m": 1}));
    assert_eq!(edit.apply(&mut edited), Ok(()));
    assert_eq!((&edited.body[..], edited.headers.contains_key("etag")), (&br#"{"n":2,"m":1}"#[..], false));
    assert_eq!(edited.headers["x-a"], "1");
    for body in [serde_json::json!({"m": 1}), serde_json::json!("text")] {
        let mut untouched = reply(body.clone());
        assert!(edit.apply(&mut untouched).is_err());
        assert_eq!(untouched, reply(body));
    }
}

#[test]
fn progress_forks_and_moves_to_other_scenarios() {
    let one = "name: one\nrules: [ { name: a, on: '*', nth: 3, do: { refuse: internal } } ]";
    let two = "name: two\nrules: [ { name: a, on: '*', nth: 1, do: { refuse: unavailable } } ]";
    let mut session = Session::new(&[one]);
    session.plan("GET /api/users");
    session.plan("GET /api/users");
    let snapshot = session.progress.fork();
    assert_eq!(short(&session.plan("GET /api/users")), "verdict:internal");
    session.progress = snapshot;
    assert_eq!(short(&session.plan("GET /api/users")), "verdict:internal");
    let counts = session.progress.counts(&session.scenarios);
    assert_eq!((counts[0].matched, counts[0].fired), (3, 1));

    let both = vec![std::sync::Arc::new(try_read(two).expect("reads")), session.scenarios[0].clone()];
    session.progress = session.progress.moved(&session.scenarios, &both);
    session.scenarios = both;
    assert_eq!(
        session.progress.counts(&session.scenarios).iter().map(|count| count.matched).collect::<Vec<_>>(),
        [0, 3]
    );
    assert_eq!(short(&session.plan("GET /api/users")), "gate:unavailable");
}

#[test]
fn progress_of_other_scenarios_is_no_reason_to_panic() {
    let mut session = Session::rule("on: '*', times: 1, do: { refuse: internal }");
    session.progress = Progress::new(&[], session.clock.now());
    assert_eq!(short(&session.plan("GET /api/users")), "-");
}
