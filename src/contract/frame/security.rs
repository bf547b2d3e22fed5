//! Security schemes and requirements: from the document to what the checks need.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::super::document::{Document, Site};
use super::super::security::{Proof, Scheme, Security};
use crate::source::{Finding, nearest};

/// The schemes of a document.
#[derive(Debug, Default)]
pub(super) struct Schemes {
    known: HashMap<String, Arc<Scheme>>,
}

impl Schemes {
    /// Reads what stands under `components/securitySchemes`.
    pub(super) fn of(document: &Document, root: &Site, findings: &mut Vec<Finding>) -> Schemes {
        let home = root.below("components").below("securitySchemes");
        let names = document.value(&home).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        let mut schemes = Schemes::default();
        for name in names {
            let Some((site, scheme)) = document.resolve(home.below(name)) else { continue };
            let proof = proof(scheme).unwrap_or_else(|| {
                let what = format!("the security scheme `{name}` is of no type that is known; it is not checked");
                findings.push(Finding::warning("bad-security-scheme", document.place(&site), what));
                Proof::Unseen
            });
            schemes.known.insert(name.clone(), Arc::new(Scheme { name: name.clone(), proof, site }));
        }
        schemes
    }

    /// The query parameters that carry credentials: no operation declares them.
    pub(super) fn keys(&self) -> Vec<String> {
        let names = self.known.values().filter_map(|scheme| match &scheme.proof {
            Proof::Query(name) => Some(name.clone()),
            _ => None,
        });
        names.collect()
    }

    /// The requirements at a site; none where there is no list of them.
    pub(super) fn required(
        &self,
        document: &Document,
        site: &Site,
        findings: &mut Vec<Finding>,
    ) -> Option<Arc<Security>> {
        let list = document.value(site)?.as_array()?;
        let mut security = Security::default();
        for (index, requirement) in list.iter().enumerate() {
            let names = requirement.as_object().into_iter().flat_map(Map::keys);
            let mut schemes = Vec::new();
            for name in names {
                match self.known.get(name) {
                    Some(scheme) => schemes.push(Arc::clone(scheme)),
                    None => findings.push(self.unknown(document, &site.below(&index.to_string()), name)),
                }
            }
            security.alternatives.push(schemes);
        }
        Some(Arc::new(security))
    }

    fn unknown(&self, document: &Document, site: &Site, name: &str) -> Finding {
        let what = format!("there is no security scheme `{name}` in `components`; it is not asked for");
        let finding = Finding::warning("unknown-security-scheme", document.place(site), what);
        match nearest(name, self.known.keys().map(String::as_str)) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding,
        }
    }
}

fn proof(scheme: &Value) -> Option<Proof> {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let bearer = || Proof::Authorization("Bearer".to_owned());
    Some(match text("type")? {
        "apiKey" => match (text("in")?, text("name")?.to_owned()) {
            ("header", name) => Proof::Header(name),
            ("query", name) => Proof::Query(name),
            ("cookie", name) => Proof::Cookie(name),
            _ => return None,
        },
        "http" => match text("scheme")? {
            word if word.eq_ignore_ascii_case("bearer") => bearer(),
            word if word.eq_ignore_ascii_case("basic") => Proof::Authorization("Basic".to_owned()),
            word => Proof::Authorization(word.to_owned()),
        },
        "oauth2" | "openIdConnect" => bearer(),
        // Certificates are a matter of the connection, and connections here have none.
        "mutualTLS" => Proof::Unseen,
        _ => return None,
    })
}
