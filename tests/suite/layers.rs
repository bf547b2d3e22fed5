//! The order of the rooms, and the one door of each outside crate. ARCHITECTURE.md shows both.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in reading order: a room uses those before it and none after it.
const ROOMS: &[&str] = &[
    "source", "clock", "dice", "message", "refusal", "contract", "store", "pack", "scenario", "journal", "session",
    "exchange", "load", "control", "server", "mock", "cli",
];

/// The rooms that may use a crate. `http`, `bytes` and `serde_json` are plain values, and open to all.
const DOORS: &[(&str, &[&str])] = &[
    ("arc_swap", &["session"]),
    ("base64", &["contract", "exchange"]),
    ("clap", &["cli"]),
    ("csv", &["exchange"]),
    ("flate2", &["server"]),
    ("foldhash", &["store"]),
    ("granit_parser", &["source"]),
    ("http_body_util", &["server"]),
    ("hyper", &["server"]),
    ("hyper_util", &["server"]),
    ("imbl", &["store"]),
    ("indexmap", &["store"]),
    ("include_dir", &["load"]),
    ("jiff", &["clock", "journal", "store", "pack", "scenario", "session", "exchange", "control", "mock", "cli"]),
    ("json_patch", &["scenario", "exchange"]),
    ("jsonschema", &["contract"]),
    ("mimalloc", &["main"]),
    ("openapiv3", &["contract"]),
    ("parking_lot", &["message", "journal", "session", "control"]),
    ("percent_encoding", &["message"]),
    ("rand", &["dice"]),
    ("regex", &["contract", "store"]),
    ("regex_syntax", &["contract"]),
    ("serde", &["source", "contract"]),
    ("strsim", &["source"]),
    ("tokio", &["server", "mock", "cli"]),
    ("xxhash_rust", &["dice", "scenario", "session", "exchange"]),
    // Not a crate, and guarded like one: files are read and written in one place.
    ("std::fs", &["load"]),
];

const OPEN: &[&str] = &["bytes", "http", "serde_json"];

/// A source file: its room, its name for messages, its code without comments.
struct File {
    room: String,
    name: String,
    code: String,
}

#[test]
fn the_list_of_rooms_is_the_list_of_modules() {
    let text = read("src/lib.rs");
    let modules: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(ROOMS.iter().copied().collect::<BTreeSet<_>>(), modules);
}

#[test]
fn a_room_uses_only_rooms_before_it() {
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| file.room != "main" && file.room != "lib") {
        let here = place(&file.room);
        for used in rooms_used(file) {
            if place(used) > here {
                wrong.push(format!("{} uses `{used}`, which stands after `{}`", file.name, file.room));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_crate_has_one_door() {
    let files = files();
    let mut wrong = Vec::new();
    for (name, rooms) in DOORS {
        let used: BTreeSet<&str> =
            files.iter().filter(|file| uses(&file.code, name)).map(|file| file.room.as_str()).collect();
        wrong.extend(used.iter().filter(|room| !rooms.contains(room)).map(|room| format!("`{room}` uses {name}")));
        wrong.extend(rooms.iter().filter(|room| !used.contains(*room)).map(|room| format!("`{room}` needs no {name}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_dependency_is_listed() {
    let manifest = read("Cargo.toml");
    let (_, after) = manifest.split_once("\n[dependencies]\n").expect("the manifest has dependencies");
    let lines = after.lines().take_while(|line| !line.starts_with('['));
    let named = lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    let named: BTreeSet<String> = named.map(|(name, _)| name.replace('-', "_")).collect();
    let doors = DOORS.iter().map(|(name, _)| *name).filter(|name| !name.starts_with("std::"));
    assert_eq!(doors.chain(OPEN.iter().copied()).map(str::to_owned).collect::<BTreeSet<_>>(), named);
}

#[test]
fn the_architecture_page_shows_the_rooms_in_their_order() {
    let page = read("ARCHITECTURE.md");
    let shown: Vec<&str> =
        page.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once("` |")?.0)).collect();
    let shown: Vec<&str> = shown.into_iter().filter(|name| ROOMS.contains(name)).collect();
    assert_eq!(shown, ROOMS);
}

fn place(room: &str) -> usize {
    ROOMS.iter().position(|known| *known == room).unwrap_or_else(|| panic!("`{room}` is not in the list of rooms"))
}

/// The other rooms that a file names, as `crate::room` or, in a room's own first file, as `super::room`.
fn rooms_used(file: &File) -> Vec<&'static str> {
    assert!(!uses(&file.code, "crate::{"), "{}: name one room in each `use`", file.name);
    let first = file.name == format!("src/{}.rs", file.room);
    let names = |room: &str| {
        uses(&file.code, &format!("crate::{room}")) || first && uses(&file.code, &format!("super::{room}"))
    };
    ROOMS.iter().copied().filter(|room| *room != file.room && names(room)).collect()
}

/// Whether a path starts with these words: `hyper` in `hyper::body`, but not in `hyper_util::rt` or `a::hyper::b`.
fn uses(code: &str, path: &str) -> bool {
    code.match_indices(path).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + path.len()..]);
        let starts = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        let ends = path.ends_with('{')
            || after.starts_with("::")
            || after.starts_with([';', ',', '}', ' ']) && before.ends_with("use ");
        starts && ends
    })
}

fn files() -> Vec<File> {
    let mut paths = Vec::new();
    gather(&root().join("src"), &mut paths);
    paths.sort();
    paths.iter().map(|path| file(path)).collect()
}

/// Sources below a folder; a room's own tests may look anywhere.
fn gather(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        match path.is_dir() {
            _ if path.file_stem().is_some_and(|name| name == "tests") => {}
            true => gather(&path, into),
            false if path.extension().is_some_and(|ending| ending == "rs") => into.push(path),
            false => {}
        }
    }
}

fn file(path: &Path) -> File {
    let name = path.strip_prefix(root()).expect("a source is in the project").to_str().expect("names are plain");
    let room = name.split('/').nth(1).expect("a source is below src").trim_end_matches(".rs");
    let text = read(name);
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    File { room: room.to_owned(), name: name.to_owned(), code }
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
