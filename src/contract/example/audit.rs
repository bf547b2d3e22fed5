//! Every example of a document against its schema.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::Contract;
use super::super::dialect::{Direction, subschemas};
use super::super::document::Site;
use super::super::media::is_json;
use super::super::part::Response;
use super::super::schema::{Report, SchemaId, Schemas};
use super::super::violation::{Kind, Part};
use crate::source::Finding;

/// The findings of all examples.
pub(super) fn examples(contract: &Contract) -> Vec<Finding> {
    let mut audit = Audit { contract, findings: Vec::new(), seen: HashSet::new() };
    for parts in &contract.frame.parts {
        for parameter in &parts.parameters {
            if let Some(schema) = parameter.schema {
                audit.beside(&parameter.site, schema, Direction::Request, true);
            }
        }
        let replies: Vec<&Response> = parts.replies.iter().flat_map(|replies| replies.all()).collect();
        for header in replies.iter().flat_map(|response| &response.headers) {
            if let Some(schema) = header.schema {
                audit.beside(&header.site, schema, Direction::Reply, true);
            }
        }
        let requests = parts.body.iter().flat_map(|body| &body.media).map(|media| (media, Direction::Request));
        let replies = replies.iter().flat_map(|response| &response.media).map(|media| (media, Direction::Reply));
        for (media, direction) in requests.chain(replies) {
            if let Some(schema) = media.schema {
                audit.beside(&media.site, schema, direction, is_json(&media.name));
            }
        }
    }
    audit.within_schemas();
    audit.findings
}

struct Audit<'a> {
    contract: &'a Contract,
    findings: Vec<Finding>,
    /// Parts are shared; each is looked at once.
    seen: HashSet<Site>,
}

impl Audit<'_> {
    /// The examples beside a schema, in a media type or a parameter.
    fn beside(&mut self, site: &Site, schema: SchemaId, direction: Direction, json: bool) {
        let document = &self.contract.document;
        let Some((site, part)) = document.resolve(site.clone()) else { return };
        if !self.seen.insert(site.clone()) {
            return;
        }
        let mut found: Vec<(Site, &Value)> = Vec::new();
        found.extend(part.get("example").map(|value| (site.below("example"), value)));
        let examples = site.below("examples");
        for name in part.get("examples").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let Some((at, example)) = document.resolve(examples.below(name)) else { continue };
            let value = |key: &str| example.get(key).map(|value| (at.below(key), value));
            found.extend(value("value").or_else(|| value("dataValue")));
        }
        // The example of another media type is a text in its own syntax.
        for (at, value) in found.into_iter().filter(|(_, value)| json || !value.is_string()) {
            let findings = self.check(&self.contract.schemas, schema, direction, &at, value);
            self.findings.extend(findings);
        }
    }

    /// The examples inside of schemas. They may show what is sent as well as what is answered: fitting one is enough.
    fn within_schemas(&mut self) {
        let document = &self.contract.document;
        let mut schemas = Schemas::default();
        for site in subschemas(document, self.contract.roots()) {
            let Some(schema) = document.value(&site) else { continue };
            let mut found: Vec<(Site, &Value)> = Vec::new();
            found.extend(schema.get("example").map(|value| (site.below("example"), value)));
            let listed = schema.get("examples").and_then(Value::as_array).into_iter().flatten().enumerate();
            found.extend(listed.map(|(index, value)| (site.below("examples").below(&index.to_string()), value)));
            for (at, value) in found {
                let id = schemas.add(document, site.clone());
                if !schemas.fits(document, id, Direction::Request, value) {
                    let findings = self.check(&schemas, id, Direction::Reply, &at, value);
                    self.findings.extend(findings);
                }
            }
        }
    }

    fn check(
        &self,
        schemas: &Schemas,
        schema: SchemaId,
        direction: Direction,
        at: &Site,
        value: &Value,
    ) -> Vec<Finding> {
        let document = &self.contract.document;
        let mut report = Report::default();
        report.about(Part::Body, None);
        schemas.check(document, schema, direction, value, &mut report);
        let finding = |violation: super::super::Violation| {
            let site = Site { file: at.file, pointer: format!("{}{}", at.pointer, violation.at) };
            let within = if violation.at.is_empty() { String::new() } else { format!(" at {}", violation.at) };
            let what = match violation.kind {
                Kind::Keyword(word) if word == "more" => violation.message,
                _ => {
                    format!("the example does not fit its schema{within}: {} ({})", violation.message, violation.place)
                }
            };
            Finding::warning("bad-example", document.place(&site), what)
        };
        report.finish().into_iter().map(finding).collect()
    }
}
