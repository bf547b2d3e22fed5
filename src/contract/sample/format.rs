//! Texts in the formats of JSON Schema and OpenAPI.

use crate::dice::Draws;

use super::likely;

/// A text in a format, of this many letters if the format has such. None for a format that says nothing about the text.
pub(super) fn text(format: &str, least: usize, most: usize, draws: &mut Draws) -> Option<String> {
    let text = usual(format, draws)?;
    let length = text.chars().count();
    if length > most {
        return Some(shortest(format).map_or(text, str::to_owned));
    }
    Some(if length < least { longer(format, &text, least - length) } else { text })
}

fn usual(format: &str, draws: &mut Draws) -> Option<String> {
    let word = likely::word(draws);
    Some(match format {
        "date-time" | "datetime" => format!("{}T{}Z", date(draws), time(draws)),
        "date" => date(draws),
        "time" => format!("{}Z", time(draws)),
        "duration" => format!("P{}D", 1 + draws.below(28)),
        "email" | "idn-email" => likely::email(draws),
        "hostname" | "idn-hostname" => format!("{word}.example.com"),
        "ipv4" | "ip" => format!("192.0.2.{}", 1 + draws.below(254)),
        "ipv6" => format!("2001:db8::{:x}", 1 + draws.below(0xffff)),
        "uri" | "url" | "iri" => format!("https://example.com/{word}"),
        "uri-reference" | "iri-reference" => format!("/{word}"),
        "uri-template" => format!("/{word}/{{id}}"),
        "uuid" | "guid" => uuid(draws),
        "json-pointer" => format!("/{word}"),
        "relative-json-pointer" => format!("1/{word}"),
        "regex" => "^[a-z]+$".to_owned(),
        "byte" | "base64" => "c2FtcGxl".to_owned(),
        _ => return None,
    })
}

/// What a format allows for where there is little room.
fn shortest(format: &str) -> Option<&'static str> {
    Some(match format {
        "duration" => "P1D",
        "email" | "idn-email" => "a@b.co",
        "hostname" | "idn-hostname" => "a",
        "ipv4" | "ip" => "1.1.1.1",
        "ipv6" => "::",
        "uri" | "url" | "iri" => "a:b",
        "uri-reference" | "iri-reference" | "uri-template" => "a",
        "json-pointer" | "byte" | "base64" => "",
        "relative-json-pointer" => "0",
        "regex" => "a",
        _ => return None,
    })
}

/// The same with letters added where the format has room for them.
fn longer(format: &str, text: &str, by: usize) -> String {
    let more = "a".repeat(by.min(65_536));
    match format {
        "email" | "idn-email" if by < 40 => format!("{more}{text}"),
        "email" | "idn-email" => format!("a@{}", labels(text.len() + by - 2)),
        "hostname" | "idn-hostname" => labels(text.len() + by),
        "byte" | "base64" => "c2Ft".repeat((text.len() + by).div_ceil(4)),
        "regex" => format!("{more}{text}"),
        "duration" => format!("P{}1D", "0".repeat(text.len() + by - 3)),
        "time" | "date-time" => text.replace('Z', &format!(".{}Z", "0".repeat(by.max(2) - 1))),
        "date" | "uuid" | "ipv4" | "ipv6" => text.to_owned(),
        _ => format!("{text}{more}"),
    }
}

/// A host name of this many letters, in labels of 63 at the most.
fn labels(length: usize) -> String {
    (0..length).map(|at| if at % 60 == 59 && at + 1 < length { '.' } else { 'a' }).collect()
}

fn date(draws: &mut Draws) -> String {
    format!("{}-{:02}-{:02}", 2023 + draws.below(3), 1 + draws.below(12), 1 + draws.below(28))
}

fn time(draws: &mut Draws) -> String {
    format!("{:02}:{:02}:{:02}", draws.below(24), draws.below(60), draws.below(60))
}

fn uuid(draws: &mut Draws) -> String {
    let mut digits = |count: u32| format!("{:0width$x}", draws.below(1 << (4 * count)), width = count as usize);
    // Version 4, variant 1 (RFC 9562).
    format!("{}-{}-4{}-a{}-{}", digits(8), digits(4), digits(3), digits(3), digits(12))
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::dice::Dice;
    use serde_json::json;

    /// Formats that the validator knows, each at some lengths.
    #[test]
    fn a_text_has_its_format_and_its_length() {
        let cases: &[(&str, &[(usize, usize)])] = &[
            ("date-time", &[(0, 99), (21, 99), (30, 30)]),
            ("date", &[(10, 10)]),
            ("time", &[(0, 99), (12, 12)]),
            ("duration", &[(0, 99), (3, 3), (9, 9)]),
            ("email", &[(0, 99), (0, 6), (45, 50), (100, 120)]),
            ("idn-email", &[(0, 99)]),
            ("hostname", &[(0, 99), (0, 2), (70, 70), (200, 253)]),
            ("idn-hostname", &[(0, 99)]),
            ("ipv4", &[(0, 99), (7, 7)]),
            ("ipv6", &[(0, 99), (0, 3)]),
            ("uri", &[(0, 99), (0, 3), (200, 210)]),
            ("iri", &[(0, 99)]),
            ("uri-reference", &[(0, 99), (50, 50)]),
            ("iri-reference", &[(0, 99)]),
            ("uri-template", &[(0, 99)]),
            ("uuid", &[(36, 36)]),
            ("json-pointer", &[(0, 99), (0, 0), (30, 30)]),
            ("relative-json-pointer", &[(0, 99), (0, 1)]),
            ("regex", &[(0, 99), (0, 1), (30, 30)]),
        ];
        for (format, lengths) in cases {
            for (least, most) in *lengths {
                let schema = json!({ "format": format, "minLength": least, "maxLength": most });
                let options = jsonschema::draft202012::options().should_validate_formats(true);
                let validator = options.build(&schema).expect("a schema");
                for seed in 0..20 {
                    let made = text(format, *least, *most, &mut Dice::new(seed).draws(format, 0)).expect("known");
                    assert!(validator.is_valid(&json!(made)), "{format} {least}..{most}: {made}");
                }
            }
        }
    }
}
