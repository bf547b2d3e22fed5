//! Request bodies: size, framing, coding and time.

use std::io::Write;

use counterpart::server::Limits;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::visit::{Client, House, MOMENT, complains, echo, soon};

const LIMIT: usize = 1000;

async fn house() -> House {
    House::open(Limits { body: LIMIT, body_idle: MOMENT, ..Limits::default() }, echo).await
}

async fn asks_again(house: &House) {
    assert_eq!(house.visit().await.ask("GET /again HTTP/1.1\r\nHost: a\r\n\r\n").await.body, "GET /again ");
}

fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!("POST / HTTP/1.1\r\nHost: a\r\n{headers}\r\n").into_bytes();
    request.extend_from_slice(body);
    request
}

fn sized(headers: &str, body: &[u8]) -> Vec<u8> {
    post(&format!("{headers}Content-Length: {}\r\n", body.len()), body)
}

fn chunked(chunks: &[&[u8]]) -> Vec<u8> {
    let mut body = Vec::new();
    for chunk in chunks {
        body.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        body.extend_from_slice(chunk);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"0\r\n\r\n");
    post("Transfer-Encoding: chunked\r\n", &body)
}

#[tokio::test]
async fn a_body_up_to_the_limit_is_taken() {
    let house = house().await;
    let mut client = house.visit().await;
    let full = "x".repeat(LIMIT);
    assert_eq!(client.ask(sized("", full.as_bytes())).await.body, format!("POST / {full}"));
    assert_eq!(
        client.ask(chunked(&[&full.as_bytes()[..1], &full.as_bytes()[1..]])).await.body,
        format!("POST / {full}")
    );
    assert_eq!(client.ask(sized("", b"")).await.body, "POST / ");
    assert_eq!(client.ask(chunked(&[])).await.body, "POST / ");
}

#[tokio::test]
async fn a_length_over_the_limit_is_413_before_a_byte_is_sent() {
    let house = house().await;
    let mut client = house.visit().await;
    complains(&client.ask(post("Content-Length: 1001\r\n", b"")).await, 413);
    assert!(client.rest().await.unwrap().is_empty());
}

#[tokio::test]
async fn chunks_over_the_limit_are_413() {
    let house = house().await;
    complains(&house.visit().await.ask(chunked(&[&[b'x'; LIMIT], b"y"])).await, 413);
    complains(&house.visit().await.ask(chunked(&[&[b'x'; LIMIT + 1]])).await, 413);
    asks_again(&house).await;
}

#[tokio::test]
async fn a_client_that_sends_a_refused_body_to_its_end_still_reads_the_answer() {
    let limits = Limits { body: 4 << 20, ..Limits::default() };
    let house = House::open(limits, echo).await;
    let mut client = house.visit().await;
    // More than the socket buffers hold, so that the server has to read on.
    client.send(sized("", &vec![b'x'; 7 << 20])).await;
    complains(&client.got().await, 413);
    assert!(client.rest().await.unwrap().is_empty());
    asks_again(&house).await;
}

#[tokio::test]
async fn a_refused_head_with_a_body_is_answered_too() {
    let house = house().await;
    let mut client = house.visit().await;
    client.send("POST / HTTP/1.1\r\nContent-Length: 500\r\n\r\n").await;
    client.send([b'x'; 500]).await;
    complains(&client.got().await, 400);
}

#[tokio::test]
async fn a_truncated_body_is_400() {
    let house = house().await;
    for request in [post("Content-Length: 10\r\n", b"half"), post("Transfer-Encoding: chunked\r\n", b"a\r\nhalf")] {
        let mut client = house.visit().await;
        client.send(request).await;
        client.finish().await;
        complains(&client.got().await, 400);
    }
    asks_again(&house).await;
}

#[tokio::test]
async fn a_bad_chunk_is_400() {
    let house = house().await;
    for chunk in ["zz\r\nhi\r\n", "2\r\nhi!!\r\n", "fffffffffffffffff\r\n", "-1\r\n"] {
        complains(&house.visit().await.ask(post("Transfer-Encoding: chunked\r\n", chunk.as_bytes())).await, 400);
    }
}

