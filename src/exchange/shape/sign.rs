//! The number by which one can ask for what the journal knows of a reply.

use http::{HeaderName, HeaderValue};

use super::complaint::OWN;
use crate::exchange::Provider;
use crate::journal::Entry;
use crate::message::Reply;

/// The header that has it.
const EXCHANGE: HeaderName = HeaderName::from_static("x-counterpart-exchange");

/// Writes the number on a reply, unless that shall look like the provider's own: where there is a pack, only replies on which counterpart
/// says something anyway have it, and the others are found by the provider's request id.
pub(in crate::exchange) fn sign(provider: &Provider, entry: &Entry<'_>, reply: &mut Reply) {
    // Whatever was noted stands in a header.
    let speaks = !entry.violations.is_empty() || reply.status.as_u16() >= 400 && reply.headers.contains_key(OWN);
    if speaks || provider.pack.follows_document() {
        reply.headers.insert(EXCHANGE, HeaderValue::from(entry.number));
    }
}
