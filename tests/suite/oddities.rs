//! Documents and packs as they are found: each file under `tests/documents/odd` and `tests/packs` is a small one with an oddity, and its
//! name says what comes of it. Lines that begin with `#> ` hold what is said of it and what it answers; `UPDATE=1` rewrites them.
//! A pack alone is one for the library under `tests/documents`; one that is a folder has its own document and fixtures.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use counterpart::clock::Clock;
use counterpart::exchange::{Settings, World};
use counterpart::load;
use counterpart::message::Request;
use counterpart::source::Finding;
use http::{HeaderValue, Method};

const MARK: &str = "#> ";
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/");

#[test]
fn every_odd_document_keeps_its_promise() {
    check("documents/odd", "openapi.yaml", 60, |file| load::Request {
        what: vec![text_of(file)],
        ..Default::default()
    });
}

#[test]
fn every_odd_pack_keeps_its_promise() {
    let library = vec![format!("{ROOT}documents/library/openapi.yaml")];
    check("packs", "pack.yaml", 5, |file| match file.ends_with("pack.yaml") {
        true => load::Request { what: file.parent().map(text_of).into_iter().collect(), ..Default::default() },
        false => load::Request { what: library.clone(), pack: Some(file.to_owned()), ..Default::default() },
    });
}

/// Compares what each file of a folder says of itself with what comes of it.
fn check(folder: &str, main: &str, least: usize, request: impl Fn(&Path) -> load::Request) {
    let entries = fs::read_dir(Path::new(ROOT).join(folder)).expect("the folder is there").flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| main_file(&entry, main)).collect();
    files.sort();
    let mut broken = String::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("the file can be read");
        let asked: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(MARK)).collect();
        let body: String =
            text.lines().filter(|line| !line.starts_with(MARK)).map(|line| format!("{line}\n")).collect();
        let seen = seen(&request(file), file, &asked);
        if std::env::var_os("UPDATE").is_some() {
            let marked: String = seen.iter().map(|line| format!("{MARK}{line}\n")).collect();
            fs::write(file, body + &marked).expect("the file can be written");
        } else if asked != seen {
            let _ = writeln!(
                broken,
                "{}\n  expected\n    {}\n  seen\n    {}",
                file.display(),
                asked.join("\n    "),
                seen.join("\n    ")
            );
        }
    }
    assert!(files.len() >= least, "the files are gone");
    assert!(broken.is_empty(), "{broken}");
}

fn text_of(path: &Path) -> String {
    path.display().to_string()
}

/// The file itself, or the one of a folder of several files.
fn main_file(entry: &fs::DirEntry, main: &str) -> PathBuf {
    if entry.path().is_dir() { entry.path().join(main) } else { entry.path() }
}

/// What is found at the start, what `check` finds beside that, and what is answered.
fn seen(request: &load::Request, file: &Path, asked: &[&str]) -> Vec<String> {
    let clock = Clock::frozen("2026-01-01T00:00:00Z".parse().expect("a time"));
    let loaded = match load::load(request, &clock) {
        Ok(loaded) => loaded,
        Err(findings) => return findings.iter().map(|finding| line("refused", file, finding)).collect(),
    };
    let mut lines: Vec<String> = loaded.warnings.iter().map(|finding| line("serve", file, finding)).collect();
    let checked = loaded.providers[0].contract.check_all();
    lines.extend(checked.iter().map(|finding| line("check", file, finding)));
    let world = World::new(loaded.providers.into(), clock, 0, Settings::default());
    let requests = asked.iter().filter_map(|line| line.split_once(" =>"));
    lines.extend(requests.map(|(request, _)| format!("{request} => {}", answer(&world, request))));
    lines
}

/// A finding with its line, and with its file where that is another one.
fn line(when: &str, main: &Path, finding: &Finding) -> String {
    let place = match Path::new(finding.place.file()) == main {
        true => finding.place.line().to_string(),
        false => finding.place.to_string(),
    };
    let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    short(&format!("{when} {place}: {}{help}", finding.what))
}

/// Status and body, and what is wrong with them.
fn answer(world: &World, asked: &str) -> String {
    let mut words = asked.splitn(3, ' ');
    let method = words.next().and_then(|method| Method::from_bytes(method.as_bytes()).ok()).expect("a method");
    let mut request = Request::new(method, words.next().expect("a target"));
    if let Some(body) = words.next() {
        request.headers.insert("content-type", HeaderValue::from_static("application/json"));
        request.body = body.to_owned().into();
    }
    let reply = world.answer(&request, None).reply;
    let breaches = reply.headers.get("x-counterpart-breaches").and_then(|value| value.to_str().ok());
    let breaches = breaches.map(|breaches| format!(" BREACH {breaches}")).unwrap_or_default();
    let body = short(String::from_utf8_lossy(&reply.body).trim_end()).replace('\n', "\\n");
    format!("{} {body}", reply.status.as_u16()).trim_end().to_owned() + &breaches
}

/// A text without the folders of the files.
fn short(text: &str) -> String {
    ["documents/odd/", "packs/"]
        .iter()
        .fold(text.to_owned(), |text, folder| text.replace(&format!("{ROOT}{folder}"), ""))
}
