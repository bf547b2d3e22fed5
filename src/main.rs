//! The thin binary.

use std::process::ExitCode;

/// The system's allocator is slow under threads in a static binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    counterpart::cli::run()
}
