//! What is wrong with a file, said so that it can be mended.

use std::fmt;

use super::{Place, RULES};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Served without it; `check` fails.
    Warning,
    /// Cannot be served.
    Error,
}

/// One thing that is wrong in a file: the place, what it is, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it stops the server.
    pub severity: Severity,
    /// The name of the rule, one of [`RULES`].
    pub rule: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What is wrong, in lower case and without a full stop.
    pub what: String,
    /// What to do about it, where that is known.
    pub help: Option<String>,
}

impl Finding {
    /// A finding that stops the server.
    pub fn error(rule: &'static str, place: Place, what: impl Into<String>) -> Finding {
        debug_assert!(RULES.iter().any(|(name, _)| *name == rule), "`{rule}` is missing in source/rule.rs");
        Finding { severity: Severity::Error, rule, place, what: what.into(), help: None }
    }

    /// A finding that is served around.
    pub fn warning(rule: &'static str, place: Place, what: impl Into<String>) -> Finding {
        Finding { severity: Severity::Warning, ..Finding::error(rule, place, what) }
    }

    /// The same finding with a way out.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Finding {
        Finding { help: Some(help.into()), ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Warning => "warning: ",
            Severity::Error => "",
        };
        write!(out, "{}: {word}{}", self.place, self.what)?;
        match &self.help {
            Some(help) => write!(out, "\n    {help}"),
            None => Ok(()),
        }
    }
}

/// The candidate that was probably meant by `word`, if one is near enough.
///
/// ```
/// use counterpart::source::nearest;
/// assert_eq!(nearest("ListOrganisations", ["ShowUser", "ListOrganizations"]), Some("ListOrganizations"));
/// assert_eq!(nearest("nht", ["at", "nth"]), Some("nth"));
/// assert_eq!(nearest("xyz", ["ShowUser"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let likeness = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        // In a short word two letters that changed places leave hardly any likeness.
        let one_slip = lower.len() > 2 && strsim::osa_distance(&lower, &candidate) == 1;
        strsim::jaro_winkler(&lower, &candidate).max(if one_slip { 0.9 } else { 0.0 })
    };
    candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// The way out of a wrong word: the nearest of the right ones, and all of them if they are not too many.
///
/// ```
/// use counterpart::source::choices;
/// assert_eq!(choices("lsit", ["list", "show"], "allowed"), "did you mean `list`? allowed: `list`, `show`");
/// assert_eq!(choices("x", ["list", "show"], "verbs"), "verbs: `list`, `show`");
/// ```
pub fn choices<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, title: &str) -> String {
    const MOST: usize = 64;
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let mut listed: Vec<String> = candidates.iter().take(MOST).map(|candidate| format!("`{candidate}`")).collect();
    if candidates.len() > MOST {
        listed.push(format!("and {} more", candidates.len() - MOST));
    }
    let listed = match listed.is_empty() {
        true => format!("{title}: none"),
        false => format!("{title}: {}", listed.join(", ")),
    };
    match nearest(word, candidates) {
        Some(near) => format!("did you mean `{near}`? {listed}"),
        None => listed,
    }
}
