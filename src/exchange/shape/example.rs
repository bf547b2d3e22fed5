//! What the document shows for an operation as a reply, where a pack asks for it.

use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::contract::{Operation, Wish};
use crate::exchange::Provider;
use crate::message::Reply;

/// The reply, and its body as a value where it is one. It is empty where the document has nothing to show.
pub(in crate::exchange) fn example(
    provider: &Provider,
    operation: &Operation,
    wish: &Wish<'_>,
) -> (Reply, Option<Value>) {
    let mut reply = Reply::new(wish.status);
    let Ok(Some(sample)) = provider.contract.sample_at_all(operation, wish) else { return (reply, None) };
    let media = match sample.media_type.as_str() {
        // Providers write their usual type in their own way.
        "application/json" => Some(provider.pack.conventions.content_type.clone()),
        media => HeaderValue::from_str(media).ok(),
    };
    reply.headers.extend(media.map(|media| (CONTENT_TYPE, media)));
    reply.body = sample.body.clone();
    (reply, sample.value.clone())
}
