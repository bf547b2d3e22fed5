//! What can go wrong: a refusal in the provider's words, another status, a changed reply, a broken connection.

use http::header::DATE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use json_patch::PatchOperation;
use serde_json::Value;

use super::change::Change;
use super::trigger::Trigger;
use super::{About, Known};
use crate::message::{Reply, Wire};
use crate::source::{Fields, Findings, Node, choices};

/// One fault.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// A refusal by its kind; the pack knows how the provider words it.
    Refuse(Refuse),
    /// Another status that the document knows.
    Status(Status),
    /// The reply as it would be, changed.
    Edit(Edit),
    /// Records that are changed once the call is done.
    Change(Vec<Change>),
    /// A fault on the connection.
    Wire(Wire),
}

/// A word of a list that the caller gave, with its place in that list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// The word.
    pub name: String,
    /// Its index in [`Known::kinds`], [`Known::problems`] or [`Known::resources`].
    pub index: usize,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq)]
pub struct Refuse {
    /// Its kind, of [`Known::kinds`].
    pub kind: Kind,
    /// What to say about trying again.
    pub retry_after: RetryAfter,
    /// The problems it lists, for a kind that lists some.
    pub problems: Vec<Problem>,
    /// Whether its status or its `Retry-After` is meant to break the contract.
    pub breaks_contract: bool,
    /// Which items of a bulk call it refuses; none where it refuses the whole call.
    pub(super) items: Option<Trigger>,
}

/// The `Retry-After` of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// As the provider does it.
    Default,
    /// None is sent, also where the provider would.
    Omit,
    /// So many seconds.
    Seconds(u64),
    /// So many seconds from now, as a date (RFC 9110 section 10.2.3).
    Date(u64),
}

/// One problem of a refusal.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The field it is about.
    pub field: String,
    /// Its kind, of [`Known::problems`].
    pub kind: Kind,
    /// The value that is quoted; none to quote what was sent.
    pub value: Option<Value>,
}

/// A reply with another status.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The status.
    pub status: StatusCode,
    /// Headers to set.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// Whether the reply is meant to break the contract.
    pub breaks_contract: bool,
}

/// The body of a reply with another status.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// What the document shows for this status.
    Documented,
    /// The document's example of this name.
    Example(String),
    /// This value; a text is sent as it stands.
    Own(Value),
}

/// A change of a reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Headers to set.
    pub set: HeaderMap,
    /// Headers to take away.
    pub remove: Vec<HeaderName>,
    /// Changes of the JSON body (RFC 6902).
    pub patch: Vec<PatchOperation>,
    /// Whether the reply is meant to break the contract.
    pub breaks_contract: bool,
}

impl Edit {
    /// Changes a reply. A reply that cannot be changed stays as it was.
    ///
    /// # Errors
    /// Why the patch does not fit the body.
    pub fn apply(&self, reply: &mut Reply) -> Result<(), String> {
        if !self.patch.is_empty() {
            let mut body: Value =
                serde_json::from_slice(&reply.body).map_err(|error| format!("the body is not JSON: {error}"))?;
            json_patch::patch(&mut body, &self.patch).map_err(|error| error.to_string())?;
            reply.body = body.to_string().into();
        }
        for name in &self.remove {
            reply.headers.remove(name);
        }
        for (name, value) in &self.set {
            reply.headers.insert(name.clone(), value.clone());
        }
        Ok(())
    }
}

impl Refuse {
    /// Whether it refuses the whole call, and not only items of it.
    pub fn is_of_call(&self) -> bool {
        self.items.is_none()
    }

    pub(super) fn read(fields: &mut Fields<'_>, about: About<'_>, findings: &mut Findings) -> Option<Refuse> {
        let world = about.world;
        let kind = fields.required("refuse", findings, |node, findings| read_kind(node, world.kinds, findings));
        let retry_after = fields.optional("retry_after", findings, read_retry_after).unwrap_or(RetryAfter::Default);
        let mut problems = Vec::new();
        for node in fields.list("problems", findings) {
            problems.extend(Problem::read(&node, world, findings));
        }
        let breaks_contract = fields.optional("breaks_contract", findings, Node::flag).unwrap_or_default();
        let items = fields.optional("items", findings, Trigger::read_items);
        let refuse = Refuse { kind: kind?, retry_after, problems, breaks_contract, items };
        check_contract(&Fault::Refuse(refuse.clone()), breaks_contract, fields.node(), about, findings);
        Some(refuse)
    }
}

