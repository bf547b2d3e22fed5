//! Discriminators: a property whose value names the branch that counts.

use serde_json::{Map, Value, json};

use super::super::document::Site;
use super::{Spot, Translator, Use, marks, uri};

/// Where the alternatives stand, of which a value had better be one.
pub(in crate::contract) const SUBTYPES: &str = "x-subtypes";
/// So many subtypes that are not in use otherwise are values made of: each brings along all that it refers to.
const OTHERS: usize = 4;
/// Whether a mapping that is longer has all names is not looked into.
const MOST_MAPPED: usize = 64;

impl Translator<'_> {
    /// Where a discriminator names a branch, that branch alone decides; otherwise the alternatives stand as they are.
    pub(super) fn discriminate(
        &mut self,
        keywords: &Map<String, Value>,
        site: &Site,
        spot: &Spot<'_>,
        out: &mut Map<String, Value>,
    ) {
        let Some(property) = keywords.get("discriminator").and_then(|it| it["propertyName"].as_str()) else { return };
        let Some(key) = ["oneOf", "anyOf"].into_iter().find(|key| out.contains_key(*key)) else {
            return self.subtypes(&keywords["discriminator"], property, site, out);
        };
        let branches = marks::branches(self.document, &keywords["discriminator"], &keywords[key], site.file);
        if branches.is_empty() || spot.in_place && branches.iter().any(|(_, to)| self.returns(to, spot.resource)) {
            return;
        }
        let Some(alternatives) = out.remove(key) else { return };
        if self.wanted == Use::Sample {
            out.insert(key.to_owned(), self.named_by(property, branches));
            return;
        }
        let names: Vec<String> = branches.iter().map(|(name, _)| name.clone()).collect();
        let is = |names: &[String]| json!({ "required": [property], "properties": { property: { "enum": names } } });
        let mut others = json!({ key: alternatives });
        if self.is_closed(&keywords["discriminator"], &keywords[key], property, &branches) {
            others["properties"] = json!({ property: known(&branches, None) });
        }
        let mut rules = vec![json!({ "if": is(&names), "else": others })];
        for (name, target) in branches {
            let number = self.number(target);
            rules.push(json!({ "if": is(&[name]), "then": { "$ref": uri(number) } }));
        }
        match out.get_mut("allOf").and_then(Value::as_array_mut) {
            Some(all) => all.extend(rules),
            None => drop(out.insert("allOf".to_owned(), Value::Array(rules))),
        }
    }

    /// Whether only names of the mapping name a branch: it names all of them, and none says by itself what the property may be.
    fn is_closed(
        &self,
        discriminator: &Value,
        alternatives: &Value,
        property: &str,
        branches: &[(String, Site)],
    ) -> bool {
        let mapped = |name: &String| discriminator["mapping"].get(name).is_some();
        let is_null = |branch: &Value| branch["type"] == "null";
        let all = alternatives.as_array().into_iter().flatten();
        let named = all.into_iter().all(|branch| branch["$ref"].is_string() || is_null(branch));
        let says = |site: &Site| marks::lists(self.document, site, property);
        named && branches.iter().all(|(name, target)| mapped(name) && !says(target))
    }

    /// The schemas that a discriminator chooses between which stands beside no alternatives. A validator asks for nothing of them
    /// (OpenAPI 3.1 section 4.8.25), but that a name of the mapping is one; values are made of them, since whoever reads one goes by
    /// the name.
    fn subtypes(&mut self, discriminator: &Value, property: &str, site: &Site, out: &mut Map<String, Value>) {
        let mut subtypes = marks::subtypes(self.document, discriminator, site);
        if self.wanted != Use::Sample {
            let is_mapped =
                discriminator["mapping"].as_object().is_some_and(|mapping| (1..=MOST_MAPPED).contains(&mapping.len()));
            if is_mapped && !marks::lists(self.document, site, property) {
                let others = marks::subtypes(self.document, &Value::Null, site);
                subtypes.extend(others);
                let rule = json!({ "properties": { property: known(&subtypes, Some(site)) } });
                match out.get_mut("allOf").and_then(Value::as_array_mut) {
                    Some(all) => all.push(rule),
                    None => drop(out.insert("allOf".to_owned(), json!([rule]))),
                }
            }
            return;
        }
        // A value may be asked for by the name of any that is in use; of the others some are enough.
        subtypes.sort_by_key(|(_, target)| !self.numbers.contains_key(target));
        let known = subtypes.iter().filter(|(_, target)| self.numbers.contains_key(target)).count();
        subtypes.truncate(known + OTHERS);
        if !subtypes.is_empty() {
            let named = self.named_by(property, subtypes);
            out.insert(SUBTYPES.to_owned(), named);
        }
    }

    /// Alternatives in each of which a property has the name of the branch.
    fn named_by(&mut self, property: &str, branches: Vec<(String, Site)>) -> Value {
        let named = branches.into_iter().map(|(name, target)| {
            let properties = json!({ property: { "const": name } });
            json!({ "$ref": uri(self.number(target)), "required": [property], "properties": properties })
        });
        named.collect()
    }
}

/// A text that names one of these schemas: by its own name, or by that of the schema.
fn known(named: &[(String, Site)], also: Option<&Site>) -> Value {
    let own = named.iter().map(|(name, _)| name.as_str());
    let schemas = named.iter().map(|(_, site)| site).chain(also).map(|site| marks::last_word(&site.pointer));
    let mut names: Vec<&str> = Vec::new();
    for name in own.chain(schemas) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    json!({ "if": { "type": "string" }, "then": { "enum": names } })
}
