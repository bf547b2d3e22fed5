//! `$ref`: where one may stand in an OpenAPI document, how its text is read, and which files it may reach.

use serde_json::Value;

use super::push_segment;
use crate::message::decode;

/// Parsers stop at the same depth.
const MAX_DEPTH: usize = 130;

/// One `$ref` in a file, or another mention of a file.
#[derive(Debug)]
pub(super) struct Use {
    /// Where it stands.
    pub(super) pointer: String,
    pub(super) reference: String,
    pub(super) role: Role,
}

/// What a `$ref` stands in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Schema,
    Parameter,
    Header,
    Body,
    Response,
    Example,
    /// The `externalValue` of an example: a file that is read as a text.
    Text,
    Path,
    Other,
}

impl Role {
    /// What is served where it leads nowhere.
    pub(super) fn without(self) -> &'static str {
        match self {
            Role::Schema => "any value is accepted in its place",
            Role::Parameter => "the parameter is left out",
            Role::Header => "the header is left out",
            Role::Body => "any body is accepted in its place",
            Role::Response => "the response is left out",
            Role::Example | Role::Text => "the example is left out",
            Role::Path => "the path is left out",
            Role::Other => "it is left out",
        }
    }

    /// The role of what stands under a key, where the key says so.
    fn under(key: &str) -> Option<Role> {
        Some(match key {
            "schema" | "schemas" | "properties" | "patternProperties" | "$defs" | "definitions" => Role::Schema,
            "parameters" => Role::Parameter,
            "headers" => Role::Header,
            "requestBody" | "requestBodies" => Role::Body,
            "responses" => Role::Response,
            "examples" => Role::Example,
            "paths" | "webhooks" | "pathItems" => Role::Path,
            "links" | "callbacks" | "securitySchemes" => Role::Other,
            _ => return None,
        })
    }
}

/// Keys whose value maps names of the user's choice: below them `example` or `default` is a name and no keyword.
const NAMED: &[&str] = &[
    "schemas",
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
    "headers",
    "requestBodies",
    "responses",
    "examples",
    "paths",
    "webhooks",
    "pathItems",
    "links",
    "callbacks",
    "securitySchemes",
    "content",
    "encoding",
];

/// Keys whose value is data, in which `$ref` means nothing.
const DATA: &[&str] = &["example", "default", "enum", "const", "value", "mapping"];

/// Every `$ref` of a file, and every `externalValue`.
pub(super) fn uses(root: &Value) -> Vec<Use> {
    let mut walk = Walk { pointer: String::new(), found: Vec::new() };
    walk.value(root, Role::Other, false, 0);
    walk.found
}

struct Walk {
    pointer: String,
    found: Vec<Use>,
}

impl Walk {
    fn value(&mut self, value: &Value, role: Role, named: bool, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(&index.to_string(), |walk| walk.value(item, role, false, depth + 1));
                }
            }
            Value::Object(entries) => {
                for (key, child) in entries {
                    self.entry(key, child, role, named, depth);
                }
            }
            _ => {}
        }
    }

    fn entry(&mut self, key: &str, child: &Value, role: Role, named: bool, depth: usize) {
        if let (Value::String(reference), "$ref", false) = (child, key, named) {
            let pointer = format!("{}/$ref", self.pointer);
            self.found.push(Use { pointer, reference: reference.clone(), role });
        } else if let (Value::String(reference), "externalValue", Role::Example, false) = (child, key, role, named) {
            let pointer = format!("{}/externalValue", self.pointer);
            self.found.push(Use { pointer, reference: reference.clone(), role: Role::Text });
        } else if named {
            self.below(key, |walk| walk.value(child, role, false, depth + 1));
        } else if !(DATA.contains(&key) || key.starts_with("x-") || (key == "examples" && child.is_array())) {
            // Parameters are a list in an operation and a map in components.
            let named = child.is_object() && (NAMED.contains(&key) || key == "parameters");
            let role = Role::under(key).unwrap_or(role);
            self.below(key, |walk| walk.value(child, role, named, depth + 1));
        }
    }

    fn below(&mut self, segment: &str, walk: impl FnOnce(&mut Walk)) {
        let length = self.pointer.len();
        push_segment(&mut self.pointer, segment);
        walk(self);
        self.pointer.truncate(length);
    }
}

/// A reference that stays within the document's folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// The other file, relative to the document's folder; none for the file it stands in.
    pub(super) path: Option<String>,
    pub(super) pointer: String,
    /// A name given by `$anchor`, in place of a pointer.
    pub(super) anchor: Option<String>,
}

/// Why a reference is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Remote,
    Outside,
}

impl Refusal {
    pub(super) fn rule(self) -> &'static str {
        match self {
            Refusal::Remote => "remote-ref",
            Refusal::Outside => "outside-ref",
        }
    }

    pub(super) fn why(self) -> &'static str {
        match self {
            Refusal::Remote => "nothing is fetched from the network",
            Refusal::Outside => "only files below the document's folder are read",
        }
    }

    pub(super) fn help(self) -> &'static str {
        match self {
            Refusal::Remote => "save it as a file beside the document and refer to that",
            Refusal::Outside => "move the file below the document's folder",
        }
    }
}

