//! What each kind of file may say, as JSON Schema, so that editors complete and check.

use serde_json::Value;

use crate::source::Source;

/// The kinds of files that counterpart reads, with the schemas of each.
const SCHEMAS: [(&str, &str); 3] = [
    ("scenario", include_str!("schema/scenario.yaml")),
    ("pack", include_str!("schema/pack.yaml")),
    ("fixtures", include_str!("schema/fixtures.yaml")),
];

/// The names of the formats.
pub const FORMATS: [&str; SCHEMAS.len()] = [SCHEMAS[0].0, SCHEMAS[1].0, SCHEMAS[2].0];

/// The JSON Schema (2020-12) of a format; none where there is no such format.
///
/// ```
/// let schema = counterpart::load::schema("scenario").unwrap();
/// assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
/// ```
pub fn schema(format: &str) -> Option<Value> {
    let (name, text) = SCHEMAS.iter().find(|(name, _)| *name == format)?;
    Source::parse(*name, *text).ok().map(|source| source.value().clone())
}
