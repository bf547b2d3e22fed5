//! The names that a template may mention, by the place where it stands. One that nothing there gives a value to is a mistake of the
//! pack's author, and would only be seen in a reply.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::{Pack, Template, meant};
use crate::contract::Contract;
use crate::source::{Findings, Node, Source, nearest};

/// What a template sees.
enum Sight {
    /// These.
    Words(&'static [&'static str]),
    /// What is known of every call, `caller.FIELD`, `now:FORMAT`, and the pack's figures.
    Call,
    /// The fields of records.
    Record,
}

use Sight::{Call, Record, Words};

const CALL: &[&str] = &[
    "origin",
    "base",
    "suffix",
    "now",
    "unix_now",
    "method",
    "path",
    "action",
    "controller",
    "verb",
    "request_id",
    "runtime",
    "limit",
    "remaining",
    "reset",
];
const PAGE: Sight = Words(&[
    "total",
    "count",
    "page",
    "url",
    "next_url",
    "prev_url",
    "first_url",
    "last_url",
    "next_page",
    "prev_page",
    "has_more",
    "has_previous",
    "pages",
    "start",
    "size",
    "next_cursor",
    "link",
    "after",
    "before",
    "end_of_stream",
    "end_time",
]);
const HEADER: Sight = Words(&["etag"]);
const ANSWER: Sight = Words(&["record", "records", "ids", "assets"]);
const REFUSAL: Sight = Words(&[
    "type",
    "id",
    "field",
    "expected",
    "value",
    "message",
    "retry_after",
    "first_problem",
    "problems_by_field",
    "page",
    "records",
    "parameter",
    "limit",
    "job",
    "job_ids",
]);
const PROBLEM: Sight = Words(&["label", "field", "value", "limit"]);
const IMPORT: Sight = Words(&["created", "updated", "records", "errors", "dry"]);
const LINE: Sight = Words(&["line", "verb", "reason", "field", "type"]);

/// The places where templates stand; `*` is any key, and any item of a list.
const PLACES: &[(&str, &[Sight])] = &[
    ("conventions/headers/*", &[Call, HEADER, PAGE, REFUSAL, Record]),
    ("conventions/warn", &[Call, Words(&["keys"])]),
    ("conventions/quota", &[Call]),
    ("pages/*/adds", &[Call, PAGE]),
    ("errors/*", &[Call, REFUSAL]),
    ("problems/*", &[PROBLEM]),
    ("resources/*/record/computed", &[Call, Record]),
    ("resources/*/forms/*/show", &[Call, Record]),
    ("resources/*/forms/*/adds", &[Call, Record]),
    ("resources/*/forms/*/answer", &[Call, ANSWER, PAGE, Record]),
    ("resources/*/record/lifecycle/stages/*/show", &[Call, Record, Words(&["total", "done"])]),
    ("resources/*/jobs/*/set", &[Call, Words(&["total"])]),
    ("resources/*/jobs/*/done", &[Call, Words(&["index", "id"])]),
    ("resources/*/jobs/*/refused", &[Call, Words(&["index", "id", "reason"])]),
    ("resources/*/operations/*/pages/*/adds", &[Call, PAGE]),
    ("resources/*/operations/*/headers", &[Call, HEADER, PAGE, Record]),
    ("resources/*/operations/*/errors/*", &[Call, REFUSAL]),
    ("resources/*/operations/*/answer", &[Call, ANSWER, PAGE, Record]),
    ("resources/*/operations/*/unseen", &[Call]),
    ("resources/*/operations/*/strangers/answer", &[Call]),
    ("resources/*/operations/*/done", &[Call, IMPORT]),
    ("resources/*/operations/*/failed", &[Call, IMPORT]),
    ("resources/*/operations/*/unread", &[Call, IMPORT]),
    ("resources/*/operations/*/says", &[LINE]),
    ("resources/*/operations/*/refused/text", &[LINE]),
];

