//! The files of one document and the references among them. Knows where things stand, not what they mean.

mod reference;

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::Files;
use crate::source::{Finding, Place, Severity, Source, nearest};

use reference::{Reference, Refusal, Role, Use, uses};

/// More files than any published document has.
const MAX_FILES: usize = 2_000;
/// How many references may follow one another before they are taken for a circle.
const MAX_HOPS: usize = 64;

/// A part of a document: a file and a JSON pointer into it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Site {
    pub(super) file: usize,
    pub(super) pointer: String,
}

impl Site {
    /// The site one level below.
    pub(super) fn below(&self, segment: &str) -> Site {
        let mut pointer = String::with_capacity(self.pointer.len() + segment.len() + 1);
        pointer.push_str(&self.pointer);
        push_segment(&mut pointer, segment);
        Site { file: self.file, pointer }
    }
}

/// Appends one segment to a JSON pointer (RFC 6901 section 3).
pub(super) fn push_segment(pointer: &mut String, segment: &str) {
    pointer.push('/');
    for letter in segment.chars() {
        match letter {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// Undoes the escapes of one segment of a JSON pointer.
pub(super) fn unescape(segment: &str) -> String {
    let mut plain = String::with_capacity(segment.len());
    let mut parts = segment.split('~');
    plain.extend(parts.next());
    for part in parts {
        let (letter, rest) = match part.as_bytes().first() {
            Some(b'0') => ("~", &part[1..]),
            Some(b'1') => ("/", &part[1..]),
            _ => ("~", part),
        };
        plain.push_str(letter);
        plain.push_str(rest);
    }
    plain
}

/// Whether a document follows the schema dialect of OpenAPI 3.0, in which nothing counts beside a `$ref`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V30,
    V31,
}

/// Which dialect a document speaks.
///
/// # Errors
/// The findings, where it is no OpenAPI document that can be served.
pub(super) fn version(main: &Source, findings: &mut Vec<Finding>) -> Result<Version, Vec<Finding>> {
    let root = main.value();
    let fail = |pointer: &str, what: String, help: &str| {
        Err(vec![Finding::error("not-openapi", main.place(pointer), what).help(help)])
    };
    if !root.is_object() {
        return fail("", "this is no OpenAPI document: it must be an object".to_owned(), "is it the right file?");
    }
    if root.get("swagger").is_some() {
        let help = "convert it first, for instance with `npx swagger2openapi --outfile openapi.yaml FILE`";
        return fail("/swagger", "this is Swagger 2.0; OpenAPI 3.0, 3.1 and 3.2 are read".to_owned(), help);
    }
    let version = match root.get("openapi") {
        Some(Value::String(version)) => version.clone(),
        // YAML reads an unquoted 3.1 as a number.
        Some(Value::Number(version)) => version.to_string(),
        _ => {
            let what = "the key `openapi` is missing: it says which version the document follows";
            return fail("", what.to_owned(), "put `openapi: 3.1.0` at the top, or name another file");
        }
    };
    let v30 = version.starts_with("3.0") || version == "3";
    let has = |key: &str| root.get(key).is_some();
    if !(has("paths") || (!v30 && (has("components") || has("webhooks")))) {
        let what = "the document has no `paths`, so there is nothing to serve";
        return fail("", what.to_owned(), "is it a part of another document? name that one");
    }
    if !version.starts_with('3') {
        let what = format!("OpenAPI {version} is not known; it is read as 3.1");
        findings.push(Finding::warning("unknown-version", main.place("/openapi"), what));
    }
    Ok(if v30 { Version::V30 } else { Version::V31 })
}

/// All files of a document, with every reference looked up once.
#[derive(Debug)]
pub(super) struct Document {
    files: Vec<File>,
    pub(super) version: Version,
}

#[derive(Debug)]
struct File {
    /// Relative to the document's folder.
    path: String,
    source: Source,
    /// Where each reference of this file leads; none where it dangles.
    targets: HashMap<String, Option<Site>>,
    /// The texts of files that examples of this file name.
    texts: HashMap<String, String>,
}

impl Document {
    /// Reads what the main file refers to and reports each reference that leads nowhere.
    pub(super) fn open(main: &Source, files: &dyn Files, version: Version, findings: &mut Vec<Finding>) -> Document {
        let path = main.name().rsplit('/').next().unwrap_or_default().to_owned();
        let document = Document {
            files: vec![File { path, source: main.clone(), targets: HashMap::new(), texts: HashMap::new() }],
            version,
        };
        let mut reading = Reading { document, by_path: HashMap::new(), uses: Vec::new(), files };
        reading.run();
        reading.link(findings);
        let doubled = reading.document.files.iter().flat_map(|file| file.source.doubled());
        findings.extend(doubled.map(|finding| Finding { severity: Severity::Warning, ..finding }));
        reading.document
    }

    /// The value at a site.
    pub(super) fn value(&self, site: &Site) -> Option<&Value> {
        at(self.files.get(site.file)?.source.value(), &site.pointer)
    }

    /// The names of all properties that any of its schemas describes.
    pub(super) fn properties(&self) -> HashSet<&str> {
        let mut names = HashSet::new();
        let mut open: Vec<&Value> = self.files.iter().map(|file| file.source.value()).collect();
        while let Some(value) = open.pop() {
            match value {
                Value::Object(map) => {
                    let described = map.get("properties").and_then(Value::as_object);
                    names.extend(described.into_iter().flat_map(|properties| properties.keys().map(String::as_str)));
                    open.extend(map.values());
                }
                Value::Array(items) => open.extend(items),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        names
    }

    /// The main file.
    pub(super) fn main(&self) -> &Source {
        &self.files[0].source
    }

    /// Whether it calls itself OpenAPI 3.2.
    pub(super) fn is_3_2(&self) -> bool {
        let version = self.main().value().get("openapi");
        version.is_some_and(|version| {
            version.as_str().map_or_else(|| version.to_string(), str::to_owned).starts_with("3.2")
        })
    }

    /// Puts findings in the order of files and lines, each once: shared parts are read for each that refers to them.
    pub(super) fn tidy(&self, findings: &mut Vec<Finding>) {
        let mut seen = HashSet::new();
        findings.retain(|it| seen.insert((it.rule, it.place.file().to_owned(), it.place.line(), it.what.clone())));
        let order = |file: &str| self.files.iter().position(|it| it.source.name() == file);
        findings.sort_by_key(|finding| (order(finding.place.file()), finding.place.line()));
    }

    /// Where a site stands, for the user.
    pub(super) fn place(&self, site: &Site) -> Place {
        match self.files.get(site.file) {
            Some(file) => file.source.place(&site.pointer),
            None => Place::line_of(self.main().name(), 0),
        }
    }

    /// Where a reference written in `file` leads.
    pub(super) fn target(&self, file: usize, reference: &str) -> Option<Site> {
        match self.files.get(file)?.targets.get(reference) {
            Some(target) => target.clone(),
            None => self.find(file, reference),
        }
    }

    /// The text of a file that an example in `file` names.
    pub(super) fn text(&self, file: usize, reference: &str) -> Option<&str> {
        self.files.get(file)?.texts.get(reference).map(String::as_str)
    }

    /// Follows `$ref` from a site until something else stands there.
    pub(super) fn resolve(&self, site: Site) -> Option<(Site, &Value)> {
        let value = self.value(&site)?;
        self.follow(site, value)
    }

    /// The same where it is known what stands at the site: a part of a large document is reached from the part around it sooner
    /// than from the root.
    pub(super) fn follow<'d>(&'d self, site: Site, value: &'d Value) -> Option<(Site, &'d Value)> {
        let (mut site, mut value) = (site, value);
        for _ in 0..MAX_HOPS {
            match value.get("$ref").and_then(Value::as_str) {
                Some(reference) => {
                    site = self.target(site.file, reference)?;
                    value = self.value(&site)?;
                }
                None => return Some((site, value)),
            }
        }
        None
    }

    /// Reads a reference that stands in the file `base`. One that begins with the address which the document gives itself
    /// (`$self`, OpenAPI 3.2 section 4.1.2.2) stays where the document is.
    fn reference(&self, base: &str, text: &str) -> Result<Reference, Refusal> {
        let main = &self.files[0].path;
        let own = self.main().value().get("$self").and_then(Value::as_str).and_then(|own| own.rsplit_once('/'));
        let Some((folder, name)) = own else { return Reference::parse(base, text) };
        let mut reference = match text.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) {
            Some(rest) => Reference::parse(main, rest)?,
            None => Reference::parse(base, text)?,
        };
        if reference.path.as_deref() == Some(name) {
            reference.path = Some(main.clone());
        }
        Ok(reference)
    }

    /// Looks a reference up without the table.
    fn find(&self, file: usize, reference: &str) -> Option<Site> {
        let Ok(reference) = self.reference(&self.files.get(file)?.path, reference) else {
            return self.find_id(reference);
        };
        let file = match &reference.path {
            Some(path) => self.files.iter().position(|file| file.path == *path)?,
            None => file,
        };
        let pointer = match reference.anchor {
            Some(anchor) => reference::find_anchor(self.files[file].source.value(), &anchor)?,
            None => reference.pointer,
        };
        let site = Site { file, pointer };
        self.value(&site).is_some().then_some(site)
    }

    /// A reference by the `$id` of a schema.
    fn find_id(&self, reference: &str) -> Option<Site> {
        let (id, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        self.files.iter().enumerate().find_map(|(index, file)| {
            let pointer = reference::find_keyword(file.source.value(), &["$id"], id)?;
            let site = Site { file: index, pointer: format!("{pointer}{fragment}") };
            self.value(&site).is_some().then_some(site)
        })
    }
}

/// The value at a JSON pointer; unlike `serde_json`'s own it copies no segment that has no escapes.
fn at<'v>(value: &'v Value, pointer: &str) -> Option<&'v Value> {
    let mut value = value;
    for segment in pointer.split('/').skip(1) {
        value = match value {
            Value::Object(entries) if segment.contains('~') => entries.get(&unescape(segment))?,
            Value::Object(entries) => entries.get(segment)?,
            Value::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// The schemas under `components`, in use or not.
pub(super) fn named_schemas(document: &Document) -> Vec<Site> {
    let schemas = Site { file: 0, pointer: "/components/schemas".to_owned() };
    let names = document.value(&schemas).and_then(Value::as_object).into_iter().flat_map(|entries| entries.keys());
    names.map(|name| schemas.below(name)).collect()
}

struct Reading<'a> {
    document: Document,
    /// The index of each file that was asked for, or why it cannot be had.
    by_path: HashMap<String, Result<usize, String>>,
    uses: Vec<(usize, Use)>,
    files: &'a dyn Files,
}

impl Reading<'_> {
    fn run(&mut self) {
        self.by_path.insert(self.document.files[0].path.clone(), Ok(0));
        let mut waiting = VecDeque::from([0]);
        while let Some(index) = waiting.pop_front() {
            for found in uses(self.document.files[index].source.value()) {
                let base = self.document.files[index].path.clone();
                if found.role == Role::Text {
                    self.read_text(index, &found.reference);
                } else if let Ok(Reference { path: Some(path), .. }) = self.document.reference(&base, &found.reference)
                    && !self.by_path.contains_key(&path)
                {
                    let read = self.read(&path);
                    waiting.extend(read.as_ref().ok());
                    self.by_path.insert(path, read);
                }
                self.uses.push((index, found));
            }
        }
    }

    fn read(&mut self, path: &str) -> Result<usize, String> {
        if self.document.files.len() >= MAX_FILES {
            return Err(format!("the document has more than {MAX_FILES} files"));
        }
        let text = self.files.read(path)?;
        let name = match self.document.main().name().rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{path}"),
            None => path.to_owned(),
        };
        let source = Source::parse(name, text).map_err(|finding| finding.to_string())?;
        self.document.files.push(File {
            path: path.to_owned(),
            source,
            targets: HashMap::new(),
            texts: HashMap::new(),
        });
        Ok(self.document.files.len() - 1)
    }

    /// Reads what an example names, once for each name in a file.
    fn read_text(&mut self, file: usize, reference: &str) {
        let from = &self.document.files[file];
        let Ok(Reference { path: Some(path), .. }) = Reference::parse(&from.path, reference) else { return };
        let read: usize = self.document.files.iter().map(|file| 1 + file.texts.len()).sum();
        if read >= MAX_FILES || from.texts.contains_key(reference) {
            return;
        }
        match self.files.read(&path) {
            Ok(text) => drop(self.document.files[file].texts.insert(reference.to_owned(), text)),
            Err(why) => drop(self.by_path.entry(path).or_insert(Err(why))),
        }
    }

    fn link(&mut self, findings: &mut Vec<Finding>) {
        let uses = std::mem::take(&mut self.uses);
        let mut reported = HashSet::new();
        for (file, found) in uses {
            if found.role == Role::Text {
                if self.document.text(file, &found.reference).is_none() {
                    findings.push(self.dangling(file, &found));
                }
                continue;
            }
            let target = match self.document.files[file].targets.get(&found.reference) {
                Some(target) => target.clone(),
                None => self.document.find(file, &found.reference),
            };
            if target.is_none() && reported.insert((file, found.pointer.clone())) {
                findings.push(self.dangling(file, &found));
            }
            self.document.files[file].targets.insert(found.reference, target);
        }
    }

    fn dangling(&self, file: usize, found: &Use) -> Finding {
        let place = self.document.files[file].source.place(&found.pointer);
        let without = found.role.without();
        let reference = match self.document.reference(&self.document.files[file].path, &found.reference) {
            Ok(reference) => reference,
            Err(refusal) => {
                let what = format!("`{}` is not followed: {}; {without}", found.reference, refusal.why());
                return Finding::warning(refusal.rule(), place, what).help(refusal.help());
            }
        };
        let path = reference.path.as_deref().unwrap_or(&self.document.files[file].path);
        match self.by_path.get(path) {
            Some(Err(why)) => {
                let what = format!("`{}` leads to a file that cannot be read: {why}; {without}", found.reference);
                Finding::warning("dangling-ref", place, what)
            }
            Some(Ok(target)) => {
                let what = format!("nothing stands at `{}`; {without}", found.reference);
                let finding = Finding::warning("dangling-ref", place, what);
                match self.suggestion(*target, &reference, &found.reference) {
                    Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                    None => finding,
                }
            }
            None => Finding::warning("dangling-ref", place, format!("`{}` leads nowhere; {without}", found.reference)),
        }
    }

    /// The nearest name beside the one that is missing.
    fn suggestion(&self, file: usize, reference: &Reference, text: &str) -> Option<String> {
        let (parent, name) = reference.pointer.rsplit_once('/')?;
        let siblings = self.document.files[file].source.value().pointer(parent)?.as_object()?;
        let meant = nearest(&unescape(name), siblings.keys().map(String::as_str))?;
        let (before, _) = text.rsplit_once('/')?;
        let mut suggestion = before.to_owned();
        push_segment(&mut suggestion, meant);
        Some(suggestion)
    }
}
