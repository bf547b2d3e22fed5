//! What becomes of a request's departures from the document: some become the value that was meant, some are refused in the
//! provider's words, the rest is noted and let through, as the real service does.

use serde_json::Value;

use super::Provider;
use crate::contract::{Checked, Kind as Departure, Part, Violation};
use crate::pack::{Binding, Coerce, Input, Refuse};
use crate::refusal::{Kind, Refusal};
use crate::source::unescape;
use crate::store::Rules;

/// Mends what can be mended in the body and refuses what the provider refuses.
pub(super) fn settle(provider: &Provider, binding: &Binding, checked: &mut Checked) -> Result<(), Refusal> {
    let pack = &provider.pack;
    for index in 0..checked.violations.len() {
        let violation = &checked.violations[index];
        if pack.conventions.coerce.bodies && is_no_object(violation) {
            checked.body = None;
            continue;
        }
        if checked.body.as_mut().is_some_and(|body| mend(provider, binding, body, violation)) {
            continue;
        }
        let rules = &pack.resources[binding.table].rules;
        if is_resolved(rules, violation) || stands_for_null(rules, checked.body.as_ref(), violation) {
            continue;
        }
        let rules = binding.refuse.iter().chain(&pack.conventions.refuse);
        if let Some(rule) = rules.into_iter().find(|rule| applies(rule, violation)) {
            let refusal = refusal(provider, binding, rule.kind, violation);
            return Err(match checked.query.get(&violation.at).filter(|_| violation.part == Part::Query) {
                Some(value) => refusal.fact("value", value.clone()),
                None => refusal,
            });
        }
    }
    Ok(())
}

/// Whether the body as a whole is a value of another kind.
fn is_no_object(violation: &Violation) -> bool {
    let wants_object = matches!(&violation.kind, Departure::Type(wanted) if wanted.iter().any(|name| name == "object"));
    violation.part == Part::Body && violation.at.is_empty() && wants_object
}

/// Turns a value of the body into what was meant. Whether that was possible.
fn mend(provider: &Provider, binding: &Binding, body: &mut Value, violation: &Violation) -> bool {
    let (Part::Body, Departure::Type(wanted)) = (violation.part, &violation.kind) else { return false };
    let (list, field) = violation.at.rsplit_once('/').unwrap_or_default();
    // A null stands for a field that was not given; in a list it stands for nothing.
    let nulls = provider.pack.conventions.coerce.nulls && !body.pointer(list).is_some_and(Value::is_array);
    // Numbers are welcome where they are kept as text.
    let kept_as_text = provider.pack.resources[binding.table].rules.stringify.iter().any(|known| known == field);
    let texts = provider.pack.conventions.coerce.texts || kept_as_text;
    let words = Coerce { texts, nulls, ..provider.pack.conventions.coerce };
    let done = body.pointer_mut(&violation.at).is_some_and(|value| coerce(words, wanted, value));
    // Where nothing says what a null comes to, it says nothing.
    let rules = &provider.pack.resources[binding.table].rules;
    let is_known = rules.defaults.contains_key(field)
        || [&rules.required, &rules.never_null].iter().any(|known| known.iter().any(|known| known == field));
    if done
        && !is_known
        && let Some(Value::Object(within)) = body.pointer_mut(list)
    {
        within.retain(|name, value| !value.is_null() || *name != unescape(field));
    }
    done
}

/// A value that stands for null need not look like one that does not.
fn stands_for_null(rules: &Rules, body: Option<&Value>, violation: &Violation) -> bool {
    let field = violation.at.rsplit('/').next();
    let mut nulls = rules.nulls.iter().filter(|(known, _)| Some(known.as_str()) == field);
    violation.part == Part::Body
        && nulls.any(|(_, null)| body.and_then(|body| body.pointer(&violation.at)) == Some(null))
}

