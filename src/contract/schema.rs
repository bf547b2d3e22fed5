//! Validators, compiled on first use: one for each schema and direction. The only door to `jsonschema`.

mod explain;
mod int64;

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use jsonschema::{Draft, PatternCache, PatternOptions, Registry, ValidationError, Validator};
use serde_json::{Value, json};

use super::dialect::{Direction, INT64, recipe, translate, uri};
use super::document::{Document, Site, Version};
use super::outline::Outline;
use super::sample::Recipe;
use crate::source::Finding;

pub(super) use explain::Report;
pub(crate) use explain::brief;

/// What the validator calls the schemas of a bundle.
const NAME: &str = "counterpart:///";
/// Bytes that one compiled pattern may take.
const PATTERN_SIZE: usize = 1 << 20;
/// Steps that one pattern with look-around or back-references may take on one text.
const BACKTRACK_LIMIT: usize = 100_000;

/// A schema that can be checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SchemaId(usize);

/// The schemas in use.
#[derive(Default)]
pub(super) struct Schemas {
    slots: Vec<Slot>,
    by_site: HashMap<Site, SchemaId>,
    patterns: PatternCache,
}

impl std::fmt::Debug for Schemas {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Schemas").field("count", &self.slots.len()).finish_non_exhaustive()
    }
}

struct Slot {
    site: Site,
    // Boxed, since most schemas of a large document are never used.
    request: OnceLock<Box<Compiled>>,
    reply: OnceLock<Box<Compiled>>,
    outline: OnceLock<Box<Outline>>,
    recipe: OnceLock<Box<Recipe>>,
}

/// A validator and the way back from its resources to the document.
struct Compiled {
    /// None where the schema cannot be compiled: anything goes then, and a finding says so.
    validator: Option<Validator>,
    sites: Vec<Site>,
    findings: Vec<Finding>,
}

impl Schemas {
    /// Takes a schema into use. A bare reference is followed, so that all who refer to a schema share its validator.
    pub(super) fn add(&mut self, document: &Document, site: Site) -> SchemaId {
        let site = behind(document, site);
        if let Some(id) = self.by_site.get(&site) {
            return *id;
        }
        let id = SchemaId(self.slots.len());
        self.by_site.insert(site.clone(), id);
        let (request, reply, outline, recipe) = Default::default();
        self.slots.push(Slot { site, request, reply, outline, recipe });
        id
    }

    /// Where a schema stands.
    pub(super) fn site(&self, id: SchemaId) -> &Site {
        &self.slots[id.0].site
    }

    /// All schemas in use.
    pub(super) fn ids(&self) -> impl Iterator<Item = SchemaId> + use<> {
        (0..self.slots.len()).map(SchemaId)
    }

    /// The outline of a schema.
    pub(super) fn outline(&self, document: &Document, id: SchemaId) -> &Outline {
        let slot = &self.slots[id.0];
        slot.outline.get_or_init(|| Box::new(Outline::of(document, &slot.site)))
    }

    /// How values for replies are made by a schema.
    pub(super) fn recipe(&self, document: &Document, id: SchemaId) -> &Recipe {
        let slot = &self.slots[id.0];
        let make = || Recipe::new(recipe(document, &slot.site, Direction::Reply).resources);
        slot.recipe.get_or_init(|| Box::new(make()))
    }

    /// Whether a value fits a schema.
    pub(super) fn fits(&self, document: &Document, id: SchemaId, direction: Direction, value: &Value) -> bool {
        self.compiled(document, id, direction).validator.as_ref().is_none_or(|validator| validator.is_valid(value))
    }

    /// Reports where a value departs from a schema.
    pub(super) fn check(
        &self,
        document: &Document,
        id: SchemaId,
        direction: Direction,
        value: &Value,
        report: &mut Report,
    ) {
        let compiled = self.compiled(document, id, direction);
        let Some(validator) = &compiled.validator else { return };
        if validator.is_valid(value) {
            return;
        }
        if report.first_only() {
            if let Err(error) = validator.validate(value) {
                explain::explain(document, &compiled.sites, error, report);
            }
            return;
        }
        for error in validator.iter_errors(value) {
            explain::explain(document, &compiled.sites, error, report);
        }
    }

