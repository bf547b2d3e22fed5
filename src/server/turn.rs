//! One turn of a connection: a request comes in, is checked and answered, and a response or a fault goes out.

use std::fmt;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderName, Method, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Body, Incoming};

use super::broken::{Broken, Piece, broken};
use super::complaint::{Complaint, marked};
use super::link::{Fate, Link, Phase};
use super::part::{Drip, Part};
use super::pieces::Pieces;
use super::target::{self, Target};
use super::{Server, body};
use crate::message::{Answer, Reply, Request, Stream};

/// What hyper asks on one connection.
#[derive(Clone)]
pub(super) struct Turns {
    pub(super) server: Arc<Server>,
    pub(super) link: Arc<Link>,
    pub(super) peer: SocketAddr,
}

/// There is no response; the link says how the connection ends.
#[derive(Debug)]
pub(super) struct NoResponse;

type Outcome = Result<Response<Part>, NoResponse>;

/// A response to come. Most are there at once; only what has to wait is boxed.
pub(super) enum Turn {
    Now(Ready<Outcome>),
    Later(Pin<Box<dyn Future<Output = Outcome> + Send>>),
}

impl hyper::service::Service<http::Request<Incoming>> for Turns {
    type Response = Response<Part>;
    type Error = NoResponse;
    type Future = Turn;

    fn call(&self, request: http::Request<Incoming>) -> Turn {
        self.link.enter(Phase::Busy);
        let (mut head, body) = request.into_parts();
        let target = match target::read(&mut head) {
            Ok(Target::Resource(target)) => target,
            Ok(Target::Server) => return self.now(marked(StatusCode::NO_CONTENT)),
            Err(complaint) => return Turn::Now(ready(Ok(self.refusal(complaint)))),
        };
        let (scheme, front) = target::front(&head);
        let request = Request {
            method: head.method,
            target,
            base: String::new(),
            headers: head.headers,
            body: Bytes::new(),
            scheme,
            front,
            peer: Some(self.peer),
        };
        if body.is_end_stream() {
            self.answer(request)
        } else {
            Turn::Later(Box::pin(self.clone().answer_with(request, body)))
        }
    }
}

impl Turns {
    fn answer(&self, request: Request) -> Turn {
        let method = request.method.clone();
        let answer = self.server.service.answer(request);
        match answer {
            Answer { reply, delay: Duration::ZERO, drip: Duration::ZERO, wire: None, stream: None } => self.now(reply),
            Answer { reply, stream: Some(stream), .. } => Turn::Now(ready(Ok(self.stream(reply, stream)))),
            answer => Turn::Later(Box::pin(self.clone().perform(answer, method))),
        }
    }

    async fn answer_with(self, mut request: Request, body: Incoming) -> Outcome {
        match body::read(body, &request.headers, &self.server.limits).await {
            Ok(bytes) => request.body = bytes,
            Err(complaint) => return Ok(self.refusal(complaint)),
        }
        match self.answer(request) {
            Turn::Now(outcome) => outcome.into_inner(),
            Turn::Later(outcome) => outcome.await,
        }
    }

    /// Waits, then responds or fails, as the answer says.
    async fn perform(self, answer: Answer, method: Method) -> Outcome {
        self.wait(answer.delay).await;
        let Answer { reply, drip, wire, .. } = answer;
        let Some(wire) = wire else { return Ok(self.dripping(reply, drip, &method)) };
        self.server.holds.broken(wire);
        match broken(wire, &reply) {
            Broken::Bytes(bytes, fate) => {
                self.link.leave(bytes);
                self.link.doom(fate);
                Err(NoResponse)
            }
            Broken::Whole(body) => Ok(self.dripping(Reply { body, ..reply }, drip, &method)),
            Broken::Piece(piece) => Ok(self.piece(reply, piece, drip, &method)),
        }
    }

    async fn wait(&self, delay: Duration) {
        if delay.is_zero() {
            return;
        }
        let Some(_hold) = self.server.holds.take() else { return };
        self.server.holds.delayed();
        self.link.enter(Phase::Wait);
        tokio::time::sleep(delay).await;
    }

    /// A response whose body takes its time.
    fn dripping(&self, reply: Reply, time: Duration, method: &Method) -> Response<Part> {
        let body = reply.body_length(method).map(|_| reply.body.clone());
        let response = self.response(reply);
        match body {
            Some(body) => response.map(|_| self.timed(body, time)),
            None => response,
        }
    }

    /// A response that does not end as it promises.
    fn piece(&self, reply: Reply, piece: Piece, time: Duration, method: &Method) -> Response<Part> {
        let Piece { bytes, promised, rest, fate } = piece;
        self.link.doom(fate);
        if reply.body_length(method).is_none() {
            self.link.snap();
            return self.response(reply);
        }
        self.link.leave(rest);
        if promised == Some(0) {
            self.link.snap();
            return self.response(Reply { body: bytes, ..reply });
        }
        let (response, link) = (self.response(reply), self.link.clone());
        response.map(|_| Part::Piece { part: Box::new(self.timed(bytes, time)), promised, link })
    }

    /// A body that is there at once, or bit by bit.
    fn timed(&self, body: Bytes, time: Duration) -> Part {
        let drips = !time.is_zero() && !body.is_empty();
        let Some(hold) = drips.then(|| self.server.holds.take()).flatten() else { return Part::Whole(Full::new(body)) };
        self.server.holds.dripped();
        Part::Drip(Box::new(Drip::new(body, time, self.link.clone(), hold)))
    }

    /// A response whose body comes while it is made.
    fn stream(&self, reply: Reply, stream: Stream) -> Response<Part> {
        let part = Part::Stream(Box::new(Pieces::new(stream, self.link.clone(), self.server.clone())));
        self.response(reply).map(|_| part)
    }

    fn now(&self, reply: Reply) -> Turn {
        Turn::Now(ready(Ok(self.response(reply))))
    }

    /// The framing is hyper's alone: a length in the reply's own headers could only be redundant or wrong.
    fn response(&self, reply: Reply) -> Response<Part> {
        self.link.enter(Phase::Reply);
        let mut response = Response::new(Part::Whole(Full::new(reply.body)));
        *response.status_mut() = reply.status;
        *response.headers_mut() = reply.headers;
        // A look at the few names that there are is cheaper than two searches.
        if response.headers().keys().any(is_framing) {
            response.headers_mut().remove(CONTENT_LENGTH);
            response.headers_mut().remove(TRANSFER_ENCODING);
        }
        response
    }

    /// The client may still be sending what is refused, and reads the refusal only if the connection outlives it.
    fn refusal(&self, complaint: Complaint) -> Response<Part> {
        self.link.doom(Fate::Linger);
        self.response(complaint.reply())
    }
}

fn is_framing(name: &HeaderName) -> bool {
    name == CONTENT_LENGTH || name == TRANSFER_ENCODING
}

impl Future for Turn {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        match self.get_mut() {
            Turn::Now(outcome) => Pin::new(outcome).poll(context),
            Turn::Later(outcome) => outcome.as_mut().poll(context),
        }
    }
}

impl fmt::Display for NoResponse {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the connection ends without a response")
    }
}

impl std::error::Error for NoResponse {}
