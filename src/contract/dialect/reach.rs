//! How far references lead that speak of one and the same instance. Validators follow all of them on one stack.

use std::collections::HashMap;

use super::super::document::{Document, Site};
use super::marks;

/// Schemas that may be entered for one instance, one inside of the other.
pub(super) const MAX_DEPTH: usize = 256;

/// What is known of each site so far.
#[derive(Default)]
pub(super) struct Reaches {
    known: HashMap<Site, Reach>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reach {
    /// The longest way, circles counted once.
    pub(super) depth: usize,
    /// Whether a circle can be reached.
    pub(super) circular: bool,
}

/// A site whose references are being followed.
struct Open {
    site: Site,
    edges: Vec<(Site, usize)>,
    next: usize,
    reach: Reach,
}

impl Reaches {
    /// How far the references of a site lead. The walk keeps its own stack: documents may chain thousands of schemas.
    pub(super) fn of(&mut self, document: &Document, site: &Site) -> Reach {
        if let Some(known) = self.known.get(site) {
            return *known;
        }
        let mut open = vec![self.open(document, site.clone())];
        let mut finished = Reach::default();
        while let Some(top) = open.last_mut() {
            let Some((target, weight)) = top.edges.get(top.next).cloned() else {
                finished = top.reach;
                self.known.insert(top.site.clone(), finished);
                open.pop();
                continue;
            };
            match self.known.get(&target) {
                // Still open: the way leads back to itself.
                Some(Reach { depth: usize::MAX, .. }) => top.reach.circular = true,
                Some(known) => {
                    top.reach.depth = top.reach.depth.max(known.depth.saturating_add(weight));
                    top.reach.circular |= known.circular;
                }
                None => {
                    let next = self.open(document, target);
                    open.push(next);
                    continue;
                }
            }
            top.next += 1;
        }
        finished
    }

    fn open(&mut self, document: &Document, site: Site) -> Open {
        self.known.insert(site.clone(), Reach { depth: usize::MAX, circular: true });
        let edges = marks::in_place(document, &site);
        Open { site, edges, next: 0, reach: Reach::default() }
    }
}
