//! Request heads: host, target, size and time.

use counterpart::server::Limits;

use super::visit::{House, MOMENT, complains, echo};

async fn check(request: &str, status: u16) {
    let house = House::open(Limits::default(), echo).await;
    let mut client = house.visit().await;
    let got = client.ask(request).await;
    if status == 200 { assert_eq!(got.status, 200, "{request:?}") } else { complains(&got, status) }
}

#[tokio::test]
async fn an_http_1_1_request_has_exactly_one_host() {
    check("GET / HTTP/1.1\r\n\r\n", 400).await;
    check("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400).await;
    check("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200).await;
    check("GET / HTTP/1.1\r\nHost:\r\n\r\n", 200).await;
    check("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400).await;
    check("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400).await;
    check("GET / HTTP/1.1\r\nHost: me@a\r\n\r\n", 400).await;
}

#[tokio::test]
async fn an_http_1_0_request_may_lack_its_host_but_not_have_two() {
    check("GET / HTTP/1.0\r\n\r\n", 200).await;
    check("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400).await;
}

#[tokio::test]
async fn an_address_as_target_is_its_path_and_its_host() {
    let house = House::open(Limits::default(), echo).await;
    let got = house.visit().await.ask("GET http://shop.example/pets?limit=2 HTTP/1.1\r\nHost: other\r\n\r\n").await;
    assert_eq!((got.body.as_str(), got.header("x-host")), ("GET /pets?limit=2 ", Some("shop.example")));
}

#[tokio::test]
async fn a_target_is_a_path_or_an_http_address() {
    check("GET ftp://shop.example/pets HTTP/1.1\r\nHost: a\r\n\r\n", 400).await;
    check("GET http://me@shop.example/pets HTTP/1.1\r\nHost: a\r\n\r\n", 400).await;
    check("GET shop.example:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400).await;
    check("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400).await;
    check("CONNECT shop.example:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501).await;
}

#[tokio::test]
async fn options_of_the_server_as_a_whole_are_the_servers_own_answer() {
    let house = House::open(Limits::default(), |_| panic!("the service is not asked")).await;
    let mut client = house.visit().await;
    for _ in 0..2 {
        let got = client.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!((got.status, got.header("x-counterpart")), (204, Some("server")));
    }
}

#[tokio::test]
async fn odd_bytes_in_a_target_reach_the_service_or_are_refused() {
    let house = House::open(Limits::default(), echo).await;
    for target in [&b"/\xff\xfe"[..], b"/%", b"/%zz", b"/a\"b<>", b"/\xc3\xa9", b"/?\xff", b"/#x", b"//x", b"/a\x7fb"] {
        let mut request = b"GET ".to_vec();
        request.extend_from_slice(target);
        request.extend_from_slice(b" HTTP/1.1\r\nHost: a\r\n\r\n");
        let status = house.visit().await.ask(request).await.status;
        assert!(status == 200 || status == 400, "{target:?}: {status}");
    }
}

#[tokio::test]
async fn a_head_over_its_limits_is_431() {
    let limits = Limits { head: 4096, headers: 10, ..Limits::default() };
    let house = House::open(limits, echo).await;
    let big = format!("GET / HTTP/1.1\r\nHost: a\r\nX-Big: {}\r\n\r\n", "x".repeat(200_000));
    assert_eq!(house.visit().await.ask(big).await.status, 431);
    let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X-Many: x\r\n".repeat(10));
    assert_eq!(house.visit().await.ask(many).await.status, 431);
    let fine = format!("GET / HTTP/1.1\r\nHost: a\r\nX-Big: {}\r\n\r\n", "x".repeat(3000));
    assert_eq!(house.visit().await.ask(fine).await.status, 200);
}

#[tokio::test]
async fn the_default_limits_take_a_hundred_headers_and_64_kib() {
    let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X-Many: x\r\n".repeat(99));
    check(&many, 200).await;
    let big = format!("GET / HTTP/1.1\r\nHost: a\r\nX-Big: {}\r\n\r\n", "x".repeat(65_000));
    check(&big, 200).await;
    let house = House::open(Limits::default(), echo).await;
    let more = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X-Many: x\r\n".repeat(100));
    assert_eq!(house.visit().await.ask(more).await.status, 431);
}

#[tokio::test]
async fn a_slow_head_is_408() {
    let house = House::open(Limits { head_time: MOMENT, ..Limits::default() }, echo).await;
    let mut client = house.visit().await;
    client.send("GET / HTTP/1.1\r\nHo").await;
    complains(&client.got().await, 408);
    assert!(client.rest().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_idle_connection_is_closed_without_a_word() {
    let house = House::open(Limits { idle: MOMENT, ..Limits::default() }, echo).await;
    let mut client = house.visit().await;
    assert_eq!(client.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.status, 200);
    assert!(client.rest().await.unwrap().is_empty());
    assert!(house.visit().await.rest().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_head_may_come_byte_by_byte() {
    let house = House::open(Limits::default(), echo).await;
    let mut client = house.visit().await;
    for byte in b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" {
        client.send([*byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(client.got().await.body, "GET /slow ");
}

#[tokio::test]
async fn http_2_is_refused_in_words() {
    let house = House::open(Limits::default(), echo).await;
    complains(&house.visit().await.ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await, 505);
    assert_eq!(house.visit().await.ask("GET / HTTP/3.0\r\nHost: a\r\n\r\n").await.status, 400);
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let house = House::open(Limits::default(), echo).await;
    let mut client = house.visit().await;
    let requests: String = (0..50)
        .map(|number| match number % 2 {
            0 => format!("GET /{number} HTTP/1.1\r\nHost: a\r\n\r\n"),
            _ => format!("POST /{number} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
        })
        .collect();
    client.send(requests).await;
    for number in 0..50 {
        let got = client.got().await;
        let expected = if number % 2 == 0 { format!("GET /{number} ") } else { format!("POST /{number} hi") };
        assert_eq!(got.body, expected);
    }
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let house = House::open(Limits::default(), |request: counterpart::message::Request| {
        echo(counterpart::message::Request { method: http::Method::GET, ..request })
    })
    .await;
    let mut client = house.visit().await;
    let got = client.ask("GET /pets HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.send("HEAD /pets HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    let head = client.head().await;
    for name in ["content-length", "x-host"] {
        assert_eq!(head.header(name), got.header(name));
    }
    assert!(head.header("date").is_some());
    assert!(client.rest().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_reply_is_framed_by_the_server_whatever_its_own_headers_say() {
    let house = House::open(Limits::default(), |request| {
        let mut answer = echo(request);
        answer.reply.headers.insert("content-length", http::HeaderValue::from_static("3"));
        answer.reply.headers.insert("transfer-encoding", http::HeaderValue::from_static("chunked"));
        answer
    })
    .await;
    let mut client = house.visit().await;
    for _ in 0..2 {
        assert_eq!(client.ask("GET /pets HTTP/1.1\r\nHost: a\r\n\r\n").await.body, "GET /pets ");
    }
}
