//! From a method and a raw path to an operation: a tree over the segments of the templates.
//!
//! Fixed segments are tried before those with variables, and a branch that fails deeper down is left again, unless the rest of the
//! path is fixed there: then that path is meant (OpenAPI 3.1 section 4.8.8.2), whatever methods it has. Each node of the tree is
//! visited at most once, so no path costs more than the tree is large. A segment is never decoded before it is matched:
//! `%2F` does not split one. Documents write queries and fragments behind paths to tell operations apart that share one
//! (`/?Action=List`, `/#Action=List`): what has a value there is looked for in the query. Of templates with the same shape (`/{id}`,
//! `/{name}`) all are found; which one is meant, the values say.

mod pattern;

use http::Method;

use crate::message::{Query, decode};
use crate::source::nearest;

use pattern::Pattern;

/// Longer paths get no suggestion: comparing them is slow, and nobody misspelt them.
const MAX_SUGGESTED: usize = 256;

/// The table of routes.
#[derive(Debug, Default)]
pub(super) struct Routes {
    root: Node,
    /// All templates, for suggestions.
    templates: Vec<String>,
}

/// What a path leads to, before it is said in terms of operations.
#[derive(Debug)]
pub(super) enum Match<'p> {
    /// An operation's index, those of others whose templates have the same shape, and the raw values of the variables.
    Found(usize, &'p [usize], Vec<&'p str>),
    WrongMethod(Vec<Method>),
    Unknown,
}

#[derive(Debug, Default)]
struct Node {
    /// Sorted by their segments.
    fixed: Vec<(Box<str>, Node)>,
    /// The most specific first.
    templated: Vec<(Pattern, Node)>,
    /// The operations that end here.
    ends: Vec<End>,
}

#[derive(Debug)]
struct End {
    method: Method,
    /// What the query must hold.
    asks: Vec<(String, String)>,
    operation: usize,
    /// Those that came later and differ in the names of their variables at most.
    others: Vec<usize>,
}

/// The names of a template's variables, in order.
pub(super) fn variables(template: &str) -> Vec<String> {
    let (path, _) = split(template);
    path.split('/').flat_map(|segment| Pattern::parse(segment).names).collect()
}

/// The path of a template or target, and what stands behind it.
fn split(template: &str) -> (&str, &str) {
    let end = template.bytes().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(template.len());
    (&template[..end], template[end..].trim_start_matches(['?', '#']))
}

/// The pairs behind a path whose values are fixed.
fn asks(query: &str) -> Vec<(String, String)> {
    let mut pairs = Query::parse(query).pairs().to_vec();
    pairs.retain(|(name, value)| !value.is_empty() && !name.contains('{') && !value.contains('{'));
    pairs
}

impl Routes {
    /// Adds a template. The operations that have the same method and shape of path already are given back.
    pub(super) fn add(&mut self, template: &str, method: &Method, operation: usize) -> Vec<usize> {
        let (path, query) = split(template);
        let mut node = &mut self.root;
        for segment in segments(path) {
            node = node.child(segment);
        }
        let end = End { method: method.clone(), asks: asks(query), operation, others: Vec::new() };
        let same = |known: &&mut End| (&known.method, &known.asks) == (&end.method, &end.asks);
        if let Some(known) = node.ends.iter_mut().find(same) {
            let mut before = vec![known.operation];
            before.extend_from_slice(&known.others);
            if !before.contains(&operation) {
                known.others.push(operation);
            }
            return before;
        }
        // Who asks for more is asked first.
        let at = node.ends.partition_point(|known| known.asks.len() >= end.asks.len());
        node.ends.insert(at, end);
        if self.templates.last().is_none_or(|last| last != template) {
            self.templates.push(template.to_owned());
        }
        Vec::new()
    }

    /// Where a method and a raw target lead.
    pub(super) fn find<'p>(&'p self, method: &Method, target: &'p str) -> Match<'p> {
        let (path, query) = split(target);
        let Some(rest) = path.strip_prefix('/') else { return Match::Unknown };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let mut search = Search { method, query, values: Vec::new(), allowed: Vec::new(), nearest: None };
        match search.descend(&self.root, (path.len() > 1).then_some(rest)) {
            Some(end) => Match::Found(end.operation, &end.others, search.values),
            None if search.allowed.is_empty() => Match::Unknown,
            None => Match::WrongMethod(search.allowed),
        }
    }

