//! A provider as data: what its operations do, what its records keep to, and how it words its answers. Nothing here is carried
//! out; `exchange` does that.

mod auth;
mod binding;
mod conventions;
pub mod draft;
mod each;
mod fields;
mod form;
mod import;
mod input;
mod names;
mod options;
mod pages;
mod phrases;
mod relation;
mod resource;
mod search;
mod template;

use serde_json::{Map, Value};

use crate::contract::Contract;
use crate::refusal::Kind;
use crate::source::{Finding, Findings, Node, SCHEMA, Source, nearest};
use crate::store::{Rules, TableIndex};

pub use auth::{Allow, Auth, Behalf, Roles, Scheme, Secret, User};
pub use binding::{Absorb, Act, Binding, Combine, Comparison, Filter, Match, Missing, Then, Within};
pub use conventions::{Coerce, Conventions, HeaderSet, Moments, Refuse, Warn};
pub use each::{Each, EachAnswer, Over, Run};
pub use form::{Asset, Form, Sees};
pub use import::Import;
pub use input::Input;
pub use options::{Choice, Options, merge_patch};
pub use pages::{Cursor, Depth, Offset, Pages, Start, Stream, Tokens, UnknownSort, Way, WayIndex};
pub use phrases::{ErrorBody, ErrorTemplate, Phrase, Phrases};
pub use resource::{Advance, Job, Lifecycle, Lookup, Resource, Stage};
pub use search::{Finds, Search};
pub use template::{Facts, Shape, Template};

/// One provider, read and checked against its document.
#[derive(Debug)]
pub struct Pack {
    /// Its name, as `serve` takes it.
    pub name: String,
    /// What holds for all its replies.
    pub conventions: Conventions,
    /// Who is let in.
    pub auth: Auth,
    /// The roles that callers can have; empty where nobody is told apart.
    pub roles: Vec<String>,
    /// How lists are cut into pages.
    pub pages: Pages,
    /// How refusals and problems are worded.
    pub phrases: Phrases,
    /// Its collections, each a table of the store.
    pub resources: Vec<Resource>,
    /// What each operation of the document does, by its index; none where the document's example answers.
    pub bindings: Vec<Option<Binding>>,
    /// The table of bulk jobs, where the provider has any.
    pub jobs: Option<TableIndex>,
    /// How many of them may be on their way at once.
    pub jobs_in_flight: Option<usize>,
    /// Where the records of its start come from, beside fixtures.
    pub seed: Seed,
}

/// Where records to start with come from, beside fixtures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Seed {
    /// From nowhere else.
    #[default]
    Fixtures,
    /// From the document's examples.
    Examples,
}

/// What a part of a pack is read against.
pub(crate) struct Known<'a> {
    pub(crate) contract: &'a Contract,
    /// The names of the resources, in the order of their tables.
    pub(crate) tables: &'a [String],
    /// The roles that callers can have; empty where nobody is told apart.
    pub(crate) roles: &'a [String],
}

