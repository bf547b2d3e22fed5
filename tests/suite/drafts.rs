//! What holds for every document whose pack is drafted, whatever is asked of it: nothing that a client sends makes counterpart fail
//! or break the document, and the draft as a file is the same pack.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use counterpart::contract::{Contract, Files};
use counterpart::exchange::Validation;
use counterpart::load::{self, State};
use counterpart::message::{Request, encode};
use counterpart::mock::{Local, Mock};
use counterpart::pack::Pack;
use counterpart::source::{Findings, Source};
use http::{HeaderValue, Method};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A document, served in both ways, and its operations by method and path.
struct Drafted {
    name: String,
    mocks: Vec<Local>,
    operations: Vec<(Method, String, Vec<String>)>,
}

/// Each of them stands in one file.
struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str) -> Result<String, String> {
        Err(format!("{path} is not there"))
    }
}

static DRAFTED: LazyLock<Vec<Drafted>> = LazyLock::new(|| documents().iter().map(|path| drafted(path)).collect());

fn documents() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents/draft");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path()).collect();
    files.sort();
    files
}

fn contract(path: &Path) -> Contract {
    let document = load::source(path).expect("the document can be read");
    Contract::load(&document, &NoFiles).expect("the document is sound").0
}

fn drafted(path: &Path) -> Drafted {
    let name = path.display().to_string();
    let mock = |validation, state| {
        let mock = Mock::of(&name).stateful(state).clock("2026-01-01T00:00:00Z").validate(validation).open();
        mock.load().expect("a drafted pack loads")
    };
    let contract = contract(path);
    let operations = contract.operations().iter();
    let operations = operations.map(|it| (it.method.clone(), it.path.clone(), it.variables.clone())).collect();
    Drafted {
        mocks: vec![mock(Validation::Usual, State::Drafted), mock(Validation::Off, State::Empty)],
        operations,
        name,
    }
}

#[test]
fn a_draft_as_a_file_is_the_pack_that_it_is() {
    for path in documents() {
        let contract = contract(&path);
        let draft = load::draft(&path).expect("a draft is made");
        let text = draft.text();
        let source = Source::parse("pack.yaml", text.clone()).unwrap_or_else(|finding| panic!("{finding}\n{text}"));
        assert_eq!(*source.value(), draft.pack, "{text}");
        let mut findings = Findings::default();
        assert!(Pack::read(&source, &contract, &mut findings).is_some());
        assert!(findings.is_empty(), "{:?}\n{text}", findings.into_vec());
        assert!(draft.notes.iter().any(|note| note.bound), "{}", path.display());
    }
}

/// A body that is now right, now wrong, and never what one expects.
fn body() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2i64..3).prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from),
    ];
    let names = [
        "id",
        "name",
        "title",
        "data",
        "attributes",
        "type",
        "status",
        "metadata",
        "ticket",
        "service",
        "email",
        "slug",
        "orderId",
        "photoUrls",
        "text",
        "role",
        "theme",
        "username",
        "_id",
        "_path_org",
        "created_at",
        "label",
    ];
    leaf.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((proptest::sample::select(names.to_vec()), inner), 0..5)
                .prop_map(|entries| entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

#[derive(Debug, Clone)]
struct Ask {
    operation: prop::sample::Index,
    ids: [prop::sample::Index; 4],
    query: &'static str,
    body: Value,
}

const IDS: [&str; 6] =
    ["1", "2", "ann", "00000000-0000-4000-a000-000000000000", "", "AC00000000000000000000000000000001"];
const QUERIES: [&str; 8] = [
    "",
    "?page=2&per_page=1",
    "?limit=1&offset=1",
    "?page=-1&size=0",
    "?cursor=x&limit=1",
    "?page[number]=0",
    "?sort_by=id&status=1",
    "?starting_after=1",
];

fn ask() -> impl Strategy<Value = Ask> {
    let index = any::<prop::sample::Index>;
    let ids = [index(), index(), index(), index()];
    (index(), ids, proptest::sample::select(QUERIES.to_vec()), body()).prop_map(|(operation, ids, query, body)| Ask {
        operation,
        ids,
        query,
        body,
    })
}

fn request(drafted: &Drafted, ask: &Ask) -> Request {
    let (method, path, variables) = ask.operation.get(&drafted.operations);
    let filled = variables
        .iter()
        .zip(&ask.ids)
        .fold(path.clone(), |path, (name, id)| path.replace(&format!("{{{name}}}"), &encode(id.get::<&str>(&IDS))));
    let mut request = Request::new(method.clone(), format!("{filled}{}", ask.query));
    if *method != Method::GET {
        request.headers.insert("content-type", HeaderValue::from_static("application/json"));
        request.body = ask.body.to_string().into();
    }
    request
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_request_makes_a_drafted_pack_fail(asks in proptest::collection::vec(ask(), 1..24)) {
        for drafted in DRAFTED.iter() {
            for mock in &drafted.mocks {
                let mock = mock.fresh();
                for ask in &asks {
                    let request = request(drafted, ask);
                    let reply = mock.answer(&request).reply;
                    let said = String::from_utf8_lossy(&reply.body).into_owned();
                    prop_assert!(!reply.status.is_server_error(), "{}: {} {} {}\n{said}", drafted.name, request.method, request.target, ask.body);
                    prop_assert!(!reply.headers.contains_key("x-counterpart-breaches"), "{}: {} {}", drafted.name, request.method, request.target);
                }
            }
        }
    }
}

#[test]
fn the_same_bytes_follow_from_the_same_calls() {
    for drafted in DRAFTED.iter() {
        let (one, other) = (drafted.mocks[1].fresh(), drafted.mocks[1].fresh());
        for (method, path, _) in &drafted.operations {
            let mut request = Request::new(method.clone(), path.replace(['{', '}'], ""));
            request.headers.insert("content-type", HeaderValue::from_static("application/json"));
            request.body = json!({}).to_string().into();
            assert_eq!(one.answer(&request).reply, other.answer(&request).reply, "{} {method} {path}", drafted.name);
        }
    }
}
