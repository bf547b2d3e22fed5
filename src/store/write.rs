//! Creating, changing and removing records under the rules. Everything is checked before anything is written; what is written
//! when a check fails stays in a copy that the caller throws away.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::table::unique_key;
use super::touch::Deed;
use super::{Attributes, Exclusive, Id, IdRule, OnRemove, Record, Rules, Store, TableIndex, Ticks};
use super::{relate, tidy};
use crate::contract::text_matching;
use crate::dice::{Dice, Draws};
use crate::refusal::{Flaw, Problem};

/// Ids that are made for one record until one is free: an example or a pattern may leave room for few.
const TRIES: usize = 1_000;

/// When a write happens, and by which chance.
#[derive(Debug, Clone)]
pub struct Moment<'a> {
    /// The time as the provider writes it.
    pub now: String,
    /// The same as a point in time.
    pub at: jiff::Timestamp,
    /// Where random ids come from.
    pub dice: &'a Dice,
    /// Whose doing it is.
    pub by: Option<Value>,
}

pub(super) type Refused = Vec<Problem>;

impl Store {
    /// Adds a record.
    ///
    /// # Errors
    /// All that is wrong with it. No id is taken then.
    pub fn create(&mut self, table: TableIndex, mut draft: Record, moment: &Moment<'_>) -> Result<Id, Refused> {
        let rules = Arc::clone(&self.rules);
        let lists = self.take_lists(table, &mut draft)?;
        tidy::refuse_nulls(&rules[table], &draft)?;
        let mut record = admit(&rules[table], draft);
        self.know(table, &mut record, None);
        self.check(table, &record, None)?;
        stamp_created(&rules[table], &mut record, moment);
        let id = self.new_id(table, &record, moment)?;
        record.insert(rules[table].key.clone(), key_value(&rules[table], &id));
        self.number(table, &mut record);
        self.itemise(table, &mut record);
        let record = record.ordered(&rules[table].order);
        self.log(table, &id, None, &record, moment);
        self.touch(table, None, Some(&record), moment);
        self.note(table, &id, Deed::Created);
        self.put(table, id.clone(), record);
        self.enlist(&id, lists, moment)?;
        Ok(id)
    }

