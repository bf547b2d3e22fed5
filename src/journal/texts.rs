//! The texts of an exchange in one piece of memory.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::Secrets;

/// How many texts there are.
const COUNT: usize = 6;
/// What the texts of most exchanges fit in.
const USUAL: usize = 1024;
/// What fits what is new in an exchange that had been before.
const FEW: usize = 256;

/// Texts of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Texts {
    /// All of them, one after the other. Those of an exchange that lies in the journal lie beside it.
    pub(super) bytes: Vec<u8>,
    /// Where each text ends.
    ends: [u32; COUNT],
}

/// Which text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Text {
    Session,
    Target,
    Operation,
    Caller,
    Asked,
    Answered,
}

impl Texts {
    /// Plain texts, empty where there is none. The others are to come.
    pub(super) fn of(plain: [&str; 4]) -> Texts {
        let mut texts = Texts { bytes: Vec::with_capacity(USUAL), ends: [0; COUNT] };
        for (text, index) in plain.iter().zip(0..) {
            texts.bytes.extend_from_slice(text.as_bytes());
            texts.end(index);
        }
        texts
    }

    /// None so far, and few to come.
    pub(super) fn none() -> Texts {
        Texts { bytes: Vec::with_capacity(FEW), ends: [0; COUNT] }
    }

    /// Adds the header fields of the request. These are copied, since they hold on to the buffer that they were read into.
    pub(super) fn asked(&mut self, headers: &HeaderMap, secrets: &Secrets) {
        fields(headers, secrets, &mut self.bytes);
        self.end(Text::Asked as usize);
    }

    /// Adds header fields of the reply.
    pub(super) fn answered<'h>(
        &mut self,
        headers: impl IntoIterator<Item = (&'h HeaderName, &'h HeaderValue)>,
        secrets: &Secrets,
    ) {
        fields(headers, secrets, &mut self.bytes);
        self.end(Text::Answered as usize);
    }

    /// A text ends here, and so do those that come after it as long as they are not there.
    fn end(&mut self, index: usize) {
        self.ends[index..].fill(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }

    pub(super) fn text(&self, text: Text) -> &str {
        std::str::from_utf8(self.get(text)).unwrap_or_default()
    }

    pub(super) fn get(&self, text: Text) -> &[u8] {
        let index = text as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.bytes.get(start as usize..self.ends[index] as usize).unwrap_or_default()
    }

    /// How many bytes they take, wherever these are.
    pub(super) fn size(&self) -> usize {
        self.ends[COUNT - 1] as usize
    }
}

/// Writes header fields as [`Head`] reads them.
fn fields<'h>(
    headers: impl IntoIterator<Item = (&'h HeaderName, &'h HeaderValue)>,
    secrets: &Secrets,
    out: &mut Vec<u8>,
) {
    for (name, value) in headers {
        let (shown, mask) = secrets.shown(name, value);
        for part in [name.as_str().as_bytes(), b": ", &shown, mask, b"\n"] {
            out.extend_from_slice(part);
        }
    }
}

/// Header fields, secrets masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'a> {
    /// `name: value` and a line feed for each.
    own: &'a [u8],
    /// Those that others have as well, before all others. A field without a value stands where the next of the own ones belongs.
    common: &'a [u8],
}

impl<'a> Head<'a> {
    pub(super) fn new(own: &'a [u8], common: &'a [u8]) -> Head<'a> {
        Head { own, common }
    }

    /// The fields, in the order in which they were sent.
    pub fn fields(self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let (mut own, mut common) = (lines(self.own), lines(self.common));
        std::iter::from_fn(move || match common.next() {
            Some((_, [])) | None => own.next(),
            there => there,
        })
    }

    /// The first value of a field, if it is text.
    pub fn get(self, name: &str) -> Option<&'a str> {
        let (_, value) = self.fields().find(|(known, _)| *known == name)?;
        std::str::from_utf8(value).ok()
    }

    /// The fields as they are in requests.
    pub(super) fn map(self) -> HeaderMap {
        let field = |(name, value): (&str, &[u8])| {
            Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_bytes(value).ok()?))
        };
        let mut map = HeaderMap::new();
        for (name, value) in self.fields().filter_map(field) {
            map.append(name, value);
        }
        map
    }
}

fn lines(lines: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        Some((std::str::from_utf8(&line[..colon]).ok()?, line.get(colon + 2..)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_fields_come_back_as_they_were_kept() {
        let mut headers = HeaderMap::new();
        headers.append("accept", HeaderValue::from_static("a: b"));
        headers.append("x-empty", HeaderValue::from_static(""));
        headers.append("x-twice", HeaderValue::from_static("1"));
        headers.append("x-twice", HeaderValue::from_bytes(b"\xff").unwrap());
        let other = HeaderMap::from_iter([(http::header::ETAG, HeaderValue::from_static("x"))]);
        let mut texts = Texts::of(["default", "/pets", "", "ada"]);
        texts.asked(&headers, &Secrets::default());
        texts.answered(&other, &Secrets::default());
        let plain = [Text::Session, Text::Target, Text::Operation, Text::Caller].map(|text| texts.text(text));
        assert_eq!(plain, ["default", "/pets", "", "ada"]);
        let head = |text| Head::new(texts.get(text), &[]);
        assert_eq!((head(Text::Asked).map(), head(Text::Answered).map()), (headers, other));
        let head = head(Text::Asked);
        assert_eq!((head.get("accept"), head.get("x-empty"), head.get("x-none")), (Some("a: b"), Some(""), None));
    }
}
