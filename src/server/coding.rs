//! Content codings of request bodies. A body is bounded by its size after decoding, so a bomb does not go off.

use std::io::Read;

use bytes::Bytes;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, StatusCode};

use super::complaint::Complaint;

/// How a body is coded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Deflate,
}

impl Coding {
    /// The coding that the head names: none or one that is known here.
    pub(super) fn of(headers: &HeaderMap) -> Result<Coding, Complaint> {
        let mut coding = Coding::Identity;
        for value in headers.get_all(CONTENT_ENCODING) {
            let value = value.to_str().map_err(|_| unknown("what the header says"))?;
            for word in value.split(',').map(str::trim) {
                let next = Coding::named(word).ok_or_else(|| unknown(word))?;
                coding = match (coding, next) {
                    (coding, Coding::Identity) => coding,
                    (Coding::Identity, next) => next,
                    (Coding::Gzip | Coding::Deflate, _) => return Err(unknown("more than one coding")),
                };
            }
        }
        Ok(coding)
    }

    fn named(word: &str) -> Option<Coding> {
        match word.to_ascii_lowercase().as_str() {
            "" | "identity" => Some(Coding::Identity),
            "gzip" | "x-gzip" => Some(Coding::Gzip),
            "deflate" => Some(Coding::Deflate),
            _ => None,
        }
    }

    /// Undoes the coding.
    pub(super) fn decode(self, bytes: &[u8], limit: usize) -> Result<Bytes, Complaint> {
        match self {
            Coding::Identity => Ok(Bytes::copy_from_slice(bytes)),
            _ if bytes.is_empty() => Ok(Bytes::new()),
            Coding::Gzip => bounded(MultiGzDecoder::new(bytes), limit),
            Coding::Deflate if is_zlib(bytes) => bounded(ZlibDecoder::new(bytes), limit),
            // The standard says zlib, some clients send the bare stream.
            Coding::Deflate => bounded(DeflateDecoder::new(bytes), limit),
        }
    }
}

fn bounded(decoder: impl Read, limit: usize) -> Result<Bytes, Complaint> {
    let mut decoded = Vec::new();
    let read = decoder.take(limit as u64 + 1).read_to_end(&mut decoded);
    match read {
        Ok(size) if size > limit => Err(Complaint::too_large(limit)),
        Ok(_) => Ok(Bytes::from(decoded)),
        Err(error) => Err(Complaint::malformed(format!("the body is not what its Content-Encoding says: {error}"))),
    }
}

/// Whether the two header bytes of RFC 1950 are there.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [first, second, ..] if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0)
}

fn unknown(what: &str) -> Complaint {
    let what: String = what.chars().take(40).collect();
    Complaint::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("Content-Encoding is {what:?}; a body may be gzip, deflate or not encoded"),
    )
}
