//! Base paths: what the `servers` of a document put before its paths.

use serde_json::Value;

use super::super::document::{Document, Site};

/// Base paths that one server has at the most: each variable multiplies them.
const MAX_BASES: usize = 64;

/// The base paths of the `servers` at a site, the first one first; none where it has no servers. `""` stands for `/`.
pub(super) fn bases(document: &Document, site: &Site) -> Option<Vec<String>> {
    let servers = document.value(site)?.get("servers")?.as_array().filter(|servers| !servers.is_empty())?;
    let mut bases: Vec<String> = Vec::new();
    for server in servers {
        for base in bases_of(server) {
            if !bases.contains(&base) {
                bases.push(base);
            }
        }
    }
    Some(bases)
}

/// With the defaults of its variables first, then with the other values of those that stand in the path.
fn bases_of(server: &Value) -> Vec<String> {
    let url = server["url"].as_str().unwrap_or_default();
    let (host, rest) = url.split_at(end_of_host(url));
    let (mut host, mut rests) = (host.to_owned(), vec![rest.to_owned()]);
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        let (name, values) = (format!("{{{name}}}"), values(variable));
        host = host.replace(&name, values.first().copied().unwrap_or_default());
        if rest.contains(&name) {
            let filled = |value: &&str| rests.iter().map(|rest| rest.replace(&name, value)).collect::<Vec<_>>();
            rests = values.iter().flat_map(filled).take(MAX_BASES).collect();
        }
    }
    rests.iter().map(|rest| path(&format!("{host}{rest}"))).collect()
}

/// Where the path begins; a variable at the very start may stand for the host, or for more than that.
fn end_of_host(url: &str) -> usize {
    let after = match url.find("://") {
        Some(scheme) => scheme + 3,
        None if url.starts_with('{') => 0,
        None => return 0,
    };
    url[after..].find('/').map_or(url.len(), |slash| after + slash)
}

/// What a variable may be, its default first.
fn values(variable: &Value) -> Vec<&str> {
    let default = variable["default"].as_str().unwrap_or_default();
    let others = variable["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    std::iter::once(default).chain(others.filter(|value| *value != default)).collect()
}

/// What follows the host.
fn path(url: &str) -> String {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |start| &rest[start..]),
        None => url.strip_prefix('.').unwrap_or(url),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    match path.is_empty() || path.starts_with('/') {
        true => path.to_owned(),
        false => format!("/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(url: &str, expected: &[&str]) {
        let variables = json!({
            "host": { "default": "h", "enum": ["h", "g"] },
            "version": { "default": "v2", "enum": ["v1", "v2"] },
            "stage": { "default": "live", "enum": ["test"] },
            "all": { "default": "https://example.com/all" },
        });
        assert_eq!(bases_of(&json!({ "url": url, "variables": variables })), expected, "{url}");
    }

    #[test]
    fn the_base_path_is_what_follows_the_host() {
        check("https://{host}.example.com/api/{version}", &["/api/v2", "/api/v1"]);
        check("https://{host}.example.com/{stage}/{version}", &["/live/v2", "/live/v1", "/test/v2", "/test/v1"]);
        check("/{version}/x", &["/v2/x", "/v1/x"]);
        check("{all}/{version}", &["/all/v2", "/all/v1"]);
        check("https://example.com", &[""]);
        check("https://example.com/", &[""]);
        check("/", &[""]);
        check("/api/v1/", &["/api/v1"]);
        check("./api", &["/api"]);
        check("api", &["/api"]);
        check("", &[""]);
        check("https://example.com/a?b=c#d", &["/a"]);
    }
}
