//! Who is let in: in which forms credentials may come, and which field of a credential proves each.

use super::strings;
use super::template::Template;
use crate::refusal::Kind;
use crate::source::{Findings, Node};

/// How callers are told apart.
#[derive(Debug, Default)]
pub struct Auth {
    /// The forms that are accepted, in the order in which they are tried.
    pub accept: Vec<Scheme>,
    /// The refusal where nothing was sent.
    pub missing: Option<Kind>,
}

/// One form in which credentials may come.
#[derive(Debug)]
pub struct Scheme {
    /// Where the secret is sent, and how.
    pub secret: Secret,
    /// The field of the credential that proves it.
    pub field: String,
    /// The refusal where it is wrong.
    pub wrong: Kind,
}

/// Where a secret is sent.
#[derive(Debug)]
pub enum Secret {
    /// `Authorization: Basic` (RFC 7617); the user name is this template over the credential.
    Basic(Template),
    /// `Authorization: WORD secret`, such as `Bearer` (RFC 6750); with a prefix before the secret, such as `token=`.
    Word {
        /// The word.
        word: String,
        /// What may stand before the secret.
        prefix: String,
    },
    /// A query parameter.
    Query(String),
    /// A header of its own.
    Header(String),
}

impl Auth {
    pub(super) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Auth> {
        let mut fields = node.fields(findings)?;
        let accept = fields.list("accept", findings).iter().filter_map(|node| Scheme::read(node, findings)).collect();
        let missing = fields.optional("missing", findings, kind);
        fields.finish(findings);
        Some(Auth { accept, missing })
    }
}

impl Scheme {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Scheme> {
        let mut fields = node.fields(findings)?;
        let basic = fields.optional("basic", findings, Node::string).map(|user| Secret::Basic(Template::of(&user)));
        let word = fields.optional("word", findings, Node::string);
        let prefix = fields.optional("prefix", findings, Node::string).unwrap_or_default();
        let query = fields.optional("query", findings, Node::string).map(Secret::Query);
        let header = fields.optional("header", findings, Node::string).map(Secret::Header);
        let field = fields.required("secret", findings, Node::string)?;
        let wrong = fields.required("wrong", findings, kind)?;
        let secret = basic.or(word.map(|word| Secret::Word { word, prefix })).or(query).or(header);
        if secret.is_none() {
            findings.push(node.error("missing-key", "one of `basic`, `word`, `query` or `header` is needed here"));
        }
        fields.finish(findings);
        Some(Scheme { secret: secret?, field, wrong })
    }
}

/// A kind of refusal, by its word.
pub(super) fn kind(node: &Node<'_>, findings: &mut Findings) -> Option<Kind> {
    let words: Vec<(&str, Kind)> = Kind::ALL.iter().map(|kind| (kind.word(), *kind)).collect();
    node.word(&words, findings)
}

/// What the roles of callers are checked against: which may call, and which fields each may write.
#[derive(Debug, Default, Clone)]
pub struct Allow {
    /// The roles that may; everyone where there is no list.
    pub roles: Option<Vec<String>>,
    /// The fields that a role may write, where not all.
    pub only: Vec<(String, Vec<String>)>,
}

impl Allow {
    pub(super) fn read(node: &Node<'_>, known: &super::Known<'_>, findings: &mut Findings) -> Option<Allow> {
        if !node.value().is_object() {
            return Some(Allow { roles: Some(known.roles(node, findings)?), only: Vec::new() });
        }
        let mut allow = Allow { roles: Some(Vec::new()), only: Vec::new() };
        for (role, node) in node.entries(findings)? {
            let roles = allow.roles.get_or_insert_default();
            roles.push(role.to_owned());
            if !known.roles.iter().any(|known| known == role) {
                let finding = node.error("unknown-role", format!("there is no role `{role}` in this pack"));
                findings.push(finding.help(super::meant(role, known.roles.iter().map(String::as_str))));
            }
            if node.value() != "all" {
                allow.only.push((role.to_owned(), strings(&node, findings)?));
            }
        }
        Some(allow)
    }

    /// Whether a role may call.
    pub fn admits(&self, role: &str) -> bool {
        self.roles.as_ref().is_none_or(|roles| roles.iter().any(|known| known == role))
    }

    /// The fields that a role may write; none where it may write all.
    pub fn only(&self, role: &str) -> Option<&[String]> {
        self.only.iter().find(|(known, _)| known == role).map(|(_, fields)| fields.as_slice())
    }
}
