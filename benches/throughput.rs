//! How near `server::serve` is to bare hyper: the same fixed reply from both, side by side.
//! `cargo bench --bench throughput`, or with `-- ROUNDS` for more than seven rounds.

mod harness;

use std::convert::Infallible;
use std::io::Write;
use std::process::Command;
use std::sync::Arc;

use bytes::Bytes;
use counterpart::message::{Reply, Request};
use counterpart::server::{self, Limits};
use harness::{House, Load, Start, Target, compare, table};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const LOAD: Load = Load { connections: 32, requests: 64_000 };

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["child", kind] => child(kind),
        [rounds] => report(rounds.parse().expect("the number of rounds is a number")),
        _ => report(7),
    }
}

fn report(rounds: usize) {
    let binary = std::env::current_exe().expect("a running program has a path");
    let start = |kind: &str| House::start(Command::new(&binary).args(["child", kind]));
    let (bare, serve): (Start<'_>, Start<'_>) = (&|| start("bare"), &|| start("serve"));
    let get =
        b"GET /pets?limit=2 HTTP/1.1\r\nHost: localhost:4010\r\nAccept: application/json\r\nUser-Agent: bench\r\n\r\n";
    let post = b"POST /pets HTTP/1.1\r\nHost: localhost:4010\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{\"pet\":{\"name\":\"Pixel\"}}";
    for request in [&get[..], post] {
        let target = |name, start| Target { name, start, request: request.to_vec() };
        let targets = [target("bare hyper", bare), target("server::serve", serve)];
        let figures = compare(&targets, LOAD, rounds);
        let method = String::from_utf8_lossy(&request[..4]);
        print(&format!(
            "{} requests over {} connections, median of {rounds} rounds, {method}\n",
            LOAD.requests, LOAD.connections
        ));
        print(&format!("{}\n", table(&targets, &figures)));
    }
}

fn print(text: &str) {
    // A closed output is no reason to fail.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Serves until its input is closed, so that it cannot outlive the benchmark.
fn child(kind: &str) {
    std::thread::spawn(|| {
        let _ = std::io::stdin().lines().count();
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be had");
    runtime.block_on(async {
        let listener = server::bind("127.0.0.1", 0).await.expect("port 0 is always free");
        print(&format!("http://{}\n", listener.local_addr().expect("a bound listener has an address")));
        match kind {
            "bare" => bare(listener).await,
            _ => drop(server::serve(listener, Arc::new(fixed), Limits::default(), std::future::pending()).await),
        }
    });
}

fn body() -> Bytes {
    static BODY: [u8; 500] = [b'x'; 500];
    Bytes::from_static(&BODY)
}

fn fixed(_: Request) -> counterpart::message::Answer {
    let reply = Reply::new(StatusCode::OK).with(CONTENT_TYPE, JSON);
    Reply { body: body(), ..reply }.into()
}

async fn bare(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(reply)));
    }
}

async fn reply(request: http::Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let _ = request.into_body().collect().await;
    let mut response = Response::new(Full::new(body()));
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    Ok(response)
}
