//! What an operation answers where nothing else is known of it: the document's example, or a value made by its schema.
//! Whatever is handed out has passed the check that replies are put to.

mod array;
mod facets;
mod format;
mod likely;
mod maker;
mod number;
mod object;
mod pattern;
mod recipe;
mod text;

use http::StatusCode;
use serde_json::Value;

use super::Contract;
use super::dialect::Direction;
use super::media::{acceptable, is_json};
use super::operation::Operation;
use super::part::Media;
use super::schema::{Report, SchemaId};
use super::violation::Part;
use crate::dice::Dice;

pub(super) use recipe::Recipe;

use maker::Mood;

/// A body for a reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its media type.
    pub media_type: String,
    /// What it holds.
    pub value: Value,
}

impl Contract {
    /// The body of a documented reply: the document's example where it fits, else a value made by the schema.
    /// None where the reply has no body.
    ///
    /// # Errors
    /// Why no value could be made.
    pub fn sample(
        &self,
        operation: &Operation,
        status: StatusCode,
        accept: Option<&str>,
        dice: Dice,
    ) -> Result<Option<Sample>, String> {
        let response = self.parts(operation).and_then(|parts| parts.replies.as_ref()?.for_status(status));
        let Some(media) = response.and_then(|response| acceptable(&response.media, accept)) else { return Ok(None) };
        let media_type = concrete(&media.name).to_owned();
        let example = super::example::of_media(&self.document, &media.site, None);
        if let Some(value) = example.filter(|value| self.suits(media, value)) {
            return Ok(Some(Sample { media_type, value }));
        }
        let Some(schema) = media.schema else { return Ok(None) };
        let value = self.made(schema, dice, Mood::Calm)?;
        Ok(Some(Sample { media_type, value }))
    }

    /// Whether an example fits the schema beside it. What is no JSON is taken as it is.
    fn suits(&self, media: &Media, value: &Value) -> bool {
        let fits = |schema| self.schemas.fits(&self.document, schema, Direction::Reply, value);
        !is_json(concrete(&media.name)) || media.schema.is_none_or(fits)
    }

    fn made(&self, schema: SchemaId, dice: Dice, mood: Mood) -> Result<Value, String> {
        let check = |value: &Value| {
            let mut report = Report::default();
            report.about(Part::Body, None);
            self.schemas.check(&self.document, schema, Direction::Reply, value, &mut report);
            report.finish().into_iter().map(|violation| (violation.at, violation.message)).collect()
        };
        maker::make(self.schemas.recipe(&self.document, schema), dice, mood, &check)
    }
}

/// A range such as `application/*` names no type to send; JSON is what its values are written in.
fn concrete(media: &str) -> &str {
    if media.contains('*') { "application/json" } else { media }
}