impl Problem {
    fn read(node: &Node<'_>, world: &Known<'_>, findings: &mut Findings) -> Option<Problem> {
        let mut fields = node.fields(findings)?;
        let field = fields.required("field", findings, Node::string);
        let kind = fields.required("kind", findings, |node, findings| read_kind(node, world.problems, findings));
        let value = fields.take("value").map(|node| node.value().clone());
        fields.finish(findings);
        Some(Problem { field: field?, kind: kind?, value })
    }
}

impl Status {
    pub(super) fn read(fields: &mut Fields<'_>, about: About<'_>, findings: &mut Findings) -> Option<Status> {
        let breaks_contract = fields.optional("breaks_contract", findings, Node::flag).unwrap_or_default();
        let before = findings.len();
        let status = fields.required("status", findings, |node, findings| {
            let status = read_status(node, findings)?;
            if !breaks_contract {
                check_documented(status, node, about, findings);
            }
            Some(status)
        });
        let headers = fields.optional("headers", findings, read_headers).unwrap_or_default();
        let body = fields.take("body").map(|node| Body::Own(node.value().clone()));
        let example = fields.optional("example", findings, Node::string).map(Body::Example);
        if body.is_some() && example.is_some() {
            findings.push(fields.node().error("conflict", "a reply has either a `body` or an `example`"));
        }
        let body = body.or(example).unwrap_or(Body::Documented);
        let status = Status { status: status?, headers, body, breaks_contract };
        if findings.len() == before {
            check_contract(&Fault::Status(status.clone()), breaks_contract, fields.node(), about, findings);
        }
        Some(status)
    }
}

impl Edit {
    pub(super) fn read(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Edit> {
        let mut edit = Edit { set: HeaderMap::new(), remove: Vec::new(), patch: Vec::new(), breaks_contract: false };
        if let Some(mut headers) = fields.optional("headers", findings, Node::fields) {
            edit.set = headers.optional("set", findings, read_headers).unwrap_or_default();
            for node in headers.list("remove", findings) {
                let name = node.text(findings).and_then(|name| read_header_name(name, &node, findings));
                if name.as_ref() == Some(&DATE) {
                    let finding = node.error("header", "`date` stands on every reply and cannot be removed");
                    findings.push(finding.help("it can be `set` to anything"));
                }
                edit.remove.extend(name);
            }
            headers.finish(findings);
        }
        for node in fields.list("patch", findings) {
            edit.patch.extend(read_patch(&node, findings));
        }
        // Each copy may double the body.
        let copies = edit.patch.iter().filter(|change| matches!(change, PatchOperation::Copy(_))).count();
        if copies > 8 {
            findings.push(fields.node().error("patch", "a patch may copy at most eight times"));
        }
        edit.breaks_contract = fields.optional("breaks_contract", findings, Node::flag).unwrap_or_default();
        Some(edit)
    }
}

pub(super) fn read_kind(node: &Node<'_>, known: &[&str], findings: &mut Findings) -> Option<Kind> {
    let name = node.text(findings)?;
    let index = known.iter().position(|word| *word == name);
    if index.is_none() {
        let finding = node.error("unknown-kind", format!("there is no kind `{name}`"));
        findings.push(finding.help(choices(name, known.iter().copied(), "allowed")));
    }
    index.map(|index| Kind { name: name.to_owned(), index })
}

fn read_retry_after(node: &Node<'_>, findings: &mut Findings) -> Option<RetryAfter> {
    if node.value() == "omit" {
        return Some(RetryAfter::Omit);
    }
    let whole = |node: &Node<'_>| {
        let time = node.duration(&mut Findings::default()).filter(|time| time.subsec_nanos() == 0)?;
        Some(time.as_secs())
    };
    if node.value().is_object() {
        let mut fields = node.fields(findings)?;
        let seconds = fields.required("date", findings, |node, findings| {
            whole(node).or_else(|| node.mismatch("whole seconds such as `2s`", findings))
        });
        fields.finish(findings);
        return seconds.map(RetryAfter::Date);
    }
    let seconds =
        whole(node).or_else(|| node.mismatch("whole seconds such as `2s`, `omit`, or { date: 2s }", findings));
    seconds.map(RetryAfter::Seconds)
}

