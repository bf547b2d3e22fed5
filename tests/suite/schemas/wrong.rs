//! What readers refuse is refused by the schemas as well.

use super::walk::Schema;
use super::{contract, read_pack, read_scenario, value};

#[test]
fn a_scenario_that_is_refused_does_not_fit() {
    let zendesk = contract("specs/zendesk/openapi.yaml");
    let schema = Schema::of("scenario");
    let check = |text: &str| {
        let value = value("wrong.yaml", text);
        assert!(!read_scenario(&zendesk, &value).is_empty(), "the reader takes {text}");
        assert_ne!(schema.wrong(&value), "", "the schema takes {text}");
    };
    for file in [
        "",
        "[]",
        "name: s",
        "name: 7\nrules: []",
        "name: ''\nrules: []",
        "rules: []",
        "name: s\nrules: {}",
        "name: s\nseed: -1\nrules: []",
    ] {
        check(file);
    }
    let rules = [
        "on: '*'",
        "do: pass",
        "on: 7, do: pass",
        "on: [], do: pass",
        "on: '*', do: fail",
        "on: '*', do: []",
        "on: '*', do: {}",
        "on: '*', do: pass, name: 7",
        "on: '*', do: pass, nth: 0",
        "on: '*', do: pass, nth: []",
        "on: '*', do: pass, nth: '..'",
        "on: '*', do: pass, nth: 0..2",
        "on: '*', do: pass, every: 0",
        "on: '*', do: pass, chance: 2",
        "on: '*', do: pass, times: -1",
        "on: '*', do: pass, after: 3",
        "on: '*', do: pass, until: 3 s",
        "on: '*', do: pass, at: gait",
        "on: '*', do: pass, forever: 1",
        "on: '*', do: pass, where: { cookie: 1 }",
        "on: '*', do: pass, where: { query.: 1 }",
        "on: '*', do: pass, where: { body.name: 1 }",
        "on: '*', do: pass, where: { caller: [1] }",
        "on: '*', do: pass, where: { caller: {} }",
        "on: '*', do: pass, where: { caller: { exists: 1 } }",
        "on: '*', do: pass, where: { caller: { exists: true, equals: 1 } }",
    ];
    for rule in rules {
        check(&format!("name: s\nrules: [ {{ {rule} }} ]"));
    }
    let steps = [
        "refuse: rate_limit",
        "refuse: invalid, status: 404",
        "refuse: invalid, problems: { field: name }",
        "refuse: invalid, problems: [ { field: name } ]",
        "refuse: invalid, problems: [ { field: name, kind: dup } ]",
        "refuse: invalid, retry_after: 2",
        "refuse: invalid, retry_after: { in: 2s }",
        "refuse: invalid, items: 0",
        "refuse: invalid, items: { until: 2s }",
        "refuse: invalid, headers: { x: 1 }",
        "status: 99",
        "status: OK",
        "status: 404, body: x, example: y",
        "status: 404, headers: [x]",
        "headers: { x: 1 }",
        "headers: { remove: etag }",
        "patch: [ { op: remove } ]",
        "patch: [ { op: drop, path: /a } ]",
        "patch: [ { op: remove, path: a } ]",
        "wire: rest",
        "wire: reset, share: 0.5",
        "wire: cut, by: 3",
        "wire: cut, share: 2",
        "wire: cut, share: 0.1, bytes: 3",
        "wire: length, by: 0",
        "wire: length, bytes: 3",
        "change: {}",
        "change: []",
        "change: { remove: second }",
        "change: { remove: {} }",
        "change: { update: shown }",
        "change: { create: { a: 1 }, remove: last }",
        "change: { in: users, remove: first }",
        "delay: 200",
        "delay: [1s]",
        "delay: { p50: 1s }",
        "delay: { p50: 1s, mean: 2s }",
        "drip: soon",
    ];
    for step in steps {
        check(&format!("name: s\nrules: [ {{ on: '*', times: 1, do: {{ {step} }} }} ]"));
    }
    let limits = [
        "per: 1s, requests: 1",
        "name: a, per: 1, requests: 1",
        "name: a, per: 1s, requests: 0",
        "name: a, per: 1s, requests: 1, key: user",
        "name: a, per: 1s, requests: 1, window: slide",
        "name: a, per: 1s, requests: 1, burst: 3",
        "name: a, per: 1s, requests: 1, retry_after: omit",
    ];
    for limit in limits {
        check(&format!("name: s\nlimits: [ {{ {limit} }} ]"));
    }
}

