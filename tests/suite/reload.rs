//! Files that change while they are served: what is new is answered, and what sessions have come to stays.

use std::fs;
use std::path::{Path, PathBuf};

use counterpart::clock::Clock;
use counterpart::control::{Front, Guard};
use counterpart::exchange::{Settings, World};
use counterpart::load::{self, Trail};
use counterpart::message::Request;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

const PACK: &str = "
name: library
document: openapi.yaml
resources:
  books:
    keys: { many: books }
    record: { defaults: { copies: 1 } }
    operations: { ListBooks: { do: list }, CreateBook: { do: create }, ShowBook: { do: show } }
";
const FIXTURES: &str = "books: [ { id: 1, title: Emma, author_id: 1 } ]";
const SCENARIO: &str = "
name: busy
rules: [ { name: second, on: ListBooks, nth: 2, do: { status: 503, breaks_contract: true } } ]
";
/// A scenario as a session may be given it.
const OWN: &str = r#"{ "scenario": { "name": "own", "rules": [ { "name": "third", "on": "ShowBook", "nth": 3, "do": { "refuse": "unavailable" } } ] } }"#;

/// A pack in a folder of its own.
struct Library(PathBuf);

impl Library {
    fn new(name: &str) -> Library {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reload").join(name);
        // What an earlier run has left, if there was one.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("fixtures")).expect("a folder can be made");
        let library = Library(folder);
        let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/library/openapi.yaml");
        library.write("openapi.yaml", &fs::read_to_string(document).expect("it is there"));
        library.write("pack.yaml", PACK);
        library.write("fixtures/books.yaml", FIXTURES);
        library.write("busy.yml", SCENARIO);
        library
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.0.join(file), text).expect("it can be written");
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.0.join(file)).expect("it is there");
        assert!(text.contains(from), "{text}");
        self.write(file, &text.replacen(from, to, 1));
    }

    fn served(&self) -> Front {
        let path = |file: &str| self.0.join(file).display().to_string();
        let request =
            load::Request { what: vec![path("")], scenarios: vec![path("busy.yml")], ..load::Request::default() };
        let clock = Clock::frozen("2026-01-01T00:00:00Z".parse().expect("it is a time"));
        let trail = Trail::default();
        let loaded = load::load_noting(&request, &clock, &trail).unwrap_or_else(|findings| panic!("{findings:#?}"));
        let world = World::new(loaded.providers.into(), clock, 0, Settings::default());
        Front::new(world, Guard::default()).read_from(request, trail, &loaded.warnings)
    }
}

/// The status and the body of a reply.
fn ask(front: &Front, session: &str, method: Method, target: &str, body: &str) -> (u16, Value) {
    let mut request = Request { body: body.to_owned().into(), ..Request::new(method, target) };
    let fields = [("content-type", "application/json"), ("host", "localhost"), ("x-counterpart-session", session)];
    for (name, value) in fields {
        let value = HeaderValue::from_str(value).expect("it is a value");
        request.headers.insert(HeaderName::from_static(name), value);
    }
    let reply = front.answer(&request, None).reply;
    (reply.status.as_u16(), serde_json::from_slice(&reply.body).unwrap_or_default())
}

fn get(front: &Front, session: &str, target: &str) -> (u16, Value) {
    ask(front, session, Method::GET, target, "")
}

fn post(front: &Front, session: &str, target: &str, body: &str) -> (u16, Value) {
    ask(front, session, Method::POST, target, body)
}

fn titles(front: &Front, session: &str) -> Vec<String> {
    let (_, body) = get(front, session, "/api/books");
    let books = body["books"].as_array().cloned().unwrap_or_default();
    books.iter().filter_map(|book| Some(book["title"].as_str()?.to_owned())).collect()
}

fn add(front: &Front, session: &str, title: &str) {
    let book = json!({ "title": title, "author_id": 1 }).to_string();
    assert_eq!(post(front, session, "/api/books", &book).0, 201);
}

