//! Every message, as the user reads it.

use super::{said, try_read};

/// A rule on line 3 of a file, and what is said about it without the `s.yaml:3: `.
fn check(rule: &str, expected: &str) {
    let text = format!("name: s\nrules:\n - {{ {rule} }}\n");
    let found = match try_read(&text) {
        Ok(_) => "sound".to_owned(),
        Err(findings) => said(&findings).replace("s.yaml:3: ", ""),
    };
    assert_eq!(found, expected, "{rule}");
}

fn check_file(text: &str, expected: &str) {
    let found = try_read(text).map_or_else(|findings| said(&findings), |_| "sound".to_owned());
    assert_eq!(found, expected, "{text}");
}

const OPERATIONS: &str = "its operations: `GET /api/things`, `POST /api/things`, `GET /api/things/{thing_id}`, \
    `PUT /api/things/{thing_id}`, `DELETE /api/things/{thing_id}`, `GET /api/users`";

#[test]
fn a_target_that_does_not_exist_is_named_with_its_nearest() {
    let rest = "times: 1, do: { refuse: internal }";
    let ids = "`ListThings`, `CreateThing`, `ShowThing`, `UpdateThing`, `DeleteThing`, `ListUsers`";
    check(
        &format!("on: CreateThin, {rest}"),
        &format!("the document has no operation `CreateThin`\n    did you mean `CreateThing`? its operations: {ids}"),
    );
    check(
        &format!("on: POST /api/thing, {rest}"),
        &format!("the document has no operation `POST /api/thing`\n    did you mean `POST /api/things`? {OPERATIONS}"),
    );
    check(
        &format!("on: POST /api/usr*, {rest}"),
        &format!(
            "no operation of the document matches `POST /api/usr*`\n    did you mean `POST /api/things`? {OPERATIONS}"
        ),
    );
    check(
        &format!("on: 'tag:thngs', {rest}"),
        "the document has no tag `thngs`\n    did you mean `things`? its tags: `things`, `users`",
    );
    check(
        &format!("on: PSOT /api/things, {rest}"),
        "`PSOT` is no method\n    did you mean `POST`? allowed: `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE`, `OPTIONS`, `*`",
    );
    check(
        &format!("on: /api/things, {rest}"),
        "the document has no operation `/api/things`\n    write a method before a path, as in `* /api/things`",
    );
    check(&format!("on: [], {rest}"), "this list names nothing");
    check(&format!("on: 7, {rest}"), "`on` must be a text, not `7`");
    check(rest, "`on` is missing here");
}

#[test]
fn targets_that_exist_are_sound() {
    for on in [
        "'*'",
        "POST *",
        "'* *'",
        "'* /api/th*'",
        "get /api/users",
        "'POST   /api/things'",
        "'GET /api/things/{id}'",
        "tag:users",
        "[ListThings, GET /api/users]",
        "PATCH *",
    ] {
        check(&format!("on: {on}, times: 1, do: {{ refuse: internal }}"), "sound");
    }
}

#[test]
fn a_condition_that_cannot_hold_is_found() {
    let rest = "times: 1, do: { refuse: internal }";
    let parts = "allowed: `header.NAME`, `query.NAME`, `path.NAME`, `body./POINTER`, `caller`, `session`, `attempt`";
    let on = |conditions: &str| format!("on: ShowThing, where: {{ {conditions} }}, {rest}");
    check(&on("callr: x"), &format!("`callr` is no part of a request\n    did you mean `caller`? {parts}"));
    check(
        &on("'header.a b': x"),
        &format!("`header.a b` is no part of a request\n    did you mean `header.NAME`? {parts}"),
    );
    check(
        &on("body.name: x"),
        &format!("`body.name` is no part of a request\n    did you mean `body./POINTER`? {parts}"),
    );
    check(
        &on("path.thing: 5"),
        "no path that `on` names has a variable `thing`\n    did you mean `thing_id`? their variables: `thing_id`",
    );
    check(
        &on("attempt: '>=two'"),
        "`>=` compares with a number, not with `two`\n    for the text itself write { equals: \">=two\" }",
    );
    check(&on("caller: { exists: 1 }"), "`exists` must be true or false, not `1`");
    check(&on("caller: {}"), "a condition has either `exists` or `equals`");
    check(&on("caller: { exists: true, equals: x }"), "a condition has either `exists` or `equals`");
    check(&on("caller: [x]"), "`caller` must be a text, a number or a boolean, not a list");
    check(
        &on("caller: { exist: true }"),
        "a condition has either `exists` or `equals`\n\
         there is no key `exist` here\n    did you mean `exists`? allowed: `exists`, `equals`",
    );
}

