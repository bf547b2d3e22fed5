//! The lowest integer of `int64`, told from those below it.

use jsonschema::{Keyword, ValidationError};
use serde_json::Value;

/// Refuses what was read as a float and lies where the range begins: only a number below it is read so.
pub(super) struct Int64;

impl<'i> Keyword<'i> for Int64 {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        match self.is_valid(instance) {
            true => Ok(()),
            false => Err(ValidationError::custom("out of the range of int64")),
        }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        let lowest = (i64::MIN as f64).to_bits();
        !instance.is_f64() || instance.as_f64().is_none_or(|number| number.to_bits() != lowest)
    }
}
