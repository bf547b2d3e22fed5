//! `counterpart explain`: why an exchange with a running server went as it did.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use super::ask::ask;
use super::{FAILED, print};
use crate::message::encode;
use crate::session::DEFAULT;

/// Ask a running server why an exchange went as it did.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Explain {
    /// The number of the exchange (x-counterpart-exchange), or the request id that the provider gave it
    id: String,
    /// The server, where it is not one on this machine
    #[arg(long, env = "COUNTERPART_URL")]
    url: Option<String>,
    /// The port of a server on this machine
    #[arg(long, default_value_t = 4010, env = "COUNTERPART_PORT")]
    port: u16,
    /// The session of the exchange
    #[arg(long, value_name = "NAME", default_value = DEFAULT, env = "COUNTERPART_SESSION")]
    session: String,
}

const EXAMPLES: &str = "\
Examples:
  counterpart explain 3
  counterpart explain 517beb905c724dada8fe3d87a38d4715 --url http://localhost:8080 --session worker-7";

impl Explain {
    pub(super) fn run(self) -> ExitCode {
        match self.ask() {
            Ok(text) => {
                print::out(text.trim_end());
                ExitCode::SUCCESS
            }
            Err(why) => {
                print::err(&why);
                ExitCode::from(FAILED)
            }
        }
    }

    fn ask(&self) -> Result<String, String> {
        let (session, id) = (encode(&self.session), encode(&self.id));
        let path = format!("/__counterpart/sessions/{session}/explain/{id}");
        let url = self.url.clone().unwrap_or_else(|| format!("http://127.0.0.1:{}", self.port));
        let said = ask(server(&url)?, &path).map_err(|why| format!("{url} does not answer: {why}"))?;
        let body: Value = serde_json::from_slice(&said.body).unwrap_or_default();
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        match said.status {
            200 => text("text").ok_or_else(|| format!("{url} is no counterpart")),
            status => Err(text("detail").unwrap_or_else(|| format!("{url} answers {status}"))),
        }
    }
}

/// Host and port of an address such as `http://127.0.0.1:4010`.
fn server(url: &str) -> Result<(&str, u16), String> {
    let wrong = || format!("`{url}` is no address of a server; write it as http://127.0.0.1:4010");
    let authority = url.strip_prefix("http://").ok_or_else(wrong)?;
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    if authority.is_empty() || authority.contains(['/', '@', '?', '#']) {
        return Err(wrong());
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| wrong())?),
        _ => (authority, 80),
    };
    Ok((host.trim_matches(['[', ']']), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_as_everywhere() {
        let cases = [
            ("http://127.0.0.1:4010", Some(("127.0.0.1", 4010))),
            ("http://localhost/", Some(("localhost", 80))),
            ("http://[::1]:4010/", Some(("::1", 4010))),
            ("http://[::1]", Some(("::1", 80))),
            ("https://localhost", None),
            ("localhost:4010", None),
            ("http://localhost:many", None),
            ("http://localhost:4010/path", None),
            ("http://", None),
        ];
        for (url, expected) in cases {
            assert_eq!(server(url).ok(), expected, "{url}");
        }
    }
}
