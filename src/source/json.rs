//! JSON into values that take no more memory than they need: a map of `serde_json` has room to grow, which in a large document is
//! half of it.

use std::fmt;

use serde::Deserializer;
use serde::de::{Deserialize, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The value of a text.
pub(super) fn read(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str::<Exact>(text).map(|exact| exact.0)
}

struct Exact(Value);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Exact, D::Error> {
        deserializer.deserialize_any(Reader).map(Exact)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Exact(item)) = items.next_element()? {
            list.push(item);
        }
        list.shrink_to_fit();
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list: Vec<(String, Value)> = Vec::new();
        while let Some((key, Exact(value))) = entries.next_entry()? {
            list.push((key, value));
        }
        let mut map = Map::with_capacity(list.len());
        map.extend(list);
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_same_is_read_as_by_serde_json(text in "[\\[\\]{}:,\"\\\\a1e.\\-]{0,12}") {
            let expected = serde_json::from_str::<Value>(&text).map_err(|error| error.to_string());
            prop_assert_eq!(read(&text).map_err(|error| error.to_string()), expected);
        }
    }

    #[test]
    fn numbers_depth_and_twins_are_as_in_serde_json() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for text in
            ["[1e999]", "[-0, -1, 18446744073709551615, 1.5, 1e3]", "{\"a\":1,\"b\":2,\"a\":3}", "[\"\\u00e9\"]", &deep]
        {
            let expected = serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
            assert_eq!(read(text).map_err(|error| error.to_string()), expected, "{text}");
        }
    }
}
