//! Small documents, and what is promised of them.

mod example;
mod load;
mod notation;
mod reply;
mod request;
mod sample;
mod schema;
mod style;

use std::collections::HashMap;

use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use super::*;
use crate::source::Finding;

/// Files in memory.
#[derive(Default)]
struct Shelf(HashMap<&'static str, &'static str>);

impl Files for Shelf {
    fn read(&self, path: &str) -> Result<String, String> {
        self.0.get(path).map(|text| (*text).to_owned()).ok_or_else(|| "no such file".to_owned())
    }
}

fn source(text: &str) -> Source {
    Source::parse("specs/api.yaml", text).expect("the test's own document can be read")
}

fn load(text: &str) -> (Contract, Vec<Finding>) {
    Contract::load(&source(text), &Shelf::default()).expect("the test's own document can be served")
}

/// The findings as `line rule: what`.
fn lines(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|it| format!("{} {}: {}", it.place.line(), it.rule, it.what)).collect()
}

/// A request, and the violations as `part at kind`.
fn ask(contract: &Contract, method: Method, target: &str, headers: &[(&str, &str)], body: &str) -> Checked {
    let mut request = Request::new(method.clone(), target);
    for (name, value) in headers {
        let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a header name");
        request.headers.append(name, http::HeaderValue::from_str(value).expect("a header value"));
    }
    request.body = body.to_owned().into();
    let Route::Found { operation, variables } = contract.route(&method, request.path()) else {
        panic!("{method} {target} leads nowhere")
    };
    contract.check_request(operation, &variables, &request, &Notations::default())
}

fn post(contract: &Contract, target: &str, body: &str) -> Checked {
    ask(contract, Method::POST, target, &[("content-type", "application/json")], body)
}

fn short(violations: &[Violation]) -> Vec<String> {
    let words = violations.iter().map(|it| format!("{} {} {}", it.part.word(), it.at, it.kind.word()));
    words.collect()
}

fn answer(contract: &Contract, id: &str, status: u16, headers: &[(&str, &str)], body: Option<Value>) -> Vec<String> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a header name");
        map.append(name, http::HeaderValue::from_str(value).expect("a header value"));
    }
    let operation = contract.operation(id).expect("the operation is in the document");
    let status = StatusCode::from_u16(status).expect("a status");
    short(&contract.check_reply(operation, status, &map, body.as_ref()))
}

#[test]
fn threads_share_a_contract() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Contract>();
}
