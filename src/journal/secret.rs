//! Credentials do not get into the journal: they are masked before anything is kept or written.

use std::borrow::Cow;

use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderName, HeaderValue};

use crate::contract::{Contract, Part};
use crate::message::decode;
use crate::pack::{Auth, Secret};

/// What stands for a secret.
const MASK: &str = "***";

/// Where a provider's callers put secrets, beside the places that HTTP itself has for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    headers: Vec<HeaderName>,
    queries: Vec<String>,
}

/// No places but those of HTTP.
pub(super) static NONE: Secrets = Secrets { headers: Vec::new(), queries: Vec::new() };

impl Secrets {
    /// The places that a document's security schemes and a pack's forms of credentials name.
    pub fn of(contract: &Contract, auth: &Auth) -> Secrets {
        let mut secrets = Secrets::default();
        for (part, name) in contract.credentials() {
            secrets.add(part, name);
        }
        for scheme in &auth.accept {
            match &scheme.secret {
                Secret::Header(name) => secrets.add(Part::Header, name),
                Secret::Query(name) => secrets.add(Part::Query, name),
                Secret::Basic(_) | Secret::Word { .. } => {}
            }
        }
        secrets
    }

    fn add(&mut self, part: Part, name: &str) {
        match (part, name.parse::<HeaderName>()) {
            (Part::Header, Ok(name)) if !self.headers.contains(&name) => self.headers.push(name),
            (Part::Query, _) if !self.queries.iter().any(|known| known == name) => self.queries.push(name.to_owned()),
            _ => {}
        }
    }

    /// A header's value without what is secret in it: what is shown, and what stands for the rest.
    pub(super) fn shown<'v>(&self, name: &HeaderName, value: &'v HeaderValue) -> (Cow<'v, [u8]>, &'static [u8]) {
        let bytes = value.as_bytes();
        if *name == AUTHORIZATION || *name == PROXY_AUTHORIZATION {
            // The scheme (RFC 9110 section 11.4) tells what kind of credential it was.
            let scheme = bytes.iter().position(|byte| *byte == b' ').map_or(0, |space| space + 1);
            (Cow::Borrowed(&bytes[..scheme]), MASK.as_bytes())
        } else if *name == COOKIE || *name == SET_COOKIE {
            let only_first = *name == SET_COOKIE;
            (without_values(&String::from_utf8_lossy(bytes), only_first).into_bytes().into(), b"")
        } else if self.headers.contains(name) {
            (Cow::Borrowed(b""), MASK.as_bytes())
        } else {
            (Cow::Borrowed(bytes), b"")
        }
    }

    /// Path and query, without what is secret in them.
    pub(super) fn target<'t>(&self, target: &'t str) -> Cow<'t, str> {
        /// RFC 6750 section 2.3.
        const TOKEN: &str = "access_token";
        let Some((path, query)) = target.split_once('?') else { return Cow::Borrowed(target) };
        let secret = |name: &str| name == TOKEN || self.queries.iter().any(|known| *known == decode(name));
        let pair = |pair: &str| match pair.split_once('=') {
            Some((name, _)) if secret(name) => format!("{name}={MASK}"),
            _ => pair.to_owned(),
        };
        if !query.split('&').any(|pair| pair.split_once('=').is_some_and(|(name, _)| secret(name))) {
            return Cow::Borrowed(target);
        }
        let pairs: Vec<String> = query.split('&').map(pair).collect();
        format!("{path}?{}", pairs.join("&")).into()
    }
}

/// The pairs of a cookie header (RFC 6265) with their names alone; the attributes of a `Set-Cookie` stay.
fn without_values(line: &str, only_first: bool) -> String {
    let masked = |(index, pair): (usize, &str)| match pair.split_once('=') {
        Some((name, _)) if index == 0 || !only_first => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    };
    line.split(';').enumerate().map(masked).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets { headers: vec![HeaderName::from_static("x-api-key")], queries: vec!["api key".into()] }
    }

    #[test]
    fn secrets_in_headers_are_masked_and_the_rest_stays() {
        let cases = [
            ("authorization", "Basic YWRtaW4=", "Basic ***"),
            ("authorization", "Token token=abc", "Token ***"),
            ("authorization", "lonely", "***"),
            ("proxy-authorization", "Bearer x", "Bearer ***"),
            ("cookie", "session=abc; theme=dark", "session=***; theme=***"),
            ("set-cookie", "session=abc; Path=/; HttpOnly", "session=***; Path=/; HttpOnly"),
            ("x-api-key", "abc", "***"),
            ("accept", "text/plain", "text/plain"),
        ];
        for (name, value, shown) in cases {
            let name = HeaderName::from_static(name);
            let value = HeaderValue::from_static(value);
            let secrets = secrets();
            let (text, mask) = secrets.shown(&name, &value);
            assert_eq!(String::from_utf8_lossy(&[&text, mask].concat()), shown);
        }
    }

    #[test]
    fn secrets_in_the_query_are_masked_and_the_rest_stays_as_it_was_sent() {
        let cases = [
            ("/pets", "/pets"),
            ("/pets?a=%20b", "/pets?a=%20b"),
            ("/pets?a=1&api%20key=abc&b", "/pets?a=1&api%20key=***&b"),
            ("/pets?access_token=x", "/pets?access_token=***"),
        ];
        for (target, shown) in cases {
            assert_eq!(&*secrets().target(target), shown);
        }
    }
}
