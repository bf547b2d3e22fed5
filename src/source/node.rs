//! Reading a file's value part by part, with every finding collected and not only the first.
//!
//! A loose struct derived with serde would stop at its first mistake and know no line. Here a reader asks a [`Node`] for what
//! it needs; what is missing, has another type or was never asked for becomes a finding with its place, and reading goes on.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Finding, Place, Severity, Source, choices, duration};

/// What is wrong with a file, collected while it is read.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
}

impl Findings {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// Adds what another reader found.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.list.extend(findings);
    }

    /// How many there are, so that a reader can tell whether a part was sound.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether one of them stops the server.
    pub fn stop(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// All of them by file and line, and on one line as they were found.
    pub fn into_vec(mut self) -> Vec<Finding> {
        self.list.sort_by(|a, b| (a.place.file(), a.place.line()).cmp(&(b.place.file(), b.place.line())));
        self.list
    }
}

/// A part of a file: its value, and where it stands.
///
/// ```
/// use counterpart::source::{Findings, Node, Source};
/// let source = Source::parse("pets.yaml", "name: Rex\nagee: 3\nsize: tall\n").unwrap();
/// let mut findings = Findings::default();
/// let mut pet = Node::root(&source).fields(&mut findings).unwrap();
/// assert_eq!(pet.required("name", &mut findings, Node::text), Some("Rex"));
/// assert_eq!(pet.optional("age", &mut findings, Node::unsigned), None);
/// assert_eq!(pet.optional("size", &mut findings, Node::number), None);
/// pet.finish(&mut findings);
/// let said: Vec<String> = findings.into_vec().iter().map(ToString::to_string).collect();
/// assert_eq!(said, [
///     "pets.yaml:2: there is no key `agee` here\n    did you mean `age`? allowed: `name`, `age`, `size`",
///     "pets.yaml:3: `size` must be a number, not `tall`",
/// ]);
/// ```
#[derive(Debug, Clone)]
pub struct Node<'a> {
    source: &'a Source,
    pointer: String,
    value: &'a Value,
    /// Its place in a list, where it stands in one.
    index: Option<usize>,
}

impl<'a> Node<'a> {
    /// The whole of a file.
    pub fn root(source: &'a Source) -> Node<'a> {
        Node { source, pointer: String::new(), value: source.value(), index: None }
    }

    /// What stands here, as it is.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// The JSON pointer of this part.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The key or position under which this part stands; empty for a whole file.
    pub fn key(&self) -> String {
        unescape(self.pointer.rsplit('/').next().unwrap_or_default())
    }

    /// Where this part stands.
    pub fn place(&self) -> Place {
        self.source.place(&self.pointer)
    }

    /// A finding about this part that stops the server.
    pub fn error(&self, rule: &'static str, what: impl Into<String>) -> Finding {
        Finding::error(rule, self.place(), what)
    }

    /// A finding about this part that is served around.
    pub fn warning(&self, rule: &'static str, what: impl Into<String>) -> Finding {
        Finding::warning(rule, self.place(), what)
    }

    /// The keys of an object whose set of keys is closed.
    pub fn fields(&self, findings: &mut Findings) -> Option<Fields<'a>> {
        match self.value {
            Value::Object(map) => Some(Fields { node: self.clone(), map, asked: Vec::new() }),
            _ => self.mismatch("a mapping", findings),
        }
    }

    /// The entries of an object whose keys are free, in the order of the file.
    pub fn entries(&self, findings: &mut Findings) -> Option<Vec<(&'a str, Node<'a>)>> {
        match self.value {
            Value::Object(map) => Some(map.iter().map(|(key, value)| (key.as_str(), self.child(key, value))).collect()),
            _ => self.mismatch("a mapping", findings),
        }
    }