#[test]
fn a_trigger_that_cannot_be_is_found() {
    let rest = "on: '*', do: { refuse: internal }";
    let range = "must be a count from 1 up, or a range such as `2..4` or `3..`";
    for (nth, shown) in
        [("0", "`0`"), ("4..2", "`4..2`"), ("x", "`x`"), ("..", "`..`"), ("0..3", "`0..3`"), ("1.5", "`1.5`")]
    {
        check(&format!("{rest}, times: 1, nth: {nth}"), &format!("`nth` {range}, not {shown}"));
    }
    check(&format!("{rest}, times: 1, nth: [1, {{}}]"), &format!("item 2 of `nth` {range}, not a mapping"));
    check(&format!("{rest}, times: 1, nth: []"), "`nth` must be at least one number or range, not a list");
    check(&format!("{rest}, times: 0, forever: true"), "`times` must be a whole number from 1 up, not `0`");
    check(&format!("{rest}, times: 1, every: -2"), "`every` must be a whole number from 1 up, not `-2`");
    check(&format!("{rest}, times: 1, chance: 1.5"), "`chance` must be a number from 0 to 1, not `1.5`");
    check(&format!("{rest}, times: 1, chance: 10%"), "`chance` must be a number from 0 to 1, not `10%`");
    check(
        &format!("{rest}, until: 2 min"),
        "`until` must be a length of time such as `200ms`, `2s`, `1m`, `1h` or `1d`, up to a year, not `2 min`",
    );
    check(&format!("{rest}, after: 3s, until: 3s"), "`until` must be later than `after`");
}

#[test]
fn a_fault_without_an_end_must_say_so() {
    let never = "this rule never ends\n    give it `times`, `until` or an `nth` with an end, or say `forever: true`";
    let check_when =
        |when: &str, expected: &str| check(&format!("on: '*', do: {{ refuse: internal }}{when}"), expected);
    for when in ["", ", every: 3", ", chance: 0.5", ", nth: 3..", ", nth: [1, 3..]", ", after: 3s", ", forever: false"]
    {
        check_when(when, never);
    }
    for when in [", nth: 3", ", nth: ..3", ", times: 1", ", until: 3s", ", forever: true", ", every: 2, times: 2"] {
        check_when(when, "sound");
    }
    check_when(", forever: true, times: 3", "this rule has an end, so `forever: true` cannot hold");
    check("on: '*', do: { delay: 1s }", "sound");
    check("on: '*', do: pass", "sound");
    check("on: '*', do: [pass, { delay: 1s }, { wire: reset }]", never);
}

