//! JSON into values that take no more memory than they need: a map of `serde_json` has room to grow, which in a large document is
//! half of it.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::escape;

/// The value of a text, and whether a key stands twice in an object of it: then the last one counts.
pub(super) fn read(text: &str) -> serde_json::Result<(Value, bool)> {
    let doubled = Cell::new(false);
    let mut text = serde_json::Deserializer::from_str(text);
    let value = Exact(&doubled).deserialize(&mut text)?;
    text.end()?;
    Ok((value, doubled.get()))
}

/// The pointers of the keys that stand twice in their objects.
pub(super) fn doubled(text: &str) -> Vec<String> {
    let mut doubled = Vec::new();
    let keys = Keys { pointer: String::new(), doubled: &mut doubled };
    // A text that is no JSON has been told as such.
    let _ = keys.deserialize(&mut serde_json::Deserializer::from_str(text));
    doubled
}

/// Walks over the keys of a value.
struct Keys<'a> {
    pointer: String,
    doubled: &'a mut Vec<String>,
}

impl Keys<'_> {
    fn below(&mut self, key: &str) -> Keys<'_> {
        Keys { pointer: format!("{}/{}", self.pointer, escape(key)), doubled: self.doubled }
    }
}

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        for index in 0.. {
            if items.next_element_seed(self.below(&index.to_string()))?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            let below = self.below(&key);
            if !seen.insert(key) {
                below.doubled.push(below.pointer.clone());
            }
            entries.next_value_seed(below)?;
        }
        Ok(())
    }
}

/// Reads a value, and notes where it lost something.
#[derive(Clone, Copy)]
struct Exact<'a>(&'a Cell<bool>);

impl<'de> DeserializeSeed<'de> for Exact<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Exact<'_> {
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
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        list.shrink_to_fit();
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list: Vec<(String, Value)> = Vec::new();
        while let Some(key) = entries.next_key()? {
            list.push((key, entries.next_value_seed(self)?));
        }
        let all = list.len();
        let mut map = Map::with_capacity(all);
        map.extend(list);
        self.0.set(self.0.get() || map.len() < all);
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
            prop_assert_eq!(read(&text).map(|(value, _)| value).map_err(|error| error.to_string()), expected);
        }
    }

    #[test]
    fn numbers_depth_and_twins_are_as_in_serde_json() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for text in
            ["[1e999]", "[-0, -1, 18446744073709551615, 1.5, 1e3]", "{\"a\":1,\"b\":2,\"a\":3}", "[\"\\u00e9\"]", &deep]
        {
            let expected = serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
            assert_eq!(read(text).map(|(value, _)| value).map_err(|error| error.to_string()), expected, "{text}");
        }
    }
}
