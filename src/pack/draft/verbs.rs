//! What the operations of each collection do.

mod extra;
mod plan;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::Book;
use super::envelope::{self, Envelope};
use super::group::Group;
use super::paging::{self, Paging};
use super::record;
use super::road::Road;
use crate::contract::{Operation, Part};

use plan::Plan;

/// The resources of a pack, with the operations that each has.
pub(super) fn bind(book: &mut Book<'_>, groups: &[Group<'_>]) -> Map<String, Value> {
    let plans = plan::all(book, groups);
    let mut resources = Map::new();
    for plan in &plans {
        let mut operations = Map::new();
        for group in std::iter::once(plan.group).chain(plan.joined.iter().copied()) {
            let mut binder = Binder { book, plans: &plans, plan, group, operations: &mut operations };
            match plan.single {
                true => binder.single(),
                false => binder.collection(),
            }
        }
        resources.insert(plan.name.clone(), json!({ "record": plan.record(), "operations": operations }));
    }
    extra::bind(book, groups, &plans, &mut resources);
    resources
}

/// An operation's binding while it is put together.
struct Entry(Map<String, Value>);

impl Entry {
    fn of(verb: &str) -> Entry {
        Entry([("do".to_owned(), verb.into())].into_iter().collect())
    }

    fn with(mut self, key: &str, value: Option<Value>) -> Entry {
        self.0.extend(value.filter(|value| !value.is_null()).map(|value| (key.to_owned(), value)));
        self
    }

    /// Where in the path the records are that it is about.
    fn within(self, plans: &[Plan<'_, '_>], plan: &Plan<'_, '_>, operation: &Operation) -> Entry {
        let parents = plan::parents(plans, operation);
        self.with("parents", full(parents)).with("within", full(from_path(plan.scope(operation))))
    }

    fn put(self, operation: &Operation, operations: &mut Map<String, Value>) {
        operations.insert(operation.id.clone(), Value::Object(self.0));
    }
}

/// Fields that say the same as variables of the path.
fn from_path(scope: impl IntoIterator<Item = (String, String)>) -> Map<String, Value> {
    scope.into_iter().map(|(variable, field)| (field, format!("path.{variable}").into())).collect()
}

/// An object, if there is something in it.
fn full(entries: Map<String, Value>) -> Option<Value> {
    (!entries.is_empty()).then_some(Value::Object(entries))
}

/// The operations of one group of a collection, while they are bound.
struct Binder<'b, 'c, 'g, 'a> {
    book: &'b mut Book<'c>,
    plans: &'b [Plan<'g, 'a>],
    plan: &'b Plan<'g, 'a>,
    group: &'g Group<'a>,
    operations: &'b mut Map<String, Value>,
}

impl Binder<'_, '_, '_, '_> {
    fn collection(&mut self) {
        let group = self.group;
        for operation in &group.whole {
            match operation.method {
                Method::GET if group.list().is_some() => self.list(operation),
                Method::POST => self.create(operation),
                Method::PUT | Method::PATCH => self.by_body(operation),
                _ => self.book.unbound(operation, "what it does to the collection as a whole is not clear"),
            }
        }
        for operation in &group.each {
            let put = group.on_each(&Method::PUT).is_some() || group.on_each(&Method::PATCH).is_some();
            match operation.method {
                Method::GET => self.show(operation),
                Method::PATCH => self.change(operation, "update"),
                Method::PUT => {
                    let verb = if group.on_each(&Method::PATCH).is_some() || asks_for_all(group, operation) {
                        "replace"
                    } else {
                        "update"
                    };
                    self.change(operation, verb);
                }
                Method::POST if !put && changes(group, operation) => self.change(operation, "update"),
                Method::DELETE => self.delete(operation),
                _ => self.book.unbound(operation, "what it does to a record is not clear"),
            }
        }
    }

