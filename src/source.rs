//! Text from a file, the value it holds, and where each part of it stands.
//!
//! JSON and YAML are read into the same [`serde_json::Value`]. Lines are looked up on demand, so a file that has nothing wrong
//! with it never pays for them. This room knows no format beyond that and reads no file itself.

mod duration;
mod finding;
mod json;
mod lines;
mod node;
mod place;
mod rule;
mod yaml;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

pub use duration::{EXPECTED as DURATION, parse as duration};
pub use finding::{Finding, Severity, choices, nearest};
pub use node::{Fields, Findings, Node};
pub(crate) use node::{escape, unescape};
pub use place::Place;
pub use rule::RULES;

use lines::{Lines, Walk};

/// The key at the top of a file that tells editors what the file may say. It says nothing to counterpart.
pub const SCHEMA: &str = "$schema";

/// A text with a name, its value, and the lines of its parts.
///
/// ```
/// use counterpart::source::Source;
/// let source = Source::parse("pets.yaml", "name: Rex\nage: 3\n").unwrap();
/// assert_eq!(source.value()["age"], 3);
/// assert_eq!(source.place("/age").to_string(), "pets.yaml:2");
/// ```
#[derive(Debug, Clone)]
pub struct Source {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    name: String,
    text: Cow<'static, str>,
    value: Value,
    lines: OnceLock<Lines>,
    /// Whether a key stands twice, and what it said first is lost.
    has_doubled: bool,
}

/// What a text says.
struct Read {
    value: Value,
    /// Where they come with it.
    lines: OnceLock<Lines>,
    has_doubled: bool,
}

impl Source {
    /// Reads `text` as JSON or YAML, whichever it is.
    ///
    /// # Errors
    /// A finding with the line where the text stops making sense, where it nests deeper than 128 levels,
    /// or where its aliases would unfold into more than two million nodes.
    pub fn parse(name: impl Into<String>, text: impl Into<String>) -> Result<Source, Box<Finding>> {
        let (name, text) = (name.into(), text.into());
        let read = read(&name, &text)?;
        let inner =
            Inner { name, text: text.into(), value: read.value, lines: read.lines, has_doubled: read.has_doubled };
        Ok(Source { inner: Arc::new(inner) })
    }

    /// A text whose value is known already.
    pub fn known(name: impl Into<String>, text: impl Into<Cow<'static, str>>, value: Value) -> Source {
        let (name, text) = (name.into(), text.into());
        Source { inner: Arc::new(Inner { name, text, value, lines: OnceLock::new(), has_doubled: false }) }
    }

    /// The same text with another value in its place, for switches that are applied after reading. Lines stay those of the text.
    #[must_use]
    pub fn with_value(&self, value: Value) -> Source {
        let (name, text, has_doubled) = (self.name().to_owned(), self.inner.text.clone(), self.inner.has_doubled);
        Source { inner: Arc::new(Inner { name, text, value, lines: OnceLock::new(), has_doubled }) }
    }

    /// The name the text was loaded under: its path, or `zendesk/pack.yaml` for an embedded file.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The text itself.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// What the text says.
    pub fn value(&self) -> &Value {
        &self.inner.value
    }

    /// Where the value at a JSON pointer (RFC 6901) stands. A pointer that leads nowhere gets the place of its
    /// deepest part that exists.
    pub fn place(&self, pointer: &str) -> Place {
        Place::part_of(self.clone(), pointer.to_owned())
    }

    /// What stands twice in a JSON text, where only the last one counts; in YAML that is no text at all.
    pub fn doubled(&self) -> Vec<Finding> {
        let text = self.text().strip_prefix('\u{feff}').unwrap_or(self.text());
        let doubled = if self.inner.has_doubled { json::doubled(text) } else { Vec::new() };
        let finding = |pointer: String| {
            let key = unescape(pointer.rsplit('/').next().unwrap_or_default());
            let what = format!("the key `{key}` stands twice in this mapping, and only the last counts");
            Finding::error("duplicate-key", self.place(&pointer), what).help("leave one of them out")
        };
        doubled.into_iter().map(finding).collect()
    }

    fn line(&self, pointer: &str) -> usize {
        self.inner.lines.get_or_init(|| Lines::of(&self.inner.text)).line(pointer)
    }
}

fn read(name: &str, text: &str) -> Result<Read, Box<Finding>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.trim_start().starts_with(['{', '[']) {
        return read_yaml(name, text);
    }
    match json::read(text) {
        Ok((value, has_doubled)) => Ok(Read { value, lines: OnceLock::new(), has_doubled }),
        // YAML may open with a brace as well.
        Err(_) if !name.ends_with(".json") => read_yaml(name, text),
        Err(error) => {
            let place = Place::line_of(name, error.line());
            Err(Box::new(Finding::error("syntax", place, format!("this is not JSON: {error}"))))
        }
    }
}