#[test]
fn a_step_that_cannot_be_is_found() {
    let check_do = |step: &str, expected: &str| check(&format!("on: CreateThing, times: 1, do: {step}"), expected);
    let kinds = super::KINDS.map(|kind| format!("`{kind}`")).join(", ");
    check_do(
        "{ refuse: rate_limit }",
        &format!("there is no kind `rate_limit`\n    did you mean `rate_limited`? allowed: {kinds}"),
    );
    check_do(
        "{ refues: internal }",
        "there is no key `refues` here\n    did you mean `refuse`? allowed: `refuse`, `status`, `wire`, `change`, `patch`, `headers`, `delay`, `drip`",
    );
    check_do(
        "{ refuse: invalid, problems: [ { feild: name, kind: dup } ] }",
        "`field` is missing here\n\
         there is no kind `dup`\n    did you mean `duplicate`? allowed: `blank`, `duplicate`, `invalid`\n\
         there is no key `feild` here\n    did you mean `field`? allowed: `field`, `kind`, `value`",
    );
    let whole = "`retry_after` must be whole seconds such as `2s`, `omit`, or { date: 2s }";
    check_do("{ refuse: rate_limited, retry_after: 500ms }", &format!("{whole}, not `500ms`"));
    check_do("{ refuse: rate_limited, retry_after: 2 }", &format!("{whole}, not `2`"));
    check_do(
        "{ refuse: internal, status: 404 }",
        "`refuse` and `status` cannot stand together\n    one step does one thing; write two rules",
    );
    check_do(
        "{ wire: rest }",
        "`wire` cannot be `rest`\n    did you mean `reset`? allowed: `reset`, `close`, `cut_head`, `cut`, `stall`, `length`, `bad_chunk`, \
         `garbage`, `bad_utf8`, `bad_json`",
    );
    let extents = "`share` and `bytes` go with `cut_head`, `cut` and `stall`, `by` with `length`";
    check_do("{ wire: reset, share: 0.5 }", &format!("`share` does not go with `reset`\n    {extents}"));
    check_do("{ wire: cut, by: 3 }", &format!("`by` does not go with `cut`\n    {extents}"));
    check_do("{ wire: cut, share: 0.1, bytes: 3 }", "how much is sent stands in `share` or in `bytes`, not in both");
    check_do("{ wire: stall, bytes: -1 }", "`bytes` must be a whole number from 0 up, not `-1`");
    check_do("{ wire: length, by: 0 }", "`by` must be a number of bytes, above or below 0 by up to a million, not `0`");
    for sound in ["cut_head", "cut, bytes: 7", "length, by: -2", "bad_chunk", "garbage", "bad_utf8", "bad_json"] {
        check_do(&format!("{{ wire: {sound} }}"), "sound");
    }
    check_do("{ drip: [1s, 2s] }", "sound");
    check_do("{ wire: cut, share: 2 }", "`share` must be a number from 0 to 1, not `2`");
    let forms = "must be `pass` or a mapping such as { refuse: rate_limited }";
    check_do("fail", &format!("`do` {forms}, not `fail`"));
    check_do("{}", &format!("`do` {forms}, not a mapping"));
    check_do("[pass, 3]", &format!("item 2 of `do` {forms}, not `3`"));
    check_do("[]", "`do` must be at least one step, not a list");
    check(
        "on: CreateThing, times: 1, at: gait, do: pass",
        "`at` cannot be `gait`\n    did you mean `gate`? allowed: `gate`, `verdict`, `reply`",
    );
    check(
        "on: CreateThing, times: 1, at: gate, do: { headers: { remove: [etag] } }",
        "`headers` and `patch` change a reply, and there is none before `at: reply`",
    );
    check("on: CreateThing, times: 1, at: gate, do: { wire: reset }", "sound");
    check(
        "on: CreateThing, times: 1, at: gate, do: { wire: cut }",
        "`cut` breaks a body, and there is none before `at: reply`\n    `reset`, `close`, `cut_head` and `garbage` need none",
    );
}

#[test]
fn a_status_must_be_documented_or_break_the_contract_on_purpose() {
    check("on: ListThings, times: 1, do: { status: 404 }", "sound");
    check("on: ListThings, times: 1, do: { status: 418, breaks_contract: true }", "sound");
    let help = |first: u16| {
        format!("documented: `{first}`, `404`; to break the contract on purpose, say `breaks_contract: true`")
    };
    check(
        "on: ListThings, times: 1, do: { status: 418 }",
        &format!("the document has no status 418 for `ListThings`\n    {}", help(200)),
    );
    check(
        "on: '*', times: 1, do: { status: 201 }",
        &format!("the document has no status 201 for `ListThings` (nor for 4 others)\n    {}", help(200)),
    );
    check("on: ListThings, times: 1, do: { status: 99 }", "`status` must be a status from 200 to 599, not `99`");
    check("on: ListThings, times: 1, do: { status: OK }", "`status` must be a status from 200 to 599, not `OK`");
    check(
        "on: ListThings, times: 1, do: { status: 404, body: bad }",
        "this breaks the contract of `ListThings`: the body is bad\n    to break it on purpose, say `breaks_contract: true`",
    );
    check("on: ListThings, times: 1, do: { status: 404, body: bad, breaks_contract: true }", "sound");
    check(
        "on: ListThings, times: 1, do: { status: 404, body: x, example: y }",
        "a reply has either a `body` or an `example`",
    );
}

