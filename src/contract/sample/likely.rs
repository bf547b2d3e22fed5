//! What a property of this name probably holds, so that a made-up reply reads like a real one.

use http::StatusCode;

use crate::dice::Draws;

const WORDS: &[&str] = &[
    "amber", "birch", "cedar", "delta", "ember", "fable", "grove", "harbor", "iris", "juniper", "kestrel", "lumen",
    "maple", "north", "ocean", "pearl", "quartz", "river", "sable", "tundra", "umber", "violet", "willow", "zephyr",
];
const FIRST: &[&str] =
    &["Ada", "Alan", "Barbara", "Edsger", "Grace", "Hedy", "Katherine", "Linus", "Margaret", "Radia"];
const LAST: &[&str] = &["Byron", "Turing", "Liskov", "Dijkstra", "Hopper", "Lamarr", "Johnson", "Pauling", "Hamilton"];
const CITIES: &[&str] = &["Berlin", "Bogotá", "Lagos", "Lisbon", "Osaka", "Oslo", "Toronto", "Wellington"];
const COUNTRIES: &[&str] = &["Canada", "Colombia", "Germany", "Japan", "New Zealand", "Nigeria", "Norway", "Portugal"];
const COUNTRY_CODES: &[&str] = &["CA", "CO", "DE", "JP", "NG", "NO", "NZ", "PT"];
const REGIONS: &[&str] = &["Antioquia", "Hesse", "Lagos", "Ontario", "Oregon", "Osaka", "Otago", "Viken"];
const CURRENCIES: &[&str] = &["CAD", "EUR", "GBP", "JPY", "NOK", "USD"];
const LOCALES: &[&str] = &["de-DE", "en-GB", "en-US", "es-CO", "ja-JP", "nb-NO", "pt-PT"];
const ZONES: &[&str] =
    &["Africa/Lagos", "America/Bogota", "America/Toronto", "Asia/Tokyo", "Europe/Berlin", "Europe/Oslo"];
const COMPANIES: &[&str] = &["Acme", "Globex", "Initech", "Hooli", "Umbrella", "Wayne Enterprises"];

/// A word.
pub(super) fn word(draws: &mut Draws) -> &'static str {
    draws.one_of::<&'static str>(WORDS)
}

/// An address that nobody reads.
pub(super) fn email(draws: &mut Draws) -> String {
    let (first, last) = (draws.one_of(FIRST), draws.one_of(LAST));
    format!("{}.{}@example.com", first.to_lowercase(), last.to_lowercase())
}

/// A text for a property of this name in a reply of a status.
pub(super) fn text(name: &str, status: Option<StatusCode>, draws: &mut Draws) -> String {
    let parts = parts(name);
    if let Some(reason) = status.filter(|status| is_refusal(*status)).and_then(|status| reason(&parts, status)) {
        return reason;
    }
    let last = parts.last().map_or("", String::as_str);
    let has = |word: &str| parts.iter().any(|part| part == word);
    if let Some(format) = format(&parts) {
        return super::format::text(format, 0, usize::MAX, draws).unwrap_or_default();
    }
    match last {
        "name" | "title" | "label" if has("first") || has("given") => (*draws.one_of(FIRST)).to_owned(),
        "name" if has("last") || has("family") => (*draws.one_of(LAST)).to_owned(),
        "surname" | "lastname" => (*draws.one_of(LAST)).to_owned(),
        "firstname" => (*draws.one_of(FIRST)).to_owned(),
        "name" if has("full") || has("display") || has("user") || has("customer") => person(draws),
        "author" | "owner" | "assignee" | "fullname" | "contact" => person(draws),
        "name" if has("company") || has("organization") => (*draws.one_of(COMPANIES)).to_owned(),
        "company" | "organization" | "organisation" => (*draws.one_of(COMPANIES)).to_owned(),
        "username" | "login" | "nickname" | "handle" => draws.one_of(FIRST).to_lowercase(),
        "city" | "town" => (*draws.one_of(CITIES)).to_owned(),
        "country" => (*draws.one_of(COUNTRIES)).to_owned(),
        "street" | "address" | "line1" => format!("{} {} Street", 1 + draws.below(200), capital(word(draws))),
        "zip" | "postcode" | "zipcode" => format!("{:05}", 10_000 + draws.below(89_999)),
        "code" if has("postal") || has("zip") => format!("{:05}", 10_000 + draws.below(89_999)),
        "code" if has("country") => (*draws.one_of(COUNTRY_CODES)).to_owned(),
        "code" if has("currency") => (*draws.one_of(CURRENCIES)).to_owned(),
        "currency" => (*draws.one_of(CURRENCIES)).to_owned(),
        "language" | "lang" => draws.one_of(LOCALES)[..2].to_owned(),
        "locale" => (*draws.one_of(LOCALES)).to_owned(),
        "timezone" | "zone" => (*draws.one_of(ZONES)).to_owned(),
        "state" | "province" | "region" if has("address") || parts.len() == 1 => (*draws.one_of(REGIONS)).to_owned(),
        "phone" | "mobile" | "fax" | "telephone" => format!("+4722{:06}", draws.below(1_000_000)),
        "color" | "colour" => format!("#{:06x}", draws.below(1 << 24)),
        "version" => format!("{}.{}.{}", 1 + draws.below(3), draws.below(10), draws.below(10)),
        "description" | "summary" | "comment" | "message" | "text" | "body" | "content" | "notes" | "details" => {
            format!("{} {} by the {}.", capital(word(draws)), word(draws), word(draws))
        }
        "title" | "subject" | "headline" => format!("{} {}", capital(word(draws)), word(draws)),
        "slug" => format!("{}-{}", word(draws), word(draws)),
        "id" | "key" | "token" | "hash" | "sha" | "etag" => hex(draws),
        "price" | "amount" => format!("{}.{:02}", 1 + draws.below(500), draws.below(100)),
        "name" => capital(word(draws)),
        _ => word(draws).to_owned(),
    }
}

