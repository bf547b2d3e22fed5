//! What came in and what went out: one entry for each exchange, written as one line.

use std::fmt::Write;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::contract::Violation;
use crate::message::Request;
use crate::refusal::Kind;

/// One exchange.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Its number in the session, from 1.
    pub number: u64,
    /// The session's name.
    pub session: &'a str,
    /// The time on the session's clock.
    pub time: Timestamp,
    /// The request.
    pub request: &'a Request,
    /// The operation that the route led to.
    pub operation: Option<&'a str>,
    /// The kind of refusal, where there was one.
    pub refusal: Option<Kind>,
    /// Departures of the request from the document.
    pub violations: Vec<Violation>,
    /// Departures of the reply from the document: counterpart's own bugs.
    pub breaches: Vec<Violation>,
    /// Rules of scenarios that fired.
    pub rules: Vec<String>,
    /// The status that went out.
    pub status: u16,
    /// How long it was held back on purpose.
    pub delay: Duration,
}

/// How entries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
    /// Not at all.
    Off,
}

impl<'a> Entry<'a> {
    /// An exchange that starts now.
    pub fn new(number: u64, session: &'a str, time: Timestamp, request: &'a Request) -> Entry<'a> {
        Entry {
            number,
            session,
            time,
            request,
            operation: None,
            refusal: None,
            violations: Vec::new(),
            breaches: Vec::new(),
            rules: Vec::new(),
            status: 0,
            delay: Duration::ZERO,
        }
    }

    /// The entry as one line; none where nothing is to be written.
    pub fn line(&self, format: Format) -> Option<String> {
        match format {
            Format::Off => None,
            Format::Json => Some(self.json().to_string()),
            Format::Text => Some(self.text()),
        }
    }

    fn text(&self) -> String {
        let mut line =
            format!("{} {} {} {}", self.time, self.status, self.request.method, visible(&self.request.target));
        let _ = write!(line, " {}", self.operation.unwrap_or("-"));
        if self.session != "default" {
            let _ = write!(line, " session={}", visible(self.session));
        }
        if let Some(refusal) = self.refusal {
            let _ = write!(line, " refused={}", refusal.word());
        }
        for rule in &self.rules {
            let _ = write!(line, " rule={}", visible(rule));
        }
        if !self.delay.is_zero() {
            let _ = write!(line, " delay={}ms", self.delay.as_millis());
        }
        for violation in &self.violations {
            let _ = write!(line, "\n    noted {} ({})", visible(&violation.to_string()), violation.place);
        }
        for breach in &self.breaches {
            let _ = write!(line, "\n    BREACH {} ({})", visible(&breach.to_string()), breach.place);
        }
        line
    }

    fn json(&self) -> Value {
        let list = |violations: &[Violation]| -> Value {
            let entry = |violation: &Violation| {
                json!({
                    "in": violation.part.word(), "at": violation.at, "code": violation.kind.word(),
                    "message": violation.message, "document": violation.place.to_string(),
                })
            };
            violations.iter().map(entry).collect()
        };
        json!({
            "number": self.number, "session": self.session, "time": self.time.to_string(), "method": self.request.method.as_str(),
            "target": self.request.target, "operation": self.operation, "status": self.status,
            "refusal": self.refusal.map(Kind::word), "rules": self.rules, "delay_ms": self.delay.as_millis() as u64,
            "violations": list(&self.violations), "breaches": list(&self.breaches),
        })
    }
}

/// Text from outside without control characters, so that no request can write lines of its own.
fn visible(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}