#[test]
fn changes_and_items_are_checked() {
    let check_do = |step: &str, expected: &str| check(&format!("on: ListThings, times: 1, do: {step}"), expected);
    check_do("{ change: { remove: first } }", "sound");
    check_do("{ change: [ { update: { id: 1 }, set: { a: 2 } }, { in: users, create: { name: x } } ] }", "sound");
    check_do(
        "{ change: { in: user, remove: { id: 1 } } }",
        "there is no kind `user`\n    did you mean `users`? allowed: `things`, `users`",
    );
    check_do("{ change: {} }", "a change is one of `create`, `update` and `remove`");
    check_do("{ change: { create: { a: 1 }, remove: last } }", "a change is one of `create`, `update` and `remove`");
    check_do("{ change: { update: shown } }", "`update` says which records, and `set` what they get");
    let which = "must be `first`, `last`, `shown`, or fields and their values";
    check_do("{ change: { remove: second } }", &format!("`remove` {which}, not `second`"));
    check_do("{ change: { remove: {} } }", "`remove` must be fields and their values, not a mapping");
    check_do(
        "{ change: { in: users, remove: first } }",
        "records of another resource are named by their fields\n    \
         leave `in` out, or write as in { in: users, remove: { id: 7 } }",
    );
    check(
        "on: ListThings, times: 1, at: gate, do: { change: { remove: first } }",
        "records change once the call is done, which is `at: reply`",
    );
    for items in ["2", "[1, 3..]", "{ every: 2 }", "{ chance: 0.5, times: 3 }", "{ nth: ..4, every: 2 }"] {
        check_do(&format!("{{ refuse: invalid, items: {items} }}"), "sound");
    }
    check_do(
        "{ refuse: invalid, items: 0 }",
        "`items` must be a count from 1 up, or a range such as `2..4` or `3..`, not `0`",
    );
    check_do(
        "{ refuse: invalid, items: { until: 3s } }",
        "there is no key `until` here\n    allowed: `nth`, `every`, `chance`, `times`",
    );
    check(
        "on: ListThings, times: 1, at: gate, do: { refuse: invalid, items: 1 }",
        "items are refused in place of the behaviour, which is `at: verdict`",
    );
}

#[test]
fn headers_and_patches_are_checked() {
    let check_do = |step: &str, expected: &str| check(&format!("on: ListThings, times: 1, do: {step}"), expected);
    check_do("{ headers: { set: { x-a: 1 }, remove: [etag] }, patch: [ { op: remove, path: /a } ] }", "sound");
    check_do(
        "{ headers: { set: { content-length: 3 }, remove: ['a b'] } }",
        "`content-length` is written by the server; use `wire` to break a connection\n`a b` cannot be the name of a header",
    );
    check_do("{ headers: { set: { x: \"a\\nb\" } } }", "`x` must be text without control characters, not `a\\nb`");
    check_do("{ headers: { x-a: 1 } }", "there is no key `x-a` here\n    allowed: `set`, `remove`");
    let help = "write it as in { op: replace, path: /name, value: Acme }";
    check_do(
        "{ patch: [ { op: remove, path: name } ] }",
        &format!(
            "this is no operation of a JSON patch: json pointer failed to parse; does not start with a slash ('/') and is not empty\n    {help}"
        ),
    );
    let copies = ["{ op: copy, from: '', path: /a }"; 9].join(", ");
    check_do(&format!("{{ patch: [ {copies} ] }}"), "a patch may copy at most eight times");
}

#[test]
fn delays_are_checked() {
    let check_delay = |delay: &str, expected: &str| check(&format!("on: '*', do: {{ delay: {delay} }}"), expected);
    for delay in
        ["200ms", "[0s, 1s]", "{ p50: 20ms, p99: 400ms }", "{ mean: 1s, deviation: 100ms }", "{ p50: 1s, p99: 1s }"]
    {
        check_delay(delay, "sound");
    }
    let time = "must be a length of time such as `200ms`, `2s`, `1m`, `1h` or `1d`, up to a year";
    check_delay("200", &format!("`delay` {time}, not `200`"));
    check_delay("[1s]", "a range of delays has two ends, as in `[100ms, 300ms]`");
    check_delay("[2s, 1s]", "the first end of a range of delays is its shorter one");
    check_delay("[x, 1]", &format!("item 1 of `delay` {time}, not `x`\nitem 2 of `delay` {time}, not `1`"));
    check_delay(
        "{ p50: 1s, p90: 2s }",
        "`p99` is missing here\nthere is no key `p90` here\n    did you mean `p99`? allowed: `p50`, `p99`",
    );
    check_delay("{ p50: 0s, p99: 2s }", "`p50` must be above zero and `p99` not below it");
    check_delay("{ mean: 1s }", "`deviation` is missing here");
}

