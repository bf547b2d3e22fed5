//! A map in two layers: what many share, and what one has changed of it. A store that was forked and written to holds its changes
//! and nothing more, however many records there are.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Bound::{self, Excluded, Unbounded};
use std::sync::Arc;

use imbl::OrdMap;

/// A map whose copies share what they have in common.
#[derive(Debug, Clone)]
pub(super) struct Layered<K: Ord, V> {
    base: Arc<BTreeMap<K, V>>,
    /// What is otherwise than in the base; nothing in the place of what is gone.
    changes: OrdMap<K, Option<V>>,
    len: usize,
}

impl<K: Ord, V> Default for Layered<K, V> {
    fn default() -> Layered<K, V> {
        Layered { base: Arc::default(), changes: OrdMap::new(), len: 0 }
    }
}

impl<K: Ord + Clone, V: Clone> Layered<K, V> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        match self.changes.get(key) {
            Some(change) => change.as_ref(),
            None => self.base.get(key),
        }
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        if self.get(&key).is_none() {
            self.len += 1;
        }
        self.changes.insert(key, Some(value));
    }

    pub(super) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let value = self.get(key).cloned()?;
        match self.base.get_key_value(key) {
            Some((key, _)) => drop(self.changes.insert(key.clone(), None)),
            None => drop(self.changes.remove(key)),
        }
        self.len -= 1;
        Some(value)
    }

    /// All, in the order of their keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.from(Unbounded)
    }

    /// Those whose key is above one, in the order of their keys.
    pub(super) fn after(&self, key: &K) -> impl Iterator<Item = (&K, &V)> {
        self.from(Excluded(key))
    }

    fn from(&self, start: Bound<&K>) -> impl Iterator<Item = (&K, &V)> {
        let mut base = self.base.range::<K, _>((start, Unbounded)).peekable();
        let mut changes = self.changes.range::<_, K>((start, Unbounded)).peekable();
        std::iter::from_fn(move || {
            loop {
                // What is in the base up to the next change, and then the change.
                let unchanged = base.next_if(|(key, _)| changes.peek().is_none_or(|(changed, _)| key < changed));
                if unchanged.is_some() {
                    return unchanged;
                }
                let (changed, value) = changes.next()?;
                base.next_if(|(key, _)| *key == changed);
                if let Some(value) = value {
                    return Some((changed, value));
                }
            }
        })
    }

    /// Makes the changes a part of the base, which copies from here on share.
    pub(super) fn settle(&mut self) {
        let changes = std::mem::take(&mut self.changes);
        if changes.is_empty() {
            return;
        }
        let base = Arc::make_mut(&mut self.base);
        for (key, value) in changes {
            match value {
                Some(value) => drop(base.insert(key, value)),
                None => drop(base.remove(&key)),
            }
        }
    }

    /// Whether nothing was written since both were the same.
    pub(super) fn is_as(&self, other: &Layered<K, V>) -> bool {
        let unchanged = self.changes.is_empty() && other.changes.is_empty();
        Arc::ptr_eq(&self.base, &other.base) && (unchanged || self.changes.ptr_eq(&other.changes))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(map: &Layered<u8, u8>, model: &BTreeMap<u8, u8>) {
        assert_eq!(map.iter().collect::<Vec<_>>(), model.iter().collect::<Vec<_>>());
        assert_eq!(map.len(), model.len());
        for key in 0..16 {
            let after = model.range((Excluded(key), Unbounded));
            assert_eq!(map.after(&key).collect::<Vec<_>>(), after.collect::<Vec<_>>());
            assert_eq!(map.get(&key), model.get(&key));
        }
    }

    proptest! {
        /// Each step is a key and what becomes of it: a value, nothing, or, where there is none of both, all is settled.
        #[test]
        fn it_is_like_a_map_of_one_layer(steps in prop::collection::vec((0..16u8, prop::option::of(prop::option::of(any::<u8>()))), 0..40)) {
            let (mut map, mut model) = (Layered::default(), BTreeMap::new());
            let before = map.clone();
            for (key, step) in steps {
                match step {
                    Some(Some(value)) => {
                        map.insert(key, value);
                        model.insert(key, value);
                    }
                    Some(None) => assert_eq!(map.remove(&key), model.remove(&key)),
                    None => map.settle(),
                }
                check(&map, &model);
            }
            check(&before, &BTreeMap::new());
        }
    }

    #[test]
    fn a_copy_is_the_same_until_one_of_both_is_written_to() {
        let mut map = Layered::default();
        map.insert(1, 'a');
        map.settle();
        let mut copy = map.clone();
        assert!(copy.is_as(&map));
        copy.insert(2, 'b');
        assert!(!copy.is_as(&map));
        copy.remove(&2);
        assert!(copy.is_as(&map));
        assert_eq!(map.len(), 1);
    }
}
