//! The path of one request, from plain values to plain values. Nothing here waits, reads a file or knows a socket.
//!
//! [`answer`] finds the operation and writes the entry; [`perform`] is the order of the stages.

mod acting;
mod address;
mod auth;
mod call;
mod change;
mod check;
mod complete;
mod cors;
mod entrance;
mod fault;
mod notation;
mod planned;
mod prefer;
mod provider;
mod quota;
mod route;
mod settings;
mod shape;
mod site;
mod stray;
mod unbound;
mod verb;

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use crate::clock::Clock;
use crate::dice::Dice;
use crate::journal::{self, Entry, Journals, Standing};
use crate::message::{Answer, Reply, Request};
use crate::refusal::{Kind, Refusal};
use crate::scenario::Plan;
use crate::session::{Loss, Made, Recast, Seed, Session, Sessions};

pub use auth::Credentials;
pub use cors::Cors;
pub(crate) use entrance::{IN_SESSION, refused};
pub use provider::Provider;
pub use route::Lead;
pub use settings::{Breach, Doors, SessionBy, Settings, Validation};
pub(crate) use shape::{breach, complaint, written};

use call::Call;
use cors::Guest;
use quota::Reach;
use route::{Found, find};
use site::{Site, Visit};
use stray::Stray;

/// All that requests are answered from.
#[derive(Debug)]
pub struct World {
    /// The providers, each under its own paths. Worlds that differ in their session only may share them.
    pub providers: Arc<[Provider]>,
    /// The sessions, each a world of its own.
    pub sessions: Sessions,
    /// How it answers.
    pub settings: Settings,
}

impl World {
    /// A world at its start: the records of the fixtures, and nothing that has happened yet.
    pub fn new(providers: Arc<[Provider]>, clock: Clock, seed: u64, settings: Settings) -> World {
        let parts = providers.iter().map(Provider::start).collect();
        let sessions = Sessions::new(
            Seed { parts, clock },
            Dice::new(seed),
            settings.bounds,
            Clock::running(),
            Journals::new(settings.journal),
        );
        World { providers, sessions, settings }
    }

    /// Goes on with providers that were read anew, in the order of before, and without a session less.
    pub fn reload(&mut self, providers: Vec<Provider>, recast: Recast<'_>) -> Vec<Loss> {
        let losses = self.sessions.reload(providers.iter().map(Provider::start).collect(), recast);
        self.providers = providers.into();
        losses
    }

    /// The session of requests that name none.
    pub fn session(&self) -> &Session {
        &self.sessions.default
    }

    /// Answers one request in its session, which is made where it is not there. `note` gets the exchange.
    pub fn answer(&self, request: &Request, note: Option<&dyn Fn(&journal::Exchange)>) -> Answer {
        match entrance::inside(request) {
            Some((name, request)) => self.answer_in(Some(name.into()), &request, note),
            None => self.answer_in(None, request, note),
        }
    }

    fn answer_in(
        &self,
        name: Option<Cow<'_, str>>,
        request: &Request,
        note: Option<&dyn Fn(&journal::Exchange)>,
    ) -> Answer {
        let found = find(&self.providers, request);
        let entered;
        let session = match name.or_else(|| entrance::named(self, request, &found)) {
            None => &self.sessions.default,
            Some(name) => match self.sessions.enter(&name) {
                Ok(session) => {
                    entered = session;
                    &entered
                }
                Err(refused) => return Answer::from(entrance::turned_away(&name, refused)),
            },
        };
        let mut entry = Entry::new(session.next_exchange(), &session.name, session.clock.times());
        let answer = answer(self, session, request, found, &mut entry);
        session.journal.close(entry, request, &answer, note);
        answer
    }
}

