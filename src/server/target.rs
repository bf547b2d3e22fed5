//! Where a request is aimed: the forms of a request target and the Host field (RFC 9112 section 3.2).

use http::header::HOST;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, StatusCode, Uri, Version};

use super::complaint::Complaint;

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

/// `uri-host [ ":" port ]` of RFC 3986; empty is allowed, user information is not.
fn is_host(text: &[u8]) -> bool {
    let (name, port) = match text.strip_prefix(b"[") {
        Some(rest) => match rest.iter().position(|&byte| byte == b']') {
            Some(end) if rest[..end].iter().all(|&byte| byte == b':' || is_name(byte)) => (&[][..], &rest[end + 1..]),
            Some(_) | None => return false,
        },
        None => text.split_at(text.iter().position(|&byte| byte == b':').unwrap_or(text.len())),
    };
    name.iter().all(|&byte| is_name(byte)) && port.strip_prefix(b":").unwrap_or(port).iter().all(u8::is_ascii_digit)
}

/// A table, since every byte of every Host is looked up.
fn is_name(byte: u8) -> bool {
    const NAMES: [bool; 256] = {
        let mut names = [false; 256];
        let bytes = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%!$&'()*+,;=";
        let mut at = 0;
        while at < bytes.len() {
            names[bytes[at] as usize] = true;
            at += 1;
        }
        names
    };
    NAMES[usize::from(byte)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_or_without_a_port() {
        for good in ["", "localhost", "localhost:4010", "127.0.0.1:80", "[::1]:4010", "[::1]", "a_b.example", "x:"] {
            assert!(is_host(good.as_bytes()), "{good}");
        }
        for bad in ["a b", "a/b", "user@host", "[::1", "[::1]x", "host:http", "a:1:2", "h\u{e9}", "a\tb", "a?b", "#"] {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
    }

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
