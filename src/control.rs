//! What counterpart answers in its own name, under a prefix that no provider uses, and the whole that a server answers.
//!
//! The operations stand in `control/openapi.yaml`, an OpenAPI document like any other: requests and replies are checked against it,
//! and each operation has its line in [`table`]. Nothing is known here of sockets, or of what a pack's words mean.

mod call;
mod clock;
mod guard;
mod journal;
mod problem;
mod records;
mod reload;
mod scenarios;
mod server;
mod sessions;
mod table;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::{Arc, OnceLock};

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use parking_lot::{RwLock, RwLockReadGuard};
use serde_json::{Value, json};

use crate::contract::{Checked, Contract, Files, Notations, Operation, Route};
use crate::exchange::{IN_SESSION, World, breach, complaint};
use crate::journal::Exchange;
use crate::message::{Answer, Reply, Request};
use crate::session::{DEFAULT, Session, Sessions};
use crate::source::Source;

use call::Call;
use problem::Problem;
use reload::Origin;
use table::Done;

pub use guard::Guard;
pub use reload::Reloaded;

/// Every path of counterpart's own is below this.
const ROOT: &str = "/__counterpart";
/// What stands behind that in the paths of sessions, which are for providers.
const SESSION: &str = "/s/";
/// Where a server says that it is well.
pub const HEALTH: &str = "/__counterpart/health";
/// Below this Steady says so, and shows its document: scripts that were written for it look there.
const STEADY: &str = "/_x-steady/";
/// The header of everything in counterpart's own name.
const OWN: HeaderName = HeaderName::from_static("x-counterpart");
const MARK: HeaderValue = HeaderValue::from_static("control");
/// The control API's own document.
const DOCUMENT: &str = include_str!("control/openapi.yaml");

/// The whole that a server answers: exchanges with providers, and the control API beside them.
#[derive(Debug)]
pub struct Front {
    /// What answers for the providers. Changed only when files are read again: then those that are being answered come to their end
    /// first, and nobody waits while holding it.
    world: RwLock<World>,
    /// The session of requests that name none.
    session: Arc<Session>,
    /// What the providers were read from, where that can be read again.
    files: Option<Origin>,
    /// Whom the control API is for.
    pub guard: Guard,
    /// Read when it is first asked for.
    contract: OnceLock<Option<Contract>>,
}

/// The document has no other files.
struct Alone;

impl Files for Alone {
    fn read(&self, path: &str) -> Result<String, String> {
        Err(format!("there is no {path}"))
    }
}

impl Front {
    /// A whole from its parts.
    pub fn new(world: World, guard: Guard) -> Front {
        let session = Arc::clone(&world.sessions.default);
        Front { world: RwLock::new(world), session, files: None, guard, contract: OnceLock::new() }
    }

