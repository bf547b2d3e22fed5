//! A value as the bytes of a media type.

use bytes::Bytes;
use serde_json::Value;

use super::super::look::Look;
use super::super::media::{Reading, reading};
use super::xml;

use crate::message::encode;

/// The body of a media type, whose schema has a name, and a look that XML asks for. A text is the body itself where the type is not JSON.
pub(super) fn body<'l>(media_type: &str, name: &str, look: impl FnOnce() -> Option<Look<'l>>, value: &Value) -> Bytes {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let text = match (essence.as_str(), value) {
        (json, _) if super::is_json(json) => value.to_string(),
        (_, Value::String(text)) => text.clone(),
        (essence, _) if essence.ends_with("/xml") || essence.ends_with("+xml") => {
            xml::document(name, look().as_ref(), value)
        }
        ("application/x-www-form-urlencoded", Value::Object(fields)) => {
            let pairs = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(&word(value))));
            pairs.collect::<Vec<_>>().join("&")
        }
        // RFC 7464 puts a record separator before each.
        (lines, value) if reading(lines) == Reading::Lines => {
            let mark = if lines.ends_with("json-seq") { "\u{1e}" } else { "" };
            let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            items.iter().map(|item| format!("{mark}{item}\n")).collect()
        }
        ("text/event-stream", Value::Array(items)) => items.iter().map(event).collect(),
        ("text/event-stream", value) => event(value),
        (_, value) => value.to_string(),
    };
    Bytes::from(text)
}

/// One event of a stream (HTML, section "server-sent events"). An object of nothing but fields of events is one; any other value is
/// the data of one.
fn event(value: &Value) -> String {
    const FIELDS: &[&str] = &["event", "id", "retry", "data"];
    let field = |name: &str, value: &Value| format!("{name}: {}\n", word(value).replace('\n', &format!("\n{name}: ")));
    match value.as_object().filter(|entries| entries.keys().all(|name| FIELDS.contains(&name.as_str()))) {
        Some(entries) if entries.contains_key("data") => {
            let fields = FIELDS.iter().filter_map(|name| Some(field(name, entries.get(*name)?)));
            fields.collect::<String>() + "\n"
        }
        _ => field("data", value) + "\n",
    }
}

pub(super) fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::body;
    use serde_json::json;

    #[test]
    fn a_value_is_written_as_its_media_type_wants_it() {
        let check = |media: &str, value, expected: &str| assert_eq!(body(media, "Pet", || None, &value), expected);
        check("application/json; charset=utf-8", json!("a"), "\"a\"");
        check("application/problem+json", json!({ "a": 1 }), "{\"a\":1}");
        check("text/plain", json!("a"), "a");
        check("text/plain", json!(5), "5");
        check("application/x-www-form-urlencoded", json!({ "a b": "c&d", "e": 1 }), "a%20b=c%26d&e=1");
        check("application/x-ndjson", json!([{ "a": 1 }, 2]), "{\"a\":1}\n2\n");
        check("application/json-seq", json!([1, 2]), "\u{1e}1\n\u{1e}2\n");
        let events = json!([{ "data": { "a": 1 }, "event": "end", "id": 7 }, { "data": "x", "more": 1 }]);
        check(
            "text/event-stream",
            events,
            "event: end\nid: 7\ndata: {\"a\":1}\n\ndata: {\"data\":\"x\",\"more\":1}\n\n",
        );
        check("text/event-stream", json!([{ "a": 1 }, "two\nlines"]), "data: {\"a\":1}\n\ndata: two\ndata: lines\n\n");
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
        let pet = json!({ "name": "R<x", "tags": ["a", "b"], "1st": null });
        check(
            "application/xml",
            pet,
            &format!("{head}<Pet><name>R&lt;x</name><tags>a</tags><tags>b</tags><_1st/></Pet>"),
        );
    }
}
