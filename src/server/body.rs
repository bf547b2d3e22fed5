//! Reading a request body, bounded in size and patience.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::EXPECT;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};

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
    match coding {
        Coding::Identity => Ok(bytes),
        Coding::Gzip | Coding::Deflate => coding.decode(&bytes, limits.body),
    }
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
        match frame(body, patience).await? {
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
            Some(Err(_)) => return Err(Complaint::malformed("the body ends too early or is badly chunked")),
            None => return Ok(None),
        }
    }
}

type Arrival = Option<Result<Frame<Bytes>, hyper::Error>>;

/// What is there already costs no timer.
async fn frame(body: &mut Incoming, patience: Duration) -> Result<Arrival, Complaint> {
    let glance = poll_fn(|context| Poll::Ready(Pin::new(&mut *body).poll_frame(context))).await;
    match glance {
        Poll::Ready(arrival) => Ok(arrival),
        Poll::Pending => Box::pin(tokio::time::timeout(patience, body.frame()))
            .await
            .map_err(|_| Complaint::new(StatusCode::REQUEST_TIMEOUT, "the body stopped arriving")),
    }
}
