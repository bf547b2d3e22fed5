//! Lengths of time as files write them: a number and one unit.

use std::time::Duration;

/// What a file may say, as the end of "must be …".
pub const EXPECTED: &str = "a length of time such as `200ms`, `2s`, `1m`, `1h` or `1d`, up to a year";

/// A year: longer than any run, short enough to be added to a clock.
const LONGEST: f64 = 366.0 * 86_400.0;

/// A length of time: a number and one of `ms`, `s`, `m`, `h`, `d`; a year at the most.
///
/// ```
/// use counterpart::source::duration;
/// assert_eq!(duration("1.5s"), Some(std::time::Duration::from_millis(1500)));
/// assert_eq!(duration("1.5"), None);
/// ```
pub fn parse(text: &str) -> Option<Duration> {
    let unit_start = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit_start);
    let seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    let seconds = number.parse::<f64>().ok()? * seconds;
    if seconds > LONGEST {
        return None;
    }
    Duration::try_from_secs_f64(seconds).ok()
}
