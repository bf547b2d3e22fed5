//! Operations that no pack says anything about: checked and answered by what the document says alone.

use std::sync::Arc;

use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

use super::prefer::{self, Preferences};
use super::shape;
use super::site::{Site, Visit};
use super::{Doors, Strictness};
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
        let checked = self.requested(visit.variables);
        let wished = |it: &Violation| it.part == Part::Query && prefer::QUERY.contains(&it.at.as_str());
        entry.violations.extend(checked.violations.into_iter().filter(|violation| !wished(violation)));
        if bare && let Some(reply) = self.refused(entry) {
            return Ok(reply);
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

    /// The refusal of a request that breaks the document: the document's own reply where it has one.
    fn refused(&self, entry: &mut Entry<'_>) -> Option<Reply> {
        let lenient = self.world.settings.strictness != Strictness::Refuse;
        // Real services rarely mind what they do not know.
        let harmless = |it: &Violation| match it.kind {
            Kind::Unknown => it.part == Part::Query,
            Kind::UnexpectedBody => true,
            _ => false,
        };
        if entry.violations.iter().all(|violation| lenient && harmless(violation)) {
            return None;
        }
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
        Some(self.documented(statuses, entry).unwrap_or_else(|| own(&entry.violations)))
    }

    /// The document's own reply for the first of these statuses that it has: by themselves, else by a range or by `default`.
    fn documented(&self, statuses: &[StatusCode], entry: &mut Entry<'_>) -> Option<Reply> {
        let exact = statuses.iter().find(|status| self.operation.statuses.contains(status));
        let contract = &self.provider.contract;
        let any = || statuses.iter().find(|status| contract.documents(self.operation, **status));
        let status = *exact.or_else(any)?;
        let nothing = Preferences::default();
        let wish = self.wish(status, &nothing, entry);
        let sample = match contract.sample(self.operation, &wish) {
            Err(Lack::NotAcceptable(_)) => contract.sample(self.operation, &Wish { accept: None, ..wish }),
            other => other,
        };
        Some(self.sampled(&wish, sample.ok()?.as_ref(), entry))
    }

    /// The reply that the client prefers, else the usual one.
    fn preferred(&self, entry: &mut Entry<'_>) -> Reply {
        let preferences = Preferences::of(self.request);
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
        let (mood, dice) = match preferences.dynamic {
            Some(true) => (Mood::Lively, dice.branch(&entry.number.to_string())),
            _ => (Mood::Calm, dice),
        };
        Wish { status, accept: self.request.header("accept"), example: preferences.example.as_deref(), mood, dice }
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
        self.checked(reply, value, entry)
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
        Lack::BadExample(violations) => {
            let name = wish.example.unwrap_or_default();
            let detail = format!("the document's example `{name}` does not fit the schema beside it");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return shape::document(status, "example", "A bad example", &detail, violations);
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
