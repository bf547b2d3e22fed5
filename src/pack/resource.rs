//! A collection of records: its names on the wire, its rules, and what is shown of it.

use std::time::Duration;

use serde_json::Value;

use super::auth::Allow;
use super::form::{Asset, Form, Sees};
use super::pages::orders;
use super::template::Shape;
use super::{Known, form, object, relation, strings};
use crate::source::{Fields, Findings, Node};
use crate::store::{Attributes, Exclusive, IdRule, Items, OnRemove, Refers, Rules, Stamps, TableIndex, Ticks, Unique};

/// A collection.
#[derive(Debug)]
pub struct Resource {
    /// What its table demands.
    pub rules: Rules,
    /// What its records are called in messages and pools: `Organization`.
    pub kind: String,
    /// The key around one record; none for a bare record.
    pub one: Option<String>,
    /// The key around a list; none for a bare list.
    pub many: Option<String>,
    /// Fields that are made when a record is shown, in their places among the others.
    pub computed: Vec<(String, Shape)>,
    /// The operation whose reply says what a new record must have; what was not given is made by its schema.
    pub fill: Option<usize>,
    /// Numbers of records elsewhere, by name: the other table and its field that refers here.
    pub counts: Vec<(String, TableIndex, String)>,
    /// Fields whose values stand in another collection.
    pub lookups: Vec<(String, Lookup)>,
    /// Collections that may be sent along, and the fields that name their records.
    pub sideloads: Vec<(TableIndex, String)>,
    /// Fields that are never shown.
    pub hidden: Vec<String>,
    /// The forms that an answer may take, by name.
    pub forms: Vec<(String, Form)>,
    /// The records that go along in a pool.
    pub assets: Vec<Asset>,
    /// What callers of some roles see of it.
    pub sees: Vec<Sees>,
    /// Roles that may write some records only: the role, a path over the record, and what must stand at its end.
    pub writes: Vec<(String, String, Value)>,
    /// Fields that a record shows one after another.
    pub lifecycle: Option<Lifecycle>,
    /// How its bulk jobs speak, by the verb they run.
    pub jobs: Vec<(String, Job)>,
    /// Who may call its operations, unless they say themselves.
    pub allow: Option<Allow>,
}

/// A value that stands in a record of another collection.
#[derive(Debug)]
pub struct Lookup {
    /// The other collection.
    pub table: TableIndex,
    /// Its field that names this record.
    pub by: String,
    /// What else must hold there.
    pub fields: Vec<(String, Value)>,
    /// Its field with the value.
    pub take: String,
    /// Whether a value that is written here makes such a record there.
    pub writes: bool,
}

/// Stages of a record that comes to an end by itself.
#[derive(Debug)]
pub struct Lifecycle {
    /// What moves it on.
    pub advance: Advance,
    /// The field that says how much there is to do; `{done}` is a stage's share of it.
    pub of: String,
    /// The stages; the last one stays.
    pub stages: Vec<Stage>,
    /// How long it can be seen, by the session's clock; always where nothing is said.
    pub keeps: Option<Duration>,
}

/// What moves a record on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advance {
    /// Being shown.
    Reads,
    /// The session's clock.
    Clock,
}

/// One stage.
#[derive(Debug)]
pub struct Stage {
    /// How many times it is shown, where reads move it on.
    pub reads: u64,
    /// How long it lasts, where the clock does.
    pub lasts: Duration,
    /// The share of the work that is done in it.
    pub share: f64,
    /// The fields as they are in it.
    pub show: Vec<(String, Shape)>,
}

/// How a bulk job speaks of what it does.
#[derive(Debug)]
pub struct Job {
    /// What the provider calls such jobs where there are too many.
    pub name: Option<String>,
    /// Fields of the job's record.
    pub set: Vec<(String, Shape)>,
    /// The result of an item that went through.
    pub done: Shape,
    /// The result of one that did not.
    pub refused: Shape,
}