    /// The items of a list.
    pub fn items(&self, findings: &mut Findings) -> Option<Vec<Node<'a>>> {
        match self.value {
            Value::Array(_) => Some(self.one_or_many()),
            _ => self.mismatch("a list", findings),
        }
    }

    /// What stands below: the entries of an object, the items of a list; nothing below anything else.
    pub fn parts(&self) -> Vec<Node<'a>> {
        match self.value {
            Value::Object(map) => map.iter().map(|(key, value)| self.child(key, value)).collect(),
            Value::Array(_) => self.one_or_many(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        }
    }

    /// The items of a list, or the part itself where one may be written without its brackets.
    pub fn one_or_many(&self) -> Vec<Node<'a>> {
        match self.value {
            Value::Array(items) => {
                let node = |(index, value): (usize, &'a Value)| Node {
                    index: Some(index),
                    ..self.child(&index.to_string(), value)
                };
                items.iter().enumerate().map(node).collect()
            }
            _ => vec![self.clone()],
        }
    }

    /// A text.
    pub fn text(&self, findings: &mut Findings) -> Option<&'a str> {
        match self.value {
            Value::String(text) => Some(text),
            _ => self.mismatch("a text", findings),
        }
    }

    /// A text of its own.
    pub fn string(&self, findings: &mut Findings) -> Option<String> {
        self.text(findings).map(str::to_owned)
    }

    /// A text, or a number or a boolean as it would be written: `page: 2` is meant as `page: "2"`.
    pub fn scalar(&self, findings: &mut Findings) -> Option<String> {
        match self.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => self.mismatch("a text, a number or a boolean", findings),
        }
    }

    /// A whole number, not below zero.
    pub fn unsigned(&self, findings: &mut Findings) -> Option<u64> {
        self.value.as_u64().or_else(|| self.mismatch("a whole number from 0 up", findings))
    }

    /// A whole number.
    pub fn integer(&self, findings: &mut Findings) -> Option<i64> {
        self.value.as_i64().or_else(|| self.mismatch("a whole number", findings))
    }

    /// A number.
    pub fn number(&self, findings: &mut Findings) -> Option<f64> {
        self.value.as_f64().or_else(|| self.mismatch("a number", findings))
    }

    /// A boolean.
    pub fn flag(&self, findings: &mut Findings) -> Option<bool> {
        self.value.as_bool().or_else(|| self.mismatch("true or false", findings))
    }

    /// A length of time such as `200ms`, `2s`, `1m`, `1h` or `1d`, up to a year.
    pub fn duration(&self, findings: &mut Findings) -> Option<Duration> {
        match self.value {
            Value::String(text) => duration::parse(text).or_else(|| self.mismatch(duration::EXPECTED, findings)),
            _ => self.mismatch(duration::EXPECTED, findings),
        }
    }

    /// One word of a closed set, as what it stands for.
    pub fn word<T: Copy>(&self, words: &[(&str, T)], findings: &mut Findings) -> Option<T> {
        let text = self.text(findings)?;
        let known = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if known.is_none() {
            let what = format!("{} cannot be `{text}`", self.label());
            findings.push(self.error("unknown-word", what).help(choices(
                text,
                words.iter().map(|(word, _)| *word),
                "allowed",
            )));
        }
        known
    }

    /// A text that says how to read itself; its error is what it must be, as in `must be {error}`.
    pub fn parsed<T: std::str::FromStr>(&self, findings: &mut Findings) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.text(findings)?;
        text.parse().map_err(|expected: T::Err| self.mismatch::<T>(&expected.to_string(), findings)).ok()
    }

    /// Records that this part is not what it must be: "`size` must be {expected}, not `tall`". Always none.
    pub fn mismatch<T>(&self, expected: &str, findings: &mut Findings) -> Option<T> {
        let what = format!("{} must be {expected}, not {}", self.label(), shown(self.value));
        findings.push(self.error("type", what));
        None
    }

    /// How a message calls this part.
    fn label(&self) -> String {
        let list = self.pointer.rsplit('/').nth(1).unwrap_or_default();
        match self.index {
            // Counted from 1, as people do.
            Some(index) if list.is_empty() => format!("item {}", index + 1),
            Some(index) => format!("item {} of `{}`", index + 1, unescape(list)),
            None if self.pointer.is_empty() => "the file".to_owned(),
            None => format!("`{}`", self.key()),
        }
    }

    fn child(&self, key: &str, value: &'a Value) -> Node<'a> {
        let pointer = format!("{}/{}", self.pointer, escape(key));
        Node { source: self.source, pointer, value, index: None }
    }
}

/// An object whose keys are a closed set: those that are asked for.
#[derive(Debug)]
#[must_use = "`finish` finds the keys that nobody asked for"]
pub struct Fields<'a> {
    node: Node<'a>,
    map: &'a Map<String, Value>,
    asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The object itself, for findings about it as a whole.
    pub fn node(&self) -> &Node<'a> {
        &self.node
    }

    /// The part under a key, if it is there.
    pub fn take(&mut self, key: &'static str) -> Option<Node<'a>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.map.get(key).map(|value| self.node.child(key, value))
    }

    /// Whether a key is there, without asking for it.
    pub fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// What is read from the part under a key, if it is there.
    pub fn optional<T>(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
        read: impl FnOnce(&Node<'a>, &mut Findings) -> Option<T>,
    ) -> Option<T> {
        self.take(key).and_then(|node| read(&node, findings))
    }

    /// What is read from the part under a key; a finding where there is no such key.
    pub fn required<T>(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
        read: impl FnOnce(&Node<'a>, &mut Findings) -> Option<T>,
    ) -> Option<T> {
        match self.take(key) {
            Some(node) => read(&node, findings),
            None => {
                findings.push(self.node.error("missing-key", format!("`{key}` is missing here")));
                None
            }
        }
    }

    /// The items of the list under a key; none where there is no such key.
    pub fn list(&mut self, key: &'static str, findings: &mut Findings) -> Vec<Node<'a>> {
        self.optional(key, findings, Node::items).unwrap_or_default()
    }

    /// Ends the reading: a key that nobody asked for is a finding, with those that were.
    pub fn finish(self, findings: &mut Findings) {
        for (key, value) in self.map {
            if !self.asked.contains(&key.as_str()) {
                let node = self.node.child(key, value);
                let finding = node.error("unknown-key", format!("there is no key `{key}` here"));
                findings.push(finding.help(choices(key, self.asked.iter().copied(), "allowed")));
            }
        }
    }
}

/// A key as a segment of a JSON pointer (RFC 6901 section 3).
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The key that a segment of a JSON pointer stands for (RFC 6901 section 4).
pub(crate) fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// A value as a message quotes it: short.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 40;
    match value {
        Value::Null => "empty".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
        Value::String(text) if text.is_empty() => "an empty text".to_owned(),
        Value::String(text) => match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("`{}…`", plain(&text[..end])),
            None => format!("`{}`", plain(text)),
        },
        other => format!("`{other}`"),
    }
}

