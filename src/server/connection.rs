//! One connection from its first byte to its last: hyper while all is well, then whatever its end calls for.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::StatusCode;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Server;
use super::complaint::Complaint;
use super::link::{Fate, Link, Patience, Phase};
use super::socket::Socket;
use super::stage::Stage;
use super::turn::Turns;

type Talk = http1::Connection<TokioIo<Socket>, Turns>;

/// How long a connection that has had its last reply is read on, so that the client gets to see it: data that arrives
/// at a closed socket makes the kernel send a reset, which overtakes the reply.
const LINGER: Duration = Duration::from_secs(5);

/// What hyper's part of a connection came to.
enum End {
    /// hyper is done. The fate says how to close.
    Fated,
    /// Refused with a reply that hyper did not write.
    Refused(Complaint),
    /// The client does not read.
    Stuck,
    /// Nothing more is to be done.
    Dropped,
}

/// Serves a connection until either side has had enough.
pub(super) async fn attend(stream: TcpStream, peer: SocketAddr, server: Arc<Server>) {
    // A reply is written at once; waiting for more to send along would only delay it.
    let _ = stream.set_nodelay(true);
    let link = Arc::new(Link::default());
    let socket = TokioIo::new(Socket::new(stream, link.clone()));
    let turns = Turns { server: server.clone(), link: link.clone(), peer };
    let mut talk = server.http.serve_connection(socket, turns);
    let end = converse(&mut talk, &link, &server).await;
    let stream = talk.into_parts().io.into_inner().into_stream();
    tokio::select! {
        biased;
        () = server.stages.reach(Stage::Over) => {}
        () = close(stream, end, &link, &server) => {}
    }
}

/// Lets hyper talk until it is done, takes too long, or the server is over.
///
/// The talk is polled some times per request, the rest only when it has something to say: that can be seen at the price
/// of a load, and until then the waker of the poll before is still good, since a task keeps its waker all its life.
async fn converse(talk: &mut Talk, link: &Link, server: &Server) -> End {
    let mut patience = Patience::new(&server.limits);
    let mut over = pin!(server.stages.reach(Stage::Over));
    let mut known = None;
    poll_fn(|context| {
        let mut looks = patience.is_due();
        while known != Some(server.stages.now()) {
            known = Some(server.stages.now());
            looks = true;
            if known == Some(Stage::Draining) {
                Pin::new(&mut *talk).graceful_shutdown();
            }
            // Polled anew after each stage, since that is what wakes this task for the next.
            if over.as_mut().poll(context).is_ready() {
                return Poll::Ready(End::Dropped);
            }
        }
        match Pin::new(&mut *talk).poll(context) {
            Poll::Ready(result) => Poll::Ready(end(result, link)),
            Poll::Pending if looks => patience.poll_overrun(context, link, &server.limits).map(late),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

fn end(result: hyper::Result<()>, link: &Link) -> End {
    match result {
        Err(error) if error.is_parse_version_h2() => End::Refused(Complaint::new(
            StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            "HTTP/2 is not spoken here; use HTTP/1.1",
        )),
        // hyper has answered by itself, and the rest of what it could not parse is still to be read.
        Err(error) if error.is_parse() => {
            link.doom(Fate::Linger);
            End::Fated
        }
        Ok(()) | Err(_) => End::Fated,
    }
}

fn late(phase: Phase) -> End {
    match phase {
        Phase::Head => {
            End::Refused(Complaint::new(StatusCode::REQUEST_TIMEOUT, "the head of the request stopped arriving"))
        }
        Phase::Reply => End::Stuck,
        Phase::Idle | Phase::Busy | Phase::Wait => End::Dropped,
    }
}

async fn close(mut stream: TcpStream, end: End, link: &Link, server: &Server) {
    match (end, link.fate()) {
        (End::Dropped, _) | (End::Fated, Fate::Close) => {}
        (End::Stuck, _) | (End::Fated, Fate::Reset) => {
            // Without it the kernel would go on trying to deliver what is in its buffers.
            let _ = stream.set_zero_linger();
        }
        (End::Fated, Fate::Linger) => linger(stream, link.last_word(), server.limits.body).await,
        (End::Fated, Fate::Stall) => {
            let Some(_hold) = server.holds.take() else { return };
            tokio::select! {
                () = server.stages.reach(Stage::Draining) => {}
                _ = tokio::time::timeout(server.limits.stall, discard(&mut stream, usize::MAX)) => {}
            }
        }
        (End::Refused(complaint), _) => linger(stream, &complaint.bytes(), server.limits.body).await,
    }
}

/// Says a last word and closes in order: reads on for a while, so that a body of up to four times the limit is read
/// to its end and its refusal is seen even by a client that sends everything before it reads.
async fn linger(mut stream: TcpStream, last_word: &[u8], limit: usize) {
    let most = limit.saturating_mul(4);
    let farewell = async {
        let _ = stream.write_all(last_word).await;
        let _ = stream.shutdown().await;
        discard(&mut stream, most).await;
    };
    let _ = tokio::time::timeout(LINGER, farewell).await;
}

/// Reads until the client has closed its side or has sent too much.
async fn discard(stream: &mut TcpStream, most: usize) {
    let mut buffer = vec![0; 16 * 1024];
    let mut left = most;
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        match left.checked_sub(read) {
            Some(less) => left = less,
            None => return,
        }
    }
}
