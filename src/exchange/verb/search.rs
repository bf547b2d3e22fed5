//! Finding records of several collections by one text: words, phrases in quotes, and keywords with an operator
//! (`type:user created>2020-01-01 -tags:vip "Jane Doe"`).

use std::sync::Arc;

use serde_json::Value;

use super::Outcome;
use super::page::of_rows;
use crate::exchange::call::{Call, text};
use crate::pack::{Finds, Search};
use crate::refusal::Refusal;
use crate::store::{Id, Order, Ranked, Reader, Record, TableIndex, fold};

type Found = (TableIndex, Id, Arc<Record>);

pub(super) fn search(call: &Call<'_>, reader: &Reader<'_>, search: &Search) -> Result<Outcome, Refusal> {
    let words = call.input(&search.words).map(|words| text(&words)).unwrap_or_default();
    let terms = terms(&words);
    let mut rows: Vec<Found> = Vec::new();
    for finds in search.finds.iter().filter(|finds| is_meant(&terms, &finds.name)) {
        let admits = |row: &Record| {
            finds.only.iter().all(|(field, value)| row.get(field) == Some(value))
                && terms.iter().all(|term| term.admits(reader, finds, row))
        };
        let table = reader.table(finds.table).iter().filter(|(_, row)| admits(row));
        rows.extend(table.map(|(id, row)| (finds.table, id.clone(), Arc::clone(row))));
    }
    let total = rows.len();
    let sort = |rows: &mut Vec<Found>, order: &[Order]| {
        rows.sort_by_cached_key(|(table, _, row)| -> Vec<Ranked> { reader.sort_key(*table, row, order) });
    };
    let (rows, page) = of_rows(call, rows, sort)?;
    Ok(Outcome::Found { rows: rows.into_iter().map(|(table, _, row)| (table, row)).collect(), page, total })
}

/// The keyword that names a collection.
const TYPE: &str = "type";

/// Whether the text speaks of a collection: of all, where it names none.
fn is_meant(terms: &[Term], name: &str) -> bool {
    let named = |not: bool| terms.iter().filter(move |term| term.is_type() && term.not == not);
    let names = |term: &Term| fold(&term.value) == name;
    (named(false).next().is_none() || named(false).any(names)) && !named(true).any(names)
}

/// One condition of a text.
#[derive(Debug)]
struct Term {
    not: bool,
    /// The keyword and its operator; any text of a record where there is none.
    keyword: Option<(String, Operator)>,
    value: String,
    /// It stood in quotes.
    phrase: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Is,
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Operator {
    /// The longer ones first.
    const WRITTEN: [(&str, Operator); 5] = [
        (">=", Operator::AtLeast),
        ("<=", Operator::AtMost),
        (":", Operator::Is),
        (">", Operator::Above),
        ("<", Operator::Below),
    ];
}

/// The value that stands for a field without one.
const NONE: &str = "none";

impl Term {
    fn is_type(&self) -> bool {
        matches!(&self.keyword, Some((word, Operator::Is)) if word == TYPE)
    }

    fn admits(&self, reader: &Reader<'_>, finds: &Finds, row: &Record) -> bool {
        if self.is_type() {
            return true;
        }
        let value = |field: &str| reader.look_up(finds.table, row, field).unwrap_or_default();
        let fits = match &self.keyword {
            None => finds.texts.iter().any(|field| self.stands_in(&value(field))),
            // A keyword that a collection does not know finds nothing there.
            Some((word, operator)) => match finds.keywords.iter().find(|(known, _)| known == word) {
                Some((_, field)) => self.compares(*operator, &value(field)),
                None => return false,
            },
        };
        fits != self.not
    }

    fn compares(&self, operator: Operator, value: &Value) -> bool {
        if operator == Operator::Is {
            let is_empty =
                matches!(value, Value::Null) || text(value).is_empty() || value.as_array().is_some_and(Vec::is_empty);
            return if self.value == NONE && !self.phrase { is_empty } else { self.stands_in(value) };
        }
        if value.is_null() {
            return false;
        }
        // Times as they are written compare as texts, and a day comes before its hours.
        let order = match (value.as_f64(), self.value.parse::<f64>()) {
            (Some(number), Ok(wanted)) => number.total_cmp(&wanted),
            _ => text(value).as_str().cmp(&self.value),
        };
        match operator {
            Operator::Is => order.is_eq(),
            Operator::Above => order.is_gt(),
            Operator::AtLeast => order.is_ge(),
            Operator::Below => order.is_lt(),
            Operator::AtMost => order.is_le(),
        }
    }

    /// Whether a word of a value begins with this, or the phrase stands in it; without regard to case.
    fn stands_in(&self, value: &Value) -> bool {
        match value {
            Value::Null => false,
            Value::Array(items) => items.iter().any(|item| self.stands_in(item)),
            Value::String(words) => {
                let (words, wanted) = (fold(words), fold(self.value.trim_end_matches('*')));
                let begins = |(at, _): (usize, char)| {
                    let starts = words[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
                    starts && words[at..].starts_with(&wanted)
                };
                words.char_indices().any(begins)
            }
            other => text(other) == self.value,
        }
    }
}

/// The conditions that a text lists.
fn terms(words: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut rest = words.trim_start();
    while !rest.is_empty() {
        let (not, behind) = match rest.strip_prefix('-') {
            Some(behind) if !behind.is_empty() && !behind.starts_with(char::is_whitespace) => (true, behind),
            _ => (false, rest),
        };
        let end = behind.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(behind.len());
        let (name, after) = behind.split_at(end);
        let operator = Operator::WRITTEN.iter().find(|(written, _)| !name.is_empty() && after.starts_with(written));
        let (keyword, from) = match operator {
            Some((written, operator)) => (Some((fold(name), *operator)), &after[written.len()..]),
            None => (None, behind),
        };
        let (value, phrase, left) = value(from);
        if keyword.is_some() || !value.is_empty() {
            terms.push(Term { not, keyword, value, phrase });
        }
        rest = left.trim_start();
    }
    terms
}

/// A word, or a phrase in quotes, and what follows it.
fn value(text: &str) -> (String, bool, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        let end = quoted.find('"').unwrap_or(quoted.len());
        return (quoted[..end].to_owned(), true, quoted.get(end + 1..).unwrap_or_default());
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (text[..end].to_owned(), false, &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &str, expected: &[&str]) {
        let written = |term: &Term| {
            let keyword = term.keyword.as_ref().map(|(word, operator)| format!("{word} {operator:?} "));
            let value = if term.phrase { format!("[{}]", term.value) } else { term.value.clone() };
            format!("{}{}{value}", if term.not { "not " } else { "" }, keyword.unwrap_or_default())
        };
        assert_eq!(terms(words).iter().map(written).collect::<Vec<_>>(), expected, "{words}");
    }

    #[test]
    fn a_text_is_taken_apart_into_words_phrases_and_keywords() {
        check("", &[]);
        check("  acme ", &["acme"]);
        check("-acme", &["not acme"]);
        check("\"Jane Doe\" x", &["[Jane Doe]", "x"]);
        check("type:user", &["type Is user"]);
        check("Name:\"A b\"", &["name Is [A b]"]);
        check("created>=2020-01-01", &["created AtLeast 2020-01-01"]);
        check("updated<2020", &["updated Below 2020"]);
        check("-tags:vip", &["not tags Is vip"]);
        check("a@b.c", &["a@b.c"]);
        check("\"open", &["[open]"]);
        check("- :x", &["-", ":x"]);
        check("name:", &["name Is "]);
        check("näme:\"é", &["näme Is [é]"]);
    }
}