    /// Puts a record from a fixture in: as it is, with its own id, under the same rules.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn seed(&mut self, table: TableIndex, draft: Record, moment: &Moment<'_>) -> Result<Id, Refused> {
        let rules = Arc::clone(&self.rules);
        let mut record = admit(&rules[table], draft);
        let id = match record.get(&rules[table].key).and_then(Id::of) {
            Some(id) => id,
            None => self.next_id(table, moment),
        };
        if self.table(table).get(&id).is_some() {
            return Err(vec![Problem::new(rules[table].key.clone(), Flaw::Taken, id.value())]);
        }
        self.check(table, &record, None)?;
        let stamps = &rules[table].stamps;
        for field in [&stamps.created, &stamps.updated].into_iter().flatten() {
            record.get_or_insert_with(field, || moment.tick(stamps.ticks));
        }
        record.insert(rules[table].key.clone(), key_value(&rules[table], &id));
        self.number(table, &mut record);
        self.itemise(table, &mut record);
        self.put(table, id.clone(), record.ordered(&rules[table].order));
        Ok(id)
    }

    /// Changes the named fields of a record. A change that changes nothing leaves the time of change alone.
    ///
    /// # Errors
    /// All that is wrong with the record as it would be.
    pub fn update(&mut self, table: TableIndex, id: &Id, patch: Record, moment: &Moment<'_>) -> Result<(), Refused> {
        let Some(before) = self.table(table).get(id).cloned() else { return Ok(()) };
        self.rewrite(table, id, (before, patch), moment, |rules, before, patch| {
            let mut record = before.clone();
            patch.into_iter().for_each(|(field, value)| change(rules, &mut record, &field, value));
            record
        })
    }

    /// Changes all fields of a record: what is not named goes.
    ///
    /// # Errors
    /// All that is wrong with the record as it would be.
    pub fn replace(&mut self, table: TableIndex, id: &Id, record: Record, moment: &Moment<'_>) -> Result<(), Refused> {
        let Some(before) = self.table(table).get(id).cloned() else { return Ok(()) };
        self.rewrite(table, id, (before, record), moment, |_, _, record| record)
    }

    fn rewrite(
        &mut self,
        table: TableIndex,
        id: &Id,
        (before, mut patch): (Arc<Record>, Record),
        moment: &Moment<'_>,
        apply: impl FnOnce(&Rules, &Record, Record) -> Record,
    ) -> Result<(), Refused> {
        let rules = Arc::clone(&self.rules);
        let lists = self.take_lists(table, &mut patch)?;
        tidy::refuse_nulls(&rules[table], &patch)?;
        let mut record = admit(&rules[table], apply(&rules[table], &before, patch));
        self.know(table, &mut record, Some(&before));
        self.check(table, &record, Some(id))?;
        self.itemise(table, &mut record);
        if record != *before {
            stamp_updated(&rules[table], &mut record, moment);
            let record = record.ordered(&rules[table].order);
            self.log(table, id, Some(&before), &record, moment);
            self.touch(table, Some(&before), Some(&record), moment);
            self.note(table, id, Deed::Changed);
            self.put(table, id.clone(), record);
            self.prune(table, id);
        }
        self.enlist(id, lists, moment)
    }

    /// The definition of an attribute has changed: values that it no longer offers go.
    fn prune(&mut self, table: TableIndex, definition: &Id) {
        let rules = Arc::clone(&self.rules);
        for (other, other_rules) in rules.iter().enumerate() {
            let attributes = other_rules.attributes.as_ref().filter(|attributes| attributes.table == table);
            let Some((attributes, definition)) = attributes.zip(self.table(table).get(definition).cloned()) else {
                continue;
            };
            let pruned = |row: &Record| super::attributes::pruned(attributes, &definition, row);
            let rows = self.tables[other].iter().filter_map(|(id, row)| Some((id.clone(), pruned(row)?)));
            for (id, values) in rows.collect::<Vec<_>>() {
                self.set_field(other, &id, &attributes.field, values);
            }
        }
    }

    /// Removes a record, and does to those that refer to it what their rules say.
    ///
    /// # Errors
    /// The references that forbid it.
    pub fn remove(&mut self, table: TableIndex, id: &Id, moment: &Moment<'_>) -> Result<Option<Arc<Record>>, Refused> {
        let rules = Arc::clone(&self.rules);
        let Some(record) = self.table_mut(table).take(&rules[table], id) else { return Ok(None) };
        self.note(table, id, Deed::Removed);
        if let Some(field) = &rules[table].removed_at {
            let mut gone = Record::clone(&record);
            stamp(&mut gone, &rules[table].stamps.updated, rules[table].stamps.ticks, moment);
            gone.insert(field, moment.now.clone().into());
            self.table_mut(table).bury(id.clone(), gone);
        }
        for exclusive in &rules[table].exclusive {
            self.promote(table, exclusive, &record);
        }
        self.touch(table, Some(&record), None, moment);
        for (other, other_rules) in rules.iter().enumerate() {
            if let Some(attributes) = other_rules.attributes.as_ref().filter(|attributes| attributes.table == table) {
                self.forget(other, attributes, &record);
            }
            for refers in other_rules.refers.iter().filter(|refers| refers.table == table) {
                self.unrefer(other, &refers.field, refers.on_remove, id, moment)?;
            }
        }
        Ok(Some(record))
    }

    /// The definition of an attribute is gone: so are its values.
    fn forget(&mut self, table: TableIndex, attributes: &Attributes, definition: &Record) {
        let Some(key) = definition.get(&attributes.key).and_then(Value::as_str) else { return };
        let values = |row: &Record| row.get(&attributes.field).and_then(Value::as_object).cloned();
        let rows = self.tables[table].iter().filter_map(|(id, row)| Some((id.clone(), values(row)?)));
        let having: Vec<_> = rows.filter(|(_, values)| values.contains_key(key)).collect();
        for (id, mut values) in having {
            values.shift_remove(key);
            self.set_field(table, &id, &attributes.field, Value::Object(values));
        }
    }

    fn unrefer(
        &mut self,
        table: TableIndex,
        field: &str,
        on_remove: OnRemove,
        gone: &Id,
        moment: &Moment<'_>,
    ) -> Result<(), Refused> {
        if on_remove == OnRemove::Keep {
            return Ok(());
        }
        for id in self.referring(table, field, gone) {
            match on_remove {
                OnRemove::Refuse => return Err(vec![Problem::new("base", Flaw::Referenced, gone.value())]),
                OnRemove::Remove => {
                    self.remove(table, &id, moment)?;
                }
                OnRemove::Clear => {
                    let rest = self.table(table).get(&id).and_then(|row| relate::without(row.get(field)?, gone));
                    self.set_field(table, &id, field, rest.unwrap_or_default());
                }
                OnRemove::Keep => {}
            }
        }
        Ok(())
    }

    /// The records of a table that name a record in a field.
    fn referring(&self, table: TableIndex, field: &str, named: &Id) -> Vec<Id> {
        let rows = self.tables[table].iter();
        let naming =
            rows.filter(|(_, row)| row.get(field).is_some_and(|value| relate::ids(value).any(|id| id == *named)));
        naming.map(|(id, _)| id.clone()).collect()
    }

    /// Makes one record of two: what names the loser names the winner, lists of the loser are added to the winner's,
    /// and the loser goes.
    ///
    /// # Errors
    /// The references that forbid the loser's removal.
    pub fn absorb(
        &mut self,
        table: TableIndex,
        (loser, winner): (&Id, &Id),
        lists: &[String],
        moment: &Moment<'_>,
    ) -> Result<(), Refused> {
        let rules = Arc::clone(&self.rules);
        for (other, other_rules) in rules.iter().enumerate() {
            let moved = |refers: &&super::Refers| refers.table == table && refers.on_remove != OnRemove::Keep;
            for refers in other_rules.refers.iter().filter(moved) {
                for id in self.referring(other, &refers.field, loser) {
                    let moved = Record::from_iter([(refers.field.clone(), winner.value())]);
                    // Where the winner has it already, the loser's goes with the loser.
                    let _ = self.update(other, &id, moved, moment);
                }
            }
        }
        let lost = self.table(table).get(loser).cloned();
        let mut gain = Record::new();
        for field in lists {
            let added = lost.as_ref().and_then(|lost| lost.get(field).cloned()).unwrap_or_default();
            let own = self.table(table).get(winner).and_then(|winner| winner.get(field).cloned()).unwrap_or_default();
            gain.insert(field, united(&own, &added));
        }
        self.remove(table, loser, moment)?;
        self.update(table, winner, gain, moment)
    }

    /// Writes a field past all checks: for what follows from a rule and not from a caller.
    pub fn set_field(&mut self, table: TableIndex, id: &Id, field: &str, value: Value) {
        let rules = Arc::clone(&self.rules);
        if let Some(mut record) = self.table(table).get(id).map(|record| Record::clone(record)) {
            record.insert(field, value);
            self.note(table, id, Deed::Changed);
            self.table_mut(table).put(&rules[table], id.clone(), record);
        }
    }

    pub(super) fn put(&mut self, table: TableIndex, id: Id, mut record: Record) {
        let rules = Arc::clone(&self.rules);
        for exclusive in &rules[table].exclusive {
            self.settle(table, exclusive, &id, &mut record);
        }
        self.table_mut(table).put(&rules[table], id, record);
    }

    /// Exactly one of a group has the flag: the first gets it, a later one that asks for it takes it over.
    fn settle(&mut self, table: TableIndex, exclusive: &Exclusive, id: &Id, record: &mut Record) {
        let peers = self.peers(table, exclusive, record, id);
        let holder = peers.iter().find(|(_, peer)| is_on(peer, &exclusive.flag)).map(|(id, _)| id.clone());
        let wanted = is_on(record, &exclusive.flag);
        match holder {
            Some(holder) if wanted => self.set_field(table, &holder, &exclusive.flag, exclusive.off.clone()),
            Some(_) => {
                record.insert(&exclusive.flag, exclusive.off.clone());
            }
            None => {
                record.insert(&exclusive.flag, Value::Bool(true));
            }
        }
    }

    /// The holder of a flag is gone: the first of the rest gets it.
    fn promote(&mut self, table: TableIndex, exclusive: &Exclusive, gone: &Record) {
        if !is_on(gone, &exclusive.flag) {
            return;
        }
        let mut peers = self.peers(table, exclusive, gone, &Id::Number(i64::MIN));
        self.reader().sort(table, &mut peers, &exclusive.promote);
        if let Some((heir, _)) = peers.first() {
            self.set_field(table, &heir.clone(), &exclusive.flag, Value::Bool(true));
        }
    }

    fn peers(&self, table: TableIndex, exclusive: &Exclusive, record: &Record, but: &Id) -> Vec<(Id, Arc<Record>)> {
        let same = |peer: &Record| exclusive.within.iter().all(|field| peer.get(field) == record.get(field));
        let rows = self.tables[table].iter().filter(|(id, peer)| *id != but && same(peer));
        rows.map(|(id, peer)| (id.clone(), Arc::clone(peer))).collect()
    }

    /// Says the how-manieth it is, where that is kept.
    fn number(&mut self, table: TableIndex, record: &mut Record) {
        if let Some(field) = self.rules[table].stamps.nth.clone() {
            let nth = self.table_mut(table).next_number(1);
            record.insert(field, nth.into());
        }
    }

    /// Gives the items of a record's lists ids of their own and the form in which they are kept.
    fn itemise(&mut self, table: TableIndex, record: &mut Record) {
        let rules = Arc::clone(&self.rules);
        for items in &rules[table].items {
            for item in record.get_mut(&items.field).and_then(Value::as_array_mut).into_iter().flatten() {
                let Some(item) = item.as_object_mut() else { continue };
                if item.get("id").is_none_or(Value::is_null) {
                    let number = self.table_mut(table).next_made() as i64;
                    item.insert("id".to_owned(), (items.start + number).into());
                }
                for (field, of) in &items.mirrors {
                    if let Some(value) = item.get(of).cloned() {
                        item.insert(field.clone(), value);
                    }
                }
                *item = in_order(&items.order, std::mem::take(item));
            }
        }
    }

    /// Brings attributes into the form in which they are kept, and leaves out those that nobody defined.
    fn know(&self, table: TableIndex, record: &mut Record, before: Option<&Record>) {
        if let Some(attributes) = &self.rules[table].attributes {
            super::attributes::admit(&self.tables[attributes.table], attributes, record, before);
        }
    }

    fn check(&self, table: TableIndex, record: &Record, own: Option<&Id>) -> Result<(), Refused> {
        let rules = &self.rules[table];
        let mut problems = check_fields(rules, record);
        if let Some(attributes) = &rules.attributes {
            problems.extend(super::attributes::check(&self.tables[attributes.table], attributes, record));
        }
        let refused: HashSet<String> = problems.iter().map(|problem| problem.field.clone()).collect();
        for (index, unique) in rules.unique.iter().enumerate() {
            let field = &unique.fields[0];
            let owner = unique_key(unique, record).and_then(|key| self.tables[table].owner(index, &key));
            if owner.is_some_and(|owner| Some(owner) != own) && !refused.contains(field) {
                problems.push(Problem::new(field.clone(), Flaw::Taken, record.get(field).cloned().unwrap_or_default()));
            }
        }
        for refers in &rules.refers {
            let value = record.get(&refers.field).unwrap_or(&Value::Null);
            let known = |id: Id| self.tables[refers.table].get(&id).is_some();
            let known = value.is_null() || relate::is_list_or_id(value) && relate::ids(value).all(known);
            if !known && refers.on_remove != OnRemove::Keep && !refused.contains(&refers.field) {
                problems.push(Problem::new(refers.field.clone(), Flaw::Unknown, value.clone()));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// The id that a new record comes with, where it may, else the next one that is free.
    fn new_id(&mut self, table: TableIndex, record: &Record, moment: &Moment<'_>) -> Result<Id, Refused> {
        let rules = Arc::clone(&self.rules);
        let given = record.get(&rules[table].key).and_then(Id::of).filter(|_| rules[table].takes_id);
        match given {
            Some(id) if self.table(table).get(&id).is_some() => {
                Err(vec![Problem::new(rules[table].key.clone(), Flaw::Taken, id.value())])
            }
            Some(id) => Ok(id),
            None => {
                for _ in 0..TRIES {
                    let id = self.next_id(table, moment);
                    if self.table(table).get(&id).is_none() {
                        return Ok(id);
                    }
                }
                Err(vec![Problem::new(rules[table].key.clone(), Flaw::Taken, Value::Null)])
            }
        }
    }

    fn next_id(&mut self, table: TableIndex, moment: &Moment<'_>) -> Id {
        let rules = Arc::clone(&self.rules);
        let name = &rules[table].table;
        let made = self.table_mut(table);
        match &rules[table].id {
            IdRule::Sequence { start } => Id::Number(made.next_number(*start)),
            IdRule::Hex { prefix } => Id::Text(format!("{prefix}{}", moment.dice.hex(name, made.next_made())).into()),
            IdRule::Uuid => Id::Text(uuid(&moment.dice.hex(name, made.next_made())).into()),
            IdRule::Ulid => Id::Text(moment.dice.ulid(name, made.next_made()).into()),
            IdRule::Matching { pattern } => {
                let made = text_matching(pattern, &mut moment.dice.draws(name, made.next_made()));
                Id::parse(&made.unwrap_or_default())
            }
            IdRule::Like { example } => Id::parse(&like(example, moment.dice.draws(name, made.next_made()))),
        }
    }

    pub(super) fn table_mut(&mut self, table: TableIndex) -> &mut super::Table {
        Arc::make_mut(&mut self.tables[table])
    }
}

/// Gives a record its defaults and the form in which values are kept.
fn admit(rules: &Rules, mut record: Record) -> Record {
    for (field, null) in &rules.nulls {
        if let Some(value) = record.get_mut(field).filter(|value| *value == null) {
            *value = Value::Null;
        }
    }
    for (field, default) in rules.defaults.iter() {
        let missing = record.get(field).is_none_or(|value| value.is_null() && !default.is_null());
        if missing {
            record.adopt(field, &rules.defaults);
        }
    }
    for (field, of) in &rules.mirrors {
        if let Some(value) = record.get(of).cloned() {
            record.insert(field, value);
        }
    }
    for field in &rules.trim {
        if let Some(Value::String(text)) = record.get_mut(field) {
            *text = text.trim().to_owned();
        }
    }
    for field in &rules.stringify {
        if let Some(value @ Value::Number(_)) = record.get_mut(field) {
            *value = Value::String(value.to_string());
        }
    }
    tidy::tidy(rules, &mut record);
    record
}

fn check_fields(rules: &Rules, record: &Record) -> Vec<Problem> {
    let mut problems = Vec::new();
    for field in &rules.required {
        let value = record.get(field).unwrap_or(&Value::Null);
        if value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()) {
            problems.push(Problem::new(field.clone(), Flaw::Blank, value.clone()));
        }
    }
    tidy::check_required_if(rules, record, &mut problems);
    for (field, limit) in &rules.max_length {
        if let Some(text) = record.get(field).and_then(Value::as_str).filter(|text| text.chars().count() > *limit) {
            let problem = Problem::new(field.clone(), Flaw::TooLong, text.into());
            problems.push(Problem { limit: (*limit).into(), ..problem });
        }
    }
    for (field, characters) in &rules.excludes {
        if let Some(text) = record.get(field).and_then(Value::as_str)
            && text.contains(|character| characters.contains(character))
        {
            problems.push(Problem::new(field.clone(), Flaw::Format, text.into()));
        }
    }
    for (field, pattern) in &rules.matches {
        let text = record.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(text) = text.filter(|text| !super::attributes::fits(text, pattern)) {
            problems.push(Problem::new(field.clone(), Flaw::Format, text.into()));
        }
    }
    for items in &rules.items {
        let rows = record.get(&items.field).and_then(Value::as_array).into_iter().flatten();
        if rows.into_iter().any(|row| items.required.iter().any(|field| tidy::is_blank(row.get(field)))) {
            problems.push(Problem::new(items.field.clone(), Flaw::Blank, Value::Null));
        }
    }
    for (field, values) in &rules.among {
        if let Some(value) = record.get(field).filter(|value| !value.is_null() && !values.contains(value)) {
            problems.push(Problem::new(field.clone(), Flaw::Option, value.clone()));
        }
    }
    problems
}

/// The values of two lists, each once.
pub(crate) fn united(own: &Value, added: &Value) -> Value {
    let mut all: Vec<Value> = own.as_array().cloned().unwrap_or_default();
    for value in added.as_array().into_iter().flatten() {
        if !all.contains(value) {
            all.push(value.clone());
        }
    }
    Value::Array(all)
}

/// The values of a list without those of another.
pub(crate) fn without(own: &Value, removed: &Value) -> Value {
    let removed = removed.as_array().map(Vec::as_slice).unwrap_or_default();
    let rest = own.as_array().into_iter().flatten().filter(|value| !removed.contains(value));
    rest.cloned().collect()
}

/// Sets a field, or, where it is merged, the keys of it that are named.
fn change(rules: &Rules, record: &mut Record, field: &str, value: Value) {
    if rules.merge.iter().any(|merged| merged == field)
        && let (Some(Value::Object(before)), Value::Object(named)) = (record.get_mut(field), &value)
    {
        before.extend(named.clone());
        return;
    }
    record.insert(field, value);
}

/// Says when a record was made and by whom.
fn stamp_created(rules: &Rules, record: &mut Record, moment: &Moment<'_>) {
    stamp(record, &rules.stamps.created, rules.stamps.ticks, moment);
    stamp_by(record, &rules.stamps.created_by, moment);
    stamp_updated(rules, record, moment);
}

/// Says when a record was changed and by whom.
fn stamp_updated(rules: &Rules, record: &mut Record, moment: &Moment<'_>) {
    stamp(record, &rules.stamps.updated, rules.stamps.ticks, moment);
    stamp_by(record, &rules.stamps.updated_by, moment);
}

fn stamp_by(record: &mut Record, field: &Option<String>, moment: &Moment<'_>) {
    if let (Some(field), Some(by)) = (field, &moment.by) {
        record.insert(field, by.clone());
    }
}

pub(super) fn stamp(record: &mut Record, field: &Option<String>, ticks: Ticks, moment: &Moment<'_>) {
    if let Some(field) = field {
        record.insert(field, moment.tick(ticks));
    }
}

impl Moment<'_> {
    fn tick(&self, ticks: Ticks) -> Value {
        match ticks {
            Ticks::Text => self.now.clone().into(),
            Ticks::Seconds => self.at.as_second().into(),
            Ticks::Milliseconds => self.at.as_millisecond().into(),
        }
    }
}

