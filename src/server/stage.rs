//! How far a server has come on its way to its end, for all its connections to see.

use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::Notify;

/// How far a server has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Connections come and go.
    Open,
    /// What is in flight is finished.
    Draining,
    /// Everything ends at once.
    Over,
}

/// The stage of one server. It only ever advances.
#[derive(Debug, Default)]
pub(super) struct Stages {
    now: AtomicU8,
    bell: Notify,
}

impl Stages {
    /// The stage that is reached. Costs one load, so it can be asked all the time.
    pub(super) fn now(&self) -> Stage {
        match self.now.load(Ordering::Acquire) {
            0 => Stage::Open,
            1 => Stage::Draining,
            _ => Stage::Over,
        }
    }

    /// Goes on to a stage.
    pub(super) fn advance(&self, stage: Stage) {
        self.now.fetch_max(stage as u8, Ordering::AcqRel);
        self.bell.notify_waiters();
    }

    /// Resolves once a stage is reached.
    pub(super) async fn reach(&self, stage: Stage) {
        loop {
            // The order matters: whoever advances in between is heard by this `Notified`.
            let rung = self.bell.notified();
            if self.now() >= stage {
                return;
            }
            rung.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stage_that_is_passed_is_reached() {
        let stages = Stages::default();
        stages.reach(Stage::Open).await;
        stages.advance(Stage::Over);
        stages.advance(Stage::Draining);
        assert_eq!(stages.now(), Stage::Over);
        stages.reach(Stage::Draining).await;
    }
}
