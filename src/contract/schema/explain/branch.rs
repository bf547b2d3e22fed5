//! Which alternative of an `anyOf` or `oneOf` was probably meant: its errors help, those of the others are noise.

use std::cmp::Reverse;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;

/// What to report in place of "none of the alternatives fits".
pub(super) enum Choice {
    /// The errors of the alternative that fits best, and which one that is, where others might have been meant as well.
    Branch(Vec<ValidationError<'static>>, Option<Nearest>),
    /// The value has none of the alternatives' types; these are theirs.
    Types(Vec<String>),
}

/// Which of several alternatives fits best.
pub(super) struct Nearest {
    /// Its number, from 1.
    pub(super) number: usize,
    /// How many alternatives there are.
    pub(super) of: usize,
}

/// Chooses among the errors of each alternative for the value at `at`.
pub(super) fn choose(at: &str, branches: Vec<Vec<ValidationError<'static>>>) -> Choice {
    if branches.iter().all(|errors| errors.iter().any(|error| is_mistyped(at, error))) {
        let mut types = Vec::new();
        for error in branches.iter().flatten().filter(|error| is_mistyped(at, error)) {
            if let ValidationErrorKind::Type { kind } = error.kind() {
                types.extend(super::type_names(kind));
            }
        }
        let mut seen = Vec::new();
        types.retain(|name| {
            !seen.contains(name) && {
                seen.push(name.clone());
                true
            }
        });
        return Choice::Types(types);
    }
    let of = branches.len();
    let plausible = branches.iter().filter(|errors| !errors.iter().any(|error| is_mistyped(at, error))).count();
    let numbered = (1..).zip(branches).filter(|(_, errors)| !errors.is_empty());
    match numbered.min_by_key(|(_, errors)| rank(at, errors)) {
        Some((number, errors)) => Choice::Branch(errors, (plausible > 1).then_some(Nearest { number, of })),
        None => Choice::Types(Vec::new()),
    }
}

/// Smaller is better: of the right type, with the right tag, few errors, and deep ones.
fn rank(at: &str, errors: &[ValidationError<'static>]) -> (bool, bool, usize, Reverse<usize>) {
    let mistyped = errors.iter().any(|error| is_mistyped(at, error));
    let tagged_otherwise = errors.iter().any(|error| is_other_tag(at, error));
    let depth = |error: &ValidationError<'_>| error.instance_path().as_str().matches('/').count();
    (mistyped, tagged_otherwise, errors.len(), Reverse(errors.iter().map(depth).min().unwrap_or_default()))
}

fn is_mistyped(at: &str, error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), ValidationErrorKind::Type { .. }) && error.instance_path().as_str() == at
}

/// A property right below the value has another constant: the value says that it is something else.
fn is_other_tag(at: &str, error: &ValidationError<'_>) -> bool {
    let is_constant = matches!(error.kind(), ValidationErrorKind::Constant { .. } | ValidationErrorKind::Enum { .. });
    let below = error.instance_path().as_str().strip_prefix(at).and_then(|rest| rest.strip_prefix('/'));
    is_constant && below.is_some_and(|name| !name.contains('/'))
}
