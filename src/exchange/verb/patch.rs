//! Changes that come in a form of their own: JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7396).

use json_patch::{Patch, PatchOperation};
use serde_json::Value;

use crate::exchange::call::Call;
use crate::pack::Input;
use crate::refusal::{Kind, Refusal};
use crate::store::Record;

/// Copies in one patch: each may double what there is.
const MAX_COPIES: usize = 8;

/// What a record becomes by the JSON Patch in the body; none where there is none.
pub(super) fn applied(call: &Call<'_>, record: &Record) -> Result<Option<Value>, Refusal> {
    let Some(steps) = body(call, "application/json-patch+json").filter(|body| body.is_array()) else {
        return Ok(None);
    };
    let Ok(Patch(steps)) = serde_json::from_value::<Patch>(steps.clone()) else {
        return Err(Refusal::new(Kind::Malformed));
    };
    if steps.iter().filter(|step| matches!(step, PatchOperation::Copy(_))).count() > MAX_COPIES {
        return Err(Refusal::new(Kind::TooManyValues).fact("limit", MAX_COPIES));
    }
    let mut shown = record.clone();
    shown.retain(|field, _| !field.starts_with('_'));
    let mut value = shown.to_value();
    // A test that fails, or a place that is not there: the caller thinks of another state than that of the record.
    json_patch::patch(&mut value, &steps).map_err(|_| Refusal::new(Kind::Conflict))?;
    Ok(Some(value))
}

/// Completes the objects of a Merge Patch with what they leave alone.
pub(super) fn merged(call: &Call<'_>, record: &Record, patch: &mut Record) {
    if body(call, "application/merge-patch+json").is_none() {
        return;
    }
    for (field, value) in patch.iter_mut().filter(|(_, value)| value.is_object()) {
        let mut whole = record.get(field).filter(|before| before.is_object()).cloned().unwrap_or_default();
        json_patch::merge(&mut whole, value);
        *value = whole;
    }
}

/// The part of the body that is about the record, where the body is of a media type.
fn body<'c>(call: &'c Call<'_>, media: &str) -> Option<&'c Value> {
    let given = call.request.header("content-type")?.split(';').next().unwrap_or_default().trim();
    match &call.binding.draft {
        Input::Body(path) if given.eq_ignore_ascii_case(media) => call.body(path),
        _ => None,
    }
}
