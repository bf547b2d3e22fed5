//! Texts that match a regular expression, made from its parts. Bounded: no pattern makes more than it is given room for.

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

use crate::dice::Draws;

/// How many texts are tried until one has the right length.
const TRIES: u64 = 48;
/// Letters that a text has at the most.
const MAX_LETTERS: usize = 65_536;

/// A text that matches, of this many letters if it can be. None where the pattern is beyond what is understood.
pub(super) fn text(pattern: &str, least: usize, most: usize, draws: &mut Draws) -> Option<String> {
    let (hir, mixed) = parse(pattern)?;
    let mut nearest: Option<(usize, String)> = None;
    for attempt in 0..TRIES {
        let room = room(attempt, least, most, draws);
        let mut writer = Writer { out: String::new(), room, mixed, draws: &mut *draws };
        writer.write(&hir)?;
        let mut text = writer.out;
        let length = text.chars().count();
        if length < least && least <= MAX_LETTERS && !hir.properties().look_set_suffix_any().contains(Look::End) {
            // What comes behind the match is not looked at.
            text.extend(std::iter::repeat_n('a', least - length));
        }
        let off = off(text.chars().count(), least, most);
        if off == 0 {
            return Some(text);
        }
        if nearest.as_ref().is_none_or(|(known, _)| off < *known) {
            nearest = Some((off, text));
        }
    }
    nearest.map(|(_, text)| text)
}

/// How far a length is off its bounds.
fn off(length: usize, least: usize, most: usize) -> usize {
    least.saturating_sub(length).max(length.saturating_sub(most))
}

/// How long repetitions shall be.
#[derive(Clone, Copy)]
enum Room {
    /// This often at the most beyond their least number.
    Few(u64),
    /// Until the text has this many letters.
    Until(usize),
}

/// A few at first; where that does not lead to the right length, lengths between the bounds are aimed at.
fn room(attempt: u64, least: usize, most: usize, draws: &mut Draws) -> Room {
    let most = most.min(MAX_LETTERS).min(least.saturating_mul(2).saturating_add(64));
    match attempt {
        0..8 => Room::Few(4),
        8..12 => Room::Few(0),
        12..16 => Room::Few(1),
        _ => Room::Until(least + draws.below(most.saturating_sub(least) as u64 + 1) as usize),
    }
}

/// The pattern, and whether something that looks around was left out of it. Whether that is kept to shows when the value is
/// checked.
fn parse(pattern: &str) -> Option<(Hir, bool)> {
    let read = |pattern: &str| regex_syntax::ParserBuilder::new().nest_limit(100).build().parse(pattern).ok();
    let plain = read(pattern).map(|hir| (hir, false));
    plain.or_else(|| read(&escaped(&without_looks(pattern))).map(|hir| (hir, true)))
}

/// The pattern without `(?=…)`, `(?!…)`, `(?<=…)` and `(?<!…)`.
fn without_looks(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        let look = ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|start| rest.starts_with(start));
        let step = match letter {
            _ if look => group(rest),
            '\\' => rest.chars().take(2).map(char::len_utf8).sum(),
            _ => letter.len_utf8(),
        };
        if !look {
            out.push_str(&rest[..step]);
        }
        rest = &rest[step..];
    }
    out
}

