//! How a fault on the wire breaks a reply: the bytes, without the socket.

use std::fmt::Write;

use bytes::Bytes;

use super::link::Fate;
use crate::message::{Reply, Wire};

/// What goes out in place of a reply.
#[derive(Debug, PartialEq)]
pub(super) enum Broken {
    /// No response: these bytes, and the end of the connection.
    Bytes(Bytes, Fate),
    /// A response with another body, and nothing wrong with its framing.
    Whole(Bytes),
    /// A response whose body does not end as promised.
    Piece(Piece),
}

/// A body that does not end as promised.
#[derive(Debug, PartialEq)]
pub(super) struct Piece {
    /// What comes of it.
    pub(super) bytes: Bytes,
    /// How long the head says that it is; none to send it in chunks.
    pub(super) promised: Option<u64>,
    /// What comes after it, outside of any framing.
    pub(super) rest: Bytes,
    /// How the connection ends.
    pub(super) fate: Fate,
}

/// What a fault makes of a reply.
pub(super) fn broken(wire: Wire, reply: &Reply) -> Broken {
    let body = &reply.body;
    let piece = |sent: usize, promised: Option<u64>, rest: Bytes, fate| {
        Broken::Piece(Piece { bytes: body.slice(..sent), promised, rest, fate })
    };
    let whole = body.len() as u64;
    match wire {
        Wire::Reset => Broken::Bytes(Bytes::new(), Fate::Reset),
        Wire::Close => Broken::Bytes(Bytes::new(), Fate::Linger),
        Wire::Garbage => {
            Broken::Bytes(Bytes::from_static(b"\x16\x03\x01\x00\x02\x02\x28 this is not HTTP\r\n\r\n"), Fate::Linger)
        }
        Wire::CutHead(extent) => {
            let mut head = head(reply);
            head.truncate(extent.of(head.len()));
            Broken::Bytes(head.into(), Fate::Linger)
        }
        Wire::Cut(extent) => piece(extent.of(body.len()), Some(whole), Bytes::new(), Fate::Linger),
        Wire::Stall(extent) => piece(extent.of(body.len()), Some(whole), Bytes::new(), Fate::Stall),
        Wire::Length(by) if by >= 0 => {
            piece(body.len(), Some(whole.saturating_add(by.unsigned_abs())), Bytes::new(), Fate::Linger)
        }
        Wire::Length(by) => {
            let promised = whole.saturating_sub(by.unsigned_abs()) as usize;
            piece(promised, Some(promised as u64), body.slice(promised..), Fate::Linger)
        }
        Wire::BadChunk => piece(body.len() / 2, None, Bytes::from_static(b"no-size\r\n"), Fate::Linger),
        Wire::BadUtf8 => Broken::Whole(bad_utf8(body)),
        Wire::BadJson => Broken::Whole(body.slice(..body.len().saturating_sub(1))),
    }
}

/// The head as it would go out (RFC 9112 section 2.1).
fn head(reply: &Reply) -> Vec<u8> {
    let mut line = String::new();
    let phrase = reply.status.canonical_reason().unwrap_or_default();
    let _ = write!(line, "HTTP/1.1 {} {phrase}\r\n", reply.status.as_str());
    let mut head = line.into_bytes();
    for (name, value) in &reply.headers {
        head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    head.extend(format!("content-length: {}\r\n\r\n", reply.body.len()).bytes());
    head
}

/// A byte that never stands in UTF-8, before the last quotation mark: there a JSON reader that does not mind finds nothing else.
fn bad_utf8(body: &Bytes) -> Bytes {
    let at = body.iter().rposition(|byte| *byte == b'"').unwrap_or(body.len());
    [&body[..at], b"\xff", &body[at..]].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Extent;

    fn check(wire: Wire, body: &'static str, expected: &str) {
        let reply = Reply { body: Bytes::from_static(body.as_bytes()), ..Reply::new(http::StatusCode::OK) };
        let said = match broken(wire, &reply) {
            Broken::Bytes(bytes, _) => format!("bytes {}", String::from_utf8_lossy(&bytes)),
            Broken::Whole(bytes) => format!("whole {}", String::from_utf8_lossy(&bytes)),
            Broken::Piece(Piece { bytes, promised, rest, .. }) => {
                let [bytes, rest] = [bytes, rest].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                format!("{bytes} of {promised:?} then {rest}")
            }
        };
        assert_eq!(said, expected, "{wire}");
    }

    #[test]
    fn each_fault_breaks_a_reply_in_its_own_way() {
        check(Wire::CutHead(Extent::Bytes(12)), "{}", "bytes HTTP/1.1 200");
        check(Wire::Cut(Extent::Bytes(3)), "abcdef", "abc of Some(6) then ");
        check(Wire::Length(2), "abc", "abc of Some(5) then ");
        check(Wire::Length(-1), "abc", "ab of Some(2) then c");
        check(Wire::Length(-9), "abc", " of Some(0) then abc");
        check(Wire::Length(i64::MAX), "abc", "abc of Some(9223372036854775810) then ");
        check(Wire::BadChunk, "abcd", "ab of None then no-size\r\n");
        check(Wire::BadUtf8, r#"{"a":"b"}"#, "whole {\"a\":\"b\u{fffd}\"}");
        check(Wire::BadUtf8, "12", "whole 12\u{fffd}");
        check(Wire::BadJson, r#"{"a":1}"#, r#"whole {"a":1"#);
        check(Wire::BadJson, "", "whole ");
    }
}
