//! What an operation answers where nothing else is known of it: the document's example, or a value made by its schema.
//! Whatever is made has passed the check that replies are put to.

mod array;
mod facets;
mod format;
mod headers;
mod likely;
mod maker;
mod number;
mod object;
mod pattern;
mod recipe;
mod request;
mod text;
mod written;
mod xml;

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::Contract;
use super::dialect::Direction;
use super::example::of_media;
use super::media::{concrete, is_json, is_sequential, ranked};
use super::operation::Operation;
use super::part::{Media, Replies, Response};
use super::schema::{Report, SchemaId};
use super::violation::{Part, Violation};
use crate::dice::{Dice, Draws};

use maker::Ask;

pub(super) use recipe::Recipe;

/// Values in a row of which the document says no more than what each is.
const ITEMS: usize = 3;

/// A text that fits a regular expression, where one is found.
pub fn text_matching(pattern: &str, draws: &mut Draws) -> Option<String> {
    pattern::text(pattern, 1, 256, draws)
}

/// The bodies that are usually sent for a media type, one for each of the first few wishes: a reply may be shared by statuses.
#[derive(Debug, Default)]
pub(super) struct Kept(OnceLock<Box<Shelf>>);

#[derive(Debug)]
struct Shelf {
    by: (Dice, Examples, StatusCode),
    made: Result<Arc<Sample>, Lack>,
    next: Kept,
}

/// Bodies that are kept for a media type at the most; others are made anew.
const SHELVES: usize = 8;

/// A body for a reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its media type.
    pub media_type: String,
    /// What it holds, where the document can say something about that.
    pub value: Option<Value>,
    /// As it is sent.
    pub body: Bytes,
    /// Whether it is known to fit, as what is made once and sent often is.
    pub fits: bool,
}

/// Which reply is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Its status.
    pub status: StatusCode,
    /// The client's `Accept` header.
    pub accept: Option<&'a str>,
    /// The name of an example.
    pub example: Option<&'a str>,
    /// Which of the examples may be sent.
    pub examples: Examples,
    /// Which of the possible values is made.
    pub mood: Mood,
    /// What they are made with.
    pub dice: Dice,
}

/// Which of the document's examples may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Examples {
    /// Those that fit, else the first as it is written: who sends it checks it.
    AsWritten,
    /// Those that fit.
    Fitting,
}

/// Which of the possible values is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mood {
    /// The document's example, or the likeliest value; the same each time.
    #[default]
    Calm,
    /// Any value that fits, by the dice.
    Lively,
}

/// Why there is no body.
#[derive(Debug, Clone, PartialEq)]
pub enum Lack {
    /// None of the documented media types, which these are, is acceptable.
    NotAcceptable(Vec<String>),
    /// No example has this name; these exist.
    NoExample(Vec<String>),
    /// No value was found that fits the schema.
    Unmade(String),
}

impl<'a> Wish<'a> {
    /// The usual reply of a status: an example that fits, else the likeliest value.
    pub fn usual(status: StatusCode, accept: Option<&'a str>, dice: Dice) -> Wish<'a> {
        Wish { status, accept, example: None, examples: Examples::Fitting, mood: Mood::Calm, dice }
    }
}

impl Contract {
    /// The status that an operation answers with unless told otherwise: the lowest documented 2xx, then 200 for a
    /// documented `2XX` or `default`, then whatever is documented.
    pub fn usual_status(&self, operation: &Operation) -> StatusCode {
        let replies = self.parts(operation).and_then(|parts| parts.replies.as_ref());
        let has = |status: &StatusCode| replies.is_none_or(|replies| replies.for_status(*status).is_some());
        let exact = operation.statuses.iter().copied();
        let success = exact.clone().find(StatusCode::is_success);
        let final_digits =
            |replies: &'_ Replies| replies.ranges.iter().map(|(digit, _)| *digit).filter(|it| *it > 1).min();
        let ranged = || replies.and_then(final_digits).map(|digit| digit * 100);
        success
            .or_else(|| Some(StatusCode::OK).filter(has))
            .or_else(|| exact.clone().find(|status| !status.is_informational()))
            .or_else(|| ranged().and_then(|status| StatusCode::from_u16(status).ok()))
            .unwrap_or(StatusCode::OK)
    }

