//! How long a reply is held back. Drawn from the session's dice; nothing here waits.

use std::f64::consts::TAU;
use std::time::Duration;

use crate::dice::Dice;
use crate::source::{Findings, Node};

/// A year in hours is what a file may write; no draw goes beyond an hour.
const LONGEST: f64 = 3600.0;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Delay {
    Fixed(Duration),
    Uniform {
        shortest: f64,
        longest: f64,
    },
    Normal {
        mean: f64,
        deviation: f64,
    },
    /// Half of all draws are below the median; `sigma` is the deviation of the logarithm.
    LogNormal {
        median: f64,
        sigma: f64,
    },
}

impl Delay {
    /// Reads `200ms`, `[100ms, 300ms]`, `{p50, p99}` or `{mean, deviation}`.
    pub(super) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Delay> {
        if node.value().is_array() {
            read_range(node, findings)
        } else if node.value().is_object() {
            read_distribution(node, findings)
        } else {
            node.duration(findings).map(Delay::Fixed)
        }
    }

    /// The delay of the nth match.
    pub(super) fn draw(&self, dice: &Dice, stream: &str, nth: u64) -> Duration {
        let seconds = match self {
            Delay::Fixed(delay) => return *delay,
            Delay::Uniform { shortest, longest } => shortest + dice.share(stream, nth) * (longest - shortest),
            Delay::Normal { mean, deviation } => mean + standard_normal(dice, stream, nth) * deviation,
            Delay::LogNormal { median, sigma } => median * (standard_normal(dice, stream, nth) * sigma).exp(),
        };
        Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST)).unwrap_or_default()
    }
}

fn read_range(node: &Node<'_>, findings: &mut Findings) -> Option<Delay> {
    let ends = node.items(findings)?;
    let [shortest, longest] = ends.as_slice() else {
        findings.push(node.error("range", "a range of delays has two ends, as in `[100ms, 300ms]`"));
        return None;
    };
    let (shortest, longest) = (shortest.duration(findings), longest.duration(findings));
    let (shortest, longest) = (shortest?, longest?);
    if shortest > longest {
        findings.push(node.error("range", "the first end of a range of delays is its shorter one"));
        return None;
    }
    Some(Delay::Uniform { shortest: shortest.as_secs_f64(), longest: longest.as_secs_f64() })
}

fn read_distribution(node: &Node<'_>, findings: &mut Findings) -> Option<Delay> {
    let mut fields = node.fields(findings)?;
    let normal = fields.has("mean") || fields.has("deviation");
    let keys = if normal { ["mean", "deviation"] } else { ["p50", "p99"] };
    let [first, second] = keys.map(|key| fields.required(key, findings, Node::duration).map(|time| time.as_secs_f64()));
    fields.finish(findings);
    let (first, second) = (first?, second?);
    if normal {
        return Some(Delay::Normal { mean: first, deviation: second });
    }
    if first <= 0.0 || second < first {
        findings.push(node.error("range", "`p50` must be above zero and `p99` not below it"));
        return None;
    }
    // The 99th percentile of the standard normal distribution.
    const Z99: f64 = 2.326_347_874_040_841;
    Some(Delay::LogNormal { median: first, sigma: (second / first).ln() / Z99 })
}

/// Box and Muller's transformation of two even draws into a normal one.
fn standard_normal(dice: &Dice, stream: &str, nth: u64) -> f64 {
    let (radius, angle) = (dice.share(stream, nth.wrapping_mul(2)), dice.share(stream, nth.wrapping_mul(2) + 1));
    (-2.0 * (1.0 - radius).ln()).sqrt() * (TAU * angle).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(delay: &Delay) -> Vec<f64> {
        let dice = Dice::new(1);
        let mut draws: Vec<f64> = (1..=10_000).map(|n| delay.draw(&dice, "rule", n).as_secs_f64()).collect();
        draws.sort_by(f64::total_cmp);
        draws
    }

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < wanted * 0.1, "{found} is not near {wanted}");
    }

    #[test]
    fn draws_have_the_shape_that_was_asked_for() {
        let uniform = draws(&Delay::Uniform { shortest: 0.1, longest: 0.3 });
        assert!(uniform[0] >= 0.1 && uniform[9_999] <= 0.3);
        near(uniform[5_000], 0.2);
        let normal = draws(&Delay::Normal { mean: 0.1, deviation: 0.02 });
        near(normal[5_000], 0.1);
        near(normal[8_413], 0.12);
        let sigma = (0.4f64 / 0.02).ln() / 2.326_347_874_040_841;
        let lognormal = draws(&Delay::LogNormal { median: 0.02, sigma });
        near(lognormal[5_000], 0.02);
        near(lognormal[9_900], 0.4);
    }

    #[test]
    fn a_draw_is_never_below_zero_or_beyond_an_hour() {
        let wild = draws(&Delay::Normal { mean: 0.0, deviation: 100_000.0 });
        assert_eq!((wild[0], wild[9_999]), (0.0, 3600.0));
    }
}
