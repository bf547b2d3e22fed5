//! What shall go wrong with one request: decided once, before anything else happens to it.

use std::cell::OnceCell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use serde_json::Value;

use super::condition::Facts;
use super::delay::Delay;
use super::fault::{Fault, Refuse};
use super::progress::Counter;
use super::rule::{Rule, count};
use super::step::{Act, Stage};
use super::trigger::Firing;
use super::{Progress, Scenario};
use crate::clock::Clock;
use crate::contract::Operation;
use crate::dice::Dice;
use crate::message::Request;

/// What a request looks like to a scenario. Costly parts are asked for only by rules that need them.
#[derive(Clone, Copy)]
pub struct Exchange<'a> {
    /// Where the request leads, if it leads anywhere.
    pub operation: Option<&'a Operation>,
    /// The request.
    pub request: &'a Request,
    /// The path's variables, still percent-encoded.
    pub variables: &'a [(&'a str, &'a str)],
    /// The body as JSON, if it is JSON.
    pub body: &'a dyn Fn() -> Option<&'a Value>,
    /// Who the credentials name, whether or not they are good.
    pub caller: Option<&'a str>,
    /// The name of the session.
    pub session: &'a str,
}

/// What shall go wrong with one request.
#[derive(Debug, Default)]
pub struct Plan {
    /// Before anything: a refusal, a status, or a fault on the wire, with nothing done.
    pub gate: Option<Strike>,
    /// In place of the behaviour: the same three.
    pub verdict: Option<Strike>,
    /// For some items of a bulk call: a refusal.
    pub items: Option<Strike>,
    /// After the effect: what changes behind the caller's back.
    pub change: Option<Strike>,
    /// After the effect: a refusal, a status or an edit; never a fault on the wire.
    pub reply: Option<Strike>,
    /// On the bytes of the reply, after the effect.
    pub wire: Option<Strike>,
    /// How long to hold the reply back.
    pub delay: Duration,
    /// How long its body then takes.
    pub drip: Duration,
    /// The rules that fired, for the journal.
    pub notes: Vec<Note>,
}

/// A fault that strikes, and the rule behind it.
#[derive(Debug, Clone)]
pub struct Strike {
    /// What goes wrong.
    pub fault: Arc<Fault>,
    rule: Arc<Rule>,
    /// How often the rule's faults were carried out in this session.
    sent: Arc<AtomicU64>,
    /// Chance for the items of a bulk call.
    dice: Dice,
}

impl Strike {
    /// Which of so many items of a bulk call it strikes.
    pub fn items(&self, count: usize) -> Vec<bool> {
        let Fault::Refuse(Refuse { items: Some(trigger), .. }) = &*self.fault else { return vec![false; count] };
        let mut fired = 0;
        let mut fires = |nth| {
            let fires = trigger.fires(nth, fired, &self.dice, "items").is_some();
            fired += u64::from(fires);
            fires
        };
        (1..=count as u64).map(&mut fires).collect()
    }

    /// Counts that it was really done.
    pub fn sent(&self) {
        count(&self.rule.totals.sent);
        count(&self.sent);
    }
}

/// One rule that fired.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The scenario's name.
    pub scenario: Arc<str>,
    /// The rule's name.
    pub rule: Arc<str>,
    /// Which of the rule's matches this was, from 1.
    pub nth: u64,
    /// What was drawn, where chance decided.
    pub draw: Option<f64>,
    /// What it added to the delay.
    pub delay: Duration,
    /// What it added to the time that the body takes.
    pub drip: Duration,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a rule that fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its fault strikes at this stage.
    Struck(Stage),
    /// A rule before it has this stage already.
    Shadowed(Stage),
    /// It only makes the reply take time.
    Waited,
    /// It lets the request pass.
    Passed,
}

/// Decides what shall go wrong with a request, and counts it.
///
/// Of the rules of one stage the first that fires wins, and delays add up. A rule counts every request that matches it, also
/// where a rule before it wins: so its nth match gets the same verdict whatever runs beside it.
///
/// ```
/// # use counterpart::{clock::Clock, dice::Dice, message::Request, source::Source};
/// # use counterpart::scenario::{Exchange, Known, Progress, Scenario, plan};
/// # use std::sync::Arc;
/// # let (documents, breaks) = (&|_: &_, _| true, &|_: &_, _: &_| None);
/// # let world = Known { operations: &[], kinds: &["rate_limited"], problems: &[], resources: &[], documents, breaks };
/// let file = Source::parse("s.yaml", "name: s\nrules: [ { on: GET *, nth: 2, do: { refuse: rate_limited } } ]").unwrap();
/// let scenarios = [Arc::new(Scenario::read(&file, &world).unwrap())];
/// let clock = Clock::running();
/// let progress = Progress::new(&scenarios, clock.now());
/// let request = Request::new(http::Method::GET, "/pets");
/// let exchange = Exchange {
///     operation: None, request: &request, variables: &[], body: &|| None, caller: None, session: "default",
/// };
/// assert!(plan(&scenarios, &progress, &exchange, &clock, &Dice::new(1)).gate.is_none());
/// assert!(plan(&scenarios, &progress, &exchange, &clock, &Dice::new(1)).gate.is_some());
/// ```
pub fn plan(
    scenarios: &[Arc<Scenario>],
    progress: &Progress,
    exchange: &Exchange<'_>,
    clock: &Clock,
    dice: &Dice,
) -> Plan {
    let mut plan = Plan::default();
    let facts = Facts::new(exchange, progress);
    let elapsed = OnceCell::new();
    for (index, scenario) in scenarios.iter().enumerate() {
        // The session's own dice are its own already.
        let dice = scenario.seed.map_or(*dice, |seed| Dice::new(seed).branch(exchange.session));
        let mut passed = Passed::default();
        for &rule in scenario.candidates(exchange.operation) {
            let (Some(rule), Some(counter)) = (scenario.rules.get(rule), progress.counters(index).get(rule)) else {
                continue;
            };
            let open =
                !rule.trigger.timed() || rule.trigger.open(*elapsed.get_or_init(|| progress.elapsed(clock.now())));
            if open && rule.matches(&facts) {
                plan.count(scenario, rule, counter, &dice, &mut passed);
            }
        }
    }
    plan
}