impl Resource {
    /// One of which nothing is said.
    pub(super) fn named(name: &str) -> Resource {
        Resource {
            rules: Rules::named(name),
            kind: name.to_owned(),
            one: None,
            many: None,
            fill: None,
            computed: Vec::new(),
            counts: Vec::new(),
            lookups: Vec::new(),
            sideloads: Vec::new(),
            hidden: Vec::new(),
            forms: Vec::new(),
            assets: Vec::new(),
            sees: Vec::new(),
            writes: Vec::new(),
            lifecycle: None,
            jobs: Vec::new(),
            allow: None,
        }
    }

    pub(super) fn read(name: &str, mut fields: Fields<'_>, known: &Known<'_>, findings: &mut Findings) -> Resource {
        let (one, many) = fields.optional("keys", findings, keys).unwrap_or_default();
        let mut resource = Resource {
            kind: fields.optional("type", findings, Node::string).unwrap_or_else(|| name.to_owned()),
            one,
            many,
            hidden: fields.optional("hidden", findings, strings).unwrap_or_default(),
            forms: by_field(fields.take("forms"), findings, Form::read),
            assets: form::assets(fields.take("assets"), known, findings),
            sees: by_field(fields.take("sees"), findings, |node, findings| Sees::read(node, known, findings))
                .into_iter()
                .map(|(_, sees)| sees)
                .collect(),
            writes: writes(fields.take("writes"), known, findings),
            allow: fields.take("allow").and_then(|node| Allow::read(&node, known, findings)),
            ..Resource::named(name)
        };
        if let Some(record) = fields.optional("record", findings, Node::fields) {
            resource.read_record(record, known, findings);
        }
        for (verb, node) in fields.take("jobs").and_then(|node| node.entries(findings)).unwrap_or_default() {
            if let Some(job) = Job::read(&node, findings) {
                resource.jobs.push((verb.to_owned(), job));
            }
        }
        fields.finish(findings);
        resource
    }

