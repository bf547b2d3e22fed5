//! Where a provider's files are: in a folder, beside a document, or inside the binary.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Trail, bundle};
use crate::contract::Files;
use crate::source::{Finding, Findings, Node, Place, Source, nearest};

/// No file that is larger than this is read.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The names that the pack of a folder may have.
const PACKS: [&str; 3] = ["pack.yaml", "pack.yml", "pack.json"];

/// The document of a pack that names none.
const DOCUMENT: &str = "openapi.yaml";

/// Where a provider's files are.
#[derive(Debug)]
pub(super) enum Home {
    /// Inside the binary.
    Bundled(String),
    /// A folder with a pack.
    Pack(PathBuf),
    /// A document alone.
    Document(PathBuf),
}

/// What a name stands for: a file or folder first, so that a bundled pack never hides one.
pub(super) fn find(what: &str, trail: &Trail) -> Result<Home, String> {
    if what.starts_with("http://") || what.starts_with("https://") {
        return Err("nothing is fetched over the network; save the document to a file first".to_owned());
    }
    let path = Path::new(what);
    trail.note(path);
    let looks_like_a_path = looks_like_a_path(what);
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() && looks_like_a_path => Ok(Home::Pack(path.to_owned())),
        Ok(meta) if meta.is_file() => Ok(Home::Document(path.to_owned())),
        _ if bundle::names().any(|name| name == what) => Ok(Home::Bundled(what.to_owned())),
        Ok(meta) if meta.is_dir() => Ok(Home::Pack(path.to_owned())),
        Ok(_) => Err("this is neither a file nor a folder".to_owned()),
        Err(error) if looks_like_a_path => Err(format!("this cannot be read: {}", plain(&error))),
        Err(_) => Err("there is no such file or folder, and no bundled pack of this name".to_owned()),
    }
}

fn looks_like_a_path(name: &str) -> bool {
    name.contains(['/', '\\', '.'])
}

/// Whether two names lead to one file or folder.
pub(super) fn are_same(one: &str, other: &str) -> bool {
    // A plain name may stand for a bundled pack beside a folder that is called so.
    let full =
        |name: &str| Path::new(name).canonicalize().ok().filter(|path| path.is_file() || looks_like_a_path(name));
    full(one).is_some_and(|one| full(other) == Some(one))
}

/// A folder below which a document's other files may be read.
#[derive(Debug)]
pub(super) struct Folder<'a>(Option<PathBuf>, &'a Trail);

impl<'a> Folder<'a> {
    /// The folder that a document lies in.
    pub(super) fn of(document: &Path, trail: &'a Trail) -> Folder<'a> {
        Folder(Some(document.parent().unwrap_or(Path::new(".")).to_owned()), trail)
    }
}

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        let Folder(Some(folder), trail) = self else { return Err("a bundled document has no other files".to_owned()) };
        let folder = folder.canonicalize().map_err(|error| plain(&error))?;
        trail.note(&folder.join(path));
        let file = folder.join(path).canonicalize().map_err(|error| plain(&error))?;
        match file.starts_with(&folder) {
            true => read(&file, trail),
            false => Err("it lies outside the document's folder".to_owned()),
        }
    }
}

impl Home {
    pub(super) fn name(&self) -> String {
        match self {
            Home::Bundled(name) => name.clone(),
            Home::Pack(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            Home::Document(path) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        }
    }

    /// Whether it is inside the binary.
    pub(super) fn is_bundled(&self) -> bool {
        matches!(self, Home::Bundled(_))
    }

    pub(super) fn folder<'a>(&self, trail: &'a Trail) -> Folder<'a> {
        match self {
            Home::Bundled(_) => Folder(None, trail),
            Home::Pack(path) => Folder(Some(path.clone()), trail),
            Home::Document(path) => Folder::of(path, trail),
        }
    }

    /// Whether a pack comes with it.
    pub(super) fn has_pack(&self) -> bool {
        match self {
            Home::Document(_) => false,
            Home::Bundled(_) | Home::Pack(_) => true,
        }
    }

    /// The pack, where there is one, and the document.
    pub(super) fn sources(
        &self,
        pack: Option<&Path>,
        findings: &mut Findings,
        trail: &Trail,
    ) -> (Option<Source>, Option<Source>) {
        match self {
            Home::Document(path) => (pack.and_then(|pack| open(pack, findings, trail)), open(path, findings, trail)),
            Home::Bundled(name) => {
                let bundled = |file: &str, findings: &mut Findings| keep(bundle::spec(name, file)?, findings);
                let pack = bundled("pack.yaml", findings);
                let document = bundled(document_name(pack.as_ref()), findings);
                (pack, document)
            }
            Home::Pack(folder) => {
                let Some(path) = PACKS.iter().map(|name| folder.join(name)).find(|path| is_file(path, trail)) else {
                    let place = Place::line_of(folder.display().to_string(), 0);
                    let finding = Finding::error("not-found", place, "there is no pack.yaml in this folder");
                    findings.push(finding.help("a pack folder holds a pack.yaml and the document that it names; to serve a document alone, name the document"));
                    return (None, None);
                };
                let pack = open(&path, findings, trail);
                let document = pack.as_ref().and_then(|pack| document_of(pack, folder, findings, trail));
                (pack, document)
            }
        }
    }

    /// The fixture files: the one that was asked for, those of a folder, else the pack's own.
    pub(super) fn fixtures(&self, asked: Option<&Path>, findings: &mut Findings, trail: &Trail) -> Vec<Source> {
        let folder = match (asked, self) {
            // Where several packs are served, each may have a folder of its own below.
            (Some(folder), _) => {
                let own = folder.join(self.name());
                if is_dir(&own, trail) { own } else { folder.to_owned() }
            }
            (None, Home::Bundled(name)) => {
                let files = bundle::fixtures(name).into_iter();
                return files
                    .filter_map(|(file, text)| keep(Source::parse(format!("{name}/{file}"), text), findings))
                    .collect();
            }
            (None, Home::Document(_)) => return Vec::new(),
            (None, Home::Pack(pack)) => match own_fixtures(pack, trail) {
                Some(folder) => folder,
                None => return Vec::new(),
            },
        };
        match list(&folder, trail) {
            Ok(files) if files.is_empty() && asked.is_some() && !has_folders(&folder) => {
                let place = Place::line_of(folder.display().to_string(), 0);
                let finding = Finding::warning("not-found", place, "there are no fixtures in this folder");
                findings.push(finding.help("names of fixture files end in `.json`, `.yaml` or `.yml`"));
                Vec::new()
            }
            Ok(files) => files.iter().filter_map(|file| open(file, findings, trail)).collect(),
            Err(why) => {
                findings.push(Finding::error("not-found", Place::line_of(folder.display().to_string(), 0), why));
                Vec::new()
            }
        }
    }
}

