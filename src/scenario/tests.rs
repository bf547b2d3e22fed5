//! What a scenario promises, over a small document. `reading` has the messages, `matching` and `firing` the tables of what a
//! rule catches and when, `replay` the properties, `bundled` the files that counterpart brings along.

mod bundled;
mod firing;
mod matching;
mod reading;
mod replay;

use std::cell::Cell;
use std::sync::Arc;

use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use super::{Body, Exchange, Fault, Known, Plan, Progress, Scenario, Strike, plan};
use crate::clock::Clock;
use crate::contract::Operation;
use crate::dice::Dice;
use crate::message::Request;
use crate::source::{Finding, Place, Source};

const KINDS: [&str; 14] = [
    "unauthenticated",
    "invalid_token",
    "forbidden",
    "not_found",
    "no_endpoint",
    "malformed",
    "invalid_attribute",
    "too_many_values",
    "conflict",
    "invalid",
    "rate_limited",
    "too_many_jobs",
    "unavailable",
    "internal",
];

fn operations() -> Vec<Operation> {
    let table = [
        ("ListThings", Method::GET, "/api/things", "things", 200),
        ("CreateThing", Method::POST, "/api/things", "things", 201),
        ("ShowThing", Method::GET, "/api/things/{thing_id}", "things", 200),
        ("UpdateThing", Method::PUT, "/api/things/{thing_id}", "things", 200),
        ("DeleteThing", Method::DELETE, "/api/things/{thing_id}", "things", 204),
        ("ListUsers", Method::GET, "/api/users", "users", 200),
    ];
    let operation = |(index, (id, method, path, tag, status)): (usize, (&str, Method, &str, &str, u16))| Operation {
        index,
        base: 0,
        id: id.to_owned(),
        method,
        path: path.to_owned(),
        tags: vec![tag.to_owned()],
        variables: if path.contains('{') { vec!["thing_id".to_owned()] } else { Vec::new() },
        statuses: [status, 404].map(|status| StatusCode::from_u16(status).expect("is a status")).to_vec(),
        deprecated: false,
        place: Place::line_of("openapi.yaml", 1),
        extension: None,
    };
    table.into_iter().enumerate().map(operation).collect()
}

fn try_read(text: &str) -> Result<Scenario, Vec<Finding>> {
    let operations = operations();
    let documents = |operation: &Operation, status: StatusCode| operation.statuses.contains(&status);
    let world = Known {
        operations: &operations,
        kinds: &KINDS,
        problems: &["blank", "duplicate", "invalid"],
        resources: &["things", "users"],
        documents: &documents,
        breaks: &|_, fault| match fault {
            Fault::Status(status) => match &status.body {
                Body::Own(body) if body == "bad" && !status.breaks_contract => Some("the body is bad".to_owned()),
                Body::Example(name) if name == "nope" => Some("there is no example".to_owned()),
                _ => None,
            },
            _ => None,
        },
    };
    Scenario::read(&Source::parse("s.yaml", text).map_err(|finding| vec![*finding])?, &world)
}

fn said(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A session that runs scenarios, on a clock that stands still until it is moved.
struct Session {
    operations: Vec<Operation>,
    scenarios: Vec<Arc<Scenario>>,
    progress: Progress,
    clock: Clock,
    dice: Dice,
    bodies_read: Cell<usize>,
}

impl Session {
    fn new(texts: &[&str]) -> Session {
        let scenario = |text: &&str| Arc::new(try_read(text).unwrap_or_else(|findings| panic!("{}", said(&findings))));
        let scenarios: Vec<_> = texts.iter().map(scenario).collect();
        let clock = Clock::frozen(Timestamp::UNIX_EPOCH);
        let progress = Progress::new(&scenarios, clock.now());
        Session { operations: operations(), scenarios, progress, clock, dice: Dice::new(1), bodies_read: Cell::new(0) }
    }

    /// One rule, in a scenario around it.
    fn rule(rule: &str) -> Session {
        Session::new(&[&format!("name: s\nrules:\n - {{ {rule} }}\n")])
    }

    /// The plan for a request; `METHOD target`, routed as the templates above say.
    fn plan(&self, line: &str) -> Plan {
        self.plan_request(&request(line), Some("admin@example.com"))
    }

    fn plan_request(&self, request: &Request, caller: Option<&str>) -> Plan {
        let id = request.path().strip_prefix("/api/things/").filter(|id| !id.contains('/'));
        let template = if id.is_some() { "/api/things/{thing_id}" } else { request.path() };
        let fits = |operation: &&Operation| operation.method == request.method && operation.path == template;
        let variables: Vec<_> = id.into_iter().map(|id| ("thing_id", id)).collect();
        let body: Option<Value> = serde_json::from_slice(&request.body).ok();
        let ask_body = || {
            self.bodies_read.set(self.bodies_read.get() + 1);
            body.as_ref()
        };
        let exchange = Exchange {
            operation: self.operations.iter().find(fits),
            request,
            variables: &variables,
            body: &ask_body,
            caller,
            session: "default",
        };
        plan(&self.scenarios, &self.progress, &exchange, &self.clock, &self.dice)
    }
}

fn request(line: &str) -> Request {
    let (method, target) = line.split_once(' ').expect("has a method and a target");
    Request::new(method.parse().expect("is a method"), target)
}

/// A plan in a few words: `gate:rate_limited`, `verdict:404`, `reply:edit`, `wire:reset`, `-` for nothing.
fn short(plan: &Plan) -> String {
    let fault = |stage: &str, strike: &Option<Strike>| {
        let word = match &*strike.as_ref()?.fault {
            Fault::Refuse(refuse) => refuse.kind.name.clone(),
            Fault::Status(status) => status.status.as_u16().to_string(),
            Fault::Edit(_) => "edit".to_owned(),
            Fault::Change(changes) => format!("{} changes", changes.len()),
            Fault::Wire(wire) => wire.to_string(),
        };
        Some(format!("{stage}:{word}"))
    };
    let (before, instead) = ([("gate", &plan.gate)], [("verdict", &plan.verdict), ("items", &plan.items)]);
    let after = [("change", &plan.change), ("reply", &plan.reply), ("wire", &plan.wire)];
    let parts: Vec<_> = before.into_iter().chain(instead).chain(after).collect();
    let parts: Vec<String> = parts.into_iter().filter_map(|(stage, strike)| fault(stage, strike)).collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join(" ") }
}
