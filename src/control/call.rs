//! One call of the control API, with its parts where the operations find them. The document has been asked: what it requires is
//! there and has its type.

use std::cell::OnceCell;
use std::sync::Arc;

use http::StatusCode;
use parking_lot::RwLockReadGuard;
use serde_json::{Map, Value};

use super::Front;
use super::problem::Problem;
use crate::exchange::{Provider, World};
use crate::message::Request;
use crate::session::{DEFAULT, Session};
use crate::source::{Finding, Source, choices};

/// A call that has passed its checks.
pub(super) struct Call<'a> {
    pub(super) front: &'a Front,
    pub(super) request: &'a Request,
    /// Held from when it is first asked for to the end of the call.
    pub(super) world: OnceCell<RwLockReadGuard<'a, World>>,
    pub(super) path: Map<String, Value>,
    pub(super) query: Map<String, Value>,
    /// Null where there is none.
    pub(super) body: Value,
}

impl Call<'_> {
    pub(super) fn world(&self) -> &World {
        self.world.get_or_init(|| self.front.world())
    }

    /// A variable of the path.
    pub(super) fn name(&self, variable: &str) -> &str {
        self.path.get(variable).and_then(Value::as_str).unwrap_or_default()
    }

    /// A text in the body.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.body.get(key)?.as_str()
    }

    /// A provider by the name of its pack.
    pub(super) fn provider(&self, name: &str) -> Result<&Provider, Problem> {
        let known = || self.world().providers.iter();
        known().find(|provider| provider.pack.name == name).ok_or_else(|| {
            let names = known().map(|provider| provider.pack.name.as_str());
            let detail = format!("there is no provider `{name}`; {}", choices(name, names, "served"));
            Problem::missing("No such provider", detail)
        })
    }

    /// The session that the path names.
    pub(super) fn session(&self) -> Result<Arc<Session>, Problem> {
        let name = self.name("session");
        self.world().sessions.get(name).ok_or_else(|| {
            Problem::missing("No such session", format!("there is no session `{name}`; the first is `{DEFAULT}`"))
        })
    }
}

/// A value of the right type that cannot be meant.
pub(super) fn invalid(title: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, title, detail)
}

/// What a file would say, as a source: its text where it was sent as one, else what was sent as it is written with indents.
pub(super) fn source(name: &str, sent: &Value) -> Result<Source, Box<Finding>> {
    match sent.get("text").and_then(Value::as_str) {
        Some(text) => Source::parse(name, text.to_owned()),
        None => Ok(Source::known(name, format!("{sent:#}"), sent.clone())),
    }
}
