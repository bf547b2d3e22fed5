//! Makes a value, has it checked, and changes what was wrong until it fits.
//!
//! Each place in the value has a turn of its own, which says which of the possible choices is taken there. A violation moves the
//! turn of its place on, now and then those of the places around it, and leaves the rest as it is. So the attempts add up over
//! the places instead of multiplying.

use std::collections::{HashMap, HashSet};

use http::StatusCode;
use serde_json::{Map, Value};

use super::facets::{Facets, Kind, Turns};
use super::number::About;
use super::recipe::Recipe;
use super::{Mood, number, text};
use crate::dice::{Dice, Draws};

/// Values made before it is given up.
const ROUNDS: usize = 400;
/// Parts made over all rounds before it is given up.
const WORK: usize = 150_000;
/// Parts that one value has at the most.
const MAX_NODES: usize = 20_000;
/// A value with more parts than this is made again with less of what is optional.
const MANY: usize = 1_200;
/// Levels down to which optional parts are made.
const REACH: usize = 5;
/// Levels that a value has at the most.
const MAX_DEPTH: usize = 64;
/// An optional part that failed this often is left out.
pub(super) const PATIENCE: u64 = 12;

/// What a value is made with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) dice: Dice,
    pub(super) mood: Mood,
    /// The status of the reply that it is for.
    pub(super) status: Option<StatusCode>,
}

/// Why a part cannot be made, and which.
#[derive(Debug)]
pub(super) struct Stuck {
    pub(super) at: String,
    pub(super) why: String,
}

/// What the schema of the whole value gives as an example of it.
pub(super) fn given(recipe: &Recipe) -> Option<Value> {
    let facets = Facets::gather(recipe, &[recipe.root()], &mut Turns::new(0, None), false)?;
    facets.example().map(|given| own(given, &facets))
}

/// Makes a value that passes `check`, which answers with pointers to what is wrong and words for it.
pub(super) fn make(
    recipe: &Recipe,
    ask: Ask,
    check: &dyn Fn(&Value) -> Vec<(String, String)>,
) -> Result<Value, String> {
    let mut trail = Trail::default();
    let (mut reach, mut work) = (REACH, 0);
    let mut why = String::new();
    for _ in 0..ROUNDS {
        let mut maker = Maker { recipe, ask, reach, nodes: 0, trail: &trail, made: HashSet::new(), path: Vec::new() };
        let outcome = maker.value(&[recipe.root()], &Spot::root());
        let (nodes, made) = (maker.nodes, maker.made);
        work += nodes;
        match outcome {
            Ok(_) | Err(_) if nodes > MANY && reach > 0 => reach -= 1,
            Ok(value) => {
                let wrong = check(&value);
                let Some((at, what)) = wrong.first() else { return Ok(value) };
                why = if at.is_empty() { what.clone() } else { format!("{at}: {what}") };
                let places: HashSet<&str> = wrong.iter().map(|(at, _)| nearest(at, &made)).collect();
                places.into_iter().for_each(|place| trail.failed(place, 4));
            }
            Err(stuck) => {
                why = if stuck.at.is_empty() { stuck.why } else { format!("{}: {}", stuck.at, stuck.why) };
                trail.failed(&stuck.at, 2);
            }
        }
        if work > WORK {
            break;
        }
    }
    Err(why)
}

/// The nearest place around a pointer that was made on its own.
fn nearest<'p>(at: &'p str, made: &HashSet<String>) -> &'p str {
    let mut at = at;
    while !at.is_empty() && !made.contains(at) {
        at = parent(at);
    }
    at
}

fn parent(at: &str) -> &str {
    at.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The turn of each place that failed so far.
#[derive(Debug, Default)]
struct Trail {
    turns: HashMap<String, u64>,
}

impl Trail {
    fn turn(&self, at: &str) -> u64 {
        self.turns.get(at).copied().unwrap_or(0)
    }

    /// Moves a place on, and each place around it `every` times less often than the one within.
    fn failed(&mut self, at: &str, every: u64) {
        let mut at = at;
        loop {
            let turn = self.turns.entry(at.to_owned()).or_insert(0);
            *turn += 1;
            if at.is_empty() || !turn.is_multiple_of(every) {
                return;
            }
            at = parent(at);
        }
    }
}

/// One place in the value.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) pointer: String,
    /// The name of the property that it is, or that it is an item of.
    pub(super) name: String,
    pub(super) depth: usize,
    /// Moves its turn on and those of its parts, so that items differ.
    pub(super) nudge: u64,
    /// Changes its draws when a place around it keeps failing.
    pub(super) stir: u64,
}

impl Spot {
    fn root() -> Spot {
        Spot { pointer: String::new(), name: String::new(), depth: 0, nudge: 0, stir: 0 }
    }
}

pub(super) struct Maker<'a> {
    recipe: &'a Recipe,
    pub(super) ask: Ask,
    reach: usize,
    nodes: usize,
    trail: &'a Trail,
    made: HashSet<String>,
    /// The parts of the values around the one in hand: what is met again is recursive.
    path: Vec<usize>,
}

