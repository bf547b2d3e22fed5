//! A reply that goes out again and again. What the journal has to say of it is written once.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use super::entry::Effect;
use super::exchange::{Common, Kept};
use super::secret::Secrets;
use super::texts::{Texts, fields};
use crate::contract::Violation;
use crate::message::Reply;

/// A reply that was kept, to be given again.
#[derive(Debug)]
pub struct Standing {
    /// The reply. Header fields that are new on each have an empty place in it.
    pub reply: Reply,
    /// Departures of the request from the document that were noted.
    pub noted: Vec<Violation>,
    common: Arc<Common>,
    places: Box<[Place]>,
}

/// By what a header field is known again.
#[derive(Debug)]
struct Place {
    name: HeaderName,
    /// Where its text lies: replies that go out again share it. None where the value is new on each.
    value: Option<usize>,
}

impl Standing {
    /// A reply, with what was noted and what was done when it was made.
    pub fn new(reply: Reply, noted: Vec<Violation>, effect: Option<Effect>, secrets: &Secrets) -> Standing {
        let mut lines = Vec::new();
        fields(&reply.headers, secrets, &mut lines);
        let got = Kept { length: reply.body.len(), bytes: reply.body.clone() };
        let common = Arc::new(Common { lines: lines.into(), got, effect });
        let place = |(name, value): (&HeaderName, &HeaderValue)| Place {
            name: name.clone(),
            value: Some(value).filter(|value| !value.is_empty()).map(address),
        };
        let places = reply.headers.iter().map(place).collect();
        Standing { reply, noted, common, places }
    }

    pub(super) fn effect(&self) -> Option<&Effect> {
        self.common.effect.as_ref()
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        /// What a head takes beside its texts.
        const HEAD: usize = 1536;
        HEAD + self.reply.body.len() + self.common.lines.len()
    }

    /// What a reply has in common with this one, if it is this one but for header fields that are new: these are written. It is
    /// another one where something was taken out or put in the place of something else.
    pub(super) fn repeated(&self, reply: &Reply, secrets: &Secrets, texts: &mut Texts) -> Option<Arc<Common>> {
        if !std::ptr::eq(&*reply.body, &*self.reply.body) {
            return None;
        }
        let mut places = self.places.iter();
        let mut is_this = true;
        let new = reply.headers.iter().filter(|(name, value)| {
            let Some(place) = places.next() else { return true };
            let is_same = place.value == Some(address(value));
            is_this &= (is_same || place.value.is_none()) && place.name == *name;
            !is_same
        });
        texts.answered(new, secrets);
        (is_this && places.next().is_none()).then(|| Arc::clone(&self.common))
    }
}

fn address(value: &HeaderValue) -> usize {
    value.as_bytes().as_ptr().addr()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::journal::texts::{Head, Text};
    use crate::message::lasting_value;

    fn reply(texts: &[(&'static str, &str)]) -> Reply {
        let field = |(name, text): &(&'static str, &str)| (HeaderName::from_static(name), lasting_value(text).unwrap());
        Reply { headers: texts.iter().map(field).collect(), ..Reply::new(StatusCode::OK) }
    }

    #[test]
    fn what_is_new_in_a_reply_is_written_and_the_rest_is_shared() {
        let secrets = Secrets::default();
        let kept = reply(&[("etag", "a"), ("x-id", ""), ("x-version", "v2")]);
        let standing = Standing::new(kept, Vec::new(), None, &secrets);
        let cases = [
            (reply(&[("etag", "a"), ("x-id", "1"), ("x-version", "v2")]), true),
            (reply(&[("etag", "a"), ("x-id", "1"), ("x-version", "v2"), ("vary", "origin")]), true),
            (reply(&[("etag", "b"), ("x-id", "1"), ("x-version", "v2")]), false),
            (reply(&[("etag", "a"), ("x-version", "v2")]), false),
            (reply(&[("etag", "a"), ("x-id", "1")]), false),
            (reply(&[]), false),
        ];
        for (sent, is_this) in cases {
            let mut texts = Texts::of([""; 4], &HeaderMap::new(), &secrets);
            let common = standing.repeated(&sent, &secrets, &mut texts);
            assert_eq!(common.is_some(), is_this, "{sent:?}");
            let Some(common) = common else { continue };
            let head = Head::new(texts.get(Text::Answered), &common.lines);
            let sent: Vec<_> = sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
            assert_eq!(head.fields().collect::<Vec<_>>(), sent);
        }
    }
}
