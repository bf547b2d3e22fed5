//! Documents of a chosen size, the same for the same seed: collections with their records, as published documents have them.

use counterpart::dice::{Dice, Draws};
use serde_json::{Map, Value, json};

const WORDS: &[&str] = &[
    "account", "address", "amount", "approval", "balance", "branch", "channel", "comment", "contract", "currency",
    "customer", "deadline", "delivery", "device", "document", "invoice", "language", "location", "message", "network",
    "notice", "order", "origin", "owner", "payment", "period", "policy", "price", "project", "reason", "region",
    "report", "review", "schedule", "service", "status", "summary", "target", "ticket", "version",
];

/// A document of about this many bytes, as JSON or YAML.
pub(crate) fn document(size: usize, seed: u64, write: fn(&Value) -> String) -> String {
    let mut draws = Dice::new(seed).draws("documents", 0);
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    schemas.insert("Error".to_owned(), json!({ "type": "object", "required": ["code", "message"], "properties": {
        "code": { "type": "string", "example": "invalid" }, "message": { "type": "string", "description": text(&mut draws, 12) } } }));
    let mut written = 0;
    for number in 0.. {
        let name = format!("{}{number}", word(&mut draws));
        let before = (number > 0).then(|| format!("Record{}", number - 1));
        let schema = schema(&mut draws, before.as_deref());
        let (many, one) = (collection(&mut draws, &name, number), record(&mut draws, &name, number));
        // As deep as the parts stand in the whole: in both formats the depth is a good part of the text.
        let parts = json!({ "components": { "schemas": { "Record": schema } }, "paths": { "many": many, "one": one } });
        written += write(&parts).len();
        schemas.insert(format!("Record{number}"), schema);
        paths.insert(format!("/{name}"), many);
        paths.insert(format!("/{name}/{{id}}"), one);
        if written >= size {
            break;
        }
    }
    write(&json!({
        "openapi": "3.0.3",
        "info": { "title": "Made to be measured", "version": "1.0.0" },
        "paths": paths,
        "components": { "schemas": schemas, "parameters": parameters(), "responses": responses() },
    }))
}

fn parameters() -> Value {
    json!({
        "Id": { "name": "id", "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } },
        "Page": { "name": "page", "in": "query", "description": "Which page.", "schema": { "type": "integer", "minimum": 1 } },
    })
}

fn responses() -> Value {
    let error = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } });
    json!({
        "NotFound": { "description": "There is no such record.", "content": error },
        "Invalid": { "description": "The request cannot be carried out.", "content": error },
    })
}

fn collection(draws: &mut Draws, name: &str, number: usize) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/Record{number}") });
    let example = json!({ "id": format!("{name}-1"), "name": text(draws, 3), "created_at": "2026-01-01T09:00:00Z" });
    json!({
        "get": {
            "operationId": format!("list{number}"), "tags": [name], "summary": text(draws, 4), "description": text(draws, 30),
            "parameters": [
                { "$ref": "#/components/parameters/Page" },
                { "name": "sort", "in": "query", "description": text(draws, 10), "schema": { "type": "string", "enum": ["name", "-name"] } },
                { "name": "limit", "in": "query", "description": text(draws, 8), "schema": { "type": "integer", "maximum": 100 } },
            ],
            "responses": { "200": { "description": text(draws, 5), "content": { "application/json": {
                "schema": { "type": "array", "items": schema }, "example": [example],
            } } } },
        },
        "post": {
            "operationId": format!("create{number}"), "tags": [name], "summary": text(draws, 4), "description": text(draws, 20),
            "requestBody": { "required": true, "content": { "application/json": { "schema": schema, "example": example } } },
            "responses": {
                "201": { "description": text(draws, 5), "content": { "application/json": { "schema": schema } } },
                "422": { "$ref": "#/components/responses/Invalid" },
            },
        },
    })
}

fn record(draws: &mut Draws, name: &str, number: usize) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/Record{number}") });
    let shown = json!({ "description": text(draws, 5), "content": { "application/json": { "schema": schema } } });
    let missing = json!({ "$ref": "#/components/responses/NotFound" });
    json!({
        "parameters": [{ "$ref": "#/components/parameters/Id" }],
        "get": {
            "operationId": format!("show{number}"), "tags": [name], "summary": text(draws, 4), "description": text(draws, 20),
            "responses": { "200": shown, "404": missing },
        },
        "patch": {
            "operationId": format!("update{number}"), "tags": [name], "summary": text(draws, 4), "description": text(draws, 20),
            "requestBody": { "content": { "application/json": { "schema": schema } } },
            "responses": { "200": shown, "404": missing, "422": { "$ref": "#/components/responses/Invalid" } },
        },
        "delete": {
            "operationId": format!("delete{number}"), "tags": [name], "summary": text(draws, 4),
            "responses": { "204": { "description": text(draws, 3) }, "404": missing },
        },
    })
}

/// Properties of several types; one of them may hold the record before.
fn schema(draws: &mut Draws, before: Option<&str>) -> Value {
    let mut properties = Map::new();
    properties.insert("id".to_owned(), json!({ "type": "string", "description": text(draws, 6) }));
    properties.insert("name".to_owned(), json!({ "type": "string", "maxLength": 120, "example": text(draws, 3) }));
    properties.insert("created_at".to_owned(), json!({ "type": "string", "format": "date-time", "readOnly": true }));
    for _ in 0..10 {
        let said = text(draws, 12);
        let property = match draws.below(5) {
            0 => json!({ "type": "integer", "minimum": 0, "description": said, "example": 12 }),
            1 => json!({ "type": "boolean", "description": said, "default": false }),
            2 => json!({ "type": "string", "enum": [word(draws), "other"], "description": said }),
            3 => json!({ "type": "array", "items": { "type": "string", "maxLength": 40 }, "description": said }),
            _ => json!({ "type": "string", "nullable": true, "description": said, "example": text(draws, 2) }),
        };
        properties.insert(format!("{}_{}", word(draws), word(draws)), property);
    }
    let parent = before.map(|name| json!({ "$ref": format!("#/components/schemas/{name}") }));
    properties.extend(parent.map(|parent| ("related".to_owned(), parent)));
    json!({ "type": "object", "description": text(draws, 15), "required": ["id", "name"], "properties": properties })
}

fn word(draws: &mut Draws) -> &'static str {
    draws.one_of::<&'static str>(WORDS)
}

fn text(draws: &mut Draws, words: usize) -> String {
    let words: Vec<&str> = (0..words).map(|_| word(draws)).collect();
    format!("The {}.", words.join(" "))
}

/// A value in the block style of YAML, two spaces a level.
pub(crate) fn yaml(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

fn block(value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                out.push_str(&format!("\n{indent}{}:", plain(key)));
                block(value, depth + 1, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&format!("\n{indent}-"));
                block(item, depth + 1, out);
            }
        }
        Value::String(text) => out.push_str(&format!(" {}", plain(text))),
        other => out.push_str(&format!(" {other}")),
    }
}

/// A text as it is where it is only letters and spaces, else in quotes.
fn plain(text: &str) -> String {
    let simple = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || " ._-/{}".contains(letter));
    if simple { text.to_owned() } else { Value::from(text).to_string() }
}
