//! What a table demands of its records. Plain data; [`super::write`] carries it out.

use serde_json::Value;

use super::{IdRule, Order, Record, TableIndex};

/// The rules of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// The table's name.
    pub table: String,
    /// The field that holds the id.
    pub key: String,
    /// How ids are made.
    pub id: IdRule,
    /// Whether a new record may come with an id of its own.
    pub takes_id: bool,
    /// The order in which fields are shown; others follow.
    pub order: Vec<String>,
    /// What a field is when nothing was given, or null where that is not this default.
    pub defaults: Record,
    /// Fields that may not be missing, null or blank.
    pub required: Vec<String>,
    /// Fields without blanks at either end.
    pub trim: Vec<String>,
    /// Values that a field takes for null.
    pub nulls: Vec<(String, Value)>,
    /// Fields whose numbers are kept as text.
    pub stringify: Vec<String>,
    /// Fields that may not be set to null.
    pub never_null: Vec<String>,
    /// Fields that may not be blank while a flag is on.
    pub required_if: Vec<(String, String)>,
    /// Fields that take the value of the first of these that has one, where nothing was given.
    pub fallbacks: Vec<(String, Vec<String>)>,
    /// Fields without any of these characters.
    pub drops: Vec<(String, String)>,
    /// Fields in lower case.
    pub lower: Vec<String>,
    /// Fields that are cut to so many characters.
    pub cut: Vec<(String, usize)>,
    /// Fields that may be no longer than so many characters.
    pub max_length: Vec<(String, usize)>,
    /// Fields that may not contain any of these characters.
    pub excludes: Vec<(String, String)>,
    /// Fields that must fit a regular expression.
    pub matches: Vec<(String, String)>,
    /// Fields that must have one of these values.
    pub among: Vec<(String, Vec<Value>)>,
    /// Object fields where a write changes the keys it names and leaves the others.
    pub merge: Vec<String>,
    /// Fields that say the same as another.
    pub mirrors: Vec<(String, String)>,
    /// Lists of records within a record.
    pub items: Vec<Items>,
    /// Fields that no other record may share.
    pub unique: Vec<Unique>,
    /// Fields that name a record of another table.
    pub refers: Vec<Refers>,
    /// Lists of the records of another table that name this one.
    pub lists: Vec<Listed>,
    /// Fields of a draft that name records by something else than their id.
    pub resolves: Vec<Resolve>,
    /// The table in which every change is written down.
    pub log: Option<Log>,
    /// Flags that one record of a group has.
    pub exclusive: Vec<Exclusive>,
    /// The fields that hold the times of creation and change.
    pub stamps: Stamps,
    /// An object field whose keys are defined by the records of another table.
    pub attributes: Option<Attributes>,
    /// The field that a removed record gets with the time of its removal, where removed ones can still be asked for.
    pub removed_at: Option<String>,
}

impl Rules {
    /// A value that is looked for in a field: an id as it is kept, also where what it starts with was left out.
    pub fn meant(&self, field: &str, value: Value) -> Value {
        match (&self.id, value) {
            (IdRule::Hex { prefix }, Value::String(text))
                if field == self.key && !text.starts_with(prefix.as_str()) =>
            {
                Value::String(format!("{prefix}{text}"))
            }
            (_, value) => value,
        }
    }

    /// A table that demands nothing and numbers its records from 1.
    pub fn named(table: &str) -> Rules {
        Rules {
            table: table.to_owned(),
            key: "id".to_owned(),
            id: IdRule::Sequence { start: 1 },
            takes_id: false,
            order: Vec::new(),
            defaults: Record::new(),
            required: Vec::new(),
            trim: Vec::new(),
            nulls: Vec::new(),
            stringify: Vec::new(),
            never_null: Vec::new(),
            required_if: Vec::new(),
            fallbacks: Vec::new(),
            drops: Vec::new(),
            lower: Vec::new(),
            cut: Vec::new(),
            max_length: Vec::new(),
            excludes: Vec::new(),
            matches: Vec::new(),
            among: Vec::new(),
            merge: Vec::new(),
            mirrors: Vec::new(),
            items: Vec::new(),
            unique: Vec::new(),
            refers: Vec::new(),
            lists: Vec::new(),
            resolves: Vec::new(),
            log: None,
            exclusive: Vec::new(),
            stamps: Stamps::default(),
            attributes: None,
            removed_at: None,
        }
    }
}

