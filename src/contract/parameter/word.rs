//! From a word to a typed value: by what the schema asks for, never by how the word looks.

use serde_json::{Number, Value};

use super::super::outline::Types;

/// The word as a value of one of these types; as a text, where it is none of them or nothing is asked for.
pub(in crate::contract) fn typed(text: String, types: Option<Types>) -> Value {
    let Some(types) = types else { return Value::String(text) };
    let texts_fit = types.has(Types::STRING);
    if types.has(Types::BOOLEAN) && (text == "true" || text == "false") {
        return Value::Bool(text == "true");
    }
    if types.has(Types::INTEGER)
        && let Some(number) = number(&text).filter(|number| types.has(Types::NUMBER) || is_integral(number))
        // Where a text would do as well, `007` is one and `7` is not.
        && (!texts_fit || number.to_string() == text)
    {
        return Value::Number(number);
    }
    if types.has(Types::NULL) && !texts_fit && (text == "null" || text.is_empty()) {
        return Value::Null;
    }
    Value::String(text)
}

fn number(text: &str) -> Option<Number> {
    let first = text.bytes().next()?;
    if !(first == b'-' || first.is_ascii_digit()) {
        return None;
    }
    // JSON's own grammar: no blanks, no plus sign, no leading zeros, nothing infinite.
    text.ends_with(|last: char| last.is_ascii_digit()).then(|| serde_json::from_str(text).ok()).flatten()
}

fn is_integral(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, types: &[Types], expected: Value) {
        let types = types.iter().copied().reduce(Types::or);
        assert_eq!(typed(text.to_owned(), types), expected, "{text} as {types:?}");
    }

    #[test]
    fn a_word_gets_the_type_that_the_schema_asks_for() {
        check("5", &[], json!("5"));
        check("5", &[Types::STRING], json!("5"));
        check("5", &[Types::INTEGER], json!(5));
        check("5", &[Types::NUMBER], json!(5));
        check("-7", &[Types::INTEGER], json!(-7));
        check("5.5", &[Types::NUMBER], json!(5.5));
        check("5.5", &[Types::INTEGER], json!("5.5"));
        check("1e2", &[Types::NUMBER], json!(100.0));
        check("18446744073709551615", &[Types::INTEGER], json!(18446744073709551615u64));
        check("true", &[Types::BOOLEAN], json!(true));
        check("1", &[Types::BOOLEAN], json!("1"));
        check("null", &[Types::INTEGER, Types::NULL], json!(null));
        check("null", &[Types::STRING, Types::NULL], json!("null"));
        check("", &[Types::INTEGER], json!(""));
    }

    #[test]
    fn a_union_with_texts_takes_only_canonical_numbers() {
        check("5", &[Types::INTEGER, Types::STRING], json!(5));
        check("007", &[Types::INTEGER, Types::STRING], json!("007"));
        check("me", &[Types::INTEGER, Types::STRING], json!("me"));
        check("1e2", &[Types::NUMBER, Types::STRING], json!("1e2"));
    }

    #[test]
    fn a_word_that_is_no_number_stays_a_word() {
        for text in ["1e400", "+5", " 5", "5 ", "05", "0x5", "NaN", "-", "5,5", &"9".repeat(10_000)] {
            check(text, &[Types::INTEGER], json!(text));
        }
    }
}