fn read_status(node: &Node<'_>, findings: &mut Findings) -> Option<StatusCode> {
    let number = node.value().as_u64().and_then(|number| u16::try_from(number).ok());
    match number.filter(|number| (200..600).contains(number)).and_then(|number| StatusCode::from_u16(number).ok()) {
        Some(status) => Some(status),
        None => node.mismatch("a status from 200 to 599", findings),
    }
}

/// Every operation that the rule is about must know the status, or its reply would break the contract by accident.
fn check_documented(status: StatusCode, node: &Node<'_>, about: About<'_>, findings: &mut Findings) {
    let lacking: Vec<_> = about.operations().filter(|operation| !(about.world.documents)(operation, status)).collect();
    let Some(first) = lacking.first() else { return };
    let others = match lacking.len() {
        1 => String::new(),
        count => format!(" (nor for {} others)", count - 1),
    };
    let what = format!("the document has no status {} for `{}`{others}", status.as_u16(), first.id);
    let documented: Vec<String> = first.statuses.iter().map(|status| format!("`{}`", status.as_u16())).collect();
    let help = "to break the contract on purpose, say `breaks_contract: true`";
    findings
        .push(node.error("undocumented-status", what).help(format!("documented: {}; {help}", documented.join(", "))));
}

/// Whether the 429 of a limit may have its `Retry-After` as a date.
pub(super) fn check_date(breaks_contract: bool, node: &Node<'_>, about: About<'_>, findings: &mut Findings) {
    const LIMITED: &str = "rate_limited";
    let Some(index) = about.world.kinds.iter().position(|kind| *kind == LIMITED) else { return };
    let kind = Kind { name: LIMITED.to_owned(), index };
    let refuse = Refuse { kind, retry_after: RetryAfter::Date(1), problems: Vec::new(), breaks_contract, items: None };
    check_contract(&Fault::Refuse(refuse), breaks_contract, node, about, findings);
}

/// What is known beforehand must keep to the contract for every operation that the rule is about.
fn check_contract(fault: &Fault, breaks_contract: bool, node: &Node<'_>, about: About<'_>, findings: &mut Findings) {
    let broken = |operation| (about.world.breaks)(operation, fault).map(|why| (operation, why));
    if breaks_contract {
        // An example must be there all the same, for one operation at least.
        let mut all = about.operations().map(broken);
        if let Some(Some((operation, why))) = all.next().filter(|_| all.all(|other| other.is_some())) {
            findings.push(node.error("unknown-example", format!("for `{}` {why}", operation.id)));
        }
        return;
    }
    let Some((operation, why)) = about.operations().find_map(broken) else { return };
    let finding = node.error("breaks-contract", format!("this breaks the contract of `{}`: {why}", operation.id));
    findings.push(finding.help("to break it on purpose, say `breaks_contract: true`"));
}

fn read_headers(node: &Node<'_>, findings: &mut Findings) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, node) in node.entries(findings)? {
        let name = read_header_name(name, &node, findings);
        let text = node.scalar(findings);
        let value = text.and_then(|text| match HeaderValue::from_str(&text) {
            Ok(value) => Some(value),
            Err(_) => node.mismatch("text without control characters", findings),
        });
        if let (Some(name), Some(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
    Some(headers)
}

fn read_header_name(name: &str, node: &Node<'_>, findings: &mut Findings) -> Option<HeaderName> {
    // These frame the message: the server writes them from what it really sends.
    const FRAMING: [&str; 3] = ["content-length", "transfer-encoding", "connection"];
    let what = match name.parse::<HeaderName>() {
        Ok(name) if !FRAMING.contains(&name.as_str()) => return Some(name),
        Ok(_) => format!("`{name}` is written by the server; use `wire` to break a connection"),
        Err(_) => format!("`{name}` cannot be the name of a header"),
    };
    findings.push(node.error("header", what));
    None
}

fn read_patch(node: &Node<'_>, findings: &mut Findings) -> Option<PatchOperation> {
    match serde_json::from_value(node.value().clone()) {
        Ok(change) => Some(change),
        Err(error) => {
            let finding = node.error("patch", format!("this is no operation of a JSON patch: {error}"));
            findings.push(finding.help("write it as in { op: replace, path: /name, value: Acme }"));
            None
        }
    }
}
