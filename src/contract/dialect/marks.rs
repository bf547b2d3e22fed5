//! What a schema says about itself across references: `readOnly`, `writeOnly`, discriminators, and where it goes on.

use std::collections::HashSet;

use serde_json::Value;

use super::super::document::{Document, Site, Version, named_schemas, unescape};

/// Deeper compositions are taken to say nothing more.
const MAX_DEPTH: usize = 32;

/// Whether the schema at a site carries `mark: true` itself, behind a reference, or in a part of its `allOf`.
pub(crate) fn marked(document: &Document, site: &Site, mark: &str) -> bool {
    let mut seen = HashSet::new();
    is_marked(document, site, mark, &mut seen)
}

fn is_marked(document: &Document, site: &Site, mark: &str, seen: &mut HashSet<Site>) -> bool {
    let Some(schema) = document.value(site) else { return false };
    let reference = schema.get("$ref").and_then(Value::as_str);
    let bare = document.version == Version::V30 && reference.is_some();
    if !bare && schema.get(mark) == Some(&Value::Bool(true)) {
        return true;
    }
    if seen.len() >= MAX_DEPTH || !seen.insert(site.clone()) {
        return false;
    }
    let behind = reference.and_then(|reference| document.target(site.file, reference));
    if behind.is_some_and(|target| is_marked(document, &target, mark, seen)) {
        return true;
    }
    let parts = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
    let all = site.below("allOf");
    !bare && (0..parts).any(|part| is_marked(document, &all.below(&part.to_string()), mark, seen))
}

/// The names of the properties that carry a mark, over the parts of an `allOf` as well.
pub(super) fn marked_properties(document: &Document, site: &Site, mark: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut seen = HashSet::new();
    collect_marked(document, site, mark, &mut seen, &mut names);
    names
}

fn collect_marked(document: &Document, site: &Site, mark: &str, seen: &mut HashSet<Site>, names: &mut Vec<String>) {
    let Some(schema) = document.value(site) else { return };
    if seen.len() >= MAX_DEPTH || !seen.insert(site.clone()) {
        return;
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let below = site.below("properties");
        let found = properties.keys().filter(|name| marked(document, &below.below(name), mark));
        names.extend(found.cloned());
    }
    let reference = schema.get("$ref").and_then(Value::as_str);
    if let Some(target) = reference.and_then(|reference| document.target(site.file, reference)) {
        collect_marked(document, &target, mark, seen, names);
    }
    let parts = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
    let all = site.below("allOf");
    for part in 0..parts {
        collect_marked(document, &all.below(&part.to_string()), mark, seen, names);
    }
}

/// What the schema at a site refers to for the same instance, and how deep in the schema each reference stands.
pub(super) fn in_place(document: &Document, site: &Site) -> Vec<(Site, usize)> {
    let mut targets = Vec::new();
    if let Some(schema) = document.value(site) {
        collect_in_place(document, site.file, schema, &mut targets, 1);
    }
    targets
}

fn collect_in_place(document: &Document, file: usize, schema: &Value, targets: &mut Vec<(Site, usize)>, depth: usize) {
    let Some(keywords) = schema.as_object().filter(|_| depth < 130) else { return };
    let mut below = |part: &Value| collect_in_place(document, file, part, targets, depth + 1);
    for (key, value) in keywords {
        match (key.as_str(), value) {
            ("not" | "if" | "then" | "else", _) => below(value),
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => parts.iter().for_each(&mut below),
            ("dependentSchemas", Value::Object(parts)) => parts.values().for_each(&mut below),
            _ => {}
        }
    }
    for key in ["$ref", "$dynamicRef", "$recursiveRef"] {
        let reference = keywords.get(key).and_then(Value::as_str);
        targets.extend(reference.and_then(|text| document.target(file, text)).map(|target| (target, depth)));
    }
}

/// What a reference calls a schema.
pub(super) fn last_word(reference: &str) -> &str {
    reference.rsplit(['/', '#']).next().unwrap_or_default()
}

/// The values of a discriminator and the branch each of them names: by `mapping`, else by the last word of the reference.
pub(super) fn branches(
    document: &Document,
    discriminator: &Value,
    alternatives: &Value,
    file: usize,
) -> Vec<(String, Site)> {
    let references: Vec<&str> =
        alternatives.as_array().into_iter().flatten().filter_map(|branch| branch["$ref"].as_str()).collect();
    let word = |reference: &str| last_word(reference).to_owned();
    let mut branches: Vec<(String, Site)> = Vec::new();
    for (name, target) in discriminator["mapping"].as_object().into_iter().flatten() {
        let Some(target) = target.as_str() else { continue };
        let reference = references.iter().find(|reference| **reference == target || word(reference) == target);
        let site = reference.and_then(|reference| document.target(file, reference));
        branches.extend(site.map(|site| (name.clone(), site)));
    }
    for reference in references {
        let Some(site) = document.target(file, reference) else { continue };
        if !branches.iter().any(|(name, known)| *known == site || *name == word(reference)) {
            branches.push((word(reference), site));
        }
    }
    branches
}

/// The values of a discriminator that stands beside no alternatives, and the schema each of them names: by `mapping`, else those
/// that are made of this one.
pub(crate) fn subtypes(document: &Document, discriminator: &Value, base: &Site) -> Vec<(String, Site)> {
    let mapping = discriminator["mapping"].as_object().filter(|mapping| !mapping.is_empty());
    let Some(mapping) = mapping else {
        let named =
            named_schemas(document).into_iter().filter(|site| site != base && is_made_of(document, site, base, 0));
        return named.map(|site| (unescape(site.pointer.rsplit('/').next().unwrap_or_default()), site)).collect();
    };
    let target = |text: &str| {
        let component = Site { file: base.file, pointer: "/components/schemas".to_owned() }.below(text);
        document.value(&component).is_some().then_some(component).or_else(|| document.target(base.file, text))
    };
    mapping.iter().filter_map(|(name, text)| Some((name.clone(), target(text.as_str()?)?))).collect()
}

/// Whether the values of a property are listed in a schema, behind its reference, or in the parts of its `allOf`.
pub(super) fn lists(document: &Document, site: &Site, property: &str) -> bool {
    let mut open = vec![site.clone()];
    let mut seen = HashSet::new();
    let mut is_listed = false;
    while let Some(site) = open.pop().filter(|_| !is_listed && seen.len() < MAX_DEPTH) {
        let Some(schema) = document.value(&site).filter(|_| seen.insert(site.clone())) else { continue };
        let own = site.below("properties").below(property);
        let said = document.value(&own).and_then(|own| match own["$ref"].as_str() {
            Some(reference) => document.value(&document.target(site.file, reference)?),
            None => Some(own),
        });
        is_listed = said.is_some_and(|said| said.get("enum").is_some() || said.get("const").is_some());
        open.extend(schema["$ref"].as_str().and_then(|reference| document.target(site.file, reference)));
        let parts = schema["allOf"].as_array().map_or(0, Vec::len);
        open.extend((0..parts).map(|part| site.below("allOf").below(&part.to_string())));
    }
    is_listed
}

/// Whether a schema is another one and more, by its `allOf`.
fn is_made_of(document: &Document, site: &Site, base: &Site, depth: usize) -> bool {
    let all = site.below("allOf");
    let parts = document.value(&all).and_then(Value::as_array).into_iter().flatten();
    let targets = parts.filter_map(|part| document.target(site.file, part.get("$ref")?.as_str()?));
    let mut targets = targets.filter(|_| depth < MAX_DEPTH);
    targets.any(|target| target == *base || is_made_of(document, &target, base, depth + 1))
}
