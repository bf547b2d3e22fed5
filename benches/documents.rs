//! Large documents without a pack: the time to ready and the memory at rest, then how near their replies are to bare hyper with a
//! fixed body of the same size, in the same run. `cargo bench --bench documents`, or with `-- ROUNDS`; `-- write FOLDER` only
//! writes the documents. What holds for `benches/exchange.rs` on a quiet machine holds here.

mod harness;
#[path = "documents/made.rs"]
mod made;

use std::path::{Path, PathBuf};
use std::process::Command;

use harness::{House, Load, against_bare, bare, print};
use serde_json::Value;
use tokio::time::Instant;

const BINARY: &str = env!("CARGO_BIN_EXE_counterpart");
const LOAD: Load = Load { connections: 16, requests: 32_000 };
/// Every value is made anew, so there are fewer of these.
const MADE: Load = Load { connections: 16, requests: 8_000 };
const SEED: u64 = 1;
const STARTS: usize = 9;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bare", size] => bare(size.parse().expect("a size is a number")),
        ["write", folder] => drop(write(Path::new(folder))),
        [rounds] => report(rounds.parse().expect("the number of rounds is a number")),
        _ => report(7),
    }
}

fn report(rounds: usize) {
    let folder = std::env::temp_dir().join(format!("counterpart-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("there is a folder for temporary files");
    let documents = write(&folder);
    documents.iter().for_each(|document| at_rest(document));
    let path = std::fs::read_to_string(&documents[0]).expect("it was just written");
    let path = path.lines().find_map(|line| line.trim().strip_prefix('/')?.strip_suffix(':')).expect("it has paths");
    let cases = [
        ("example", get(&format!("/{path}"), ""), LOAD),
        ("generated, kept", get(&format!("/{path}/1"), ""), LOAD),
        ("generated, each anew", get(&format!("/{path}/1"), "Prefer: dynamic=true\r\n"), MADE),
    ];
    for (name, request, load) in cases {
        against_bare(&[(name, &|| serve(&documents[0]))], &request, load, rounds);
    }
    let _ = std::fs::remove_dir_all(folder);
}

/// 3 MB of YAML and 10 MB of JSON.
fn write(folder: &Path) -> [PathBuf; 2] {
    let json: fn(&Value) -> String = |value| serde_json::to_string_pretty(value).expect("a value can be written");
    let kinds = [("api.yaml", 3_000_000, made::yaml as fn(&Value) -> String), ("api.json", 10_000_000, json)];
    kinds.map(|(name, size, write)| {
        let file = folder.join(name);
        std::fs::write(&file, made::document(size, SEED, write)).expect("the folder can be written to");
        file
    })
}

/// The time from the start of the process to the line that says where it listens, and what it has taken by then.
fn at_rest(document: &Path) {
    let size = std::fs::metadata(document).expect("it was just written").len() as f64;
    let (mut times, mut worked, mut memory) = (Vec::new(), Vec::new(), 0);
    for _ in 0..STARTS {
        let begun = Instant::now();
        let house = serve(document);
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        worked.push(house.processor_time() as f64 / 1_000_000.0);
        memory = house.memory();
    }
    times.sort_by(f64::total_cmp);
    worked.sort_by(f64::total_cmp);
    let (best, median, worked) = (times[0], times[STARTS / 2], worked[STARTS / 2]);
    let name = document.file_name().unwrap_or_default().to_string_lossy();
    let (mib, share) = (memory as f64 / 1024.0 / 1024.0, memory as f64 / size);
    print(&format!(
        "{name}, {:.1} MB: ready in {median:.0} ms (best {best:.0} ms, processor time {worked:.0} ms), \
         {mib:.1} MiB at rest, {share:.1} times the file\n\n",
        size / 1_000_000.0
    ));
}

fn serve(document: &Path) -> House {
    House::start(Command::new(BINARY).arg("serve").arg(document).args(["--port", "0", "--log", "off"]))
}

fn get(target: &str, more: &str) -> Vec<u8> {
    let head = format!("GET {target} HTTP/1.1\r\nHost: localhost:4010\r\nAccept: application/json\r\n");
    format!("{head}User-Agent: bench\r\n{more}\r\n").into_bytes()
}
