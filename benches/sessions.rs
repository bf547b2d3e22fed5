//! What sessions cost: the time of a fork with 100,000 records in the store, and the memory of 10,000 sessions in each of which ten
//! records were changed. `cargo bench --bench sessions`.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use counterpart::clock::Clock;
use counterpart::exchange::{Doors, Settings, World};
use counterpart::load;
use counterpart::message::Request;
use counterpart::session::Bounds;
use http::{HeaderName, HeaderValue, Method};
use peak_alloc::PeakAlloc;
use serde_json::json;
use tokio::time::Instant;

/// Counts: what the files left free when they were read would hide what sessions take from what the process has.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const RECORDS: usize = 100_000;
const SESSIONS: usize = 10_000;
const CHANGES: usize = 10;
const FIRST: usize = 1_000_000;

fn main() {
    let folder = std::env::temp_dir().join(format!("counterpart-bench-{}", std::process::id()));
    write_fixtures(&folder);
    let world = world(&folder);
    let _ = std::fs::remove_dir_all(&folder);
    forks(&world);
    memory(&world);
}

fn write_fixtures(folder: &Path) {
    std::fs::create_dir_all(folder).expect("there is a folder for temporary files");
    let record = |number| json!({ "id": FIRST + number, "name": format!("Organization {number}") });
    let fixtures = json!({ "organizations": (0..RECORDS).map(record).collect::<Vec<_>>() });
    std::fs::write(folder.join("organizations.json"), fixtures.to_string()).expect("a file can be written");
}

fn world(fixtures: &Path) -> World {
    let clock = Clock::frozen("2026-01-01T00:00:00Z".parse().expect("this is a time"));
    let request =
        load::Request { what: vec!["zendesk".into()], fixtures: Some(fixtures.to_owned()), ..load::Request::default() };
    let loaded = load::load(&request, &clock).expect("the fixtures are right");
    let bounds = Bounds { most: 2 * SESSIONS, ..Bounds::default() };
    World::new(loaded.providers.into(), clock, 7, Settings { doors: Doors::Open, bounds, ..Settings::default() })
}

/// The time from a name to a session that answers.
fn forks(world: &World) {
    let sessions = &world.sessions;
    let mut times: Vec<f64> = (0..SESSIONS)
        .map(|number| {
            let name = format!("fork-{number}");
            let begun = Instant::now();
            let forked = sessions.create(&name, Arc::clone(sessions.seed()), sessions.dice(&name));
            let time = begun.elapsed().as_secs_f64() * 1e6;
            assert!(forked.is_ok() && sessions.remove(&name), "there is room");
            time
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (median, p99) = (times[SESSIONS / 2], times[SESSIONS / 100 * 99]);
    print(&format!("fork with {RECORDS} records: median {median:.2} µs, p99 {p99:.2} µs, of {SESSIONS}\n"));
}

/// The memory that sessions add, each with changes to records far apart.
fn memory(world: &World) {
    let (before, had) = (MEMORY.current_usage(), in_use());
    let begun = Instant::now();
    for session in 0..SESSIONS {
        for change in 0..CHANGES {
            let id = FIRST + (session * 7919 + change * (RECORDS / CHANGES)) % RECORDS;
            let answer = world.answer(&update(session, id), None);
            assert_eq!(answer.reply.status, 200, "{}", String::from_utf8_lossy(&answer.reply.body));
        }
    }
    let time = begun.elapsed().as_secs_f64();
    let mebibytes = |bytes: f64| bytes / 1024.0 / 1024.0;
    let (added, grown) = ((MEMORY.current_usage() - before) as f64, (in_use() - had) as f64);
    let (whole, each, grown) = (mebibytes(added), added / 1024.0 / SESSIONS as f64, mebibytes(grown));
    print(&format!(
        "{SESSIONS} sessions with {CHANGES} changed records each: {whole:.0} MiB, {each:.1} KiB a session; the process grew by \
         {grown:.0} MiB; in {time:.1} s\n"
    ));
}

fn update(session: usize, id: usize) -> Request {
    let mut request = Request::new(Method::PUT, format!("/api/v2/organizations/{id}.json"));
    let name = HeaderValue::from_str(&format!("worker-{session}")).expect("a name is text");
    request.headers.insert(HeaderName::from_static("x-counterpart-session"), name);
    request.headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    request.body = r#"{"organization":{"notes":"changed in one session only"}}"#.into();
    request
}

/// The memory of this process, in bytes.
fn in_use() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a process has memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a size is a number") * 1024
}

fn print(text: &str) {
    // A closed output is no reason to fail.
    let _ = std::io::stdout().write_all(text.as_bytes());
}
