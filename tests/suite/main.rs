//! The only integration binary: promises that are kept over HTTP, module by module.

mod server; // sockets, limits, shutdown and wire faults, with raw bytes
