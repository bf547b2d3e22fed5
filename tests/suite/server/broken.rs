//! Replies whose bytes are wrong, as a client sees them, and what the server tells of them at its end.

use std::io::ErrorKind;
use std::time::Duration;

use bytes::Bytes;
use counterpart::message::{Answer, Extent, Reply, Request, Wire};
use counterpart::server::{Limits, Sent};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use tokio::time::Instant;

use super::visit::{Client, House, MOMENT, soon};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const BODY: &str = r#"{"name":"Acme"}"#;
const HOURS: Duration = Duration::from_secs(10_000);

fn reply() -> Reply {
    let json = HeaderValue::from_static("application/json");
    Reply { body: BODY.into(), ..Reply::new(StatusCode::OK) }.with(CONTENT_TYPE, json)
}

/// `/fault` has the fault, everything else does not.
async fn house(wire: Wire) -> House {
    House::open(Limits::default(), move |request: Request| Answer {
        wire: (request.path() == "/fault").then_some(wire),
        ..reply().into()
    })
    .await
}

/// A client whose connection has already carried a good exchange, and which has asked for the fault.
async fn faulty(house: &House) -> Client {
    let mut client = house.visit().await;
    assert_eq!(client.ask(GET).await.body, BODY);
    client.send("GET /fault HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client
}

/// All that comes of a fault until the server closes.
async fn all(wire: Wire) -> String {
    let house = house(wire).await;
    let bytes = faulty(&house).await.rest().await.expect("it closes in order");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Head and rest.
async fn parts(wire: Wire) -> (String, String) {
    let all = all(wire).await;
    let (head, body) = all.split_once("\r\n\r\n").expect("there is a whole head");
    (head.to_owned(), body.to_owned())
}

#[tokio::test]
async fn a_head_is_cut_at_a_byte_or_at_a_share() {
    assert_eq!(all(Wire::CutHead(Extent::Bytes(20))).await, "HTTP/1.1 200 OK\r\ncon");
    assert_eq!(all(Wire::CutHead(Extent::Share(0.0))).await, "");
    let half = all(Wire::CutHead(Extent::Share(0.5))).await;
    assert!(half.starts_with("HTTP/1.1 200 OK\r\n") && !half.contains("\r\n\r\n"), "{half}");
}

#[tokio::test]
async fn a_body_is_cut_at_a_byte() {
    let (head, body) = parts(Wire::Cut(Extent::Bytes(4))).await;
    assert!(head.contains("content-length: 15"), "{head}");
    assert_eq!(body, &BODY[..4]);
}

#[tokio::test]
async fn a_length_promises_too_much_or_too_little() {
    let (head, body) = parts(Wire::Length(3)).await;
    assert!(head.contains("content-length: 18"), "{head}");
    assert_eq!(body, BODY);
    let (head, body) = parts(Wire::Length(-3)).await;
    assert!(head.contains("content-length: 12"), "{head}");
    assert_eq!(body, BODY);
}

#[tokio::test]
async fn a_bad_chunk_follows_a_good_one() {
    let (head, body) = parts(Wire::BadChunk).await;
    assert!(head.contains("transfer-encoding: chunked") && !head.contains("content-length"), "{head}");
    assert_eq!(body, format!("7\r\n{}\r\nno-size\r\n", &BODY[..7]));
}

#[tokio::test]
async fn garbage_is_no_http() {
    let all = all(Wire::Garbage).await;
    assert!(!all.is_empty() && !all.starts_with("HTTP/"), "{all}");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_framed_well_and_the_connection_stays() {
    for (wire, expected) in [(Wire::BadJson, &b"{\"name\":\"Acme\""[..]), (Wire::BadUtf8, b"{\"name\":\"Acme\xff\"}")] {
        let house = house(wire).await;
        let mut client = faulty(&house).await;
        let head = client.head().await;
        assert_eq!(head.header("content-length"), Some(expected.len().to_string().as_str()), "{wire}");
        let mut body = vec![0; expected.len()];
        soon(tokio::io::AsyncReadExt::read_exact(&mut client.stream, &mut body)).await.unwrap();
        assert_eq!(body, expected, "{wire}");
        assert_eq!(client.ask(GET).await.body, BODY);
    }
}

#[tokio::test]
async fn a_reply_without_a_body_is_broken_as_far_as_it_can_be() {
    for wire in [Wire::Length(3), Wire::Length(-3), Wire::BadChunk] {
        let house = House::open(Limits::default(), move |_| Answer {
            wire: Some(wire),
            ..Reply::new(StatusCode::NO_CONTENT).into()
        })
        .await;
        let mut client = house.visit().await;
        client.send(GET).await;
        assert_eq!(client.head().await.status, 204, "{wire}");
        assert_eq!(client.rest().await.unwrap(), b"", "{wire}");
    }
}

#[tokio::test]
async fn a_drip_spreads_the_body_over_its_time() {
    let house = House::open(Limits::default(), |_| Answer { drip: MOMENT * 3, ..reply().into() }).await;
    let mut client = house.visit().await;
    let begun = Instant::now();
    client.send(GET).await;
    assert_eq!(client.head().await.header("content-length"), Some("15"));
    let mut first = [0];
    soon(tokio::io::AsyncReadExt::read_exact(&mut client.stream, &mut first)).await.unwrap();
    assert!(begun.elapsed() < MOMENT * 3);
    let mut rest = [0; 14];
    soon(tokio::io::AsyncReadExt::read_exact(&mut client.stream, &mut rest)).await.unwrap();
    assert!(begun.elapsed() >= MOMENT * 3);
    assert_eq!([&first[..], &rest].concat(), BODY.as_bytes());
    assert_eq!(client.ask(GET).await.body, BODY);
}

#[tokio::test]
async fn what_is_let_through_of_a_broken_body_drips_as_well() {
    let broken = [
        (Wire::Cut(Extent::Bytes(4)), BODY[..4].to_owned()),
        (Wire::Length(3), BODY.to_owned()),
        (Wire::Length(-3), BODY.to_owned()),
        (Wire::BadChunk, String::from("no-size\r\n")),
    ];
    for (wire, end) in broken {
        let answer = move |_| Answer { wire: Some(wire), drip: MOMENT, ..reply().into() };
        let house = House::open(Limits::default(), answer).await;
        let begun = Instant::now();
        let mut client = house.visit().await;
        client.send(GET).await;
        let all = client.rest().await.unwrap();
        assert!(begun.elapsed() >= MOMENT, "{wire}");
        assert!(String::from_utf8_lossy(&all).ends_with(&end), "{wire}: {}", String::from_utf8_lossy(&all));
        assert_eq!(soon(house.stop()).await.unwrap().dripped, 1, "{wire}");
    }
}

#[tokio::test]
async fn a_drip_outlasts_the_patience_for_clients_that_do_not_read() {
    let limits = Limits { write_idle: MOMENT / 4, idle: MOMENT / 4, ..Limits::default() };
    let body = Bytes::from_static(b"ab");
    let house = House::open(limits, move |_| Answer {
        drip: MOMENT * 6,
        ..Reply { body: body.clone(), ..Reply::new(StatusCode::OK) }.into()
    })
    .await;
    assert_eq!(house.visit().await.ask(GET).await.body, "ab");
}

#[tokio::test]
async fn no_more_replies_are_held_back_than_allowed() {
    let limits = Limits { held: 1, stall: HOURS, ..Limits::default() };
    let house = House::open(limits, |request: Request| match request.path() {
        "/slow" => Answer { delay: HOURS, ..reply().into() },
        "/drip" => Answer { drip: HOURS, ..reply().into() },
        _ => Answer { wire: Some(Wire::Stall(Extent::Bytes(1))), ..reply().into() },
    })
    .await;
    let mut stalled = house.visit().await;
    stalled.send(GET).await;
    stalled.head().await;
    assert!(stalled.rest_is_one_byte().await);
    let mut others = house.visit().await;
    for path in ["/slow", "/drip"] {
        assert_eq!(others.ask(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).await.body, BODY);
    }
    let mut closed = house.visit().await;
    closed.send(GET).await;
    closed.head().await;
    assert_eq!(closed.rest().await.unwrap().len(), 1);
    let sent = soon(house.stop()).await.unwrap();
    assert_eq!(sent.to_string(), "2 stall, 3 spared");
}

#[tokio::test]
async fn at_its_end_a_server_tells_what_it_did() {
    let house = House::open(Limits::default(), |request: Request| match request.path() {
        "/slow" => Answer { delay: MOMENT, drip: MOMENT, ..reply().into() },
        "/fault" => Answer { wire: Some(Wire::Reset), ..reply().into() },
        _ => reply().into(),
    })
    .await;
    let mut client = house.visit().await;
    for path in ["/", "/slow", "/"] {
        client.ask(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
    }
    client.send("GET /fault HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.rest().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    let sent: Sent = soon(house.stop()).await.unwrap();
    assert_eq!(sent.to_string(), "1 delayed, 1 dripped, 1 reset");
}
