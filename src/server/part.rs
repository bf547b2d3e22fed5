//! The body of a response: the whole of it, at once or bit by bit, the part that a fault lets through, or pieces that come while they
//! are made.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Sleep;

use super::link::{Link, Phase};
use super::pieces::Pieces;

/// A response body.
pub(super) enum Part {
    /// All of it.
    Whole(Full<Bytes>),
    /// All of it, bit by bit.
    Drip(Box<Drip>),
    /// Some of it. Once it is out, the connection breaks.
    Piece {
        /// What is let through, at once or bit by bit.
        part: Box<Part>,
        /// How long the head says that the body is; none to send it in chunks.
        promised: Option<u64>,
        /// The connection to break.
        link: Arc<Link>,
    },
    /// Pieces that come while they are made.
    Stream(Box<Pieces>),
}

/// A body that takes its time.
pub(super) struct Drip {
    bytes: Bytes,
    /// How many bits are still to come.
    bits: usize,
    pause: Duration,
    sleep: Pin<Box<Sleep>>,
    link: Arc<Link>,
    /// Its place among the replies that are held back.
    _hold: OwnedSemaphorePermit,
}

impl Drip {
    /// The most bits a body comes in.
    const BITS: usize = 50;

    /// A body that is all there after so long a time.
    pub(super) fn new(bytes: Bytes, time: Duration, link: Arc<Link>, hold: OwnedSemaphorePermit) -> Drip {
        let bits = bytes.len().clamp(1, Drip::BITS);
        let pause = time / bits as u32;
        // As with a delay, the time that passes is no fault of the client.
        link.enter(Phase::Wait);
        Drip { bytes, bits, pause, sleep: Box::pin(tokio::time::sleep(pause)), link, _hold: hold }
    }

    fn poll_bit(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.bytes.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.sleep.as_mut().poll(context));
        let bit = self.bytes.split_to(self.bytes.len().div_ceil(self.bits));
        self.bits = (self.bits - 1).max(1);
        if self.bytes.is_empty() {
            self.link.enter(Phase::Reply);
        } else {
            let next = self.sleep.deadline() + self.pause;
            self.sleep.as_mut().reset(next);
        }
        Poll::Ready(Some(bit))
    }
}

impl Body for Part {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Part::Whole(full) => Pin::new(full).poll_frame(context),
            Part::Drip(drip) => drip.poll_bit(context).map(|bit| bit.map(|bytes| Ok(Frame::data(bytes)))),
            Part::Piece { part, link, .. } if part.is_end_stream() => {
                // The socket fails at hyper's next flush. One more turn makes sure that there is one: hyper leaves it
                // out where nothing is buffered.
                if !link.is_broken() {
                    link.snap();
                    context.waker().wake_by_ref();
                }
                Poll::Pending
            }
            Part::Piece { part, link, .. } => {
                let frame = ready!(Pin::new(&mut **part).poll_frame(context));
                // Where as much comes as the head promises, hyper does not ask again.
                if part.is_end_stream() {
                    link.snap();
                }
                Poll::Ready(frame)
            }
            Part::Stream(pieces) => pieces.poll_next(context).map(|piece| piece.map(|bytes| Ok(Frame::data(bytes)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Part::Whole(full) => full.is_end_stream(),
            Part::Drip(drip) => drip.bytes.is_empty(),
            Part::Piece { .. } | Part::Stream(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Part::Whole(full) => full.size_hint(),
            Part::Drip(drip) => SizeHint::with_exact(drip.bytes.len() as u64),
            Part::Piece { promised, .. } => promised.map_or_else(SizeHint::default, SizeHint::with_exact),
            Part::Stream(_) => SizeHint::default(),
        }
    }
}
