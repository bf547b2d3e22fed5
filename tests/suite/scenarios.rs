//! Scenario files against the bundled packs: what is found when they are read.

use counterpart::mock::{Local, Mock};

/// What is said about one rule or limit, without its place.
fn said(mock: &Local, text: &str) -> String {
    match mock.with_scenario_text(&format!("name: s\n{text}")) {
        Ok(_) => "sound".to_owned(),
        Err(error) => error.to_string().replace("(inline scenario):2: ", "").replace("(inline scenario):3: ", ""),
    }
}

#[test]
fn what_a_scenario_sends_must_fit_the_document_when_it_is_read() {
    let zendesk = Mock::of("zendesk").load().expect("the bundled pack loads");
    let check = |step: &str, expected: &str| {
        let found = said(&zendesk, &format!("rules:\n - {{ on: ShowOrganization, times: 1, do: {{ {step} }} }}"));
        let first = found.lines().next().unwrap_or_default();
        assert!(first.starts_with(expected), "{step}: {found}");
        let broken = found.starts_with("this breaks the contract");
        assert_eq!(broken, found.ends_with("\n    to break it on purpose, say `breaks_contract: true`"), "{found}");
        if broken {
            let declared =
                format!("rules:\n - {{ on: ShowOrganization, times: 1, do: {{ {step}, breaks_contract: true }} }}");
            // An example has to be there, whatever is broken.
            let lacks = "for `ShowOrganization` the document has no example `nothing-like-it` that fits the status 404";
            assert_eq!(said(&zendesk, &declared), if step.contains("example: ") { lacks } else { "sound" });
        }
    };
    check("status: 404, body: { error: RecordNotFound, description: Not found }", "sound");
    check("status: 404, body: { error: 5 }", "this breaks the contract of `ShowOrganization`: body");
    check("status: 404, body: gone", "this breaks the contract of `ShowOrganization`: body: the media type");
    check(
        "status: 404, example: nothing-like-it",
        "this breaks the contract of `ShowOrganization`: the document has no",
    );
    check("refuse: rate_limited, retry_after: { date: 2s }", "this breaks the contract of `ShowOrganization`: header");
    check("refuse: rate_limited, retry_after: 2s", "sound");
}

#[test]
fn a_limit_may_give_a_date_only_where_the_document_allows_it() {
    let zendesk = Mock::of("zendesk").load().expect("the bundled pack loads");
    let limit = "limits:\n - { name: a, per: 60s, requests: 1, retry_after: date";
    assert!(said(&zendesk, &format!("{limit} }}")).starts_with("this breaks the contract of "));
    assert_eq!(said(&zendesk, &format!("{limit}, breaks_contract: true }}")), "sound");
}

#[test]
fn every_bundled_scenario_is_played_through() {
    let played = super::exchanges::bundled_scenarios();
    let bundled = counterpart::load::bundled_scenarios();
    let unplayed: Vec<&str> =
        bundled.iter().map(|(name, _)| name.as_str()).filter(|name| !played.contains(*name)).collect();
    assert!(unplayed.is_empty(), "no file under tests/exchanges has `scenario: ` with {unplayed:?}");
}
