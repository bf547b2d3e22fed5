//! Opening the port, and the one line that a user gets to read where it cannot be had.

use std::fmt;
use std::io::{self, ErrorKind};

use tokio::net::{TcpListener, TcpSocket, lookup_host};

/// Why a port could not be had: one line that names it and the way out.
///
/// ```
/// # use counterpart::server;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let first = server::bind("127.0.0.1", 0).await.unwrap();
/// let port = first.local_addr().unwrap().port();
/// let error = server::bind("127.0.0.1", port).await.unwrap_err();
/// assert!(error.to_string().starts_with(&format!("cannot listen on 127.0.0.1:{port}: the port is in use")));
/// # }
/// ```
#[derive(Debug)]
pub struct BindError {
    host: String,
    port: u16,
    cause: io::Error,
}

/// Opens a port on an address or a host name; port 0 takes any free one.
///
/// ```
/// # use counterpart::server;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let listener = server::bind("127.0.0.1", 0).await.unwrap();
/// assert_ne!(listener.local_addr().unwrap().port(), 0);
/// # }
/// ```
///
/// # Errors
/// Where the host is unknown or not of this machine, or the port is in use or not allowed.
pub async fn bind(host: &str, port: u16) -> Result<TcpListener, BindError> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    listen(host, port).await.map_err(|cause| BindError { host: host.to_owned(), port, cause })
}

/// How many connections the system may hold that were not yet taken; it may be set to hold fewer. Where there is no place left, a
/// client that opens many at once waits for a second and tries again.
const WAITING: u32 = 4096;

/// Listens on the first address of a host that can be had.
async fn listen(host: &str, port: u16) -> io::Result<TcpListener> {
    let mut refused = io::Error::from(ErrorKind::AddrNotAvailable);
    for address in lookup_host((host, port)).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A port can be had again while connections of a server before still come to their end.
        if cfg!(unix) {
            socket.set_reuseaddr(true)?;
        }
        match socket.bind(address).and_then(|()| socket.listen(WAITING)) {
            Ok(listener) => return Ok(listener),
            Err(cause) => refused = cause,
        }
    }
    Err(refused)
}

impl fmt::Display for BindError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BindError { host, port, cause } = self;
        let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
        write!(out, "cannot listen on {open}{host}{close}:{port}: ")?;
        match cause.kind() {
            ErrorKind::AddrInUse => {
                write!(out, "the port is in use; choose another with --port, or --port 0 for any free one")
            }
            ErrorKind::PermissionDenied => {
                write!(out, "the port is not allowed; choose one above 1023 with --port, or --port 0 for any free one")
            }
            ErrorKind::AddrNotAvailable => {
                write!(out, "the address is not one of this machine; choose another with --host, such as 127.0.0.1")
            }
            _ => write!(out, "{cause}; choose another address with --host, or any free port with --port 0"),
        }
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}