impl Known<'_> {
    /// The table of a resource that a part of the pack names.
    pub(crate) fn table(&self, node: &Node<'_>, findings: &mut Findings) -> Option<TableIndex> {
        let name = node.text(findings)?;
        self.table_named(name, node, findings)
    }

    pub(crate) fn table_named(&self, name: &str, node: &Node<'_>, findings: &mut Findings) -> Option<TableIndex> {
        let found = self.tables.iter().position(|table| table == name);
        if found.is_none() {
            let finding = node.error("unknown-resource", format!("there is no resource `{name}` in this pack"));
            findings.push(finding.help(meant(name, self.tables.iter().map(String::as_str))));
        }
        found
    }

    /// The operation that a part of the pack names.
    pub(crate) fn operation(&self, node: &Node<'_>, findings: &mut Findings) -> Option<usize> {
        let id = node.text(findings)?;
        let found = self.contract.operation(id);
        if found.is_none() {
            findings.push(self.no_operation(id, node));
        }
        found.map(|operation| operation.index)
    }

    fn no_operation(&self, id: &str, node: &Node<'_>) -> Finding {
        let finding = node.error("unknown-operation", format!("the document has no operation `{id}`"));
        let ids = self.contract.operations().iter().map(|operation| operation.id.as_str());
        finding.help(match nearest(id, ids) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "name it by its operationId or as `METHOD /path`".to_owned(),
        })
    }

    /// The roles in a list.
    pub(crate) fn roles(&self, node: &Node<'_>, findings: &mut Findings) -> Option<Vec<String>> {
        let mut roles = Vec::new();
        for item in node.one_or_many() {
            let role = item.string(findings)?;
            self.role(&role, &item, findings);
            roles.push(role);
        }
        Some(roles)
    }

    /// Minds a role that the pack does not have.
    pub(crate) fn role(&self, role: &str, node: &Node<'_>, findings: &mut Findings) {
        if !self.roles.iter().any(|known| known == role) {
            let finding = node.error("unknown-role", format!("there is no role `{role}` in this pack"));
            findings.push(finding.help(meant(role, self.roles.iter().map(String::as_str))));
        }
    }
}

/// The words that are allowed, and the one that was probably meant.
pub(crate) fn meant<'a>(word: &str, words: impl Iterator<Item = &'a str> + Clone) -> String {
    let all: Vec<String> = words.clone().map(|word| format!("`{word}`")).collect();
    match nearest(word, words) {
        Some(nearest) => format!("did you mean `{nearest}`? allowed: {}", all.join(", ")),
        None => format!("allowed: {}", all.join(", ")),
    }
}

impl Pack {
    /// Reads a pack against the document it belongs to.
    ///
    /// All that is wrong with it goes into the findings; a pack that comes with errors is not to be served.
    pub fn read(source: &Source, contract: &Contract, findings: &mut Findings) -> Option<Pack> {
        let pack = Pack::read_bundled(source, contract, findings)?;
        names::mind(source, &pack, contract, findings);
        fields::mind(source, &pack, contract, findings);
        Some(pack)
    }

    /// The same for one inside the binary: nobody misspells a name there after its tests, and minding all of them is half of the time
    /// that a start takes.
    pub fn read_bundled(source: &Source, contract: &Contract, findings: &mut Findings) -> Option<Pack> {
        let mut file = Node::root(source).fields(findings)?;
        let name = file.required("name", findings, Node::string).unwrap_or_default();
        file.optional("about", findings, Node::text);
        file.optional("document", findings, Node::text);
        // The loader has applied these already.
        file.take("options");
        let tables = tables(&mut file, findings);
        let roles = file.optional("roles", findings, strings).unwrap_or_default();
        let known = Known { contract, tables: &tables, roles: &roles };
        let conventions = file.optional("conventions", findings, Conventions::read).unwrap_or_default();
        let auth = file.take("auth").and_then(|node| Auth::read(&node, &known, findings)).unwrap_or_default();
        let pages = file.optional("pages", findings, Pages::read).unwrap_or_default();
        let phrases = Phrases::read(&mut file, findings);
        let jobs = file.take("jobs").and_then(|node| known.table(&node, findings));
        let jobs_in_flight = file.optional("jobs_in_flight", findings, Node::unsigned).map(|most| most as usize);
        let words = [("fixtures", Seed::Fixtures), ("examples", Seed::Examples)];
        let seed = file.optional("seed", findings, |node, findings| node.word(&words, findings)).unwrap_or_default();
        // Rate limits are read by whoever knows scenarios.
        file.take("limits");
        let mut pack = Pack {
            name,
            conventions,
            auth,
            roles: Vec::new(),
            pages,
            phrases,
            resources: Vec::new(),
            bindings: Vec::new(),
            jobs,
            jobs_in_flight,
            seed,
        };
        pack.bindings.resize_with(contract.operations().len(), || None);
        pack.read_resources(&mut file, &known, findings);
        pack.roles = roles;
        file.optional(SCHEMA, findings, Node::string);
        file.finish(findings);
        Some(pack)
    }

