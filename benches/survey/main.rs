//! A survey of published documents: each is loaded, some of its GETs are asked, and every reply is judged.
//! `benches/survey/run` fetches the documents and starts it.

mod ask;
mod tally;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use counterpart::clock::Clock;
use counterpart::exchange::{Doors, Settings, World};
use counterpart::load;
use counterpart::message::Request;
use counterpart::source::Finding;
use http::{HeaderValue, Method};
use peak_alloc::PeakAlloc;
use tokio::time::Instant;

use tally::{Exchange, Outcome, Survey, Verdict};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// GETs that are asked of each document.
const GETS: usize = 3;
/// A document that takes longer than this is given up.
const PATIENCE: Duration = Duration::from_secs(120);
/// What a worker of the server has: a document must not need more.
const STACK: usize = 2 * 1024 * 1024;

fn main() {
    let mut words = std::env::args().skip(1);
    let Some(folder) = words.next() else {
        say("usage: survey FOLDER [WORDS OF A NAME]\n");
        return;
    };
    let wanted = words.next().unwrap_or_default();
    let mut files = Vec::new();
    gather(Path::new(&folder), &mut files);
    files.sort();
    let mut tally = tally::Tally::default();
    for file in files {
        let name = file.strip_prefix(&folder).unwrap_or(&file).display().to_string();
        if name.contains(&wanted) {
            let survey = bounded(file);
            say(&survey.lines(&name));
            tally.add(&name, survey);
        }
    }
    say(&tally.to_string());
}

fn say(text: &str) {
    // A closed output is no reason to fail.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn gather(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder of documents can be read").flatten() {
        let path = entry.path();
        match path.extension().and_then(|ending| ending.to_str()) {
            _ if path.is_dir() => gather(&path, into),
            Some("json" | "yaml" | "yml") => into.push(path),
            _ => {}
        }
    }
}

/// One document, on a thread of its own that it may neither outgrow nor hold up.
fn bounded(file: PathBuf) -> Survey {
    let size = std::fs::metadata(&file).map_or(0, |meta| meta.len());
    let (tell, told) = mpsc::channel();
    let work = move || {
        let surveyed = catch_unwind(AssertUnwindSafe(|| survey(&file)));
        // Nobody waits any more where it took too long.
        let _ = tell.send(surveyed.unwrap_or_else(|_| Survey::new(Outcome::Panicked)));
    };
    let worker = thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread can be had");
    let survey = match told.recv_timeout(PATIENCE) {
        Err(RecvTimeoutError::Timeout) => Survey::new(Outcome::Endless),
        Err(RecvTimeoutError::Disconnected) => Survey::new(Outcome::Panicked),
        Ok(survey) => {
            // What it held is freed before the next one is measured.
            let _ = worker.join();
            survey
        }
    };
    Survey { size, ..survey }
}

fn survey(file: &Path) -> Survey {
    MEMORY.reset_peak_usage();
    let (before, begun) = (MEMORY.current_usage(), Instant::now());
    let asked = load::Request { what: vec![file.display().to_string()], ..load::Request::default() };
    let loaded = match load::load(&asked, &Clock::running()) {
        Ok(loaded) => loaded,
        Err(findings) => return Survey::new(refused(&findings)),
    };
    let mut survey = Survey {
        load: begun.elapsed(),
        held: MEMORY.current_usage().saturating_sub(before),
        peak: MEMORY.peak_usage().saturating_sub(before),
        warnings: loaded.warnings.iter().map(|finding| finding.rule).collect(),
        ..Survey::new(Outcome::Loaded)
    };
    drop(loaded.warnings);
    let settings = Settings { doors: Doors::Open, ..Settings::default() };
    let world = World::new(loaded.providers.into(), Clock::running(), 0, settings);
    survey.exchanges = exchanges(&world);
    survey
}

fn refused(findings: &[Finding]) -> Outcome {
    let why = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    if why.contains("Swagger 2.0") { Outcome::Swagger } else { Outcome::Refused(why) }
}

/// Some GETs from all over the document, each as it is and once more with a value that is made anew.
fn exchanges(world: &World) -> Vec<Exchange> {
    let contract = &world.providers[0].contract;
    let operations = contract.operations();
    let gets: Vec<_> = operations.iter().filter(|operation| operation.method == Method::GET).collect();
    let wanted = gets.len().min(GETS);
    let chosen = (0..wanted).map(|turn| gets[turn * (gets.len() - 1) / (wanted - 1).max(1)]);
    let mut exchanges = Vec::new();
    for operation in chosen {
        let request = ask::request(contract, operation);
        let mut anew = request.clone();
        anew.headers.insert("prefer", HeaderValue::from_static("dynamic=true"));
        exchanges.extend([request, anew].iter().map(|request| exchange(world, request)));
    }
    exchanges
}

fn exchange(world: &World, request: &Request) -> Exchange {
    let begun = Instant::now();
    let reply = world.answer(request, None).reply;
    let time = begun.elapsed();
    let header = |name: &str| reply.headers.get(name).and_then(|value| value.to_str().ok());
    let (breaches, noted) = (header("x-counterpart-breaches"), header("x-counterpart-violations"));
    let anew = request.headers.contains_key("prefer");
    let verdict = match header("x-counterpart") {
        // Nothing but an example of the document is sent although it does not fit.
        _ if breaches.is_some() && !anew => Verdict::BadExample,
        Some("breach") => Verdict::Breach,
        _ if breaches.is_some() => Verdict::Breach,
        Some("sample") => Verdict::Unmade,
        None if reply.status.is_success() || noted.is_none() => Verdict::Valid,
        _ => Verdict::Refused,
    };
    let (target, status) = (&request.target, reply.status.as_u16());
    let said = format!("{} {}", breaches.unwrap_or_default(), noted.unwrap_or_default());
    let own = if verdict == Verdict::Unmade { String::from_utf8_lossy(&reply.body) } else { "".into() };
    let target = format!("{}{target} {status}: {said}{own}", if anew { "(anew) " } else { "" });
    Exchange { verdict, time, size: reply.body.len(), target }
}
