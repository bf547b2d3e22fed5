//! A body without a length, whose pieces come while they are made.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

/// Where the pieces of a body come from.
pub trait Feed: Send + Sync {
    /// The next piece, none at the end. Where there is none yet, the context's waker is called when there is one.
    fn poll_next(&self, context: &mut Context<'_>) -> Poll<Option<Bytes>>;
    /// What may be sent at any time and means nothing.
    fn sign_of_life(&self) -> Bytes;
}

/// A feed to be sent as the body of a reply.
#[derive(Clone)]
pub struct Stream(pub Arc<dyn Feed>);

impl fmt::Debug for Stream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Stream")
    }
}

impl PartialEq for Stream {
    fn eq(&self, other: &Stream) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
