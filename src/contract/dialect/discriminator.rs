//! Discriminators: a property whose value names the branch that counts.

use serde_json::{Map, Value, json};

use super::super::document::Site;
use super::{Spot, Translator, Use, marks, uri};

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
        let Some(key) = ["oneOf", "anyOf"].into_iter().find(|key| out.contains_key(*key)) else { return };
        let branches = marks::branches(self.document, &keywords["discriminator"], &keywords[key], site.file);
        if branches.is_empty() || spot.in_place && branches.iter().any(|(_, to)| self.returns(to, spot.resource)) {
            return;
        }
        let Some(alternatives) = out.remove(key) else { return };
        if self.wanted == Use::Sample {
            let named = branches.into_iter().map(|(name, target)| {
                let properties = json!({ property: { "const": name } });
                json!({ "$ref": uri(self.number(target)), "required": [property], "properties": properties })
            });
            let named = named.collect();
            out.insert(key.to_owned(), named);
            return;
        }
        let names: Vec<String> = branches.iter().map(|(name, _)| name.clone()).collect();
        let is = |names: &[String]| json!({ "required": [property], "properties": { property: { "enum": names } } });
        let mut rules = vec![json!({ "if": is(&names), "else": { key: alternatives } })];
        for (name, target) in branches {
            let number = self.number(target);
            rules.push(json!({ "if": is(&[name]), "then": { "$ref": uri(number) } }));
        }
        match out.get_mut("allOf").and_then(Value::as_array_mut) {
            Some(all) => all.extend(rules),
            None => drop(out.insert("allOf".to_owned(), Value::Array(rules))),
        }
    }
}
