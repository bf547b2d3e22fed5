//! Numbers between bounds, in steps.

use http::StatusCode;
use serde_json::{Number, Value};

use super::facets::{Facets, Turns};
use super::likely;
use crate::dice::Draws;

/// Beyond this a double cannot tell whole numbers apart.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// What a number is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    /// The name of its property.
    pub(super) name: &'a str,
    /// The status of the reply that it stands in.
    pub(super) status: Option<StatusCode>,
}

/// What bounds a number.
struct Range {
    low: f64,
    high: f64,
    /// Whether the bounds themselves are allowed.
    closed: (bool, bool),
    steps: Vec<f64>,
}

impl Range {
    fn of(facets: &Facets<'_>) -> Range {
        let bound =
            |inclusive: Option<f64>, exclusive: Option<f64>, wins: fn(f64, f64) -> bool| match (inclusive, exclusive) {
                (Some(one), Some(other)) if wins(one, other) => (Some(one), true),
                (_, Some(other)) => (Some(other), false),
                (one, None) => (one, true),
            };
        let (low, low_closed) = bound(facets.highest("minimum"), facets.highest("exclusiveMinimum"), |a, b| a > b);
        let (high, high_closed) = bound(facets.lowest("maximum"), facets.lowest("exclusiveMaximum"), |a, b| a < b);
        let steps = facets.all("multipleOf").filter_map(Value::as_f64).collect();
        let (low, high) = (low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY));
        Range { low, high, closed: (low_closed, high_closed), steps }
    }

    fn has(&self, number: f64) -> bool {
        let low = number > self.low || (self.closed.0 && number == self.low);
        let high = number < self.high || (self.closed.1 && number == self.high);
        low && high
    }

    /// The bounds as they are used to choose between: a missing one is near the other.
    fn span(&self) -> (f64, f64) {
        match (self.low.is_finite(), self.high.is_finite()) {
            (true, true) => (self.low, self.high),
            (true, false) => (self.low, self.low + 1000.0 + self.low.abs()),
            (false, true) => (self.high - 1000.0 - self.high.abs(), self.high),
            (false, false) => (1.0, 1000.0),
        }
    }
}

/// A whole number.
pub(super) fn integer(facets: &Facets<'_>, about: About<'_>, turns: &mut Turns, draws: &mut Draws) -> Option<Value> {
    let range = Range::of(facets);
    let steps: Vec<f64> = range.steps.iter().copied().filter(|step| *step != 1.0).collect();
    if !steps.is_empty() {
        return stepped(&range, &steps, true, turns, draws);
    }
    let likely = likely::number(about.name, about.status, draws).map(f64::floor).filter(|number| range.has(*number));
    if let Some(number) = likely.filter(|_| turns.pick(2) == 0) {
        return Some(whole(number));
    }
    let (low, high) = range.span();
    let (mut low, mut high) = (low.ceil(), high.floor());
    if !range.has(low) {
        low += 1.0;
    }
    if !range.has(high) {
        high -= 1.0;
    }
    if low > high {
        return None;
    }
    let number = match turns.pick(4) {
        0 if range.low.is_finite() || range.high.is_finite() => {
            (low + (draws.share() * (high - low)).floor()).min(high)
        }
        0 => 1.0 + draws.below(999) as f64,
        1 => low,
        2 => high,
        _ => (low + (draws.share() * (high - low)).floor()).min(high),
    };
    Some(whole(number))
}

/// Any number, with two digits behind the point where there is room.
pub(super) fn number(facets: &Facets<'_>, about: About<'_>, turns: &mut Turns, draws: &mut Draws) -> Option<Value> {
    let range = Range::of(facets);
    if !range.steps.is_empty() {
        return stepped(&range, &range.steps, false, turns, draws);
    }
    let likely = likely::number(about.name, about.status, draws).filter(|number| range.has(*number));
    if let Some(number) = likely.filter(|_| turns.pick(2) == 0) {
        return real(number);
    }
    let (low, high) = range.span();
    let middle = low / 2.0 + high / 2.0;
    let number = match turns.pick(4) {
        0 => ((low + draws.share() * (high - low)) * 100.0).round() / 100.0,
        1 => middle,
        2 => low,
        _ => high,
    };
    let found = [number, middle, low, high].into_iter().find(|number| number.is_finite() && range.has(*number));
    found.and_then(real)
}

/// A multiple of each step.
fn stepped(range: &Range, steps: &[f64], integral: bool, turns: &mut Turns, draws: &mut Draws) -> Option<Value> {
    // In units of the last digit that any step has, so that 0.07 is 7 and not 0.07000000000000001.
    let digits = steps.iter().map(|step| decimals(*step)).max()?;
    let unit = 10_i128.checked_pow(digits)?;
    let scaled = |step: &f64| scale(*step, digits);
    let mut step = steps.iter().try_fold(1_i128, |all, step| lcm(all, scaled(step)?))?;
    if integral {
        step = lcm(step, unit)?;
    }
    let (low, high) = range.span();
    let units = |bound: f64| (bound * unit as f64) as i128;
    let mut first = units(low).div_euclid(step);
    while !range.has(value(first, step, digits)?) && value(first, step, digits)? <= low {
        first += 1;
    }
    let mut last = units(high).div_euclid(step) + 1;
    while last > first && !range.has(value(last, step, digits)?) {
        last -= 1;
    }
    if !range.has(value(first, step, digits)?) {
        return None;
    }
    let count = (last - first).clamp(0, 1_000) as u64 + 1;
    let nth = match turns.pick(3) {
        0 => first + i128::from(draws.below(count)),
        1 => first,
        _ => last,
    };
    let number = value(nth, step, digits)?;
    if number.fract() == 0.0 { Some(whole(number)) } else { real(number) }
}

/// The `nth` multiple of a step, as the double that its decimal digits name.
fn value(nth: i128, step: i128, digits: u32) -> Option<f64> {
    let all = nth.checked_mul(step)?;
    match digits {
        0 => Some(all as f64),
        _ => format!("{all}e-{digits}").parse().ok(),
    }
}

fn decimals(number: f64) -> u32 {
    let text = format!("{number}");
    text.split_once('.').map_or(0, |(_, digits)| digits.len() as u32)
}

fn scale(number: f64, digits: u32) -> Option<i128> {
    let text = format!("{number}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}{rest:0<width$}", width = digits as usize).parse().ok().filter(|scaled| *scaled > 0)
}

fn lcm(one: i128, other: i128) -> Option<i128> {
    let (mut a, mut b) = (one, other);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (one / a.max(1)).checked_mul(other)
}

fn whole(number: f64) -> Value {
    match number.abs() <= EXACT {
        true => Value::from(number as i64),
        false if number >= 0.0 && number < u64::MAX as f64 => Value::from(number as u64),
        false if number < 0.0 && number > i64::MIN as f64 => Value::from(number as i64),
        false => real(number).unwrap_or_default(),
    }
}

fn real(number: f64) -> Option<Value> {
    Number::from_f64(number).map(Value::Number)
}
