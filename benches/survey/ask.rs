//! A request that an operation allows.

use counterpart::contract::{Contract, Operation, Part};
use counterpart::dice::Dice;
use counterpart::message::{Request, encode};
use http::{HeaderName, HeaderValue, header::COOKIE};
use serde_json::Value;

/// Fills in the path, and whatever else is required.
pub(crate) fn request(contract: &Contract, operation: &Operation) -> Request {
    let (path, asked) = operation.path.split_once(['?', '#']).unwrap_or((&operation.path, ""));
    let mut path = path.to_owned();
    let mut query: Vec<String> =
        asked.split('&').filter(|it| it.contains('=') && !it.contains('{')).map(str::to_owned).collect();
    let mut cookies = Vec::new();
    let mut request = Request::new(operation.method.clone(), "");
    for (part, name, value) in contract.sample_parameters(operation, Dice::new(0)) {
        let value = text(&value);
        match part {
            Part::Path => path = path.replace(&format!("{{{name}}}"), &encode(&value)),
            Part::Query if !query.iter().any(|pair| pair.split('=').next() == Some(&name)) => {
                query.push(format!("{}={}", encode(&name), encode(&value)))
            }
            Part::Cookie => cookies.push(format!("{name}={value}")),
            Part::Header => {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    request.headers.insert(name, value);
                }
            }
            _ => {}
        }
    }
    for name in &operation.variables {
        path = path.replace(&format!("{{{name}}}"), "1");
    }
    let cookies = HeaderValue::try_from(cookies.join("; ")).ok().filter(|cookies| !cookies.is_empty());
    request.headers.extend(cookies.map(|cookies| (COOKIE, cookies)));
    request.target = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
    request
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Object(entries) => {
            entries.iter().map(|(name, value)| format!("{name},{}", text(value))).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}
