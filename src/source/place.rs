//! File, line and pointer of a part of a text.

use std::fmt;

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
