//! Operations that no pack says anything about: checked and answered by what the document says alone.

use std::sync::Arc;

use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::prefer::{self, Preferences};
use super::shape;
use super::site::{Site, Visit};
use super::{Breach, Doors, Validation};
use crate::contract::{Checked, Kind, Lack, Mood, Part, Sample, Unproven, Violation, Wish};
use crate::journal::Entry;
use crate::message::Reply;
use crate::pack::Binding;
use crate::refusal::{Flaw, Kind as Refused, Refusal};
use crate::scenario::Plan;

impl Site<'_> {
    /// The stages of an operation without a binding.
    pub(super) fn unbound(&self, visit: &Visit<'_>, plan: &Plan, entry: &mut Entry<'_>) -> Result<Reply, Refusal> {
        let follows = self.provider.pack.follows_document();
        if follows && let Some(reply) = self.unguarded(entry) {
            return Ok(reply);
        }
        if self.validation != Validation::Off
            && let Some(reply) = self.judged(&self.requested(visit.variables), entry)
        {
            return Ok(reply);
        }
        match &plan.verdict {
            Some(fault) => self.strike(fault, entry),
            None => Ok(self.preferred(entry)),
        }
    }

    /// The reply for a caller who does not show the credentials that the document asks for.
    pub(super) fn unguarded(&self, entry: &mut Entry<'_>) -> Option<Reply> {
        self.unproven().map(|unproven| self.unknown_caller(unproven, entry))
    }

    /// The document's own reply for a refusal that the pack has no words for, where the document decides then.
    pub(super) fn worded(&self, refusal: &Refusal, entry: &mut Entry<'_>) -> Option<Reply> {
        let follows = self.provider.pack.follows_document();
        self.documented(statuses(refusal), entry).filter(|_| follows)
    }

    /// What the pack makes of an operation, with what the document asks for beside.
    ///
    /// # Errors
    /// Another reply, where the document has none for this.
    pub(super) fn fitted(
        &self,
        binding: &Binding,
        reply: Reply,
        body: Option<Value>,
        entry: &mut Entry<'_>,
    ) -> Result<Reply, Box<Reply>> {
        let nothing = Preferences::default();
        let wish = self.wish(reply.status, &nothing, entry);
        let contract = &self.provider.contract;
        let sample = match contract.fitted(self.operation, &wish, body.unwrap_or_default()) {
            Ok(sample) => sample,
            // Records cannot be shown where the document does not even allow its own examples.
            Err(Lack::Unmade(_)) => return Ok(self.preferred(entry)),
            Err(lack) => return Err(Box::new(lacking(&lack, &wish))),
        };
        let mut fitted = self.put_together(&wish, sample.as_ref());
        let media = fitted.headers.get(CONTENT_TYPE).cloned();
        // A field that has nothing to say this time, such as a link to a page that is not there, is not made up.
        binding.headers.iter().for_each(|(name, _)| drop(fitted.headers.remove(name)));
        fitted.headers.extend(reply.headers);
        fitted.headers.remove(CONTENT_TYPE);
        fitted.headers.extend(media.map(|media| (CONTENT_TYPE, media)));
        self.vouched(fitted, sample.as_ref(), entry)
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

    /// Notes the departures of a request, and refuses it where they are not let through: as the document does, where it decides.
    pub(super) fn judged(&self, checked: &Checked, entry: &mut Entry<'_>) -> Option<Reply> {
        if self.validation == Validation::Off {
            return None;
        }
        let follows = self.provider.pack.follows_document();
        let preferable = follows || self.provider.binding(self.operation).is_none();
        let wished = |it: &Violation| it.part == Part::Query && prefer::QUERY.contains(&it.at.as_str());
        let noted = checked.violations.iter().filter(|violation| !(preferable && wished(violation)));
        entry.violations.extend(noted.cloned());
        if follows && self.is_refused(&entry.violations) {
            return Some(self.refused(entry));
        }
        entry.violations.extend(self.unknown_fields(checked));
        let refused = !follows && self.validation == Validation::Refuse && !entry.violations.is_empty();
        refused.then(|| shape::complaint(Validation::REFUSED, &entry.violations))
    }

    /// Whether a document alone refuses a request with these departures.
    fn is_refused(&self, violations: &[Violation]) -> bool {
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
        // What cannot be an id is no record's, where records are kept.
        let kept = self.provider.binding(self.operation).is_some();
        let nowhere = kept && entry.violations.iter().all(|it| it.part == Part::Path || harmless(it));
        let missing: &[StatusCode] = if nowhere { &[StatusCode::NOT_FOUND] } else { &[] };
        let documented = self.documented(statuses, entry).or_else(|| self.documented(missing, entry));
        documented.unwrap_or_else(|| own(&entry.violations))
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

    /// Whether the client prefers another reply than the one that follows from the records.
    pub(super) fn is_preferring(&self) -> bool {
        let preferences = Preferences::of(self.request);
        preferences.code.is_some() || preferences.example.is_some()
    }

    /// The reply that the client prefers, else the usual one.
    pub(super) fn preferred(&self, entry: &mut Entry<'_>) -> Reply {
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
        let sample = sample.map(Arc::as_ref);
        self.vouched(self.put_together(wish, sample), sample, entry).unwrap_or_else(|refused| *refused)
    }

    fn put_together(&self, wish: &Wish<'_>, sample: Option<&Sample>) -> Reply {
        let contract = &self.provider.contract;
        let mut reply = Reply::new(wish.status);
        let length = sample.map_or(0, |sample| sample.body.len());
        reply.headers = contract.sample_headers(self.operation, wish, length);
        if let Some(sample) = sample {
            reply.headers.extend(HeaderValue::from_str(&sample.media_type).ok().map(|media| (CONTENT_TYPE, media)));
            reply.body = sample.body.clone();
        }
        reply
    }

    /// A reply of the document's own making. One that breaks the document does so by an example of the document, or since nothing
    /// fits that it asks for.
    ///
    /// # Errors
    /// What is sent in its place where no such reply may be.
    fn vouched(&self, reply: Reply, sample: Option<&Sample>, entry: &mut Entry<'_>) -> Result<Reply, Box<Reply>> {
        let breaches = self.provider.contract.check_sample(self.operation, reply.status, &reply.headers, sample);
        if breaches.is_empty() {
            return Ok(self.fresh(reply, entry));
        }
        entry.breaches = breaches;
        match self.world.settings.breach {
            Breach::Report => {
                let mut reply = self.fresh(reply, entry);
                reply.headers.extend(shape::noted(&entry.breaches).map(|breaches| (shape::BREACHED, breaches)));
                Ok(reply)
            }
            Breach::Refuse | Breach::Repair => {
                let detail = "an example or a record does not fit the document; `--breach report` sends it all the same, `--breach \
                              repair` a value that fits where one can be made";
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                let reply =
                    shape::document(status, "example", "The reply breaks the contract", detail, &entry.breaches);
                Err(Box::new(reply))
            }
        }
    }
}

/// What real services rarely mind: that of which they know nothing.
fn harmless(violation: &Violation) -> bool {
    match violation.kind {
        Kind::Unknown => violation.part == Part::Query,
        Kind::UnexpectedBody => true,
        _ => false,
    }
}

/// The statuses under which a document may have words for a refusal, the likeliest first.
fn statuses(refusal: &Refusal) -> &'static [StatusCode] {
    const BAD: &[StatusCode] = &[StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY];
    const MET: &[StatusCode] = &[StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY, StatusCode::BAD_REQUEST];
    match refusal.kind {
        Refused::Invalid if refusal.problems.iter().any(|problem| problem.kind == Flaw::Taken) => MET,
        Refused::Conflict | Refused::Referenced => MET,
        Refused::Invalid => &[StatusCode::UNPROCESSABLE_ENTITY, StatusCode::BAD_REQUEST],
        Refused::NotFound | Refused::NoEndpoint | Refused::Hidden => &[StatusCode::NOT_FOUND, StatusCode::GONE],
        Refused::Unauthenticated | Refused::Anonymous | Refused::WrongPassword | Refused::InvalidToken => {
            &[StatusCode::UNAUTHORIZED]
        }
        Refused::Forbidden => &[StatusCode::FORBIDDEN],
        Refused::UnsupportedMedia => &[StatusCode::UNSUPPORTED_MEDIA_TYPE],
        Refused::RateLimited | Refused::TooManyJobs => &[StatusCode::TOO_MANY_REQUESTS],
        Refused::Unavailable => &[StatusCode::SERVICE_UNAVAILABLE],
        Refused::Internal => &[StatusCode::INTERNAL_SERVER_ERROR],
        Refused::Malformed
        | Refused::InvalidAttribute
        | Refused::InvalidQuery
        | Refused::UnknownValue
        | Refused::TooManyValues
        | Refused::PageDepth
        | Refused::PageParameter => BAD,
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
