//! One connection from its first byte to its last: hyper while all is well, then whatever its end calls for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::complaint::Complaint;
use super::link::{Fate, Link, Phase};
use super::socket::Socket;
use super::turn::Turns;
use super::{Server, Stage};

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
pub(super) async fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    server: Arc<Server>,
    mut stages: watch::Receiver<Stage>,
) {
    // A reply is written at once; waiting for more to send along would only delay it.
    let _ = stream.set_nodelay(true);
    let link = Arc::new(Link::default());
    let socket = TokioIo::new(Socket::new(stream, link.clone()));
    let turns = Turns { server: server.clone(), link: link.clone(), peer };
    let mut talk = server.http.serve_connection(socket, turns);
    let end = converse(&mut talk, &link, &server, &mut stages).await;
    let stream = talk.into_parts().io.into_inner().into_stream();
    tokio::select! {
        biased;
        () = over(stages.clone()) => {}
        () = close(stream, end, link.fate(), &server, stages) => {}
    }
}

/// Lets hyper talk until it is done, takes too long, or the server is over.
async fn converse(talk: &mut Talk, link: &Link, server: &Server, stages: &mut watch::Receiver<Stage>) -> End {
    let mut overrun = std::pin::pin!(link.overrun(&server.limits));
    loop {
        tokio::select! {
            biased;
            result = &mut *talk => return end(result, link),
            changed = stages.changed() => match *stages.borrow_and_update() {
                Stage::Draining if changed.is_ok() => std::pin::Pin::new(&mut *talk).graceful_shutdown(),
                Stage::Open | Stage::Draining | Stage::Over => return End::Dropped,
            },
            phase = &mut overrun => return late(phase),
        }
    }
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

async fn close(mut stream: TcpStream, end: End, fate: Fate, server: &Server, stages: watch::Receiver<Stage>) {
    match (end, fate) {
        (End::Dropped, _) | (End::Fated, Fate::Close) => {}
        (End::Stuck, _) | (End::Fated, Fate::Reset) => {
            // Without it the kernel would go on trying to deliver what is in its buffers.
            let _ = stream.set_zero_linger();
        }
        (End::Fated, Fate::Linger) => linger(stream, &[], server.limits.body).await,
        (End::Fated, Fate::Stall) => {
            tokio::select! {
                () = stopping(stages) => {}
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

/// Resolves once the server has been told to stop.
async fn stopping(mut stages: watch::Receiver<Stage>) {
    let _ = stages.wait_for(|stage| *stage != Stage::Open).await;
}

/// Resolves once the server is over.
async fn over(mut stages: watch::Receiver<Stage>) {
    let _ = stages.wait_for(|stage| *stage == Stage::Over).await;
}