    fn read_record(&mut self, mut fields: Fields<'_>, known: &Known<'_>, findings: &mut Findings) {
        let rules = &mut self.rules;
        let list = |fields: &mut Fields<'_>, key, findings: &mut Findings| {
            fields.optional(key, findings, strings).unwrap_or_default()
        };
        if let Some(id) = fields.optional("id", findings, id_rule) {
            rules.id = id;
        }
        rules.takes_id = fields.optional("takes_id", findings, Node::flag).unwrap_or(false);
        rules.key = fields.optional("key", findings, Node::string).unwrap_or_else(|| "id".to_owned());
        rules.order = list(&mut fields, "order", findings);
        rules.required = list(&mut fields, "required", findings);
        rules.trim = list(&mut fields, "trim", findings);
        rules.stringify = list(&mut fields, "stringify", findings);
        rules.merge = list(&mut fields, "merge", findings);
        if let Some(defaults) = fields.optional("defaults", findings, object) {
            rules.defaults = defaults.into();
        }
        rules.never_null = list(&mut fields, "never_null", findings);
        rules.lower = list(&mut fields, "lower", findings);
        rules.required_if = by_field(fields.take("required_if"), findings, Node::string);
        rules.fallbacks = by_field(fields.take("fallbacks"), findings, strings);
        rules.drops = by_field(fields.take("drops"), findings, Node::string);
        let length = |node: &Node<'_>, findings: &mut Findings| Some(node.unsigned(findings)? as usize);
        rules.cut = by_field(fields.take("cut"), findings, length);
        rules.max_length = by_field(fields.take("max_length"), findings, length);
        rules.lists = relation::lists(fields.take("lists"), known, findings);
        rules.resolves = relation::resolves(fields.take("resolve"), known, findings);
        rules.log = fields.optional("log", findings, |node, findings| relation::log(node, known, findings));
        rules.nulls = by_field(fields.take("nulls"), findings, |node, _| Some(node.value().clone()));
        rules.mirrors = by_field(fields.take("mirrors"), findings, Node::string);
        rules.items = by_field(fields.take("items"), findings, items).into_iter().map(|(_, items)| items).collect();
        rules.excludes = by_field(fields.take("excludes"), findings, Node::string);
        rules.matches = by_field(fields.take("matches"), findings, pattern);
        rules.among = by_field(fields.take("among"), findings, |node, findings| {
            Some(node.items(findings)?.iter().map(|item| item.value().clone()).collect())
        });
        rules.unique = fields.list("unique", findings).iter().filter_map(|node| unique(node, findings)).collect();
        rules.refers = by_field(fields.take("refers"), findings, |node, findings| refers(node, known, findings))
            .into_iter()
            .map(|(field, (table, on_remove, touch))| Refers { field, table, on_remove, touch })
            .collect();
        rules.exclusive =
            fields.list("exclusive", findings).iter().filter_map(|node| exclusive(node, findings)).collect();
        rules.stamps = fields.optional("stamps", findings, stamps).unwrap_or_default();
        self.fill = fields.take("fill").and_then(|node| known.operation(&node, findings));
        self.computed = by_field(fields.take("computed"), findings, |node, _| Some(Shape::of(node.value())));
        self.counts = by_field(fields.take("counts"), findings, |node, findings| count(node, known, findings))
            .into_iter()
            .map(|(name, (table, field))| (name, table, field))
            .collect();
        self.lookups = by_field(fields.take("lookups"), findings, |node, findings| lookup(node, known, findings));
        self.sideloads = by_field(fields.take("sideloads"), findings, |node, findings| {
            Some((known.table_named(&node.key(), node, findings)?, node.string(findings)?))
        })
        .into_iter()
        .map(|(_, sideload)| sideload)
        .collect();
        self.rules.attributes =
            fields.optional("attributes", findings, |node, findings| attributes(node, known, findings));
        self.rules.removed_at = fields.optional("removed_at", findings, Node::string);
        self.lifecycle = fields.optional("lifecycle", findings, Lifecycle::read);
        fields.finish(findings);
    }

    /// How a bulk job over this collection speaks.
    pub fn job(&self, verb: &str) -> Option<&Job> {
        self.jobs.iter().find(|(known, _)| known == verb).map(|(_, job)| job)
    }
}

impl Lifecycle {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Lifecycle> {
        let mut fields = node.fields(findings)?;
        let words = [("reads", Advance::Reads), ("clock", Advance::Clock)];
        let advance = fields.required("advance", findings, |node, findings| node.word(&words, findings));
        let of = fields.optional("of", findings, Node::string).unwrap_or_default();
        let stages = fields.list("stages", findings).iter().filter_map(|node| Stage::read(node, findings)).collect();
        let keeps = fields.optional("keeps", findings, Node::duration);
        fields.finish(findings);
        Some(Lifecycle { advance: advance?, of, stages, keeps })
    }
}

impl Stage {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Stage> {
        let mut fields = node.fields(findings)?;
        let stage = Stage {
            reads: fields.optional("reads", findings, Node::unsigned).unwrap_or(1),
            lasts: fields.optional("lasts", findings, Node::duration).unwrap_or(Duration::from_secs(1)),
            share: fields.optional("share", findings, Node::number).unwrap_or(0.0),
            show: shapes(fields.take("show"), findings),
        };
        fields.finish(findings);
        Some(stage)
    }
}

impl Job {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Job> {
        let mut fields = node.fields(findings)?;
        let shape = |node: Option<Node<'_>>| node.map_or(Shape::Plain(Value::Null), |node| Shape::of(node.value()));
        let job = Job {
            name: fields.optional("name", findings, Node::string),
            set: shapes(fields.take("set"), findings),
            done: shape(fields.take("done")),
            refused: shape(fields.take("refused")),
        };
        fields.finish(findings);
        Some(job)
    }
}