/// Fields that are unique together. A record in which one of them is null never collides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unique {
    /// The fields; the first names the problem.
    pub fields: Vec<String>,
    /// Whether `A` and `a` are the same.
    pub fold_case: bool,
}

/// A field that names a record of another table, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refers {
    /// The field.
    pub field: String,
    /// The other table.
    pub table: TableIndex,
    /// What happens here when the other record goes.
    pub on_remove: OnRemove,
    /// Whether a change here counts as a change of the other record, so that its time of change moves.
    pub touch: bool,
}

/// A list that no record holds: the records of another table that name this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The name of the list.
    pub field: String,
    /// The other table.
    pub table: TableIndex,
    /// Its field that names records of this one.
    pub of: String,
    /// The order of the list; by id where there is none.
    pub order: Vec<Order>,
}

/// A field of a draft that names records by something else than their id. It is never kept; another field gets the ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// The field.
    pub field: String,
    /// The field that gets the ids.
    pub to: String,
    /// The table of the records that it names.
    pub table: TableIndex,
    /// The fields by which they are named; the first that fits wins.
    pub by: Vec<String>,
}

/// How changes are written down, each as a record of another table.
#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    /// The other table.
    pub table: TableIndex,
    /// Its field that names the changed record.
    pub record: String,
    /// Its fields for what changed, and for the values before and after.
    pub change: [String; 3],
    /// What an entry says of a record that was made.
    pub created: Record,
    /// What an entry says of a field that was changed.
    pub updated: Record,
}

/// What becomes of a record when one it refers to is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnRemove {
    /// It goes too.
    Remove,
    /// Its field becomes null.
    Clear,
    /// The removal is refused.
    Refuse,
    /// Nothing: the field may point nowhere.
    Keep,
}

/// A flag that exactly one record of a group has.
#[derive(Debug, Clone, PartialEq)]
pub struct Exclusive {
    /// The field that holds the flag.
    pub flag: String,
    /// The fields that make the group.
    pub within: Vec<String>,
    /// What the flag is on all others.
    pub off: Value,
    /// The order by which the next one is chosen when the one with the flag goes.
    pub promote: Vec<Order>,
}

/// The fields that hold times, and by whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamps {
    /// Set on creation.
    pub created: Option<String>,
    /// Set on creation and on every change.
    pub updated: Option<String>,
    /// Who made it.
    pub created_by: Option<String>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// The how-manieth of its table it is, for an order in which ids that come from the dice do not stand.
    pub nth: Option<String>,
    /// How times are kept.
    pub ticks: Ticks,
}

/// How times are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ticks {
    /// As the provider writes them.
    #[default]
    Text,
    /// As seconds since 1970.
    Seconds,
    /// As milliseconds since 1970.
    Milliseconds,
}

/// An object field whose keys are defined by the records of another table: each active definition gives every record a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// The object field.
    pub field: String,
    /// The table of definitions.
    pub table: TableIndex,
    /// The definition's field that names the key.
    pub key: String,
    /// The definition's field that names the type.
    pub kind: String,
    /// The definition's flag that says whether it counts.
    pub active: String,
    /// The definition's list of options, each with a `value`.
    pub options: String,
    /// The definition's pattern for texts.
    pub pattern: String,
    /// Whether a day is kept as a time: `2024-01-15T00:00:00+00:00`.
    pub long_dates: bool,
}

/// A list of records within a record. Each has an id of its own and may mirror its own fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items {
    /// The field with the list.
    pub field: String,
    /// The lowest id that is given.
    pub start: i64,
    /// The order in which an item's fields are shown.
    pub order: Vec<String>,
    /// Fields of an item that say the same as another of its fields.
    pub mirrors: Vec<(String, String)>,
    /// Fields that an item must have, and not blank.
    pub required: Vec<String>,
}
