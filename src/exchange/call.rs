//! One call of an operation, with its parts where verbs find them.

use serde_json::Value;

use super::Provider;
use super::auth::Caller;
use crate::contract::{Checked, Operation};
use crate::message::{Query, Request};
use crate::pack::{Binding, Input, Resource};
use crate::scenario::Strike;
use crate::session::Session;
use crate::store::Moment;

/// A call that has passed its checks.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) provider: &'a Provider,
    pub(super) operation: &'a Operation,
    pub(super) binding: &'a Binding,
    pub(super) request: &'a Request,
    pub(super) query: Query,
    pub(super) checked: Checked,
    pub(super) caller: Option<Caller<'a>>,
    pub(super) session: &'a Session,
    /// The time as the provider writes it.
    pub(super) now: String,
    /// A fault that strikes some of the items of a bulk call.
    pub(super) items: Option<&'a Strike>,
}

impl<'a> Call<'a> {
    /// The collection the operation works on.
    pub(super) fn resource(&self) -> &'a Resource {
        &self.provider.pack.resources[self.binding.table]
    }

    /// When it happens, for writes.
    pub(super) fn moment(&self) -> Moment<'a> {
        let by = self.caller.as_ref().and_then(|caller| caller.user_id()).map(|id| id.value());
        Moment { now: self.now.clone(), at: self.session.clock.now(), dice: &self.session.dice, by }
    }

    /// The value of an input; none where it was not given.
    pub(super) fn input(&self, input: &Input) -> Option<Value> {
        match input {
            Input::Path(name) => self.checked.path.get(name).cloned(),
            Input::Query(name) => match self.checked.query.get(name) {
                Some(value) => Some(value.clone()),
                None => self.provider.pack.conventions.repeated.of(self.query.all(name)).map(Value::from),
            },
            Input::Header(name) => self.request.header(name).map(Value::from),
            Input::Body(path) => self.body(path).cloned(),
            Input::Caller(field) => self.caller.as_ref()?.fact(field),
            Input::Either(inputs) => inputs.iter().find_map(|input| self.input(input)),
        }
    }

    /// Whether an input is only the document's default.
    pub(super) fn assumes(&self, input: &Input) -> bool {
        match input {
            Input::Query(name) => self.checked.assumed.contains(name),
            Input::Either(inputs) => inputs.iter().all(|input| self.assumes(input)),
            _ => false,
        }
    }

    /// Whether an input was given, and not as null; a list in the query may be written as `name[]`.
    pub(super) fn given(&self, input: &Input) -> bool {
        if let Input::Either(inputs) = input {
            return inputs.iter().any(|input| self.given(input));
        }
        match self.input(input) {
            Some(value) => !value.is_null(),
            None => matches!(input, Input::Query(_)) && self.list(input).is_some(),
        }
    }

    /// Whether an input is a switch that is on: `true` or `1`.
    pub(super) fn is_on(&self, input: &Input) -> bool {
        self.input(input).is_some_and(|value| matches!(text(&value).as_str(), "true" | "1"))
    }

    /// The part of the body at a path of fields.
    pub(super) fn body(&self, path: &[String]) -> Option<&Value> {
        path.iter().try_fold(self.checked.body.as_ref()?, |value, field| value.get(field))
    }

    /// The values of an input that may come as a list, between commas, or repeated as `name` or `name[]`.
    pub(super) fn list(&self, input: &Input) -> Option<Vec<Value>> {
        if let Input::Either(inputs) = input {
            return inputs.iter().find_map(|input| self.list(input));
        }
        let Input::Query(name) = input else {
            return match self.input(input)? {
                Value::Array(items) => Some(items),
                Value::Null => None,
                other => Some(words(&text(&other)).collect()),
            };
        };
        let bracketed = format!("{name}[]");
        let mut given = self.query.pairs().iter().filter(|(key, _)| key == name || *key == bracketed).peekable();
        given.peek()?;
        Some(given.flat_map(|(_, value)| words(value).collect::<Vec<_>>()).collect())
    }
}

/// The words between commas.
fn words(text: &str) -> impl Iterator<Item = Value> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(Value::from)
}

/// A value as it would stand in a query.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