fn read_yaml(name: &str, text: &str) -> Result<Read, Box<Finding>> {
    let mut walk = Walk::default();
    let value = yaml::read(text, |event, line| walk.event(event, line)).map_err(|(line, what)| {
        // `on: *` is the mistake that YAML invites.
        let star = what.contains("anchor or alias");
        let finding = Finding::error("syntax", Place::line_of(name, line), what);
        let help = "a text that starts with `*` or `&` stands in quotes: \"*\"";
        Box::new(if star { finding.help(help) } else { finding })
    })?;
    Ok(Read { value, lines: walk.finish().into(), has_doubled: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, expected: Value) {
        assert_eq!(Source::parse("t.yaml", text).map(|s| s.value().clone()).map_err(|f| f.to_string()), Ok(expected));
    }

    #[test]
    fn yaml_scalars_follow_the_core_schema() {
        check("yes", json!("yes"));
        check("a: ~\nb: null\nc:\n", json!({"a": null, "b": null, "c": null}));
        check(
            "[true, False, 1, -2, +3, 0x1F, 0o17, 1.5, 1e3, .5]",
            json!([true, false, 1, -2, 3, 31, 15, 1.5, 1000.0, 0.5]),
        );
        check("['1', \"2\", !!str 3, 2020-01-01, =, 012, .inf]", json!(["1", "2", "3", "2020-01-01", "=", 12, ".inf"]));
        check("200: x\ntrue: y\nnull: z\n", json!({"200": "x", "true": "y", "null": "z"}));
        check("18446744073709551615", json!(18446744073709551615u64));
        check("", json!(null));
    }

    #[test]
    fn aliases_and_merge_keys_are_unfolded() {
        check("a: &x {n: 1}\nb: *x\nc: {<<: *x, m: 2}\n", json!({"a": {"n": 1}, "b": {"n": 1}, "c": {"n": 1, "m": 2}}));
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for n in 1..12 {
            let before = format!("*a{}", n - 1);
            text += &format!("a{n}: &a{n} [{}]\n", [before.as_str(); 10].join(", "));
        }
        let finding = Source::parse("bomb.yaml", text).expect_err("too large");
        assert!(finding.to_string().contains("bomb.yaml:"), "{finding}");
        let deep = format!("a: {}", "[".repeat(5000));
        assert!(Source::parse("deep.yaml", deep).is_err());
    }

    #[test]
    fn a_place_has_the_line_of_the_deepest_part_that_exists() {
        let source = Source::parse("t.yaml", "a:\n  - x: 1\n  - y/z: 2\n").expect("reads");
        assert_eq!(source.place("/a/1/y~1z").to_string(), "t.yaml:3");
        assert_eq!(source.place("/a/0/nope/deeper").to_string(), "t.yaml:2");
        let json = Source::parse("t.json", "{\n  \"a\": {\n    \"b\": [1,\n 2]}}").expect("reads");
        assert_eq!(json.place("/a/b/1").to_string(), "t.json:4");
    }

    #[test]
    fn a_key_that_stands_twice_is_told_with_its_line() {
        let check = |name: &str, text: &str, expected: &[&str]| {
            let findings = Source::parse(name, text).expect("reads").doubled();
            assert_eq!(findings.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{text}");
        };
        let way_out = "\n    leave one of them out";
        let twice = |line: usize, key: &str| {
            format!("t.json:{line}: the key `{key}` stands twice in this mapping, and only the last counts{way_out}")
        };
        check("t.json", r#"{ "a": { "b": 1 }, "b": [ { "c": 1 }, { "c": 2 } ] }"#, &[]);
        check(
            "t.json",
            "{\n \"a/b\": 1,\n \"c\": [ {}, { \"d\": 1, \"d\": 1 } ],\n \"a/b\": 2 }",
            &[&twice(3, "d"), &twice(2, "a/b")],
        );
    }

    #[test]
    fn a_syntax_error_names_its_line() {
        let finding = Source::parse("t.json", "{\n \"a\": }").expect_err("broken");
        assert!(finding.to_string().starts_with("t.json:2: "), "{finding}");
        let finding = Source::parse("t.yaml", "a: [1\nb: 2\n").expect_err("broken");
        assert!(finding.to_string().starts_with("t.yaml:2: "), "{finding}");
    }
}
