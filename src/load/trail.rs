//! What was looked at on disk, and how it was then: what tells that a provider must be read again.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::files::data_files;

/// Files and folders that were looked at, those among them that were not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    seen: RefCell<BTreeMap<PathBuf, Stamp>>,
}

/// When a file was last changed, and how long it is; of a folder only how many files of ours it has, since editors put others beside them.
/// Nothing where there is nothing.
type Stamp = Option<(SystemTime, u64)>;

impl Trail {
    /// Notes a path before it is read, so that a change while it is read is one that came later.
    pub(super) fn note(&self, path: &Path) {
        self.seen.borrow_mut().entry(path.to_owned()).or_insert_with(|| stamp(path));
    }

    /// Adds what stands on another trail and not on this one.
    pub fn extend(&self, other: &Trail) {
        let mut seen = self.seen.borrow_mut();
        for (path, stamp) in other.seen.borrow().iter() {
            seen.entry(path.clone()).or_insert(*stamp);
        }
    }

    /// The same paths as they are now.
    #[must_use]
    pub fn now(&self) -> Trail {
        let seen = self.seen.borrow().keys().map(|path| (path.clone(), stamp(path))).collect();
        Trail { seen: RefCell::new(seen) }
    }

    /// Whether there is nothing on it that could change: all was inside the binary.
    pub fn is_bare(&self) -> bool {
        self.seen.borrow().values().all(Option::is_none)
    }
}

fn stamp(path: &Path) -> Stamp {
    let meta = fs::metadata(path).ok()?;
    match meta.is_dir() {
        true => Some((SystemTime::UNIX_EPOCH, data_files(path).ok()?.len() as u64)),
        false => Some((meta.modified().ok()?, meta.len())),
    }
}
