//! Outcomes and refusals in the provider's form, and counterpart's own complaints in one that cannot be mistaken for it.

mod complaint;
mod every;
mod example;
mod form;
mod refusal;
mod reply;
mod scope;
mod sign;
mod view;

pub(super) use complaint::{BREACHED, LONGEST_NOTE, NOTED, document, noted, strange_validation, wordless};
pub(crate) use complaint::{breach, complaint};
pub(super) use every::EveryReply;
pub(super) use example::example;
pub(super) use refusal::{dated, http_date, reason, refusal, waiting};
pub(super) use reply::reply;
pub(super) use scope::Scope;
pub(crate) use scope::written;
pub(super) use sign::sign;
pub(super) use view::{is_unfinished, view};
