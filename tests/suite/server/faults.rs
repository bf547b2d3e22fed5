//! Delays and wire faults, and clients that leave or do not read.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use counterpart::message::{Answer, Extent, Reply, Request, Wire};
use counterpart::server::Limits;
use http::StatusCode;

use super::visit::{Client, House, MOMENT, echo, soon};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const HOURS: Duration = Duration::from_secs(10_000);

fn hundred() -> Reply {
    Reply { body: Bytes::from(vec![b'x'; 100]), ..Reply::new(StatusCode::OK) }
}

/// `/fault` has the fault, everything else does not.
async fn house(wire: Wire) -> House {
    let limits = Limits { stall: HOURS, ..Limits::default() };
    House::open(limits, move |request: Request| Answer {
        wire: (request.path() == "/fault").then_some(wire),
        ..hundred().into()
    })
    .await
}

/// A client whose connection has already carried a good exchange, and which has asked for the fault.
async fn faulty(house: &House) -> Client {
    let mut client = house.visit().await;
    assert_eq!(client.ask(GET).await.body.len(), 100);
    client.send("GET /fault HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client
}

#[tokio::test]
async fn reset_is_a_reset() {
    let house = house(Wire::Reset).await;
    let mut client = faulty(&house).await;
    assert_eq!(client.rest().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn close_is_an_orderly_close_before_a_byte() {
    let house = house(Wire::Close).await;
    let mut client = faulty(&house).await;
    assert_eq!(client.rest().await.unwrap(), b"");
}

#[tokio::test]
async fn cut_promises_the_whole_body_and_closes_after_its_share() {
    for (share, length) in [(0.5, 50), (0.0, 0), (0.999, 99), (1.0, 100), (7.0, 100), (-1.0, 0), (f64::NAN, 0)] {
        let house = house(Wire::Cut(Extent::Share(share))).await;
        let mut client = faulty(&house).await;
        let head = client.head().await;
        assert_eq!((head.status, head.header("content-length")), (200, Some("100")), "{share}");
        assert_eq!(client.rest().await.unwrap().len(), length, "{share}");
    }
}

#[tokio::test]
async fn a_cut_of_a_large_body_sends_all_of_its_share() {
    let house = House::open(Limits::default(), |_| Answer {
        wire: Some(Wire::Cut(Extent::Share(0.5))),
        ..Reply { body: Bytes::from(vec![b'x'; 16 << 20]), ..Reply::new(StatusCode::OK) }.into()
    })
    .await;
    let mut client = house.visit().await;
    client.send(GET).await;
    assert_eq!(client.head().await.header("content-length"), Some("16777216"));
    assert_eq!(client.rest().await.unwrap().len(), 8 << 20);
}

#[tokio::test]
async fn a_cut_without_a_body_closes_after_the_head() {
    let house = House::open(Limits::default(), |_| Answer {
        wire: Some(Wire::Cut(Extent::Share(0.5))),
        ..Reply::new(StatusCode::NO_CONTENT).into()
    })
    .await;
    let mut client = house.visit().await;
    client.send(GET).await;
    assert_eq!(client.head().await.status, 204);
    assert_eq!(client.rest().await.unwrap(), b"");
}

#[tokio::test]
async fn a_stall_sends_its_share_and_keeps_the_connection_open() {
    let house = house(Wire::Stall(Extent::Share(0.25))).await;
    let mut client = faulty(&house).await;
    assert_eq!(client.head().await.header("content-length"), Some("100"));
    let mut share = [0; 25];
    soon(tokio::io::AsyncReadExt::read_exact(&mut client.stream, &mut share)).await.unwrap();
    assert!(client.is_silent().await);
    soon(house.stop()).await.unwrap();
    assert_eq!(client.rest().await.unwrap(), b"");
}

#[tokio::test]
async fn a_stall_ends_when_the_client_leaves_or_its_time_is_over() {
    let limits = Limits { connections: 1, stall: MOMENT, ..Limits::default() };
    let stalls = |_: Request| Answer { wire: Some(Wire::Stall(Extent::Share(0.5))), ..hundred().into() };
    let house = House::open(limits.clone(), stalls).await;
    let mut patient = house.visit().await;
    patient.send(GET).await;
    patient.head().await;
    assert_eq!(patient.rest().await.unwrap().len(), 50);

    let house = House::open(Limits { stall: HOURS, ..limits }, stalls).await;
    for _ in 0..3 {
        let mut client = house.visit().await;
        client.send(GET).await;
        // Each gets the only slot, since the one before has left.
        client.head().await;
    }
}

#[tokio::test]
async fn a_fault_strikes_after_its_delay() {
    let house = House::open(Limits::default(), |_: Request| Answer {
        delay: MOMENT,
        drip: Duration::ZERO,
        wire: Some(Wire::Reset),
        ..hundred().into()
    })
    .await;
    let begun = tokio::time::Instant::now();
    let mut client = house.visit().await;
    client.send(GET).await;
    assert_eq!(client.rest().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(begun.elapsed() >= MOMENT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_delays_run_at_once() {
    let delay = Duration::from_millis(300);
    let house = House::open(Limits::default(), move |_: Request| Answer { delay, ..hundred().into() }).await;
    let begun = tokio::time::Instant::now();
    let mut clients = Vec::new();
    for _ in 0..100 {
        let mut client = house.visit().await;
        client.send(GET).await;
        clients.push(client);
    }
    for client in &mut clients {
        assert_eq!(client.got().await.status, 200);
    }
    let spent = begun.elapsed();
    assert!(spent >= delay && spent < delay * 50, "{spent:?}");
}

#[tokio::test]
async fn a_client_that_resets_during_a_delay_gives_its_place_back() {
    let limits = Limits { connections: 1, ..Limits::default() };
    let house = House::open(limits, |request: Request| Answer {
        delay: if request.path() == "/slow" { HOURS } else { Duration::ZERO },
        ..hundred().into()
    })
    .await;
    let mut leaver = house.visit().await;
    leaver.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(leaver.is_silent().await);
    leaver.vanish();
    assert_eq!(house.visit().await.ask(GET).await.status, 200);
}

#[tokio::test]
async fn a_client_that_closes_its_sending_side_during_a_delay_gets_its_answer() {
    let house = House::open(Limits::default(), |_: Request| Answer { delay: MOMENT, ..hundred().into() }).await;
    let mut client = house.visit().await;
    client.send(GET).await;
    client.finish().await;
    assert_eq!(client.got().await.body.len(), 100);
}

#[tokio::test]
async fn a_client_that_never_reads_loses_its_place() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let large = Bytes::from(vec![b'x'; 32 << 20]);
    let limits = Limits { connections: 1, write_idle: MOMENT, ..Limits::default() };
    let house = House::open(limits, move |request: Request| {
        count.fetch_add(1, Ordering::Relaxed);
        let body = if request.path() == "/large" { large.clone() } else { Bytes::new() };
        Reply { body, ..Reply::new(StatusCode::OK) }.into()
    })
    .await;
    let mut idler = house.visit().await;
    idler.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100)).await;
    assert_eq!(house.visit().await.ask(GET).await.status, 200);
    // One reply that did not fit, and the other client's: what is not read is not even computed.
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    drop(idler);
}

#[tokio::test]
async fn a_client_that_reads_slowly_gets_everything() {
    let limits = Limits { write_idle: Duration::from_secs(5), ..Limits::default() };
    let house = House::open(limits, |_: Request| {
        Reply { body: Bytes::from(vec![b'x'; 4 << 20]), ..Reply::new(StatusCode::OK) }.into()
    })
    .await;
    let mut client = house.visit().await;
    client.send(GET).await;
    assert_eq!(client.got().await.body.len(), 4 << 20);
    assert_eq!(client.ask(GET).await.body.len(), 4 << 20);
}

#[tokio::test]
async fn without_a_fault_a_connection_carries_many_exchanges() {
    let house = House::open(Limits::default(), echo).await;
    let mut client = house.visit().await;
    for number in 0..200 {
        let got = client.ask(format!("GET /{number} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        assert_eq!(got.body, format!("GET /{number} "));
    }
}

#[tokio::test]
async fn a_status_that_ends_no_exchange_does_not_leave_the_client_waiting() {
    for status in [100, 102, 199] {
        let house =
            House::open(Limits::default(), move |_: Request| Reply::new(StatusCode::from_u16(status).unwrap()).into())
                .await;
        let mut client = house.visit().await;
        client.send(GET).await;
        assert_eq!(client.head().await.status, 500);
        assert_eq!(client.rest().await.unwrap(), b"");
    }
}
