//! What a server is told once and a client may ask for: what becomes of departures from the document, and who is let in.

use http::HeaderName;

use super::Cors;
use crate::contract::{Examples, Mood, Notations};
use crate::journal::Room;
use crate::message::Request;
use crate::session::Bounds;

/// The header by which a client says what becomes of its request's departures.
pub(super) const VALIDATE: HeaderName = HeaderName::from_static("x-counterpart-validate");
/// The headers with which clients of Steady ask for one.
const STEADY_MODE: HeaderName = HeaderName::from_static("x-steady-mode");
const STEADY_REJECT: HeaderName = HeaderName::from_static("x-steady-reject-on-error");

/// How a server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Settings {
    /// What becomes of requests that depart from the document.
    pub validation: Validation,
    /// What becomes of replies that break it by an example of its own.
    pub breach: Breach,
    /// Whether replies without records are the document's examples, or are made anew for each request.
    pub mood: Mood,
    /// Who is let in.
    pub doors: Doors,
    /// Whether pages of other origins may call.
    pub cors: Cors,
    /// How clients write lists and objects; requests may say otherwise.
    pub notations: Notations,
    /// What tells the sessions of requests apart that name none.
    pub session_by: SessionBy,
    /// How many sessions there may be, and for how long.
    pub bounds: Bounds,
    /// How much the journals of all sessions keep together.
    pub journal: Room,
}

/// What tells the sessions of requests apart that name none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SessionBy {
    /// Nothing: they are all in the default session.
    #[default]
    Name,
    /// The caller: each credential has a session of its own.
    Caller,
}

/// What becomes of a request that departs from the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Validation {
    /// What the service would do. A pack says what its provider refuses, and the rest is noted; a document alone refuses all but
    /// what services rarely mind: unknown query parameters, and bodies that nobody asked for.
    #[default]
    Usual,
    /// Nothing is noted, and no document refuses anything. What a pack refuses by itself is its behaviour and stays.
    Off,
    /// Everything is noted, and no document refuses anything.
    Report,
    /// Everything is refused.
    Refuse,
}

impl Validation {
    /// The words for them, in flags and headers.
    pub const WORDS: [(&'static str, Validation); 4] = [
        ("usual", Validation::Usual),
        ("off", Validation::Off),
        ("report", Validation::Report),
        ("refuse", Validation::Refuse),
    ];
    /// Why a request is refused of which a provider would let a part through.
    pub(super) const REFUSED: &'static str =
        "every departure from the document is refused: `--validate refuse` or `x-counterpart-validate` said so";

    /// What the client asks for, if it asks: by counterpart's own header, or by those of Steady.
    ///
    /// # Errors
    /// The word in counterpart's own header, where it means nothing.
    pub(super) fn asked(request: &Request) -> Result<Option<Validation>, String> {
        if let Some(asked) = request.field(&VALIDATE) {
            let asked = asked.trim();
            let known = Validation::WORDS.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(asked));
            return known.map(|(_, validation)| Some(validation)).ok_or_else(|| asked.to_owned());
        }
        let steady = request.field(&STEADY_MODE).or_else(|| request.field(&STEADY_REJECT));
        Ok(match steady {
            Some("strict") => Some(Validation::Refuse),
            Some("true") => Some(Validation::Usual),
            Some("relaxed" | "false") => Some(Validation::Report),
            _ => None,
        })
    }
}

/// What becomes of a reply that breaks the document by an example of the document's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Breach {
    /// It is sent, and what is wrong with it is said in a header and in the log.
    #[default]
    Report,
    /// A problem document is sent in its place.
    Refuse,
    /// A value that fits is made in its place.
    Repair,
}

impl Breach {
    /// The words for them, in flags.
    pub const WORDS: [(&'static str, Breach); 3] =
        [("report", Breach::Report), ("refuse", Breach::Refuse), ("repair", Breach::Repair)];

    /// Which examples may be sent.
    pub(super) fn examples(self) -> Examples {
        match self {
            Breach::Report | Breach::Refuse => Examples::AsWritten,
            Breach::Repair => Examples::Fitting,
        }
    }
}

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Doors {
    /// Callers with credentials.
    #[default]
    Guarded,
    /// Everyone, as the first of the credentials unless they send others that are known.
    Open,
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderValue, Method};

    fn check(name: &'static str, value: &'static str, expected: Result<Option<Validation>, &str>) {
        let mut request = Request::new(Method::GET, "/pets");
        request.headers.insert(name, HeaderValue::from_static(value));
        assert_eq!(Validation::asked(&request), expected.map_err(str::to_owned), "{name}: {value}");
    }

    #[test]
    fn a_client_may_say_what_becomes_of_its_departures() {
        check("accept", "*/*", Ok(None));
        check("x-counterpart-validate", "off", Ok(Some(Validation::Off)));
        check("x-counterpart-validate", " Report ", Ok(Some(Validation::Report)));
        check("x-counterpart-validate", "refuse", Ok(Some(Validation::Refuse)));
        check("x-counterpart-validate", "usual", Ok(Some(Validation::Usual)));
        check("x-counterpart-validate", "strict", Err("strict"));
        check("x-steady-mode", "relaxed", Ok(Some(Validation::Report)));
        check("x-steady-mode", "strict", Ok(Some(Validation::Refuse)));
        check("x-steady-mode", "loose", Ok(None));
        check("x-steady-reject-on-error", "true", Ok(Some(Validation::Usual)));
        check("x-steady-reject-on-error", "false", Ok(Some(Validation::Report)));
    }
}
