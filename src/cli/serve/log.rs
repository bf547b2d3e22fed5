//! The log: lines go to a thread that writes them, so that no request waits for a terminal.

use std::io::{Write, stderr, stdout};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::journal::{Exchange, Format, Level, line};

/// Lines that wait to be written. When the reader is slower than this, further lines are dropped and counted.
const WAITING: usize = 16 * 1024;

/// Where exchanges are written.
#[derive(Clone)]
pub(super) struct Log {
    format: Format,
    level: Level,
    lines: SyncSender<String>,
}

/// The thread that writes them.
pub(super) struct Writer {
    lines: SyncSender<String>,
    thread: JoinHandle<()>,
}

/// A log and its writer.
pub(super) fn start(format: Format, level: Level, to_stderr: bool) -> Option<(Log, Writer)> {
    let (lines, waiting) = sync_channel(WAITING);
    let thread = std::thread::Builder::new().name("log".into()).spawn(move || match to_stderr {
        true => write(&waiting, stderr()),
        false => write(&waiting, stdout()),
    });
    // A machine without room for a thread gets no log, but it gets its server.
    let thread = thread.ok()?;
    Some((Log { format, level, lines: lines.clone() }, Writer { lines, thread }))
}

impl Log {
    pub(super) fn write(&self, exchange: &Exchange) {
        // A full queue or a gone writer costs a line, never a request.
        let _ = self.lines.try_send(line(exchange, self.format, self.level));
    }
}

impl Writer {
    /// Writes what still waits.
    pub(super) fn finish(self) {
        // An empty line is the sign to end: logs that live on keep the channel open. Where there is no room for it, nobody reads,
        // and there is nothing to wait for.
        if self.lines.try_send(String::new()).is_ok() {
            let _ = self.thread.join();
        }
    }
}

fn write(waiting: &Receiver<String>, mut to: impl Write) {
    while let Ok(line) = waiting.recv() {
        if line.is_empty() {
            break;
        }
        let mut batch = line;
        batch.push('\n');
        let mut last = false;
        while batch.len() < 64 * 1024 && !last {
            let Ok(line) = waiting.try_recv() else { break };
            last = line.is_empty();
            if !last {
                batch.push_str(&line);
                batch.push('\n');
            }
        }
        let written = to.write_all(batch.as_bytes()).and_then(|()| to.flush());
        if written.is_err() || last {
            break;
        }
    }
}