/// Entries by field, each read in the same way.
pub(super) fn by_field<'a, T>(
    node: Option<Node<'a>>,
    findings: &mut Findings,
    read: impl Fn(&Node<'a>, &mut Findings) -> Option<T>,
) -> Vec<(String, T)> {
    let entries = node.and_then(|node| node.entries(findings)).unwrap_or_default();
    entries.into_iter().filter_map(|(name, node)| Some((name.to_owned(), read(&node, findings)?))).collect()
}

/// Shapes by field.
pub(super) fn shapes(node: Option<Node<'_>>, findings: &mut Findings) -> Vec<(String, Shape)> {
    by_field(node, findings, |node, _| Some(Shape::of(node.value())))
}

fn keys(node: &Node<'_>, findings: &mut Findings) -> Option<(Option<String>, Option<String>)> {
    let mut fields = node.fields(findings)?;
    let one = fields.optional("one", findings, Node::string);
    let many = fields.optional("many", findings, Node::string);
    fields.finish(findings);
    Some((one, many))
}

fn id_rule(node: &Node<'_>, findings: &mut Findings) -> Option<IdRule> {
    if node.value() == "uuid" {
        return Some(IdRule::Uuid);
    }
    if node.value() == "ulid" {
        return Some(IdRule::Ulid);
    }
    let mut fields = node.fields(findings)?;
    let start = fields.optional("sequence", findings, Node::integer).map(|start| IdRule::Sequence { start });
    let hex = fields.optional("hex", findings, Node::string).map(|prefix| IdRule::Hex { prefix });
    let matching = fields.optional("matches", findings, pattern).map(|pattern| IdRule::Matching { pattern });
    let like = fields.optional("like", findings, Node::string).map(|example| IdRule::Like { example });
    fields.finish(findings);
    let expected =
        "`uuid`, `ulid`, `{ sequence: START }`, `{ hex: PREFIX }`, `{ like: EXAMPLE }` or `{ matches: PATTERN }`";
    start.or(hex).or(like).or(matching).or_else(|| node.mismatch(expected, findings))
}

/// What must hold of a record for a role to write it: `{ agent: { user_id.role: end-user } }`.
fn writes(node: Option<Node<'_>>, known: &Known<'_>, findings: &mut Findings) -> Vec<(String, String, Value)> {
    let mut writes = Vec::new();
    for (role, node) in node.and_then(|node| node.entries(findings)).unwrap_or_default() {
        known.role(role, &node, findings);
        for (path, value) in node.entries(findings).unwrap_or_default() {
            writes.push((role.to_owned(), path.to_owned(), value.value().clone()));
        }
    }
    writes
}

/// A regular expression, as its text.
fn pattern(node: &Node<'_>, findings: &mut Findings) -> Option<String> {
    let text = node.string(findings)?;
    if let Err(error) = crate::store::attributes::pattern(&text) {
        findings.push(node.error("pattern", format!("this is no regular expression: {error}")));
        return None;
    }
    Some(text)
}

fn unique(node: &Node<'_>, findings: &mut Findings) -> Option<Unique> {
    let mut fields = node.fields(findings)?;
    let names = fields.required("fields", findings, strings);
    let fold_case = fields.optional("fold_case", findings, Node::flag).unwrap_or(false);
    fields.finish(findings);
    let names = names?;
    match names.is_empty() {
        true => node.mismatch("a rule over one field at least", findings),
        false => Some(Unique { fields: names, fold_case }),
    }
}

