//! Rewrites what a file expects with what came, and leaves alone what is as expected.

use serde_json::{Map, Value};

use super::case::{Case, Exchange, Step, name};
use super::play::{Played, Turn, sign};

/// How wide a line may be.
const WIDTH: usize = 118;

pub(super) fn rewrite(text: &str, case: &Case, played: &Played) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    let mut next = 0;
    for (index, step) in case.steps.iter().enumerate() {
        let Step::Exchange(exchange) = step else { continue };
        let Some(turn) = played.turns.iter().find(|turn| turn.step == index && !turn.faults.is_empty()) else {
            continue;
        };
        let (start, end) = exchange.expected.lines;
        lines[next..start - 1].iter().for_each(|line| put(&mut out, line));
        put(&mut out, &expectation(exchange, turn));
        next = end - 1;
    }
    lines[next..].iter().for_each(|line| put(&mut out, line));
    out
}

fn put(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn expectation(exchange: &Exchange, turn: &Turn) -> String {
    let (expected, got) = (&exchange.expected, &turn.got);
    let mut text = format!("=> {}", got.status);
    let body = match &expected.body {
        _ if got.body.is_empty() => None,
        None if expected.status == "?" => Some(got.value()),
        None => None,
        Some(_) if expected.exact => Some(got.value()),
        Some(body) => Some(project(body, &got.value())).filter(|body| *body != Value::Object(Map::new())),
    };
    if let Some(body) = body {
        text.push(' ');
        text.push_str(if expected.exact { "= " } else { "" });
        write(&body, 0, text.len(), &mut text);
    } else if expected.exact {
        text.push_str(" =");
    }
    for (name, value) in &expected.headers {
        let sent = got.headers.get(name).and_then(|value| value.to_str().ok());
        let value = match (value.as_str(), sent) {
            ("*", Some(_)) => "*",
            (_, sent) => sent.unwrap_or("-"),
        };
        text.push_str(&format!("\n< {name}: {value}"));
    }
    for name in ["wire", "delay", "drip"] {
        if let Some(sent) = sign(name, got) {
            text.push_str(&format!("\n~ {name} {sent}"));
        }
    }
    text
}

/// The parts of a body that were spoken of, as they came.
fn project(expected: &Value, got: &Value) -> Value {
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => {
            let kept = expected.iter().filter_map(|(key, value)| Some((key.clone(), project(value, got.get(key)?))));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        (Value::Array(expected), Value::Array(got)) => {
            let open = expected.last().is_some_and(|last| last == "...");
            let count = if open { (expected.len() - 1).min(got.len()) } else { got.len() };
            let mut kept: Vec<Value> = got[..count]
                .iter()
                .enumerate()
                .map(|(index, got)| {
                    expected.get(index).or(expected.first()).map_or(got.clone(), |expected| project(expected, got))
                })
                .collect();
            kept.extend(open.then(|| "...".into()));
            Value::Array(kept)
        }
        (Value::String(template), _) if template.contains('{') => expected.clone(),
        (_, got) => got.clone(),
    }
}

/// On one line where it fits.
fn write(value: &Value, depth: usize, column: usize, out: &mut String) {
    let line = one_line(value);
    if column + line.len() <= WIDTH {
        return out.push_str(&line);
    }
    let pad = "  ".repeat(depth + 1);
    match value {
        Value::Object(fields) => {
            out.push('{');
            for (index, (key, value)) in fields.iter().enumerate() {
                let key = format!("{pad}{}: ", Value::from(key.as_str()));
                out.push_str(&format!("{}\n{key}", if index > 0 { "," } else { "" }));
                write(value, depth + 1, key.len(), out);
            }
            out.push_str(&format!("\n{}}}", "  ".repeat(depth)));
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(&format!("{}\n{pad}", if index > 0 { "," } else { "" }));
                write(item, depth + 1, pad.len(), out);
            }
            out.push_str(&format!("\n{}]", "  ".repeat(depth)));
        }
        _ => out.push_str(&line),
    }
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(fields) if fields.is_empty() => "{}".into(),
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), one_line(value)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        Value::String(text) if text == "..." || name(text).is_some_and(|name| name.len() + 2 == text.len()) => {
            text.clone()
        }
        other => other.to_string(),
    }
}
