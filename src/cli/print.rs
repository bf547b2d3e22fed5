//! Printing to streams that may be closed: a server does not end because nobody reads what it says.

use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use crate::load;
use crate::source::{Finding, Severity};

/// A line on stdout.
pub(super) fn out(line: &str) {
    let mut stdout = stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

/// A line on stderr.
pub(super) fn err(line: &str) {
    let _ = writeln!(stderr().lock(), "{line}");
}

/// Findings on stderr, with how many errors they are.
pub(super) fn findings(findings: &[Finding]) {
    findings.iter().for_each(|finding| err(&finding.to_string()));
    count(findings);
}

/// How many errors there are, where there is more than one.
pub(super) fn count(findings: &[Finding]) {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > 1 {
        err(&format!("{errors} errors"));
    }
}

/// What is bundled.
pub(super) fn bundled() -> ExitCode {
    out("packs:");
    load::bundled().for_each(|name| out(&format!("  {name}")));
    out("scenarios:");
    for (name, text) in load::bundled_scenarios() {
        let about = text.lines().find_map(|line| line.strip_prefix("about: ")).unwrap_or_default();
        out(&format!("  {name:<20} {about}"));
    }
    ExitCode::SUCCESS
}
