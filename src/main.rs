//! The thin binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    counterpart::cli::run()
}