    /// What answers for the providers. Files that have changed have to wait for whoever holds it.
    pub fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read()
    }

    /// The session of requests that name none.
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// Answers one request, be it for a provider or for counterpart itself. `note` gets each exchange with a provider.
    pub fn answer(&self, request: &Request, note: Option<&dyn Fn(&Exchange)>) -> Answer {
        match request.target.strip_prefix(ROOT) {
            Some(rest) if rest.is_empty() || rest.starts_with(['/', '?']) && !rest.starts_with(SESSION) => {
                self.control(request)
            }
            _ => match self.steady(request) {
                Some(reply) => reply.with(OWN, MARK).into(),
                None => self.world().answer(request, note),
            },
        }
    }

    /// What Steady answers in its own name: that it is well, and the first document as it was read.
    fn steady(&self, request: &Request) -> Option<Reply> {
        let json = |body: &Value| Reply::json(StatusCode::OK, "application/json", body);
        match request.target.strip_prefix(STEADY)?.split('?').next()? {
            "health" => Some(json(&json!({ "status": "healthy" }))),
            "spec" => Some(match self.guard.admit(request) {
                Ok(()) => json(self.world().providers.first()?.contract.document()),
                Err(problem) => problem.into_reply(),
            }),
            _ => None,
        }
    }

    /// An answer of the control API.
    fn control(&self, request: &Request) -> Answer {
        let mut answer = match self.contract() {
            Some(contract) => {
                let request = &in_session(contract, request);
                self.respond(contract, request).unwrap_or_else(|problem| problem.into_reply().into())
            }
            None => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "The control API's document cannot be read", "")
                .into_reply()
                .into(),
        };
        answer.reply.headers.entry(OWN).or_insert(MARK);
        answer
    }

    fn respond(&self, contract: &Contract, request: &Request) -> Result<Answer, Problem> {
        let (operation, variables) = find(contract, request)?;
        if !table::is_open(operation) {
            self.guard.admit(request)?;
        }
        let checked = contract.check_request(operation, &variables, request, &Notations::default());
        if !checked.violations.is_empty() {
            return Ok(complaint("see /__counterpart/openapi.json", &checked.violations).into());
        }
        let Checked { path, query, body, .. } = checked;
        let body = body.unwrap_or_default();
        let call = Call { front: self, request, world: OnceCell::new(), path, query, body };
        match table::run(operation, &call)? {
            Done::Value(body) => Ok(reply(contract, operation, body).into()),
            Done::Stream(stream) => Ok(Answer { stream: Some(stream), ..events(operation).into() }),
        }
    }

    /// The control API's document, read once; none would be a mistake in it, which a test looks for.
    fn contract(&self) -> Option<&Contract> {
        self.contract.get_or_init(|| Some(Contract::load(&document()?, &Alone).ok()?.0)).as_ref()
    }
}

/// The control API's document as a source.
fn document() -> Option<Source> {
    Source::parse("control/openapi.yaml", DOCUMENT).ok()
}

/// The request with its session in the path: what leaves that out, such as `/__counterpart/journal`, means the session that its header
/// names, or the default one.
fn in_session<'r>(contract: &Contract, request: &'r Request) -> Cow<'r, Request> {
    let leads = |target: &str| !matches!(contract.route(&request.method, target), Route::Unknown { .. });
    let name = request.field(&IN_SESSION).unwrap_or(DEFAULT);
    if leads(request.path()) || !Sessions::is_name(name) {
        return Cow::Borrowed(request);
    }
    let target = request.target.replacen(ROOT, &format!("{ROOT}/sessions/{name}"), 1);
    match leads(&target) {
        true => Cow::Owned(Request { target, ..request.clone() }),
        false => Cow::Borrowed(request),
    }
}

/// An operation, with the variables of its path.
type Found<'a> = (&'a Operation, Vec<(&'a str, &'a str)>);

fn find<'a>(contract: &'a Contract, request: &'a Request) -> Result<Found<'a>, Problem> {
    match contract.route(&request.method, request.path()) {
        Route::Found { operation, variables } => Ok((operation, variables)),
        Route::WrongMethod(methods) => Err(Problem::wrong_method(&methods)),
        Route::Unknown { nearest } => {
            let meant = nearest.map_or(String::new(), |nearest| format!("did you mean {nearest}? "));
            let detail = format!("{meant}{ROOT}/openapi.json has all paths of counterpart's own");
            Err(Problem::new(StatusCode::NOT_FOUND, "No such path", detail))
        }
    }
}

/// The head of a reply whose events come while they happen.
fn events(operation: &Operation) -> Reply {
    let reply = Reply::new(operation.success()).with(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    reply.with(CACHE_CONTROL, HeaderValue::from_static("no-cache"))
}

/// A reply that keeps to the document; one that does not is never sent.
fn reply(contract: &Contract, operation: &Operation, body: Value) -> Reply {
    let reply = match &body {
        Value::Null => Reply::new(operation.success()),
        body => Reply::json(operation.success(), "application/json", body),
    };
    let breaches =
        contract.check_reply(operation, reply.status, &reply.headers, Some(&body).filter(|it| !it.is_null()));
    match breaches.is_empty() {
        true => reply,
        false => breach("counterpart made a reply that its own document does not allow; this is a bug", &breaches),
    }
}
