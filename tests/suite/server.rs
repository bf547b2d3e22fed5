//! What the server promises whatever its service says: each test is one promise, kept with raw sockets.

mod bodies;
mod broken;
mod faults;
mod heads;
mod lives;
mod visit;
