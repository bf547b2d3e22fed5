//! `counterpart health`: whether a server answers, without a shell or another program.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::{BROKEN, print};

/// Ask a running server whether it is well.
#[derive(Debug, Args)]
pub(super) struct Health {
    /// The address that it listens on
    #[arg(long, default_value = "127.0.0.1", env = "COUNTERPART_HEALTH_HOST")]
    host: String,
    /// The port that it listens on
    #[arg(long, default_value_t = 4010, env = "COUNTERPART_PORT")]
    port: u16,
}

const PATIENCE: Duration = Duration::from_secs(3);

impl Health {
    pub(super) fn run(self) -> ExitCode {
        match self.ask() {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                print::err(&format!("{}:{} is not well: {why}", self.host, self.port));
                ExitCode::from(BROKEN)
            }
        }
    }

    fn ask(&self) -> Result<(), String> {
        let said = |error: std::io::Error| error.to_string();
        let address = (self.host.as_str(), self.port).to_socket_addrs().map_err(said)?.next().ok_or("no address")?;
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(said)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(said)?;
        let request =
            format!("GET {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n", crate::control::HEALTH);
        stream.write_all(request.as_bytes()).map_err(said)?;
        let mut reply = Vec::new();
        stream.take(64 * 1024).read_to_end(&mut reply).map_err(said)?;
        match reply.starts_with(b"HTTP/1.1 200") {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&reply).lines().next().unwrap_or("no answer").to_owned()),
        }
    }
}
