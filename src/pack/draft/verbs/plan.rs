//! Which collections can be kept, and how their records are told apart.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::super::Book;
use super::super::group::Group;
use super::super::record::{self, Key};
use super::super::road::{Road, Scope};
use super::super::words::{plain, singular};
use super::{full, scope_of, variable};
use crate::contract::{Form, Look, Operation};

/// A collection that is kept.
#[derive(Debug)]
pub(super) struct Plan<'g, 'a> {
    pub(super) group: &'g Group<'a>,
    /// Collections with the same records under other paths.
    pub(super) joined: Vec<&'g Group<'a>>,
    pub(super) name: String,
    /// What a record is like.
    pub(super) look: Look<'a>,
    pub(super) key: Key,
    /// Whether there is one only.
    pub(super) single: bool,
    /// Whether PUT makes a record that is not there.
    pub(super) upserts: bool,
    /// Whether callers may choose the key.
    takes_id: bool,
    /// How ids are made, and whether they are texts.
    id: Option<(Value, bool)>,
}

/// The field with the id where no property tells records apart alone.
const OWN_KEY: &str = "_key";

fn own_key() -> Key {
    Key { path: OWN_KEY.to_owned() }
}

/// The field that says the how-manieth a record is.
const OWN_NUMBER: &str = "_nth";

/// All collections that can be kept, those without variables in their paths first.
pub(super) fn all<'g, 'a>(book: &mut Book<'_>, groups: &'g [Group<'a>]) -> Vec<Plan<'g, 'a>> {
    let mut plans: Vec<Plan<'g, 'a>> = Vec::new();
    let mut order: Vec<&Group<'a>> = groups.iter().collect();
    order.sort_by_key(|group| group.road.scope().len());
    for group in order {
        match planned(group) {
            Ok(plan) => match plans.iter_mut().find(|known| known.is_same(group, &plan.look)) {
                Some(known) => known.joined.push(group),
                None => plans.push(plan),
            },
            Err(why) => {
                // A list of records that are made elsewhere, and name what the path names.
                let many = group.list().and_then(|list| group.many(list));
                let elsewhere = many.filter(|_| group.each.is_empty()).and_then(|many| {
                    plans.iter_mut().find(|known| known.is_same(group, &many.record) && known.shows_scope(group))
                });
                match elsewhere {
                    Some(known) => known.joined.push(group),
                    None => {
                        group.whole.iter().chain(&group.each).for_each(|operation| book.unbound(operation, why.clone()))
                    }
                }
            }
        }
    }
    let mut names: Vec<String> = Vec::new();
    for plan in &mut plans {
        let mut all = plan.group.road.names().into_iter();
        plan.name = all.find(|name| !names.contains(name)).unwrap_or_else(|| plan.group.key.clone());
        names.push(plan.name.clone());
    }
    plans
}

fn planned<'g, 'a>(group: &'g Group<'a>) -> Result<Plan<'g, 'a>, String> {
    if group.is_single() {
        let shown = group.on_whole(&Method::GET).and_then(|operation| group.one(operation));
        let look = shown.ok_or("its reply shows no record")?.record;
        let key = own_key();
        let plan = Plan {
            group,
            joined: Vec::new(),
            name: String::new(),
            look,
            key,
            single: true,
            upserts: false,
            takes_id: false,
            id: None,
        };
        return Ok(plan);
    }
    let put = group.on_each(&Method::PUT);
    let create = creating(group);
    let makes = |put: &Operation| create.is_none() || put.statuses.contains(&StatusCode::CREATED);
    let upserts = put.is_some_and(|put| makes(put) && group.sent(put).is_some());
    if create.is_none() && !upserts {
        return Err("nothing makes records of its collection".to_owned());
    }
    if group.list().is_none() && group.each.is_empty() {
        return Err("nothing shows the records of its collection".to_owned());
    }
    let tail =
        group.each.first().and_then(|operation| Road::of(&operation.path)).map(|road| road.tail).unwrap_or_default();
    let looks = looks(group, create);
    let look = looks.first().cloned().ok_or("no reply shows a record")?;
    let key = looks.iter().find_map(|look| Some((look, record::key_of(look, &group.kind(), tail.last().copied())?)));
    let (holder, key) = match key {
        Some((holder, key)) => (holder.clone(), key),
        None if upserts => (look.clone(), Key::of_path(tail.last().unwrap_or(&"id"))),
        None if group.each.is_empty() => (look.clone(), own_key()),
        None => return Err("no property of its records tells them apart".to_owned()),
    };
    let property = key.path.split('.').try_fold(holder, |look, name| look.property(name));
    let sent = create.or(put).and_then(|operation| group.sent(operation));
    let given = sent.and_then(|sent| key.path.split('.').try_fold(sent.record, |look, name| look.property(name)));
    let takes_id = upserts || given.is_some_and(|given| !given.is("readOnly"));
    // Where nobody asks for one of them, a name that callers give need not tell them apart.
    let is_name = takes_id && record::named_key(&look, &group.kind(), None).is_none();
    let (key, takes_id) = if group.each.is_empty() && is_name { (own_key(), false) } else { (key, takes_id) };
    let asked = group.each.first().zip(tail.last()).and_then(|(operation, name)| variable(group, operation, name));
    let seen = create.or(group.on_each(&Method::GET)).and_then(|operation| seen(group, operation, &key));
    let id = property.and_then(|property| record::id_rule(&property, asked.as_ref(), seen.as_ref()));
    let plan = Plan { group, joined: Vec::new(), name: String::new(), look, key, single: false, upserts, takes_id, id };
    if !takes_id && !plan.is_counted() && (plan.id.is_none() || plan.key.is_inner()) {
        return Err(format!("how ids are made that `{}` takes is not known", plan.key.path));
    }
    let unknown = tail.iter().rev().skip(1).find(|name| !upserts && plan.property(name).is_none());
    match unknown {
        Some(name) => Err(format!("no property of its records says what `{name}` in the path is")),
        None => Ok(plan),
    }
}

/// The POST on a collection that makes one record: it replies with an object or with nothing.
fn creating<'a>(group: &Group<'a>) -> Option<&'a Operation> {
    let post = group.on_whole(&Method::POST)?;
    let plausible = match group.contract.reply_body(post, post.success()) {
        None => true,
        Some(json) => {
            json && group.one(post).is_some() && group.many(post).is_none_or(|many| has_key(group, post, &many.record))
        }
    };
    let object = group.contract.body_look(post).is_none_or(|body| body.form() != Some(Form::List));
    (plausible && object && group.contract.documents(post, post.success())).then_some(post)
}