/// `fixtures/` in the pack's folder, or `fixtures/NAME` beside the `specs` folder that it lies in.
fn own_fixtures(pack: &Path, trail: &Trail) -> Option<PathBuf> {
    let inside = pack.join("fixtures");
    let full = pack.canonicalize().ok()?;
    let beside = full.parent()?.parent()?.join("fixtures").join(full.file_name()?);
    [inside, beside].into_iter().find(|folder| is_dir(folder, trail))
}

fn is_dir(path: &Path, trail: &Trail) -> bool {
    trail.note(path);
    path.is_dir()
}

fn is_file(path: &Path, trail: &Trail) -> bool {
    trail.note(path);
    path.is_file()
}

fn list(folder: &Path, trail: &Trail) -> Result<Vec<PathBuf>, String> {
    if is_file(folder, trail) {
        return Ok(vec![folder.to_owned()]);
    }
    if folder.exists() && !is_dir(folder, trail) {
        return Err("this is neither a file nor a folder".to_owned());
    }
    let mut files = data_files(folder).map_err(|error| format!("this folder cannot be read: {}", plain(&error)))?;
    files.sort();
    Ok(files)
}

/// The files of a folder that end as documents, packs and fixtures do.
pub(super) fn data_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(paths.filter(|path| path.is_file() && ends_like_data(path)).collect())
}

/// Whether there are folders in it, one of which may be another pack's.
fn has_folders(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| entry.path().is_dir())))
}

fn ends_like_data(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ["json", "yaml", "yml"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn document_name(pack: Option<&Source>) -> &str {
    pack.and_then(|pack| pack.value().get("document")?.as_str()).unwrap_or(DOCUMENT)
}

/// The document that a pack names. Where it cannot be read, the pack's line is the one to mend.
fn document_of(pack: &Source, folder: &Path, findings: &mut Findings, trail: &Trail) -> Option<Source> {
    let node = Node::root(pack);
    let mut fields = node.fields(findings)?;
    let said = fields.take("document");
    let name = match &said {
        Some(said) => said.text(findings)?,
        None => DOCUMENT,
    };
    let path = folder.join(name);
    let text = read(&path, trail).map_err(|why| {
        let why = why.replacen("this", &format!("the document `{name}`"), 1);
        let finding = said.as_ref().unwrap_or(&node).error("not-found", why);
        let others = data_files(folder).unwrap_or_default();
        let others = others.iter().filter_map(|path| path.file_name()?.to_str()).filter(|name| !PACKS.contains(name));
        findings.push(finding.help(match (nearest(name, others), &said) {
            (Some(near), _) => format!("did you mean `document: {near}`?"),
            (None, Some(_)) => "`document` is a path from the pack's folder".to_owned(),
            (None, None) => "`document` names another one, by its path from the pack's folder".to_owned(),
        }));
    });
    keep(Source::parse(path.display().to_string(), text.ok()?), findings)
}

fn open(path: &Path, findings: &mut Findings, trail: &Trail) -> Option<Source> {
    keep(super::source_noting(path, trail), findings)
}

fn keep(source: Result<Source, Box<Finding>>, findings: &mut Findings) -> Option<Source> {
    source.map_err(|finding| findings.push(*finding)).ok()
}

/// Reads a regular file that is not larger than any document is.
pub(super) fn read(path: &Path, trail: &Trail) -> Result<String, String> {
    trail.note(path);
    let meta = fs::metadata(path).map_err(|error| format!("this cannot be read: {}", plain(&error)))?;
    if !meta.is_file() {
        return Err("this is not a regular file".to_owned());
    }
    if meta.len() > LARGEST {
        return Err(format!("this is larger than {} MiB", LARGEST / 1024 / 1024));
    }
    fs::read_to_string(path).map_err(|error| format!("this cannot be read: {}", plain(&error)))
}

/// An error of the file system without its number.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
        _ => error.to_string(),
    }
}
