//! Lists: how many items, which of them are fixed by place, which are asked for by `contains`, and whether two may be equal.

use serde_json::{Map, Value};

use super::Mood;
use super::facets::{Facets, Turns, same};
use super::maker::{Maker, Spot, Stuck};

/// Items that a list has at the most.
const MAX_ITEMS: usize = 1_000;
/// How often an item is made again because there is one like it.
const TRIES: u64 = 24;

/// What one part asks of the item at a place.
fn item(part: &Map<String, Value>, index: usize) -> Option<&Value> {
    let fixed = part.get("prefixItems").and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
    fixed.get(index).or_else(|| part.get("items").or_else(|| part.get("unevaluatedItems")))
}

/// How many items there shall be, and which of them `contains` speaks of.
struct Plan<'a> {
    count: usize,
    least: usize,
    /// Where the items begin that are made for `contains`, and what is asked of them.
    from: usize,
    contained: Vec<&'a Value>,
}

impl<'a> Plan<'a> {
    fn of(facets: &Facets<'a>, turns: &mut Turns, brief: bool, mood: Mood) -> Result<Plan<'a>, String> {
        let (least, most) = (facets.at_least("minItems"), facets.at_most("maxItems"));
        let mut contained = Vec::new();
        for part in &facets.parts {
            let Some(schema) = part.get("contains") else { continue };
            let times = part.get("minContains").and_then(Value::as_f64).map_or(1, |times| times as usize);
            let times = times.min(MAX_ITEMS + 1);
            contained.extend(std::iter::repeat_n(schema, times));
        }
        let fixed = |part: &&Map<String, Value>| part.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
        let fixed = facets.parts.iter().map(fixed).max().unwrap_or(0);
        let from = if contained.is_empty() { 0 } else { [0, fixed][turns.pick(2)] };
        let usual = match mood {
            _ if brief => 0,
            Mood::Calm => [fixed.max(1), 0, 2][turns.pick(3)],
            Mood::Lively => [fixed.max(1), fixed.max(2), fixed.max(3), 0][turns.pick(4)],
        };
        let asked = least.max(if contained.is_empty() { 0 } else { from + contained.len() });
        if asked > MAX_ITEMS {
            return Err(format!("it asks for {asked} items, and {MAX_ITEMS} are the most that is made"));
        }
        Ok(Plan { count: usual.min(most).max(asked), least: asked, from, contained })
    }
}

impl<'a> Maker<'a> {
    pub(super) fn array(
        &mut self,
        facets: &Facets<'a>,
        spot: &Spot,
        turns: &mut Turns,
        brief: bool,
    ) -> Result<Value, Stuck> {
        let plan = Plan::of(facets, turns, brief, self.ask.mood).map_err(|why| spot.stuck(why))?;
        let unique = facets.says("uniqueItems");
        let mut out: Vec<Value> = Vec::new();
        for index in 0..plan.count {
            let mut schemas: Vec<&'a Value> = facets.parts.iter().filter_map(|part| item(part, index)).collect();
            schemas.extend(index.checked_sub(plan.from).and_then(|nth| plan.contained.get(nth)));
            match self.item(&schemas, spot, index, unique.then_some(&out)) {
                Ok(value) => out.push(value),
                Err(stuck) if index < plan.least => return Err(stuck),
                Err(_) => break,
            }
        }
        Ok(Value::Array(out))
    }

    /// One item, unlike those that are there already.
    fn item(
        &mut self,
        schemas: &[&'a Value],
        spot: &Spot,
        index: usize,
        others: Option<&Vec<Value>>,
    ) -> Result<Value, Stuck> {
        let mut place = self.below(spot, &index.to_string(), singular(&spot.name));
        let Some(others) = others else { return self.value(schemas, &place) };
        for attempt in 0..TRIES + others.len() as u64 {
            place.nudge = attempt;
            let value = self.value(schemas, &place)?;
            if !others.iter().any(|other| same(other, &value)) {
                return Ok(value);
            }
        }
        Err(place.stuck("no further item is unlike the others".to_owned()))
    }
}

/// What one of these is called: the items of `emails` are each an `email`.
fn singular(name: &str) -> &str {
    name.strip_suffix('s').filter(|rest| !rest.ends_with('s')).unwrap_or(name)
}
