//! Which records a write was about: noted while it is carried out, for whoever asks afterwards what happened.

use super::{Id, Store, TableIndex};

/// More records than this are counted and not listed.
const MOST: usize = 100;

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It was shown.
    Read,
    /// It was made.
    Created,
    /// It became another.
    Changed,
    /// It is gone.
    Removed,
}

impl Deed {
    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Deed::Read => "read",
            Deed::Created => "created",
            Deed::Changed => "changed",
            Deed::Removed => "removed",
        }
    }
}

/// The records of the write that led to a state, bounded.
#[derive(Debug, Clone, Default)]
pub struct Touches {
    /// The first of them, in the order of their first touch.
    pub list: Vec<(TableIndex, Id, Deed)>,
    /// How many are not listed.
    pub more: usize,
}

impl Store {
    /// A copy to build the next state on.
    #[must_use]
    pub fn next(&self) -> Store {
        Store { rules: self.rules.clone(), tables: self.tables.clone(), touches: Touches::default() }
    }

    /// What the write that led to this state was about.
    pub fn touches(&self) -> &Touches {
        &self.touches
    }

    /// Notes what happens to a record. Of a record that is made and then changed it is kept that it was made.
    pub(super) fn note(&mut self, table: TableIndex, id: &Id, deed: Deed) {
        let Touches { list, more } = &mut self.touches;
        match list.iter().position(|(other, known, _)| *other == table && known == id) {
            Some(index) if deed == Deed::Removed => list[index].2 = deed,
            Some(_) => {}
            None if list.len() < MOST => list.push((table, id.clone(), deed)),
            None => *more += 1,
        }
    }
}