/// Whether the reply is a record that holds a list, and not a list.
fn has_key(group: &Group<'_>, operation: &Operation, _: &Look<'_>) -> bool {
    group.reply(operation).is_some_and(|look| look.property("id").is_some())
}

/// What the replies show of a record, the fullest first.
fn looks<'a>(group: &Group<'a>, create: Option<&Operation>) -> Vec<Look<'a>> {
    let each = |method: &Method| group.on_each(method);
    let ones = [each(&Method::GET), create, each(&Method::PATCH), each(&Method::PUT), each(&Method::POST)];
    let ones = ones
        .into_iter()
        .flatten()
        .filter_map(|operation| group.one(operation))
        .filter(|one| !one.record.names().is_empty());
    let many = group.list().and_then(|list| group.many(list));
    let sent = each(&Method::PUT).and_then(|operation| group.sent(operation));
    ones.chain(many).chain(sent).map(|found| found.record).collect()
}

/// The id in an operation's example.
fn seen(group: &Group<'_>, operation: &Operation, key: &Key) -> Option<Value> {
    let example = group.contract.shown(operation, operation.success())?;
    let one = group.one(operation)?;
    let path = one.path.iter().map(String::as_str).chain(key.path.split('.'));
    path.into_iter().try_fold(&example, |value, name| value.get(name)).cloned()
}

impl<'g, 'a> Plan<'g, 'a> {
    /// Whether a group under a longer path has the same records.
    fn is_same(&self, group: &Group<'_>, look: &Look<'_>) -> bool {
        let named = look.name().is_some() && look.name() == self.look.name();
        named
            && self.group.road.scope().is_empty()
            && !group.road.scope().is_empty()
            && self.group.kind() == group.kind()
    }

