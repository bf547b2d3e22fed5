//! The scenarios that counterpart brings along.

use super::{Session, said, short, try_read};

fn files() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("stands in the repository")
        .map(|entry| entry.expect("is readable").path())
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("is readable");
            (path.file_stem().expect("has a name").to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}

fn bundled(name: &str) -> Session {
    let text = files().into_iter().find(|(file, _)| file == name).expect("is bundled").1;
    Session::new(&[&text])
}

#[test]
fn every_bundled_scenario_loads_and_says_what_it_proves() {
    let files = files();
    assert!(files.len() >= 10);
    for (name, text) in files {
        let scenario = try_read(&text).unwrap_or_else(|findings| panic!("{name}: {}", said(&findings)));
        assert_eq!(scenario.name(), name);
        assert!(
            scenario.about().is_some_and(|about| about.starts_with("Proves that ") && about.ends_with('.')),
            "{name}"
        );
    }
}

#[test]
fn bundled_scenarios_do_what_they_say() {
    let check = |name: &str, line: &str, expected: &[&str]| {
        let session = bundled(name);
        let plans: Vec<String> = expected.iter().map(|_| short(&session.plan(line))).collect();
        assert_eq!(plans, expected, "{name}");
    };
    let limited = "gate:rate_limited";
    check("rate-limit-burst", "POST /api/things", &["-", limited, limited, limited, "-"]);
    check("rate-limit-burst", "GET /api/things", &["-", "-"]);
    check("retry-sequence", "GET /api/things", &["verdict:internal", "gate:unavailable", limited, "-", "-", "-"]);
    check("lost-reply", "POST /api/things", &["wire:reset", "-"]);
    let down = "gate:unavailable";
    check("flapping", "GET /api/users", &["-", "-", "-", down, down, "-", "-", "-", down]);
    let expired = "gate:invalid_token";
    check("token-expiry", "GET /api/users", &["-", "-", "-", "-", expired, expired, expired, expired, "-"]);
    check("html-502", "GET /api/users", &["-", "gate:502", "gate:502", "-"]);
    check("first-attempt-fails", "GET /api/users", &[down, "-", "-"]);
    check("truncated-list", "GET /api/users", &["-", "wire:cut 0.5", "-", "-", "wire:cut 0.5", "-"]);
    check("bulk-partly-fails", "POST /api/things", &["items:invalid", "items:invalid"]);
    let change = "change:1 changes";
    check("moving-pages", "GET /api/users", &[change, change, change, "-"]);
    check("garbled-replies", "GET /api/users", &["wire:garbage", "-", "wire:cut_head 0.5", "-", "wire:bad_chunk", "-"]);
    check("slow-bodies", "GET /api/users", &["-"]);
    assert!(bundled("slow-bodies").plan("GET /api/users").drip.as_secs() >= 2);
    check("slow-reads", "GET /api/users", &["-"]);
    assert!(!bundled("slow-reads").plan("GET /api/users").delay.is_zero());
    assert!(bundled("slow-reads").plan("POST /api/things").delay.is_zero());
    assert!(bundled("slow-start").plan("POST /api/things").delay.as_millis() >= 500);
}

#[test]
fn the_maintenance_window_goes_by_the_clock() {
    let session = bundled("maintenance-window");
    let plans = [0, 10, 29, 1].map(|seconds| {
        session.clock.advance(std::time::Duration::from_secs(seconds));
        short(&session.plan("GET /api/users"))
    });
    assert_eq!(plans, ["-", "gate:unavailable", "gate:unavailable", "-"]);
}

#[test]
fn flaky_writes_fail_one_time_in_five() {
    let session = bundled("flaky-writes");
    let failed = (0..1000).filter(|_| short(&session.plan("POST /api/things")) != "-").count();
    assert!((150..250).contains(&failed), "{failed}");
}
