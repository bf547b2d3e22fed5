//! The document's example as a reply, where nothing else is known of an operation.

use http::HeaderValue;
use serde_json::Value;

use crate::contract::Operation;
use crate::exchange::Provider;
use crate::message::{Reply, Request};

/// The reply, and its body as a value where it is JSON.
pub(in crate::exchange) fn example(
    provider: &Provider,
    operation: &Operation,
    request: &Request,
) -> (Reply, Option<Value>) {
    let status = operation.success();
    let mut reply = Reply::new(status);
    let Some((media, value)) = provider.contract.example(operation, status, request.header("accept"), None) else {
        return (reply, None);
    };
    if let Ok(media) = HeaderValue::from_str(&media) {
        reply.headers.insert(http::header::CONTENT_TYPE, media);
    }
    match value {
        Value::String(text) if !media.contains("json") => {
            reply.body = text.into();
            (reply, None)
        }
        value => {
            reply.body = value.to_string().into();
            (reply, Some(value))
        }
    }
}