/// The format that texts of this name usually have.
fn format(parts: &[String]) -> Option<&'static str> {
    let last = parts.last()?.as_str();
    let before = parts.len().checked_sub(2).map_or("", |at| parts[at].as_str());
    Some(match (before, last) {
        (_, "email" | "mail") => "email",
        ("email", "address") => "email",
        ("ip", "address") | (_, "ip" | "ipv4") => "ipv4",
        (_, "ipv6") => "ipv6",
        (_, "uuid" | "guid") => "uuid",
        (_, "url" | "uri" | "href" | "link" | "website" | "homepage") => "uri",
        (_, "host" | "hostname" | "domain") => "hostname",
        (_, "timestamp" | "datetime") => "date-time",
        (
            "created" | "updated" | "deleted" | "modified" | "started" | "ended" | "closed" | "published",
            "at" | "on",
        ) => "date-time",
        (_, "date" | "birthday" | "dob") => "date",
        _ => return None,
    })
}

/// A number for a property of this name in a reply of a status; none where the name says nothing.
pub(super) fn number(name: &str, status: Option<StatusCode>, draws: &mut Draws) -> Option<f64> {
    let parts = parts(name);
    if let Some(status) = status.filter(|status| is_refusal(*status) && names_status(&parts)) {
        return Some(status.as_u16().into());
    }
    let whole = |from: u64, to: u64, draws: &mut Draws| (from + draws.below(to - from)) as f64;
    let cents = |from: u64, to: u64, draws: &mut Draws| (from * 100 + draws.below((to - from) * 100)) as f64 / 100.0;
    Some(match parts.last()?.as_str() {
        "id" | "number" => whole(1, 100_000, draws),
        "count" | "total" | "quantity" | "size" | "stock" => whole(1, 100, draws),
        "page" | "offset" | "index" | "position" | "version" => 1.0,
        "limit" => 20.0,
        "age" => whole(18, 80, draws),
        "year" => whole(2015, 2026, draws),
        "month" => whole(1, 13, draws),
        "day" => whole(1, 29, draws),
        "port" => 8080.0,
        "status" | "code" => 200.0,
        "price" | "amount" | "cost" | "fee" | "balance" => cents(1, 500, draws),
        "rating" | "score" => cents(1, 5, draws),
        "percent" | "percentage" => whole(1, 100, draws),
        "lat" | "latitude" => cents(0, 70, draws),
        "lng" | "lon" | "longitude" => cents(0, 170, draws),
        "timestamp" | "at" | "created" | "updated" => whole(1_700_000_000, 1_760_000_000, draws),
        _ => return None,
    })
}

/// What the body of a refusal says of its status under this name, in the words of HTTP: `Not Found`, or `not_found` as a code.
fn reason(parts: &[String], status: StatusCode) -> Option<String> {
    let said = status.canonical_reason()?;
    let code = |said: &str| said.to_lowercase().replace([' ', '-'], "_").replace('\'', "");
    Some(match parts.last()?.as_str() {
        "message" | "msg" | "title" | "detail" | "details" | "description" | "reason" | "text" => said.to_owned(),
        "error" | "errors" if parts.len() == 1 => said.to_owned(),
        "code" if matches!(parts.len(), 1 | 2) && (parts.len() == 1 || parts[0] == "error") => code(said),
        _ if names_status(parts) => status.as_str().to_owned(),
        _ => return None,
    })
}

fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// Whether the body of a refusal repeats its status under this name.
fn names_status(parts: &[String]) -> bool {
    let words: Vec<&str> = parts.iter().map(String::as_str).filter(|word| *word != "http").collect();
    matches!(words.as_slice(), ["status"] | ["code"] | ["status", "code"])
}

fn person(draws: &mut Draws) -> String {
    format!("{} {}", draws.one_of(FIRST), draws.one_of(LAST))
}

fn hex(draws: &mut Draws) -> String {
    format!("{:08x}{:08x}", draws.below(1 << 32), draws.below(1 << 32))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The words of a name: `createdAt`, `created_at` and `Created-At` have the same.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut lower = false;
    for letter in name.chars() {
        if letter.is_uppercase() && lower || !letter.is_alphanumeric() {
            parts.push(String::new());
        }
        lower = letter.is_lowercase() || letter.is_numeric();
        if letter.is_alphanumeric() {
            parts.last_mut().expect("there is always one").extend(letter.to_lowercase());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn names_have_the_same_words_in_any_spelling() {
        let check = |name: &str, expected: &[&str]| assert_eq!(parts(name), expected);
        check("createdAt", &["created", "at"]);
        check("created_at", &["created", "at"]);
        check("X-Request-ID", &["x", "request", "id"]);
        check("userURL", &["user", "url"]);
        check("line1", &["line1"]);
        check("", &[]);
    }
}
