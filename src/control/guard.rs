//! Whom the control API is for: programs on the same machine that call it by a name of that machine, unless more is allowed.
//! A page in a browser is no such program, whichever name its server has taken on (DNS rebinding) and whatever it can send.

use std::net::IpAddr;

use http::StatusCode;
use http::header::{CONTENT_TYPE, ORIGIN};

use super::problem::Problem;
use crate::message::Request;

/// Whom the control API is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Guard {
    /// Nobody: only health and readiness are told.
    Shut,
    /// Callers that name the server as this machine is named, or as one of these.
    Hosts {
        /// Names and addresses without a port.
        names: Vec<String>,
        /// Whether callers may be on other machines.
        remote: bool,
    },
}

impl Default for Guard {
    fn default() -> Guard {
        Guard::Hosts { names: Vec::new(), remote: false }
    }
}

impl Guard {
    /// Whether a request may control the server.
    pub(super) fn admit(&self, request: &Request) -> Result<(), Problem> {
        let Guard::Hosts { names, remote } = self else {
            return Err(refused("the control API is switched off (--control off)"));
        };
        let is_near = |ip: IpAddr| ip.is_loopback() || names.iter().any(|name| name.parse() == Ok(ip));
        if !remote && request.peer.is_some_and(|peer| !is_near(peer.ip().to_canonical())) {
            return Err(refused("this is for callers on the same machine; --control-host NAME lets others in as well"));
        }
        let host = request.header("host").unwrap_or_default();
        if !is_own(name_of(host), names) {
            let detail = format!("the server is not known as `{host}`; --control-host NAME adds a name");
            return Err(refused(detail));
        }
        // A header that is no text is no origin of ours either.
        let same = |origin: &str| origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host));
        if request.headers.contains_key(ORIGIN) && !request.header("origin").is_some_and(same) {
            return Err(refused("a page of another origin may not control the server"));
        }
        let is_json =
            |media: &str| media.split(';').next().is_some_and(|it| it.trim().eq_ignore_ascii_case("application/json"));
        let media = request.headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
        if !request.body.is_empty() && !media.is_some_and(is_json) {
            let detail = "the control API takes `content-type: application/json` and nothing else";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "No JSON", detail));
        }
        Ok(())
    }
}

fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "Not for this caller", detail)
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.find(']') {
        Some(end) => &host[..=end],
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn is_own(name: &str, more: &[String]) -> bool {
    let known = ["localhost", "127.0.0.1", "[::1]"].into_iter().chain(more.iter().map(String::as_str));
    known.into_iter().any(|known| known.eq_ignore_ascii_case(name) || known == name.trim_matches(['[', ']']))
}
