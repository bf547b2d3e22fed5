//! What a request body may carry, for packs that name the permitted keys.

use super::Contract;
use super::media::is_json;
use super::operation::{Operation, Property, Writable};
use super::outline::Outline;

impl Contract {
    /// Which properties the JSON request body may carry at an instance pointer, as `/organization` or `/organizations/0`.
    ///
    /// Schemas that list properties and say nothing about others count as closed: real providers list the permitted keys.
    /// An operation without a JSON body, and a pointer that the schema says nothing about, permit anything.
    pub fn writable(&self, operation: &Operation, pointer: &str) -> Writable {
        let node = self.body_outline(operation).and_then(|outline| outline.at(pointer));
        match node {
            Some(node) if !node.open && !node.properties.is_empty() => {
                let properties = node.properties.iter();
                let known = properties.map(|it| Property { name: it.name.clone(), read_only: it.read_only });
                Writable::Only(known.collect())
            }
            _ => Writable::Any,
        }
    }

    /// The types that the JSON request body may have at an instance pointer; empty where the schema does not say.
    pub fn property_schema_types(&self, operation: &Operation, pointer: &str) -> Vec<String> {
        let node = self.body_outline(operation).and_then(|outline| outline.at(pointer));
        let names = node.and_then(|node| node.types).map(super::outline::Types::names).unwrap_or_default();
        names.into_iter().map(str::to_owned).collect()
    }

    fn body_outline(&self, operation: &Operation) -> Option<&Outline> {
        let body = self.parts(operation)?.body.as_ref()?;
        let media = body.media.iter().find(|media| is_json(&media.name))?;
        Some(self.schemas.outline(&self.document, media.schema?))
    }
}