#[test]
fn a_pack_that_is_refused_does_not_fit() {
    let library = contract("tests/documents/library/openapi.yaml");
    let schema = Schema::of("pack");
    let check = |text: &str| {
        let value = value("wrong.yaml", text);
        assert!(!read_pack(&library, &value).is_empty(), "the reader takes {text}");
        assert_ne!(schema.wrong(&value), "", "the schema takes {text}");
    };
    for file in ["[]", "document: openapi.yaml", "name: 7"] {
        check(file);
    }
    let parts = [
        "roles: [7]",
        "conventions: { coerce: [dates] }",
        "conventions: { refuse: [ { in: head, kind: type, as: invalid } ] }",
        "conventions: { refuse: [ { in: body, kind: type } ] }",
        "conventions: { refuse: [ { in: body, kind: tpye, as: invalid } ] }",
        "conventions: { refuse: [ { kind: type, as: invalid } ] }",
        "conventions: { figures: 7 }",
        "conventions: { warn: {} }",
        "auth: { missing: nobody }",
        "auth: { user: { by: user_id } }",
        "auth: { accept: [ { secret: token, wrong: invalid_token } ] }",
        "auth: { accept: [ { word: Bearer, secret: token, wrong: bad } ] }",
        "pages: { offset: { size: query.size } }",
        "pages: { by_page: { page: query.page, size: query.size } }",
        "pages: { by_page: { kind: number, page: query.page } }",
        "pages: { offset: { page: page, size: query.size } }",
        "pages: { cursor: { when: query.after, size: query.size } }",
        "pages: { stream: { since: query.since, by: at, size: query.size, age: long } }",
        "errors: { gone: { status: 410, plain: Gone } }",
        "errors: { not_found: { plain: Gone } }",
        "errors: { not_found: { status: 404 } }",
        "problems: { empty: { text: x } }",
        "problems: { name.blank: {} }",
        "types: { integer: 7 }",
        "jobs: 7",
        "jobs_in_flight: -1",
        "limits: [ { name: a, per: 1s } ]",
        "options: { a: { default: x } }",
    ];
    for part in parts {
        check(&format!("name: p\n{part}"));
    }
    let resources = [
        "keys: books",
        "hidden: 7",
        "record: { id: number }",
        "record: { id: { start: 7 } }",
        "record: { required: { title: true } }",
        "record: { unique: [ { fold_case: true } ] }",
        "record: { refers: { author_id: { to: books } } }",
        "record: { refers: { author_id: { on_remove: clear } } }",
        "record: { lookups: { a: { by: book_id, take: a } } }",
        "record: { log: { record: id, change: [a, b, c] } }",
        "record: { resolve: { a: { to: b, by: c } } }",
        "assets: { Book: { from: id } }",
        "operations: { ListBooks: { do: list, strangers: { on: [anonymous] } } }",
        "operations: { ListBooks: { do: list, within: { a: { take: a, by: b, equals: query.c } } } }",
        "operations: { CreateBook: { do: create, absorb: { loser: a, winner: b } } }",
        "record: { refers: { author_id: { to: books, on_remove: forget } } }",
        "record: { lifecycle: { advance: time } }",
        "record: { lifecycle: { advance: reads, stages: [ { lasts: 1 } ] } }",
        "record: { max_length: { title: long } }",
        "record: { among: { kind: text } }",
        "record: { defaults: [] }",
        "record: { log: { in: books, record: id, change: [a, b, c], created: x } }",
        "record: { counts: { n: books } }",
        "operations: { ListBooks: {} }",
        "operations: { ListBooks: { do: lsit } }",
        "operations: { ListBooks: { do: list, run: create } }",
        "operations: { ListBooks: { do: list, filter: { title: { is: query.q } } } }",
        "operations: { ListBooks: { do: list, filter: { title: { fold_case: true } } } }",
        "operations: { ListBooks: { do: list, pages: 5 } }",
        "operations: { ListBooks: { do: list, needs: name } }",
        "operations: { ListBooks: { do: list, then: show } }",
        "operations: { CreateBook: { do: upsert } }",
        "operations: { CreateBook: { do: each, run: create } }",
        "operations: { CreateBook: { do: each, run: list, as: job } }",
        "operations: { CreateBook: { do: each, run: create, as: job, over: [ { by: id } ] } }",
        "operations: { CreateBook: { do: import, table: body.data } }",
        "operations: { ShowBook: { do: show, status: created } }",
    ];
    for resource in resources {
        check(&format!("name: p\nresources: {{ books: {{ {resource} }} }}"));
    }
}
