//! Who is calling. Secrets are compared with the credentials of the provider's fixtures; a credential that was recognised once
//! is recognised by its header alone.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use serde_json::{Map, Value};

use crate::message::Request;
use crate::pack::{Auth, Scheme, Secret};
use crate::refusal::{Kind, Refusal};
use crate::store::{Id, Record};

/// Someone who was let in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller<'a> {
    /// Which credential, by its place in the fixtures.
    pub(super) index: usize,
    /// The credential.
    pub(super) credential: &'a Record,
    /// The record behind it, or of the one that it acts for.
    pub(super) user: Option<&'a Record>,
    /// The role of the one that it acts for.
    pub(super) acts_as: Option<&'a str>,
}

impl<'a> Caller<'a> {
    /// What is known of the caller under a name: by the record behind the credential, else by the credential.
    pub(super) fn fact(&self, field: &str) -> Option<Value> {
        self.user.and_then(|user| user.get(field)).or_else(|| self.credential.get(field)).cloned()
    }

    /// The id of the record behind the credential.
    pub(super) fn user_id(&self) -> Option<Id> {
        self.user.and_then(|user| user.get("id")).and_then(Id::of)
    }

    /// What a scenario may call the caller by.
    pub(super) fn name(&self) -> Option<&'a str> {
        let names = ["email", "login", "name"].iter();
        names.filter_map(|field| self.credential.get(field)).find_map(Value::as_str)
    }

    /// The caller's role; empty where credentials have none.
    pub(super) fn role(&self) -> &str {
        if let Some(role) = self.acts_as {
            return role;
        }
        self.credential.get("role").and_then(Value::as_str).unwrap_or_default()
    }
}

/// The credentials of a provider.
#[derive(Debug, Default)]
pub struct Credentials {
    list: Vec<Record>,
    /// `Authorization` values as clients write them, and whose they are.
    known: BTreeMap<String, usize>,
}

impl Credentials {
    /// Credentials from fixtures.
    pub fn new(list: Vec<Record>, auth: &Auth) -> Credentials {
        let mut known = BTreeMap::new();
        for scheme in &auth.accept {
            for (index, credential) in list.iter().enumerate() {
                if let Some(value) = expected(scheme, credential) {
                    known.entry(value).or_insert(index);
                }
            }
        }
        Credentials { list, known }
    }

    /// All of them, for the lines that `serve` prints.
    pub fn list(&self) -> &[Record] {
        &self.list
    }

    /// The caller with a credential, by its place.
    pub(super) fn caller(&self, index: usize) -> Option<Caller<'_>> {
        self.list.get(index).map(|credential| Caller { index, credential, user: None, acts_as: None })
    }

    /// Who sends a request.
    pub(super) fn identify(&self, auth: &Auth, request: &Request) -> Result<Option<Caller<'_>>, Refusal> {
        if auth.accept.is_empty() {
            return Ok(None);
        }
        if let Some(index) = request.field(&AUTHORIZATION).and_then(|value| self.known.get(value)) {
            return Ok(self.caller(*index));
        }
        let mut wrong = None;
        for scheme in &auth.accept {
            let Some(claim) = Claim::of(scheme, request) else { continue };
            match self.list.iter().position(|credential| claim.proves(scheme, credential)) {
                Some(index) => return Ok(self.caller(index)),
                None => wrong = wrong.or(Some(scheme.wrong)),
            }
        }
        let kind = wrong.or(auth.missing).unwrap_or(Kind::Unauthenticated);
        Err(Refusal::new(kind))
    }
}

/// What a request sends as proof under one scheme.
enum Claim {
    Basic { user: String, secret: String },
    Secret(String),
}

impl Claim {
    fn of(scheme: &Scheme, request: &Request) -> Option<Claim> {
        match &scheme.secret {
            Secret::Basic(template) => {
                let (user, secret) = basic(request.field(&AUTHORIZATION)?)?;
                // Of two ways that differ in the user name, `{email}/token` and `{email}`, only the second is meant by `a@b.c`.
                let meant = user.ends_with(&template.text(&Map::new()));
                meant.then_some(Claim::Basic { user, secret })
            }
            Secret::Word { word, prefix } => {
                let (sent, rest) = request.field(&AUTHORIZATION)?.split_once(' ')?;
                let same = sent.eq_ignore_ascii_case(word);
                let secret = rest.trim().strip_prefix(prefix.as_str())?;
                same.then(|| Claim::Secret(secret.trim_matches('"').to_owned()))
            }
            Secret::Query(name) => request.query().first(name).map(|secret| Claim::Secret(secret.to_owned())),
            Secret::Header(name) => request.header(name).map(|secret| Claim::Secret(secret.to_owned())),
        }
    }

    fn proves(&self, scheme: &Scheme, credential: &Record) -> bool {
        let proof = credential.get(&scheme.field).and_then(Value::as_str).filter(|proof| !proof.is_empty());
        match (self, &scheme.secret) {
            (Claim::Basic { user, secret }, Secret::Basic(template)) => {
                Some(secret.as_str()) == proof && template.text(credential).eq_ignore_ascii_case(user)
            }
            (Claim::Secret(secret), _) => Some(secret.as_str()) == proof,
            (Claim::Basic { .. }, _) => false,
        }
    }
}

/// User name and password of a Basic credential (RFC 7617 section 2).
fn basic(header: &str) -> Option<(String, String)> {
    let (word, encoded) = header.split_once(' ')?;
    if !word.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = STANDARD.decode(encoded.trim()).unwrap_or_default();
    let text = String::from_utf8_lossy(&decoded).into_owned();
    let (user, secret) = text.split_once(':').unwrap_or((&text, ""));
    Some((user.to_owned(), secret.to_owned()))
}

/// The `Authorization` value with which a credential is usually sent.
fn expected(scheme: &Scheme, credential: &Record) -> Option<String> {
    let proof = credential.get(&scheme.field).and_then(Value::as_str).filter(|proof| !proof.is_empty())?;
    match &scheme.secret {
        Secret::Basic(user) => Some(format!("Basic {}", STANDARD.encode(format!("{}:{proof}", user.text(credential))))),
        Secret::Word { word, prefix } => Some(format!("{word} {prefix}{proof}")),
        Secret::Query(_) | Secret::Header(_) => None,
    }
}
