//! What a call did, for the journal.

use serde_json::Value;

use super::{Done, Outcome};
use crate::journal::{Effect, Touched};
use crate::store::{Deed, Id, TableIndex};

impl Done {
    /// The records that it was about, and the link to what there is more of.
    pub(in crate::exchange) fn effect(&self) -> Option<Effect> {
        let touches = self.store.touches();
        let effect = match (&self.outcome, self.seen) {
            (Outcome::One { table, record, .. }, Some(_)) => {
                let id = record.get(&self.store.rules(*table).key).and_then(Id::of)?;
                Effect { touched: vec![self.touched(*table, id, Deed::Read)], ..Effect::default() }
            }
            (Outcome::Many { page: Some(page), .. } | Outcome::Found { page: Some(page), .. }, Some(_)) => {
                let is_last = page.facts.get("has_more") == Some(&Value::Bool(false));
                let next = page.facts.get("next_url").and_then(Value::as_str).filter(|_| !is_last)?;
                Effect { next: Some(next.into()), ..Effect::default() }
            }
            (_, Some(_)) => return None,
            (_, None) => {
                let touched = touches.list.iter().map(|(table, id, deed)| self.touched(*table, id.clone(), *deed));
                Effect { touched: touched.collect(), more: touches.more, next: None }
            }
        };
        Some(effect)
    }

    fn touched(&self, table: TableIndex, id: Id, deed: Deed) -> Touched {
        Touched { table: self.store.rules(table).table.as_str().into(), id, deed }
    }
}
