//! Media types: how each is read, and which of the documented ones applies.

use super::part::Media;

/// How a media type is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Json,
    /// One JSON value after the other.
    Lines,
    Form,
    Multipart,
    Text,
    Opaque,
}

/// Whether bodies of this media type are JSON.
pub(super) fn is_json(media: &str) -> bool {
    reading(media) == Reading::Json
}

/// Whether bodies of this media type are a row of values, each of which `itemSchema` describes (OpenAPI 3.2 section 4.14.4).
pub(super) fn is_sequential(media: &str) -> bool {
    reading(media) == Reading::Lines || essence(media).eq_ignore_ascii_case("text/event-stream")
}

pub(super) fn reading(media: &str) -> Reading {
    let media = essence(media).to_ascii_lowercase();
    match media.as_str() {
        "application/json" | "text/json" => Reading::Json,
        _ if media.ends_with("+json") => Reading::Json,
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonl" => Reading::Lines,
        "application/json-lines" | "application/x-jsonlines" | "application/json-seq" => Reading::Lines,
        _ if media.ends_with("+json-seq") => Reading::Lines,
        "application/x-www-form-urlencoded" => Reading::Form,
        "multipart/form-data" => Reading::Multipart,
        "text/xml" => Reading::Opaque,
        _ if media.starts_with("text/") => Reading::Text,
        _ => Reading::Opaque,
    }
}

/// Whether a media type lies within a range such as `image/*`.
pub(super) fn covers(range: &str, media: &str) -> bool {
    let (range, media) = (essence(range), essence(media));
    match range.strip_suffix('*') {
        Some("" | "*/") => true,
        Some(class) => media.get(..class.len()).is_some_and(|start| start.eq_ignore_ascii_case(class)),
        None => range.eq_ignore_ascii_case(media),
    }
}

/// A parameter of a media type, such as `charset`, in lower case.
pub(super) fn parameter(media: &str, name: &str) -> Option<String> {
    let mut pairs = media.split(';').skip(1).filter_map(|part| part.split_once('='));
    let found = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().trim_matches('"').to_ascii_lowercase())
}

/// A media type without its parameters.
fn essence(media: &str) -> &str {
    media.split(';').next().unwrap_or_default().trim()
}

/// The documented media type that applies: the same with its parameters, the same, `type/*`, `*/*`.
pub(super) fn choose<'m>(documented: &'m [Media], given: &str) -> Option<&'m Media> {
    let plain = essence(given);
    let with = |name: &str| documented.iter().find(|media| media.name.eq_ignore_ascii_case(name));
    let same = || documented.iter().find(|media| essence(&media.name).eq_ignore_ascii_case(plain));
    let class = || {
        let class = plain.split('/').next().unwrap_or_default();
        let ranges = |name: &str| name.strip_suffix("/*").is_some_and(|range| range.eq_ignore_ascii_case(class));
        documented.iter().find(|media| ranges(essence(&media.name)))
    };
    with(given).or_else(same).or_else(class).or_else(|| with("*/*")).or_else(|| with("*"))
}

/// The documented media types that an `Accept` header allows, the best first; JSON comes before others that are liked as much.
/// One that is empty allows all, as none does.
pub(super) fn ranked<'m>(documented: &'m [Media], accept: Option<&str>) -> Vec<&'m Media> {
    let accept = accept.filter(|accept| !accept.trim().is_empty());
    let liked = |media: &'m Media| (accept.map_or(1.0, |accept| quality(accept, essence(&media.name))), media);
    let mut ranked: Vec<(f64, &Media)> = documented.iter().map(liked).filter(|(quality, _)| *quality > 0.0).collect();
    ranked.sort_by(|(one, first), (other, second)| {
        other.total_cmp(one).then(is_json(&second.name).cmp(&is_json(&first.name)))
    });
    ranked.into_iter().map(|(_, media)| media).collect()
}

/// The type to send where the document has a range: what the client names within it, else the usual one of the range.
pub(super) fn concrete(media: &str, accept: Option<&str>) -> String {
    let Some(class) = essence(media).strip_suffix('*') else { return media.to_owned() };
    let class = class.trim_start_matches("*/");
    let named = accept.unwrap_or_default().split(',').map(essence).filter(|name| !name.contains('*'));
    if let Some(name) = named.filter(|name| name.contains('/')).find(|name| name.starts_with(class)) {
        return name.to_owned();
    }
    match class {
        "text/" => "text/plain".to_owned(),
        "image/" => "image/png".to_owned(),
        "audio/" => "audio/mpeg".to_owned(),
        "video/" => "video/mp4".to_owned(),
        _ => "application/json".to_owned(),
    }
}

/// How much an `Accept` header likes a media type (RFC 9110 section 12.5.1): the most specific range decides.
fn quality(accept: &str, media: &str) -> f64 {
    let mut best = (0, 0.0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let class = |name: &str| name.split('/').next().unwrap_or_default().to_ascii_lowercase();
        let rank = match name {
            "*/*" | "*" => 1,
            _ if name.ends_with("/*") && class(name) == class(media) => 2,
            _ if media == "*/*" || (media.ends_with("/*") && class(name) == class(media)) => 2,
            _ if name.eq_ignore_ascii_case(media) => 3,
            _ => continue,
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=")).and_then(|text| text.parse().ok()).unwrap_or(1.0);
        if rank > best.0 {
            best = (rank, quality);
        }
    }
    best.1
}

/// The documented media type of a body; where the message does not name one, JSON is the likeliest.
pub(super) fn applicable<'m>(documented: &'m [Media], given: Option<&str>) -> Option<&'m Media> {
    match given {
        Some(given) => choose(documented, given),
        None => documented.iter().find(|media| is_json(&media.name)).or(documented.first()),
    }
}
