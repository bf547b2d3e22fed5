//! Every template of a pack is minded: were its names misspelt, each of them would be found.

use std::collections::BTreeSet;

use counterpart::pack::Template;
use serde_json::Value;

use super::schemas::{packs, read_pack};

/// Where no names are known: the choices of options stand where they are put, and credentials have the fields that fixtures give them.
const OPEN: [&str; 2] = ["/options/", "/auth/"];

#[test]
fn a_misspelt_name_is_found_in_every_place_of_a_pack_that_has_templates() {
    for (file, contract) in packs() {
        let mut value = file.value;
        let mut misspelt = BTreeSet::new();
        misspell(&mut value, String::new(), &mut misspelt);
        let findings = read_pack(&contract, &value);
        let of_names = findings.iter().filter(|finding| finding.rule == "unknown-name");
        let found: BTreeSet<String> = of_names.map(|finding| finding.place.pointer().to_owned()).collect();
        let missed: Vec<&String> = misspelt.difference(&found).collect();
        assert!(missed.is_empty(), "{}: {missed:#?}", file.name);
    }
}

/// Misspells all names in templates, and notes where they stand.
fn misspell(value: &mut Value, pointer: String, misspelt: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let names: Vec<String> = Template::of(text).names().map(str::to_owned).collect();
            for name in &names {
                *text = text.replace(&format!("{{{name}}}"), "{zqzq}");
            }
            if !names.is_empty() && !OPEN.iter().any(|open| pointer.starts_with(open)) {
                misspelt.insert(pointer);
            }
        }
        Value::Array(items) => {
            items
                .iter_mut()
                .enumerate()
                .for_each(|(index, item)| misspell(item, format!("{pointer}/{index}"), misspelt));
        }
        Value::Object(map) => {
            map.iter_mut().for_each(|(key, value)| {
                let key = key.replace('~', "~0").replace('/', "~1");
                misspell(value, format!("{pointer}/{key}"), misspelt);
            });
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