impl Reference {
    /// Reads a reference that stands in the file `base`.
    pub(super) fn parse(base: &str, text: &str) -> Result<Reference, Refusal> {
        let (path, fragment) = text.split_once('#').unwrap_or((text, ""));
        let fragment = decode(fragment);
        let (pointer, anchor) = match fragment.is_empty() || fragment.starts_with('/') {
            true => (fragment, None),
            false => (String::new(), Some(fragment)),
        };
        let path = if path.is_empty() { None } else { Some(join(base, path)?) };
        Ok(Reference { path, pointer, anchor })
    }
}

/// A path relative to the file `base`, as a path relative to the document's folder.
fn join(base: &str, path: &str) -> Result<String, Refusal> {
    let path = decode(path);
    if path.split('/').next().is_some_and(|first| first.contains(':')) || path.starts_with("//") {
        return Err(Refusal::Remote);
    }
    if path.starts_with('/') || path.contains(['\\', '\0']) {
        return Err(Refusal::Outside);
    }
    let mut segments: Vec<&str> = base.split('/').collect();
    segments.pop();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop().ok_or(Refusal::Outside)?;
            }
            other => segments.push(other),
        }
    }
    Ok(segments.join("/"))
}

/// Where the schema with this `$anchor` stands.
pub(super) fn find_anchor(root: &Value, anchor: &str) -> Option<String> {
    find_keyword(root, &["$anchor", "$dynamicAnchor"], anchor)
}

/// The pointer of the first object that has this word under one of these keys.
pub(super) fn find_keyword(root: &Value, keys: &[&str], word: &str) -> Option<String> {
    fn search(value: &Value, keys: &[&str], word: &str, pointer: &mut String) -> bool {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(entries) => {
                if keys.iter().any(|key| entries.get(*key).and_then(Value::as_str) == Some(word)) {
                    return true;
                }
                entries.iter().map(|(key, child)| (key.clone(), child)).collect()
            }
            Value::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
            _ => return false,
        };
        children.into_iter().any(|(key, child)| {
            let length = pointer.len();
            push_segment(pointer, &key);
            let found = search(child, keys, word, pointer);
            if !found {
                pointer.truncate(length);
            }
            found
        })
    }
    let mut pointer = String::new();
    search(root, keys, word, &mut pointer).then_some(pointer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(base: &str, text: &str, expected: Result<(Option<&str>, &str), Refusal>) {
        let read = Reference::parse(base, text).map(|reference| (reference.path, reference.pointer));
        assert_eq!(read, expected.map(|(path, pointer)| (path.map(str::to_owned), pointer.to_owned())), "{text}");
    }

    #[test]
    fn a_reference_stays_below_the_folder_of_the_document() {
        check("api.yaml", "#/a/b", Ok((None, "/a/b")));
        check("api.yaml", "#/paths/~1a~1%7Bid%7D", Ok((None, "/paths/~1a~1{id}")));
        check("api.yaml", "./schemas/pet.yaml", Ok((Some("schemas/pet.yaml"), "")));
        check("schemas/pet.yaml", "../common.yaml#/Id", Ok((Some("common.yaml"), "/Id")));
        check("schemas/pet.yaml", "a%20b.yaml", Ok((Some("schemas/a b.yaml"), "")));
        check("api.yaml", "../secret.yaml", Err(Refusal::Outside));
        check("a/b.yaml", "x/../../../secret.yaml", Err(Refusal::Outside));
        check("api.yaml", "%2e%2e/secret.yaml", Err(Refusal::Outside));
        check("api.yaml", "/etc/passwd", Err(Refusal::Outside));
        check("api.yaml", "http://example.com/x.yaml#/a", Err(Refusal::Remote));
        check("api.yaml", "//example.com/x.yaml", Err(Refusal::Remote));
        check("api.yaml", "file:///etc/passwd", Err(Refusal::Remote));
    }

    #[test]
    fn a_ref_is_one_only_where_the_document_has_references() {
        let root = json!({
            "properties": { "example": { "$ref": "#/1" }, "$ref": { "type": "string" } },
            "example": { "$ref": "#/no" },
            "x-thing": { "$ref": "#/no" },
            "enum": [{ "$ref": "#/no" }],
            "items": [{ "$ref": "#/2" }],
            "examples": { "default": { "$ref": "#/3" }, "other": { "value": { "$ref": "#/no" } } },
        });
        let found: Vec<_> = uses(&root).into_iter().map(|found| (found.reference, found.pointer)).collect();
        assert_eq!(
            found,
            [
                ("#/1".into(), "/properties/example/$ref".into()),
                ("#/2".into(), "/items/0/$ref".into()),
                ("#/3".into(), "/examples/default/$ref".into()),
            ]
        );
    }
}
