//! The only integration binary: promises that are kept over HTTP, module by module.

mod documents; // documents with gaps, checked and served
mod drafts; // what holds for every document whose pack is drafted
mod environment; // environment variables with values that are not right
mod exchanges; // the text files under tests/exchanges, each one promise
mod follow; // exchanges as they happen, for those who follow them
mod layers; // the order of the rooms, and the door of each outside crate
mod mock; // a mock inside a Rust test
mod names; // names in templates, each of which is minded
mod oddities; // small documents, each with one thing that published ones get wrong
mod properties; // what holds for every sequence of calls
mod readme; // every example and table of the README
mod reload; // files that change while they are served
mod rules; // the rules that findings are about, as a closed set
mod scenarios; // scenario files against the bundled packs
mod schemas; // what editors are told about files is what their readers say
mod server; // sockets, limits, shutdown and wire faults, with raw bytes