fn reload(front: &Front) -> Vec<String> {
    front.reload().unwrap_or_else(|findings| panic!("{findings:#?}")).notes
}

#[test]
fn what_changed_is_answered_and_sessions_keep_what_they_wrote() {
    let library = Library::new("sessions");
    let front = library.served();
    add(&front, "writer", "Persuasion");
    assert_eq!(get(&front, "reader", "/api/books/1").1["title"], "Emma");
    library.write("fixtures/books.yaml", "books: [ { id: 1, title: Middlemarch, author_id: 1 } ]");
    library.change("pack.yaml", "{ copies: 1 }", "{ copies: 1 }, computed: { author: Eliot }");
    assert!(reload(&front).is_empty());
    let (_, book) = get(&front, "reader", "/api/books/1");
    assert_eq!((&book["title"], &book["author"]), (&json!("Middlemarch"), &json!("Eliot")));
    assert_eq!(titles(&front, "new"), ["Middlemarch"]);
    assert_eq!(titles(&front, "writer"), ["Emma", "Persuasion"]);
    assert_eq!(post(&front, "writer", "/__counterpart/sessions/writer/reset", "").0, 200);
    assert_eq!(titles(&front, "writer"), ["Middlemarch"]);
}

#[test]
fn a_file_that_is_wrong_leaves_all_as_it_was_and_says_why() {
    let library = Library::new("wrong");
    let front = library.served();
    add(&front, "a", "Persuasion");
    library.change("pack.yaml", "do: create", "do: crate");
    library.write("fixtures/books.yaml", "books: [ { id: 1 }, { id: 1 }, { id: 1 } ]");
    library.change("busy.yml", "nth: 2", "nht: 2");
    let trail = front.trail().expect("there are files");
    assert_ne!(trail, trail.now(), "the change is noticed");
    let findings = front.reload().expect_err("it is wrong");
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|it| it.contains("pack.yaml:8: ") && it.contains("did you mean `create`?")), "{said:#?}");
    assert_eq!(titles(&front, "a"), ["Emma", "Persuasion"]);
    let trail = front.trail().expect("there are files");
    assert_eq!(trail, trail.now(), "it is said once");
    let (status, problem) = post(&front, "a", "/__counterpart/reload", "");
    assert_eq!((status, problem["findings"][0]["line"].as_u64()), (422, Some(8)), "{problem}");
    // Mended one after the other.
    library.write("pack.yaml", PACK);
    library.write("fixtures/books.yaml", FIXTURES);
    assert!(front.reload().is_err());
    library.write("busy.yml", SCENARIO);
    assert_eq!(post(&front, "a", "/__counterpart/reload", ""), (200, json!({ "warnings": [], "notes": [] })));
    assert_eq!(get(&front, "a", "/api/books").0, 503);
}

#[test]
fn where_the_rules_of_records_changed_a_session_is_at_its_start_again() {
    let library = Library::new("rules");
    let front = library.served();
    add(&front, "writer", "Persuasion");
    assert_eq!(ask(&front, "writer", Method::PUT, "/__counterpart/sessions/writer/snapshots/one", "").0, 200);
    assert_eq!(titles(&front, "reader"), ["Emma"]);
    library.change("pack.yaml", "{ copies: 1 }", "{ copies: 2 }");
    let notes = reload(&front);
    assert_eq!(
        notes,
        ["the rules of library's records have changed, and its records are at their start again (in writer)"]
    );
    assert_eq!(get(&front, "writer", "/api/books/1").1["copies"], 2);
    assert_eq!(post(&front, "writer", "/__counterpart/sessions/writer/snapshots/one", "").0, 200);
    assert_eq!(titles(&front, "writer"), ["Emma"]);
}

