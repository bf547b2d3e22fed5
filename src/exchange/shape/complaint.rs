//! Counterpart's own voice: problem documents (RFC 9457) with an `x-counterpart` header, never mistaken for the provider's.

use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::contract::{Kind, Part, Violation};
use crate::exchange::Validation;
use crate::message::Reply;
use crate::refusal::{Kind as Refused, Refusal};
use crate::source::{choices, unescape};

/// The header by which every complaint of counterpart is known.
pub(super) const OWN: HeaderName = HeaderName::from_static("x-counterpart");
/// The header that lists what was noted and let through.
pub(in crate::exchange) const NOTED: HeaderName = HeaderName::from_static("x-counterpart-violations");
/// The header that lists what is wrong with the reply itself.
pub(in crate::exchange) const BREACHED: HeaderName = HeaderName::from_static("x-counterpart-breaches");
/// The longest list that goes into a header.
pub(in crate::exchange) const LONGEST_NOTE: usize = 2000;

/// A complaint about a request of which nothing was let through.
pub(crate) fn complaint(detail: &str, violations: &[Violation]) -> Reply {
    let status = match violations.first().map(|violation| &violation.kind) {
        Some(Kind::Syntax) => StatusCode::BAD_REQUEST,
        Some(Kind::MediaType) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    document(status, "request", "The request breaks the contract", detail, violations)
}

/// A complaint about a word in `x-counterpart-validate`.
pub(in crate::exchange) fn strange_validation(word: &str) -> Reply {
    let known = Validation::WORDS.map(|(word, _)| word);
    let detail = format!("`x-counterpart-validate` says `{word}`; {}", choices(word, known, "it may say"));
    document(StatusCode::BAD_REQUEST, "request", "No such validation", &detail, &[])
}

/// A complaint about counterpart itself: a reply that it was about to send breaks the document.
pub(crate) fn breach(detail: &str, violations: &[Violation]) -> Reply {
    document(StatusCode::INTERNAL_SERVER_ERROR, "breach", "The reply breaks the contract", detail, violations)
}

/// A refusal that the provider has no words for.
pub(in crate::exchange) fn wordless(refusal: &Refusal, violations: &[Violation]) -> Reply {
    let status = match refusal.kind {
        Refused::Unauthenticated | Refused::Anonymous | Refused::WrongPassword | Refused::InvalidToken => {
            StatusCode::UNAUTHORIZED
        }
        Refused::Forbidden | Refused::Hidden => StatusCode::FORBIDDEN,
        Refused::NotFound | Refused::NoEndpoint => StatusCode::NOT_FOUND,
        Refused::Malformed | Refused::InvalidAttribute | Refused::InvalidQuery => StatusCode::BAD_REQUEST,
        Refused::UnknownValue | Refused::TooManyValues | Refused::PageDepth | Refused::PageParameter => {
            StatusCode::BAD_REQUEST
        }
        Refused::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Refused::Conflict | Refused::Referenced => StatusCode::CONFLICT,
        Refused::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Refused::RateLimited | Refused::TooManyJobs => StatusCode::TOO_MANY_REQUESTS,
        Refused::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Refused::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let flaws = refusal.problems.iter().map(|problem| format!("{} is {}", problem.field, problem.kind.word()));
    let word = refusal.kind.word();
    let wayout = format!("a pack words this under `errors`, as `{word}`");
    let detail: Vec<String> = std::iter::once(word.replace('_', " ")).chain(flaws).chain([wayout]).collect();
    document(status, "refusal", "The call is refused", &detail.join("; "), violations)
}

/// A problem document.
pub(in crate::exchange) fn document(
    status: StatusCode,
    kind: &'static str,
    title: &str,
    detail: &str,
    violations: &[Violation],
) -> Reply {
    let mut problem = json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    if !violations.is_empty() {
        problem["validation"] = violations.iter().map(entry).collect();
    }
    Reply::json(status, "application/problem+json", &problem).with(OWN, HeaderValue::from_static(kind))
}

fn entry(violation: &Violation) -> Value {
    let mut location = vec![Value::from(violation.part.word())];
    match violation.part {
        Part::Body => location.extend(violation.at.split('/').skip(1).map(unescape).map(Value::from)),
        _ => location.push(violation.at.as_str().into()),
    }
    json!({
        "location": location,
        "severity": "error",
        "code": violation.kind.word(),
        "message": violation.message,
        "document": violation.place.to_string(),
    })
}

/// Violations as the value of a header.
pub(in crate::exchange) fn noted(violations: &[Violation]) -> Option<HeaderValue> {
    let all: Vec<String> = violations.iter().map(ToString::to_string).collect();
    let visible = |character: char| if character == ' ' || character.is_ascii_graphic() { character } else { '?' };
    let text: String = all.join("; ").chars().map(visible).take(LONGEST_NOTE).collect();
    (!text.is_empty()).then(|| HeaderValue::from_str(&text).ok()).flatten()
}
