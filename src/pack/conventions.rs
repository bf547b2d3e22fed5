//! What holds for every reply of a provider: headers, forms of time and links, and which departures from its document it minds.

use http::{HeaderName, HeaderValue};

use super::auth::kind;
use super::phrases::headers;
use super::template::Template;
use super::{meant, object};
use crate::contract::{Kind as Departure, Part, Repeated};
use crate::refusal::Kind;
use crate::source::{Findings, Node};

/// What holds for every reply.
#[derive(Debug)]
pub struct Conventions {
    /// Whether the document decides where the pack says nothing: who is let in, which requests are refused and with which reply,
    /// and what a reply must have.
    pub follows: bool,
    /// What stands before the paths in links: `/api/v2`.
    pub base: String,
    /// An ending that paths may have without meaning anything: `.json`.
    pub ignore_suffix: Option<String>,
    /// The ending of paths in links that the provider builds.
    pub link_suffix: String,
    /// How times are written, in the words of `strftime`.
    pub time: String,
    /// The media type of JSON replies.
    pub content_type: HeaderValue,
    /// Header fields by occasion.
    pub headers: HeaderSet,
    /// What becomes a value of the right type.
    pub coerce: Coerce,
    /// Which value of a parameter counts that is sent several times and is no list.
    pub repeated: Repeated,
    /// Departures from the document that are refused; others are only noted.
    pub refuse: Vec<Refuse>,
    /// The header that tells callers what was ignored.
    pub warn: Option<Warn>,
    /// The header for what is left of a single endpoint's rate limit: the start of its name, which the limit's name ends.
    pub quota: Option<(String, Template)>,
    /// What the limit of jobs in flight is called there.
    pub jobs_quota: Option<String>,
    /// Figures for templates, such as the rate limit that replies mention.
    pub figures: serde_json::Map<String, serde_json::Value>,
}

/// Header fields by occasion; those of `every` reply come first.
#[derive(Debug, Default)]
pub struct HeaderSet {
    /// On all replies.
    pub every: Vec<(HeaderName, Template)>,
    /// On one record or a value.
    pub one: Moments,
    /// On a list.
    pub many: Moments,
    /// On a record that was made.
    pub created: Moments,
    /// On a reply without a body.
    pub empty: Moments,
    /// On a refusal.
    pub refused: Moments,
}

/// Header fields on one occasion.
pub type Moments = Vec<(HeaderName, Template)>;

/// Which values of another type are taken for what they say.
#[derive(Debug, Default, Clone, Copy)]
pub struct Coerce {
    /// `"5"` where a number is wanted.
    pub numbers: bool,
    /// `"true"`, `"on"`, `1`, `"1"` and their opposites where a boolean is wanted.
    pub booleans: bool,
    /// Numbers where a text is wanted.
    pub texts: bool,
    /// Null wherever something else is wanted: the field's default.
    pub nulls: bool,
    /// A body that is no object where one is wanted: none at all.
    pub bodies: bool,
}

/// A departure from the document that is refused.
#[derive(Debug)]
pub struct Refuse {
    /// In these parts.
    pub parts: Vec<Part>,
    /// Of this kind, in the words of reports: `type`, `required`, `pattern` …
    pub word: String,
    /// At this place only.
    pub at: Option<String>,
    /// As this refusal.
    pub kind: Kind,
}

/// A header that lists what was ignored.
#[derive(Debug)]
pub struct Warn {
    /// Its name.
    pub header: HeaderName,
    /// Its value; `{keys}` is the list.
    pub value: Template,
}

impl Default for Conventions {
    fn default() -> Conventions {
        Conventions {
            follows: false,
            base: String::new(),
            ignore_suffix: None,
            link_suffix: String::new(),
            time: "%Y-%m-%dT%H:%M:%SZ".to_owned(),
            content_type: HeaderValue::from_static("application/json"),
            headers: HeaderSet::default(),
            coerce: Coerce::default(),
            repeated: Repeated::default(),
            refuse: Vec::new(),
            warn: None,
            quota: None,
            jobs_quota: None,
            figures: serde_json::Map::new(),
        }
    }
}

