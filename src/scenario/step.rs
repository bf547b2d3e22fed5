//! `do`: one thing that a rule does, or a sequence of them.

use std::sync::Arc;

use super::delay::Delay;
use super::fault::{Edit, Fault, Refuse, Status};
use super::{About, change, wire};
use crate::message::Wire;
use crate::source::{Fields, Findings, Node};

/// Where on a request's way a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before anything is looked at, as a gateway would.
    Gate,
    /// In place of the behaviour, after the caller and the request were checked.
    Verdict,
    /// After the effect took place.
    Reply,
}

impl Stage {
    /// The word for it in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Gate => "gate",
            Stage::Verdict => "verdict",
            Stage::Reply => "reply",
        }
    }
}

/// One thing that a rule does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    /// Before the head.
    pub(super) delay: Option<Delay>,
    /// Over the body.
    pub(super) drip: Option<Delay>,
    pub(super) act: Act,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    /// Nothing, and the scenario's rules below stay quiet as well: in this stage, or in all.
    Pass(Option<Stage>),
    /// Nothing but to take time.
    Wait,
    Strike(Stage, Arc<Fault>),
}

/// Reads a `do`; `at` is the stage that the rule asks for.
pub(super) fn read(node: &Node<'_>, at: Option<Stage>, about: About<'_>, findings: &mut Findings) -> Option<Vec<Step>> {
    let parts = node.one_or_many();
    if parts.is_empty() {
        return node.mismatch("at least one step", findings);
    }
    let steps: Vec<Option<Step>> = parts.iter().map(|part| Step::read(part, at, about, findings)).collect();
    steps.into_iter().collect()
}

impl Step {
    /// Whether it changes what the client is told.
    pub(super) fn strikes(&self) -> bool {
        matches!(self.act, Act::Strike(..))
    }

    fn read(node: &Node<'_>, at: Option<Stage>, about: About<'_>, findings: &mut Findings) -> Option<Step> {
        if node.value() == "pass" {
            return Some(Step { delay: None, drip: None, act: Act::Pass(at) });
        }
        if !node.value().is_object() {
            return node.mismatch("`pass` or a mapping such as { refuse: rate_limited }", findings);
        }
        let mut fields = node.fields(findings)?;
        let fault = match MAIN.iter().filter(|key| fields.has(key)).collect::<Vec<_>>().as_slice() {
            [one, other, ..] => {
                let what = format!("`{one}` and `{other}` cannot stand together");
                findings.push(node.error("conflict", what).help("one step does one thing; write two rules"));
                return None;
            }
            _ => read_fault(&mut fields, about, findings),
        };
        let delay = fields.optional("delay", findings, Delay::read);
        let drip = fields.optional("drip", findings, Delay::read);
        let empty = node.value().as_object().is_some_and(serde_json::Map::is_empty);
        fields.finish(findings);
        if empty {
            return node.mismatch("`pass` or a mapping such as { refuse: rate_limited }", findings);
        }
        let act = match fault {
            Some(fault) => Act::Strike(stage(node, at, &fault, findings)?, Arc::new(fault)),
            None => Act::Wait,
        };
        Some(Step { delay, drip, act })
    }
}

/// The keys of which a step has one at most. `headers` goes with `status` or with `patch`.
const MAIN: [&str; 5] = ["refuse", "status", "wire", "change", "patch"];

/// The one thing of a step beside its delay, if there is one.
fn read_fault(fields: &mut Fields<'_>, about: About<'_>, findings: &mut Findings) -> Option<Fault> {
    if fields.has("refuse") {
        Refuse::read(fields, about, findings).map(Fault::Refuse)
    } else if fields.has("status") {
        Status::read(fields, about, findings).map(Fault::Status)
    } else if fields.has("wire") {
        wire::read(fields, findings).map(Fault::Wire)
    } else if fields.has("change") {
        let changes = fields.required("change", findings, |node, findings| change::read(node, about.world, findings));
        changes.map(Fault::Change)
    } else if fields.has("headers") || fields.has("patch") {
        Edit::read(fields, findings).map(Fault::Edit)
    } else {
        // Asked for only so that a misspelt key is answered with all of them.
        for key in MAIN.into_iter().chain(["headers"]) {
            fields.take(key);
        }
        None
    }
}

/// Where a fault strikes: as the rule asks, or where such a fault comes from in real life.
fn stage(node: &Node<'_>, at: Option<Stage>, fault: &Fault, findings: &mut Findings) -> Option<Stage> {
    const AT_THE_GATE: [&str; 5] = ["rate_limited", "unavailable", "unauthenticated", "invalid_token", "no_endpoint"];
    match (fault, at) {
        (Fault::Edit(_), Some(Stage::Gate | Stage::Verdict)) => {
            let what = "`headers` and `patch` change a reply, and there is none before `at: reply`";
            findings.push(node.error("conflict", what));
            None
        }
        (Fault::Change(_), Some(Stage::Gate | Stage::Verdict)) => {
            findings.push(node.error("conflict", "records change once the call is done, which is `at: reply`"));
            None
        }
        (Fault::Wire(wire), Some(Stage::Gate | Stage::Verdict)) if wire.is_of_body() => {
            let what = format!("`{}` breaks a body, and there is none before `at: reply`", Wire::WORDS[wire.index()]);
            findings.push(node.error("conflict", what).help("`reset`, `close`, `cut_head` and `garbage` need none"));
            None
        }
        (Fault::Refuse(Refuse { items: Some(_), .. }), Some(Stage::Gate | Stage::Reply)) => {
            findings
                .push(node.error("conflict", "items are refused in place of the behaviour, which is `at: verdict`"));
            None
        }
        (_, Some(stage)) => Some(stage),
        (Fault::Refuse(Refuse { items: Some(_), .. }), None) => Some(Stage::Verdict),
        (Fault::Refuse(refuse), None) if AT_THE_GATE.contains(&refuse.kind.name.as_str()) => Some(Stage::Gate),
        (Fault::Refuse(_) | Fault::Status(_), None) => Some(Stage::Verdict),
        (Fault::Edit(_) | Fault::Change(_) | Fault::Wire(_), None) => Some(Stage::Reply),
    }
}
