//! Errors of the validator as violations: in counterpart's words, and traced back to the lines of the document.

mod branch;

use std::fmt::{self, Write};

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use super::super::dialect::{BASE, INT64, INTEGER_FORMATS};
use super::super::document::{Document, Site, push_segment, unescape};
use super::super::outline::Types;
use super::super::violation::{Kind, Part, Violation};
use crate::message::decode;

use branch::{Choice, Nearest};

/// More violations than this are counted and not listed.
const MAX_VIOLATIONS: usize = 50;
/// Letters of a value that a message shows.
const MAX_SHOWN: usize = 60;

/// The violations of one message, bounded.
#[derive(Debug, Default)]
pub(crate) struct Report {
    violations: Vec<Violation>,
    more: usize,
    part: Option<Part>,
    /// The parameter in hand; none for the body.
    name: Option<String>,
    /// The place in the body of the value in hand.
    above: String,
    first_only: bool,
}

impl Report {
    /// A report that lists one violation of a schema and no more: for messages too large to list all of theirs.
    pub(crate) fn of_first() -> Report {
        Report { first_only: true, ..Report::default() }
    }

    pub(super) fn first_only(&self) -> bool {
        self.first_only
    }

    /// What schemas report from now on is about this part.
    pub(crate) fn about(&mut self, part: Part, name: Option<&str>) {
        self.part = Some(part);
        self.name = name.map(str::to_owned);
        self.above.clear();
    }

    /// What schemas report from now on is about a value at this place in the body.
    pub(crate) fn below(&mut self, above: String) {
        self.above = above;
    }

    /// The place in the body of the value in hand.
    pub(crate) fn above(&self) -> &str {
        &self.above
    }

    /// Adds a violation.
    pub(crate) fn push(&mut self, violation: Violation) {
        match self.violations.len() < MAX_VIOLATIONS {
            true => self.violations.push(violation),
            false => self.more += 1,
        }
    }

    /// The violations, with a last one that counts those that are not listed.
    pub(crate) fn finish(mut self) -> Vec<Violation> {
        if let (Some(last), true) = (self.violations.last(), self.more > 0) {
            let message = format!("{} more violations are not listed", self.more);
            let (part, place) = (last.part, last.place.clone());
            self.violations.push(Violation {
                part,
                at: String::new(),
                kind: Kind::Keyword("more".into()),
                message,
                place,
            });
        }
        self.violations
    }

    fn add(&mut self, document: &Document, site: &Site, at: String, kind: Kind, message: String) {
        if self.violations.len() >= MAX_VIOLATIONS {
            self.more += 1;
            return;
        }
        let place = document.place(site);
        let part = self.part.unwrap_or(Part::Body);
        let (at, message) = match &self.name {
            Some(name) if at.is_empty() => (name.clone(), message),
            Some(name) => (name.clone(), format!("at {at}: {message}")),
            None => (format!("{}{at}", self.above), message),
        };
        self.violations.push(Violation { part, at, kind, message, place });
    }
}

/// Turns one error into violations.
pub(super) fn explain(document: &Document, sites: &[Site], error: ValidationError<'_>, report: &mut Report) {
    use ValidationErrorKind as E;
    if report.violations.len() >= MAX_VIOLATIONS {
        report.more += 1;
        return;
    }
    let location = error.absolute_keyword_location().map(|uri| uri.as_str().to_owned());
    let parts = error.into_parts();
    let site = location.and_then(|uri| locate(document, sites, &uri)).unwrap_or_else(|| sites[0].clone());
    let (at, value) = (parts.instance_path.as_str(), &*parts.instance);
    let mut add = |at: String, kind, message| report.add(document, &site, at, kind, message);
    match parts.kind {
        E::AnyOf { context } | E::OneOfNotValid { context } => match branch::choose(at, context) {
            Choice::Branch(errors, nearest) => {
                let before = report.violations.len();
                errors.into_iter().for_each(|error| explain(document, sites, error, report));
                report.violations[before..].iter_mut().zip(nearest.iter().cycle()).for_each(|(violation, nearest)| {
                    let Nearest { number, of } = nearest;
                    violation.message += &format!("; alternative {number} of {of} comes nearest");
                });
            }
            Choice::Types(types) => add(at.to_owned(), Kind::Type(types.clone()), mistyped(&types, value)),
        },
        E::AdditionalProperties { unexpected } | E::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                let message = format!("the document does not know the property `{}`", shorten(&name));
                add(below(at, &name), Kind::Unknown, message);
            }
        }
        E::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            add(below(at, name), Kind::Required, format!("the property `{name}` is missing"));
        }
        E::Type { kind } => {
            let types = type_names(&kind);
            add(at.to_owned(), Kind::Type(types.clone()), mistyped(&types, value));
        }
        E::FalseSchema => add(at.to_owned(), Kind::Unknown, "nothing is allowed here".to_owned()),
        kind => {
            let (word, message) = match integer_format(document, &site, &kind) {
                Some(format) => ("format", format!("{} is out of the range of {format}", brief(value))),
                None => (kind.keyword(), sentence(&kind, value)),
            };
            add(at.to_owned(), Kind::Keyword(word.to_owned()), message);
        }
    }
}

fn below(at: &str, name: &str) -> String {
    let mut pointer = at.to_owned();
    push_segment(&mut pointer, name);
    pointer
}

