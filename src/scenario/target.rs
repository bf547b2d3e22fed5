//! `on`: the operations a rule is about. Resolved against the contract when the file is loaded, so that a request only looks
//! up an index.

use http::Method;

use super::Known;
use super::glob::Glob;
use super::plan::Exchange;
use crate::contract::Operation;
use crate::source::{Findings, Node, choices};

/// What an `on` names.
#[derive(Debug, Clone, Default)]
pub(super) struct Target {
    /// Indices of operations, ascending.
    operations: Vec<usize>,
    /// What it says about requests that lead to no operation.
    elsewhere: Vec<Pattern>,
}

#[derive(Debug, Clone)]
struct Pattern {
    /// None stands for every method.
    method: Option<Method>,
    path: Glob,
}

impl Target {
    /// Every request.
    pub(super) fn everything(world: &Known<'_>) -> Target {
        let path = Glob::parse("*").expect("this is a glob");
        let operations = (0..world.operations.len()).collect();
        Target { operations, elsewhere: vec![Pattern { method: None, path }] }
    }

    /// Reads one target or a list of them.
    pub(super) fn read(node: &Node<'_>, world: &Known<'_>, findings: &mut Findings) -> Option<Target> {
        let before = findings.len();
        let mut target = Target::default();
        for part in node.one_or_many() {
            if let Some(text) = part.text(findings) {
                target.add(&part, text.trim(), world, findings);
            }
        }
        if findings.len() == before && target.operations.is_empty() && target.elsewhere.is_empty() {
            findings.push(node.error("no-target", "this list names nothing"));
        }
        target.operations.sort_unstable();
        target.operations.dedup();
        (findings.len() == before).then_some(target)
    }

    pub(super) fn covers_operation(&self, index: usize) -> bool {
        self.operations.binary_search(&index).is_ok()
    }

    pub(super) fn leaves_the_document(&self) -> bool {
        !self.elsewhere.is_empty()
    }

    /// Whether it covers a request that leads to no operation.
    pub(super) fn covers_elsewhere(&self, method: &Method, path: &str) -> bool {
        let method_fits = |pattern: &Pattern| pattern.method.as_ref().is_none_or(|wanted| wanted == method);
        self.elsewhere.iter().any(|pattern| method_fits(pattern) && pattern.path.matches(path))
    }

    /// Whether it covers a request.
    pub(super) fn covers(&self, exchange: &Exchange<'_>) -> bool {
        match exchange.operation {
            Some(operation) => self.covers_operation(operation.index),
            None => self.covers_elsewhere(&exchange.request.method, exchange.request.path()),
        }
    }

    /// The operations it covers.
    pub(super) fn operations<'w>(&self, world: &Known<'w>) -> impl Iterator<Item = &'w Operation> {
        self.operations.iter().filter_map(|index| world.operations.get(*index))
    }

    fn add(&mut self, node: &Node<'_>, text: &str, world: &Known<'_>, findings: &mut Findings) {
        if text == "*" {
            *self = Target::everything(world);
        } else if let Some(tag) = text.strip_prefix("tag:") {
            self.add_tag(node, tag.trim(), world, findings);
        } else if let Some((method, path)) = text.split_once(char::is_whitespace) {
            let Some(method) = read_method(node, method, world, findings) else { return };
            match Glob::parse(path.trim()) {
                Some(glob) => self.add_glob(node, text, Pattern { method, path: glob }, world, findings),
                None => self.add_path(node, method.as_ref(), path.trim(), world, findings),
            }
        } else {
            self.add_id(node, text, world, findings);
        }
    }

    fn add_where(&mut self, world: &Known<'_>, wanted: impl Fn(&Operation) -> bool) -> bool {
        let before = self.operations.len();
        let found = world.operations.iter().enumerate().filter(|(_, operation)| wanted(operation));
        self.operations.extend(found.map(|(index, _)| index));
        self.operations.len() > before
    }

    fn add_tag(&mut self, node: &Node<'_>, tag: &str, world: &Known<'_>, findings: &mut Findings) {
        if !self.add_where(world, |operation| operation.tags.iter().any(|other| other == tag)) {
            let mut tags: Vec<&str> =
                world.operations.iter().flat_map(|operation| &operation.tags).map(String::as_str).collect();
            tags.sort_unstable();
            tags.dedup();
            let finding = node.error("unknown-tag", format!("the document has no tag `{tag}`"));
            findings.push(finding.help(choices(tag, tags, "its tags")));
        }
    }

    fn add_glob(&mut self, node: &Node<'_>, text: &str, pattern: Pattern, world: &Known<'_>, findings: &mut Findings) {
        let found = self.add_where(world, |operation| {
            pattern.method.as_ref().is_none_or(|method| *method == operation.method)
                && operation.paths().iter().any(|path| pattern.path.matches(path))
        });
        // `DELETE *` is sound for a document without any DELETE: bundled scenarios are written for every document.
        if !found && !pattern.path.matches("") {
            let finding = node.error("unknown-path", format!("no operation of the document matches `{text}`"));
            findings.push(finding.help(choices(text, described(world).iter().map(String::as_str), "its operations")));
        }
        self.elsewhere.push(pattern);
    }

    fn add_path(
        &mut self,
        node: &Node<'_>,
        method: Option<&Method>,
        path: &str,
        world: &Known<'_>,
        findings: &mut Findings,
    ) {
        let found = self.add_where(world, |operation| {
            method.is_none_or(|method| *method == operation.method)
                && operation.paths().iter().any(|known| same_shape(path, known))
        });
        if !found {
            let text = format!("{} {path}", method.map_or("*", Method::as_str));
            let finding = node.error("unknown-path", format!("the document has no operation `{text}`"));
            findings.push(finding.help(choices(&text, described(world).iter().map(String::as_str), "its operations")));
        }
    }

    fn add_id(&mut self, node: &Node<'_>, id: &str, world: &Known<'_>, findings: &mut Findings) {
        if !self.add_where(world, |operation| operation.id == id) {
            let finding = node.error("unknown-operation", format!("the document has no operation `{id}`"));
            let help = match id.starts_with('/') {
                true => format!("write a method before a path, as in `* {id}`"),
                false => choices(id, world.operations.iter().map(|operation| operation.id.as_str()), "its operations"),
            };
            findings.push(finding.help(help));
        }
    }
}

/// A method, or `*` for every one (the inner none).
fn read_method(node: &Node<'_>, word: &str, world: &Known<'_>, findings: &mut Findings) -> Option<Option<Method>> {
    if word == "*" {
        return Some(None);
    }
    let upper = word.to_ascii_uppercase();
    let standard =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    let mut known = standard.iter().chain(world.operations.iter().map(|operation| &operation.method));
    match known.find(|method| method.as_str() == upper) {
        Some(method) => Some(Some(method.clone())),
        None => {
            let finding = node.error("unknown-method", format!("`{word}` is no method"));
            let words = standard.iter().map(Method::as_str).chain(["*"]);
            findings.push(finding.help(choices(word, words, "allowed")));
            None
        }
    }
}

/// Whether two templates are the same but for the names of their variables.
fn same_shape(one: &str, other: &str) -> bool {
    let variable = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
    let same = |(a, b): (&str, &str)| a == b || (variable(a) && variable(b));
    one.split('/').count() == other.split('/').count() && one.split('/').zip(other.split('/')).all(same)
}

fn described(world: &Known<'_>) -> Vec<String> {
    world.operations.iter().map(|operation| format!("{} {}", operation.method, operation.path)).collect()
}