    /// The template that was probably meant: its variables stand for anything, its fixed segments may be misspelt.
    pub(super) fn nearest(&self, target: &str) -> Option<&str> {
        let (path, _) = split(target);
        if path.len() > MAX_SUGGESTED {
            return None;
        }
        let given: Vec<&str> = segments(path).collect();
        let filled = self.templates.iter().map(|template| {
            let filled = segments(split(template).0).enumerate().map(|(index, segment)| match segment.contains('{') {
                true => given.get(index).copied().unwrap_or(segment),
                false => segment,
            });
            filled.collect::<Vec<_>>().join("/")
        });
        let filled: Vec<String> = filled.collect();
        let same_length = filled.iter().filter(|filled| filled.split('/').count() == given.len());
        let joined = given.join("/");
        let meant = nearest(&joined, same_length.map(String::as_str))
            .or_else(|| nearest(&joined, filled.iter().map(String::as_str)))?;
        let index = filled.iter().position(|filled| filled == meant)?;
        self.templates.get(index).map(String::as_str)
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    path.split('/').filter(move |_| !path.is_empty())
}

impl Node {
    fn child(&mut self, segment: &str) -> &mut Node {
        let pattern = Pattern::parse(segment);
        if pattern.names.is_empty() {
            let text = decode(segment).into_boxed_str();
            let index = match self.fixed.binary_search_by(|(known, _)| known.cmp(&text)) {
                Ok(index) => index,
                Err(index) => {
                    self.fixed.insert(index, (text, Node::default()));
                    index
                }
            };
            return &mut self.fixed[index].1;
        }
        // Names do not tell two patterns apart: `/{id}` and `/{user_id}` are one branch.
        let index = match self.templated.iter().position(|(known, _)| known.same_shape(&pattern)) {
            Some(index) => index,
            None => {
                let index = self.templated.partition_point(|(known, _)| known.letters() >= pattern.letters());
                self.templated.insert(index, (pattern, Node::default()));
                index
            }
        };
        &mut self.templated[index].1
    }

    fn fixed(&self, segment: &str) -> Option<&Node> {
        let find = |text: &str| self.fixed.binary_search_by(|(known, _)| (**known).cmp(text)).ok();
        let index = match segment.contains('%') {
            true => find(&decode(segment)),
            false => find(segment),
        };
        index.map(|index| &self.fixed[index].1)
    }
}

struct Search<'p, 'm> {
    method: &'m Method,
    query: &'p str,
    values: Vec<&'p str>,
    /// The methods of templates that match the path.
    allowed: Vec<Method>,
    /// The fewest variables that such a template has.
    nearest: Option<usize>,
}

impl<'p> Search<'p, '_> {
    /// Looks for the rest of a path below a node; none is the end of the path.
    fn descend<'n>(&mut self, node: &'n Node, rest: Option<&'p str>) -> Option<&'n End> {
        let Some(rest) = rest else { return self.end(node) };
        // Segments are short: a plain loop finds their end sooner than a search that is made for long texts.
        let (segment, rest) = match rest.bytes().position(|byte| byte == b'/') {
            Some(end) => (&rest[..end], Some(&rest[end + 1..])),
            None => (rest, None),
        };
        let before = self.values.len();
        if let Some(child) = node.fixed(segment) {
            let elsewhere = self.nearest.take();
            let found = self.descend(child, rest);
            let is_known = self.nearest == Some(before);
            self.nearest = self.nearest.into_iter().chain(elsewhere).min();
            if found.is_some() || is_known {
                return found;
            }
        }
        for (pattern, child) in &node.templated {
            if pattern.read(segment, &mut self.values)
                && let Some(found) = self.descend(child, rest)
            {
                return Some(found);
            }
            self.values.truncate(before);
        }
        None
    }