/// The bytes of the group that a text begins with.
fn group(text: &str) -> usize {
    let (mut depth, mut escaped) = (0, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 1 => return at + 1,
            ')' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// ECMA-262 lets brackets stand in a class as they are.
fn escaped(pattern: &str) -> String {
    let (mut out, mut inside, mut taken) = (String::new(), false, false);
    for letter in pattern.chars() {
        match letter {
            _ if taken => taken = false,
            '\\' => taken = true,
            '[' if inside => out.push('\\'),
            '[' => inside = true,
            ']' => inside = false,
            _ => {}
        }
        out.push(letter);
    }
    out
}

struct Writer<'a> {
    out: String,
    room: Room,
    /// Letters of all sorts, as what looks ahead often asks for: a capital and a digit somewhere.
    mixed: bool,
    draws: &'a mut Draws,
}

impl Writer<'_> {
    /// Appends what matches; none where nothing does, or too much would be needed.
    fn write(&mut self, hir: &Hir) -> Option<()> {
        if self.out.len() > MAX_LETTERS {
            return None;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.out.push_str(std::str::from_utf8(&literal.0).ok()?),
            HirKind::Class(class) => {
                let letter = self.letter(class)?;
                self.out.push(letter);
            }
            HirKind::Repetition(repetition) => self.repeat(repetition)?,
            HirKind::Capture(capture) => self.write(&capture.sub)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.write(part))?,
            HirKind::Alternation(branches) => {
                let branch = self.draws.below(branches.len() as u64) as usize;
                self.write(branches.get(branch)?)?;
            }
        }
        Some(())
    }

    fn repeat(&mut self, repetition: &Repetition) -> Option<()> {
        let least = u64::from(repetition.min);
        let most = repetition.max.map_or(u64::MAX, u64::from);
        (0..least).try_for_each(|_| self.write(&repetition.sub))?;
        let more = most.saturating_sub(least);
        match self.room {
            Room::Few(few) => (0..self.draws.below(few.min(more) + 1)).try_for_each(|_| self.write(&repetition.sub)),
            Room::Until(goal) => {
                // Not always the first repetition takes all.
                let share = self.draws.below(3);
                let goal = if share == 0 { self.out.chars().count() + 1 } else { goal };
                for _ in 0..more.min(goal as u64) {
                    if self.out.chars().count() >= goal {
                        break;
                    }
                    self.write(&repetition.sub)?;
                }
                Some(())
            }
        }
    }

    /// A letter of a class: one that is easily read, if it has such.
    fn letter(&mut self, class: &Class) -> Option<char> {
        let ranges: Vec<(u32, u32)> = match class {
            Class::Unicode(class) => class.ranges().iter().map(|it| (it.start().into(), it.end().into())).collect(),
            Class::Bytes(class) => class.ranges().iter().map(|it| (it.start().into(), it.end().into())).collect(),
        };
        const PLAIN: [(u32, u32); 2] = [('a' as u32, 'z' as u32), ('0' as u32, '9' as u32)];
        const UPPER: [(u32, u32); 1] = [('A' as u32, 'Z' as u32)];
        const VISIBLE: [(u32, u32); 1] = [('!' as u32, '~' as u32)];
        let liked: [&[(u32, u32)]; 3] = [&PLAIN, &UPPER, &VISIBLE];
        let liked = if self.mixed { &liked[2..] } else { &liked };
        let found = liked.iter().map(|liked| common(&ranges, liked)).find(|letters| !letters.is_empty());
        match found {
            Some(letters) => char::from_u32(*self.draws.one_of(&letters)),
            None => ranges.iter().find_map(|(start, _)| char::from_u32(*start)),
        }
    }
}

/// The letters that both lists of ranges have; each of the liked ranges is short.
fn common(ranges: &[(u32, u32)], liked: &[(u32, u32)]) -> Vec<u32> {
    let has = |letter: &u32| ranges.iter().any(|(start, end)| (start..=end).contains(&letter));
    liked.iter().flat_map(|(start, end)| *start..=*end).filter(has).collect()
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::dice::Dice;

    fn check(pattern: &str, least: usize, most: usize) {
        let regex = regex::Regex::new(pattern).expect("the pattern is one");
        for nth in 0..50 {
            let mut draws = Dice::new(nth).draws(pattern, nth);
            let text = text(pattern, least, most, &mut draws).expect("a text is made");
            let length = text.chars().count();
            assert!(regex.is_match(&text) && (least..=most).contains(&length), "{pattern} {least}..{most}: {text:?}");
        }
    }

    #[test]
    fn a_text_matches_its_pattern_and_has_its_length() {
        check(r"^[A-Z]{2}\d{6}$", 0, 100);
        check(r"^\w+@\w+\.(com|org)$", 0, 30);
        check(r"^(?i)abc[^a-z]x?$", 0, 100);
        check(r"[a-c]", 7, 9);
        check(r"^[a-c]*$", 30, 31);
        check(r"^[a-z]+(-[a-z]+)*$", 20, 24);
        check(r"^\p{Greek}{3}$", 3, 3);
        check(r"^\+?[1-9]\d{1,14}$", 8, 16);
        check(r"^(\d{1,3}\.){3}\d{1,3}$", 0, 15);
        check(r"^$|^x$", 1, 1);
        check(r"^\s$", 0, 1);
    }

    #[test]
    fn what_looks_around_is_left_out() {
        let make = |pattern| text(pattern, 0, 9, &mut Dice::new(1).draws("", 0));
        assert_eq!(make(r"^(?!x\))a(?=b)b$").as_deref(), Some("ab"));
        assert_eq!(make(r"^[[a]$").map(|text| text.len()), Some(1));
        assert_eq!(make("(").as_deref(), None);
        assert_eq!(make("^a{60000}a{60000}$"), None);
    }
}
