//! A file of exchanges as values. Nothing is sent or compared here.

use std::time::Duration;

use counterpart::contract::{ArrayFormat, Notations, ObjectFormat};
use counterpart::exchange::{Breach, Cors, Validation};
use counterpart::load::State;
use serde_json::Value;

/// What the lines before the first exchange say about the mock.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Head {
    pub(super) pack: String,
    pub(super) options: Vec<String>,
    /// What becomes of a document without a pack.
    pub(super) state: State,
    pub(super) scenarios: Vec<String>,
    /// The text of a scenario that stands in the file itself.
    pub(super) inline: String,
    pub(super) seed: u64,
    pub(super) clock: String,
    pub(super) validation: Option<Validation>,
    pub(super) breach: Option<Breach>,
    pub(super) dynamic: bool,
    pub(super) open: bool,
    pub(super) cors: Cors,
    pub(super) notations: Notations,
    /// Whether each caller has a session of their own.
    pub(super) by_caller: bool,
    pub(super) max_sessions: Option<usize>,
    /// Whether the control API is switched off.
    pub(super) shut: bool,
    /// Whether the exchanges go over a real socket.
    pub(super) socket: bool,
}

#[derive(Debug)]
pub(super) struct Case {
    pub(super) head: Head,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug)]
pub(super) enum Step {
    /// Who calls from here on.
    Caller(String),
    /// The session's clock moves on.
    Clock(Duration),
    Exchange(Box<Exchange>),
}

#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// The line of the request, from 1.
    pub(super) line: usize,
    pub(super) repeat: usize,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) expected: Expected,
}

#[derive(Debug, Default)]
pub(super) struct Expected {
    /// The lines that it takes up: from the one with `=>` to the one after it, from 1.
    pub(super) lines: (usize, usize),
    pub(super) status: String,
    pub(super) headers: Vec<(String, String)>,
    /// What the server is told beside the reply: `wire reset`, `delay 500ms`.
    pub(super) signs: Vec<(String, String)>,
    /// Whether the body began with `=`.
    pub(super) exact: bool,
    pub(super) body: Option<Value>,
}

type Wrong = (usize, String);

impl Case {
    pub(super) fn parse(text: &str) -> Result<Case, Wrong> {
        let mut lines = Lines { lines: text.lines().collect(), at: 0 };
        let head = head(&mut lines)?;
        let mut steps = Vec::new();
        let mut repeat = 1;
        while let Some(line) = lines.next_filled() {
            let number = lines.at;
            if let Some(name) = line.strip_prefix('@') {
                steps.push(Step::Caller(name.trim().to_owned()));
            } else if let Some(by) = line.strip_prefix("clock +") {
                steps.push(Step::Clock(duration(by).ok_or((number, format!("`{by}` is no duration such as 2s")))?));
            } else if let Some(times) = line.strip_prefix("repeat ") {
                repeat = times.trim().parse().map_err(|_| (number, "`repeat` wants a number".to_owned()))?;
            } else if is_request(line) {
                let exchange = exchange(&mut lines, line, repeat)?;
                steps.push(Step::Exchange(Box::new(exchange)));
                repeat = 1;
            } else {
                return Err((number, format!("this is no step: {line}")));
            }
        }
        Ok(Case { head, steps })
    }
}

struct Lines<'a> {
    lines: Vec<&'a str>,
    /// How many were taken.
    at: usize,
}

impl<'a> Lines<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.lines.get(self.at).copied()
    }

    /// The next line that is neither empty nor a comment.
    fn next_filled(&mut self) -> Option<&'a str> {
        while let Some(line) = self.peek() {
            self.at += 1;
            if !line.trim().is_empty() && !line.starts_with('#') {
                return Some(line);
            }
        }
        None
    }

    /// The next line, if it belongs to the step that was begun.
    fn next_part(&mut self) -> Option<&'a str> {
        let line = self.peek().filter(|line| !begins_a_step(line))?;
        self.at += 1;
        Some(line)
    }
}

fn begins_a_step(line: &str) -> bool {
    line.starts_with(['@', '#']) || line.starts_with("clock +") || line.starts_with("repeat ") || is_request(line)
}

fn is_request(line: &str) -> bool {
    let method = line.split(' ').next().unwrap_or_default();
    let target = line[method.len()..].trim_start();
    (target.starts_with(['/', '{']) || target.starts_with("http://"))
        && !method.is_empty()
        && method.chars().all(|letter| letter.is_ascii_uppercase())
}

fn head(lines: &mut Lines<'_>) -> Result<Head, Wrong> {
    let mut head = Head {
        pack: "zendesk".into(),
        options: Vec::new(),
        state: State::None,
        scenarios: Vec::new(),
        inline: String::new(),
        seed: 0,
        clock: "2026-01-01T00:00:00Z".into(),
        validation: None,
        breach: None,
        dynamic: false,
        open: false,
        cors: Cors::Auto,
        notations: Notations::default(),
        by_caller: false,
        max_sessions: None,
        shut: false,
        socket: false,
    };
    loop {
        let before = lines.at;
        let Some(line) = lines.next_filled() else { return Ok(head) };
        let (key, value) = line.split_once(':').map_or((line, ""), |(key, value)| (key, value.trim()));
        match (key, value) {
            ("pack", pack) => head.pack = pack.to_owned(),
            ("stateful", "") => head.state = State::Drafted,
            ("stateful", "empty") => head.state = State::Empty,
            ("option", option) => head.options.push(option.to_owned()),
            ("scenario", "") => head.inline = indented(lines),
            ("scenario", name) => head.scenarios.push(name.to_owned()),
            ("seed", seed) => {
                head.seed = seed.parse().map_err(|_| (lines.at, "`seed` wants a number".to_owned()))?;
            }
            ("clock", time) => head.clock = time.to_owned(),
            ("auth", "off") => head.open = true,
            (key, word) if key.ends_with("-format") => {
                notation(&mut head.notations, key, word).map_err(|why| (lines.at, why))?;
            }
            ("cors", "on") => head.cors = Cors::On,
            ("cors", "off") => head.cors = Cors::Off,
            ("session-by", "caller") => head.by_caller = true,
            ("max-sessions", most) => {
                let most = most.parse().map_err(|_| (lines.at, "`max-sessions` wants a number".to_owned()))?;
                head.max_sessions = Some(most);
            }
            ("control", "off") => head.shut = true,
            ("over", "socket") => head.socket = true,
            ("validate", word) => {
                head.validation = Some(known(&Validation::WORDS, word).map_err(|why| (lines.at, why))?)
            }
            ("breach", word) => head.breach = Some(known(&Breach::WORDS, word).map_err(|why| (lines.at, why))?),
            ("dynamic", "") => head.dynamic = true,
            _ => {
                lines.at = before;
                return Ok(head);
            }
        }
    }
}

