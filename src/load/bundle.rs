//! The packs, fixtures and scenarios inside the binary.

use std::io;
use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};

use crate::source::{Finding, Source};

static SPECS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/specs");
static VALUES: Dir<'_> = include_dir!("$OUT_DIR/values");
static FIXTURES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures");

/// The names of the bundled packs.
pub fn names() -> impl Iterator<Item = &'static str> {
    SPECS.dirs().filter_map(|dir| dir.path().file_name()?.to_str())
}

/// A file of a bundled pack: its text, and what it says, which was read when counterpart was built.
pub(super) fn spec(pack: &str, file: &str) -> Option<Result<Source, Box<Finding>>> {
    let path = Path::new(pack).join(file);
    let text = SPECS.get_file(&path)?.contents_utf8()?;
    let name = format!("{pack}/{file}");
    let value = VALUES.get_file(&path).and_then(|file| serde_json::from_slice(file.contents()).ok());
    Some(match value {
        Some(value) => Ok(Source::known(name, text, value)),
        None => Source::parse(name, text),
    })
}

/// The fixtures of a bundled pack: names and texts, in the order of the names.
pub(super) fn fixtures(pack: &str) -> Vec<(String, &'static str)> {
    texts(FIXTURES.get_dir(pack))
}

/// The bundled scenarios: names without their endings, and texts.
pub fn bundled_scenarios() -> Vec<(String, &'static str)> {
    let stem = |(name, text): (String, &'static str)| (name.split('.').next().unwrap_or_default().to_owned(), text);
    texts(FIXTURES.get_dir("scenarios")).into_iter().map(stem).collect()
}

fn texts(dir: Option<&'static Dir<'static>>) -> Vec<(String, &'static str)> {
    let files = dir.map(Dir::files).into_iter().flatten();
    let mut texts: Vec<(String, &str)> =
        files.filter_map(|file| Some((file.path().file_name()?.to_str()?.to_owned(), file.contents_utf8()?))).collect();
    texts.sort();
    texts
}

/// Writes a bundled pack with its fixtures into a folder, for editing.
///
/// # Errors
/// What the file system says.
pub fn eject(pack: &str, to: &Path) -> io::Result<Vec<String>> {
    let mut written = Vec::new();
    let parts = [(SPECS.get_dir(pack), to.to_path_buf()), (FIXTURES.get_dir(pack), to.join("fixtures"))];
    for (dir, to) in parts {
        std::fs::create_dir_all(&to)?;
        for entry in dir.map(Dir::entries).unwrap_or_default() {
            let DirEntry::File(file) = entry else { continue };
            let Some(name) = file.path().file_name() else { continue };
            std::fs::write(to.join(name), file.contents())?;
            written.push(to.join(name).display().to_string());
        }
    }
    Ok(written)
}
