//! Which function does which operation of `openapi.yaml`.

use http::StatusCode;
use serde_json::Value;

use super::call::Call;
use super::problem::Problem;
use super::{clock, journal, records, reload, scenarios, server, sessions};
use crate::contract::Operation;
use crate::message::Stream;

/// What an operation does. Null is a reply without a body; the status is the document's.
type Act = fn(&Call<'_>) -> Result<Value, Problem>;

/// What an operation does whose reply goes on and on.
type Follow = fn(&Call<'_>) -> Result<Stream, Problem>;

/// What an operation came to.
pub(super) enum Done {
    /// A value; null for no body.
    Value(Value),
    /// Events that come while they happen.
    Stream(Stream),
}

/// By `operationId`.
const TABLE: &[(&str, Act)] = &[
    ("Index", server::index),
    ("Health", server::health),
    ("Ready", server::ready),
    ("Document", server::document),
    ("Reload", reload::reload),
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
    ("ListExchanges", journal::list),
    ("ForgetExchanges", journal::clear),
    ("Verify", journal::verify),
    ("Explain", journal::explain),
];

/// Those whose replies go on and on.
const STREAMS: &[(&str, Follow)] = &[("FollowJournal", journal::follow)];

/// What anyone may know: containers are asked for it from outside, under any name.
const OPEN: [&str; 2] = ["Health", "Ready"];

/// Whether an operation is for everyone.
pub(super) fn is_open(operation: &Operation) -> bool {
    OPEN.contains(&operation.id.as_str())
}

pub(super) fn run(operation: &Operation, call: &Call<'_>) -> Result<Done, Problem> {
    let act = TABLE.iter().find(|(id, _)| *id == operation.id);
    let follow = STREAMS.iter().find(|(id, _)| *id == operation.id);
    match (act, follow) {
        (Some((_, act)), _) => act(call).map(Done::Value),
        (None, Some((_, follow))) => follow(call).map(Done::Stream),
        (None, None) => Err(Problem::new(StatusCode::NOT_IMPLEMENTED, "Nothing does this", operation.id.clone())),
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
        let streams = STREAMS.iter().map(|(id, _)| *id);
        let done: Vec<&str> = TABLE.iter().map(|(id, _)| *id).chain(streams).collect();
        assert_eq!(done, documented);
    }
}
