//! A draft as a file to be edited: YAML, with the reasons as comments.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::Draft;

/// What is longer than this stands on lines of its own.
const WIDTH: usize = 120;

impl Draft {
    /// The pack as YAML, with the reason behind each binding, and at the end what is not bound and why.
    pub fn text(&self) -> String {
        let mut out = String::from(HEAD);
        let Value::Object(pack) = &self.pack else { return out };
        for (key, value) in pack.iter().filter(|(key, _)| *key != "resources") {
            entry(&mut out, 0, key, value, 2);
        }
        let none = Map::new();
        let resources = pack.get("resources").and_then(Value::as_object).unwrap_or(&none);
        out.push_str(if resources.is_empty() { "resources: {}\n" } else { "resources:\n" });
        for (name, resource) in resources {
            self.resource(&mut out, name, resource);
        }
        let unbound: Vec<_> = self.notes.iter().filter(|note| !note.bound).collect();
        if !unbound.is_empty() {
            out.push_str("# The document's examples answer these:\n");
        }
        for note in unbound {
            let _ = writeln!(out, "#   {}: {}", note.operation, note.reason);
        }
        out
    }

    fn resource(&self, out: &mut String, name: &str, resource: &Value) {
        let _ = writeln!(out, "  {}:", word(name));
        for (key, value) in resource.as_object().into_iter().flatten() {
            if key != "operations" {
                entry(out, 4, key, value, 2);
                continue;
            }
            out.push_str("    operations:\n");
            for (id, binding) in value.as_object().into_iter().flatten() {
                if let Some(note) = self.notes.iter().find(|note| note.bound && note.operation == *id) {
                    let _ = writeln!(out, "      # {} {}: {}", note.method, note.path, note.reason);
                }
                entry(out, 6, id, binding, 1);
            }
        }
    }
}

const HEAD: &str = "\
# Drafted from the document. Every word is explained in ARCHITECTURE.md, under `The words of a pack`; change what is not so.
";

/// One entry: on one line where it fits, else with so many levels on lines of their own.
fn entry(out: &mut String, indent: usize, key: &str, value: &Value, levels: usize) {
    let line = format!("{:indent$}{}: {}", "", word(key), flow(value));
    match value {
        Value::Object(entries) if line.len() > WIDTH && levels > 0 && !entries.is_empty() => {
            let _ = writeln!(out, "{:indent$}{}:", "", word(key));
            entries.iter().for_each(|(key, value)| entry(out, indent + 2, key, value, levels - 1));
        }
        _ => {
            let _ = writeln!(out, "{line}");
        }
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", word(key), flow(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::String(text) => word(text),
        other => other.to_string(),
    }
}

/// A text as it may stand anywhere in YAML: bare where it cannot be taken for anything else.
fn word(text: &str) -> String {
    let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || b"_/".contains(&byte));
    let bare = starts && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./-".contains(&byte));
    let special =
        ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].iter().any(|it| text.eq_ignore_ascii_case(it));
    if bare && !special { text.to_owned() } else { Value::from(text).to_string() }
}
