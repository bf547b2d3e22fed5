//! `counterpart health`: whether a server answers.

use std::process::ExitCode;

use clap::Args;

use super::ask::ask;
use super::{BROKEN, print};
use crate::control::HEALTH;

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
        match ask((&self.host, self.port), HEALTH)?.status {
            200 => Ok(()),
            status => Err(format!("it answers {status}")),
        }
    }
}
