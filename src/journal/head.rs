//! Header fields as the journal keeps them: one piece of text, since fields as they came in hold on to the buffer that they were read into.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::Secrets;

/// Header fields, secrets masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// `name: value` and a line feed for each.
    lines: Box<[u8]>,
}

impl Head {
    pub(super) fn of(headers: &HeaderMap, secrets: &Secrets) -> Head {
        /// About what a usual field takes.
        const USUAL: usize = 40;
        let mut lines = Vec::with_capacity(headers.len() * USUAL);
        for (name, value) in headers {
            lines.extend_from_slice(name.as_str().as_bytes());
            lines.extend_from_slice(b": ");
            lines.extend_from_slice(&secrets.shown(name, value));
            lines.push(b'\n');
        }
        Head { lines: lines.into() }
    }

    /// The fields, in the order in which they are kept.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let lines = self.lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((std::str::from_utf8(&line[..colon]).ok()?, line.get(colon + 2..)?))
        })
    }

    /// The first value of a field, if it is text.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.fields().find(|(known, _)| *known == name)?;
        std::str::from_utf8(value).ok()
    }

    /// The fields as they are in requests.
    pub(super) fn map(&self) -> HeaderMap {
        let field = |(name, value): (&str, &[u8])| {
            Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_bytes(value).ok()?))
        };
        let mut map = HeaderMap::new();
        for (name, value) in self.fields().filter_map(field) {
            map.append(name, value);
        }
        map
    }

    pub(super) fn size(&self) -> usize {
        self.lines.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_as_they_were_kept() {
        let mut headers = HeaderMap::new();
        headers.append("accept", HeaderValue::from_static("a: b"));
        headers.append("x-empty", HeaderValue::from_static(""));
        headers.append("x-twice", HeaderValue::from_static("1"));
        headers.append("x-twice", HeaderValue::from_bytes(b"\xff").unwrap());
        let head = Head::of(&headers, &Secrets::default());
        assert_eq!(head.map(), headers);
        assert_eq!((head.get("accept"), head.get("x-empty"), head.get("x-none")), (Some("a: b"), Some(""), None));
    }
}
