//! The line of each part of a text, in one list: parts stand in the order of the text, and each knows where the next one beside
//! it begins. A part takes 16 bytes, so that all lines of the largest documents can be had at once.

use granit_parser::{Event, Parser};

/// The lines of a text.
#[derive(Debug, Default)]
pub(super) struct Lines {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// The hash of its key, or its index in a list.
    key: u64,
    line: u32,
    /// Behind the last of its own parts.
    end: u32,
}

impl Lines {
    /// Walks the text once. What follows a syntax error has no line of its own.
    pub(super) fn of(text: &str) -> Lines {
        json(text).unwrap_or_else(|| {
            let mut walk = Walk::default();
            for event in Parser::new_from_str(text) {
                let Ok((event, span)) = event else { break };
                walk.event(&event, span.start.line());
            }
            walk.finish()
        })
    }

    /// The line of the part at a JSON pointer, or of the deepest part on the way there that exists.
    pub(super) fn line(&self, pointer: &str) -> usize {
        let mut at = 0;
        for segment in pointer.split('/').skip(1) {
            match self.child(at, segment) {
                Some(child) => at = child,
                None => break,
            }
        }
        self.parts.get(at).map_or(1, |part| part.line as usize)
    }

    fn child(&self, parent: usize, segment: &str) -> Option<usize> {
        let name = match segment.contains('~') {
            true => hash(&segment.replace("~1", "/").replace("~0", "~")),
            false => hash(segment),
        };
        let index = segment.parse().unwrap_or(name);
        let end = self.parts.get(parent)?.end as usize;
        let mut at = parent + 1;
        while at < end {
            let part = &self.parts[at];
            if part.key == name || part.key == index {
                return Some(at);
            }
            at = part.end as usize;
        }
        None
    }
}

/// FNV-1a. Where two keys of one mapping share a hash, a finding shows the line of the first.
fn hash(key: &str) -> u64 {
    key.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A walk over a text from its start to its end.
#[derive(Default)]
pub(super) struct Walk {
    parts: Vec<Part>,
    open: Vec<Level>,
}

/// A collection that is still open.
struct Level {
    /// Its own part.
    at: usize,
    children: Children,
}

enum Children {
    /// A list, with how many items it has so far.
    Items(u64),
    /// A mapping, with the part of the key last read if its value has not come yet.
    Entries(Option<usize>),
}

impl Walk {
    /// Takes in what a YAML parser came upon in a line.
    pub(super) fn event(&mut self, event: &Event<'_>, line: usize) {
        match event {
            Event::Scalar(text, ..) => self.scalar(text, line),
            Event::Alias(..) => self.scalar("", line),
            Event::SequenceStart(..) => self.begin(Children::Items(0), line),
            Event::MappingStart(..) => self.begin(Children::Entries(None), line),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            _ => {}
        }
    }

    fn scalar(&mut self, text: &str, line: usize) {
        if self.awaits_key() {
            let at = self.push(hash(text), line);
            self.children(|children| *children = Children::Entries(Some(at)));
        } else {
            let at = self.value(line);
            self.done(at);
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.open.last(), Some(Level { children: Children::Entries(None), .. }))
    }

    fn begin(&mut self, children: Children, line: usize) {
        let at = self.value(line);
        self.open.push(Level { at, children });
    }

    fn end(&mut self) {
        if let Some(level) = self.open.pop() {
            self.done(level.at);
        }
    }

    /// The part of the value that begins here: in a mapping its key has one already.
    fn value(&mut self, line: usize) -> usize {
        let mut key = 0;
        match self.open.last_mut().map(|level| &mut level.children) {
            Some(Children::Entries(Some(at))) => return *at,
            Some(Children::Items(count)) => {
                key = *count;
                *count += 1;
            }
            _ => {}
        }
        self.push(key, line)
    }

    fn push(&mut self, key: u64, line: usize) -> usize {
        self.parts.push(Part { key, line: narrow(line), end: u32::MAX });
        self.parts.len() - 1
    }

    fn done(&mut self, at: usize) {
        self.parts[at].end = narrow(self.parts.len());
        self.children(|children| {
            if let Children::Entries(key) = children {
                *key = None;
            }
        });
    }

    fn children(&mut self, change: impl FnOnce(&mut Children)) {
        if let Some(level) = self.open.last_mut() {
            change(&mut level.children);
        }
    }

    /// The lines of all that was walked over.
    pub(super) fn finish(mut self) -> Lines {
        let end = narrow(self.parts.len());
        for part in self.parts.iter_mut().filter(|part| part.end == u32::MAX) {
            part.end = end;
        }
        self.parts.shrink_to_fit();
        Lines { parts: self.parts }
    }
}

/// No text has this many lines or parts: files are bounded in size.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The lines of a JSON text, several times as fast as by the parser of YAML; none where it turns out to be no JSON.
fn json(text: &str) -> Option<Lines> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let (bytes, mut at, mut line) = (text.as_bytes(), 0, 1);
    let mut walk = Walk::default();
    while let Some(byte) = bytes.get(at) {
        let begun = at;
        at += 1;
        match byte {
            b'\n' => line += 1,
            b' ' | b'\t' | b'\r' | b',' | b':' => {}
            b'{' => walk.begin(Children::Entries(None), line),
            b'[' => walk.begin(Children::Items(0), line),
            b'}' | b']' => walk.end(),
            b'"' => {
                at = quoted(bytes, at)?;
                match walk.awaits_key() && bytes[begun..at].contains(&b'\\') {
                    true => walk.scalar(&serde_json::from_str::<String>(&text[begun..at]).ok()?, line),
                    false => walk.scalar(&text[begun + 1..at - 1], line),
                }
            }
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' if !walk.awaits_key() => {
                at +=
                    bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
                walk.scalar("", line);
            }
            _ => return None,
        }
    }
    Some(walk.finish()).filter(|lines| !lines.parts.is_empty())
}