#[tokio::test]
async fn a_body_that_stops_arriving_is_408() {
    let house = house().await;
    let mut client = house.visit().await;
    complains(&client.ask(post("Content-Length: 10\r\n", b"half")).await, 408);
    assert!(client.rest().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_client_that_closes_its_sending_side_gets_its_answer() {
    let house = house().await;
    for request in [sized("", b"hi"), chunked(&[b"hi"])] {
        let mut client = house.visit().await;
        client.send(request).await;
        client.finish().await;
        assert_eq!(client.got().await.body, "POST / hi");
        assert!(client.rest().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_client_may_ask_before_it_sends_its_body() {
    let house = house().await;
    let mut client = house.visit().await;
    client.send(post("Expect: 100-continue\r\nContent-Length: 2\r\n", b"")).await;
    assert_eq!(client.head().await.status, 100);
    assert_eq!(client.ask("hi").await.body, "POST / hi");
    // A refusal comes in place of the invitation.
    complains(&client.ask(post("Expect: 100-continue\r\nContent-Length: 2000\r\n", b"")).await, 413);
}

#[tokio::test]
async fn an_expectation_that_is_not_met_is_417() {
    let house = house().await;
    complains(&house.visit().await.ask(sized("Expect: a-miracle\r\n", b"hi")).await, 417);
}

fn packed<W: Write>(mut encoder: W, finish: impl FnOnce(W) -> std::io::Result<Vec<u8>>, body: &[u8]) -> Vec<u8> {
    encoder.write_all(body).expect("memory takes what is written");
    finish(encoder).expect("memory takes what is written")
}

fn gzip(body: &[u8]) -> Vec<u8> {
    packed(GzEncoder::new(Vec::new(), Compression::default()), GzEncoder::finish, body)
}

async fn unpacks(client: &mut Client, coding: &str, body: &[u8]) {
    let got = client.ask(sized(&format!("Content-Encoding: {coding}\r\n"), body)).await;
    assert_eq!(got.body, "POST / hello hello hello", "{coding}");
}

#[tokio::test]
async fn gzip_and_deflate_are_undone() {
    let house = house().await;
    let mut client = house.visit().await;
    let hello = b"hello hello hello";
    unpacks(&mut client, "gzip", &gzip(hello)).await;
    unpacks(&mut client, "X-GZip", &gzip(hello)).await;
    unpacks(&mut client, "gzip", &[gzip(b"hello "), gzip(b"hello hello")].concat()).await;
    let zlib = packed(ZlibEncoder::new(Vec::new(), Compression::default()), ZlibEncoder::finish, hello);
    unpacks(&mut client, "deflate", &zlib).await;
    let bare = packed(DeflateEncoder::new(Vec::new(), Compression::default()), DeflateEncoder::finish, hello);
    unpacks(&mut client, "deflate", &bare).await;
    unpacks(&mut client, "identity", hello).await;
    unpacks(&mut client, "identity, gzip", &gzip(hello)).await;
}

#[tokio::test]
async fn a_body_that_unpacks_beyond_the_limit_is_413() {
    let house = house().await;
    let bomb = gzip(&vec![0; 200_000]);
    assert!(bomb.len() < LIMIT);
    complains(&house.visit().await.ask(sized("Content-Encoding: gzip\r\n", &bomb)).await, 413);
    asks_again(&house).await;
}

#[tokio::test]
async fn a_body_that_is_not_what_its_coding_says_is_400() {
    let house = house().await;
    let whole = gzip(b"hello hello hello");
    for body in [&b"plain text"[..], &whole[..whole.len() - 3], &[&whole[..], b"more"].concat()] {
        complains(&house.visit().await.ask(sized("Content-Encoding: gzip\r\n", body)).await, 400);
    }
    complains(&house.visit().await.ask(sized("Content-Encoding: deflate\r\n", b"\xff\xff\xff")).await, 400);
}

#[tokio::test]
async fn a_coding_that_is_not_known_is_415_and_says_which_are() {
    let house = house().await;
    for coding in ["br", "gzip, br", "gzip, gzip", "caf\u{e9}"] {
        let got = house.visit().await.ask(sized(&format!("Content-Encoding: {coding}\r\n"), b"hi")).await;
        complains(&got, 415);
        assert_eq!(got.header("accept-encoding"), Some("gzip, deflate"));
    }
}

#[tokio::test]
async fn contradictory_lengths_are_400() {
    let house = house().await;
    for headers in
        ["Content-Length: 2\r\nContent-Length: 3\r\n", "Content-Length: -2\r\n", "Transfer-Encoding: gzip\r\n"]
    {
        let mut client = house.visit().await;
        client.send(post(headers, b"hi")).await;
        assert_eq!(soon(client.got()).await.status, 400, "{headers}");
    }
}