    /// The body of a documented reply: the document's example, else a value made by the schema.
    /// None where the reply has no body. Only [`Examples::AsWritten`] lets through what does not fit.
    ///
    /// ```
    /// use counterpart::contract::{Contract, Files, Wish};
    /// use counterpart::dice::Dice;
    /// use counterpart::source::Source;
    /// # struct NoFiles;
    /// # impl Files for NoFiles {
    /// #     fn read(&self, path: &str) -> Result<String, String> { Err(path.to_owned()) }
    /// # }
    /// let text = r#"{ "openapi": "3.1.0", "paths": { "/year": { "get": { "operationId": "Year", "responses": { "200": {
    ///     "content": { "application/json": { "schema": { "type": "integer", "minimum": 7, "maximum": 7 } } } } } } } } }"#;
    /// let (contract, _) = Contract::load(&Source::parse("year.json", text).unwrap(), &NoFiles).unwrap();
    /// let operation = contract.operation("Year").unwrap();
    /// let status = contract.usual_status(operation);
    /// let wish = Wish::usual(status, None, Dice::new(1));
    /// assert_eq!(contract.sample(operation, &wish).unwrap().unwrap().body, "7");
    /// ```
    ///
    /// # Errors
    /// Why there is none that could be sent.
    pub fn sample(&self, operation: &Operation, wish: &Wish<'_>) -> Result<Option<Arc<Sample>>, Lack> {
        let bodiless = matches!(wish.status.as_u16(), 100..=199 | 204 | 205 | 304);
        let response = self.parts(operation).and_then(|parts| parts.replies.as_ref()?.for_status(wish.status));
        let Some(response) = response.filter(|response| !bodiless && !response.media.is_empty()) else {
            return match wish.example {
                Some(_) => Err(Lack::NoExample(Vec::new())),
                None => Ok(None),
            };
        };
        let ranked = ranked(&response.media, wish.accept);
        let Some(best) = ranked.first() else {
            return Err(Lack::NotAcceptable(response.media.iter().map(|media| media.name.clone()).collect()));
        };
        match wish.example {
            Some(name) => self.named(response, &ranked, name, wish).map(Some),
            None => self.usual(best, wish).map(Some),
        }
    }

    /// The same, in whichever media type there is where the client accepts none of them: clients rarely mean it.
    ///
    /// # Errors
    /// Why there is none that could be sent.
    pub fn sample_at_all(&self, operation: &Operation, wish: &Wish<'_>) -> Result<Option<Arc<Sample>>, Lack> {
        match self.sample(operation, wish) {
            Err(Lack::NotAcceptable(_)) => self.sample(operation, &Wish { accept: None, ..*wish }),
            other => other,
        }
    }

    /// The example of a name, in the best media type that has it.
    fn named(&self, response: &Response, ranked: &[&Media], name: &str, wish: &Wish<'_>) -> Result<Arc<Sample>, Lack> {
        let example = |media: &&Media| of_media(&self.document, &media.site, Some(name));
        let Some((media, value)) = ranked.iter().find_map(|media| Some((media, example(media)?))) else {
            return Err(Lack::NoExample(response.media.iter().flat_map(|media| self.names(media)).collect()));
        };
        let sample = self.given(media, value, wish);
        match wish.examples == Examples::AsWritten || self.fits(media, &sample) {
            true => Ok(Arc::new(sample)),
            false => self.generated(media, wish).map(Arc::new),
        }
    }

    fn fits(&self, media: &Media, sample: &Sample) -> bool {
        let mut report = Report::default();
        if let Some(value) = &sample.value {
            self.book().check_body(&sample.media_type, media, Direction::Reply, value, &mut report);
        }
        report.finish().is_empty()
    }

    pub(super) fn faults(&self, schema: SchemaId, value: &Value) -> Vec<Violation> {
        let mut report = Report::default();
        report.about(Part::Body, None);
        self.schemas.check(&self.document, schema, Direction::Reply, value, &mut report);
        report.finish()
    }

    /// The usual body of a media type. The calm one is made once.
    fn usual(&self, media: &Media, wish: &Wish<'_>) -> Result<Arc<Sample>, Lack> {
        let make = || self.example_of(media, wish).map_or_else(|| self.generated(media, wish), Ok);
        if wish.mood == Mood::Lively || media.name.contains('*') {
            return make().map(Arc::new);
        }
        let proven = |sample: Sample| Arc::new(Sample { fits: self.fits(media, &sample), ..sample });
        let by = (wish.dice, wish.examples, wish.status);
        let mut kept = &media.kept;
        for _ in 0..SHELVES {
            let shelf = kept.0.get_or_init(|| Box::new(Shelf { by, made: make().map(proven), next: Kept::default() }));
            if shelf.by == by {
                return shelf.made.clone();
            }
            kept = &shelf.next;
        }
        make().map(Arc::new)
    }

