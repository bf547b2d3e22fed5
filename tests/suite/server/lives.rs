//! The life of a server: binding, how many it takes in, and how it stops.

use std::process::Command;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use counterpart::message::{Answer, Feed, Reply, Request, Stream};
use counterpart::server::{self, Limits};
use http::StatusCode;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::visit::{Client, House, MOMENT, echo, soon};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const SLOW: &str = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";

/// A service that takes its time for `/slow` and tells when it has been asked.
fn sleeper(delay: Duration) -> (impl Fn(Request) -> Answer + Send + Sync + 'static, mpsc::UnboundedReceiver<()>) {
    let (tell, told) = mpsc::unbounded_channel();
    let service = move |request: Request| {
        let _ = tell.send(());
        let delay = if request.path() == "/slow" { delay } else { Duration::ZERO };
        Answer { delay, ..Reply::new(StatusCode::NO_CONTENT).into() }
    };
    (service, told)
}

#[tokio::test]
async fn a_used_port_is_one_line_that_names_it_and_the_way_out() {
    let house = House::open(Limits::default(), echo).await;
    let port = house.address.port();
    let error = server::bind("127.0.0.1", port).await.unwrap_err().to_string();
    let expected = format!(
        "cannot listen on 127.0.0.1:{port}: the port is in use; choose another with --port, or --port 0 for any free one"
    );
    assert_eq!(error, expected);
}

#[tokio::test]
async fn an_address_that_cannot_be_had_is_named() {
    let foreign = server::bind("192.0.2.1", 0).await.unwrap_err().to_string();
    assert!(foreign.starts_with("cannot listen on 192.0.2.1:0: ") && foreign.contains("--host"), "{foreign}");
    let unknown = server::bind("no.such.host.invalid", 80).await.unwrap_err().to_string();
    assert!(unknown.starts_with("cannot listen on no.such.host.invalid:80: "), "{unknown}");
    assert!(!unknown.contains('\n'));
}