/// Minds every name in the templates of a pack that means nothing in its place.
pub(super) fn mind(source: &Source, pack: &Pack, contract: &Contract, findings: &mut Findings) {
    let root = Node::root(source);
    let known = Known { pack, source, contract, fields: OnceCell::new() };
    for (place, sights) in PLACES {
        let steps: Vec<&str> = place.split('/').collect();
        at(&root, &steps, &mut |node| texts(node, &mut |text| known.mind(text, sights, findings)));
    }
}

/// What gives names their values.
struct Known<'a> {
    pack: &'a Pack,
    source: &'a Source,
    contract: &'a Contract,
    /// Gathered when a template first names a field of a record.
    fields: OnceCell<HashSet<&'a str>>,
}

impl<'a> Known<'a> {
    fn mind(&self, node: &Node<'_>, sights: &[Sight], findings: &mut Findings) {
        let Some(text) = node.value().as_str() else { return };
        for name in Template::of(text).names().filter(|name| !self.has(sights, name)) {
            let words: BTreeSet<&str> = sights.iter().flat_map(|sight| self.words(sight)).collect();
            let sees_records = sights.iter().any(|sight| matches!(sight, Record));
            let fields = || self.fields().iter().copied().filter(|_| sees_records);
            // `not.` and a field that refers are well as they are.
            let sound = |before: &&str| *before == "not" || self.fields().contains(before);
            let before =
                name.split_once('.').map(|(before, _)| before).filter(sound).map_or(0, |before| before.len() + 1);
            let (before, word) = name.split_at(before);
            let help = match nearest(word, words.iter().copied().chain(fields())) {
                Some(near) => format!("did you mean `{{{before}{near}}}`?"),
                None if sees_records => {
                    "a field that only fixtures have is made known by the `order` of its record".to_owned()
                }
                None => meant(name, words.iter().copied()),
            };
            findings.push(node.error("unknown-name", format!("`{{{name}}}` has no value here")).help(help));
        }
    }

    fn has(&self, sights: &[Sight], name: &str) -> bool {
        let has = |sight: &Sight| match sight {
            Words(words) => words.contains(&name),
            Call => {
                let opposite = name.strip_prefix("not.").is_some_and(|flag| self.has(sights, flag));
                let open = name.starts_with("caller.") || name.starts_with("now:");
                open || opposite || CALL.contains(&name) || self.pack.conventions.figures.contains_key(name)
            }
            Record => {
                let (field, beyond) =
                    name.split_once('.').map_or((name, None), |(field, beyond)| (field, Some(beyond)));
                self.fields().contains(field)
                    && beyond.is_none_or(|beyond| self.fields().contains(beyond) || self.leads_into_the_open(field))
            }
        };
        sights.iter().any(has)
    }

    /// Whether a field refers to records that only fixtures describe: no operation shows them.
    fn leads_into_the_open(&self, field: &str) -> bool {
        let is_shown = |table| self.pack.bindings.iter().flatten().any(|binding| binding.table == table);
        let refers = self.pack.resources.iter().flat_map(|resource| &resource.rules.refers);
        refers.filter(|refers| refers.field == field).any(|refers| !is_shown(refers.table))
    }

    fn words(&self, sight: &Sight) -> impl Iterator<Item = &str> {
        let (words, figures) = match sight {
            Words(words) => (*words, None),
            Call => (CALL, Some(&self.pack.conventions.figures)),
            Record => ([].as_slice(), None),
        };
        words.iter().copied().chain(figures.into_iter().flat_map(Map::keys).map(String::as_str))
    }

    /// All that a record may have: what any schema of the document describes, and what the pack names where it speaks of records.
    fn fields(&self) -> &HashSet<&'a str> {
        self.fields.get_or_init(|| {
            let mut fields = self.contract.properties();
            self.source.value().get("resources").into_iter().for_each(|resources| plain(resources, &mut fields));
            fields
        })
    }
}

