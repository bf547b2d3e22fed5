//! Sends the requests of a case and notes what came.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use counterpart::message::{Request, Wire};
use counterpart::mock::Local;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;

use super::case::{Case, Exchange, Step};
use super::expect::Names;

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) delay: Duration,
    pub(super) drip: Duration,
    pub(super) wire: Option<Wire>,
}

/// Whatever answers.
pub(super) trait Answers {
    fn ask(&mut self, request: Request) -> Got;
    fn advance(&mut self, by: Duration);
    /// The host that requests name where a file does not.
    fn host(&self) -> String;
}

impl Answers for Local {
    fn ask(&mut self, request: Request) -> Got {
        let answer = self.answer(&request);
        let reply = answer.reply;
        Got {
            status: reply.status.as_u16(),
            headers: reply.headers,
            body: reply.body,
            delay: answer.delay,
            drip: answer.drip,
            wire: answer.wire,
        }
    }

    fn advance(&mut self, by: Duration) {
        self.clock().advance(by);
    }

    fn host(&self) -> String {
        "localhost".into()
    }
}

/// One exchange as it went.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) line: usize,
    pub(super) asked: String,
    pub(super) got: Got,
    pub(super) faults: Vec<String>,
    /// The step in its case.
    pub(super) step: usize,
}

pub(super) struct Played {
    pub(super) turns: Vec<Turn>,
}

pub(super) fn play(case: &Case, mock: &mut impl Answers) -> Played {
    let mut names = Names::default();
    let mut caller = "admin".to_owned();
    let mut turns = Vec::new();
    for (step, action) in case.steps.iter().enumerate() {
        match action {
            Step::Caller(name) => caller.clone_from(name),
            Step::Clock(by) => mock.advance(*by),
            Step::Exchange(exchange) => {
                for _ in 0..exchange.repeat {
                    let request = request(exchange, &caller, &names, &mock.host());
                    let asked = format!("{} {}", request.method, request.target);
                    let got = mock.ask(request);
                    let faults = compare(exchange, &got, &mut names);
                    turns.push(Turn { line: exchange.line, asked, got, faults, step });
                }
            }
        }
    }
    Played { turns }
}

fn request(exchange: &Exchange, caller: &str, names: &Names, host: &str) -> Request {
    let method = Method::from_bytes(exchange.method.as_bytes()).expect("a method is capital letters");
    let mut request = Request::new(method, names.fill(&exchange.target));
    request.body = Bytes::from(names.fill(&exchange.body));
    let mut put = |name: &str, value: &str| {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header has a name");
        if value == "-" {
            request.headers.remove(name);
        } else {
            request.headers.insert(name, HeaderValue::from_str(value).expect("a header has a value"));
        }
    };
    put("host", host);
    if caller != "anonymous" {
        let credentials = STANDARD.encode(format!("{caller}@example.com:mock-password"));
        put("authorization", &format!("Basic {credentials}"));
    }
    if !exchange.body.is_empty() {
        put("content-type", "application/json");
    }
    for (name, value) in &exchange.headers {
        put(name, &names.fill(value));
    }
    // Parts have lines that end as those of a head do.
    if request.header("content-type").is_some_and(|media| media.starts_with("multipart/")) {
        request.body = Bytes::from(names.fill(&exchange.body).replace('\n', "\r\n"));
    }
    request
}

fn compare(exchange: &Exchange, got: &Got, names: &mut Names) -> Vec<String> {
    let expected = &exchange.expected;
    let mut faults = Vec::new();
    if expected.status != got.status.to_string() {
        faults.push(format!("expected status {}, got {}", expected.status, got.status));
    }
    for (name, value) in &expected.headers {
        let sent = got.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let fits = match (value.as_str(), &sent) {
            ("-", sent) => sent.is_none(),
            ("*", sent) => sent.is_some(),
            (value, Some(sent)) => names.text(value, sent),
            (_, None) => false,
        };
        if !fits {
            faults.push(format!("header {name}: expected {value}, got {}", sent.as_deref().unwrap_or("-")));
        }
    }
    for name in ["wire", "delay", "drip"] {
        let expected = expected.signs.iter().find(|(sign, _)| sign == name).map(|(_, value)| value.as_str());
        let sent = sign(name, got);
        if expected != sent.as_deref() && !(expected == Some("*") && sent.is_some()) {
            faults.push(format!(
                "{name}: expected {}, got {}",
                expected.unwrap_or("-"),
                sent.as_deref().unwrap_or("-")
            ));
        }
    }
    if got.headers.get("x-counterpart").is_some_and(|kind| kind == "breach") {
        faults.push("counterpart broke the contract".into());
    }
    match (&expected.body, got.body.is_empty()) {
        (None, false) if expected.exact => faults.push("expected no body".into()),
        (None, _) => {}
        (Some(_), true) => faults.push("expected a body, got none".into()),
        (Some(body), false) => faults.extend(names.body(body, &got.value(), expected.exact)),
    }
    faults
}

/// What the server is told beside the reply, in words.
pub(super) fn sign(name: &str, got: &Got) -> Option<String> {
    match name {
        "delay" => (!got.delay.is_zero()).then(|| format!("{}ms", got.delay.as_millis())),
        "drip" => (!got.drip.is_zero()).then(|| format!("{}ms", got.drip.as_millis())),
        _ => got.wire.map(|wire| wire.to_string()),
    }
}

impl Got {
    /// The body as a value; a text is a string.
    pub(super) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| String::from_utf8_lossy(&self.body).into())
    }
}

impl Turn {
    /// The place, what was asked, what is wrong, and what came.
    pub(super) fn report(&self, name: &str) -> String {
        let mut report = format!("{name}:{}: {}\n", self.line, self.asked);
        for fault in &self.faults {
            report.push_str(&format!("    {fault}\n"));
        }
        let body: String = String::from_utf8_lossy(&self.got.body).chars().take(1500).collect();
        report.push_str(&format!("    it answered {} {body}\n", self.got.status));
        if let Some(noted) = self.got.headers.get("x-counterpart-violations") {
            report.push_str(&format!("    it noted {}\n", String::from_utf8_lossy(noted.as_bytes())));
        }
        report
    }
}
