//! How a client writes lists and objects: as the server was told, unless the request itself says otherwise.

use super::site::Site;
use crate::contract::{ArrayFormat, Kind, Notations, ObjectFormat, Part, Violation};

/// What the header fields begin with; those of Steady are understood, so that its clients need no change.
const PREFIXES: [&str; 2] = ["x-counterpart-", "x-steady-"];

impl Site<'_> {
    /// The notations of the request, and what is wrong with its header fields about them.
    pub(super) fn notations(&self) -> (Notations, Vec<Violation>) {
        let (mut notations, mut wrong) = (self.world.settings.notations, Vec::new());
        let repeated = self.provider.pack.conventions.repeated;
        (notations.query.repeated, notations.form.repeated) = (repeated, repeated);
        let names = || self.request.headers.keys().map(http::HeaderName::as_str);
        for name in names().filter(|name| name.ends_with("-format")) {
            let Some(what) = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)) else { continue };
            let word = self.request.header(name).unwrap_or_default().trim();
            let said = match what {
                "query-array-format" => set(&mut notations.query.arrays, ArrayFormat::WORDS, word),
                "query-object-format" => set(&mut notations.query.objects, ObjectFormat::WORDS, word),
                "form-array-format" => set(&mut notations.form.arrays, ArrayFormat::WORDS, word),
                "form-object-format" => set(&mut notations.form.objects, ObjectFormat::WORDS, word),
                _ => Ok(()),
            };
            if let Err(message) = said {
                let (kind, place) = (Kind::Keyword("enum".into()), self.operation.place.clone());
                wrong.push(Violation { part: Part::Header, at: name.to_owned(), kind, message, place });
            }
        }
        (notations, wrong)
    }
}

fn set<T: Copy>(format: &mut T, words: &[(&str, T)], word: &str) -> Result<(), String> {
    match words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)) {
        Some((_, known)) => *format = *known,
        None => {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            return Err(format!("is none of {}", words.join(", ")));
        }
    }
    Ok(())
}
