//! An exchange that comes again and again. What the journal has to say of it is written once.

use http::{HeaderName, HeaderValue};

use super::entry::{Effect, Entry};
use super::exchange::Kept;
use super::secret::Secrets;
use super::texts::Texts;
use crate::contract::Violation;
use crate::message::{Reply, Request};

/// A reply that was kept, to be given again, and what the exchange was like when it was made.
#[derive(Debug)]
pub struct Standing {
    /// The reply. Header fields that are new on each have an empty place in it.
    pub reply: Reply,
    /// Departures of the request from the document that were noted.
    pub noted: Vec<Violation>,
    /// Of a header field that is new on each reply there is an empty line here.
    pub(super) texts: Texts,
    pub(super) got: Kept,
    pub(super) effect: Option<Effect>,
    /// The header fields of the request as they came: they are compared, and never shown.
    asked: Box<[Field]>,
    /// Where the value of each header field of the reply lies, since replies that go out again share it, or [`NEW`].
    places: Box<[usize]>,
}

type Field = (HeaderName, Box<[u8]>);

/// Stands for a value that is new on each reply.
const NEW: usize = 0;

impl Standing {
    /// A reply, and the exchange that it was made in.
    pub fn new(reply: Reply, request: &Request, entry: &Entry<'_>) -> Standing {
        let mut texts = entry.texts(request, &reply.headers);
        texts.bytes.shrink_to_fit();
        let got = Kept { length: reply.body.len(), bytes: reply.body.clone() };
        let asked = request.headers.iter().map(|(name, value)| (name.clone(), value.as_bytes().into())).collect();
        let place = |value: &HeaderValue| if value.is_empty() { NEW } else { address(value) };
        let places = reply.headers.values().map(place).collect();
        Standing { reply, noted: entry.violations.clone(), texts, got, effect: entry.effect.clone(), asked, places }
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        /// What it takes beside its texts, with the heads of the reply and the request.
        const HEAD: usize = 2048;
        HEAD + self.reply.body.len() + self.texts.size()
    }

    /// What is new in an exchange for whose request this was given: header fields of the reply, and those of the request unless
    /// all are as they were. It is no such exchange where something was taken from the reply, or put in the place of something else.
    pub(super) fn again(&self, request: &Request, reply: &Reply, secrets: &Secrets) -> Option<Texts> {
        if reply.status != self.reply.status || !std::ptr::eq(&*reply.body, &*self.reply.body) {
            return None;
        }
        let mut texts = Texts::none();
        let same = |((name, value), (own, old)): ((&HeaderName, &HeaderValue), &Field)| name == own && value == &**old;
        let as_ever = request.headers.len() == self.asked.len() && request.headers.iter().zip(&self.asked).all(same);
        if !as_ever {
            texts.asked(&request.headers, secrets);
        }
        let mut places = self.places.iter();
        let mut is_this = as_ever || !request.headers.is_empty();
        let new = reply.headers.iter().filter(|(_, value)| {
            let (place, address) = (places.next(), address(value));
            is_this &= place.is_none_or(|place| [NEW, address].contains(place));
            place != Some(&address)
        });
        texts.answered(new, secrets);
        (is_this && places.next().is_none()).then_some(texts)
    }
}

fn address(value: &HeaderValue) -> usize {
    value.as_bytes().as_ptr().addr()
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use jiff::Timestamp;

    use super::*;
    use crate::journal::texts::{Head, Text};
    use crate::message::lasting_value;

    fn reply(texts: &[(&'static str, &str)]) -> Reply {
        let field = |(name, text): &(&'static str, &str)| (HeaderName::from_static(name), lasting_value(text).unwrap());
        Reply { headers: texts.iter().map(field).collect(), ..Reply::new(StatusCode::OK) }
    }

    #[test]
    fn what_is_new_in_an_exchange_is_written_and_the_rest_is_shared() {
        let secrets = Secrets::default();
        let kept = reply(&[("etag", "a"), ("x-id", ""), ("x-version", "v2")]);
        let mut request = Request::new(Method::GET, "/pets");
        request.headers.insert("accept", HeaderValue::from_static("*/*"));
        let entry = Entry::new(1, "default", (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH));
        let standing = Standing::new(kept, &request, &entry);
        let cases = [
            (reply(&[("etag", "a"), ("x-id", "1"), ("x-version", "v2")]), true),
            (reply(&[("etag", "a"), ("x-id", "1"), ("x-version", "v2"), ("vary", "origin")]), true),
            (reply(&[("etag", "b"), ("x-id", "1"), ("x-version", "v2")]), false),
            (reply(&[("etag", "a"), ("x-version", "v2")]), false),
            (reply(&[("etag", "a"), ("x-id", "1")]), false),
            (reply(&[]), false),
            (
                Reply { status: StatusCode::NOT_FOUND, ..reply(&[("etag", "a"), ("x-id", "1"), ("x-version", "v2")]) },
                false,
            ),
        ];
        for (sent, is_this) in cases {
            let texts = standing.again(&request, &sent, &secrets);
            assert_eq!(texts.is_some(), is_this, "{sent:?}");
            let Some(texts) = texts else { continue };
            assert_eq!(texts.get(Text::Asked), b"");
            let head = Head::new(texts.get(Text::Answered), standing.texts.get(Text::Answered));
            let sent: Vec<_> = sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
            assert_eq!(head.fields().collect::<Vec<_>>(), sent);
        }
    }

    #[test]
    fn a_request_with_other_header_fields_has_its_own() {
        let mut request = Request::new(Method::GET, "/pets");
        request.headers.insert("accept", HeaderValue::from_static("*/*"));
        let entry = Entry::new(1, "default", (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH));
        let standing = Standing::new(reply(&[("etag", "a")]), &request, &entry);
        let again = |request: &Request| standing.again(request, &standing.reply, &Secrets::default());
        request.headers.insert("accept", HeaderValue::from_static("text/plain"));
        assert_eq!(again(&request).expect("is the same but for it").get(Text::Asked), b"accept: text/plain\n");
        request.headers.clear();
        assert_eq!(again(&request), None);
    }
}