    /// Whether its records name all that a longer path names.
    fn shows_scope(&self, group: &Group<'_>) -> bool {
        group.whole.iter().all(|operation| self.scope(operation).iter().all(|(_, field)| !field.starts_with('_')))
    }

    /// The create of one of its groups.
    pub(super) fn creates<'o>(&self, group: &Group<'o>) -> Option<&'o Operation> {
        creating(group)
    }

    /// The property that a variable of the path names in so many words.
    fn property(&self, variable: &str) -> Option<String> {
        let scalar = |name: &&str| {
            !matches!(self.look.property(name).and_then(|look| look.form()), Some(Form::Object | Form::List))
        };
        self.look.names().into_iter().filter(scalar).find(|name| plain(name) == plain(variable)).map(str::to_owned)
    }

    /// For each variable before the collection: the field that says the same. One that no property says is kept beside the record.
    pub(super) fn scope(&self, operation: &Operation) -> Vec<(String, String)> {
        let road = Road::of(&operation.path);
        let behind = road.iter().flat_map(|road| road.tail.iter().rev().skip(1).rev().copied());
        let field = |scope: &Scope<'_>| {
            let noun = singular(&plain(scope.noun));
            let own = self
                .property(scope.variable)
                .filter(|_| plain(scope.variable) != "id" && *scope.variable != self.key.path);
            let named = || self.property(&format!("{noun}id")).filter(|name| *name != self.key.path);
            let same_form = |name: &String| {
                let form = |look: Option<Look<'_>>| look.and_then(|look| look.form());
                let given = form(variable(self.group, operation, scope.variable));
                given.is_none() || given == form(self.look.property(name))
            };
            own.or_else(named).filter(same_form).unwrap_or_else(|| format!("_path_{}", scope.variable))
        };
        let before =
            scope_of(operation).iter().map(|scope| (scope.variable.to_owned(), field(scope))).collect::<Vec<_>>();
        let behind =
            behind.map(|name| (name.to_owned(), self.property(name).unwrap_or_else(|| format!("_path_{name}"))));
        before.into_iter().chain(behind).collect()
    }

    /// Whether the key alone tells records apart. One that callers choose need not, below different parents.
    fn is_alone(&self) -> bool {
        let any = self.group.each.first().or(self.group.whole.first());
        let scoped = any.is_some_and(|operation| !self.scope(operation).is_empty());
        !(self.single || self.is_counted() || self.key.is_inner() || self.key.is_of_path() || self.takes_id && scoped)
    }

    /// Whether no property tells its records apart.
    pub(super) fn is_counted(&self) -> bool {
        self.key.path == OWN_KEY
    }

    pub(super) fn pick(&self, operation: &Operation) -> Option<Value> {
        let variable = self.group.variable(operation)?;
        (self.key.path != "id").then(|| json!({ self.key.path.as_str(): format!("path.{variable}") }))
    }

    /// Words for the record that an operation is about.
    pub(super) fn picked(&self, operation: &Operation) -> String {
        let variable = self.group.variable(operation).unwrap_or_default();
        match self.key.is_of_path() {
            true => format!("the record that `{variable}` names"),
            false => format!("the record whose `{}` the path names", self.key.path),
        }
    }

    /// The rules of its records.
    pub(super) fn record(&self) -> Value {
        let mut rules = Map::new();
        let mut put = |key: &str, value: Option<Value>| rules.extend(value.map(|value| (key.to_owned(), value)));
        let create = creating(self.group);
        let any = self.group.each.first().or(create.as_ref()).or(self.group.whole.first());
        let scope: Vec<String> = any
            .map(|operation| self.scope(operation))
            .unwrap_or_default()
            .into_iter()
            .map(|(_, field)| field)
            .collect();
        let alone = self.is_alone();
        let key = if alone { self.key.path.as_str() } else { OWN_KEY };
        put("key", (key != "id").then(|| key.into()));
        if alone {
            put("id", self.id.as_ref().map(|(rule, _)| rule.clone()).filter(|rule| *rule != json!({ "sequence": 1 })));
            put("stringify", self.id.as_ref().is_none_or(|(_, text)| *text).then(|| json!([key])));
            put("takes_id", self.takes_id.then_some(Value::Bool(true)));
            // Fields that begin with `_` are shown only where the order names them.
            put("order", key.starts_with('_').then(|| json!([key])));
        }
        put("fill", self.fill().map(|operation| operation.id.as_str().into()));
        let mut unique: Vec<Vec<String>> = Vec::new();
        if !alone && !self.single && !self.is_counted() {
            unique.push(scope.iter().cloned().chain([self.key.path.clone()]).collect());
        }
        let conflict = create.filter(|create| create.statuses.contains(&StatusCode::CONFLICT));
        let sent = conflict.and_then(|create| self.group.sent(create));
        let distinct =
            sent.and_then(|sent| record::distinct(&self.look, &sent.record)).filter(|field| *field != self.key.path);
        unique.extend(distinct.map(|field| std::iter::once(field).chain(scope).collect()));
        let rule = |fields: &Vec<String>| json!({ "fields": fields });
        put("unique", (!unique.is_empty()).then(|| unique.iter().map(rule).collect()));
        put("defaults", full(record::defaults(&self.look, &self.key.path)));
        let merged = record::merged(&self.look);
        put("merge", (!merged.is_empty()).then(|| merged.into()));
        let mut stamps = record::stamps(&self.look).unwrap_or_default();
        if let Some(field) = self.order() {
            stamps.insert("nth".to_owned(), field.into());
        }
        put("stamps", full(stamps));
        put("computed", self.own_link());
        Value::Object(rules)
    }

    /// Where a record has a link to itself, the address under which it is shown.
    fn own_link(&self) -> Option<Value> {
        let show = self.group.on_each(&Method::GET).filter(|_| self.is_alone())?;
        let (holder, link) = record::own_link(&self.look)?;
        let own = (self.group.variable(show)?.to_owned(), self.key.path.clone());
        let fields = self.scope(show).into_iter().chain([own]);
        let address = fields.fold(format!("{{origin}}{}", show.path), |address, (variable, field)| {
            address.replace(&format!("{{{variable}}}"), &format!("{{{field}}}"))
        });
        let inner = |inner: Value, name: &&str| json!({ *name: inner });
        Some(json!({ holder: link.iter().rev().fold(address.into(), inner) }))
    }

    /// The order in which its records were made, where their ids say nothing of it.
    pub(super) fn order(&self) -> Option<&'static str> {
        let drawn = self.id.as_ref().is_some_and(|(rule, _)| rule.get("sequence").is_none());
        (drawn && self.is_alone()).then_some(OWN_NUMBER)
    }

    /// The operation whose reply says what a record must have.
    fn fill(&self) -> Option<&'a Operation> {
        let group = self.group;
        let shown =
            [group.on_each(&Method::GET), creating(group), group.on_whole(&Method::GET).filter(|_| self.single)];
        let changed = [group.on_each(&Method::PATCH), group.on_each(&Method::PUT), group.on_each(&Method::POST)];
        shown.into_iter().chain(changed).flatten().find(|operation| group.one(operation).is_some())
    }
}

