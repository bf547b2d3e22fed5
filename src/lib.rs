//! counterpart stands in for the other side of an API contract.

pub mod source;

pub mod clock;
pub mod dice;
pub mod message;
pub mod refusal;

pub mod contract;
pub mod store;

pub mod pack;
pub mod scenario;

pub mod journal;
pub mod session;

pub mod exchange;
pub mod load;

pub mod control;
pub mod server;

pub mod mock;

pub mod cli;

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
