//! One provider, ready to answer: its document, its pack, who may call it, and the records a session starts from.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use http::StatusCode;
use serde_json::Value;

use crate::contract::{Contract, Operation, Writable};
use crate::exchange::auth::Credentials;
use crate::exchange::shape::EveryReply;
use crate::journal::Secrets;
use crate::message::{Reply, Request, json};
use crate::pack::{Act, Binding, Input, Over, Pack};
use crate::scenario::{Limit, Scenario};
use crate::session::{Sessions, Start};
use crate::store::Store;

/// A provider that has been loaded. A copy is a few pointers, so that it can be given other scenarios.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its place among the providers of the server, and in every session.
    pub index: usize,
    /// Its document.
    pub contract: Arc<Contract>,
    /// What its operations do.
    pub pack: Arc<Pack>,
    /// Who may call.
    pub credentials: Arc<Credentials>,
    /// The records that a session starts from.
    pub seed: Arc<Store>,
    /// The scenarios that a session starts with.
    pub scenarios: Vec<Arc<Scenario>>,
    /// How often it may be called by its own limits, when they are switched on. Those of scenarios come on top.
    pub limits: Arc<[Arc<Limit>]>,
    /// The header fields of every reply.
    pub(super) every: Arc<EveryReply>,
    /// Where its callers put secrets.
    pub secrets: Arc<Secrets>,
    /// For each operation, the places in its body where records stand, and what these may carry.
    drafts: Arc<[Drafts]>,
}

/// The places of one operation.
type Drafts = Vec<(String, OnceLock<Writable>)>;

impl Provider {
    /// Puts a provider together.
    pub fn new(index: usize, contract: Contract, pack: Pack, credentials: Credentials, seed: Store) -> Provider {
        let places = |binding: &Option<Binding>| {
            let places = binding.as_ref().map(draft_places).unwrap_or_default();
            places.into_iter().map(|place| (place, OnceLock::new())).collect()
        };
        let every = EveryReply::new(&pack.conventions);
        let secrets = Secrets::of(&contract, &pack.auth);
        let drafts = pack.bindings.iter().map(places).collect();
        Provider {
            index,
            contract: Arc::new(contract),
            pack: Arc::new(pack),
            credentials: Arc::new(credentials),
            seed: Arc::new(seed.settled()),
            scenarios: Vec::new(),
            limits: Arc::default(),
            every: Arc::new(every),
            secrets: Arc::new(secrets),
            drafts,
        }
    }

    /// What a session starts from.
    pub fn start(&self) -> Start {
        Start { store: Arc::clone(&self.seed), limits: Arc::clone(&self.limits), scenarios: self.scenarios.clone() }
    }

    /// What the session of a request's caller is called, where each has their own: by the caller's name, or by the place of the
    /// credential where that is no name for a session.
    pub(super) fn caller_name<'a>(&'a self, request: &Request) -> Option<Cow<'a, str>> {
        let caller = self.credentials.identify(&self.pack.auth, request).ok()??;
        let name = caller.name().filter(|name| Sessions::is_name(name)).map(Cow::Borrowed);
        Some(name.unwrap_or_else(|| format!("caller-{}", caller.index + 1).into()))
    }

    /// The same as the only provider of a server.
    #[must_use]
    pub fn alone(&self) -> Provider {
        Provider { index: 0, ..self.clone() }
    }

    /// A JSON reply in the provider's usual media type.
    pub(super) fn json(&self, status: StatusCode, body: &Value) -> Reply {
        let mut reply = Reply::new(status);
        reply.headers.insert(http::header::CONTENT_TYPE, self.pack.conventions.content_type.clone());
        reply.body = json(body);
        reply
    }

    /// The operation's behaviour; none where the document's example answers.
    pub fn binding(&self, operation: &Operation) -> Option<&Binding> {
        self.pack.bindings.get(operation.index)?.as_ref()
    }

    /// The places in an operation's body where records stand, each with what may stand there.
    pub(super) fn drafts<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = (&'a str, &'a Writable)> {
        let places = self.drafts.get(operation.index).map(Vec::as_slice).unwrap_or_default();
        places.iter().map(move |(place, writable)| {
            (place.as_str(), writable.get_or_init(|| self.contract.writable(operation, place)))
        })
    }

    /// Whether a caller of an operation may write a field: the document names it and does not mark it read-only.
    pub(super) fn may_write(&self, operation: &Operation, field: &str) -> bool {
        let mut known = self.drafts(operation).peekable();
        known.peek().is_none() || known.any(|(_, writable)| permits(writable, field))
    }
}

fn permits(writable: &Writable, field: &str) -> bool {
    match writable {
        Writable::Any => true,
        Writable::Only(properties) => properties.iter().any(|property| property.name == field && !property.read_only),
    }
}

fn draft_places(binding: &Binding) -> Vec<String> {
    let place = |input: &Input, within: &str| match input {
        Input::Body(path) => Some(path.iter().map(|part| format!("/{part}")).collect::<String>() + within),
        _ => None,
    };
    match &binding.act {
        Act::Create | Act::Update | Act::Replace | Act::Upsert(_) => place(&binding.draft, "").into_iter().collect(),
        Act::Each(each) => {
            let places = each.over.iter().filter_map(|over| match over {
                Over::Values { draft, .. } => place(draft.as_ref()?, ""),
                Over::Items { items, .. } => place(items, "/0"),
            });
            places.collect()
        }
        Act::List | Act::Show | Act::Delete | Act::Count | Act::Import(_) | Act::Search(_) | Act::Example => Vec::new(),
    }
}