fn type_names(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(one) => vec![one.as_str().to_owned()],
        TypeKind::Multiple(set) => set.iter().map(|one| one.as_str().to_owned()).collect(),
    }
}

fn mistyped(types: &[String], value: &Value) -> String {
    let found = Types::of(value).names().first().copied().unwrap_or("nothing");
    match value {
        Value::Null => format!("must be {}, not null", listed(types)),
        value => format!("must be {}, not the {found} {}", listed(types), brief(value)),
    }
}

fn listed(words: &[String]) -> String {
    match words {
        [] => "something else".to_owned(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}

/// All keywords that need no more than a sentence.
fn sentence(kind: &ValidationErrorKind, value: &Value) -> String {
    use ValidationErrorKind as E;
    let shown = brief(value);
    match kind {
        E::Constant { expected_value } => format!("must be {}, not {shown}", brief(expected_value)),
        E::Enum { options } => format!("must be one of {}, not {shown}", alternatives(options)),
        E::Minimum { limit } => format!("{shown} is less than {limit}"),
        E::Maximum { limit } => format!("{shown} is more than {limit}"),
        E::ExclusiveMinimum { limit } => format!("{shown} must be more than {limit}"),
        E::ExclusiveMaximum { limit } => format!("{shown} must be less than {limit}"),
        E::MultipleOf { multiple_of } => format!("{shown} is no multiple of {multiple_of}"),
        E::MinLength { limit } => format!("{shown} has less than {}", count(*limit, "character")),
        E::MaxLength { limit } => format!("{shown} has more than {}", count(*limit, "character")),
        E::MinItems { limit } => format!("has less than {}", count(*limit, "item")),
        E::MaxItems { limit } => format!("has more than {}", count(*limit, "item")),
        E::MinProperties { limit } => format!("has less than {}", count(*limit, "property")),
        E::MaxProperties { limit } => format!("has more than {}", count(*limit, "property")),
        E::AdditionalItems { limit } => format!("has more than {}", count(*limit as u64, "item")),
        E::UnevaluatedItems { .. } => "has items that the document does not describe".to_owned(),
        E::UniqueItems => "has an item twice".to_owned(),
        E::Contains => "has no item of the kind that one of them must be".to_owned(),
        E::Pattern { pattern } => format!("{shown} does not match the pattern {}", shorten(pattern)),
        E::BacktrackLimitExceeded { .. } | E::RegexEngineFailure { .. } => {
            format!("{shown} could not be matched against the pattern within bounds")
        }
        E::Format { format } => format!("{shown} is no {format}"),
        E::Not { .. } => format!("{shown} is what the document excludes by `not`"),
        E::OneOfMultipleValid { .. } => format!("{shown} fits more than one of the alternatives"),
        E::PropertyNames { error } => {
            format!("has a property whose name is not allowed: {}", sentence(error.kind(), error.instance()))
        }
        other => format!("{shown} does not satisfy `{}`", other.keyword()),
    }
}

/// The format that set a bound which the document itself does not have.
fn integer_format(document: &Document, site: &Site, kind: &ValidationErrorKind) -> Option<&'static str> {
    if matches!(kind, ValidationErrorKind::Custom { keyword, .. } if keyword == INT64) {
        return Some("int64");
    }
    if !matches!(kind, ValidationErrorKind::Minimum { .. } | ValidationErrorKind::Maximum { .. }) {
        return None;
    }
    let (schema, keyword) = site.pointer.rsplit_once('/')?;
    let schema = document.value(&Site { file: site.file, pointer: schema.to_owned() })?;
    let format = schema.get("format")?.as_str()?;
    let known = INTEGER_FORMATS.iter().find(|(name, ..)| *name == format)?;
    schema.get(keyword).is_none().then_some(known.0)
}

fn count(limit: u64, what: &str) -> String {
    match (limit, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{limit} {stem}ies"),
        (_, None) => format!("{limit} {what}s"),
    }
}

fn alternatives(options: &Value) -> String {
    let all = options.as_array().into_iter().flatten().map(brief).collect::<Vec<_>>();
    match all.len() > 12 {
        true => format!("{} … ({} in all)", all[..12].join(", "), all.len()),
        false => all.join(", "),
    }
}

/// A value in at most sixty letters; what is longer is not even written out.
pub(crate) fn brief(value: &Value) -> String {
    let mut cut = Cut { text: String::new(), left: MAX_SHOWN };
    match write!(cut, "{value}") {
        Ok(()) => cut.text,
        Err(_) => cut.text + "…",
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Takes so many letters and refuses the next.
struct Cut {
    text: String,
    left: usize,
}

impl Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(letter);
        }
        Ok(())
    }
}

/// The part of the document that a keyword location of the validator stands for.
fn locate(document: &Document, sites: &[Site], uri: &str) -> Option<Site> {
    let within = decode(uri.strip_prefix(super::NAME)?.strip_prefix(BASE)?);
    let mut segments = within.split('/');
    let mut site = sites.get(segments.next()?.parse::<usize>().ok()?)?.clone();
    for segment in segments {
        let next = site.below(&unescape(segment));
        // `else` was put there by the dialect: it lets null past a nullable schema.
        if segment == "else" && document.value(&next).is_none() {
            continue;
        }
        site = next;
    }
    Some(site)
}
