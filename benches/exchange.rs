//! How near a whole exchange with the Zendesk pack is to bare hyper with a fixed body of the same size, in the same run;
//! then the time to ready, and the memory at rest. `cargo bench --bench exchange`, or with `-- ROUNDS`.
//!
//! The figures want a quiet machine: build first (`cargo bench --no-run`), wait until the load is below 0.1, run it twice, and
//! believe neither run where the two differ by more than a tenth. On a machine that is not quiet, count instructions:
//! `cargo build --profile profiling`, start the server under `valgrind --tool=callgrind --instr-atstart=no`, ask a few hundred
//! times, and put a thousand requests more between `callgrind_control -i on` and `callgrind_control -i off`. The bare server is
//! this benchmark's own executable with the words `bare SIZE`.

mod harness;

use std::process::Command;

use harness::{House, Load, Start, against_bare, bare, print};
use tokio::time::Instant;

const BINARY: &str = env!("CARGO_BIN_EXE_counterpart");
/// `admin@example.com/token:mock-token`.
const CREDENTIALS: &str = "Basic YWRtaW5AZXhhbXBsZS5jb20vdG9rZW46bW9jay10b2tlbg==";
const LOAD: Load = Load { connections: 16, requests: 32_000 };
/// Every record that is made stays, so there are fewer of these.
const WRITES: Load = Load { connections: 16, requests: 8_000 };

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bare", size] => bare(size.parse().expect("a size is a number")),
        [rounds] => report(rounds.parse().expect("the number of rounds is a number")),
        _ => report(7),
    }
}

fn report(rounds: usize) {
    let scenario = std::env::temp_dir().join(format!("counterpart-bench-{}.yaml", std::process::id()));
    std::fs::write(&scenario, UNMATCHED).expect("there is a folder for temporary files");
    let plain = || mock(&[]);
    let watched = || mock(&["--scenario", &scenario.display().to_string()]);
    let forgetful = || mock(&["--journal", "0"]);
    let hundred = || {
        let house = plain();
        for number in 0..120 {
            house.body_length(&create(&format!("{number:010}")));
        }
        house
    };
    let shows: [(_, Start<'_>); 3] =
        [("show", &plain), ("show, no journal", &forgetful), ("show, scenario that waits", &watched)];
    against_bare(&shows, &get("/api/v2/organizations/1873.json"), LOAD, rounds);
    let list = get("/api/v2/organizations.json?page%5Bsize%5D=100");
    against_bare(&[("list of 100", &hundred)], &list, WRITES, rounds);
    let refused = post(r#"{"organization":{"name":"One Organization"}}"#);
    against_bare(&[("create, refused", &plain)], &refused, LOAD, rounds);
    against_bare(&[("create", &plain)], &create("##########"), WRITES, rounds);
    let _ = std::fs::remove_file(scenario);
    at_rest();
}

/// The time from the start of the process to the line that says where it listens, and its memory then.
fn at_rest() {
    let mut times = Vec::new();
    let mut memory = 0;
    for _ in 0..15 {
        let begun = Instant::now();
        let house = mock(&[]);
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        memory = house.memory();
    }
    times.sort_by(f64::total_cmp);
    let (best, median) = (times[0], times[times.len() / 2]);
    let memory = memory as f64 / 1024.0 / 1024.0;
    print(&format!("ready in {median:.1} ms (best {best:.1} ms), {memory:.1} MiB at rest\n"));
}

/// A scenario with rules for what is measured, none of which ever strikes.
const UNMATCHED: &str = "\
name: waits
rules:
  - { on: ShowOrganization, where: { header.x-never: sent }, nth: 1, do: { refuse: rate_limited } }
  - { on: DELETE *, nth: 1, do: { refuse: unavailable } }
";

fn mock(more: &[&str]) -> House {
    let arguments = ["serve", "zendesk", "--port", "0", "--log", "off"];
    House::start(Command::new(BINARY).args(arguments).args(more))
}

fn get(target: &str) -> Vec<u8> {
    let head = format!("GET {target} HTTP/1.1\r\nHost: localhost:4010\r\nAuthorization: {CREDENTIALS}\r\n");
    format!("{head}Accept: application/json\r\nUser-Agent: bench\r\n\r\n").into_bytes()
}

fn post(body: &str) -> Vec<u8> {
    let head =
        format!("POST /api/v2/organizations.json HTTP/1.1\r\nHost: localhost:4010\r\nAuthorization: {CREDENTIALS}\r\n");
    let length = body.len();
    format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// A request that makes a record. Where the number is the generator's mark, each request gets one of its own.
fn create(number: &str) -> Vec<u8> {
    post(&format!(r#"{{"organization":{{"name":"Bench {number}","tags":["bench"],"notes":"made to be measured"}}}}"#))
}
