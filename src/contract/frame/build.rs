//! The parts of operations: from what `openapiv3` read to what the checks need. Shared parts are built once.

use std::collections::HashMap;
use std::ptr::from_ref;
use std::sync::Arc;

use http::StatusCode;
use openapiv3::{ParameterSchemaOrContent as Format, PathStyle, QueryStyle, ReferenceOr};
use serde_json::{Map, Value};

use super::super::document::{Document, Site};
use super::super::media::is_json;
use super::super::part::{Body, Encoding, Media, Parameter, Replies, Response, Style};
use super::super::sample::Kept;
use super::super::schema::{SchemaId, Schemas};
use super::super::violation::Part;
use super::lift::{self, Lift};
use crate::source::Finding;

/// Parts by the address of the value they were read from; none where one had to be left out.
#[derive(Default)]
pub(super) struct Shared {
    parameters: HashMap<*const Value, Option<Arc<Parameter>>>,
    headers: HashMap<*const Value, Option<Arc<Parameter>>>,
    bodies: HashMap<*const Value, Option<Arc<Body>>>,
    responses: HashMap<*const Value, Option<Arc<Response>>>,
}

pub(super) struct Builder<'a> {
    pub(super) document: &'a Document,
    pub(super) schemas: &'a mut Schemas,
    pub(super) findings: &'a mut Vec<Finding>,
    pub(super) shared: &'a mut Shared,
}