impl<'a> Maker<'a> {
    /// A value that satisfies all of the schemas, if they can be satisfied by themselves.
    pub(super) fn value(&mut self, schemas: &[&'a Value], spot: &Spot) -> Result<Value, Stuck> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(spot.stuck(format!("it asks for more than {MAX_NODES} parts")));
        }
        if spot.depth > MAX_DEPTH {
            return Err(spot.stuck(format!("it asks for more than {MAX_DEPTH} levels")));
        }
        self.made.insert(spot.pointer.clone());
        let turn = self.trail.turn(&spot.pointer) + spot.nudge;
        let mut draws = self.ask.dice.draws(&spot.pointer, turn.wrapping_add(spot.stir));
        let lively = (self.ask.mood == Mood::Lively).then(|| draws.clone());
        let mut turns = Turns::new(turn, lively);
        let brief = spot.depth > self.reach;
        let facets = Facets::gather(self.recipe, schemas, &mut turns, brief);
        let facets = facets.ok_or_else(|| spot.stuck("nothing is allowed here".to_owned()))?;
        if let (0, Mood::Calm, Some(given)) = (turn, self.ask.mood, facets.given()) {
            return Ok(own(given, &facets));
        }
        if let Some(values) = facets.values() {
            if values.is_empty() {
                return Err(spot.stuck("no listed value has the type that is asked for".to_owned()));
            }
            return Ok(values[turns.pick(values.len())].clone());
        }
        self.made_of(&facets, spot, &mut turns, &mut draws)
    }

    fn made_of(
        &mut self,
        facets: &Facets<'a>,
        spot: &Spot,
        turns: &mut Turns,
        draws: &mut Draws,
    ) -> Result<Value, Stuck> {
        let kinds = facets.kinds();
        if kinds.is_empty() {
            return Err(spot.stuck("no type is allowed here".to_owned()));
        }
        let kind = kinds[turns.pick(kinds.len())];
        let about = About { name: &spot.name, status: self.ask.status };
        let none = || spot.stuck("no number lies between the bounds".to_owned());
        Ok(match kind {
            Kind::Null => Value::Null,
            Kind::Boolean => Value::Bool((turns.pick(2) == 0) == draws.below(4).is_multiple_of(2)),
            Kind::Integer => number::integer(facets, about, turns, draws).ok_or_else(none)?,
            Kind::Number => number::number(facets, about, turns, draws).ok_or_else(none)?,
            Kind::Text => text::text(facets, about, turns, draws).map_err(|why| spot.stuck(why))?.into(),
            Kind::Object | Kind::Array => {
                let inside = self.path.len();
                let known = facets.parts.iter().any(|part| self.path.contains(&address(part)));
                let brief = known || spot.depth >= self.reach || self.nodes > MANY;
                self.path.extend(facets.parts.iter().filter(|part| part.len() > 1).map(|part| address(part)));
                let made = match kind {
                    Kind::Object => self.object(facets, spot, turns, draws, brief),
                    _ => self.array(facets, spot, turns, brief),
                };
                self.path.truncate(inside);
                made?
            }
        })
    }

    /// The place of a part of the value at `spot`.
    pub(super) fn below(&self, spot: &Spot, segment: &str, name: &str) -> Spot {
        let mut pointer = spot.pointer.clone();
        super::super::document::push_segment(&mut pointer, segment);
        let turn = self.trail.turn(&spot.pointer);
        let stirred = if turn >= 4 { spot.stir.wrapping_mul(31).wrapping_add(turn << 20) } else { spot.stir };
        Spot { pointer, name: name.to_owned(), depth: spot.depth + 1, nudge: spot.nudge, stir: stirred }
    }

    /// How often a place failed so far.
    pub(super) fn failures(&self, spot: &Spot) -> u64 {
        self.trail.turn(&spot.pointer)
    }
}

impl Spot {
    /// What is said where no value can be made.
    pub(super) fn stuck(&self, why: String) -> Stuck {
        Stuck { at: self.pointer.clone(), why }
    }
}

/// Tells parts apart, and is never followed.
fn address(part: &Map<String, Value>) -> usize {
    std::ptr::from_ref(part).addr()
}

/// An example without the properties that are not sent in replies.
fn own(given: &Value, facets: &Facets<'_>) -> Value {
    let mut given = given.clone();
    if let Value::Object(entries) = &mut given {
        let properties: Vec<_> = facets.all("properties").filter_map(Value::as_object).collect();
        let foreign = |name: &String| properties.iter().any(|it| it.get(name).is_some_and(is_foreign));
        entries.retain(|name, _| !foreign(name));
    }
    given
}

/// Whether a property is not sent in replies.
pub(super) fn is_foreign(schema: &Value) -> bool {
    schema.get("writeOnly") == Some(&Value::Bool(true))
}
