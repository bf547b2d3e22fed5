//! Who is let in: in which forms credentials may come, and which field of a credential proves each.

use super::template::Template;
use super::{Input, Known, strings};
use crate::refusal::Kind;
use crate::source::{Findings, Node};
use crate::store::TableIndex;

/// How callers are told apart.
#[derive(Debug, Default)]
pub struct Auth {
    /// The forms that are accepted, in the order in which they are tried.
    pub accept: Vec<Scheme>,
    /// The refusal where nothing was sent.
    pub missing: Option<Kind>,
    /// The record behind a credential.
    pub user: Option<User>,
    /// How a caller acts for another.
    pub behalf: Option<Behalf>,
}

/// The record behind a credential: what `caller.FIELD` reads first, and who stands in stamps.
#[derive(Debug)]
pub struct User {
    /// Its table.
    pub table: TableIndex,
    /// The credential's field with its id.
    pub by: String,
    /// What its role is, for those who have no credential of their own.
    pub role: Option<Roles>,
}

/// A role that stands in a field of a record.
#[derive(Debug)]
pub struct Roles {
    /// The field: one value, or a list.
    pub field: String,
    /// The values that stand for roles; the first that is there counts. None where the value is the role.
    pub values: Vec<(String, serde_json::Value)>,
}

/// How a caller acts for another user.
#[derive(Debug)]
pub struct Behalf {
    /// Where the other one is named; the first that is given counts.
    pub named: Vec<Input>,
    /// The fields by which, in this order.
    pub by: Vec<String>,
    /// The roles that may.
    pub roles: Vec<String>,
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
    pub(super) fn read(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Auth> {
        let mut fields = node.fields(findings)?;
        let user = fields.optional("user", findings, |node, findings| User::read(node, known, findings));
        let behalf = fields.optional("behalf", findings, |node, findings| Behalf::read(node, known, findings));
        let accept = fields.list("accept", findings).iter().filter_map(|node| Scheme::read(node, findings)).collect();
        let missing = fields.optional("missing", findings, kind);
        fields.finish(findings);
        Some(Auth { accept, missing, user, behalf })
    }
}

impl User {
    fn read(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<User> {
        let mut fields = node.fields(findings)?;
        let table = fields.required("in", findings, |node, findings| known.table(node, findings));
        let by = fields.required("by", findings, Node::string);
        let role = fields.optional("role", findings, |node, findings| Roles::read(node, known, findings));
        fields.finish(findings);
        Some(User { table: table?, by: by?, role })
    }
}

impl Roles {
    fn read(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Roles> {
        let mut fields = node.fields(findings)?;
        let field = fields.required("field", findings, Node::string);
        let mut values = Vec::new();
        for (role, value) in fields.take("is").and_then(|node| node.entries(findings)).unwrap_or_default() {
            known.role(role, &value, findings);
            values.push((role.to_owned(), value.value().clone()));
        }
        fields.finish(findings);
        Some(Roles { field: field?, values })
    }
}

impl Behalf {
    fn read(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Behalf> {
        let mut fields = node.fields(findings)?;
        let named = fields.list("named", findings).iter().filter_map(|node| node.parsed(findings)).collect();
        let by = fields.required("by", findings, strings);
        let roles = fields.required("allow", findings, |node, findings| known.roles(node, findings));
        fields.finish(findings);
        Some(Behalf { named, by: by?, roles: roles? })
    }
}

impl Scheme {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Scheme> {
        let mut fields = node.fields(findings)?;
        let is_told = ["basic", "word", "query", "header"].iter().any(|form| fields.has(form));
        let basic = fields.optional("basic", findings, Node::string).map(|user| Secret::Basic(Template::of(&user)));
        let word = fields.optional("word", findings, Node::string);
        let prefix = fields.optional("prefix", findings, Node::string).unwrap_or_default();
        let query = fields.optional("query", findings, Node::string).map(Secret::Query);
        let header = fields.optional("header", findings, Node::string).map(Secret::Header);
        let field = fields.required("secret", findings, Node::string);
        let wrong = fields.required("wrong", findings, kind);
        let secret = basic.or(word.map(|word| Secret::Word { word, prefix })).or(query).or(header);
        if !is_told {
            findings.push(node.error("missing-key", "one of `basic`, `word`, `query` or `header` is needed here"));
        }
        fields.finish(findings);
        Some(Scheme { secret: secret?, field: field?, wrong: wrong? })
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
    pub(super) fn read(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Allow> {
        if !node.value().is_object() {
            return Some(Allow { roles: Some(known.roles(node, findings)?), only: Vec::new() });
        }
        let mut allow = Allow { roles: Some(Vec::new()), only: Vec::new() };
        for (role, node) in node.entries(findings)? {
            let roles = allow.roles.get_or_insert_default();
            roles.push(role.to_owned());
            known.role(role, &node, findings);
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
