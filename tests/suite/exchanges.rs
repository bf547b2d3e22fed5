//! Runs the files under `tests/exchanges`: each is one promise, its name is the sentence, its text the messages that prove it.
//! `tests/exchanges/README.md` describes the format. `UPDATE=1` rewrites what is expected with what came; `CASE=words` runs
//! the files whose path contains the words.

mod case;
mod expect;
mod play;
mod socket;
mod update;

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use case::{Case, Head};
use counterpart::control::Guard;
use counterpart::mock::{Local, Mock};

#[test]
fn every_file_of_exchanges_keeps_its_promise() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchanges");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    let wanted = std::env::var_os("CASE").map(|words| words.to_string_lossy().into_owned()).unwrap_or_default();
    let mut mocks = Mocks::default();
    let mut failures = Vec::new();
    let mut run = 0;
    for file in files.iter().filter(|file| file.to_string_lossy().contains(&wanted)) {
        let name = file.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("the files are ours").display().to_string();
        run += 1;
        if let Err(failure) = keep(file, &name, &mut mocks) {
            failures.push(failure);
        }
    }
    assert!(run > 0, "no file under tests/exchanges has `{wanted}` in its path");
    assert!(failures.is_empty(), "{} of {run} promises are broken\n\n{}", failures.len(), failures.join("\n"));
}

/// The scenarios that stand in the files, by the names of these.
pub(super) fn inline_scenarios() -> Vec<(String, String)> {
    let inline = heads().into_iter().map(|(name, head)| (name, head.inline));
    inline.filter(|(_, text)| !text.is_empty()).collect()
}

/// The scenarios that files name.
pub(super) fn bundled_scenarios() -> BTreeSet<String> {
    heads().into_iter().flat_map(|(_, head)| head.scenarios).collect()
}

/// The names of the files, and what stands at their heads.
fn heads() -> Vec<(String, Head)> {
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchanges"), &mut files);
    files.sort();
    let head = |file: &PathBuf| {
        let text = fs::read_to_string(file).expect("the file can be read");
        Some((file.display().to_string(), Case::parse(&text).ok()?.head))
    };
    files.iter().filter_map(head).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "txt") {
            files.push(path);
        }
    }
}

/// Runs one file. The same file on a second fresh session must give the same bytes.
fn keep(file: &Path, name: &str, mocks: &mut Mocks) -> Result<(), String> {
    let text = fs::read_to_string(file).expect("the file can be read");
    let case = Case::parse(&text).map_err(|(line, why)| format!("{name}:{line}: {why}\n"))?;
    let mock = mocks.get(&case.head).map_err(|why| format!("{name}:1: the mock does not start: {why}\n"))?;
    if case.head.socket {
        let running = mock.fresh().start().map_err(|why| format!("{name}:1: {why}\n"))?;
        return settle(file, name, &text, &case, &play::play(&case, &mut socket::Socket::of(running)));
    }
    let played = play::play(&case, &mut mock.fresh());
    if std::env::var_os("UPDATE").is_none() {
        let again = play::play(&case, &mut mock.fresh());
        let pairs = played.turns.iter().zip(&again.turns);
        if let Some((turn, _)) = pairs.into_iter().find(|(one, other)| one.got != other.got) {
            return Err(format!("{name}:{}: another session gave other bytes here\n", turn.line));
        }
    }
    settle(file, name, &text, &case, &played)
}

fn settle(file: &Path, name: &str, text: &str, case: &Case, played: &play::Played) -> Result<(), String> {
    let broken: Vec<&play::Turn> = played.turns.iter().filter(|turn| !turn.faults.is_empty()).collect();
    if broken.is_empty() {
        return Ok(());
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(file, update::rewrite(text, case, played)).expect("the file can be written");
        return Ok(());
    }
    Err(broken.iter().map(|turn| turn.report(name)).collect())
}

/// Packs are read once for each set of switches; every file gets a fresh session of one.
#[derive(Default)]
struct Mocks {
    known: HashMap<Head, Local>,
}

impl Mocks {
    fn get(&mut self, head: &Head) -> Result<Local, String> {
        let plain = Head { socket: false, scenarios: Vec::new(), inline: String::new(), ..head.clone() };
        if !self.known.contains_key(&plain) {
            let local = mock(&plain).load().map_err(|error| error.to_string())?;
            self.known.insert(plain.clone(), local);
        }
        let mut local = self.known[&plain].fresh();
        for scenario in &head.scenarios {
            local = local.with_scenario(scenario).map_err(|error| error.to_string())?;
        }
        if !head.inline.is_empty() {
            local = local.with_scenario_text(&head.inline).map_err(|error| error.to_string())?;
        }
        Ok(local)
    }
}

fn mock(head: &Head) -> Mock {
    let mut mock = Mock::of(&head.pack).seed(head.seed).clock(&head.clock).cors(head.cors);
    mock = mock.notations(head.notations).stateful(head.state);
    for option in &head.options {
        mock = mock.option(option);
    }
    if let Some(validation) = head.validation {
        mock = mock.validate(validation);
    }
    if let Some(breach) = head.breach {
        mock = mock.breach(breach);
    }
    if head.dynamic {
        mock = mock.dynamic();
    }
    if head.by_caller {
        mock = mock.session_by_caller();
    }
    if let Some(most) = head.max_sessions {
        mock = mock.max_sessions(most);
    }
    if head.shut {
        mock = mock.guard(Guard::Shut);
    }
    if head.open { mock.open() } else { mock }
}