#[test]
fn a_scenario_goes_on_where_it_says_the_same() {
    let library = Library::new("scenarios");
    let front = library.served();
    assert_eq!(post(&front, "own", "/__counterpart/sessions", r#"{ "name": "own" }"#).0, 201);
    assert_eq!(post(&front, "own", "/__counterpart/sessions/own/scenarios", OWN).0, 200);
    let shown = || get(&front, "own", "/api/books/1").0;
    assert_eq!((shown(), shown()), (200, 200));
    assert_eq!(get(&front, "old", "/api/books").0, 200);
    // Operations get other places, and the rules find theirs.
    library.change(
        "openapi.yaml",
        "paths:\n",
        "paths:\n  /api/aaa: { get: { responses: { '204': { description: Nothing } } } }\n",
    );
    assert!(reload(&front).is_empty());
    assert_eq!((get(&front, "old", "/api/books").0, get(&front, "old", "/api/books").0), (503, 200));
    assert_eq!((shown(), shown()), (503, 200));
    // Another rule starts anew, in sessions that were there and in those that come.
    library.change("busy.yml", "nth: 2", "nth: 1");
    assert!(reload(&front).is_empty());
    assert_eq!((get(&front, "old", "/api/books").0, get(&front, "old", "/api/books").0), (503, 200));
    assert_eq!((get(&front, "new", "/api/books").0, get(&front, "new", "/api/books").0), (503, 200));
    // What does not fit any more is off, and that is said.
    library.change("openapi.yaml", "operationId: ShowBook", "operationId: OpenBook");
    library.change("pack.yaml", ", ShowBook: { do: show }", "");
    assert_eq!(reload(&front), ["the scenario own does not fit any more and is off (in own)"]);
}

#[test]
fn a_file_that_is_new_is_noticed_and_one_beside_them_is_not() {
    let library = Library::new("trail");
    let front = library.served();
    let is_changed = || front.trail().is_some_and(|trail| trail != trail.now());
    assert!(!is_changed());
    library.write("fixtures/.books.yaml.swp", "an editor's");
    assert!(!is_changed());
    library.write("fixtures/more.yaml", "books: [ { id: 2, title: Solaris, author_id: 1 } ]");
    assert!(is_changed());
    assert!(reload(&front).is_empty() && !is_changed());
    assert_eq!(titles(&front, "a"), ["Emma", "Solaris"]);
    fs::remove_file(library.0.join("fixtures/more.yaml")).expect("it is there");
    assert!(is_changed());
}

#[test]
fn requests_that_come_meanwhile_are_answered_from_the_one_or_the_other() {
    let library = Library::new("meanwhile");
    let front = library.served();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| (0..200).for_each(|number| add(&front, "a", &format!("Volume {number}"))));
        for author in ["Eliot", "Evans"].into_iter().cycle().take(6) {
            let computed = format!("{{ copies: 1 }}, computed: {{ author: {author} }}");
            library.write("pack.yaml", &PACK.replace("{ copies: 1 }", &computed));
            assert!(reload(&front).is_empty());
        }
        writer.join().expect("no call fails");
    });
    let copies = front.world().sessions.get("a").expect("it is there").state().store(0).table(0).len();
    assert_eq!(copies, 201, "no write is lost");
}

#[test]
fn a_part_of_a_document_that_cannot_be_read_any_more_is_wrong_as_well() {
    let library = Library::new("parts");
    library.change("openapi.yaml", "copies: { type: integer, minimum: 0 }", "copies: { $ref: copies.yaml }");
    library.change("openapi.yaml", "title: { type: string }", "title: { $ref: gone.yaml }");
    library.write("copies.yaml", "{ type: integer, minimum: 0 }");
    let front = library.served();
    library.write("copies.yaml", "{ type: integer");
    let said: Vec<String> = front.reload().expect_err("it is wrong").iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|it| it.contains("copies.yaml:1: this is not YAML")), "{said:#?}");
    // What was missing from the start may go on missing.
    library.write("copies.yaml", "{ type: integer, minimum: 2 }");
    library.write("fixtures/books.yaml", "books: [ { id: 1, title: Emma, author_id: 1, copies: 2 } ]");
    assert!(reload(&front).is_empty());
    assert_eq!(get(&front, "a", "/api/books/1").1["copies"], 2);
}
