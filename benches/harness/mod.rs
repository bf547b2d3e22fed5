//! A small load generator and stop-watch: raw keep-alive connections against a server in a process of its own.
//! Rounds alternate between the targets, each with another one first, so that a disturbance meets all of them, and each round has
//! servers of its own, since where the memory of a process happens to lie makes up to a tenth. What is reported are medians, and of
//! processor time the lower quartile, since disturbances only add to it.

#![allow(dead_code, unused_imports, reason = "each benchmark uses a part of it")]

mod bare;
mod load;

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

pub(crate) use bare::{against_bare, bare};
pub(crate) use load::Load;
use load::measure;

/// A server in a child process, which lives as long as this value.
pub(crate) struct House {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl House {
    /// Starts a server. The first line of its output that ends with `http://ADDRESS`, with or without a slash, says
    /// where it listens.
    pub(crate) fn start(command: &mut Command) -> House {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server's binary is there");
        let output = child.stdout.take().expect("its output is piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.rsplit_once("http://")?.1.trim_end_matches('/').parse().ok());
        // Nobody reads on, but a server that prints must not find its output closed.
        std::thread::spawn(move || lines.for_each(drop));
        House { child, address: address.expect("the server says where it listens") }
    }

    /// The memory in use, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("this is Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a process has memory");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a size is a number") * 1024
    }

    /// Asks once, and gives the length of the body that comes.
    pub(crate) fn body_length(&self, request: &[u8]) -> usize {
        let mut stream = std::net::TcpStream::connect(self.address).expect("the server listens");
        stream.write_all(request).expect("the server reads");
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        let length = lines.find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        length.expect("a reply says how long it is")
    }

    /// The processor time of all its threads so far, in nanoseconds.
    pub(crate) fn processor_time(&self) -> u64 {
        let tasks = PathBuf::from(format!("/proc/{}/task", self.child.id()));
        let tasks = std::fs::read_dir(tasks).expect("the server is alive, and this is Linux").flatten();
        tasks
            .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
            .filter_map(|line| line.split(' ').next()?.parse::<u64>().ok())
            .sum()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a server.
pub(crate) type Start<'a> = &'a dyn Fn() -> House;

/// What is asked of whom.
pub(crate) struct Target<'a> {
    pub(crate) name: &'static str,
    pub(crate) start: Start<'a>,
    /// A whole request, as bytes on the wire.
    pub(crate) request: Vec<u8>,
}

/// What one round came to, or many together.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    /// Processor time of the server per request, in microseconds.
    pub(crate) processor: f64,
    /// Microseconds from the first byte sent to the last received.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Figures {
    fn of(rounds: &[Figures]) -> Figures {
        let of = |field: fn(&Figures) -> f64, share: usize| {
            let mut values: Vec<f64> = rounds.iter().map(field).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / share]
        };
        Figures {
            per_second: of(|round| round.per_second, 2),
            processor: of(|round| round.processor, 4),
            p50: of(|round| round.p50, 2),
            p99: of(|round| round.p99, 2),
        }
    }
}

/// Measures all targets in turn, round after round. The first requests to a server do not count.
pub(crate) fn compare(targets: &[Target], load: Load, rounds: usize) -> Vec<Figures> {
    let warming = Load { requests: load.requests / 4, ..load };
    let mut figures = vec![Vec::new(); targets.len()];
    for round in 0..rounds {
        for index in (0..targets.len()).map(|index| (round + index) % targets.len()) {
            let target = &targets[index];
            let house = (target.start)();
            measure(&house, &target.request, warming);
            figures[index].push(measure(&house, &target.request, load));
        }
    }
    figures.iter().map(|rounds| Figures::of(rounds)).collect()
}

/// A table of figures, each with its ratio to the first.
pub(crate) fn table(targets: &[Target], figures: &[Figures]) -> String {
    let mut table = format!(
        "{:<28} {:>11} {:>7} {:>11} {:>7} {:>9} {:>9}\n",
        "target", "requests/s", "ratio", "cpu µs/req", "ratio", "p50 µs", "p99 µs"
    );
    for (target, now) in targets.iter().zip(figures) {
        let first = figures[0];
        table += &format!(
            "{:<28} {:>11.0} {:>7.3} {:>11.2} {:>7.3} {:>9.0} {:>9.0}\n",
            target.name,
            now.per_second,
            now.per_second / first.per_second,
            now.processor,
            now.processor / first.processor,
            now.p50,
            now.p99,
        );
    }
    table
}

/// Writes to the output. A closed one is no reason to fail.
pub(crate) fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