    fn end<'n>(&mut self, node: &'n Node) -> Option<&'n End> {
        let query = self.query;
        let of = |wanted: &Method| node.ends.iter().find(|end| end.method == *wanted && has(query, &end.asks));
        // Where a document says nothing of HEAD, it is GET without the body (RFC 9110 section 9.3.2).
        let implied = || of(&Method::GET).filter(|_| *self.method == Method::HEAD);
        let found = of(self.method).or_else(implied);
        if found.is_none() {
            let known = node.ends.iter().any(|end| has(query, &end.asks));
            self.nearest = self.nearest.into_iter().chain(known.then_some(self.values.len())).min();
            for end in node.ends.iter().filter(|end| end.method != *self.method && has(query, &end.asks)) {
                if !self.allowed.contains(&end.method) {
                    self.allowed.push(end.method.clone());
                }
            }
        }
        found
    }
}

/// Whether the query holds all that is asked for.
fn has(query: &str, asks: &[(String, String)]) -> bool {
    asks.is_empty() || {
        let query = Query::parse(query);
        asks.iter().all(|ask| query.pairs().contains(ask))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn routes(templates: &[&str]) -> Routes {
        let mut routes = Routes::default();
        for (index, template) in templates.iter().enumerate() {
            routes.add(template, &Method::GET, index);
        }
        routes
    }

    fn check(templates: &[&str], path: &str, expected: Option<(usize, &[&str])>) {
        let routes = routes(templates);
        let found = match routes.find(&Method::GET, path) {
            Match::Found(operation, _, values) => Some((operation, values)),
            _ => None,
        };
        let found = found.as_ref().map(|(operation, values)| (*operation, values.as_slice()));
        assert_eq!(found, expected, "{path} among {templates:?}");
    }

    #[test]
    fn a_fixed_segment_wins_over_a_variable() {
        let templates = &["/orgs/{id}", "/orgs/search", "/{any}/search", "/"];
        check(templates, "/orgs/search", Some((1, &[])));
        check(templates, "/orgs/5", Some((0, &["5"])));
        check(templates, "/users/search", Some((2, &["users"])));
        check(templates, "/", Some((3, &[])));
        check(templates, "/users/5", None);
        check(templates, "orgs/5", None);
        check(templates, "", None);
    }

    #[test]
    fn a_branch_that_fails_deeper_down_is_left_again() {
        let templates = &["/a/b/c", "/a/{x}/d", "/{y}/b/{z}/e"];
        check(templates, "/a/b/d", Some((1, &["b"])));
        check(templates, "/a/b/c/e", Some((2, &["a", "c"])));
        check(templates, "/a/b/e", None);
    }

    #[test]
    fn a_segment_may_mix_text_and_variables() {
        let templates = &["/f/{name}.{ext}", "/f/{id}:archive", "/f/{file}.json", "/f/{id}", "/v{n}/x"];
        check(templates, "/f/a.b.txt", Some((0, &["a.b", "txt"])));
        check(templates, "/f/5:archive", Some((1, &["5"])));
        check(templates, "/f/5%3Aarchive", Some((1, &["5"])));
        check(templates, "/f/a.json", Some((2, &["a"])));
        check(templates, "/f/plain", Some((3, &["plain"])));
        check(templates, "/f/.json", Some((3, &[".json"])));
        check(templates, "/f/:archive", Some((3, &[":archive"])));
        check(templates, "/v2/x", Some((4, &["2"])));
        check(templates, "/v/x", None);
        check(&["/{a}{b}"], "/xy", Some((0, &["x", "y"])));
        check(&["/{a}-{b}-{c}"], "/1-2-3-4", Some((0, &["1-2", "3", "4"])));
        check(&["/{a}-{b}"], "/-é-", None);
        check(&["/{a}-{b}"], "/é-é", Some((0, &["é", "é"])));
    }

    #[test]
    fn an_encoded_slash_splits_nothing() {
        check(&["/a/{x}", "/a/{x}/{y}"], "/a/1%2F2", Some((0, &["1%2F2"])));
        check(&["/caf%C3%A9/{x}", "/b"], "/caf\u{e9}/1", Some((0, &["1"])));
        check(&["/caf\u{e9}/{x}", "/b"], "/caf%c3%A9/1", Some((0, &["1"])));
        check(&["/b"], "/%62", Some((0, &[])));
        check(&["/{x}"], "/%", Some((0, &["%"])));
    }

    #[test]
    fn a_trailing_slash_is_tolerated_and_an_empty_segment_is_no_value() {
        check(&["/a/{x}", "/a"], "/a/", Some((1, &[])));
        check(&["/a/{x}", "/a"], "/a/1/", Some((0, &["1"])));
        check(&["/a/{x}/b"], "/a//b", None);
        check(&["/a/"], "/a", Some((0, &[])));
        check(&["/a"], "//", None);
    }

    #[test]
    fn a_wrong_method_is_told_from_an_unknown_path() {
        let mut routes = routes(&["/a/{x}", "/a/b"]);
        assert!(routes.add("/a/{y}", &Method::PUT, 7).is_empty());
        assert_eq!(routes.add("/a/{z}", &Method::PUT, 8), [7]);
        assert!(matches!(routes.find(&Method::PUT, "/a/c"), Match::Found(7, [8], values) if values == ["c"]));
        let Match::WrongMethod(allowed) = routes.find(&Method::POST, "/a/c") else { panic!("known path") };
        assert_eq!(allowed, [Method::GET, Method::PUT]);
        let Match::WrongMethod(allowed) = routes.find(&Method::PUT, "/a/b") else { panic!("a fixed path is meant") };
        assert_eq!(allowed, [Method::GET]);
        assert!(matches!(routes.find(&Method::POST, "/b"), Match::Unknown));
    }

    #[test]
    fn head_is_get_where_the_document_says_nothing_of_it() {
        let mut routes = routes(&["/a/b", "/a/{x}"]);
        assert!(routes.add("/a/{x}", &Method::HEAD, 7).is_empty());
        assert!(matches!(routes.find(&Method::HEAD, "/a/b"), Match::Found(0, ..)));
        assert!(matches!(routes.find(&Method::HEAD, "/a/c"), Match::Found(7, ..)));
        assert!(matches!(routes.find(&Method::GET, "/a/c"), Match::Found(1, ..)));
    }

    #[test]
    fn operations_that_share_a_path_are_told_apart_by_the_query() {
        let templates = &["/#Action=List", "/#Action=Show", "/a/{id}?by={key}", "/b?x=1", "/b", "/c#tag", "/d?x=1"];
        check(templates, "/?Version=1&Action=Show", Some((1, &[])));
        check(templates, "/?Action=List", Some((0, &[])));
        check(templates, "/?Action=Drop", None);
        check(templates, "/a/7", Some((2, &["7"])));
        check(templates, "/a/7?by=name", Some((2, &["7"])));
        check(templates, "/b?x=1&y", Some((3, &[])));
        check(templates, "/b?x=2", Some((4, &[])));
        check(templates, "/c", Some((5, &[])));
        check(templates, "/d", None);
        assert_eq!(variables("/a/{id}?by={key}"), ["id"]);
        assert_eq!(routes(templates).nearest("/d"), Some("/d?x=1"));
    }

    #[test]
    fn an_unknown_path_gets_the_nearest_template() {
        let routes = routes(&["/api/v2/organizations/{id}", "/api/v2/organizations", "/api/v2/users/{id}/tags"]);
        assert_eq!(routes.nearest("/api/v2/organisations/5"), Some("/api/v2/organizations/{id}"));
        assert_eq!(routes.nearest("/api/v2/organisations"), Some("/api/v2/organizations"));
        assert_eq!(routes.nearest("/api/v2/users/7/tag"), Some("/api/v2/users/{id}/tags"));
        assert_eq!(routes.nearest("/zzz"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_matcher_panic(
            templates in prop::collection::vec("(/(\\{[a-z]\\}|[a-z%.:{}é-]{0,4}){0,3}){0,4}", 0..8),
            path in "(/[a-c%25.:{}é-]{0,6}){0,5}|\\PC{0,20}",
        ) {
            let mut routes = Routes::default();
            for (index, template) in templates.iter().enumerate() {
                routes.add(template, &Method::GET, index);
                let _ = variables(template);
            }
            if let Match::Found(index, _, values) = routes.find(&Method::GET, &path) {
                prop_assert_eq!(values.len(), variables(&templates[index]).len());
            }
            let _ = routes.nearest(&path);
        }
    }
}
