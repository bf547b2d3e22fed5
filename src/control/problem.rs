//! Why the control API cannot do as it was told: a problem document (RFC 9457).

use http::header::ALLOW;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use crate::message::Reply;
use crate::refusal;
use crate::session::Refused;
use crate::source::Finding;

/// What is wrong, said so that it can be mended.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
    /// What is wrong in particular: a name for the list, and its items.
    particulars: Option<(&'static str, Vec<Value>)>,
    /// The methods that the path has (RFC 9110 section 15.5.6).
    allow: Option<Box<HeaderValue>>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Problem {
        Problem { status, title, detail: detail.into(), particulars: None, allow: None }
    }

    /// There is nothing of this name.
    pub(super) fn missing(title: &'static str, detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, title, detail)
    }

    /// The path has other methods than this.
    pub(super) fn wrong_method(methods: &[Method]) -> Problem {
        // HEAD is GET without the body (RFC 9110 section 9.3.2).
        let implied = methods.contains(&Method::GET).then_some(Method::HEAD);
        let names: Vec<&str> = methods.iter().chain(&implied).map(Method::as_str).collect();
        let names = names.join(", ");
        let detail = format!("this path has {names}");
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "No such method here", detail);
        Problem { allow: HeaderValue::from_str(&names).ok().map(Box::new), ..problem }
    }

    /// A text that was sent cannot be used.
    pub(super) fn unreadable(title: &'static str, findings: &[Finding]) -> Problem {
        let finding = |finding: &Finding| {
            let place = &finding.place;
            json!({
                "file": place.file(), "line": place.line(), "pointer": place.pointer(), "rule": finding.rule,
                "what": finding.what, "help": finding.help,
            })
        };
        let detail = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let particulars = Some(("findings", findings.iter().map(finding).collect()));
        Problem { particulars, ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, title, detail) }
    }

    /// The same, with more to say.
    pub(super) fn and(self, more: &str) -> Problem {
        Problem { detail: format!("{}; {more}", self.detail), ..self }
    }

    /// What all of them say, under the status and the title of the first; none where there are none.
    pub(super) fn of_all(problems: Vec<Problem>) -> Option<Problem> {
        problems.into_iter().reduce(|mut all, problem| {
            all.detail = format!("{}\n{}", all.detail, problem.detail);
            all.particulars = match (all.particulars, problem.particulars) {
                (Some((name, mut items)), Some((_, more))) => {
                    items.extend(more);
                    Some((name, items))
                }
                (one, other) => one.or(other),
            };
            all
        })
    }

    pub(super) fn into_reply(self) -> Reply {
        let mut body = json!({
            "type": "about:blank", "title": self.title, "status": self.status.as_u16(), "detail": self.detail,
        });
        if let Some((name, items)) = self.particulars {
            body[name] = items.into();
        }
        let mut reply = Reply::json(self.status, "application/problem+json", &body)
            .with(HeaderName::from_static("x-counterpart"), HeaderValue::from_static("control"));
        reply.headers.extend(self.allow.map(|methods| (ALLOW, *methods)));
        reply
    }
}

/// The rules of a table forbid a record.
impl From<Vec<refusal::Problem>> for Problem {
    fn from(problems: Vec<refusal::Problem>) -> Problem {
        let problem = |problem: &refusal::Problem| json!({ "field": problem.field, "problem": problem.kind.word(), "value": problem.value });
        let particulars = Some(("problems", problems.iter().map(problem).collect()));
        let detail = "the rules of its collection forbid it; `rules=off` changes a record all the same";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Problem { particulars, ..Problem::new(status, "The record breaks a rule", detail) }
    }
}

/// A session that cannot be had, in the words in which exchanges say it.
impl From<(&str, Refused)> for Problem {
    fn from((name, refused): (&str, Refused)) -> Problem {
        let (status, title, detail) = crate::exchange::refused(name, refused);
        Problem::new(status, title, detail)
    }
}
