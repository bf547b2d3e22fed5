//! The form in which a field's value is kept: what is filled in, dropped and cut before a record is checked.

use serde_json::Value;

use super::write::Refused;
use super::{Record, Rules};
use crate::refusal::{Flaw, Problem};

/// Brings the fields of a record into the form in which they are kept.
pub(super) fn tidy(rules: &Rules, record: &mut Record) {
    for (field, others) in &rules.fallbacks {
        if is_blank(record.get(field)) {
            let other = others.iter().find_map(|other| record.get(other).filter(|value| !is_blank(Some(value))));
            if let Some(value) = other.cloned() {
                record.insert(field, value);
            }
        }
    }
    for (field, characters) in &rules.drops {
        change(record, field, |text| text.replace(|character| characters.contains(character), ""));
    }
    for field in &rules.lower {
        change(record, field, str::to_lowercase);
    }
    for (field, most) in &rules.cut {
        change(record, field, |text| text.chars().take(*most).collect());
    }
}

fn change(record: &mut Record, field: &str, change: impl Fn(&str) -> String) {
    if let Some(Value::String(text)) = record.get_mut(field) {
        *text = change(text);
    }
}

/// Refuses a draft that takes values away that must be there.
pub(super) fn refuse_nulls(rules: &Rules, draft: &Record) -> Result<(), Refused> {
    let nulls = rules.never_null.iter().filter(|field| draft.get(field).is_some_and(Value::is_null));
    let problems: Refused = nulls.map(|field| Problem::new(field.clone(), Flaw::Blank, Value::Null)).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Adds what is missing because a flag asks for it.
pub(super) fn check_required_if(rules: &Rules, record: &Record, problems: &mut Vec<Problem>) {
    for (field, flag) in &rules.required_if {
        let value = record.get(field);
        if record.get(flag) == Some(&Value::Bool(true)) && is_blank(value) {
            problems.push(Problem::new(field.clone(), Flaw::Blank, value.cloned().unwrap_or_default()));
        }
    }
}

pub(super) fn is_blank(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    }
}
