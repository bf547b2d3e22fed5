//! Reading a request body, bounded in size and patience.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::EXPECT;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use super::Limits;
use super::coding::Coding;
use super::complaint::Complaint;

/// Reads and decodes a body. What can be refused by its head is refused before a byte is asked for.
pub(super) async fn read(body: Incoming, headers: &HeaderMap, limits: &Limits) -> Result<Bytes, Complaint> {
    let coding = Coding::of(headers)?;
    check_expectation(headers)?;
    if body.size_hint().lower() > limits.body as u64 {
        return Err(Complaint::too_large(limits.body));
    }
    let bytes = collect(body, limits).await?;
    coding.decode(bytes, limits.body)
}

fn check_expectation(headers: &HeaderMap) -> Result<(), Complaint> {
    match headers.get(EXPECT) {
        Some(value) if !value.as_bytes().eq_ignore_ascii_case(b"100-continue") => {
            Err(Complaint::new(StatusCode::EXPECTATION_FAILED, "the only expectation that is met is 100-continue"))
        }
        Some(_) | None => Ok(()),
    }
}

async fn collect(mut body: Incoming, limits: &Limits) -> Result<Bytes, Complaint> {
    let Some(first) = chunk(&mut body, limits.body_idle).await? else { return Ok(Bytes::new()) };
    if body.is_end_stream() {
        return Ok(first);
    }
    let mut all = BytesMut::new();
    let mut next = Some(first);
    while let Some(bytes) = next {
        if all.len() + bytes.len() > limits.body {
            return Err(Complaint::too_large(limits.body));
        }
        all.extend_from_slice(&bytes);
        next = chunk(&mut body, limits.body_idle).await?;
    }
    Ok(all.freeze())
}

/// The next bytes of a body; trailers are passed over.
async fn chunk(body: &mut Incoming, patience: Duration) -> Result<Option<Bytes>, Complaint> {
    loop {
        match tokio::time::timeout(patience, body.frame()).await {
            Ok(Some(Ok(frame))) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
            Ok(Some(Err(_))) => return Err(Complaint::malformed("the body ends too early or is badly chunked")),
            Ok(None) => return Ok(None),
            Err(_) => return Err(Complaint::new(StatusCode::REQUEST_TIMEOUT, "the body stopped arriving")),
        }
    }
}