    /// A pack that says nothing: every operation answers with the document's example.
    pub fn bare(name: String, contract: &Contract) -> Pack {
        let bindings = contract.operations().iter().map(|_| None).collect();
        let (conventions, auth, pages) = (Conventions::default(), Auth::default(), Pages::default());
        Pack {
            name,
            conventions,
            auth,
            roles: Vec::new(),
            pages,
            phrases: Phrases::default(),
            resources: Vec::new(),
            bindings,
            jobs: None,
            jobs_in_flight: None,
            seed: Seed::Fixtures,
        }
    }

    /// Whether the document decides where it says nothing itself.
    pub fn follows_document(&self) -> bool {
        self.conventions.follows || (self.resources.is_empty() && self.auth.accept.is_empty())
    }

    fn read_resources(&mut self, file: &mut crate::source::Fields<'_>, known: &Known<'_>, findings: &mut Findings) {
        let entries = file.take("resources").and_then(|node| node.entries(findings)).unwrap_or_default();
        let mut operations = Vec::new();
        // Each has its place among the tables, so that one that cannot be read does not stand in the way of the others.
        for (name, node) in entries {
            let fields = node.fields(findings);
            let (operation, resource) = match fields {
                Some(mut fields) => (fields.take("operations"), Resource::read(name, fields, known, findings)),
                None => (None, Resource::named(name)),
            };
            operations.push(operation);
            self.resources.push(resource);
        }
        for (table, node) in operations.into_iter().enumerate() {
            for (id, node) in node.and_then(|node| node.entries(findings)).unwrap_or_default() {
                self.read_binding(id, &node, table, known, findings);
            }
        }
    }

    fn read_binding(&mut self, id: &str, node: &Node<'_>, table: usize, known: &Known<'_>, findings: &mut Findings) {
        let Some(operation) = known.contract.operation(id) else {
            return findings.push(known.no_operation(id, node));
        };
        let index = operation.index;
        if let Some(other) = &self.bindings[index] {
            let other = &self.resources[other.table].rules.table;
            let what = format!("`{id}` is bound already, under `{other}`");
            return findings.push(
                node.error("duplicate-binding", what).help("an operation does one thing; leave one of them out"),
            );
        }
        if let Some(binding) = Binding::read(node, table, operation, self, known, findings) {
            self.bindings[index] = Some(binding);
        }
    }

    /// The rules of all tables, in order.
    pub fn rules(&self) -> Vec<Rules> {
        self.resources.iter().map(|resource| resource.rules.clone()).collect()
    }

    /// The table of a resource.
    pub fn table(&self, name: &str) -> Option<TableIndex> {
        self.resources.iter().position(|resource| resource.rules.table == name)
    }

    /// How an operation words a refusal: its own template, else the pack's.
    pub fn wording<'a>(&'a self, binding: Option<&'a Binding>, kind: Kind) -> Option<&'a ErrorTemplate> {
        binding.and_then(|binding| binding.errors.get(&kind)).or_else(|| self.phrases.errors.get(&kind))
    }
}

fn tables(file: &mut crate::source::Fields<'_>, findings: &mut Findings) -> Vec<String> {
    let entries = file.take("resources").and_then(|node| node.entries(findings)).unwrap_or_default();
    entries.into_iter().map(|(name, _)| name.to_owned()).collect()
}

/// A list of texts, or one text.
pub(crate) fn strings(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<String>> {
    node.one_or_many().iter().map(|item| item.string(findings)).collect()
}

/// A mapping, as it is.
pub(crate) fn object(node: &Node<'_>, findings: &mut Findings) -> Option<Map<String, Value>> {
    node.value().as_object().cloned().or_else(|| node.mismatch("a mapping", findings))
}
