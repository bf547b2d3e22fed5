//! Header fields that many replies have. Their texts stay for as long as the process, so that no reply has to count who holds them:
//! a count that all cores write to costs more than all else in cloning a head.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use parking_lot::Mutex;

/// All such texts; each is there once however often it is asked for.
static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

fn lasting(text: &str) -> &'static str {
    let mut known = KNOWN.lock();
    if let Some(known) = known.get(text) {
        return known;
    }
    let text: &'static str = Box::leak(text.into());
    known.insert(text);
    text
}

/// The same name, for a header field of every reply. For names out of packs, of which there are few; those of requests are many.
///
/// ```
/// use counterpart::message::lasting_name;
/// let name = http::HeaderName::from_static("x-rate-limit");
/// assert_eq!(lasting_name(&name), name);
/// ```
pub fn lasting_name(name: &HeaderName) -> HeaderName {
    // What a name gives of itself is in lower case and has only the characters of one, which is all that is asked here.
    HeaderName::from_static(lasting(name.as_str()))
}

/// This text as the value of a header field of every reply, if it can be one.
///
/// ```
/// use counterpart::message::lasting_value;
/// assert_eq!(lasting_value("v2").unwrap(), "v2");
/// assert!(lasting_value("two\nlines").is_none());
/// ```
pub fn lasting_value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok()?;
    HeaderValue::from_maybe_shared(Bytes::from_static(lasting(text).as_bytes())).ok()
}
