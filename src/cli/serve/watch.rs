//! Looks after the files that are served, and has them read again when they have changed.
//!
//! It asks for their times now and then: that works in folders that are mounted into containers as well, where nothing is told of changes.

use std::sync::Arc;
use std::time::Duration;

use crate::cli::print;
use crate::control::{Front, Reloaded};
use crate::source::Finding;

/// How often it looks. What has changed is read when it has not changed once more since.
const EVERY: Duration = Duration::from_millis(250);

/// Watches for as long as it is not dropped.
pub(super) async fn watch(front: Arc<Front>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(before) = front.trail() else { return };
        let mut now = before.now();
        if now == before {
            continue;
        }
        loop {
            tokio::time::sleep(EVERY).await;
            let next = now.now();
            if next == now {
                break;
            }
            now = next;
        }
        let front = Arc::clone(&front);
        // Reading takes its time, and must not keep others from being answered.
        if tokio::task::spawn_blocking(move || say(front.reload())).await.is_err() {
            return;
        }
    }
}

fn say(outcome: Result<Reloaded, Vec<Finding>>) {
    match outcome {
        Ok(Reloaded { warnings, notes }) => {
            print::findings(&warnings);
            notes.iter().for_each(|note| print::err(&format!("note: {note}")));
            print::err("the files have changed, and are served as they are now");
        }
        Err(findings) => {
            print::findings(&findings);
            print::err("the files have changed and cannot be used; what was read before is still served");
        }
    }
}
