//! Patterns in which `*` stands for any run of characters.

/// A pattern with at least one `*`.
///
/// ```
/// use counterpart::scenario::Glob;
/// assert!(Glob::parse("/pets/*").unwrap().matches("/pets/7"));
/// assert_eq!(Glob::parse("/pets"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    start: String,
    middle: Vec<String>,
    end: String,
}

impl Glob {
    /// The pattern in a text; none where the text has no `*` and is meant as it stands.
    pub fn parse(text: &str) -> Option<Glob> {
        let (start, rest) = text.split_once('*')?;
        let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
        let middle = middle.split('*').filter(|piece| !piece.is_empty()).map(str::to_owned).collect();
        Some(Glob { start: start.to_owned(), middle, end: end.to_owned() })
    }

    /// Whether a text fits.
    pub fn matches(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix(self.start.as_str()) else { return false };
        let Some(mut rest) = rest.strip_suffix(self.end.as_str()) else { return false };
        // The leftmost find of each piece leaves the most for the pieces after it.
        for piece in &self.middle {
            match rest.find(piece.as_str()) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let glob = Glob::parse(pattern).expect("has a star");
        for text in yes {
            assert!(glob.matches(text), "{pattern} should match {text}");
        }
        for text in no {
            assert!(!glob.matches(text), "{pattern} should not match {text}");
        }
    }

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        check("*", &["", "a", "é/b"], &[]);
        check("**", &["", "a"], &[]);
        check("a*", &["a", "ab"], &["", "ba"]);
        check("*a", &["a", "ba"], &["ab"]);
        check("a*a", &["aa", "aba"], &["a"]);
        check("a*b*c", &["abc", "aXbYc", "abbc"], &["acb", "ac"]);
        check("*b*b*", &["bb", "abab"], &["b", "ab"]);
        assert_eq!(Glob::parse("plain"), None);
    }
}