fn refers(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<(TableIndex, OnRemove, bool)> {
    const WORDS: [(&str, OnRemove); 4] = [
        ("remove", OnRemove::Remove),
        ("clear", OnRemove::Clear),
        ("refuse", OnRemove::Refuse),
        ("keep", OnRemove::Keep),
    ];
    let mut fields = node.fields(findings)?;
    let table = fields.required("to", findings, |node, findings| known.table(node, findings));
    let on_remove = fields.required("on_remove", findings, |node, findings| node.word(&WORDS, findings));
    let touch = fields.optional("touch", findings, Node::flag).unwrap_or(false);
    fields.finish(findings);
    Some((table?, on_remove?, touch))
}

fn exclusive(node: &Node<'_>, findings: &mut Findings) -> Option<Exclusive> {
    let mut fields = node.fields(findings)?;
    let flag = fields.required("flag", findings, Node::string);
    let within = fields.optional("within", findings, strings).unwrap_or_default();
    let off = fields.take("off").map_or(Value::Bool(false), |node| node.value().clone());
    let promote = fields.optional("promote", findings, orders).unwrap_or_default();
    fields.finish(findings);
    Some(Exclusive { flag: flag?, within, off, promote })
}

fn stamps(node: &Node<'_>, findings: &mut Findings) -> Option<Stamps> {
    let mut fields = node.fields(findings)?;
    let created = fields.optional("created", findings, Node::string);
    let updated = fields.optional("updated", findings, Node::string);
    let created_by = fields.optional("created_by", findings, Node::string);
    let updated_by = fields.optional("updated_by", findings, Node::string);
    let nth = fields.optional("nth", findings, Node::string);
    let words = [("text", Ticks::Text), ("seconds", Ticks::Seconds), ("milliseconds", Ticks::Milliseconds)];
    let ticks = fields.optional("as", findings, |node, findings| node.word(&words, findings)).unwrap_or_default();
    fields.finish(findings);
    Some(Stamps { created, updated, created_by, updated_by, nth, ticks })
}

fn lookup(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Lookup> {
    let mut fields = node.fields(findings)?;
    let table = fields.required("in", findings, |node, findings| known.table(node, findings));
    let by = fields.required("by", findings, Node::string);
    let take = fields.required("take", findings, Node::string);
    let wanted = by_field(fields.take("where"), findings, |node, _| Some(node.value().clone()));
    let writes = fields.optional("writes", findings, Node::flag).unwrap_or(false);
    fields.finish(findings);
    Some(Lookup { table: table?, by: by?, fields: wanted, take: take?, writes })
}

fn items(node: &Node<'_>, findings: &mut Findings) -> Option<Items> {
    let mut fields = node.fields(findings)?;
    let start = fields.optional("sequence", findings, Node::integer).unwrap_or(1);
    let order = fields.optional("order", findings, strings).unwrap_or_default();
    let mirrors = by_field(fields.take("mirrors"), findings, Node::string);
    let required = fields.optional("required", findings, strings).unwrap_or_default();
    fields.finish(findings);
    Some(Items { field: node.key(), start, order, mirrors, required })
}

fn attributes(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<Attributes> {
    let mut fields = node.fields(findings)?;
    let table = fields.required("defined_by", findings, |node, findings| known.table(node, findings));
    let long_dates = fields.optional("long_dates", findings, Node::flag).unwrap_or(true);
    let mut name = |key, findings: &mut Findings| fields.required(key, findings, Node::string);
    let (field, key, kind) = (name("field", findings), name("key", findings), name("type", findings));
    let (active, options, pattern) = (name("active", findings), name("options", findings), name("pattern", findings));
    fields.finish(findings);
    Some(Attributes {
        long_dates,
        field: field?,
        table: table?,
        key: key?,
        kind: kind?,
        active: active?,
        options: options?,
        pattern: pattern?,
    })
}

/// `tickets.organization_id`: the records of a table that name this one in a field.
pub(super) fn count(node: &Node<'_>, known: &Known<'_>, findings: &mut Findings) -> Option<(TableIndex, String)> {
    let text = node.text(findings)?;
    let Some((table, field)) = text.split_once('.') else {
        return node.mismatch("a resource and its field that refers here, as `tickets.organization_id`", findings);
    };
    Some((known.table_named(table, node, findings)?, field.to_owned()))
}