/// The records that must be there for an operation's path to lead anywhere.
pub(super) fn parents(plans: &[Plan<'_, '_>], operation: &Operation) -> Map<String, Value> {
    let named = scope_of(operation).into_iter().filter_map(|scope| named(plans, &scope.parent, scope.variable));
    named.collect()
}

/// All records that an operation's path names, the one that it is about among them.
pub(super) fn path_records(plans: &[Plan<'_, '_>], operation: &Operation) -> Map<String, Value> {
    let road = Road::of(&operation.path);
    let own = road.and_then(|road| match road.tail.as_slice() {
        [variable] => named(plans, &road.key(), variable),
        _ => None,
    });
    parents(plans, operation).into_iter().chain(own).collect()
}

/// The resource in which a variable behind a collection names a record, and the variable as an input.
fn named(plans: &[Plan<'_, '_>], key: &str, variable: &str) -> Option<(String, Value)> {
    let kept = |plan: &&Plan<'_, '_>| {
        let tail = plan.group.each.first().and_then(|each| Road::of(&each.path)).map_or(0, |road| road.tail.len());
        plan.group.key == key && !plan.single && plan.is_alone() && tail == 1 && creating(plan.group).is_some()
    };
    let plan = plans.iter().find(kept)?;
    Some((plan.name.clone(), format!("path.{variable}").into()))
}