fn known<T: Copy>(words: &[(&str, T)], word: &str) -> Result<T, String> {
    words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value).ok_or(format!("there is no `{word}`"))
}

fn notation(notations: &mut Notations, key: &str, word: &str) -> Result<(), String> {
    match key {
        "query-array-format" => notations.query.arrays = known(ArrayFormat::WORDS, word)?,
        "query-object-format" => notations.query.objects = known(ObjectFormat::WORDS, word)?,
        "form-array-format" => notations.form.arrays = known(ArrayFormat::WORDS, word)?,
        "form-object-format" => notations.form.objects = known(ObjectFormat::WORDS, word)?,
        _ => return Err(format!("there is no `{key}`")),
    }
    Ok(())
}

/// The indented lines that follow.
fn indented(lines: &mut Lines<'_>) -> String {
    let mut text = String::new();
    while let Some(line) = lines.peek().filter(|line| line.starts_with("  ")) {
        text.push_str(line.strip_prefix("  ").unwrap_or(line));
        text.push('\n');
        lines.at += 1;
    }
    text
}

fn exchange(lines: &mut Lines<'_>, first: &str, repeat: usize) -> Result<Exchange, Wrong> {
    let line = lines.at;
    let mut words = first.splitn(3, ' ').filter(|word| !word.is_empty());
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    let mut exchange = Exchange {
        line,
        repeat,
        method,
        target,
        body: words.next().unwrap_or_default().trim().to_owned(),
        ..Exchange::default()
    };
    while let Some(part) = lines.next_part() {
        if let Some(expected) = part.strip_prefix("=>") {
            exchange.expected = self::expected(lines, expected)?;
            return Ok(exchange);
        }
        match part.strip_prefix("> ") {
            Some(header) => exchange.headers.push(pair(header, lines.at)?),
            None => {
                if !exchange.body.is_empty() {
                    exchange.body.push('\n');
                }
                exchange.body.push_str(part);
            }
        }
    }
    Err((line, "no line with `=>` follows this request".into()))
}

fn expected(lines: &mut Lines<'_>, first: &str) -> Result<Expected, Wrong> {
    let start = lines.at;
    let (status, rest) = first.trim().split_once(' ').unwrap_or((first.trim(), ""));
    let mut body = rest.trim().to_owned();
    let mut expected = Expected { status: status.to_owned(), ..Expected::default() };
    let mut end = lines.at;
    while let Some(part) = lines.next_part() {
        if let Some(header) = part.strip_prefix("< ") {
            expected.headers.push(pair(header, lines.at)?);
        } else if let Some(sign) = part.strip_prefix("~ ") {
            let (name, value) = sign.split_once(' ').unwrap_or((sign, ""));
            expected.signs.push((name.to_owned(), value.trim().to_owned()));
        } else {
            body.push('\n');
            body.push_str(part);
        }
        if !part.trim().is_empty() {
            end = lines.at;
        }
    }
    let body = body.trim();
    expected.exact = body.starts_with('=');
    let body = body.strip_prefix('=').unwrap_or(body).trim();
    if !body.is_empty() {
        let json =
            serde_json::from_str(&loose(body)).map_err(|error| (start, format!("the body is no JSON: {error}")))?;
        expected.body = Some(json);
    }
    expected.lines = (start, end + 1);
    Ok(expected)
}

fn pair(text: &str, line: usize) -> Result<(String, String), Wrong> {
    let (name, value) = text.split_once(':').ok_or((line, "a header is `name: value`".to_owned()))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// JSON from the form that is easier to write: `...` and `{name}` may stand without quotes.
fn loose(text: &str) -> String {
    let mut json = String::with_capacity(text.len());
    let mut rest = text;
    let mut quoted = false;
    while let Some(character) = rest.chars().next() {
        if !quoted {
            if let Some(after) = rest.strip_prefix("...") {
                json.push_str("\"...\"");
                rest = after;
                continue;
            }
            if let Some(name) = name(rest) {
                json.push_str(&format!("\"{{{name}}}\""));
                rest = &rest[name.len() + 2..];
                continue;
            }
        }
        let mut taken = character.len_utf8();
        match character {
            '"' => quoted = !quoted,
            '\\' if quoted => taken += rest[1..].chars().next().map_or(0, char::len_utf8),
            _ => {}
        }
        json.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    json
}

/// The name in the braces with which a text begins.
pub(super) fn name(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let plain = name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    (plain && name.starts_with(|letter: char| letter.is_ascii_lowercase())).then_some(name)
}

pub(super) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok()?;
    Some(match &text[digits.len()..] {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number * 60),
        "h" => Duration::from_secs(number * 3600),
        _ => return None,
    })
}
