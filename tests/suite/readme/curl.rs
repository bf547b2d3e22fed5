//! As much of curl as the README uses, so that the tests need no curl.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

struct Call<'a> {
    method: Option<&'a str>,
    target: &'a str,
    host: &'a str,
    headers: Vec<String>,
    body: Option<&'a str>,
    /// `-i`: the head is shown as well.
    head: bool,
}

/// What curl prints. Every address that is asked for is the server's.
pub(super) fn run(words: &[&str], server: &str) -> String {
    let call = read(words);
    let mut stream = TcpStream::connect(server).expect("the server listens");
    stream.write_all(call.message().as_bytes()).expect("the server reads");
    let mut reader = BufReader::new(stream);
    let head = head(&mut reader);
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let length = field("content-length").map_or(0, |length| length.parse().expect("a length is a number"));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body is as long as promised");
    let body = String::from_utf8(body).expect("bodies here are text");
    if call.head { format!("{head}{body}") } else { body }
}

fn read<'a>(words: &[&'a str]) -> Call<'a> {
    let mut call = Call { method: None, target: "", host: "", headers: Vec::new(), body: None, head: false };
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        let mut value = || words.next().expect("the option has a value");
        match word {
            "-i" => call.head = true,
            "-s" | "-g" => {}
            "-X" => call.method = Some(value()),
            "-d" => call.body = Some(value()),
            "-H" => call.headers.push(value().to_owned()),
            "-u" => call.headers.push(format!("Authorization: Basic {}", STANDARD.encode(value()))),
            _ if word.starts_with('-') => panic!("the README's curl does not know {word}"),
            _ => {
                let address = word.strip_prefix("http://").unwrap_or(word);
                (call.host, call.target) = address.split_at(address.find('/').expect("an address has a path"));
            }
        }
    }
    call
}

impl Call<'_> {
    fn message(&self) -> String {
        let method = self.method.unwrap_or(if self.body.is_some() { "POST" } else { "GET" });
        let mut message = format!("{method} {} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\n", self.target, self.host);
        self.headers.iter().for_each(|header| message += &format!("{header}\r\n"));
        let body = self.body.unwrap_or_default();
        if self.body.is_some() {
            message += &format!("Content-Length: {}\r\n", body.len());
        }
        format!("{message}\r\n{body}")
    }
}

/// The head with its empty line, without the one thing in it that no clock of ours decides.
fn head(reader: &mut impl BufRead) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let read = reader.read_line(&mut head).expect("a head is text");
        assert!(read > 0, "a response has a whole head, not: {head}");
    }
    let date = |line: &str| if line.starts_with("date: ") { "date: ...\n".to_owned() } else { line.replace('\r', "") };
    head.split_inclusive('\n').map(date).collect()
}
