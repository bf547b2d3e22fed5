//! What callers must show. Whether it is there is checked, not whether it is true: the document knows no secrets.

use std::sync::Arc;

use http::header::{AUTHORIZATION, COOKIE};

use super::Contract;
use super::document::Site;
use super::operation::Operation;
use super::violation::{Kind, Part, Violation};
use crate::message::Request;

/// What an operation asks callers for.
#[derive(Debug, Default)]
pub(super) struct Security {
    /// One of these will do; none of them where the operation is open to all. An empty one lets everyone in.
    pub(super) alternatives: Vec<Vec<Arc<Scheme>>>,
}

/// One way of showing who calls.
#[derive(Debug)]
pub(super) struct Scheme {
    /// What the document calls it.
    pub(super) name: String,
    pub(super) proof: Proof,
    pub(super) site: Site,
}

/// Where a credential is, and how it begins.
#[derive(Debug)]
pub(super) enum Proof {
    Header(String),
    Query(String),
    Cookie(String),
    /// `Authorization` with this word first.
    Authorization(String),
    /// Something that no request shows, such as a certificate of the connection, or a scheme that is not known.
    Unseen,
}

/// A caller who did not show what an operation asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Unproven {
    /// What is missing.
    pub violations: Vec<Violation>,
    /// How one may try again, as `WWW-Authenticate` has it (RFC 9110 section 11.6.1).
    pub challenges: Vec<String>,
}

impl Contract {
    /// What a request does not show of the credentials that the operation's security requirements ask for; none where it
    /// shows enough. Only presence counts.
    pub fn unproven(&self, operation: &Operation, request: &Request) -> Option<Unproven> {
        let security = &self.parts(operation)?.security;
        let missing = |schemes: &Vec<Arc<Scheme>>| -> Vec<Arc<Scheme>> {
            schemes.iter().filter(|scheme| !scheme.proof.is_in(request)).cloned().collect()
        };
        let all: Vec<Vec<Arc<Scheme>>> = security.alternatives.iter().map(missing).collect();
        // What comes nearest is what the caller most likely meant.
        let (nth, nearest) = all.iter().enumerate().min_by_key(|(_, missing)| missing.len())?;
        if nearest.is_empty() {
            return None;
        }
        let note = match all.len() {
            1 => String::new(),
            all => format!("; alternative {} of {all} comes nearest", nth + 1),
        };
        let violations = nearest.iter().map(|scheme| self.absent(scheme, &note)).collect();
        let mut challenges: Vec<String> = Vec::new();
        for challenge in security.alternatives.iter().flatten().filter_map(|scheme| scheme.proof.challenge()) {
            if !challenges.contains(&challenge) {
                challenges.push(challenge);
            }
        }
        Some(Unproven { violations, challenges })
    }

    /// Where callers of any operation put credentials other than `Authorization`: the part of the request, and the name there.
    pub fn credentials(&self) -> impl Iterator<Item = (Part, &str)> {
        let schemes = self.frame.parts.iter().flat_map(|parts| parts.security.alternatives.iter().flatten());
        schemes.filter_map(|scheme| match &scheme.proof {
            Proof::Header(name) => Some((Part::Header, name.as_str())),
            Proof::Query(name) => Some((Part::Query, name.as_str())),
            Proof::Cookie(_) | Proof::Authorization(_) | Proof::Unseen => None,
        })
    }

    fn absent(&self, scheme: &Scheme, note: &str) -> Violation {
        let (part, at, what) = match &scheme.proof {
            Proof::Header(name) => (Part::Header, name.as_str(), format!("the header `{name}`")),
            Proof::Query(name) => (Part::Query, name.as_str(), format!("the query parameter `{name}`")),
            Proof::Cookie(name) => (Part::Cookie, name.as_str(), format!("the cookie `{name}`")),
            Proof::Authorization(word) => (Part::Header, "authorization", format!("`Authorization: {word} ...`")),
            Proof::Unseen => (Part::Header, "", "a credential".to_owned()),
        };
        let message = format!("{what} is missing, which the security scheme `{}` asks for{note}", scheme.name);
        let place = self.document.place(&scheme.site);
        Violation { part, at: at.to_owned(), kind: Kind::Required, message, place }
    }
}

impl Proof {
    fn is_in(&self, request: &Request) -> bool {
        match self {
            Proof::Header(name) => request.header(name).is_some_and(|value| !value.trim().is_empty()),
            Proof::Query(name) => request.query().first(name).is_some_and(|value| !value.is_empty()),
            Proof::Cookie(name) => {
                let lines = request.headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
                let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
                pairs.any(|(key, value)| key == name && !value.is_empty())
            }
            Proof::Authorization(word) => {
                let sent = request.field(&AUTHORIZATION).and_then(|value| value.trim().split_once(' '));
                sent.is_some_and(|(sent, rest)| sent.eq_ignore_ascii_case(word) && !rest.trim().is_empty())
            }
            Proof::Unseen => true,
        }
    }

    /// How to ask for it. Keys have no registered word; the one that many services use says where the key belongs.
    fn challenge(&self) -> Option<String> {
        let key = |name: &str, part: &str| Some(format!("ApiKey name=\"{}\", in=\"{part}\"", name.replace('"', "")));
        match self {
            Proof::Header(name) => key(name, "header"),
            Proof::Query(name) => key(name, "query"),
            Proof::Cookie(name) => key(name, "cookie"),
            Proof::Authorization(word) => Some(format!("{word} realm=\"counterpart\"")),
            Proof::Unseen => None,
        }
    }
}
