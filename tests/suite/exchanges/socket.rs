//! The exchanges of a case over a real socket: one connection, kept as long as the server keeps it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bytes::Bytes;
use counterpart::message::{Request, Wire};
use counterpart::mock::Running;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::play::{Answers, Got};

pub(super) struct Socket {
    running: Running,
    stream: Option<BufReader<TcpStream>>,
    /// How often the connection was opened anew.
    opened: u32,
}

impl Socket {
    pub(super) fn of(running: Running) -> Socket {
        Socket { running, stream: None, opened: 0 }
    }

    fn stream(&mut self) -> BufReader<TcpStream> {
        self.stream.take().unwrap_or_else(|| {
            self.opened += 1;
            let stream = TcpStream::connect(self.running.address()).expect("the server listens");
            stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket has a time-out");
            BufReader::new(stream)
        })
    }
}

impl Answers for Socket {
    fn ask(&mut self, request: Request) -> Got {
        let mut stream = self.stream();
        stream.get_mut().write_all(&written(&request)).expect("the server reads");
        let Some((status, mut headers)) = head(&mut stream) else {
            let (headers, body) = (HeaderMap::new(), Bytes::new());
            return Got {
                status: 0,
                headers,
                body,
                delay: Duration::ZERO,
                drip: Duration::ZERO,
                wire: Some(Wire::Reset),
            };
        };
        let length = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
        let bare = request.method == Method::HEAD || matches!(status, 204 | 304);
        let mut body = vec![0; if bare { 0 } else { length.unwrap_or(0) }];
        stream.read_exact(&mut body).expect("the body is as long as promised");
        let stays = headers.get("connection").is_none_or(|word| word != "close");
        if stays {
            self.stream = Some(stream);
        }
        headers.insert("x-connections", HeaderValue::from(self.opened));
        Got { status, headers, body: body.into(), delay: Duration::ZERO, drip: Duration::ZERO, wire: None }
    }

    fn advance(&mut self, by: Duration) {
        self.running.clock().advance(by);
    }

    fn host(&self) -> String {
        self.running.address().to_string()
    }
}

fn written(request: &Request) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
    for (name, value) in &request.headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    if !request.body.is_empty() {
        bytes.extend(format!("content-length: {}\r\n", request.body.len()).bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(&request.body);
    bytes
}

/// Status and header fields; none where the connection ends instead.
fn head(stream: &mut BufReader<TcpStream>) -> Option<(u16, HeaderMap)> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        match stream.read_line(&mut line) {
            Ok(0) | Err(_) => return None,
            Ok(_) if line == "\r\n" => break,
            Ok(_) => lines.push(line),
        }
    }
    let status = lines.first()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    // The reason phrase is checked by name: node-zendesk reads it.
    let phrase = lines[0].trim_end().splitn(3, ' ').nth(2).unwrap_or_default();
    headers.insert("x-phrase", HeaderValue::from_str(phrase).expect("a phrase is text"));
    for line in &lines[1..] {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header has a name");
        headers.append(name, HeaderValue::from_str(value.trim()).expect("a header has a value"));
    }
    Some((status, headers))
}