#[tokio::test]
async fn beyond_the_connection_limit_clients_wait_for_their_turn() {
    let house = House::open(Limits { connections: 2, ..Limits::default() }, echo).await;
    let (mut first, mut second) = (house.visit().await, house.visit().await);
    assert_eq!(first.ask(GET).await.status, 200);
    assert_eq!(second.ask(GET).await.status, 200);
    let mut third = house.visit().await;
    third.send(GET).await;
    assert!(third.is_silent().await);
    drop(first);
    assert_eq!(third.got().await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_finishes_what_is_in_flight_and_closes_what_is_idle() {
    let (service, mut told) = sleeper(Duration::from_millis(300));
    let house = House::open(Limits::default(), service).await;
    let address = house.address;
    let (mut fresh, mut used, mut busy) = (house.visit().await, house.visit().await, house.visit().await);
    assert_eq!(used.ask(GET).await.status, 204);
    busy.send(SLOW).await;
    for _ in 0..2 {
        soon(told.recv()).await.unwrap();
    }
    let served = house.stop();
    assert_eq!(used.rest().await.unwrap(), b"");
    assert_eq!(fresh.rest().await.unwrap(), b"");
    let got = busy.got().await;
    assert_eq!((got.status, got.header("connection")), (204, Some("close")));
    soon(served).await.unwrap();
    assert!(soon(TcpStream::connect(address)).await.is_err());
}

#[tokio::test]
async fn a_stop_waits_for_a_body_on_its_way() {
    let house = House::open(Limits::default(), echo).await;
    let mut client = house.visit().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nha").await;
    assert!(client.is_silent().await);
    let served = house.stop();
    assert_eq!(client.ask("lf").await.body, "POST / half");
    soon(served).await.unwrap();
}

#[tokio::test]
async fn a_stop_takes_no_longer_than_its_deadline() {
    let (service, mut told) = sleeper(Duration::from_secs(10_000));
    let house = House::open(Limits { drain: MOMENT, ..Limits::default() }, service).await;
    let mut client = house.visit().await;
    client.send(SLOW).await;
    soon(told.recv()).await.unwrap();
    soon(house.stop()).await.unwrap();
    assert_eq!(client.rest().await.unwrap(), b"");
}

#[tokio::test]
async fn an_idle_server_stops_at_once() {
    let house = House::open(Limits { drain: Duration::from_secs(10_000), ..Limits::default() }, echo).await;
    soon(house.stop()).await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_dropped_leaves_no_connection_behind() {
    let (service, mut told) = sleeper(Duration::from_secs(10_000));
    let house = House::open(Limits::default(), service).await;
    let mut client = house.visit().await;
    client.send(SLOW).await;
    soon(told.recv()).await.unwrap();
    let address = house.address;
    house.abort().await;
    assert_eq!(client.rest().await.unwrap(), b"");
    assert!(soon(TcpStream::connect(address)).await.is_err());
}

/// One test for all signals, since they reach the whole process.
#[cfg(unix)]
#[tokio::test]
async fn a_signal_drains_and_a_second_one_ends_at_once() {
    let (service, mut told) = sleeper(Duration::from_secs(10_000));
    let listener = server::bind("127.0.0.1", 0).await.unwrap();
    let address = listener.local_addr().unwrap();
    let limits = Limits { drain: Duration::from_secs(10_000), ..Limits::default() };
    let served = tokio::spawn(server::run(listener, Arc::new(service), limits));
    let mut idle = Client { stream: TcpStream::connect(address).await.unwrap() };
    let mut busy = Client { stream: TcpStream::connect(address).await.unwrap() };
    assert_eq!(idle.ask(GET).await.status, 204);
    busy.send(SLOW).await;
    for _ in 0..2 {
        soon(told.recv()).await.unwrap();
    }
    raise("TERM");
    assert_eq!(idle.rest().await.unwrap(), b"");
    assert!(!served.is_finished());
    raise("INT");
    soon(served).await.unwrap();
    assert_eq!(busy.rest().await.unwrap(), b"");
}

#[cfg(unix)]
fn raise(signal: &str) {
    let status = Command::new("kill").args([&format!("-{signal}"), &std::process::id().to_string()]).status();
    assert!(status.expect("kill is part of every unix").success());
}

/// One piece, and then silence for ever.
struct OnePiece(std::sync::atomic::AtomicBool);

impl Feed for OnePiece {
    fn poll_next(&self, _: &mut Context<'_>) -> Poll<Option<Bytes>> {
        match self.0.swap(false, std::sync::atomic::Ordering::Relaxed) {
            true => Poll::Ready(Some(Bytes::from_static(b"piece"))),
            false => Poll::Pending,
        }
    }

    fn sign_of_life(&self) -> Bytes {
        Bytes::from_static(b"alive")
    }
}

#[tokio::test]
async fn a_stream_is_sent_as_it_comes_and_ends_when_the_server_is_to_stop() {
    let limits = Limits { idle: MOMENT, write_idle: MOMENT, ..Limits::default() };
    let house = House::open(limits, |_: Request| Answer {
        stream: Some(Stream(Arc::new(OnePiece(true.into())))),
        ..Reply::new(StatusCode::OK).into()
    })
    .await;
    let mut client = house.visit().await;
    client.send(GET).await;
    let head = client.head().await;
    assert_eq!(head.header("transfer-encoding"), Some("chunked"));
    let mut piece = vec![0; "5\r\npiece\r\n".len()];
    soon(client.stream.read_exact(&mut piece)).await.unwrap();
    assert_eq!(piece, b"5\r\npiece\r\n");
    // Longer than any reply may wait for its client: here it is the client that waits.
    for _ in 0..4 {
        assert!(client.is_silent().await);
    }
    let served = house.stop();
    assert_eq!(client.rest().await.unwrap(), b"0\r\n\r\n");
    soon(served).await.unwrap();
}
