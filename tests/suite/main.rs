//! The only integration binary: promises that are kept over HTTP, module by module.

mod exchanges; // the text files under tests/exchanges, each one promise
mod server; // sockets, limits, shutdown and wire faults, with raw bytes