/// A text without what would move a terminal's cursor.
fn plain(text: &str) -> String {
    let letter = |letter: char| match letter.is_control() {
        true => letter.escape_default().collect(),
        false => String::from(letter),
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: std::fmt::Debug>(text: &str, read: impl Fn(&Node<'static>, &mut Findings) -> T, expected: &str) {
        // Leaked, so that a method such as `Node::text` can be passed for every lifetime.
        let source: &'static Source = Box::leak(Box::new(Source::parse("t.yaml", text).expect("reads")));
        let mut findings = Findings::default();
        let read = format!("{:?}", read(&Node::root(source), &mut findings));
        let said: Vec<String> = findings.into_vec().iter().map(ToString::to_string).collect();
        assert_eq!(if said.is_empty() { read } else { said.join("\n") }, expected);
    }

    #[test]
    fn a_part_with_another_type_is_named_and_quoted() {
        check("[1]", Node::text, "t.yaml:1: the file must be a text, not a list");
        check("x", Node::flag, "t.yaml:1: the file must be true or false, not `x`");
        check("-1", Node::unsigned, "t.yaml:1: the file must be a whole number from 0 up, not `-1`");
        check("", Node::number, "t.yaml:1: the file must be a number, not empty");
        check("2", Node::scalar, "Some(\"2\")");
        check("\"a\\n\\e[2J\"", Node::flag, "t.yaml:1: the file must be true or false, not `a\\n\\u{1b}[2J`");
        let long = "é".repeat(60);
        check(&long, Node::integer, &format!("t.yaml:1: the file must be a whole number, not `{}…`", "é".repeat(40)));
        let second = |node: &Node<'_>, findings: &mut Findings| {
            let mut fields = node.fields(findings).expect("object");
            fields.list("a", findings).iter().map(|item| item.unsigned(findings)).collect::<Vec<_>>()
        };
        check("a:\n - 1\n - x", second, "t.yaml:3: item 2 of `a` must be a whole number from 0 up, not `x`");
    }

    #[test]
    fn durations_have_a_unit() {
        check("200ms", Node::duration, "Some(200ms)");
        check("1.5s", Node::duration, "Some(1.5s)");
        check("2m", Node::duration, "Some(120s)");
        check("30d", Node::duration, "Some(2592000s)");
        let wrong = |shown: &str| {
            format!(
                "t.yaml:1: the file must be a length of time such as `200ms`, `2s`, `1m`, `1h` or `1d`, up to a year, not `{shown}`"
            )
        };
        for text in ["2", "2 parsecs", "-1s", "1e999s", "NaNs", "s", "ms", "1h1m", "367d"] {
            check(text, Node::duration, &wrong(text));
        }
    }

    #[test]
    fn a_word_outside_the_set_lists_the_set() {
        let words = [("gate", 1), ("verdict", 2)];
        check("gate", |node, findings| node.word(&words, findings), "Some(1)");
        let said = "t.yaml:1: the file cannot be `gates`\n    did you mean `gate`? allowed: `gate`, `verdict`";
        check("gates", |node, findings| node.word(&words, findings), said);
    }

    #[test]
    fn every_unknown_and_missing_key_is_found_at_once() {
        let read = |node: &Node<'_>, findings: &mut Findings| {
            let mut fields = node.fields(findings)?;
            let name = fields.required("name", findings, Node::string);
            fields.optional("a/b", findings, Node::flag);
            fields.finish(findings);
            name
        };
        let said = "t.yaml:1: `name` is missing here\n\
                    t.yaml:1: `a/b` must be true or false, not `1`\n\
                    t.yaml:2: there is no key `nme` here\n    did you mean `name`? allowed: `name`, `a/b`\n\
                    t.yaml:3: there is no key `zzz` here\n    allowed: `name`, `a/b`";
        check("a/b: 1\nnme: x\nzzz: y", read, said);
    }
}