impl Conventions {
    pub(super) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Conventions> {
        let mut fields = node.fields(findings)?;
        let usual = Conventions::default();
        let words = [("document", true)];
        let conventions = Conventions {
            follows: fields
                .optional("follow", findings, |node, findings| node.word(&words, findings))
                .unwrap_or(usual.follows),
            base: fields.optional("base_path", findings, Node::string).unwrap_or_default(),
            ignore_suffix: fields.optional("ignore_suffix", findings, Node::string),
            link_suffix: fields.optional("link_suffix", findings, Node::string).unwrap_or_default(),
            time: fields.optional("time", findings, time).unwrap_or(usual.time),
            content_type: fields.optional("content_type", findings, header_value).unwrap_or(usual.content_type),
            headers: fields.optional("headers", findings, HeaderSet::read).unwrap_or_default(),
            coerce: fields.optional("coerce", findings, Coerce::read).unwrap_or_default(),
            repeated: fields
                .optional("repeated", findings, |node, findings| node.word(Repeated::WORDS, findings))
                .unwrap_or(usual.repeated),
            refuse: fields.list("refuse", findings).iter().filter_map(|node| Refuse::read(node, findings)).collect(),
            warn: fields.optional("warn", findings, Warn::read),
            quota: fields.take("quota").and_then(|node| {
                let (name, value) = node.entries(findings)?.into_iter().next()?;
                Some((name.to_owned(), Template::of(value.text(findings)?)))
            }),
            jobs_quota: fields.optional("jobs_quota", findings, Node::string),
            figures: fields.optional("figures", findings, object).unwrap_or_default(),
        };
        fields.finish(findings);
        Some(conventions)
    }
}

impl HeaderSet {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<HeaderSet> {
        let mut fields = node.fields(findings)?;
        let mut on =
            |occasion, findings: &mut Findings| fields.optional(occasion, findings, headers).unwrap_or_default();
        let set = HeaderSet {
            every: on("every", findings),
            one: on("one", findings),
            many: on("many", findings),
            created: on("created", findings),
            empty: on("empty", findings),
            refused: on("refused", findings),
        };
        fields.finish(findings);
        Some(set)
    }
}

impl Coerce {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Coerce> {
        let mut coerce = Coerce::default();
        for item in node.one_or_many() {
            let words = [("numbers", 0), ("booleans", 1), ("texts", 2), ("nulls", 3), ("bodies", 4)];
            match item.word(&words, findings)? {
                0 => coerce.numbers = true,
                1 => coerce.booleans = true,
                2 => coerce.texts = true,
                3 => coerce.nulls = true,
                _ => coerce.bodies = true,
            }
        }
        Some(coerce)
    }
}

impl Refuse {
    /// Reads one entry; also used for those of a single operation.
    pub(super) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Refuse> {
        const PARTS: [(&str, Part); 5] = [
            ("path", Part::Path),
            ("query", Part::Query),
            ("header", Part::Header),
            ("cookie", Part::Cookie),
            ("body", Part::Body),
        ];
        let mut fields = node.fields(findings)?;
        let parts = fields.required("in", findings, |node, findings| {
            node.one_or_many().iter().map(|part| part.word(&PARTS, findings)).collect::<Option<Vec<Part>>>()
        });
        let words: Vec<(&str, &str)> = Departure::WORDS.iter().map(|word| (*word, *word)).collect();
        let word = fields.required("kind", findings, |node, findings| node.word(&words, findings));
        let at = fields.optional("at", findings, Node::string);
        let kind = fields.required("as", findings, kind);
        fields.finish(findings);
        Some(Refuse { parts: parts?, word: word?.to_owned(), at, kind: kind? })
    }
}

impl Warn {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Warn> {
        let mut all = headers(node, findings)?;
        if all.len() != 1 {
            return node.mismatch("one header field and its value", findings);
        }
        all.pop().map(|(header, value)| Warn { header, value })
    }
}

fn header_value(node: &Node<'_>, findings: &mut Findings) -> Option<HeaderValue> {
    HeaderValue::from_str(node.text(findings)?).ok().or_else(|| node.mismatch("the value of a header field", findings))
}

/// A format of time: tried on one, so that a bad one is found now.
fn time(node: &Node<'_>, findings: &mut Findings) -> Option<String> {
    let format = node.string(findings)?;
    let sound = jiff::fmt::strtime::format(&format, jiff::Timestamp::UNIX_EPOCH).is_ok();
    if !sound {
        let known = ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%.3fZ"];
        findings
            .push(node.error("time-format", "this is not a format of time").help(meant(&format, known.into_iter())));
    }
    Some(format)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn a_departure_that_no_request_can_have_is_a_finding() {
        let check = |kind: &str, expected: &str| {
            let source =
                Source::parse("pack.yaml", format!("{{ in: body, kind: {kind}, as: malformed }}")).expect("reads");
            let mut findings = Findings::default();
            let read = Refuse::read(&Node::root(&source), &mut findings);
            let said: Vec<String> = findings.into_vec().iter().map(ToString::to_string).collect();
            assert_eq!(read.is_some(), said.is_empty());
            assert!(said.join("").starts_with(expected), "{said:?}");
        };
        check("syntax", "");
        check("minLength", "");
        check("tpye", "pack.yaml:1: `kind` cannot be `tpye`\n    did you mean `type`? allowed: `type`, `required`");
    }
}
