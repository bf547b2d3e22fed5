//! An exchange as one line of the log, and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::client::own_faults;
use super::exchange::Exchange;
use super::explain;
use crate::contract::Violation;
use crate::refusal::Kind;

/// How exchanges are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// How much of an exchange is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// One line, and one more for each departure from the document.
    #[default]
    Info,
    /// All that the journal has.
    Debug,
}

/// The exchange as it is written into a log, without a line feed at its end. Of its client's faults it has those that it shows by itself.
pub fn line(exchange: &Exchange, format: Format, level: Level) -> String {
    match (format, level) {
        (Format::Text, Level::Info) => text(exchange),
        (Format::Json, Level::Info) => json(exchange).to_string(),
        (Format::Text, Level::Debug) => explain::text(exchange, &own_faults(exchange)).trim_end().to_owned(),
        (Format::Json, Level::Debug) => explain::json(exchange, &own_faults(exchange)).to_string(),
    }
}

fn text(exchange: &Exchange) -> String {
    let Exchange { time, method, .. } = exchange;
    let operation = exchange.operation().unwrap_or("-");
    let status = exchange.status.as_u16();
    let mut line = format!("{time} {status} {method} {} {operation}", visible(exchange.target()));
    if exchange.session() != "default" {
        let _ = write!(line, " session={}", visible(exchange.session()));
    }
    if let Some(refusal) = exchange.refusal {
        let _ = write!(line, " refused={}", refusal.word());
    }
    for rule in &exchange.extra().rules {
        let _ = write!(line, " rule={}", visible(rule));
    }
    if !exchange.extra().delay.is_zero() {
        let _ = write!(line, " delay={}ms", exchange.extra().delay.as_millis());
    }
    for violation in &exchange.extra().violations {
        let _ = write!(line, "\n    noted {} ({})", visible(&violation.to_string()), violation.place);
    }
    for breach in &exchange.extra().breaches {
        let _ = write!(line, "\n    BREACH {} ({})", visible(&breach.to_string()), breach.place);
    }
    line
}

/// What there is to say about an exchange, but for its header fields and bodies.
pub(super) fn json(exchange: &Exchange) -> Value {
    json!({
        "number": exchange.number,
        "session": exchange.session(),
        "time": exchange.time.to_string(),
        "method": exchange.method.as_str(),
        "target": exchange.target(),
        "operation": exchange.operation(),
        "caller": exchange.caller(),
        "status": exchange.status.as_u16(),
        "refusal": exchange.refusal.map(Kind::word),
        "rules": exchange.extra().rules,
        "delay_ms": u64::try_from(exchange.extra().delay.as_millis()).unwrap_or(u64::MAX),
        "wire": exchange.extra().wire.map(|wire| format!("{wire:?}").to_lowercase()),
        "violations": violations(&exchange.extra().violations),
        "breaches": violations(&exchange.extra().breaches),
        "records": records(exchange),
    })
}

fn violations(violations: &[Violation]) -> Value {
    let entry = |violation: &Violation| {
        json!({
            "in": violation.part.word(), "at": violation.at, "code": violation.kind.word(),
            "message": violation.message, "document": violation.place.to_string(),
            "pointer": violation.place.pointer(),
        })
    };
    violations.iter().map(entry).collect()
}

fn records(exchange: &Exchange) -> Value {
    let touched = exchange.effect().into_iter().flat_map(|effect| &effect.touched);
    let entry = |deed: &str, table: &str, id: Value| json!({ "deed": deed, "table": table, "id": id });
    touched.map(|touched| entry(touched.deed.word(), &touched.table, touched.id.value())).collect()
}

/// Text from outside without control characters, so that no request can write lines of its own.
pub(super) fn visible(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}