impl Builder<'_> {
    /// The parameters of the operation, and those of its path that it does not override.
    pub(super) fn parameters(&mut self, home: &Site, site: &Site) -> Vec<Arc<Parameter>> {
        let mut out: Vec<Arc<Parameter>> = Vec::new();
        for list in [site.below("parameters"), home.below("parameters")] {
            let nearer = out.len();
            let count = self.document.value(&list).and_then(Value::as_array).map_or(0, Vec::len);
            for index in 0..count {
                let at = list.below(&index.to_string());
                let Some(parameter) = self.parameter(at.clone()) else { continue };
                let same = |other: &Arc<Parameter>| (other.part, &other.name) == (parameter.part, &parameter.name);
                match out.iter().position(same) {
                    None => out.push(parameter),
                    Some(known) if known >= nearer => {
                        let (part, name) = (parameter.part.word(), &parameter.name);
                        let what = format!("the {part} parameter `{name}` stands here twice");
                        let place = self.document.place(&at);
                        self.findings.push(Finding::warning("duplicate-parameter", place, what));
                    }
                    Some(_) => {}
                }
            }
        }
        out
    }

    fn parameter(&mut self, site: Site) -> Option<Arc<Parameter>> {
        let (site, value) = self.document.resolve(site)?;
        if let Some(known) = self.shared.parameters.get(&from_ref(value)) {
            return known.clone();
        }
        let read = self.lift().parameter(&site, value);
        let built = read.and_then(|read| self.read_parameter(&read, site.clone()));
        let built = built.map(|built| Arc::new(newer(value, built)));
        self.shared.parameters.insert(value, built.clone());
        built
    }

    fn lift(&mut self) -> Lift<'_> {
        Lift { document: self.document, findings: self.findings }
    }

    fn read_parameter(&mut self, parameter: &openapiv3::Parameter, site: Site) -> Option<Parameter> {
        use openapiv3::Parameter as P;
        let data = parameter.parameter_data_ref();
        let (part, style, allow_empty) = match parameter {
            P::Query { style, allow_empty_value, .. } => {
                (Part::Query, query_style(style), allow_empty_value.unwrap_or(false))
            }
            P::Path { style: PathStyle::Simple, .. } => (Part::Path, Style::Simple, false),
            P::Path { style: PathStyle::Label, .. } => (Part::Path, Style::Label, false),
            P::Path { style: PathStyle::Matrix, .. } => (Part::Path, Style::Matrix, false),
            P::Header { .. } => (Part::Header, Style::Simple, false),
            P::Cookie { .. } => (Part::Cookie, Style::Form, false),
        };
        let name = if part == Part::Header { data.name.to_lowercase() } else { data.name.clone() };
        // OpenAPI: descriptions of these three are ignored.
        if part == Part::Header && ["accept", "content-type", "authorization"].contains(&name.as_str()) {
            return None;
        }
        let (schema, json) = self.format(&data.format);
        let default = schema.and_then(|schema| self.document.value(self.schemas.site(schema))?.get("default").cloned());
        let explode = data.explode.unwrap_or(style == Style::Form);
        Some(Parameter {
            name,
            part,
            required: data.required,
            style,
            explode,
            allow_empty,
            reserved: false,
            json,
            schema,
            default,
            site,
        })
    }

    fn format(&mut self, format: &Format) -> (Option<SchemaId>, bool) {
        match format {
            Format::Schema(schema) => (self.schema(schema), false),
            Format::Content(content) => match content.iter().next() {
                Some((name, media)) => {
                    let schema = media.schema.as_ref().and_then(|schema| self.schema(schema));
                    (schema, is_json(name))
                }
                None => (None, false),
            },
        }
    }

    fn schema(&mut self, schema: &ReferenceOr<openapiv3::Schema>) -> Option<SchemaId> {
        match schema {
            ReferenceOr::Reference { reference } => Some(self.schemas.add(self.document, lift::address(reference)?)),
            ReferenceOr::Item(_) => None,
        }
    }

    pub(super) fn body(&mut self, site: Site) -> Option<Arc<Body>> {
        let Some((site, value)) = self.document.resolve(site.clone()) else {
            // A reference that leads nowhere still says that there is a body.
            return Some(Arc::new(Body { required: false, media: Vec::new(), site }));
        };
        if let Some(known) = self.shared.bodies.get(&from_ref(value)) {
            return known.clone();
        }
        let read = self.lift().body(&site, value);
        let built = read.map(|read| {
            let media = self.content(&read.content, &site);
            Arc::new(Body { required: read.required, media, site: site.clone() })
        });
        self.shared.bodies.insert(value, built.clone());
        built
    }

    fn content(&mut self, content: &openapiv3::Content, site: &Site) -> Vec<Media> {
        let home = site.below("content");
        let mut out = Vec::new();
        for (name, read) in content {
            let site = home.below(name);
            let site = self.document.resolve(site.clone()).map_or(site, |(site, _)| site);
            let encoding = self.encoding(&site.below("encoding"));
            let schema = read.schema.as_ref().and_then(|schema| self.schema(schema));
            let items = site.below("itemSchema");
            let items = self.document.value(&items).map(|_| self.schemas.add(self.document, items));
            out.push(Media { name: name.clone(), schema, items, encoding, site, kept: Kept::default() });
        }
        out
    }

    /// How the properties of a form are written, by their names.
    fn encoding(&mut self, site: &Site) -> HashMap<String, Encoding> {
        let entries = self.document.value(site).and_then(Value::as_object);
        let read = |(name, encoding): (&String, &Value)| {
            let text = |key: &str| encoding.get(key).and_then(Value::as_str);
            let explode = encoding.get("explode").and_then(Value::as_bool);
            let style = match text("style") {
                Some("spaceDelimited") => Some(Style::Space),
                Some("pipeDelimited") => Some(Style::Pipe),
                Some("deepObject") => Some(Style::Deep),
                Some(_) => Some(Style::Form),
                None => explode.map(|_| Style::Form),
            };
            let style = style.map(|style| (style, explode.unwrap_or(style == Style::Form)));
            let content_type = text("contentType").map(str::to_owned);
            let headers = self.headers(&site.below(name).below("headers"));
            (name.clone(), Encoding { style, content_type, headers })
        };
        entries.into_iter().flatten().map(read).collect()
    }

    pub(super) fn replies(&mut self, site: &Site) -> Option<Replies> {
        let mut replies = Replies { exact: Vec::new(), ranges: Vec::new(), default: None, site: site.clone() };
        let entries = self.document.value(site).and_then(Value::as_object);
        for key in entries.into_iter().flat_map(Map::keys).filter(|key| !key.starts_with("x-")) {
            let at = site.below(key);
            if key == "default" {
                replies.default = self.response(at);
                continue;
            }
            let status = serde_json::from_value(Value::String(key.clone())).ok();
            let code = |code: u16| StatusCode::from_u16(code).ok();
            match status {
                Some(openapiv3::StatusCode::Code(status)) if code(status).is_some() => {
                    let response = self.response(at);
                    replies.exact.extend(code(status).zip(response));
                }
                Some(openapiv3::StatusCode::Range(digit @ 1..=9)) => {
                    replies.ranges.extend(self.response(at).map(|response| (digit, response)));
                }
                _ => {
                    let what = format!("`{key}` is no status, no range such as 2XX and not `default`; it is left out");
                    self.findings.push(Finding::warning("bad-status", self.document.place(&at), what));
                }
            }
        }
        if replies.all().next().is_some() { Some(replies) } else { None }
    }

    fn response(&mut self, site: Site) -> Option<Arc<Response>> {
        let (site, value) = self.document.resolve(site)?;
        if let Some(known) = self.shared.responses.get(&from_ref(value)) {
            return known.clone();
        }
        let read = self.lift().response(&site, value);
        let built = read.map(|read| {
            let media = self.content(&read.content, &site);
            let headers = self.headers(&site.below("headers"));
            Arc::new(Response { headers, media, site: site.clone() })
        });
        self.shared.responses.insert(value, built.clone());
        built
    }

    fn headers(&mut self, home: &Site) -> Vec<Arc<Parameter>> {
        let names = self.document.value(home).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        names.filter_map(|name| self.header(name, home.below(name))).collect()
    }

    fn header(&mut self, name: &str, site: Site) -> Option<Arc<Parameter>> {
        let name = name.to_lowercase();
        // OpenAPI: a description of this one is ignored.
        if name == "content-type" {
            return None;
        }
        let (site, value) = self.document.resolve(site)?;
        if let Some(known) =
            self.shared.headers.get(&from_ref(value)).filter(|it| it.as_ref().is_none_or(|it| it.name == name))
        {
            return known.clone();
        }
        let read = self.lift().header(&site, value);
        let built = read.map(|read| {
            let (schema, json) = self.format(&read.format);
            let (part, required, style) = (Part::Header, read.required, Style::Simple);
            let (explode, allow_empty, reserved) = (value.get("explode") == Some(&Value::Bool(true)), false, false);
            let (default, site) = (None, site.clone());
            let header =
                Parameter { name, part, required, style, explode, allow_empty, reserved, json, schema, default, site };
            Arc::new(header)
        });
        self.shared.headers.insert(value, built.clone());
        built
    }
}

/// What `openapiv3` does not know of parameters.
fn newer(value: &Value, parameter: Parameter) -> Parameter {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let style = match (text("in"), text("style")) {
        (Some("querystring"), _) => Style::Whole,
        (Some("cookie"), Some("cookie")) => Style::Cookie,
        _ => parameter.style,
    };
    let reserved = value.get("allowReserved") == Some(&Value::Bool(true));
    Parameter { style, reserved, ..parameter }
}

fn query_style(style: &QueryStyle) -> Style {
    match style {
        QueryStyle::Form => Style::Form,
        QueryStyle::SpaceDelimited => Style::Space,
        QueryStyle::PipeDelimited => Style::Pipe,
        QueryStyle::DeepObject => Style::Deep,
    }
}