    fn show(&mut self, operation: &Operation) {
        let Binder { plans, plan, group, .. } = *self;
        let Some(one) = group.one(operation) else {
            return self.book.unbound(operation, "its reply shows no single record");
        };
        let entry = Entry::of("show").with("pick", plan.pick(operation)).within(plans, plan, operation);
        self.put(operation, entry.with("answer", wrapped(&one.path)), format!("shows {}", plan.picked(operation)));
    }

    fn create(&mut self, operation: &Operation) {
        let Binder { plans, plan, group, .. } = *self;
        if Some(operation.index) != plan.creates(group).map(|create| create.index) {
            return self.book.unbound(operation, "it does not reply with the record that it would make");
        }
        let sent = group.sent(operation).map(|sent| sent.path).unwrap_or_default();
        let set = from_path(plan.scope(operation));
        let entry = Entry::of("create").with("parents", full(plan::parents(plans, operation))).with("set", full(set));
        let answer = self.id_alone(operation).or_else(|| self.answer(operation));
        let entry = entry.with("draft", draft(&sent)).with("answer", answer).with("headers", self.location(operation));
        let reason = match plan.is_counted() {
            true => "POST on a collection whose records nobody asks for one by one".to_owned(),
            false => format!("POST on a collection whose records are told apart by `{}`", plan.key.path),
        };
        self.put(operation, entry, reason);
    }

    fn change(&mut self, operation: &Operation, verb: &str) {
        let Binder { plans, plan, group, .. } = *self;
        let patches = || self.book.contract.takes(operation, "application/json-patch+json").then(Vec::new);
        let Some(sent) = group.sent(operation).map(|sent| sent.path).or_else(patches) else {
            return self.book.unbound(operation, "it has no body that says what changes");
        };
        let makes = operation.method == Method::PUT && plan.upserts;
        let entry = Entry::of(verb).with("pick", plan.pick(operation)).within(plans, plan, operation);
        let set = full(from_path(plan.scope(operation))).filter(|_| makes);
        let entry = entry.with("set", set).with("missing", makes.then(|| "create".into()));
        let entry = entry.with("draft", draft(&sent)).with("answer", self.answer(operation));
        let made = if makes { ", and makes one that is not there" } else { "" };
        let how = match (verb, &operation.method) {
            ("replace", _) => "its body is the whole record",
            (_, &Method::PATCH) => "PATCH names what changes",
            _ => "its body asks for nothing, so it names what changes",
        };
        self.put(operation, entry, format!("{verb}s {}: {how}{made}", plan.picked(operation)));
    }

    /// A change on the collection itself, of the record whose id stands in the body.
    fn by_body(&mut self, operation: &Operation) {
        let Binder { plans, plan, group, .. } = *self;
        let sent =
            group.sent(operation).filter(|sent| !plan.key.is_inner() && sent.record.property(&plan.key.path).is_some());
        let Some(sent) = sent.filter(|_| group.one(operation).is_some() || group.reply(operation).is_none()) else {
            return self.book.unbound(operation, "its body does not say which record it is about");
        };
        let verb = if operation.method == Method::PUT { "replace" } else { "update" };
        let at = sent.path.iter().fold("body".to_owned(), |at, name| format!("{at}.{name}"));
        let pick = json!({ plan.key.path.as_str(): format!("{at}.{}", plan.key.path) });
        let entry = Entry::of(verb).with("pick", Some(pick)).within(plans, plan, operation);
        let entry = entry.with("draft", draft(&sent.path)).with("answer", self.answer(operation));
        self.put(operation, entry, format!("{verb}s the record whose `{}` stands in the body", plan.key.path));
    }

    fn delete(&mut self, operation: &Operation) {
        let Binder { plans, plan, group, .. } = *self;
        let shown = group.one(operation).filter(|one| record::key_of(&one.record, &group.kind(), None).is_some());
        let then = shown.as_ref().map(|_| "removed".into());
        let answer = shown.and_then(|one| wrapped(&one.path));
        let entry = Entry::of("delete").with("pick", plan.pick(operation)).within(plans, plan, operation);
        let entry = entry.with("then", then).with("answer", answer);
        self.put(operation, entry, format!("removes {}", plan.picked(operation)));
    }

