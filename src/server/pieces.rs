//! A body whose pieces come while they are made.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, Sleep};

use super::Server;
use super::link::{Link, Phase};
use super::stage::Stage;
use crate::message::Stream;

/// After so long a silence something is sent, so that a client that has gone is noticed.
const SILENCE: Duration = Duration::from_secs(15);

/// The pieces, until they end or the server is to stop.
pub(super) struct Pieces {
    stream: Stream,
    silence: Pin<Box<Sleep>>,
    /// The connection, for which it is no fault when there is nothing to send.
    link: Arc<Link>,
    server: Arc<Server>,
}

impl Pieces {
    pub(super) fn new(stream: Stream, link: Arc<Link>, server: Arc<Server>) -> Pieces {
        Pieces { stream, silence: Box::pin(tokio::time::sleep(SILENCE)), link, server }
    }

    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        // Whoever waits here is woken when the stage changes, as all connections are.
        if self.server.stages.now() >= Stage::Draining {
            return Poll::Ready(None);
        }
        let mut piece = self.stream.0.poll_next(context);
        if piece.is_pending() && self.silence.as_mut().poll(context).is_ready() {
            piece = Poll::Ready(Some(self.stream.0.sign_of_life()));
        }
        if piece.is_ready() {
            self.silence.as_mut().reset(Instant::now() + SILENCE);
        }
        self.link.enter(if piece.is_ready() { Phase::Reply } else { Phase::Wait });
        piece
    }
}