/// The keys of a value, and its texts that are no templates.
fn plain<'a>(value: &'a Value, out: &mut HashSet<&'a str>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            out.insert(key);
            plain(value, out);
        }),
        Value::Array(items) => items.iter().for_each(|item| plain(item, out)),
        Value::String(text) if !text.contains('{') => drop(out.insert(text)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Visits the parts at a place.
pub(super) fn at<'a>(node: &Node<'a>, steps: &[&str], visit: &mut dyn FnMut(&Node<'a>)) {
    match steps.split_first() {
        Some((step, rest)) => {
            let wanted = node.parts().into_iter().filter(|part| *step == "*" || part.key() == *step);
            wanted.for_each(|part| at(&part, rest, visit));
        }
        None => visit(node),
    }
}

/// Visits every text of a part.
fn texts<'a>(node: &Node<'a>, visit: &mut dyn FnMut(&Node<'a>)) {
    match node.value() {
        Value::String(_) => visit(node),
        _ => node.parts().iter().for_each(|part| texts(part, visit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Files;

    struct NoFiles;

    impl Files for NoFiles {
        fn read(&self, path: &str) -> Result<String, String> {
            Err(format!("there is no {path}"))
        }
    }

    const DOCUMENT: &str = "
openapi: 3.1.0
info: { title: Books, version: '1' }
paths:
  /books/{id}:
    get:
      operationId: ShowBook
      parameters: [ { name: id, in: path, required: true, schema: { type: integer } } ]
      responses:
        '200':
          description: One
          content: { application/json: { schema: { properties: { title: { type: string }, author_id: { type: integer } } } } }
";

    fn check(pack: &str, expected: &[String]) {
        let document = Source::parse("openapi.yaml", DOCUMENT).expect("reads");
        let (contract, _) = Contract::load(&document, &NoFiles).expect("loads");
        let source = Source::parse("pack.yaml", format!("name: books\n{pack}")).expect("reads");
        let mut findings = Findings::default();
        Pack::read(&source, &contract, &mut findings);
        let of_names = findings.into_vec().into_iter().filter(|finding| finding.rule == "unknown-name");
        let said: Vec<String> = of_names.map(|finding| finding.to_string()).collect();
        let said: Vec<&str> =
            said.iter().filter_map(|it| it.split("\n    allowed").next()?.strip_prefix("pack.yaml:2: ")).collect();
        assert_eq!(said, expected, "{pack}");
    }

    #[test]
    fn a_name_that_has_no_value_where_it_stands_is_a_finding() {
        let error = |body: &str| format!("errors: {{ not_found: {{ status: 404, body: {{ why: \"{body}\" }} }} }}");
        let meant = |name: &str, near: &str| format!("`{{{name}}}` has no value here\n    did you mean `{{{near}}}`?");
        let unknown = |name: &str| format!("`{{{name}}}` has no value here");
        check(&error("{type} {id} {now:%Y} {caller.role} {not.id} {:x=>1}"), &[]);
        check(&error("{tpye} {not.tpye}"), &[meant("tpye", "type"), meant("not.tpye", "not.type")]);
        check(&error("{remainin} {titel}"), &[meant("remainin", "remaining"), unknown("titel")]);
        check(&format!("{} \nconventions: {{ figures: {{ patience: 3 }} }}", error("{patience} {not.patience}")), &[]);
        check("problems: { taken: { text: \"{label} {now}\" } }", &[unknown("now")]);
        let computed = |text: &str| {
            let refers = "{ author_id: { to: authors, on_remove: keep }, book_id: { to: books, on_remove: keep } }";
            let record = format!("{{ refers: {refers}, computed: {{ shown: \"{text}\" }} }}");
            let operations = "{ ShowBook: { do: show } }";
            format!("resources: {{ authors: {{}}, books: {{ record: {record}, operations: {operations} }} }}")
        };
        check(&computed("{title} by {author_id.anything}, {origin}, {book_id.title}"), &[]);
        check(&computed("{titel}"), &[meant("titel", "title")]);
        check(&computed("{book_id.titel}"), &[meant("book_id.titel", "book_id.title")]);
        let open = "a field that only fixtures have is made known by the `order` of its record";
        let beyond = format!("{}\n    {open}", unknown("book_id.anything"));
        check(&computed("{book_id.anything}"), &[beyond]);
    }
}
