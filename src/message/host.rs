//! The host of an address.

/// `uri-host [ ":" port ]` of RFC 3986; empty is allowed, user information is not.
pub fn is_host(text: &[u8]) -> bool {
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
}
