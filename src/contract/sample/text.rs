//! Texts: by pattern, by format, by the name of their property.

use super::facets::{Facets, Turns};
use super::number::About;
use super::{format, likely, pattern};
use crate::dice::Draws;

/// Letters that a made-up text has at the most.
const MAX_LETTERS: usize = 65_536;

/// A text, or why there is none.
pub(super) fn text(
    facets: &Facets<'_>,
    about: About<'_>,
    turns: &mut Turns,
    draws: &mut Draws,
) -> Result<String, String> {
    let (least, most) = (facets.at_least("minLength"), facets.at_most("maxLength"));
    if least > MAX_LETTERS {
        return Err(format!("it asks for a text of {least} letters, and {MAX_LETTERS} are the most that is made"));
    }
    if least > most {
        return Err(format!("it asks for at least {least} and at most {most} letters"));
    }
    let (patterns, formats) = (facets.texts("pattern"), facets.texts("format"));
    let by_pattern = |pattern: &&str, draws: &mut Draws| pattern::text(pattern, least, most, draws);
    if !patterns.is_empty() {
        let made = by_pattern(&patterns[turns.pick(patterns.len())], draws);
        if let Some(text) = made.filter(|_| formats.is_empty() || turns.pick(2) == 0) {
            return Ok(text);
        }
    }
    let made = formats.iter().find_map(|format| format::text(format, least, most, draws));
    Ok(made.unwrap_or_else(|| fitted(likely::text(about.name, about.status, draws), least, most, draws)))
}

/// The same text, cut or filled up.
fn fitted(mut text: String, least: usize, most: usize, draws: &mut Draws) -> String {
    while text.chars().count() < least {
        text.push(' ');
        text.push_str(likely::word(draws));
    }
    match most {
        _ if text.chars().count() <= most => text,
        most => text.chars().take(most).collect(),
    }
}
