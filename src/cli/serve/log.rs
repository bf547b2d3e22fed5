//! The log: lines go to a thread that writes them, so that no request waits for a terminal.

use std::io::{Write, stderr, stdout};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::journal::{Entry, Format};

/// Lines that wait to be written. When the reader is slower than this, further lines are dropped and counted.
const WAITING: usize = 16 * 1024;

/// Where exchanges are written.
#[derive(Clone)]
pub(super) struct Log {
    format: Format,
    lines: Option<SyncSender<String>>,
}

/// The thread that writes them.
pub(super) struct Writer {
    lines: SyncSender<String>,
    thread: JoinHandle<()>,
}

/// A log, and its writer where there is something to write.
pub(super) fn start(format: Format, to_stderr: bool) -> (Log, Option<Writer>) {
    let silent = (Log { format, lines: None }, None);
    if format == Format::Off {
        return silent;
    }
    let (lines, waiting) = sync_channel(WAITING);
    let thread = std::thread::Builder::new().name("log".into()).spawn(move || match to_stderr {
        true => write(&waiting, stderr()),
        false => write(&waiting, stdout()),
    });
    // A machine without room for a thread gets no log, but it gets its server.
    let Ok(thread) = thread else { return silent };
    (Log { format, lines: Some(lines.clone()) }, Some(Writer { lines, thread }))
}

impl Log {
    pub(super) fn write(&self, entry: &Entry<'_>) {
        let Some(lines) = &self.lines else { return };
        if let Some(line) = entry.line(self.format) {
            // A full queue or a gone writer costs a line, never a request.
            let _ = lines.try_send(line);
        }
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
