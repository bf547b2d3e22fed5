//! Which function does which operation of `openapi.yaml`.

use http::StatusCode;
use serde_json::Value;

use super::call::Call;
use super::problem::Problem;
use super::{clock, records, scenarios, server, sessions};
use crate::contract::Operation;

/// What an operation does. Null is a reply without a body; the status is the document's.
type Act = fn(&Call<'_>) -> Result<Value, Problem>;

/// By `operationId`.
const TABLE: &[(&str, Act)] = &[
    ("Health", server::health),
    ("Ready", server::ready),
    ("Document", server::document),
    ("ListSessions", sessions::list),
    ("CreateSession", sessions::create),
    ("ShowSession", sessions::show),
    ("DropSession", sessions::remove),
    ("ResetSession", sessions::reset),
    ("ListSnapshots", sessions::snapshots),
    ("TakeSnapshot", sessions::take),
    ("RestoreSnapshot", sessions::restore),
    ("DropSnapshot", sessions::forget),
    ("ShowClock", clock::show),
    ("ChangeClock", clock::change),
    ("AdvanceClock", clock::advance),
    ("ListScenarios", scenarios::list),
    ("ActivateScenario", scenarios::activate),
    ("ReplaceScenarios", scenarios::replace),
    ("DeactivateScenario", scenarios::deactivate),
    ("ListCollections", records::collections),
    ("ListRecords", records::list),
    ("CreateRecord", records::create),
    ("ShowRecord", records::show),
    ("UpdateRecord", records::update),
    ("RemoveRecord", records::remove),
];

/// What anyone may know: containers are asked for it from outside, under any name.
const OPEN: [&str; 2] = ["Health", "Ready"];

/// Whether an operation is for everyone.
pub(super) fn is_open(operation: &Operation) -> bool {
    OPEN.contains(&operation.id.as_str())
}

pub(super) fn run(operation: &Operation, call: &Call<'_>) -> Result<Value, Problem> {
    match TABLE.iter().find(|(id, _)| *id == operation.id) {
        Some((_, act)) => act(call),
        None => Err(Problem::new(StatusCode::NOT_IMPLEMENTED, "Nothing does this", operation.id.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Contract;

    #[test]
    fn every_operation_of_the_document_is_done_and_no_other() {
        let source = super::super::document().expect("the document reads");
        let (contract, findings) = Contract::load(&source, &super::super::Alone).expect("the document reads");
        assert!(findings.is_empty() && contract.check_all().is_empty(), "{findings:?} {:?}", contract.check_all());
        let documented: Vec<&str> = contract.operations().iter().map(|operation| operation.id.as_str()).collect();
        let done: Vec<&str> = TABLE.iter().map(|(id, _)| *id).collect();
        assert_eq!(done, documented);
    }
}
