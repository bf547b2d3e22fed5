//! Forms in parts (RFC 7578), as browsers and clients send files.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

/// More parts than this are no form.
const MAX_PARTS: usize = 10_000;

/// One part of a form: a field or a file.
#[derive(Debug, Clone, PartialEq)]
pub struct FormPart {
    /// The name of the field.
    pub name: String,
    /// The header fields of the part.
    pub headers: HeaderMap,
    /// What it holds.
    pub content: Bytes,
}

impl FormPart {
    /// The media type of the part, where it names one.
    pub fn media_type(&self) -> Option<&str> {
        self.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
    }

    /// The content as a text. Bytes that are no UTF-8 become U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }
}

/// The parts of a form, in order.
///
/// ```
/// use counterpart::message::multipart;
/// let body = "--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n";
/// let parts = multipart("multipart/form-data; boundary=x", &body.into()).unwrap();
/// assert_eq!((parts[0].name.as_str(), parts[0].text().as_str()), ("a", "1"));
/// ```
///
/// # Errors
/// What keeps the body from being a form in parts, in words that follow on "the body".
pub fn multipart(media: &str, body: &Bytes) -> Result<Vec<FormPart>, &'static str> {
    let boundary = parameter(media, "boundary").ok_or("has no boundary: the media type must name one")?;
    let opening = format!("--{boundary}");
    let delimiter = format!("\r\n--{boundary}");
    // What comes before the first boundary and after the last one says nothing.
    let mut at = match body.starts_with(opening.as_bytes()) {
        true => opening.len(),
        false => find(body, delimiter.as_bytes(), 0).ok_or("never has its boundary")? + delimiter.len(),
    };
    let mut parts = Vec::new();
    loop {
        let rest = &body[at..];
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        // Blanks may follow a boundary (RFC 2046 section 5.1.1).
        let line = find(body, b"\r\n", at).ok_or("ends within a boundary")?;
        let end = find(body, delimiter.as_bytes(), line).ok_or("does not end with its boundary")?;
        parts.extend(part(body, line + 2, end));
        if parts.len() > MAX_PARTS {
            return Err("has too many parts");
        }
        at = end + delimiter.len();
    }
}

/// One part between two boundaries; none where it has no name.
fn part(body: &Bytes, start: usize, end: usize) -> Option<FormPart> {
    // A part without any field begins with the blank line; one without content may end before it.
    let blank = find(&body[..end], b"\r\n\r\n", start.saturating_sub(2))?;
    let head = String::from_utf8_lossy(body.get(start..blank)?).into_owned();
    let mut headers = HeaderMap::new();
    for (name, value) in head.split("\r\n").filter_map(|line| line.split_once(':')) {
        let field = HeaderName::from_bytes(name.trim().as_bytes()).ok().zip(HeaderValue::from_str(value.trim()).ok());
        headers.extend(field);
    }
    let disposition = headers.get(http::header::CONTENT_DISPOSITION)?;
    let name = parameter(&String::from_utf8_lossy(disposition.as_bytes()), "name")?;
    Some(FormPart { name, headers, content: body.slice((blank + 4).min(end)..end) })
}

fn find(body: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = from;
    loop {
        at += body.get(at..)?.iter().position(|byte| *byte == first)?;
        if body[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
}

/// A parameter of a header's value (RFC 9110 section 5.6.6). A quoted one may hold semicolons.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (found, next) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let (plain, next) = after.split_once(';').unwrap_or((after, ""));
                (plain.trim().to_owned(), next)
            }
        };
        if key.trim_matches([' ', ';', '\t']).eq_ignore_ascii_case(name) {
            return Some(found);
        }
        rest = next;
    }
}

/// The text up to the closing quote, and what follows.
fn unquoted(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((text, &quoted[at + 1..])),
            // Only a quote is escaped in practice: paths of Windows come with single backslashes.
            '\\' if quoted[at + 1..].starts_with('"') => text.extend(letters.next().map(|(_, letter)| letter)),
            letter => text.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &[(&str, &str)]) {
        let parts = multipart("multipart/form-data; boundary=\"b b\"", &Bytes::from(body.to_owned())).expect("parts");
        let found: Vec<(&str, String)> = parts.iter().map(|part| (part.name.as_str(), part.text())).collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(name, text)| (*name, text.as_str())).collect();
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn parts_without_a_name_and_what_stands_around_are_left_out() {
        check("--b b--", &[]);
        check("preamble\r\n--b b\r\nx: y\r\n\r\nlost\r\n--b b--\r\nepilogue", &[]);
        check("--b b\r\n\r\nlost\r\n--b b--", &[]);
        check(
            "--b b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a;=.csv\"\r\n\r\na\r\n1\r\n\r\n--b b--",
            &[("f", "a\r\n1\r\n")],
        );
        check(
            "--b b \r\nContent-Disposition: form-data; filename=\"x\\\"; name=no\"; name=f\r\n\r\n\r\n--b b--",
            &[("f", "")],
        );
        check(
            "--b b\r\ncontent-disposition: form-data; name=a\r\n\r\n--b\r\n--b b\r\ncontent-disposition: a; name=b\r\n\r\n2\r\n--b b--",
            &[("a", "--b"), ("b", "2")],
        );
    }

    #[test]
    fn what_is_no_form_in_parts_is_said() {
        let check = |media: &str, body: &'static str, expected: &str| {
            assert_eq!(multipart(media, &Bytes::from_static(body.as_bytes())), Err(expected), "{body}");
        };
        check("multipart/form-data", "--\r\n", "has no boundary: the media type must name one");
        check("multipart/form-data; boundary=\"x", "--x--", "has no boundary: the media type must name one");
        check("multipart/form-data; boundary=x", "", "never has its boundary");
        check("multipart/form-data; boundary=x", "--y--", "never has its boundary");
        check("multipart/form-data; boundary=x", "--x", "ends within a boundary");
        check("multipart/form-data; boundary=x", "--x\r\na: b\r\n\r\n1", "does not end with its boundary");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(body in "(--b|\r\n|content-disposition: x; name=|[a\"\\\\;=: -]|\\PC){0,20}") {
            let _ = multipart("multipart/form-data; boundary=b", &Bytes::from(body));
        }
    }
}
