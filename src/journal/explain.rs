//! Why an exchange went as it did, as text for people and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::client::ClientFault;
use super::exchange::{Exchange, Kept};
use super::line::{self, visible};
use super::texts::Head;
use crate::contract::Violation;

/// How much of a body a text shows.
const SHOWN: usize = 2000;

/// The explanation for people, several lines of it.
pub fn text(exchange: &Exchange, faults: &[ClientFault]) -> String {
    let mut text = format!("exchange {} in session {}, {}\n", exchange.number, exchange.session(), exchange.time);
    let _ = writeln!(text, "  {} {}", exchange.method, visible(exchange.target()));
    message(&mut text, '>', exchange.asked(), &exchange.extra().sent);
    let caller = exchange.caller().map(|caller| format!(", called by {}", visible(caller)));
    let operation = match exchange.operation() {
        Some(operation) => format!("the operation is {operation}"),
        None => "it leads to no operation of a document".to_owned(),
    };
    let _ = writeln!(text, "  {operation}{}", caller.unwrap_or_default());
    for rule in &exchange.extra().rules {
        let _ = writeln!(text, "  rule {}", visible(rule));
    }
    list(&mut text, "departs from the document", &exchange.extra().violations);
    if let Some(refusal) = exchange.refusal {
        let _ = writeln!(text, "  refused: {}", refusal.word().replace('_', " "));
    }
    if let Some(effect) = exchange.effect() {
        for touched in &effect.touched {
            let _ = writeln!(text, "  {} {} {}", touched.deed.word(), touched.table, touched.id);
        }
        if effect.more > 0 {
            let _ = writeln!(text, "  and {} records more", effect.more);
        }
    }
    list(&mut text, "the reply would BREAK the document", &exchange.extra().breaches);
    let _ = write!(text, "  {}", exchange.status);
    if !exchange.extra().delay.is_zero() {
        let _ = write!(text, ", held back for {} ms", exchange.extra().delay.as_millis());
    }
    if let Some(wire) = exchange.extra().wire {
        let _ = write!(text, ", broken on the wire: {}", format!("{wire:?}").to_lowercase());
    }
    text.push('\n');
    message(&mut text, '<', exchange.answered(), exchange.got());
    for fault in faults {
        let _ = writeln!(text, "  client fault {}: {fault}", fault.word());
    }
    text
}

fn message(text: &mut String, sign: char, head: Head<'_>, body: &Kept) {
    for (name, value) in head.fields() {
        let _ = writeln!(text, "    {sign} {name}: {}", visible(&String::from_utf8_lossy(value)));
    }
    let Ok(shown) = std::str::from_utf8(&body.bytes) else {
        let _ = writeln!(text, "    {sign} ({} bytes that are no text)", body.length);
        return;
    };
    let cut: String = shown.chars().take(SHOWN).collect();
    for line in cut.lines() {
        let _ = writeln!(text, "    {sign} {}", visible(line));
    }
    if cut.len() < body.length {
        let _ = writeln!(text, "    {sign} … ({} bytes in all)", body.length);
    }
}

fn list(text: &mut String, what: &str, violations: &[Violation]) {
    for violation in violations {
        let (place, pointer) = (&violation.place, violation.place.pointer());
        let _ = writeln!(text, "  {what}: {}\n    ({place} {pointer})", visible(&violation.to_string()));
    }
}

/// The explanation as JSON: all that the journal has.
pub fn json(exchange: &Exchange, faults: &[ClientFault]) -> Value {
    let mut value = with_faults(exchange, faults);
    value["request"] = part(exchange.asked(), &exchange.extra().sent);
    value["reply"] = part(exchange.answered(), exchange.got());
    value
}

/// What lists show: all but header fields and bodies.
pub fn with_faults(exchange: &Exchange, faults: &[ClientFault]) -> Value {
    let mut value = line::json(exchange);
    let entry = |fault: &ClientFault| json!({ "fault": fault.word(), "message": fault.to_string() });
    value["client_faults"] = faults.iter().map(entry).collect();
    value
}

fn part(head: Head<'_>, body: &Kept) -> Value {
    let fields = head.fields().map(|(name, value)| json!([name, String::from_utf8_lossy(value)]));
    let content = match body.json() {
        Some(value) => value,
        None => String::from_utf8_lossy(&body.bytes).into(),
    };
    json!({ "headers": fields.collect::<Vec<_>>(), "body": content, "length": body.length })
}
