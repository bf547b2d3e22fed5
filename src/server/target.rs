//! Where a request is aimed: the forms of a request target and the Host field (RFC 9112 section 3.2).

use http::header::HOST;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri, Version};

use super::complaint::Complaint;
use crate::message::{field, is_host};

/// What a request asks for.
#[derive(Debug, PartialEq)]
pub(super) enum Target {
    /// Path and query, starting with a slash.
    Resource(String),
    /// `*`: the server as a whole.
    Server,
}

/// Reads the target and checks the host. A host within the target takes the place of the Host field.
pub(super) fn read(head: &mut Parts) -> Result<Target, Complaint> {
    if head.method == Method::CONNECT {
        return Err(Complaint::new(StatusCode::NOT_IMPLEMENTED, "CONNECT asks for a proxy, which this is not"));
    }
    check_host(head)?;
    if head.uri.authority().is_some() {
        return absolute(head);
    }
    match head.uri.path_and_query().map_or("", PathAndQuery::as_str) {
        "*" if head.method == Method::OPTIONS => Ok(Target::Server),
        path if path.starts_with('/') => Ok(Target::Resource(path.to_owned())),
        _ => Err(Complaint::malformed("the request target must be a path or an address")),
    }
}

fn absolute(head: &mut Parts) -> Result<Target, Complaint> {
    let host = match (head.uri.scheme_str(), head.uri.authority()) {
        (Some("http" | "https"), Some(authority)) if is_host(authority.as_str().as_bytes()) => authority.as_str(),
        _ => return Err(Complaint::malformed("the request target is not an http address")),
    };
    let host = HeaderValue::from_str(host).map_err(|_| Complaint::malformed("the host of the address is not one"))?;
    let target = path_of(&head.uri);
    head.headers.insert(HOST, host);
    Ok(Target::Resource(target))
}

fn path_of(uri: &Uri) -> String {
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{slash}{path}")
}

/// Where proxies say what they were asked.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// How the client sees the server: the scheme and the host that a proxy in front says it was asked by, as proxies do.
/// They go into links and decide nothing.
pub(super) fn front(head: &Parts) -> (&'static str, Option<HeaderValue>) {
    let said = |name: &HeaderName| {
        let text = field(&head.headers, name)?.to_str().ok()?;
        text.split(',').next().map(str::trim).filter(|first| !first.is_empty())
    };
    let absolute = || head.uri.scheme_str();
    let secure = said(&FORWARDED_PROTO).or_else(absolute).is_some_and(|word| word.eq_ignore_ascii_case("https"));
    let host = said(&FORWARDED_HOST).filter(|host| is_host(host.as_bytes()));
    (if secure { "https" } else { "http" }, host.and_then(|host| HeaderValue::from_str(host).ok()))
}

fn check_host(head: &Parts) -> Result<(), Complaint> {
    let mut hosts = head.headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if is_host(host.as_bytes()) => Ok(()),
        (Some(_), None) => Err(Complaint::malformed("the Host header is not a host name or address")),
        (Some(_), Some(_)) => Err(Complaint::malformed("there is more than one Host header")),
        (None, _) if head.version == Version::HTTP_10 => Ok(()),
        (None, _) => Err(Complaint::malformed("an HTTP/1.1 request needs a Host header")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_as_target_names_the_host_and_always_has_a_path() {
        check("http://shop.example:81/pets?limit=2", "/pets?limit=2", "shop.example:81");
        check("http://shop.example", "/", "shop.example");
        check("https://shop.example?limit=2", "/?limit=2", "shop.example");
    }

    fn check(uri: &str, target: &str, host: &str) {
        let request = http::Request::builder().uri(uri).header(HOST, "other.example").body(()).unwrap();
        let (mut head, ()) = request.into_parts();
        assert_eq!(read(&mut head).unwrap(), Target::Resource(target.to_owned()));
        assert_eq!(head.headers[HOST], host);
    }
}
