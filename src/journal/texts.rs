//! The texts of an exchange in one piece of memory.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::Secrets;

/// How many texts there are.
const COUNT: usize = 6;
/// What the texts of most exchanges fit in.
const USUAL: usize = 2048;

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
    /// Plain texts, empty where there is none, and the header fields of request and reply. Header fields are copied, since those
    /// that came in hold on to the buffer that they were read into.
    pub(super) fn of(plain: [&str; 4], (asked, answered): (&HeaderMap, &HeaderMap), secrets: &Secrets) -> Texts {
        let mut texts = Texts { bytes: Vec::with_capacity(USUAL), ends: [0; COUNT] };
        for (text, index) in plain.iter().zip(0..) {
            texts.bytes.extend_from_slice(text.as_bytes());
            texts.end(index);
        }
        texts.fields(asked, secrets);
        texts.end(plain.len());
        texts.fields(answered, secrets);
        texts.end(plain.len() + 1);
        texts
    }

    fn end(&mut self, index: usize) {
        self.ends[index] = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
    }

    fn fields(&mut self, headers: &HeaderMap, secrets: &Secrets) {
        for (name, value) in headers {
            self.bytes.extend_from_slice(name.as_str().as_bytes());
            self.bytes.extend_from_slice(b": ");
            self.bytes.extend_from_slice(&secrets.shown(name, value));
            self.bytes.push(b'\n');
        }
    }

    pub(super) fn get(&self, text: Text) -> &str {
        std::str::from_utf8(self.bytes(text)).unwrap_or_default()
    }

    pub(super) fn head(&self, text: Text) -> Head<'_> {
        Head { lines: self.bytes(text) }
    }

    fn bytes(&self, text: Text) -> &[u8] {
        let index = text as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.bytes.get(start as usize..self.ends[index] as usize).unwrap_or_default()
    }

    /// How many bytes they take, wherever these are.
    pub(super) fn size(&self) -> usize {
        self.ends[COUNT - 1] as usize
    }
}

/// Header fields, secrets masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'a> {
    /// `name: value` and a line feed for each.
    lines: &'a [u8],
}

impl<'a> Head<'a> {
    /// The fields, in the order in which they are kept.
    pub fn fields(self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let lines = self.lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((std::str::from_utf8(&line[..colon]).ok()?, line.get(colon + 2..)?))
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
        let texts = Texts::of(["default", "/pets", "", "ada"], (&headers, &other), &Secrets::default());
        let plain = [Text::Session, Text::Target, Text::Operation, Text::Caller].map(|text| texts.get(text));
        assert_eq!(plain, ["default", "/pets", "", "ada"]);
        assert_eq!((texts.head(Text::Asked).map(), texts.head(Text::Answered).map()), (headers, other));
        let head = texts.head(Text::Asked);
        assert_eq!((head.get("accept"), head.get("x-empty"), head.get("x-none")), (Some("a: b"), Some(""), None));
    }
}
