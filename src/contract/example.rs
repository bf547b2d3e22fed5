//! The examples of a document: found for a reply, and checked against the schemas beside them.

mod audit;

use serde_json::{Map, Value};

use super::document::{Document, Site};
use super::{Contract, Finding};

impl Contract {
    /// Checks every example of the document against its schema.
    pub fn check_examples(&self) -> Vec<Finding> {
        let mut findings = audit::examples(self);
        self.document.tidy(&mut findings);
        findings
    }
}

/// The example beside a schema in a media type or a parameter.
pub(super) fn of_media(document: &Document, site: &Site, name: Option<&str>) -> Option<Value> {
    let (site, media) = document.resolve(site.clone())?;
    let examples = site.below("examples");
    let value_of = |name: &str| {
        let (site, example) = document.resolve(examples.below(name))?;
        let text = |key: &str| example.get(key).and_then(Value::as_str);
        // OpenAPI 3.2 calls it `dataValue`, and `serializedValue` where it stands as it is sent.
        let own = example.get("value").or_else(|| example.get("dataValue")).cloned();
        let sent = || text("serializedValue").or_else(|| document.text(site.file, text("externalValue")?));
        own.or_else(|| sent().map(|text| serde_json::from_str(text).unwrap_or_else(|_| text.into())))
    };
    if let Some(name) = name {
        return value_of(name);
    }
    let names = media.get("examples").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    names.map(String::as_str).find_map(value_of).or_else(|| media.get("example").cloned())
}
