//! YAML into JSON values, by the core schema of YAML 1.2 (section 10.3), bounded in depth and in what aliases unfold to.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Number, Value};

/// The same depth at which `serde_json` stops.
const MAX_DEPTH: usize = 128;
/// Enough for the largest published API documents; an alias bomb passes it within milliseconds.
const MAX_NODES: usize = 2_000_000;

/// The line, and what is wrong there.
pub(crate) type Wrong = (usize, String);

/// The value of a text; `note` hears of each event and its line. The build script reads the bundled files with this as well.
pub(crate) fn read(text: &str, mut note: impl FnMut(&Event<'_>, usize)) -> Result<Value, Wrong> {
    let mut reader = Reader { anchors: HashMap::new(), open: Vec::new(), nodes: 0, root: None };
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| (error.marker().line(), format!("this is not YAML: {}", error.info())))?;
        note(&event, span.start.line());
        reader.step(event, span)?;
    }
    Ok(reader.root.unwrap_or(Value::Null))
}

/// A collection that is still open, with the anchor it will be known under.
enum Open {
    Sequence { items: Vec<Value>, anchor: usize },
    Mapping { entries: Map<String, Value>, merges: Vec<Value>, key: Option<Key>, anchor: usize },
}

enum Key {
    Name(String),
    Merge,
}

struct Reader {
    anchors: HashMap<usize, (Value, usize)>,
    open: Vec<Open>,
    nodes: usize,
    root: Option<Value>,
}

type Step = Result<(), Wrong>;

impl Reader {
    fn step(&mut self, event: Event<'_>, span: Span) -> Step {
        let line = span.start.line();
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let key_position = matches!(self.open.last(), Some(Open::Mapping { key: None, .. }));
                let string =
                    key_position || style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix() == "str");
                let merge = key_position && style == ScalarStyle::Plain && text == "<<";
                let value = if string { Value::String(text.into_owned()) } else { scalar(&text) };
                if merge {
                    return self.merge_key();
                }
                self.finish(value, anchor, 1, line)
            }
            Event::SequenceStart(_, anchor, _) => self.begin(Open::Sequence { items: Vec::new(), anchor }, line),
            Event::MappingStart(_, anchor, _) => {
                self.begin(Open::Mapping { entries: Map::new(), merges: Vec::new(), key: None, anchor }, line)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(line),
            Event::Alias(anchor) => {
                let Some((_, nodes)) = self.anchors.get(&anchor) else {
                    return Err((line, "this alias is used inside its own anchor".into()));
                };
                // Counted before it is copied: this is where a bomb goes off.
                let nodes = *nodes;
                self.count(nodes, line)?;
                let value = self.anchors[&anchor].0.clone();
                self.place(value, line)
            }
            Event::UnresolvedAlias(alias) => Err((line, format!("no anchor `&{alias}` stands before this alias"))),
            Event::DocumentStart(..) if self.root.is_some() => {
                Err((line, "a second YAML document starts here; one file holds one document".into()))
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, open: Open, line: usize) -> Step {
        if self.open.len() >= MAX_DEPTH {
            return Err((line, format!("this nests deeper than {MAX_DEPTH} levels")));
        }
        self.open.push(open);
        Ok(())
    }

    fn end(&mut self, line: usize) -> Step {
        let (value, anchor) = match self.open.pop() {
            Some(Open::Sequence { mut items, anchor }) => {
                items.shrink_to_fit();
                (Value::Array(items), anchor)
            }
            Some(Open::Mapping { mut entries, merges, anchor, .. }) => {
                merge(&mut entries, merges);
                // A map that has grown has room to grow further, which in a large document is half of it.
                let mut exact = Map::with_capacity(entries.len());
                exact.extend(entries);
                (Value::Object(exact), anchor)
            }
            None => return Ok(()),
        };
        self.finish(value, anchor, 1, line)
    }

    /// A node is complete: remember it if it is anchored, and put it where it belongs.
    fn finish(&mut self, value: Value, anchor: usize, nodes: usize, line: usize) -> Step {
        self.count(nodes, line)?;
        if anchor != 0 {
            let nodes = size(&value);
            self.count(nodes, line)?;
            self.anchors.insert(anchor, (value.clone(), nodes));
        }
        self.place(value, line)
    }

    fn count(&mut self, nodes: usize, line: usize) -> Step {
        self.nodes += nodes;
        match self.nodes > MAX_NODES {
            true => Err((line, format!("this unfolds to more than {MAX_NODES} nodes"))),
            false => Ok(()),
        }
    }

    fn merge_key(&mut self) -> Step {
        if let Some(Open::Mapping { key, .. }) = self.open.last_mut() {
            *key = Some(Key::Merge);
        }
        Ok(())
    }

    fn place(&mut self, value: Value, line: usize) -> Step {
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some(Open::Sequence { items, .. }) => items.push(value),
            Some(Open::Mapping { entries, merges, key, .. }) => match key.take() {
                Some(Key::Merge) => merges.push(value),
                Some(Key::Name(name)) => {
                    if entries.contains_key(&name) {
                        return Err((line, format!("the key `{name}` stands twice in this mapping")));
                    }
                    entries.insert(name, value);
                }
                None => match value {
                    Value::String(name) => *key = Some(Key::Name(name)),
                    Value::Array(_) | Value::Object(_) => return Err((line, "a key must be a plain word".into())),
                    other => *key = Some(Key::Name(other.to_string())),
                },
            },
        }
        Ok(())
    }
}

/// `<<` adds what the mapping does not say itself; of several, the first wins.
fn merge(entries: &mut Map<String, Value>, merges: Vec<Value>) {
    for merged in merges {
        let sources = match merged {
            Value::Array(items) => items,
            other => vec![other],
        };
        for source in sources {
            let Value::Object(source) = source else { continue };
            for (key, value) in source {
                entries.entry(key).or_insert(value);
            }
        }
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(entries) => 1 + entries.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

fn scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    if let Some(hex) = digits.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok().map(Number::from);
    }
    if let Some(octal) = digits.strip_prefix("0o") {
        return u64::from_str_radix(octal, 8).ok().map(Number::from);
    }
    let plain = text.strip_prefix('+').unwrap_or(text);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let integer = plain.parse::<i64>().map(Number::from);
        return integer.ok().or_else(|| plain.parse::<u64>().ok().map(Number::from)).or_else(|| float(plain));
    }
    let float_like =
        digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    if float_like { float(plain) } else { None }
}

/// JSON has no infinity: such a scalar stays a word.
fn float(text: &str) -> Option<Number> {
    text.parse::<f64>().ok().and_then(Number::from_f64)
}
