//! Forms in parts (RFC 7578), as browsers and clients send files.

/// The fields of a form, in order, files among them; none where the media type names no boundary. Bytes that are no UTF-8 become
/// U+FFFD.
///
/// ```
/// use counterpart::message::multipart;
/// let body = b"--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n";
/// assert_eq!(multipart("multipart/form-data; boundary=x", body), Some(vec![("a".into(), "1".into())]));
/// ```
pub fn multipart(media: &str, body: &[u8]) -> Option<Vec<(String, String)>> {
    let boundary = format!("--{}", parameter(media, "boundary")?);
    let text = String::from_utf8_lossy(body);
    let mut fields = Vec::new();
    // What comes before the first boundary and after the last one says nothing.
    for part in text.split(&boundary).skip(1).take_while(|part| !part.starts_with("--")) {
        let part = part.strip_prefix("\r\n").unwrap_or(part);
        let Some((head, content)) = part.split_once("\r\n\r\n") else { continue };
        let name =
            head.lines().filter(|line| starts(line, "content-disposition:")).find_map(|line| parameter(line, "name"));
        if let Some(name) = name {
            fields.push((name, content.strip_suffix("\r\n").unwrap_or(content).to_owned()));
        }
    }
    Some(fields)
}

/// A parameter of a header's value.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|part| {
        let (key, value) = part.trim().split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn starts(line: &str, word: &str) -> bool {
    line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &[(&str, &str)]) {
        let owned = expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(multipart("multipart/form-data; boundary=\"b b\"", body.as_bytes()), Some(owned));
    }

    #[test]
    fn parts_without_a_name_and_what_stands_around_are_left_out() {
        check("", &[]);
        check("--b b--", &[]);
        check("preamble\r\n--b b\r\nx: y\r\n\r\nlost\r\n--b b--\r\nepilogue", &[]);
        check(
            "--b b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.csv\"\r\n\r\na\r\n1\r\n\r\n--b b--",
            &[("f", "a\r\n1\r\n")],
        );
        assert_eq!(multipart("multipart/form-data", b"--\r\n"), None);
    }
}