/// Answers one request in a session.
fn answer<'a>(
    world: &'a World,
    session: &'a Session,
    request: &'a Request,
    found: Found<'a>,
    entry: &mut Entry<'a>,
) -> Answer {
    let provider = found.provider();
    entry.secrets = Some(&provider.secrets);
    let guest = Guest::of(world.settings.cors, provider, request);
    let mut answer = match (guest.and_then(Guest::preflight), found) {
        (Some(reply), _) => Answer::from(reply),
        (None, Found::Operation { provider, operation, variables }) => {
            entry.operation = Some(operation);
            match Validation::asked(request) {
                Ok(asked) => {
                    let validation = asked.unwrap_or(world.settings.validation);
                    Site::new(world, session, provider, operation, request, validation).answer(&variables, entry)
                }
                Err(word) => Answer::from(shape::strange_validation(&word)),
            }
        }
        (None, Found::Nothing { provider, allowed, nearest }) => {
            Stray { provider, session, request, allowed, nearest, wire: Cell::default() }.answer(entry)
        }
    };
    shape::sign(provider, entry, &mut answer.reply);
    if let Some(guest) = guest {
        guest.admit(&mut answer.reply);
    }
    answer
}

/// The stages, in order; `?` is the only way off the path. A refusal leaves no trace but its entry.
fn perform(at: &Site<'_>, visit: Visit<'_>, plan: &Plan, entry: &mut Entry<'_>) -> Result<Reply, Refusal> {
    if let Some(fault) = &plan.gate {
        return at.strike(fault, entry);
    }
    at.charge(&visit, Reach::All)?;
    let caller = match &visit.caller {
        Ok(caller) => *caller,
        Err(refusal) => return at.stranger(refusal.clone(), entry),
    };
    let Some(binding) = at.provider.binding(at.operation) else { return at.unbound(&visit, plan, entry) };
    let follows = at.provider.pack.follows_document();
    if follows && let Some(reply) = at.unguarded(entry) {
        return Ok(reply);
    }
    // What the document decides depends on more than the parts by which replies are kept.
    let as_ever = at.validation == at.world.settings.validation && !follows;
    let key = at
        .key(caller.as_ref())
        .filter(|_| as_ever && plan.change.is_none() && plan.verdict.is_none() && !at.is_rationed());
    if let Some(standing) = key.as_ref().and_then(|key| at.standing(key)) {
        entry.violations.clone_from(&standing.noted);
        let reply = at.renewed(standing.reply.clone(), entry);
        entry.standing = Some(standing);
        return Ok(reply);
    }
    let mut checked = at.requested(visit.variables);
    if let Some(reply) = at.judged(&checked, entry) {
        return Ok(reply);
    }
    check::settle(at.provider, binding, &mut checked)?;
    if !caller.is_none_or(|caller| binding.allow.admits(caller.role())) {
        return Err(Refusal::new(Kind::Forbidden));
    }
    at.charge(&visit, Reach::Some)?;
    if let Some(fault) = &plan.verdict {
        return at.strike(fault, entry);
    }
    if follows && at.is_preferring() {
        return Ok(at.preferred(entry));
    }
    let call = Call { items: plan.items.as_ref(), ..at.call(binding, checked, caller) };
    let done = verb::run(&call)?;
    if follows && done.is_example() {
        return Ok(at.preferred(entry));
    }
    at.note_jobs(&call, &done.store);
    entry.effect = done.effect();
    let reader = done.store.reader();
    let (reply, body) = shape::reply(&call, &done, &reader);
    if follows {
        return Ok(match at.fitted(binding, reply, body, entry) {
            Ok(fitted) => {
                change::planned(&call, plan, &done, entry);
                fitted
            }
            Err(other) => at.undone(&done, *other, entry),
        });
    }
    let breaches = at.provider.contract.check_reply(at.operation, reply.status, &reply.headers, body.as_ref());
    if !breaches.is_empty() {
        let breach = at.breach(breaches, entry);
        return Ok(at.undone(&done, breach, entry));
    }
    let reply = at.laid(reply);
    if let (Some(key), Some(seen)) = (key, done.seen.filter(|_| is_lasting(&call))) {
        if let Some(user) = &at.provider.pack.auth.user {
            // What the caller is like is part of the reply.
            reader.table(user.table);
        }
        let tables = seen | reader.seen();
        let versions = done.store.versions(tables);
        let standing = Arc::new(Standing::new(reply.clone(), at.request, entry));
        at.session.memo.put(&key, &standing, Made { tables, versions });
        entry.standing = Some(standing);
    }
    change::planned(&call, plan, &done, entry);
    Ok(at.renewed(reply, entry))
}

/// Whether a reply stays the same as long as the records do: no time stands in it, and none decides what is shown.
fn is_lasting(call: &Call<'_>) -> bool {
    call.binding.is_lasting() && call.resource().lifecycle.is_none()
}
