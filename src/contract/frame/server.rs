//! Base paths: what the `servers` of a document put before its paths.

use serde_json::Value;

use super::super::document::{Document, Site};

/// The base paths of the `servers` at a site, the first one first; none where it has no servers. `""` stands for `/`.
pub(super) fn bases(document: &Document, site: &Site) -> Option<Vec<String>> {
    let servers = document.value(site)?.get("servers")?.as_array().filter(|servers| !servers.is_empty())?;
    let mut bases: Vec<String> = Vec::new();
    for server in servers {
        let base = base(server);
        if !bases.contains(&base) {
            bases.push(base);
        }
    }
    Some(bases)
}

fn base(server: &Value) -> String {
    let mut url = server["url"].as_str().unwrap_or_default().to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        url = url.replace(&format!("{{{name}}}"), variable["default"].as_str().unwrap_or_default());
    }
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |start| &rest[start..]),
        None => url.strip_prefix('.').unwrap_or(&url),
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

    fn check(url: &str, expected: &str) {
        let server = json!({ "url": url, "variables": { "version": { "default": "v2" }, "host": { "default": "h" } } });
        assert_eq!(base(&server), expected, "{url}");
    }

    #[test]
    fn the_base_path_is_what_follows_the_host() {
        check("https://{host}.example.com/api/{version}", "/api/v2");
        check("https://example.com", "");
        check("https://example.com/", "");
        check("/", "");
        check("/api/v1/", "/api/v1");
        check("./api", "/api");
        check("api", "/api");
        check("", "");
        check("https://example.com/a?b=c#d", "/a");
    }
}
