//! Operations that no pack says anything about: answered with what the document says alone.

use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::shape;
use super::site::Site;
use crate::contract::Sample;
use crate::journal::Entry;
use crate::message::Reply;

impl Site<'_> {
    /// The document's example, or a value made by its schema.
    pub(super) fn example(&self, entry: &mut Entry<'_>) -> Reply {
        let status = self.operation.success();
        let dice = self.session.dice.branch(&self.operation.id);
        match self.provider.contract.sample(self.operation, status, self.request.header("accept"), dice) {
            Ok(sample) => self.sampled(status, sample, entry),
            Err(why) => shape::document(
                StatusCode::INTERNAL_SERVER_ERROR,
                "sample",
                "No reply could be made",
                &format!("the document has no example that fits, and no value was found for its schema: {why}"),
                &[],
            ),
        }
    }

    fn sampled(&self, status: StatusCode, sample: Option<Sample>, entry: &mut Entry<'_>) -> Reply {
        let mut reply = Reply::new(status);
        let Some(Sample { media_type, value }) = sample else { return self.fresh(reply, entry) };
        let body = match &value {
            Value::String(text) if !media_type.contains("json") => text.clone(),
            value => value.to_string(),
        };
        if let Ok(media) = HeaderValue::from_str(&media_type) {
            reply.headers.insert(http::header::CONTENT_TYPE, media);
        }
        reply.body = body.into();
        self.fresh(reply, entry)
    }
}