/// Behind the quotation mark that ends a text.
fn quoted(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// By the parser of YAML, which reads JSON as well.
    fn slowly(text: &str) -> Lines {
        let mut walk = Walk::default();
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            walk.event(&event, span.start.line());
        }
        walk.finish()
    }

    fn check(text: &str, pointer: &str, line: usize) {
        assert_eq!(Lines::of(text).line(pointer), line, "{pointer}");
        assert_eq!(slowly(text).line(pointer), line, "{pointer}, as YAML");
    }

    #[test]
    fn each_part_has_its_line_in_both_formats() {
        let text =
            "{\n \"a\": [\n  1,\n  {\"b/c\": \"x\\\"{\\\\\",\n   \"d\": [[],\n    {}]}],\n \"e\\u0041\":\n  null\n}";
        for (pointer, line) in [
            ("", 1),
            ("/a", 2),
            ("/a/0", 3),
            ("/a/1", 4),
            ("/a/1/b~1c", 4),
            ("/a/1/d/0", 5),
            ("/a/1/d/1", 6),
            ("/a/1/d/1/x", 6),
            ("/eA", 7),
            ("/a/2", 2),
        ] {
            check(text, pointer, line);
        }
        check("a:\n  b: &x\n    c: 1\n  d: *x\n  ? e\n  : f\n", "/a/d/c", 4);
        check("- 1\n- [2,\n  3]\n", "/1/1", 3);
    }

    #[test]
    fn what_looks_like_json_and_is_none_is_read_as_yaml() {
        check("{a: 1,\n b: true}", "/b", 2);
        check("[\n x, 1]", "/0", 2);
        check("\"a\": 1\nn: 2", "/n", 2);
    }

    proptest! {
        #[test]
        fn both_ways_agree(value in value(), text in "[\\[\\]{}:,\"\\\\a1 \\n-]{0,40}") {
            let pretty = serde_json::to_string_pretty(&value).expect("writes");
            let (fast, slow) = (json(&pretty).map(|lines| lines.parts), slowly(&pretty).parts);
            let shown = |parts: &[Part]| parts.iter().map(|it| (it.key, it.line, it.end)).collect::<Vec<_>>();
            prop_assert_eq!(fast.map(|parts| shown(&parts)), Some(shown(&slow)));
            Lines::of(&text).line("/a/1/a");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            "[a-z\"\\\\\\[{]{0,4}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let entries = prop::collection::btree_map("[a-z/~]{0,3}", inner.clone(), 0..4);
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Value::from),
                entries.prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
        .prop_filter("a collection", |value| value.is_array() || value.is_object())
    }
}
