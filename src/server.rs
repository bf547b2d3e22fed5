//! The sockets: HTTP/1.1 in, HTTP/1.1 out, with limits, shutdown and faults on the wire.
//! Knows no document, provider or session; what to answer is asked of a [`Service`], which never waits.

mod bind;
mod body;
mod broken;
mod coding;
mod complaint;
mod connection;
mod hold;
mod link;
mod part;
mod pieces;
mod socket;
mod stage;
mod stop;
mod target;
mod turn;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::message::{Answer, Request};

use hold::Holds;
use stage::{Stage, Stages};

pub use bind::{BindError, bind};
pub use hold::Sent;
pub use stop::{run, signal};

/// What bounds a server. Everything a client can make it hold or wait for stands here.
///
/// ```
/// use counterpart::server::Limits;
/// let limits = Limits { body: 1024, ..Limits::default() };
/// assert_eq!(limits.headers, 100);
/// ```
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest request body in bytes, before and after decompression.
    pub body: usize,
    /// The largest request head in bytes: request line and header fields.
    pub head: usize,
    /// The most header fields of a request.
    pub headers: usize,
    /// The most connections at once; further ones wait to be accepted.
    pub connections: usize,
    /// How long a request head may take from its first byte on.
    pub head_time: Duration,
    /// How long a request body may pause.
    pub body_idle: Duration,
    /// How long a reply may wait for a client that does not read.
    pub write_idle: Duration,
    /// How long a connection may stay open between two requests.
    pub idle: Duration,
    /// How long a stalled reply is held.
    pub stall: Duration,
    /// The most replies that are held back at once: delayed, dripped or stalled. Further ones go out at once.
    pub held: usize,
    /// How long what is in flight may take once the server was told to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body: 10 * 1024 * 1024,
            head: 64 * 1024,
            headers: 100,
            connections: 1024,
            head_time: Duration::from_secs(10),
            body_idle: Duration::from_secs(30),
            write_idle: Duration::from_secs(30),
            idle: Duration::from_secs(60),
            stall: Duration::from_secs(60),
            held: 512,
            drain: Duration::from_secs(10),
        }
    }
}

/// What answers requests: synchronous, never waits.
///
/// ```
/// use counterpart::message::{Reply, Request};
/// use counterpart::server::Service;
/// let service = |request: Request| Reply::new(http::StatusCode::NO_CONTENT).into();
/// let answer = service.answer(Request::new(http::Method::GET, "/pets"));
/// assert_eq!(answer.reply.status, 204);
/// ```
pub trait Service: Send + Sync + 'static {
    /// Says what to send, how long to wait before it, and what goes wrong with it.
    fn answer(&self, request: Request) -> Answer;
}

impl<F: Fn(Request) -> Answer + Send + Sync + 'static> Service for F {
    fn answer(&self, request: Request) -> Answer {
        self(request)
    }
}

/// What all connections share.
struct Server {
    service: Arc<dyn Service>,
    limits: Limits,
    http: http1::Builder,
    stages: Stages,
    holds: Holds,
}

/// Ends what is left when a server is dropped.
struct Curfew(Arc<Server>);

impl Drop for Curfew {
    fn drop(&mut self) {
        self.0.stages.advance(Stage::Over);
    }
}

/// Serves until `stop` resolves, then drains: no new connections, idle ones closed, what is in flight finished,
/// all within [`Limits::drain`]. Dropping the future ends everything at once. Says what went wrong on purpose.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::sync::Arc;
/// use counterpart::message::{Reply, Request};
/// use counterpart::server::{self, Limits};
/// let listener = server::bind("127.0.0.1", 0).await.unwrap();
/// let service = Arc::new(|_: Request| Reply::new(http::StatusCode::NO_CONTENT).into());
/// server::serve(listener, service, Limits::default(), std::future::ready(())).await;
/// # }
/// ```
pub async fn serve(
    listener: TcpListener,
    service: Arc<dyn Service>,
    limits: Limits,
    stop: impl Future<Output = ()> + Send,
) -> Sent {
    let most = u32::try_from(limits.connections).unwrap_or(u32::MAX).max(1);
    let slots = Arc::new(Semaphore::new(most as usize));
    let (http, holds) = (protocol(&limits), Holds::new(limits.held));
    let server = Arc::new(Server { http, service, limits, stages: Stages::default(), holds });
    let _curfew = Curfew(server.clone());
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            (slot, stream, peer) = guest(&listener, &slots) => {
                let visit = connection::attend(stream, peer, server.clone());
                tokio::spawn(async move {
                    visit.await;
                    drop(slot);
                });
            }
        }
    }
    drop(listener);
    server.stages.advance(Stage::Draining);
    // All slots free means that the last connection is gone.
    let _ = tokio::time::timeout(server.limits.drain, slots.acquire_many(most)).await;
    server.holds.sent()
}

/// Waits for a free slot and then for a connection.
async fn guest(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (Option<OwnedSemaphorePermit>, TcpStream, SocketAddr) {
    // `None` cannot happen: the semaphore is never closed.
    let slot = slots.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (slot, stream, peer),
            // Out of file descriptors, or a client that left again: the next try needs a moment of peace.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// hyper's side of the limits. Its head time-out stays off: it starts when a connection falls idle and costs a timer
/// per request, where `link` tells idle from slow with one timer per connection.
fn protocol(limits: &Limits) -> http1::Builder {
    /// The smallest buffer that hyper takes without a panic.
    const SMALLEST_BUFFER: usize = 8 * 1024;
    let mut http = http1::Builder::new();
    http.half_close(true)
        .header_read_timeout(None)
        .max_header_size(limits.head)
        .max_buf_size(limits.head.max(SMALLEST_BUFFER));
    // Even hyper's own default, once set, makes it fill two arrays per request.
    if limits.headers != Limits::default().headers {
        http.max_headers(limits.headers);
    }
    http
}