    /// What had to be left out of a schema.
    pub(super) fn findings(&self, document: &Document, id: SchemaId, direction: Direction) -> &[Finding] {
        &self.compiled(document, id, direction).findings
    }

    fn compiled(&self, document: &Document, id: SchemaId, direction: Direction) -> &Compiled {
        let slot = &self.slots[id.0];
        let cell = match direction {
            Direction::Request => &slot.request,
            Direction::Reply => &slot.reply,
        };
        cell.get_or_init(|| Box::new(self.compile(document, &slot.site, direction)))
    }

    /// The linear-time engine first; the back-tracking one where a pattern asks for more; without a pattern that neither takes.
    fn compile(&self, document: &Document, site: &Site, direction: Direction) -> Compiled {
        let mut bundle = translate(document, site, direction, &HashSet::new());
        if let Ok(validator) = self.build(&bundle.schema(), linear()) {
            return Compiled { validator: Some(validator), sites: bundle.sites, findings: bundle.findings };
        }
        let patterns = bundle.patterns.into_iter().map(|(pattern, _)| pattern);
        let unusable: HashSet<String> = patterns.filter(|pattern| !self.is_usable(pattern)).collect();
        let mut bundle = translate(document, site, direction, &unusable);
        let schema = bundle.schema();
        let mut findings = bundle.findings;
        let built = self.build(&schema, linear()).or_else(|_| self.build(&schema, backtracking()));
        let validator = built.map_err(|why| {
            let what = format!("this schema cannot be compiled: {why}; any value is accepted in its place");
            findings.push(Finding::warning("bad-schema", document.place(site), what));
        });
        Compiled { validator: validator.ok(), sites: bundle.sites, findings }
    }

    fn build<E>(&self, schema: &Value, patterns: PatternOptions<E>) -> Result<Validator, String> {
        let resource = Draft::Draft202012.create_resource_ref(schema);
        let registry = Registry::new().add(NAME, resource).and_then(|registry| registry.prepare());
        let registry = registry.map_err(|error| error.to_string())?;
        let options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&registry)
            .with_pattern_options(patterns)
            .with_pattern_cache(self.patterns.clone())
            .with_format("byte", is_base64)
            .with_keyword(INT64, |_, _, _| Ok(Box::new(int64::Int64)))
            .should_validate_formats(true)
            .offline();
        options
            .build(&json!({ "$ref": format!("{NAME}{}", uri(0)) }))
            .map_err(|error: ValidationError<'_>| error.to_string())
    }

    /// Whether one of the engines takes a pattern.
    fn is_usable(&self, pattern: &str) -> bool {
        let schema = json!({ "pattern": pattern });
        let options = || jsonschema::options().with_draft(Draft::Draft202012).with_pattern_cache(self.patterns.clone());
        options().with_pattern_options(linear()).build(&schema).is_ok()
            || options().with_pattern_options(backtracking()).build(&schema).is_ok()
    }
}

fn linear() -> PatternOptions<jsonschema::Regex> {
    PatternOptions::regex().size_limit(PATTERN_SIZE)
}

fn backtracking() -> PatternOptions<jsonschema::FancyRegex> {
    PatternOptions::fancy_regex().size_limit(PATTERN_SIZE).backtrack_limit(BACKTRACK_LIMIT)
}

fn is_base64(text: &str) -> bool {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).is_ok()
}

/// What a bare reference stands for; a reference with company stays what it is.
fn behind(document: &Document, site: Site) -> Site {
    let mut site = site;
    for _ in 0..16 {
        let Some(schema) = document.value(&site).and_then(Value::as_object) else { return site };
        let alone = document.version == Version::V30 || schema.len() == 1;
        let reference = schema.get("$ref").and_then(Value::as_str).filter(|_| alone);
        match reference.and_then(|reference| document.target(site.file, reference)) {
            Some(target) => site = target,
            None => return site,
        }
    }
    site
}
