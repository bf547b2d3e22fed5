//! A bare hyper server with a fixed body, and how near a case is to it.

use std::convert::Infallible;
use std::process::Command;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::{House, Load, Start, Target, compare, print, table};

/// One request to some servers, in turn with a bare server whose body has the same length.
pub(crate) fn against_bare(houses: &[(&'static str, Start<'_>)], request: &[u8], load: Load, rounds: usize) {
    let (name, start) = houses[0];
    let size = start().body_length(request);
    let binary = std::env::current_exe().expect("a running program has a path");
    let bare = || House::start(Command::new(&binary).args(["bare", &size.to_string()]));
    let target = |(name, start)| Target { name, start, request: request.to_vec() };
    let targets: Vec<Target> =
        std::iter::once(("bare hyper", &bare as Start<'_>)).chain(houses.iter().copied()).map(target).collect();
    let figures = compare(&targets, load, rounds);
    print(&format!("{name}: {size} bytes, {} requests, median of {rounds} rounds\n", load.requests));
    print(&format!("{}\n", table(&targets, &figures)));
}

/// Serves a fixed body until its input is closed, so that it cannot outlive the benchmark.
pub(crate) fn bare(size: usize) {
    std::thread::spawn(|| {
        let _ = std::io::stdin().lines().count();
        std::process::exit(0);
    });
    let body = Bytes::from(vec![b'x'; size]);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime can be had");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port 0 is always free");
        print(&format!("http://{}\n", listener.local_addr().expect("a bound listener has an address")));
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let body = body.clone();
            let service = service_fn(move |request| reply(request, body.clone()));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
}

async fn reply(request: http::Request<Incoming>, body: Bytes) -> Result<Response<Full<Bytes>>, Infallible> {
    let _ = request.into_body().collect().await;
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
