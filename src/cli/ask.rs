//! One question to a running server, without a shell or another program.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest reply that is read.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A reply.
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Asks for a path. `server` is a host with its port.
pub(super) fn ask(server: (&str, u16), path: &str) -> Result<Said, String> {
    let said = |error: std::io::Error| error.to_string();
    let address = server.to_socket_addrs().map_err(said)?.next().ok_or("no address")?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(said)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(said)?;
    let (host, port) = server;
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(said)?;
    let mut reply = Vec::new();
    stream.take(LONGEST).read_to_end(&mut reply).map_err(said)?;
    let first = String::from_utf8_lossy(&reply).lines().next().unwrap_or("no answer").to_owned();
    let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).ok_or(first)?;
    let body = reply.windows(4).position(|end| end == b"\r\n\r\n").map_or(reply.len(), |end| end + 4);
    Ok(Said { status, body: reply.split_off(body) })
}
