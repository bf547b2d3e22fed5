//! What was seen of one document, and the sums over all of them.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::time::Duration;

/// Answers that take longer than this are listed.
const SLOW: Duration = Duration::from_millis(250);

/// How a document was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Loaded,
    Swagger,
    Refused(String),
    Panicked,
    Endless,
}

/// What is to be said of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// It keeps to the document.
    Valid,
    /// The request that was made up does not keep to the document, and was refused.
    Refused,
    /// It is an example of the document that does not fit the schema beside it.
    BadExample,
    /// It breaks the document.
    Breach,
    /// None could be made.
    Unmade,
}

pub(crate) struct Exchange {
    pub(crate) verdict: Verdict,
    pub(crate) time: Duration,
    pub(crate) size: usize,
    /// What was asked, and what is wrong with the reply.
    pub(crate) target: String,
}

/// One document. Sizes and memory are in bytes.
pub(crate) struct Survey {
    pub(crate) outcome: Outcome,
    pub(crate) size: u64,
    pub(crate) load: Duration,
    pub(crate) held: usize,
    pub(crate) peak: usize,
    /// The rules of the warnings.
    pub(crate) warnings: Vec<&'static str>,
    pub(crate) exchanges: Vec<Exchange>,
}

impl Survey {
    pub(crate) fn new(outcome: Outcome) -> Survey {
        let (size, load, held, peak) = (0, Duration::ZERO, 0, 0);
        Survey { outcome, size, load, held, peak, warnings: Vec::new(), exchanges: Vec::new() }
    }

    /// One line for the document, and one for each reply that calls for a look.
    pub(crate) fn lines(&self, name: &str) -> String {
        let slowest = self.exchanges.iter().map(|it| it.time).max().unwrap_or_default();
        let mut text = format!(
            "{name}\t{:?}\t{} kB\tload {:.1} ms\theld {} kB\tpeak {} kB\twarnings {}\tslowest {:.1} ms\n",
            self.outcome,
            self.size / 1024,
            milliseconds(self.load),
            self.held / 1024,
            self.peak / 1024,
            self.warnings.len(),
            milliseconds(slowest),
        );
        for it in self.exchanges.iter().filter(|it| it.verdict != Verdict::Valid || it.time > SLOW) {
            let what: String = it.target.chars().take(600).collect();
            let _ = writeln!(text, "    {:?} {:.1} ms {} bytes {what}", it.verdict, milliseconds(it.time), it.size);
        }
        text
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The sums.
#[derive(Default)]
pub(crate) struct Tally {
    outcomes: BTreeMap<&'static str, usize>,
    verdicts: BTreeMap<Verdict, usize>,
    /// Warnings and documents by rule.
    rules: BTreeMap<&'static str, (usize, usize)>,
    loads: Vec<(Duration, String)>,
    answers: Vec<(Duration, String)>,
    /// Memory held, in parts of the size of the file.
    memory: Vec<(f64, String)>,
    bytes: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, name: &str, survey: Survey) {
        let outcome = match survey.outcome {
            Outcome::Loaded => "loaded",
            Outcome::Swagger => "Swagger 2.0",
            Outcome::Refused(_) => "refused",
            Outcome::Panicked => "panicked",
            Outcome::Endless => "took too long",
        };
        *self.outcomes.entry(outcome).or_default() += 1;
        self.bytes += survey.size;
        let mut rules = survey.warnings.clone();
        rules.sort_unstable();
        for rule in &rules {
            self.rules.entry(rule).or_default().0 += 1;
        }
        rules.dedup();
        for rule in &rules {
            self.rules.entry(rule).or_default().1 += 1;
        }
        if survey.outcome == Outcome::Loaded {
            self.loads.push((survey.load, name.to_owned()));
            self.memory.push((survey.held as f64 / survey.size.max(1) as f64, name.to_owned()));
        }
        for exchange in survey.exchanges {
            *self.verdicts.entry(exchange.verdict).or_default() += 1;
            self.answers
                .push((exchange.time, format!("{name} {}", exchange.target.chars().take(80).collect::<String>())));
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "\n{} MB of documents: {:?}", self.bytes / 1_000_000, self.outcomes)?;
        writeln!(out, "replies: {:?}", self.verdicts)?;
        writeln!(out, "warnings at load, and documents that have them:")?;
        for (rule, (warnings, documents)) in &self.rules {
            writeln!(out, "    {rule}: {warnings} in {documents}")?;
        }
        ranks(out, "load, ms", self.loads.iter().map(|(time, name)| (milliseconds(*time), name)))?;
        ranks(out, "answer, ms", self.answers.iter().map(|(time, name)| (milliseconds(*time), name)))?;
        ranks(out, "memory held, times the file", self.memory.iter().map(|(times, name)| (*times, name)))
    }
}

/// Percentiles, and the highest.
fn ranks<'a>(out: &mut fmt::Formatter<'_>, what: &str, values: impl Iterator<Item = (f64, &'a String)>) -> fmt::Result {
    let mut values: Vec<_> = values.collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |share: usize| values.get(values.len().saturating_sub(1) * share / 100).map_or(0.0, |(value, _)| *value);
    writeln!(out, "{what}: p50 {:.1}, p90 {:.1}, p99 {:.1}; highest:", at(50), at(90), at(99))?;
    for (value, name) in values.iter().rev().take(12) {
        writeln!(out, "    {value:.1} {name}")?;
    }
    Ok(())
}
