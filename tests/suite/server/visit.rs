//! A server on a free port and a client that sends and receives bytes as they are.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use counterpart::message::{Answer, Reply, Request};
use counterpart::server::{self, Limits, Sent, Service};
use http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Far more than anything here takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(20);

/// Fails a test that hangs.
pub(super) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("this takes moments unless it hangs")
}

/// Tens of milliseconds, for limits that a test waits for.
pub(super) const MOMENT: Duration = Duration::from_millis(40);

pub(super) struct House {
    pub(super) address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Sent>,
}

impl House {
    pub(super) async fn open(limits: Limits, service: impl Service) -> House {
        let listener = server::bind("127.0.0.1", 0).await.expect("port 0 is always free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(server::serve(listener, Arc::new(service), limits, async {
            let _ = stopped.await;
        }));
        House { address, stop, served }
    }

    pub(super) async fn visit(&self) -> Client {
        Client { stream: soon(TcpStream::connect(self.address)).await.expect("the listener is open") }
    }

    /// Tells the server to stop, without waiting until it has.
    pub(super) fn stop(self) -> JoinHandle<Sent> {
        let _ = self.stop.send(());
        self.served
    }

    /// Drops the server as it stands.
    pub(super) async fn abort(self) {
        self.served.abort();
        let _ = soon(self.served).await;
    }
}

/// Says what it got: `METHOD target body`, and the host in a header.
pub(super) fn echo(request: Request) -> Answer {
    let body = format!("{} {} {}", request.method, request.target, String::from_utf8_lossy(&request.body));
    let host = request.headers.get("host").cloned().unwrap_or(http::HeaderValue::from_static("none"));
    let reply = Reply::new(StatusCode::OK).with(http::HeaderName::from_static("x-host"), host);
    Reply { body: body.into(), ..reply }.into()
}

pub(super) struct Client {
    pub(super) stream: TcpStream,
}

/// A response as it came.
#[derive(Debug)]
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Got {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }
}

impl Client {
    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        soon(self.stream.write_all(bytes.as_ref())).await.expect("the server reads");
    }

    /// Says that nothing more will be sent.
    pub(super) async fn finish(&mut self) {
        soon(self.stream.shutdown()).await.expect("a connected socket can be shut down");
    }

    /// A head, and nothing after it.
    pub(super) async fn head(&mut self) -> Got {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon(self.stream.read_u8()).await.expect("a response has a whole head"));
        }
        let head = String::from_utf8(head).expect("a head is text");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a head has a status");
        Got { status, head, body: String::new() }
    }

    /// A whole response.
    pub(super) async fn got(&mut self) -> Got {
        let mut got = self.head().await;
        let length = got.header("content-length").map_or(0, |length| length.parse().expect("a length is a number"));
        let mut body = vec![0; length];
        soon(self.stream.read_exact(&mut body)).await.expect("the body is as long as promised");
        got.body = String::from_utf8(body).expect("bodies here are text");
        got
    }

    /// Sends and receives.
    pub(super) async fn ask(&mut self, bytes: impl AsRef<[u8]>) -> Got {
        self.send(bytes).await;
        self.got().await
    }

    /// What still comes until the server closes.
    pub(super) async fn rest(&mut self) -> std::io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        soon(self.stream.read_to_end(&mut rest)).await.map(|_| rest)
    }

    /// Whether one byte comes, and then nothing for a moment.
    pub(super) async fn rest_is_one_byte(&mut self) -> bool {
        soon(self.stream.read_u8()).await.is_ok() && self.is_silent().await
    }

    /// Whether nothing comes for a moment.
    pub(super) async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(MOMENT, self.stream.read_u8()).await.is_err()
    }

    /// Vanishes with a reset instead of a goodbye.
    pub(super) fn vanish(self) {
        self.stream.set_zero_linger().expect("a connected socket can be reset");
    }
}

/// Checks that a response is the server's own complaint.
pub(super) fn complains(got: &Got, status: u16) {
    assert_eq!(got.status, status, "{got:?}");
    assert_eq!(got.header("content-type"), Some("application/problem+json"));
    assert_eq!(got.header("x-counterpart"), Some("server"));
    assert_eq!(got.header("connection"), Some("close"));
    let problem: serde_json::Value = serde_json::from_str(&got.body).expect("a problem is JSON");
    assert_eq!((&problem["type"], &problem["status"]), (&"about:blank".into(), &status.into()));
    assert!(problem["title"].is_string() && problem["detail"].is_string());
}