/// Names in place of ids are judged where they are looked up.
fn is_resolved(rules: &Rules, violation: &Violation) -> bool {
    let field = violation.at.split('/').nth(1);
    violation.part == Part::Body && rules.resolves.iter().any(|resolve| Some(resolve.field.as_str()) == field)
}

fn applies(rule: &Refuse, violation: &Violation) -> bool {
    let here = rule.at.as_ref().is_none_or(|at| *at == violation.at);
    here && rule.parts.contains(&violation.part) && rule.word == violation.kind.word()
}

/// A refusal with what the provider's wording may mention.
fn refusal(provider: &Provider, binding: &Binding, kind: Kind, violation: &Violation) -> Refusal {
    let wanted = match &violation.kind {
        Departure::Type(types) => types.iter().find(|name| *name != "null").map_or("", String::as_str),
        Departure::Required => "present",
        _ => violation.kind.word(),
    };
    let expected = provider.pack.phrases.types.get(wanted).cloned().unwrap_or_else(|| format!("must be {wanted}"));
    let here = |input: &Input| input.to_string() == format!("path.{}", violation.at);
    let is_parent = binding.parents.iter().any(|(_, input)| here(input));
    let picked = binding.pick.iter().find(|(_, input)| here(input) && !is_parent);
    let field = match picked {
        Some((field, _)) => field.clone(),
        None => attribute(&violation.at),
    };
    Refusal::new(kind).fact("field", field).fact("expected", expected).fact("message", violation.message.clone())
}

/// A place as providers name it: `/organization/name` and `page[size]` become `organization.name` and `page.size`.
pub(super) fn attribute(at: &str) -> String {
    let names = at.trim_start_matches('/').replace(['/', '['], ".").replace(']', "");
    unescape(&names)
}

/// Turns a value into what was meant, where the provider would. Whether it did.
fn coerce(coerce: Coerce, wanted: &[String], value: &mut Value) -> bool {
    let wants = |name: &str| wanted.iter().any(|wanted| wanted == name);
    let meant = match value {
        // A null stays for the record's own rules: they know the field's default.
        Value::Null => return coerce.nulls,
        Value::String(text) if coerce.numbers && (wants("integer") || wants("number")) => {
            text.trim().parse::<i64>().map(Value::from).ok().or_else(|| match wants("number") {
                true => text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from),
                false => None,
            })
        }
        Value::String(text) if coerce.booleans && wants("boolean") => boolean(text),
        Value::Number(number) if coerce.booleans && wants("boolean") => boolean(&number.to_string()),
        // Of a number with more digits than are kept, the text is not known.
        Value::Number(number) if coerce.texts && wants("string") => (!number.is_f64()
            || number.as_f64().is_some_and(|number| number.abs() < 1e15))
        .then(|| number.to_string().into()),
        _ => None,
    };
    let done = meant.is_some();
    if let Some(meant) = meant {
        *value = meant;
    }
    done
}

fn boolean(text: &str) -> Option<Value> {
    match text {
        "true" | "1" | "on" => Some(true.into()),
        "false" | "0" | "off" => Some(false.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(wanted: &str, value: Value, expected: Option<Value>) {
        let all = Coerce { numbers: true, booleans: true, texts: false, nulls: true, bodies: false };
        let mut coerced = value;
        let done = super::coerce(all, &[wanted.to_owned()], &mut coerced);
        assert_eq!(done.then_some(coerced), expected);
    }

    #[test]
    fn what_was_meant_becomes_the_type_that_is_wanted() {
        check("integer", json!("123"), Some(json!(123)));
        check("integer", json!("12.5"), None);
        check("number", json!("12.5"), Some(json!(12.5)));
        check("number", json!("1e999"), None);
        check("boolean", json!("on"), Some(json!(true)));
        check("boolean", json!(0), Some(json!(false)));
        check("boolean", json!("yes"), None);
        check("string", json!(5), None);
        check("array", json!(null), Some(json!(null)));
        check("array", json!("a"), None);
    }
}
