//! One segment of a path template: fixed text and variables in turn.

/// A segment with at least one variable; with none it is fixed text.
#[derive(Debug, Default)]
pub(super) struct Pattern {
    /// The text before the first variable, between each two, and after the last.
    texts: Vec<String>,
    pub(super) names: Vec<String>,
}

impl Pattern {
    /// Reads a segment. A brace without its partner is text.
    pub(super) fn parse(segment: &str) -> Pattern {
        let mut pattern = Pattern { texts: vec![String::new()], names: Vec::new() };
        let mut rest = segment;
        while let Some((before, name, after)) = variable(rest) {
            pattern.last_text().push_str(before);
            pattern.names.push(name.to_owned());
            pattern.texts.push(String::new());
            rest = after;
        }
        pattern.last_text().push_str(rest);
        pattern
    }

    fn last_text(&mut self) -> &mut String {
        let last = self.texts.len() - 1;
        &mut self.texts[last]
    }

    /// Whether two patterns take the same segments, whatever their variables are called.
    pub(super) fn same_shape(&self, other: &Pattern) -> bool {
        self.texts == other.texts
    }

    /// How much fixed text there is: the more, the more specific.
    pub(super) fn letters(&self) -> usize {
        self.texts.iter().map(String::len).sum()
    }

    /// Adds the raw values of the variables, if the segment matches; otherwise `values` may hold too many.
    pub(super) fn read<'p>(&self, segment: &'p str, values: &mut Vec<&'p str>) -> bool {
        if self.names.len() == 1 && self.letters() == 0 {
            values.push(segment);
            return !segment.is_empty();
        }
        match segment.contains('%') {
            false => {
                let from = values.len();
                self.split(segment, &mut |start, end| values.push(&segment[start..end])) && {
                    values[from..].reverse();
                    true
                }
            }
            true => self.read_encoded(segment, values),
        }
    }

    /// Texts are compared decoded (`%3A` is `:`), and the values are cut from the segment as it came.
    fn read_encoded<'p>(&self, segment: &'p str, values: &mut Vec<&'p str>) -> bool {
        // One letter for each character or code, and where each of them starts in the raw segment.
        let mut decoded = String::new();
        let mut starts = Vec::new();
        let mut at = 0;
        while let Some(letter) = segment[at..].chars().next() {
            let code = segment.get(at..at + 3).filter(|_| letter == '%');
            let code = code.and_then(|code| u8::from_str_radix(&code[1..], 16).ok());
            let (letter, length) = match code {
                // Bytes of a longer character never equal a text; any letter that is in no template will do.
                Some(byte) if byte.is_ascii() => (char::from(byte), 3),
                Some(_) => (char::REPLACEMENT_CHARACTER, 3),
                None => (letter, letter.len_utf8()),
            };
            starts.extend(std::iter::repeat_n(at, letter.len_utf8()));
            decoded.push(letter);
            at += length;
        }
        starts.push(segment.len());
        let from = values.len();
        self.split(&decoded, &mut |start, end| values.push(&segment[starts[start]..starts[end]])) && {
            values[from..].reverse();
            true
        }
    }

    /// Finds the variables from the last to the first; each text as far to the right as it can be, each value not empty.
    fn split(&self, segment: &str, value: &mut dyn FnMut(usize, usize)) -> bool {
        let Some((last, before)) = self.texts.split_last() else { return false };
        let Some(rest) = segment.strip_suffix(last.as_str()) else { return false };
        let mut end = rest.len();
        for (index, text) in before.iter().enumerate().rev() {
            // The value is what lies between this text and `end`; at least its last letter belongs to it.
            let Some(letter) = segment[..end].chars().next_back() else { return false };
            let limit = end - letter.len_utf8();
            let start = match index {
                0 => segment[..limit].starts_with(text.as_str()).then_some(text.len()),
                _ => segment[..limit].rfind(text.as_str()).map(|start| start + text.len()),
            };
            let Some(start) = start else { return false };
            value(start, end);
            end = start - text.len();
        }
        true
    }
}

fn variable(segment: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = segment.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    (!name.is_empty()).then_some((before, name, after))
}
