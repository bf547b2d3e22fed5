//! A schema's outline: types, properties and items, seen through `$ref` and compositions.
//!
//! Validation says whether a value fits; the outline says what a place is for, which typing, forms and permitted keys need.
//! It is a graph, built once: schemas that go round in circles have finitely many nodes.

mod gather;

use std::collections::HashMap;

use serde_json::Value;

use super::dialect::Direction;
use super::document::{Document, Site};

use gather::Gathered;

/// An outline larger than this is cut off; what lies behind the cut is unknown.
const MAX_NODES: usize = 4_096;

/// The outline of one schema.
#[derive(Debug, Default)]
pub(super) struct Outline {
    nodes: Vec<Node>,
}

/// One place of an outline.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The types a value may have here; none where nothing is said.
    pub(super) types: Option<Types>,
    /// The properties in the order of the document.
    pub(super) properties: Vec<Property>,
    by_name: HashMap<String, usize>,
    /// Whether properties beyond these are allowed in so many words.
    pub(super) open: bool,
    rest: Option<usize>,
    items: Option<usize>,
    /// Whether something read-only is below here.
    leads: bool,
    /// The properties that are read-only or have read-only ones below them.
    watched: Vec<usize>,
}

/// A property of a node.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) read_only: bool,
    /// Where it is described first.
    pub(super) site: Site,
    node: Option<usize>,
}

/// A set of JSON types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NULL: Types = Types(1);
    pub(super) const BOOLEAN: Types = Types(2);
    pub(super) const INTEGER: Types = Types(4);
    /// Every integer is a number.
    pub(super) const NUMBER: Types = Types(8 | 4);
    pub(super) const STRING: Types = Types(16);
    pub(super) const ARRAY: Types = Types(32);
    pub(super) const OBJECT: Types = Types(64);

    const NAMES: [(Types, &'static str); 7] = [
        (Types::NULL, "null"),
        (Types::BOOLEAN, "boolean"),
        (Types::NUMBER, "number"),
        (Types::INTEGER, "integer"),
        (Types::STRING, "string"),
        (Types::ARRAY, "array"),
        (Types::OBJECT, "object"),
    ];

    pub(super) fn has(self, other: Types) -> bool {
        self.0 & other.0 == other.0
    }

    pub(super) fn or(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    pub(super) fn and(self, other: Types) -> Types {
        Types(self.0 & other.0)
    }

    /// Whether a single word can be such a value; null does not count, since it is rarely written.
    pub(super) fn has_word(self) -> bool {
        self.0 & 30 != 0
    }

    /// The names, where `number` stands for `integer` as well.
    pub(super) fn names(self) -> Vec<&'static str> {
        let hidden = |name: &str| name == "integer" && self.has(Types::NUMBER);
        Types::NAMES.iter().filter(|(types, name)| self.has(*types) && !hidden(name)).map(|(_, name)| *name).collect()
    }

    pub(super) fn named(name: &str) -> Option<Types> {
        Types::NAMES.iter().find(|(_, known)| *known == name).map(|(types, _)| *types)
    }

    pub(super) fn of(value: &Value) -> Types {
        match value {
            Value::Null => Types::NULL,
            Value::Bool(_) => Types::BOOLEAN,
            Value::Number(number) if number.is_f64() => Types::NUMBER,
            Value::Number(_) => Types::INTEGER,
            Value::String(_) => Types::STRING,
            Value::Array(_) => Types::ARRAY,
            Value::Object(_) => Types::OBJECT,
        }
    }
}

impl Outline {
    /// The outline of the schema at a site.
    pub(super) fn of(document: &Document, site: &Site) -> Outline {
        let mut builder = Builder { document, known: HashMap::new(), waiting: Vec::new(), nodes: Vec::new() };
        builder.node(vec![site.clone()]);
        while let Some((index, sites)) = builder.waiting.pop() {
            builder.fill(index, &sites);
        }
        let mut nodes = builder.nodes;
        watch(&mut nodes);
        Outline { nodes }
    }

    /// The node for the whole value.
    pub(super) fn root(&self) -> Option<&Node> {
        self.nodes.first()
    }

    /// The node of a property, declared or not.
    pub(super) fn property(&self, node: &Node, name: &str) -> Option<&Node> {
        match node.by_name.get(name) {
            Some(index) => self.nodes.get(node.properties[*index].node?),
            None => self.nodes.get(node.rest?),
        }
    }

    /// The node of an array's items.
    pub(super) fn items(&self, node: &Node) -> Option<&Node> {
        self.nodes.get(node.items?)
    }