    fn list(&mut self, operation: &Operation) {
        let Binder { plans, plan, group, .. } = *self;
        let Some((entry, about)) = listing(self.book, plan, group, operation) else {
            return self.book.unbound(operation, "its reply shows no list of records");
        };
        self.put(operation, entry.within(plans, plan, operation), about);
    }

    /// The operations of one thing, such as settings: it is there from the start.
    fn single(&mut self) {
        let Binder { plan, group, .. } = *self;
        for operation in &group.whole {
            let verb = match operation.method {
                Method::GET => "show",
                Method::PUT => "replace",
                Method::PATCH | Method::POST => "update",
                Method::DELETE => "delete",
                _ => {
                    self.book.unbound(operation, "what it does is not clear");
                    continue;
                }
            };
            let sent = group.sent(operation).map(|sent| sent.path).unwrap_or_default();
            let scope = from_path(plan.scope(operation));
            let entry = Entry::of(verb).with("parents", full(plan::parents(self.plans, operation)));
            let entry = entry.with("pick", Some(json!({}))).with("within", full(scope.clone()));
            let entry = match verb {
                "delete" => entry,
                _ => entry
                    .with("set", full(scope))
                    .with("missing", Some("create".into()))
                    .with("draft", draft(&sent).filter(|_| verb != "show")),
            };
            let answer = self.answer(operation).filter(|_| verb != "delete");
            let entry = entry.with("status", usual_status(operation, verb)).with("answer", answer);
            self.put(operation, entry, format!("{verb}s the one thing under this path"));
        }
    }

    /// The envelope of the reply.
    fn answer(&self, operation: &Operation) -> Option<Value> {
        self.group.one(operation).and_then(|one| wrapped(&one.path))
    }

    /// The reply that has nothing of a new record but its id, under a name of its own: `{"orderId": …}`.
    fn id_alone(&self, operation: &Operation) -> Option<Value> {
        let Binder { plan, group, .. } = *self;
        let one = group.one(operation)?;
        let names = one.record.names();
        let is_foreign = !plan.key.is_of_path() && names.iter().all(|name| plan.look.property(name).is_none());
        let variable = group.each.first().and_then(|each| group.variable(each));
        let name = record::named_key(&one.record, &group.kind(), variable).filter(|_| is_foreign)?;
        let shown = json!({ name: format!("{{{}}}", plan.key.path) });
        Some(one.path.iter().rev().fold(shown, |inner, name| json!({ name: inner })))
    }

    /// Where a new record is shown, where the document has a header field for that.
    fn location(&self, operation: &Operation) -> Option<Value> {
        let Binder { plan, group, .. } = *self;
        let mut documented = self.book.contract.reply_headers(operation, operation.success()).into_iter();
        let name = documented.find(|name| name.eq_ignore_ascii_case("location"))?;
        let shown = group.each.iter().any(|each| group.variable(each).is_some()) && !plan.key.is_of_path();
        let slash = if operation.path.ends_with('/') { "" } else { "/" };
        shown.then(|| json!({ name: format!("{{origin}}{{path}}{slash}{{{}}}", plan.key.path) }))
    }

    fn put(&mut self, operation: &Operation, entry: Entry, reason: impl Into<String>) {
        entry.put(operation, self.operations);
        self.book.bound(operation, reason);
    }
}

/// Whether a body says all of a record, and not only what changes: something in it must be there.
fn asks_for_all(group: &Group<'_>, operation: &Operation) -> bool {
    group.sent(operation).is_some_and(|sent| !sent.record.required().is_empty())
}

/// Whether a POST on a record changes it: it has a body and replies with the record.
fn changes(group: &Group<'_>, operation: &Operation) -> bool {
    let shown = group.on_each(&Method::GET).and_then(|show| group.one(show));
    let replied = group.one(operation);
    let name = |one: &Option<Envelope<'_>>| one.as_ref().and_then(|one| one.record.name().map(str::to_owned));
    group.contract.body_look(operation).is_some() && replied.is_some() && name(&shown) == name(&replied)
}

