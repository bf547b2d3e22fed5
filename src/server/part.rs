//! The body of a response: the whole of it, or the part that a fault lets through.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};

use super::link::Link;

/// A response body.
pub(super) enum Part {
    /// All of it.
    Whole(Full<Bytes>),
    /// Some of it. The head promises all; once the piece is out, the connection breaks.
    Piece {
        /// What is let through.
        bytes: Bytes,
        /// How long the body would be.
        promised: u64,
        /// The connection to break.
        link: Arc<Link>,
    },
}

impl Body for Part {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Part::Whole(full) => Pin::new(full).poll_frame(context),
            Part::Piece { bytes, link, .. } if bytes.is_empty() => {
                // The socket fails at hyper's next flush. One more turn makes sure that there is one: hyper leaves it
                // out where nothing is buffered.
                if !link.is_broken() {
                    link.snap();
                    context.waker().wake_by_ref();
                }
                Poll::Pending
            }
            Part::Piece { bytes, .. } => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Part::Whole(full) => full.is_end_stream(),
            Part::Piece { .. } => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Part::Whole(full) => full.size_hint(),
            Part::Piece { promised, .. } => SizeHint::with_exact(*promised),
        }
    }
}