    /// The node at a JSON pointer into a value.
    pub(super) fn at(&self, pointer: &str) -> Option<&Node> {
        let mut node = self.root()?;
        for segment in pointer.split('/').skip(1) {
            let name = super::document::unescape(segment);
            let is_index = name == "-" || (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()));
            node = match node.items.filter(|_| is_index && !node.by_name.contains_key(&name)) {
                Some(items) => self.nodes.get(items)?,
                None => self.property(node, &name)?,
            };
        }
        Some(node)
    }

    /// Calls back for each read-only property that a value carries, with its pointer and where the document says so.
    pub(super) fn read_only(&self, value: &Value, found: &mut dyn FnMut(String, &Site)) {
        if self.nodes.first().is_some_and(|root| root.leads) {
            self.walk(0, value, &mut Vec::new(), found);
        }
    }

    fn walk<'v>(&self, index: usize, value: &'v Value, path: &mut Vec<Step<'v>>, found: &mut dyn FnMut(String, &Site)) {
        let Some(node) = self.nodes.get(index) else { return };
        match value {
            Value::Object(entries) => {
                for property in node.watched.iter().filter_map(|index| node.properties.get(*index)) {
                    let Some((name, child)) = entries.get_key_value(&property.name) else { continue };
                    path.push(Step::Name(name));
                    match (property.read_only, property.node) {
                        (true, _) => found(pointer(path), &property.site),
                        (false, Some(below)) => self.walk(below, child, path, found),
                        (false, None) => {}
                    }
                    path.pop();
                }
            }
            Value::Array(items) => {
                let Some(below) = node.items.filter(|below| self.nodes[*below].leads) else { return };
                for (index, item) in items.iter().enumerate() {
                    path.push(Step::Index(index));
                    self.walk(below, item, path, found);
                    path.pop();
                }
            }
            _ => {}
        }
    }
}

enum Step<'v> {
    Name(&'v str),
    Index(usize),
}

fn pointer(path: &[Step<'_>]) -> String {
    let mut pointer = String::new();
    for step in path {
        match step {
            Step::Name(name) => super::document::push_segment(&mut pointer, name),
            Step::Index(index) => super::document::push_segment(&mut pointer, &index.to_string()),
        }
    }
    pointer
}

struct Builder<'a> {
    document: &'a Document,
    known: HashMap<Vec<Site>, usize>,
    waiting: Vec<(usize, Vec<Site>)>,
    nodes: Vec<Node>,
}

impl Builder<'_> {
    /// The node for a value that any of these schemas describes; filled later.
    fn node(&mut self, mut sites: Vec<Site>) -> Option<usize> {
        sites.sort();
        sites.dedup();
        if let Some(index) = self.known.get(&sites) {
            return Some(*index);
        }
        if sites.is_empty() || self.nodes.len() >= MAX_NODES {
            return None;
        }
        let index = self.nodes.len();
        self.nodes.push(Node::default());
        self.known.insert(sites.clone(), index);
        self.waiting.push((index, sites));
        Some(index)
    }

    fn fill(&mut self, index: usize, sites: &[Site]) {
        let gathered = Gathered::from(self.document, sites);
        let mut properties = Vec::new();
        let mut by_name = HashMap::new();
        for (name, sites) in gathered.properties {
            // What one of the alternatives lets a client write, it may write.
            let mark = Direction::Request.foreign();
            let read_only = sites.iter().all(|site| super::dialect::marked(self.document, site, mark));
            by_name.insert(name.clone(), properties.len());
            let site = sites[0].clone();
            properties.push(Property { name, read_only, site, node: self.node(sites) });
        }
        let (rest, items) = (self.node(gathered.rest), self.node(gathered.items));
        let (types, open) = (gathered.types, gathered.open);
        self.nodes[index] = Node { types, properties, by_name, open, rest, items, leads: false, watched: Vec::new() };
    }
}

/// Marks the ways that lead to a read-only property, until nothing changes.
fn watch(nodes: &mut [Node]) {
    let mut leads: Vec<bool> = nodes.iter().map(|node| node.properties.iter().any(|it| it.read_only)).collect();
    loop {
        let mut changed = false;
        for (index, node) in nodes.iter().enumerate() {
            let below = node.properties.iter().filter_map(|it| it.node).chain(node.items);
            if !leads[index] && below.into_iter().any(|below| leads[below]) {
                leads[index] = true;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    for (index, node) in nodes.iter_mut().enumerate() {
        node.leads = leads[index];
        let watched = |it: &Property| it.read_only || it.node.is_some_and(|below| leads[below]);
        node.watched = (0..node.properties.len()).filter(|index| watched(&node.properties[*index])).collect();
    }
}
