//! What a client wants of a made-up reply: the `Prefer` header (RFC 7240), or parameters of the query.

use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode};

use crate::message::Request;
use crate::source::duration;

/// The query parameters that say the same as the header.
pub(super) const QUERY: [&str; 4] = ["__code", "__example", "__dynamic", "__delay"];

/// The longest time that a client may have its reply held back.
const LONGEST: Duration = Duration::from_secs(60);

/// The header that says which preferences were honoured.
pub(super) const APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// What a client prefers. What cannot be understood is as if it were not there, as RFC 7240 section 2 has it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Preferences {
    /// The status of the reply.
    pub(super) code: Option<StatusCode>,
    /// The name of its example.
    pub(super) example: Option<String>,
    /// Whether values are made anew for each request.
    pub(super) dynamic: Option<bool>,
    /// How long the reply is held back, a minute at the most.
    pub(super) delay: Option<Duration>,
}

impl Preferences {
    /// The preferences of a request; the header wins over the query.
    pub(super) fn of(request: &Request) -> Preferences {
        let query = request.query();
        let lines = request.headers.get_all("prefer").into_iter().filter_map(|line| line.to_str().ok());
        let stated: Vec<(String, String)> = lines.flat_map(preferences).collect();
        let find = |name: &str| {
            // The first one counts.
            let in_header = stated.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
            in_header.cloned().or_else(|| query.first(&format!("__{name}")).map(str::to_owned))
        };
        Preferences {
            code: find("code").and_then(|code| StatusCode::from_bytes(code.as_bytes()).ok()),
            example: find("example").filter(|name| !name.is_empty()),
            dynamic: find("dynamic").and_then(|word| word.parse().ok()),
            delay: find("delay").and_then(|text| length(&text)).filter(|delay| *delay <= LONGEST),
        }
    }

    /// What was honoured, as a header.
    pub(super) fn applied(&self) -> Option<HeaderValue> {
        let code = self.code.map(|code| format!("code={}", code.as_str()));
        let example = self.example.as_ref().map(|name| format!("example=\"{name}\""));
        let dynamic = self.dynamic.map(|dynamic| format!("dynamic={dynamic}"));
        let delay = self.delay.map(|delay| format!("delay={}", delay.as_millis()));
        let all: Vec<String> = [code, example, dynamic, delay].into_iter().flatten().collect();
        if all.is_empty() { None } else { HeaderValue::from_str(&all.join(", ")).ok() }
    }
}

/// A length of time: milliseconds, or a number with a unit such as `2s`.
fn length(text: &str) -> Option<Duration> {
    text.parse().map(Duration::from_millis).ok().or_else(|| duration(text))
}

/// The preferences of one line, without their parameters.
fn preferences(line: &str) -> Vec<(String, String)> {
    let first = |part: &str| cut(part, ';').into_iter().next().unwrap_or_default();
    let pair = |text: String| {
        let (name, value) = text.split_once('=').unwrap_or((&text, ""));
        (name.trim().to_owned(), unquoted(value.trim()))
    };
    cut(line, ',').iter().map(|part| pair(first(part))).collect()
}

/// The parts of a text between separators that stand in no quotes.
fn cut(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for letter in text.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if letter == separator && !quoted => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().expect("there is always one").push(letter);
    }
    parts
}

fn unquoted(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { return text.to_owned() };
    let mut out = String::new();
    let mut escaped = false;
    for letter in inner.chars() {
        if letter == '\\' && !escaped {
            escaped = true;
        } else {
            out.push(letter);
            escaped = false;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;

    fn check(lines: &[&str], query: &str, expected: (Option<u16>, Option<&str>, Option<bool>)) {
        let mut request = Request::new(Method::GET, format!("/pets?{query}"));
        for line in lines {
            request.headers.append("prefer", HeaderValue::from_str(line).expect("a header value"));
        }
        let found = Preferences::of(&request);
        let code = found.code.map(|code| code.as_u16());
        assert_eq!((code, found.example.as_deref(), found.dynamic), expected, "{lines:?} {query}");
    }

    #[test]
    fn preferences_are_read_from_the_header_and_from_the_query() {
        check(&[], "", (None, None, None));
        check(&["code=404"], "", (Some(404), None, None));
        check(&["Code = 404 ; x=1, EXAMPLE=\"a, \\\"b\\\"; c\""], "", (Some(404), Some("a, \"b\"; c"), None));
        check(&["code=404", "code=500, dynamic=true"], "", (Some(404), None, Some(true)));
        check(&["respond-async, wait=10, dynamic=false"], "", (None, None, Some(false)));
        check(&["code=abc, dynamic=yes, example="], "", (None, None, None));
        check(&["code=404"], "__code=500&__example=cat&__dynamic=true", (Some(404), Some("cat"), Some(true)));
        check(&["\"", "code=\"404\""], "", (Some(404), None, None));
    }

    #[test]
    fn a_delay_is_milliseconds_or_has_a_unit_and_is_bounded() {
        let check = |text: &str, expected: Option<u64>| {
            let request = Request::new(Method::GET, format!("/pets?__delay={text}"));
            assert_eq!(Preferences::of(&request).delay, expected.map(Duration::from_millis), "{text}");
        };
        check("250", Some(250));
        check("250ms", Some(250));
        check("1.5s", Some(1500));
        check("1m", Some(60_000));
        check("61s", None);
        check("99999999999999999999", None);
        check("-1", None);
        check("soon", None);
    }
}