    /// The first example that fits; where none does, the first one if it may be sent as it is written.
    fn example_of(&self, media: &Media, wish: &Wish<'_>) -> Option<Sample> {
        if wish.mood == Mood::Lively && media.schema.is_some() {
            return None;
        }
        let named = self.names(media).into_iter().filter_map(|name| of_media(&self.document, &media.site, Some(&name)));
        let beside = || self.document.value(&media.site)?.get("example").cloned();
        let within = || self.schema_example(media);
        let all = named.chain(std::iter::once_with(beside).flatten()).chain(std::iter::once_with(within).flatten());
        let mut first = None;
        for sample in all.map(|value| self.given(media, value, wish)) {
            if self.fits(media, &sample) {
                return Some(sample);
            }
            if let Some(sample) = self.unwrapped(media, &sample, wish) {
                return Some(sample);
            }
            first.get_or_insert(sample);
        }
        first.filter(|_| wish.examples == Examples::AsWritten)
    }

    /// What the schema gives as a whole. A text of a media type that is not JSON is meant to be sent as it is.
    fn schema_example(&self, media: &Media) -> Option<Value> {
        let schema = media.schema?;
        let written = self.document.value(self.schemas.site(schema)).and_then(|schema| schema.get("example"));
        let text = written.filter(|example| example.is_string() && !is_json(&media.name)).cloned();
        text.or_else(|| maker::given(self.schemas.recipe(&self.document, schema)))
    }

    fn names(&self, media: &Media) -> Vec<String> {
        let examples = self.document.value(&media.site).and_then(|media| media.get("examples")?.as_object());
        examples.into_iter().flat_map(Map::keys).cloned().collect()
    }

    /// A body from an example. A text for what is no JSON is the body itself, about which schemas say nothing.
    pub(super) fn given(&self, media: &Media, value: Value, wish: &Wish<'_>) -> Sample {
        let media_type = concrete(&media.name, wish.accept);
        let raw = value.is_string() && !is_json(&media_type);
        let body = written::body(&media_type, &self.root_name(media), || self.look_at(media), &value);
        Sample { media_type, body, value: (!raw).then_some(value), fits: false }
    }

    /// What a text holds where it is JSON, and where that is what fits: many documents quote their examples.
    fn unwrapped(&self, media: &Media, sample: &Sample, wish: &Wish<'_>) -> Option<Sample> {
        let held = serde_json::from_str::<Value>(sample.value.as_ref()?.as_str()?).ok()?;
        let sample = self.given(media, held, wish);
        self.fits(media, &sample).then_some(sample)
    }

    fn generated(&self, media: &Media, wish: &Wish<'_>) -> Result<Sample, Lack> {
        let dice = wish.dice.branch(&media.site.pointer);
        let ask = |dice: Dice| Ask { dice, mood: wish.mood, status: Some(wish.status) };
        let value = match (media.items, media.schema) {
            (Some(items), None) => {
                let item = |number: usize| self.made(items, ask(dice.branch(&number.to_string())));
                let items: Result<Vec<Value>, String> = (0..ITEMS).map(item).collect();
                Value::Array(items.map_err(Lack::Unmade)?)
            }
            (_, Some(schema)) => self.made(schema, ask(dice)).map_err(Lack::Unmade)?,
            // Nothing is said of it; an empty object is JSON at the least.
            (None, None) if is_json(&concrete(&media.name, wish.accept)) => json!({}),
            (None, None) => json!(""),
        };
        let media_type = concrete(&media.name, wish.accept);
        let (name, look) = (self.root_name(media), || self.look_at(media));
        let body = match &value {
            // One event: by itself a made-up text is none.
            Value::String(_) if is_sequential(&media_type) => written::body(&media_type, &name, look, &json!([value])),
            value => written::body(&media_type, &name, look, value),
        };
        Ok(Sample { media_type, value: Some(value), body, fits: false })
    }

    /// What the root of an XML document is called.
    fn root_name(&self, media: &Media) -> String {
        let site = media.schema.map(|schema| self.schemas.site(schema));
        let stated = site.and_then(|site| self.document.value(site)?.get("xml")?.get("name")?.as_str());
        let named = || site?.pointer.strip_prefix("/components/schemas/").filter(|name| !name.contains('/'));
        stated.or_else(named).unwrap_or("root").to_owned()
    }

    fn made(&self, schema: SchemaId, ask: Ask) -> Result<Value, String> {
        let check = |value: &Value| {
            let faults = self.faults(schema, value).into_iter();
            faults.map(|violation| (violation.at, violation.message)).collect()
        };
        maker::make(self.schemas.recipe(&self.document, schema), ask, &check)
    }
}
