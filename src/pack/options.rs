//! Switches of a pack. Each choice is a merge patch (RFC 7396) over the pack, the document, or both, so that whatever can be
//! written there can also be switched.

use serde_json::Value;

use super::{meant, object};
use crate::source::{Finding, Findings, Node, Place, Source};

/// The switches a pack has, by name.
#[derive(Debug, Default)]
pub struct Options {
    list: Vec<(String, Vec<Choice>, String)>,
}

/// One position of a switch.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// What it changes in the pack.
    pub pack: Value,
    /// What it changes in the document.
    pub document: Value,
}

impl Options {
    /// Reads the switches of a pack file.
    pub fn read(source: &Source, findings: &mut Findings) -> Options {
        let Some(node) = source.value().get("options").is_some().then(|| Node::root(source)) else {
            return Options::default();
        };
        let Some(mut file) = node.fields(findings) else { return Options::default() };
        let entries = file.take("options").and_then(|node| node.entries(findings)).unwrap_or_default();
        let list = entries.iter().filter_map(|(name, node)| {
            let mut fields = node.fields(findings)?;
            fields.optional("about", findings, Node::text);
            let default = fields.required("default", findings, Node::scalar);
            let choices = fields.required("choices", findings, Node::entries);
            fields.finish(findings);
            let (default, choices) = (default?, choices?);
            let choices: Vec<Choice> = choices.iter().filter_map(|(name, node)| choice(name, node, findings)).collect();
            if !choices.iter().any(|choice| choice.name == default) {
                let names = choices.iter().map(|choice| choice.name.as_str());
                let finding = node.error("unknown-choice", format!("the default `{default}` is not among the choices"));
                findings.push(finding.help(meant(&default, names)));
            }
            Some(((*name).to_owned(), choices, default))
        });
        Options { list: list.collect() }
    }

    /// Whether there is the switch that `name=choice` speaks of.
    pub fn has(&self, ask: &str) -> bool {
        let name = ask.split('=').next().unwrap_or_default();
        self.list.iter().any(|(known, ..)| known == name)
    }

    /// The choices that are in force: the defaults, and in their place what was asked for as `name=choice`.
    ///
    /// # Errors
    /// What was asked for and does not exist.
    pub fn choose(&self, asked: &[String]) -> Result<Vec<&Choice>, Vec<Finding>> {
        let mut wrong = Vec::new();
        let mut chosen: Vec<(&str, &str)> = Vec::new();
        for ask in asked {
            let (name, value) = ask.split_once('=').unwrap_or((ask, ""));
            match self.list.iter().find(|(known, ..)| known == name) {
                None => wrong.push(unknown(ask, "option", name, self.list.iter().map(|(name, ..)| name.as_str()))),
                Some((_, choices, _)) if !choices.iter().any(|choice| choice.name == value) => {
                    wrong.push(unknown(ask, "choice", value, choices.iter().map(|choice| choice.name.as_str())));
                }
                Some((name, ..)) => chosen.push((name, value)),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let in_force = self.list.iter().filter_map(|(name, choices, default)| {
            let value =
                chosen.iter().rev().find(|(asked, _)| asked == name).map_or(default.as_str(), |(_, value)| value);
            choices.iter().find(|choice| choice.name == value)
        });
        Ok(in_force.collect())
    }

    /// The names of the switches and their choices, the default first.
    pub fn list(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.list.iter().map(|(name, choices, default)| {
            let others = choices.iter().map(|choice| choice.name.as_str()).filter(|choice| choice != default);
            (name.as_str(), std::iter::once(default.as_str()).chain(others).collect())
        })
    }
}

fn choice(name: &str, node: &Node<'_>, findings: &mut Findings) -> Option<Choice> {
    let mut fields = node.fields(findings)?;
    let mut patch = |key| fields.optional(key, findings, object).map_or(Value::Null, Value::Object);
    let choice = Choice { name: name.to_owned(), pack: patch("pack"), document: patch("document") };
    fields.finish(findings);
    Some(choice)
}

fn unknown<'a>(ask: &str, what: &str, word: &str, words: impl Iterator<Item = &'a str> + Clone) -> Finding {
    let place = Place::line_of(format!("--option {ask}"), 0);
    Finding::error("unknown-option", place, format!("there is no {what} `{word}`")).help(meant(word, words))
}

/// Applies a merge patch (RFC 7396): null removes, an object goes down, anything else replaces.
///
/// ```
/// use counterpart::pack::merge_patch;
/// use serde_json::json;
/// let mut value = json!({ "a": { "b": 1, "c": 2 } });
/// merge_patch(&mut value, &json!({ "a": { "b": null, "d": [3] } }));
/// assert_eq!(value, json!({ "a": { "c": 2, "d": [3] } }));
/// ```
pub fn merge_patch(value: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *value = patch.clone();
        return;
    };
    if !value.is_object() {
        *value = Value::Object(serde_json::Map::new());
    }
    let Some(map) = value.as_object_mut() else { return };
    for (key, change) in patch {
        match change {
            Value::Null => {
                map.shift_remove(key);
            }
            change => merge_patch(map.entry(key.clone()).or_insert(Value::Null), change),
        }
    }
}
