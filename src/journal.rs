//! What came in and what went out. Each exchange is noted while it goes on ([`Entry`]), kept when it is over ([`Exchange`],
//! [`Journal`]), and can be asked for, followed, verified and explained. Lines of the log are written from the same values.

mod client;
mod entry;
mod exchange;
mod explain;
mod filter;
mod follow;
mod keep;
mod line;
mod secret;
mod standing;
#[cfg(test)]
mod tests;
mod texts;
mod verify;

pub use client::{ClientFault, client_faults, own_faults};
pub use entry::{Effect, Entry, Touched};
pub use exchange::{Exchange, Extra, Kept};
pub use explain::{json as explanation, text as explain, with_faults as summary};
pub use filter::{Filter, Seen};
pub use keep::{Journal, Journals, Room};
pub use line::{Format, Level, line};
pub use secret::Secrets;
pub use standing::Standing;
pub use texts::Head;
pub use verify::Verification;
