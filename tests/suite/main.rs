//! The only integration binary: promises that are kept over HTTP, module by module.

mod exchanges; // the text files under tests/exchanges, each one promise
mod layers; // the order of the rooms, and the door of each outside crate
mod readme; // every example and table of the README
mod properties; // what holds for every sequence of calls
mod server; // sockets, limits, shutdown and wire faults, with raw bytes
