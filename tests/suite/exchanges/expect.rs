//! Compares what came with what a file expects, and keeps what it names.

use std::collections::BTreeMap;

use serde_json::Value;

use super::case::name;

/// What `{name}` stands for.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    known: BTreeMap<String, Value>,
}

impl Names {
    /// A text with names and ranges in place: `{id}`, `{1..3}`, `<1..3: {n}>`.
    pub(super) fn fill(&self, text: &str) -> String {
        let text = unroll(text);
        let mut filled = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(start) = rest.find('{') {
            filled.push_str(&rest[..start]);
            rest = &rest[start..];
            let value = name(rest).and_then(|name| Some((name.len() + 2, self.known.get(name)?)));
            let (taken, word) = match value {
                Some((taken, value)) => (taken, plain(value)),
                None => (1, "{".to_owned()),
            };
            filled.push_str(&word);
            rest = &rest[taken..];
        }
        filled + rest
    }

    /// Whether a text is as expected. `{name}` stands for what it stood for before, or takes what is there; `{any}` for anything.
    pub(super) fn text(&mut self, expected: &str, got: &str) -> bool {
        let mut braces = expected.match_indices('{').map(|(at, _)| at);
        let Some(start) = braces.find(|at| name(&expected[*at..]).is_some()) else { return expected == got };
        let Some(got) = got.strip_prefix(&expected[..start]) else { return false };
        let Some(word) = name(&expected[start..]) else { return false };
        let rest = &expected[start + word.len() + 2..];
        if let Some(known) = self.known.get(word).map(plain) {
            return got.strip_prefix(known.as_str()).is_some_and(|got| self.text(rest, got));
        }
        let ends = got.char_indices().map(|(at, _)| at).chain([got.len()]);
        for end in ends {
            let mut attempt = self.clone();
            if attempt.text(rest, &got[end..]) {
                attempt.keep(word, got[..end].into());
                *self = attempt;
                return true;
            }
        }
        false
    }

    fn keep(&mut self, word: &str, value: Value) {
        if word != "any" {
            self.known.insert(word.to_owned(), value);
        }
    }

    /// Notes each place where a body is not as expected.
    pub(super) fn body(&mut self, expected: &Value, got: &Value, exact: bool) -> Vec<String> {
        let mut faults = Vec::new();
        self.compare(expected, got, exact, "", &mut faults);
        faults
    }

    fn compare(&mut self, expected: &Value, got: &Value, exact: bool, at: &str, faults: &mut Vec<String>) {
        let place = if at.is_empty() { "/" } else { at };
        match (expected, got) {
            (Value::Object(expected), Value::Object(fields)) => {
                for (key, value) in expected {
                    match fields.get(key) {
                        Some(_) if value == "{absent}" => faults.push(format!("{place}: `{key}` must not be there")),
                        Some(got) => self.compare(value, got, exact, &format!("{at}/{key}"), faults),
                        None if value == "{absent}" => {}
                        None => faults.push(format!("{place}: `{key}` is missing")),
                    }
                }
                if exact && !expected.keys().eq(fields.keys()) {
                    let keys =
                        |map: &serde_json::Map<String, Value>| map.keys().cloned().collect::<Vec<_>>().join(", ");
                    faults.push(format!(
                        "{place}: expected the keys {}\n{:>12}got {}",
                        keys(expected),
                        "",
                        keys(fields)
                    ));
                }
            }
            (Value::Array(expected), Value::Array(items)) => {
                let open = expected.last().is_some_and(|last| last == "...");
                let count = expected.len() - usize::from(open);
                if items.len() < count || (!open && items.len() != count) {
                    let more = if open { " or more" } else { "" };
                    faults.push(format!("{place}: expected {count}{more} items, got {}", items.len()));
                }
                for (index, (expected, got)) in expected.iter().take(count).zip(items).enumerate() {
                    self.compare(expected, got, exact, &format!("{at}/{index}"), faults);
                }
            }
            (Value::String(template), got) if !self.value(template, got) => {
                faults.push(format!("{place}: expected {expected}, got {got}"));
            }
            (Value::String(_), _) => {}
            (expected, got) if expected != got => faults.push(format!("{place}: expected {expected}, got {got}")),
            _ => {}
        }
    }

    fn value(&mut self, template: &str, got: &Value) -> bool {
        // A name alone stands for a value of any type.
        if let Some(word) = name(template).filter(|word| word.len() + 2 == template.len()) {
            return match self.known.get(word) {
                Some(known) => known == got || plain(known) == plain(got),
                None => {
                    self.keep(word, got.clone());
                    true
                }
            };
        }
        got.as_str().is_some_and(|got| self.text(template, got))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `{1..3}` becomes `1,2,3`, and `<1..3: {n}>` its text for each number, with commas between.
fn unroll(text: &str) -> String {
    let mut text = text.to_owned();
    for (open, close) in [('{', '}'), ('<', '>')] {
        let mut from = 0;
        while let Some(start) = text[from..].find(open).map(|at| at + from) {
            from = start + 1;
            let Some((range, rest)) = range(&text[from..]) else { continue };
            let (item, end) = match (open, rest.strip_prefix(':')) {
                ('{', _) => ("{n}", close),
                (_, Some(item)) => (item.split(close).next().unwrap_or_default(), close),
                (_, None) => continue,
            };
            let Some(length) = text[start..].find(end) else { continue };
            let rolled: Vec<String> = range.map(|n| item.replace("{n}", &n.to_string())).collect();
            text.replace_range(start..=start + length, &rolled.join(","));
        }
    }
    text
}

fn range(text: &str) -> Option<(std::ops::RangeInclusive<u32>, &str)> {
    let (first, rest) = text.split_once("..")?;
    let digits = rest.len() - rest.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
    Some((first.parse().ok()?..=rest[..digits].parse().ok()?, &rest[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(expected: Value, got: Value, exact: bool, faults: usize) {
        let found = Names::default().body(&expected, &got, exact);
        assert_eq!(found.len(), faults, "{expected} {got}: {found:?}");
    }

    #[test]
    fn a_body_is_compared_in_part_or_exactly() {
        check(json!({ "a": 1 }), json!({ "a": 1, "b": 2 }), false, 0);
        check(json!({ "a": 1 }), json!({ "a": 1, "b": 2 }), true, 1);
        check(json!({ "a": 1, "b": 2 }), json!({ "b": 2, "a": 1 }), true, 1);
        check(json!({ "a": "{absent}" }), json!({ "a": null }), false, 1);
        check(json!([1]), json!([1, 2]), false, 1);
        check(json!([1, "..."]), json!([1, 2]), true, 0);
        check(json!("1"), json!(1), false, 1);
    }

    #[test]
    fn a_name_stands_for_what_it_took() {
        check(json!(["{id}", "x/{id}.json"]), json!([7, "x/7.json"]), false, 0);
        check(json!(["{id}", "x/{id}.json"]), json!([7, "x/8.json"]), false, 1);
        check(json!(["{any}", "{any}"]), json!([7, 8]), false, 0);
    }

    #[test]
    fn ranges_are_written_out() {
        assert_eq!(Names::default().fill("ids={1..3}"), "ids=1,2,3");
        assert_eq!(
            Names::default().fill(r#"[ <1..2: { "name": "N{n}" }> ]"#),
            r#"[  { "name": "N1" }, { "name": "N2" } ]"#
        );
    }
}
