//! File, line and pointer of a part of a text.

use std::collections::HashMap;
use std::fmt;

use granit_parser::{Event, Parser};

use super::Source;

/// Where something stands in a file. The line of a part is looked up when it is asked for, so that noting a place costs nothing.
///
/// ```
/// use counterpart::source::{Place, Source};
/// let source = Source::parse("pets.yaml", "name: Rex\nage: 3\n").unwrap();
/// assert_eq!(source.place("/age").line(), 2);
/// assert_eq!(Place::line_of("pets.yaml", 7).to_string(), "pets.yaml:7");
/// ```
#[derive(Debug, Clone)]
pub struct Place {
    at: At,
}

#[derive(Debug, Clone)]
enum At {
    Line { file: String, line: usize },
    Part { source: Source, pointer: String },
}

impl Place {
    /// A line of a file, where there is no value to point to; 0 where no line applies.
    pub fn line_of(file: impl Into<String>, line: usize) -> Place {
        Place { at: At::Line { file: file.into(), line } }
    }

    pub(super) fn part_of(source: Source, pointer: String) -> Place {
        Place { at: At::Part { source, pointer } }
    }

    /// The file's name.
    pub fn file(&self) -> &str {
        match &self.at {
            At::Line { file, .. } => file,
            At::Part { source, .. } => source.name(),
        }
    }

    /// The line, counted from 1; 0 where no line applies.
    pub fn line(&self) -> usize {
        match &self.at {
            At::Line { line, .. } => *line,
            At::Part { source, pointer } => source.line(pointer),
        }
    }

    /// The JSON pointer of the part, empty for the whole.
    pub fn pointer(&self) -> &str {
        match &self.at {
            At::Line { .. } => "",
            At::Part { pointer, .. } => pointer,
        }
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Place) -> bool {
        (self.file(), self.line(), self.pointer()) == (other.file(), other.line(), other.pointer())
    }
}

impl Eq for Place {}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line() {
            0 => write!(out, "{}", self.file()),
            line => write!(out, "{}:{line}", self.file()),
        }
    }
}

/// The line of every part of a text, by pointer.
#[derive(Debug)]
pub(super) struct Lines(HashMap<String, usize>);

impl Lines {
    /// Walks the text once. What follows a syntax error has no line of its own.
    pub(super) fn of(text: &str) -> Lines {
        let mut walk = Walk { lines: HashMap::new(), open: Vec::new() };
        for event in Parser::new_from_str(text) {
            let Ok((event, span)) = event else { break };
            walk.step(&event, span.start.line());
        }
        Lines(walk.lines)
    }

    pub(super) fn line(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            if let Some(line) = self.0.get(pointer) {
                return *line;
            }
            match pointer.rfind('/') {
                Some(end) => pointer = &pointer[..end],
                None => return 1,
            }
        }
    }
}

/// One level that is open while walking: what its next child is called.
enum Level {
    Sequence {
        pointer: String,
        next: usize,
    },
    /// `key` is the key last read, if its value has not come yet.
    Mapping {
        pointer: String,
        key: Option<String>,
    },
}

struct Walk {
    lines: HashMap<String, usize>,
    open: Vec<Level>,
}

impl Walk {
    fn step(&mut self, event: &Event<'_>, line: usize) {
        match event {
            Event::Scalar(text, ..) => {
                if let Some(pointer) = self.child(Some(text), line) {
                    self.lines.entry(pointer).or_insert(line);
                }
            }
            Event::Alias(..) => {
                self.child(None, line);
            }
            Event::SequenceStart(..) => {
                let pointer = self.child(None, line).unwrap_or_default();
                self.lines.entry(pointer.clone()).or_insert(line);
                self.open.push(Level::Sequence { pointer, next: 0 });
            }
            Event::MappingStart(..) => {
                let pointer = self.child(None, line).unwrap_or_default();
                self.lines.entry(pointer.clone()).or_insert(line);
                self.open.push(Level::Mapping { pointer, key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
            }
            _ => {}
        }
    }

    /// The pointer of the node that starts here; none where it is a key.
    fn child(&mut self, scalar: Option<&str>, line: usize) -> Option<String> {
        match self.open.last_mut()? {
            Level::Sequence { pointer, next } => {
                *next += 1;
                Some(format!("{pointer}/{}", *next - 1))
            }
            Level::Mapping { pointer, key } => match key.take() {
                Some(key) => Some(format!("{pointer}/{key}")),
                None => {
                    let name = escape(scalar.unwrap_or_default());
                    self.lines.insert(format!("{pointer}/{name}"), line);
                    *key = Some(name);
                    None
                }
            },
        }
    }
}

/// A segment of a JSON pointer (RFC 6901 section 3).
fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}
