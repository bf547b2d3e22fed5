//! In whose name a call is made: the record behind a credential, or the one that a caller acts for.

use serde_json::Value;

use super::Site;
use super::auth::Caller;
use crate::pack::{Behalf, Input, Roles, User};
use crate::refusal::{Kind, Refusal};
use crate::store::{Id, Record, Store, fold};

impl Site<'_> {
    /// The caller with the record behind it, where the provider has one.
    pub(super) fn acting<'c>(&self, caller: Option<Caller<'c>>, store: &'c Store) -> Result<Option<Caller<'c>>, Refusal>
    where
        Self: 'c,
    {
        let auth = &self.provider.pack.auth;
        let (Some(caller), Some(user)) = (caller, &auth.user) else { return Ok(caller) };
        let id = caller.credential.get(&user.by).and_then(Id::of);
        let record = id.and_then(|id| store.table(user.table).get(&id)).map(|record| &**record);
        let own = Caller { user: record, ..caller };
        match &auth.behalf {
            Some(behalf) => self.on_behalf(own, user, behalf, store).map(Some),
            None => Ok(Some(own)),
        }
    }

    /// The same caller, acting for another where the call names one.
    fn on_behalf<'c>(
        &self,
        caller: Caller<'c>,
        user: &'c User,
        behalf: &Behalf,
        store: &'c Store,
    ) -> Result<Caller<'c>, Refusal> {
        let named = behalf.named.iter().find_map(|input| self.header(input)).filter(|name| !name.trim().is_empty());
        let Some(name) = named else { return Ok(caller) };
        let other = find(store, user, behalf, name.trim());
        match other.filter(|_| behalf.roles.iter().any(|role| role == caller.role())) {
            Some(other) => Ok(Caller { user: Some(other), acts_as: Some(role(user.role.as_ref(), other)), ..caller }),
            None => Err(Refusal::new(Kind::Forbidden)),
        }
    }

    fn header(&self, input: &Input) -> Option<&str> {
        match input {
            Input::Header(name) => self.request.header(name),
            _ => None,
        }
    }
}

/// The user of a name, by the first field that has it.
fn find<'s>(store: &'s Store, user: &User, behalf: &Behalf, name: &str) -> Option<&'s Record> {
    let fits = |value: &Value| match value {
        Value::String(text) => fold(text) == fold(name),
        Value::Number(number) => number.to_string() == name,
        _ => false,
    };
    let rows = || store.table(user.table).iter().map(|(_, row)| &**row);
    behalf.by.iter().find_map(|field| rows().find(|row| row.get(field).is_some_and(fits)))
}

/// The role that a record has; empty where it has none.
fn role<'s>(roles: Option<&'s Roles>, record: &'s Record) -> &'s str {
    let Some((roles, value)) = roles.and_then(|roles| Some((roles, record.get(&roles.field)?))) else { return "" };
    let has = |wanted: &Value| value == wanted || value.as_array().is_some_and(|values| values.contains(wanted));
    match roles.values.is_empty() {
        true => value.as_str().unwrap_or_default(),
        false => roles.values.iter().find(|(_, wanted)| has(wanted)).map_or("", |(role, _)| role),
    }
}
