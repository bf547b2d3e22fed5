//! Findings in the forms that people, scripts and code hosts read.

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::message::encode;
use crate::source::{Finding, RULES, Severity};

/// A form of the findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// A line for each, and one for the way out
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, which code hosts show beside the code
    Sarif,
    /// Workflow commands, which GitHub shows beside a pull request
    Github,
}

/// All findings in a form, without a line's end.
pub(super) fn written(findings: &[Finding], form: Form) -> String {
    let each = |one: fn(&Finding) -> String| findings.iter().map(one).collect::<Vec<_>>().join("\n");
    match form {
        Form::Text => each(text),
        Form::Json => json(findings).to_string(),
        Form::Sarif => sarif(findings).to_string(),
        Form::Github => each(github),
    }
}

fn text(finding: &Finding) -> String {
    let help = finding.help.as_ref().map(|help| format!("\n    {help}")).unwrap_or_default();
    format!("{}: {}: {} [{}]{help}", finding.place, level(finding), finding.what, finding.rule)
}

fn json(findings: &[Finding]) -> Value {
    let one = |finding: &Finding| {
        json!({
            "severity": level(finding), "rule": finding.rule, "file": finding.place.file(), "line": line(finding),
            "message": finding.what, "help": finding.help,
        })
    };
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    json!({
        "findings": findings.iter().map(one).collect::<Vec<_>>(),
        "errors": count(Severity::Error), "warnings": count(Severity::Warning),
    })
}

/// The Static Analysis Results Interchange Format 2.1.0 (OASIS): one run, with the rules that were broken.
fn sarif(findings: &[Finding]) -> Value {
    let broken: Vec<_> = RULES.iter().filter(|(name, _)| findings.iter().any(|it| it.rule == *name)).collect();
    let rules: Vec<Value> =
        broken.iter().map(|(name, about)| json!({ "id": name, "shortDescription": { "text": about } })).collect();
    let one = |finding: &Finding| {
        let mut place = json!({ "artifactLocation": { "uri": uri(finding.place.file()) } });
        if let Some(line) = line(finding) {
            place["region"] = json!({ "startLine": line });
        }
        let mut result = json!({
            "ruleId": finding.rule, "level": level(finding), "message": { "text": whole(finding) },
            "locations": [{ "physicalLocation": place }],
        });
        if let Some(index) = broken.iter().position(|(name, _)| *name == finding.rule) {
            result["ruleIndex"] = index.into();
        }
        result
    };
    let driver = json!({ "name": "counterpart", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "results": findings.iter().map(one).collect::<Vec<_>>() }],
    })
}

/// A workflow command of GitHub Actions. Its values and its message have escapes of their own.
fn github(finding: &Finding) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let value = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let line = line(finding).map(|line| format!(",line={line}")).unwrap_or_default();
    let file = value(finding.place.file());
    format!("::{} file={file}{line},title={}::{}", level(finding), value(finding.rule), data(&whole(finding)))
}

fn level(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// Counted from 1; none where the finding is about no line.
fn line(finding: &Finding) -> Option<usize> {
    Some(finding.place.line()).filter(|line| *line > 0)
}

/// What is wrong, with the way out.
fn whole(finding: &Finding) -> String {
    finding.what.clone() + &finding.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default()
}

/// A path as a URI reference (RFC 3986 section 4.1).
fn uri(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Place;

    fn findings() -> Vec<Finding> {
        vec![
            Finding::error("syntax", Place::line_of("my specs/a,b.yaml", 3), "100% wrong: no").help("write\nit anew"),
            Finding::warning("missing-info", Place::line_of("--option x", 0), "nothing is known"),
        ]
    }

    #[test]
    fn people_read_lines_with_the_name_of_the_rule() {
        let expected = "my specs/a,b.yaml:3: error: 100% wrong: no [syntax]\n    write\nit anew\n\
                        --option x: warning: nothing is known [missing-info]";
        assert_eq!(written(&findings(), Form::Text), expected);
    }

    #[test]
    fn github_gets_one_command_for_each_with_its_escapes() {
        let expected = "::error file=my specs/a%2Cb.yaml,line=3,title=syntax::100%25 wrong: no%0Awrite%0Ait anew\n\
                        ::warning file=--option x,title=missing-info::nothing is known";
        assert_eq!(written(&findings(), Form::Github), expected);
    }

    #[test]
    fn scripts_get_one_object() {
        let expected = json!({
            "findings": [
                { "severity": "error", "rule": "syntax", "file": "my specs/a,b.yaml", "line": 3, "message": "100% wrong: no",
                  "help": "write\nit anew" },
                { "severity": "warning", "rule": "missing-info", "file": "--option x", "line": null,
                  "message": "nothing is known", "help": null },
            ],
            "errors": 1, "warnings": 1,
        });
        assert_eq!(json(&findings()), expected);
        assert_eq!(json(&[]), json!({ "findings": [], "errors": 0, "warnings": 0 }));
    }

    #[test]
    fn sarif_has_the_broken_rules_and_a_result_for_each_finding() {
        let log = sarif(&findings());
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules: Vec<&Value> =
            run["tool"]["driver"]["rules"].as_array().into_iter().flatten().map(|rule| &rule["id"]).collect();
        assert_eq!(rules, ["missing-info", "syntax"]);
        let expected = json!([
            { "ruleId": "syntax", "ruleIndex": 1, "level": "error", "message": { "text": "100% wrong: no\nwrite\nit anew" },
              "locations": [{ "physicalLocation": {
                  "artifactLocation": { "uri": "my%20specs/a%2Cb.yaml" }, "region": { "startLine": 3 } } }] },
            { "ruleId": "missing-info", "ruleIndex": 0, "level": "warning", "message": { "text": "nothing is known" },
              "locations": [{ "physicalLocation": { "artifactLocation": { "uri": "--option%20x" } } }] },
        ]);
        assert_eq!(run["results"], expected);
        assert_eq!(sarif(&[])["runs"][0]["results"], json!([]));
    }
}