#[test]
fn limits_are_checked() {
    let check_limit = |limit: &str, expected: &str| {
        let found = try_read(&format!("name: s\nlimits: [ {{ {limit} }} ]"));
        let found = found.map_or_else(|findings| said(&findings).replace("s.yaml:2: ", ""), |_| "sound".to_owned());
        assert_eq!(found, expected, "{limit}");
    };
    check_limit("name: account, per: 60s, requests: 700, key: caller", "sound");
    check_limit(
        "name: a, per: 1m, requests: 5, on: UpdateThing, key: path.thing_id, window: bucket, burst: 9",
        "sound",
    );
    check_limit("per: 0s", "`name` is missing here\n`requests` is missing here\n`per` must be above zero");
    check_limit(
        "name: a, per: 1s, requests: 10001, window: sliding",
        "a sliding window counts up to 10000 requests\n    take `window: fixed` or `window: bucket`",
    );
    check_limit(
        "name: a, per: 1s, requests: 1, key: user",
        "requests cannot be counted by `user`\n    \
         allowed: `caller`, `operation`, `session`, `path.NAME`, `header.NAME`",
    );
    check_limit(
        "name: a, per: 1s, requests: 1, window: slide, burst: 3",
        "`window` cannot be `slide`\n    did you mean `sliding`? allowed: `fixed`, `sliding`, `bucket`\n\
         `burst` is the size of a bucket; say `window: bucket` as well",
    );
}

#[test]
fn everything_that_is_wrong_with_a_file_is_said_at_once() {
    check_file("", "s.yaml:1: the file must be a mapping, not empty");
    check_file(
        "name: s\nrules:\n - on: *\n   do: pass",
        "s.yaml:3: this is not YAML: while scanning an anchor or alias, did not find expected alphabetic or numeric character\n    \
         a text that starts with `*` or `&` stands in quotes: \"*\"",
    );
    check_file("name: s", "s.yaml:1: neither `rules` nor `limits` stands here");
    check_file("name: ''\nrules: []", "s.yaml:1: `name` must be a name, not an empty text");
    check_file("name: s\nrules: {}", "s.yaml:2: `rules` must be a list, not a mapping");
    let text = "nmae: s
seed: x
rules:
  - on: CreateThin
    nht: 2
    do:
      refuse: rate_limited
      retry_after: soon
  - name: a
    on: '*'
    nth: 1
    do: pass
  - name: a
    on: '*'
    nth: 1
    do: { delay: long }
  - name: a
    on: '*'
    nth: 1
    do: pass
";
    let expected = "s.yaml:1: `name` is missing here
s.yaml:1: there is no key `nmae` here
    did you mean `name`? allowed: `name`, `about`, `seed`, `rules`, `limits`, `$schema`
s.yaml:2: `seed` must be a whole number from 0 up, not `x`
s.yaml:4: the document has no operation `CreateThin`
    did you mean `CreateThing`? its operations: `ListThings`, `CreateThing`, `ShowThing`, `UpdateThing`, `DeleteThing`, `ListUsers`
s.yaml:5: there is no key `nht` here
    did you mean `nth`? allowed: `name`, `on`, `where`, `nth`, `every`, `chance`, `times`, `after`, `until`, `forever`, `at`, `do`
s.yaml:8: `retry_after` must be whole seconds such as `2s`, `omit`, or { date: 2s }, not `soon`
s.yaml:13: another rule is called `a` as well
s.yaml:16: `delay` must be a length of time such as `200ms`, `2s`, `1m`, `1h` or `1d`, up to a year, not `long`
s.yaml:17: another rule is called `a` as well";
    check_file(text, expected);
}