/// A record within its envelope; none where it stands bare.
fn wrapped(path: &[String]) -> Option<Value> {
    let inner = |inner: Value, name: &String| json!({ name: inner });
    (!path.is_empty()).then(|| path.iter().rev().fold("{record}".into(), inner))
}

/// Where the record stands in the body of a request; none where it stands bare.
fn draft(path: &[String]) -> Option<Value> {
    (!path.is_empty()).then(|| format!("body.{}", path.join(".")).into())
}

/// A list with its pages and filters, and what is to be said of it.
fn listing(
    book: &mut Book<'_>,
    plan: &Plan<'_, '_>,
    group: &Group<'_>,
    operation: &Operation,
) -> Option<(Entry, String)> {
    let many = group.many(operation)?;
    let inputs = book.contract.inputs(operation);
    let paging = Paging::of(&inputs);
    let names: Vec<Value> = paging.ways.iter().map(|(name, way)| book.way(name, way).into()).collect();
    let filters = paging::filters(&inputs, &paging.taken, &plan.look);
    let sorts = paging.ways.iter().any(|(_, way)| way.get("sort_by").or(way.get("sort")).is_some());
    let sortable = sorts.then(|| paging::sortable(&plan.look)).filter(|fields| !fields.is_empty());
    let look = group.reply(operation)?;
    let answer = envelope::answer(&look, &many.path, !names.is_empty());
    let filter: Map<String, Value> = filters.iter().map(|(_, field, value)| (field.clone(), value.clone())).collect();
    let mut about =
        format!("a list of records{}", many.path.last().map(|name| format!(" under `{name}`")).unwrap_or_default());
    if !paging.taken.is_empty() {
        about += &format!(", in pages by `{}`", paging.taken.join("`, `"));
    }
    let headers = headers(book, operation, !names.is_empty());
    let pages = match names.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        _ => Some(names.into()),
    };
    let entry = Entry::of("list").with("pages", pages).with("filter", full(filter));
    let entry = entry.with("order", plan.order().map(Value::from));
    let entry = entry.with("sortable", sortable.map(Value::from)).with("answer", answer).with("headers", full(headers));
    Some((entry, about))
}

/// What a list says of its page in header fields, where the document knows such fields.
fn headers(book: &Book<'_>, operation: &Operation, paged: bool) -> Map<String, Value> {
    const KNOWN: [(&str, &str); 9] = [
        ("link", "{link}"),
        ("xtotalcount", "{total}"),
        ("xtotal", "{total}"),
        ("totalcount", "{total}"),
        ("xpaginationtotal", "{total}"),
        ("xpage", "{page}"),
        ("xperpage", "{size}"),
        ("xtotalpages", "{pages}"),
        ("xnextpage", "{next_page}"),
    ];
    let documented = book.contract.reply_headers(operation, operation.success());
    let known = |name: &str| KNOWN.iter().find(|(known, _)| *known == super::words::plain(name)).map(|(_, word)| *word);
    let usable = |word: &&str| paged || *word == "{total}";
    documented.into_iter().filter_map(|name| Some((name.to_owned(), known(name).filter(usable)?.into()))).collect()
}

/// The status of one thing that was not there before, which is no news to callers.
fn usual_status(operation: &Operation, verb: &str) -> Option<Value> {
    let created = operation.statuses.contains(&StatusCode::CREATED);
    let other = operation.statuses.iter().find(|status| status.is_success() && **status != StatusCode::CREATED);
    other.filter(|_| created && verb != "show").map(|status| status.as_u16().into())
}

/// The form of a path variable, as the document types it.
fn variable<'a>(group: &Group<'a>, operation: &Operation, name: &str) -> Option<crate::contract::Look<'a>> {
    let inputs = group.contract.inputs(operation).into_iter();
    inputs.into_iter().find(|given| given.part == Part::Path && given.name == name)?.look
}

/// The variables of an operation's path that stand before its collection.
fn scope_of(operation: &Operation) -> Vec<super::road::Scope<'_>> {
    Road::of(&operation.path).map(|road| road.scope()).unwrap_or_default()
}