/// The stages that a `pass` has closed for the rest of its scenario.
#[derive(Default)]
struct Passed {
    gate: bool,
    verdict: bool,
    reply: bool,
}

impl Passed {
    fn close(&mut self, stage: Option<Stage>) {
        self.gate |= matches!(stage, None | Some(Stage::Gate));
        self.verdict |= matches!(stage, None | Some(Stage::Verdict));
        self.reply |= matches!(stage, None | Some(Stage::Reply));
    }

    fn closed(&self, stage: Stage) -> bool {
        match stage {
            Stage::Gate => self.gate,
            Stage::Verdict => self.verdict,
            Stage::Reply => self.reply,
        }
    }
}

impl Plan {
    /// Whether nothing goes wrong.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    fn count(&mut self, scenario: &Scenario, rule: &Arc<Rule>, counter: &Counter, dice: &Dice, passed: &mut Passed) {
        count(&rule.totals.matched);
        let verdict = |nth, fired| rule.trigger.fires(nth, fired, dice, &rule.stream);
        let (nth, Some((Firing { draw }, fired))) = counter.count(verdict) else { return };
        let Some(step) = rule.step(fired) else { return };
        count(&rule.totals.fired);
        let strike = |fault: &Arc<Fault>| {
            let dice = dice.branch(&rule.stream).branch(&nth.to_string());
            Strike { fault: fault.clone(), rule: rule.clone(), sent: counter.sent.clone(), dice }
        };
        let outcome = match &step.act {
            Act::Wait => Outcome::Waited,
            Act::Pass(stage) => {
                passed.close(*stage);
                Outcome::Passed
            }
            Act::Strike(stage, fault) => match !passed.closed(*stage) && self.strike(*stage, strike(fault)) {
                true => Outcome::Struck(*stage),
                false => Outcome::Shadowed(*stage),
            },
        };
        if outcome == Outcome::Waited {
            count(&rule.totals.sent);
            count(&counter.sent);
        }
        let mut note = Note {
            scenario: scenario.name.clone(),
            rule: rule.name.clone(),
            nth,
            draw,
            delay: Duration::ZERO,
            drip: Duration::ZERO,
            outcome,
        };
        // A shadowed step is as if it were not there, its delay included.
        if !matches!(outcome, Outcome::Shadowed(_)) {
            let drawn = |delay: &Option<Delay>, stream| delay.as_ref().map(|delay| delay.draw(dice, stream, nth));
            note.delay = drawn(&step.delay, &rule.delay_stream).unwrap_or_default();
            note.drip = drawn(&step.drip, &rule.drip_stream).unwrap_or_default();
        }
        self.delay = self.delay.saturating_add(note.delay);
        self.drip = self.drip.saturating_add(note.drip);
        self.notes.push(note);
    }

    /// Puts a fault in its place, if that is free.
    fn strike(&mut self, stage: Stage, strike: Strike) -> bool {
        let place = match (stage, &*strike.fault) {
            (Stage::Gate, _) => &mut self.gate,
            (Stage::Verdict, Fault::Refuse(Refuse { items: Some(_), .. })) => &mut self.items,
            (Stage::Verdict, _) => &mut self.verdict,
            (Stage::Reply, Fault::Change(_)) => &mut self.change,
            (Stage::Reply, Fault::Wire(_)) => &mut self.wire,
            (Stage::Reply, _) => &mut self.reply,
        };
        let free = place.is_none();
        place.get_or_insert(strike);
        free
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} / {}: match {}", self.scenario, self.rule, self.nth)?;
        if let Some(draw) = self.draw {
            write!(out, ", drew {draw:.4}")?;
        }
        if !self.delay.is_zero() {
            write!(out, ", delays by {} ms", self.delay.as_millis())?;
        }
        if !self.drip.is_zero() {
            write!(out, ", drips for {} ms", self.drip.as_millis())?;
        }
        match self.outcome {
            Outcome::Struck(stage) => write!(out, ", strikes at {}", stage.word()),
            Outcome::Shadowed(stage) => write!(out, ", shadowed at {}", stage.word()),
            Outcome::Waited => Ok(()),
            Outcome::Passed => write!(out, ", lets pass"),
        }
    }
}