/// An id as its field holds it: a text of digits stays a text where ids are texts.
fn key_value(rules: &Rules, id: &Id) -> Value {
    if rules.stringify.contains(&rules.key) { id.to_string().into() } else { id.value() }
}

/// A text of the same build as another.
pub(crate) fn like(example: &str, mut draws: Draws) -> String {
    let (kept, rest) = example.split_at(example.rfind(['_', '-']).map_or(0, |end| end + 1));
    // What consists of hexadecimal digits only goes on doing so.
    let hex = rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f')) && rest.len() > 7;
    let mut one_of = |letters: &[u8]| char::from(*draws.one_of(letters));
    let drawn = rest.chars().enumerate().map(|(place, letter)| match letter {
        '0'..='9' | 'a'..='f' if hex => one_of(b"0123456789abcdef"),
        // A number does not start with 0.
        '1'..='9' if place == 0 => one_of(b"123456789"),
        '0'..='9' => one_of(b"0123456789"),
        'a'..='z' => one_of(b"abcdefghijklmnopqrstuvwxyz"),
        'A'..='Z' => one_of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        other => other,
    });
    kept.chars().chain(drawn).collect()
}

fn is_on(record: &Record, flag: &str) -> bool {
    record.get(flag).is_some_and(|value| *value == Value::Bool(true))
}

/// The fields in an order, then the others as they came.
fn in_order(order: &[String], item: Map<String, Value>) -> Map<String, Value> {
    let mut fields: Vec<(String, Value)> = item.into_iter().collect();
    fields.sort_by_cached_key(|(field, _)| order.iter().position(|known| known == field).unwrap_or(order.len()));
    fields.into_iter().collect()
}

fn uuid(hex: &str) -> String {
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}
