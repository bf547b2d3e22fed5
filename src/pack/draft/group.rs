//! The operations of one collection, or of one thing of which there is one only.

use http::Method;

use super::Book;
use super::envelope::{self, Envelope};
use super::road::Road;
use crate::contract::{Contract, Look, Operation};

/// Operations whose paths lead to the same collection.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) contract: &'a Contract,
    /// Its paths without the names of their variables.
    pub(super) key: String,
    pub(super) road: Road<'a>,
    /// Those on the collection itself.
    pub(super) whole: Vec<&'a Operation>,
    /// Those on one of its records.
    pub(super) each: Vec<&'a Operation>,
}

/// All groups, in the order of the document.
pub(super) fn all<'a>(book: &mut Book<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let contract = book.contract;
    for operation in contract.operations() {
        let Some(road) = Road::of(&operation.path) else {
            book.unbound(operation, "its path mixes text and variables");
            continue;
        };
        let key = road.key();
        let place = groups.iter().position(|group| group.key == key).unwrap_or_else(|| {
            let (whole, each) = (Vec::new(), Vec::new());
            groups.push(Group { contract, key, road: road.clone(), whole, each });
            groups.len() - 1
        });
        if road.tail.is_empty() { groups[place].whole.push(operation) } else { groups[place].each.push(operation) }
    }
    for group in &mut groups {
        // Records are named by as many variables as most operations on them have.
        let tail = |operation: &&Operation| Road::of(&operation.path).map_or(0, |road| road.tail.len());
        let count = |length: usize| group.each.iter().filter(|operation| tail(operation) == length).count();
        let usual = group.each.iter().map(tail).max_by_key(|length| (count(*length), usize::MAX - length));
        let (kept, others) = group.each.drain(..).partition(|operation| Some(tail(operation)) == usual);
        group.each = kept;
        let others: Vec<&Operation> = others;
        others
            .iter()
            .for_each(|operation| book.unbound(operation, "records of its collection are named by other variables"));
    }
    groups
}

impl<'a> Group<'a> {
    /// What the records are called.
    pub(super) fn kind(&self) -> String {
        self.road.kind()
    }

    /// The operation with a method on the collection itself.
    pub(super) fn on_whole(&self, method: &Method) -> Option<&'a Operation> {
        self.whole.iter().copied().find(|operation| operation.method == *method)
    }

    /// The operation with a method on one record.
    pub(super) fn on_each(&self, method: &Method) -> Option<&'a Operation> {
        self.each.iter().copied().find(|operation| operation.method == *method)
    }

    /// What an operation that is carried out replies.
    pub(super) fn reply(&self, operation: &Operation) -> Option<Look<'a>> {
        self.contract.reply_look(operation, operation.success())
    }

    /// The one record of an operation's reply.
    pub(super) fn one(&self, operation: &Operation) -> Option<Envelope<'a>> {
        envelope::one(self.reply(operation)?, &self.kind(), self.variable(operation))
    }

    /// The records of an operation's reply.
    pub(super) fn many(&self, operation: &Operation) -> Option<Envelope<'a>> {
        envelope::many(&self.reply(operation)?, &self.kind())
    }

    /// The record in an operation's request.
    pub(super) fn sent(&self, operation: &Operation) -> Option<Envelope<'a>> {
        let look = self.contract.body_look(operation)?;
        let bare = Envelope { path: Vec::new(), record: look.clone() };
        let found = envelope::one(look.clone(), &self.kind(), self.variable(operation))?;
        // A record may hold objects of its own: an envelope is the only thing in a body, or has the record's name.
        let wraps = found.path.first().is_none_or(|first| {
            look.names().len() == 1 || super::words::singular(&super::words::plain(first)) == self.kind()
        });
        Some(if wraps { found } else { bare })
    }

    /// The variable of an operation's path that names a record of the collection.
    pub(super) fn variable<'o>(&self, operation: &'o Operation) -> Option<&'o str> {
        Road::of(&operation.path).and_then(|road| road.tail.last().copied())
    }

    /// The list of the collection.
    pub(super) fn list(&self) -> Option<&'a Operation> {
        self.on_whole(&Method::GET).filter(|operation| self.many(operation).is_some())
    }

    /// Whether it is one thing of its own, such as settings: it is shown and changed under one path.
    pub(super) fn is_single(&self) -> bool {
        let changes = [Method::PUT, Method::PATCH].iter().any(|method| self.on_whole(method).is_some());
        let shown = self.on_whole(&Method::GET).and_then(|operation| self.one(operation));
        let posted = self.on_whole(&Method::POST);
        // Where POST changes what GET shows, both reply with the same.
        let name = |operation| self.one(operation).and_then(|one| one.record.name().map(str::to_owned));
        let same = || {
            posted
                .and_then(name)
                .is_some_and(|name| Some(name) == shown.as_ref().and_then(|one| one.record.name().map(str::to_owned)))
        };
        self.each.is_empty() && shown.is_some() && (changes && posted.is_none() || self.list().is_none() && same())
    }
}
