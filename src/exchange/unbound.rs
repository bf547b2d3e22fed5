//! Operations that no pack says anything about: checked and answered by what the document says alone.

use std::sync::Arc;

use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::prefer::{self, Preferences};
use super::shape;
use super::site::{Site, Visit};
use super::{Breach, Doors, Validation};
use crate::contract::{Kind, Lack, Mood, Part, Sample, Unproven, Violation, Wish};
use crate::journal::Entry;
use crate::message::Reply;
use crate::refusal::Refusal;
use crate::scenario::Plan;

impl Site<'_> {
    /// The stages of an operation without a binding.
    pub(super) fn unbound(&self, visit: &Visit<'_>, plan: &Plan, entry: &mut Entry<'_>) -> Result<Reply, Refusal> {
        let bare = self.provider.pack.is_bare();
        if bare && let Some(unproven) = self.unproven() {
            return Ok(self.unknown_caller(unproven, entry));
        }
        if self.validation != Validation::Off {
            let checked = self.requested(visit.variables);
            let wished = |it: &Violation| it.part == Part::Query && prefer::QUERY.contains(&it.at.as_str());
            entry.violations.extend(checked.violations.into_iter().filter(|violation| !wished(violation)));
        }
        match (bare, self.validation) {
            (true, _) if self.is_refused(&entry.violations) => return Ok(self.refused(entry)),
            (false, Validation::Refuse) if !entry.violations.is_empty() => {
                return Ok(shape::complaint(Validation::REFUSED, &entry.violations));
            }
            _ => {}
        }
        match &plan.verdict {
            Some(fault) => self.strike(fault, entry),
            None => Ok(self.preferred(entry)),
        }
    }

    /// What the caller did not show, where somebody looks.
    fn unproven(&self) -> Option<Unproven> {
        match self.world.settings.doors {
            Doors::Guarded => self.provider.contract.unproven(self.operation, self.request),
            Doors::Open => None,
        }
    }

    fn unknown_caller(&self, unproven: Unproven, entry: &mut Entry<'_>) -> Reply {
        let status = StatusCode::UNAUTHORIZED;
        entry.violations.extend(unproven.violations);
        let own = |violations: &[Violation]| {
            let detail = "the document asks for credentials that were not sent; `--auth off` lets everyone in";
            shape::document(status, "auth", "Credentials are missing", detail, violations)
        };
        let mut reply = self.documented(&[status], entry).unwrap_or_else(|| own(&entry.violations));
        if !reply.headers.contains_key(WWW_AUTHENTICATE) {
            let challenges = unproven.challenges.iter().filter_map(|challenge| HeaderValue::from_str(challenge).ok());
            reply.headers.extend(challenges.map(|challenge| (WWW_AUTHENTICATE, challenge)));
        }
        reply
    }

    /// Whether a document alone refuses a request with these departures.
    fn is_refused(&self, violations: &[Violation]) -> bool {
        // Real services rarely mind what they do not know.
        let harmless = |it: &Violation| match it.kind {
            Kind::Unknown => it.part == Part::Query,
            Kind::UnexpectedBody => true,
            _ => false,
        };
        match self.validation {
            Validation::Off | Validation::Report => false,
            Validation::Usual => !violations.iter().all(harmless),
            Validation::Refuse => !violations.is_empty(),
        }
    }

    /// The refusal of a request that breaks the document: the document's own reply where it has one.
    fn refused(&self, entry: &mut Entry<'_>) -> Reply {
        let misnamed = entry.violations.iter().any(|violation| violation.kind == Kind::MediaType);
        let (unsupported, invalid) = (StatusCode::UNSUPPORTED_MEDIA_TYPE, StatusCode::UNPROCESSABLE_ENTITY);
        let statuses: &[StatusCode] = match misnamed {
            true => &[unsupported, invalid, StatusCode::BAD_REQUEST],
            false => &[invalid, StatusCode::BAD_REQUEST],
        };
        let own = |violations: &[Violation]| {
            let (title, detail) = ("The request breaks the contract", "the document does not allow this request");
            shape::document(statuses[0], "request", title, detail, violations)
        };
        self.documented(statuses, entry).unwrap_or_else(|| own(&entry.violations))
    }

    /// The document's own reply for the first of these statuses that it has: by themselves, else by a range or by `default`.
    fn documented(&self, statuses: &[StatusCode], entry: &mut Entry<'_>) -> Option<Reply> {
        let exact = statuses.iter().find(|status| self.operation.statuses.contains(status));
        let contract = &self.provider.contract;
        let any = || statuses.iter().find(|status| contract.documents(self.operation, **status));
        let status = *exact.or_else(any)?;
        let nothing = Preferences::default();
        let wish = self.wish(status, &nothing, entry);
        let sample = contract.sample_at_all(self.operation, &wish).ok()?;
        Some(self.sampled(&wish, sample.as_ref(), entry))
    }

    /// The reply that the client prefers, else the usual one.
    fn preferred(&self, entry: &mut Entry<'_>) -> Reply {
        let preferences = Preferences::of(self.request);
        self.delay.set(preferences.delay.unwrap_or_default());
        let contract = &self.provider.contract;
        let status = preferences.code.unwrap_or_else(|| contract.usual_status(self.operation));
        if preferences.code.is_some() && !contract.documents(self.operation, status) {
            let known: Vec<&str> = self.operation.statuses.iter().map(StatusCode::as_str).collect();
            let detail =
                format!("the document has no reply with the status {}; it has {}", status.as_str(), listed(&known));
            return shape::document(StatusCode::NOT_FOUND, "preference", "No such reply", &detail, &[]);
        }
        let wish = self.wish(status, &preferences, entry);
        let mut reply = match contract.sample(self.operation, &wish) {
            Ok(sample) => self.sampled(&wish, sample.as_ref(), entry),
            Err(lack) => return lacking(&lack, &wish),
        };
        let applied = preferences.applied();
        reply.headers.extend(applied.map(|applied| (prefer::APPLIED, applied)));
        reply
    }

    fn wish<'w>(&'w self, status: StatusCode, preferences: &'w Preferences, entry: &Entry<'_>) -> Wish<'w> {
        let dice = self.session.dice.branch("samples");
        let mood = match preferences.dynamic {
            Some(true) => Mood::Lively,
            Some(false) => Mood::Calm,
            None => self.world.settings.mood,
        };
        let dice = if mood == Mood::Lively { dice.branch(&entry.number.to_string()) } else { dice };
        let (accept, example) = (self.request.header("accept"), preferences.example.as_deref());
        Wish { status, accept, example, examples: self.world.settings.breach.examples(), mood, dice }
    }

    fn sampled(&self, wish: &Wish<'_>, sample: Option<&Arc<Sample>>, entry: &mut Entry<'_>) -> Reply {
        let contract = &self.provider.contract;
        let mut reply = Reply::new(wish.status);
        let length = sample.map_or(0, |sample| sample.body.len());
        reply.headers = contract.sample_headers(self.operation, wish, length);
        if let Some(sample) = sample {
            reply.headers.extend(HeaderValue::from_str(&sample.media_type).ok().map(|media| (CONTENT_TYPE, media)));
            reply.body = sample.body.clone();
        }
        let value = sample.and_then(|sample| sample.value.as_ref());
        self.vouched(reply, value, entry)
    }

    /// A reply of the document's own making. One that breaks the document does so by an example of the document.
    fn vouched(&self, reply: Reply, value: Option<&Value>, entry: &mut Entry<'_>) -> Reply {
        let breaches = self.provider.contract.check_reply(self.operation, reply.status, &reply.headers, value);
        if breaches.is_empty() {
            return self.fresh(reply, entry);
        }
        entry.breaches = breaches;
        match self.world.settings.breach {
            Breach::Report => {
                let mut reply = self.fresh(reply, entry);
                reply.headers.extend(shape::noted(&entry.breaches).map(|breaches| (shape::BREACHED, breaches)));
                reply
            }
            Breach::Refuse | Breach::Repair => {
                let detail = "an example of the document does not fit; `--breach report` sends it all the same, `--breach repair` \
                              a value that fits where one can be made";
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                shape::document(status, "example", "The reply breaks the contract", detail, &entry.breaches)
            }
        }
    }
}

/// Counterpart's own words for a reply that it cannot give.
fn lacking(lack: &Lack, wish: &Wish<'_>) -> Reply {
    let (status, kind, title, detail) = match lack {
        Lack::NotAcceptable(known) => {
            let detail = format!("the document has {} for this reply, and `Accept` allows none of it", listed(known));
            (StatusCode::NOT_ACCEPTABLE, "accept", "Nothing acceptable", detail)
        }
        Lack::NoExample(known) => {
            let name = wish.example.unwrap_or_default();
            let detail = format!("this reply has no example `{name}`; it has {}", listed(known));
            (StatusCode::NOT_FOUND, "preference", "No such example", detail)
        }
        Lack::Unmade(why) => {
            let detail = format!("no example fits, and no value was found for the schema of this reply: {why}");
            (StatusCode::INTERNAL_SERVER_ERROR, "sample", "No reply could be made", detail)
        }
    };
    shape::document(status, kind, title, &detail, &[])
}

fn listed<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
