//! Records in tables, and the rules that the tables keep. Knows no HTTP, no provider and no document.
//!
//! A store is made of persistent maps: a copy is a few pointers, and a write to a copy leaves the original as it was. A call that
//! is refused works on a copy that is thrown away, so it leaves no trace.

pub(crate) mod attributes;
mod id;
mod layered;
mod log;
mod record;
mod relate;
mod rules;
mod select;
mod table;
mod tidy;
mod touch;
mod write;

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

pub use id::{Id, IdRule};
pub use record::Record;
pub use rules::{Attributes, Exclusive, Items, Listed, Log, OnRemove, Refers, Resolve, Rules, Stamps, Ticks, Unique};
pub use select::{Condition, Order, Ranked, Test, fold};
pub use table::Table;
pub use touch::{Deed, Touches};
pub use write::Moment;
pub(crate) use write::{like, united, without};

/// Which table, as an index into the store.
pub type TableIndex = usize;

/// All tables of a session.
///
/// ```
/// use std::sync::Arc;
/// use counterpart::dice::Dice;
/// use counterpart::store::{Moment, Rules, Store};
/// let mut store = Store::new(Arc::new([Rules::named("pets")]));
/// let dice = Dice::new(0);
/// let moment = Moment { now: "2026-01-01T00:00:00Z".into(), at: jiff::Timestamp::UNIX_EPOCH, dice: &dice, by: None };
/// let draft = [("name", "Rex".into())].into_iter().collect();
/// let id = store.create(0, draft, &moment).unwrap();
/// assert_eq!(store.table(0).get(&id).unwrap().get("name"), Some(&"Rex".into()));
/// ```
#[derive(Debug, Clone)]
pub struct Store {
    rules: Arc<[Rules]>,
    tables: Vec<Arc<Table>>,
    touches: Touches,
}

/// A store that is being read, and the tables that were looked at: what a kept reply depends on.
#[derive(Debug)]
pub struct Reader<'a> {
    store: &'a Store,
    seen: AtomicU64,
    lists: RefCell<relate::Indexes>,
}

impl Store {
    /// Empty tables, one for each set of rules.
    pub fn new(rules: Arc<[Rules]>) -> Store {
        let tables = rules.iter().map(|rules| Arc::new(Table::new(rules))).collect();
        Store { rules, tables, touches: Touches::default() }
    }

    /// The same store as the beginning of others: what they have in common takes the least room, and what each changes comes on top.
    #[must_use]
    pub fn settled(mut self) -> Store {
        self.tables.iter_mut().for_each(|table| Arc::make_mut(table).settle());
        self
    }

    /// The rules of a table.
    pub fn rules(&self, table: TableIndex) -> &Rules {
        &self.rules[table]
    }

    /// A table.
    pub fn table(&self, table: TableIndex) -> &Table {
        &self.tables[table]
    }

    /// The value at the end of a path over a record: a field, a field within a field, or, over a field that refers to
    /// another record, a field of that record: `organization_id.name`. Over a list of records it is a list.
    pub fn look_up(&self, table: TableIndex, record: &Record, path: &str) -> Option<Value> {
        self.reader().look_up(table, record, path)
    }

    /// A reader that remembers which tables it looked at.
    pub fn reader(&self) -> Reader<'_> {
        Reader { store: self, seen: AtomicU64::new(0), lists: RefCell::default() }
    }

    /// The versions of the tables in a set, to compare with later.
    pub fn versions(&self, tables: u64) -> u64 {
        let numbers = self.tables.iter().enumerate().filter(|(index, _)| tables & bit(*index) != 0);
        numbers.map(|(_, table)| table.version()).sum()
    }
}

impl Store {
    /// Whether these are the very records of another store, and not only equal ones.
    pub fn is_as(&self, other: &Store) -> bool {
        self.tables.len() == other.tables.len()
            && self.tables.iter().zip(&other.tables).all(|(one, other)| one.is_as(other))
    }

    /// Whether the records of another store can be kept under the rules of this one.
    pub fn has_rules_of(&self, other: &Store) -> bool {
        self.rules == other.rules
    }

    /// The same records as the successor of others: no version that a table had in those comes back, so that what was kept of
    /// them is never taken for what was made of these.
    #[must_use]
    pub fn after(&self, before: &Store) -> Store {
        let mut next = self.clone();
        for (table, before) in
            next.tables.iter_mut().zip(&before.tables).filter(|(one, other)| !Arc::ptr_eq(one, other))
        {
            let version = table.version().max(before.version()) + 1;
            Arc::make_mut(table).outdate(version);
        }
        next
    }
}

impl<'a> Reader<'a> {
    /// A table, noted as seen.
    pub fn table(&self, table: TableIndex) -> &'a Table {
        self.seen.fetch_or(bit(table), Ordering::Relaxed);
        self.store.table(table)
    }

    /// The rules of a table; they never change, so nothing is noted.
    pub fn rules(&self, table: TableIndex) -> &'a Rules {
        self.store.rules(table)
    }

    /// See [`Store::look_up`].
    pub fn look_up(&self, table: TableIndex, record: &Record, path: &str) -> Option<Value> {
        if let Some(list) = self.look_up_list(table, record, path) {
            return Some(list);
        }
        let Some((field, rest)) = path.split_once('.') else {
            return record.get(path).cloned();
        };
        let value = record.get(field)?;
        match self.rules(table).refers.iter().find(|refers| refers.field == field) {
            Some(refers) => match value {
                Value::Array(_) => Some(self.over(refers.table, relate::ids(value), rest)),
                one => self.look_up(refers.table, self.table(refers.table).get(&Id::of(one)?)?, rest),
            },
            None => value.pointer(&format!("/{}", rest.replace('.', "/"))).cloned(),
        }
    }

    /// The set of tables that were looked at.
    pub fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }
}

/// A table's place in a set. Beyond 63 tables the last bit stands for all of them: a kept reply is then dropped too often,
/// never too seldom.
fn bit(table: TableIndex) -> u64 {
    1 << table.min(63)
}
