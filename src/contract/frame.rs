//! The frame of a document: its paths, operations, parameters, bodies and replies, read by `openapiv3`.
//!
//! That crate knows OpenAPI 3.0 and refuses a whole document for one slip. So each operation is lifted out of the document
//! first: references are followed, schemas and examples stay behind under their addresses, and what is malformed is left out
//! with a finding.

mod lift;
mod lint;
mod server;

use std::collections::HashMap;

use http::{Method, StatusCode};
use openapiv3::{ParameterSchemaOrContent as Format, ReferenceOr};
use serde_json::{Map, Value};

use super::document::{Document, Site};
use super::operation::Operation;
use super::part::{Body, Media, Parameter, Parts, Replies, Response, Style};
use super::route;
use super::schema::{SchemaId, Schemas};
use super::violation::Part;
use crate::source::Finding;

/// What a document offers.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) operations: Vec<Operation>,
    /// The inner side of each operation, by its index.
    pub(super) parts: Vec<Parts>,
    /// Every path under which an operation is reached, with its index.
    pub(super) paths: Vec<(String, usize)>,
    /// Query parameters that carry credentials: no operation declares them.
    pub(super) keys: Vec<String>,
}

/// Reads the frame.
pub(super) fn read(document: &Document, schemas: &mut Schemas, findings: &mut Vec<Finding>) -> Frame {
    lint::check(document, findings);
    let root = Site { file: 0, pointer: String::new() };
    let bases = server::bases(document, &root).unwrap_or_default();
    let mut reader = Reader { document, schemas, findings, frame: Frame::default(), ids: HashMap::new() };
    let paths = root.below("paths");
    let templates = document.value(&paths).and_then(Value::as_object);
    for template in templates.into_iter().flat_map(Map::keys).filter(|template| template.starts_with('/')) {
        reader.path(template, paths.below(template), &bases);
    }
    reader.frame.keys = credentials(document, &root);
    reader.frame
}

/// The names of the query parameters that `apiKey` security schemes use.
fn credentials(document: &Document, root: &Site) -> Vec<String> {
    let schemes = root.below("components").below("securitySchemes");
    let names = document.value(&schemes).and_then(Value::as_object).into_iter().flat_map(Map::keys);
    let found = names.filter_map(|name| document.resolve(schemes.below(name))).filter(|(_, it)| it["in"] == "query");
    found.filter_map(|(_, scheme)| scheme["name"].as_str().map(str::to_owned)).collect()
}

struct Reader<'a> {
    document: &'a Document,
    schemas: &'a mut Schemas,
    findings: &'a mut Vec<Finding>,
    frame: Frame,
    /// The `operationId`s in use.
    ids: HashMap<String, Site>,
}

impl Reader<'_> {
    fn path(&mut self, template: &str, site: Site, bases: &[String]) {
        let Some((target, _)) = self.document.resolve(site.clone()) else { return };
        // What stands beside a `$ref` of a path item counts as well.
        let mut homes = vec![target];
        if homes[0] != site {
            homes.push(site);
        }
        for home in homes {
            let own = server::bases(self.document, &home);
            let bases = own.as_deref().unwrap_or(bases);
            for (method, site) in self.methods(&home) {
                self.operation(template, &method, &home, &site, bases);
            }
        }
    }

    fn methods(&self, home: &Site) -> Vec<(Method, Site)> {
        const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
        let Some(item) = self.document.value(home).and_then(Value::as_object) else { return Vec::new() };
        let named = item.keys().filter(|key| METHODS.contains(&key.as_str()));
        let mut methods: Vec<(String, Site)> = named.map(|key| (key.to_uppercase(), home.below(key))).collect();
        // OpenAPI 3.2 names any other method there.
        let more = home.below("additionalOperations");
        let names = self.document.value(&more).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        methods.extend(names.map(|name| (name.clone(), more.below(name))));
        let read = |(name, site): (String, Site)| Some((Method::from_bytes(name.as_bytes()).ok()?, site));
        methods.into_iter().filter_map(read).collect()
    }

    fn operation(&mut self, template: &str, method: &Method, home: &Site, site: &Site, bases: &[String]) {
        let variables = route::variables(template);
        let lifted = lift::operation(self.document, home, site, self.findings);
        let Some(lifted) = lifted else { return };
        let Some(read) = lift::read::<openapiv3::Operation>(lifted, self.document, site, self.findings) else { return };
        let own = server::bases(self.document, site);
        let bases = own.as_deref().unwrap_or(bases);
        let base = bases.first().map_or("", String::as_str);
        let path = format!("{base}{template}");
        let index = self.frame.operations.len();
        let bare = (!bases.iter().any(String::is_empty)).then(|| template.to_owned());
        let reached = bases.iter().map(|base| format!("{base}{template}")).chain(bare);
        self.frame.paths.extend(reached.map(|path| (path, index)));
        let parts = self.parts(&read, &variables, site, template);
        let statuses = parts.replies.iter().flat_map(|replies| replies.exact.iter().map(|(status, _)| *status));
        let mut statuses: Vec<StatusCode> = statuses.collect();
        statuses.sort_unstable();
        let id = self.id(read.operation_id, format!("{method} {path}"), site);
        let extension = self.document.value(site).and_then(|it| it.get("x-counterpart")).cloned();
        let (tags, place) = (read.tags, self.document.place(site));
        let method = method.clone();
        self.frame.operations.push(Operation { index, id, method, path, tags, variables, statuses, place, extension });
        self.frame.parts.push(parts);
    }

    /// The id of an operation: its own where no other has it, else its method and path.
    fn id(&mut self, own: Option<String>, path: String, site: &Site) -> String {
        let Some(own) = own else { return path };
        match self.ids.get(&own) {
            None => {
                self.ids.insert(own.clone(), site.clone());
                own
            }
            Some(first) => {
                let what =
                    format!("the operationId `{own}` is taken: it stands at {} already", self.document.place(first));
                let place = self.document.place(&site.below("operationId"));
                let help = format!("this operation is known as `{path}` until it has one of its own");
                self.findings.push(Finding::warning("duplicate-operation-id", place, what).help(help));
                path
            }
        }
    }

    fn parts(&mut self, read: &openapiv3::Operation, variables: &[String], site: &Site, template: &str) -> Parts {
        let parameters = read.parameters.iter().filter_map(ReferenceOr::as_item);
        let parameters: Vec<Parameter> = parameters.filter_map(|parameter| self.parameter(parameter)).collect();
        self.match_variables(&parameters, variables, site, template);
        let body = read.request_body.as_ref().and_then(ReferenceOr::as_item).map(|body| Body {
            required: body.required,
            media: self.content(&body.content),
            site: lift::site(&body.extensions),
        });
        let replies = self.replies(&read.responses, site);
        Parts { parameters, body, replies }
    }

    fn match_variables(&mut self, parameters: &[Parameter], variables: &[String], site: &Site, template: &str) {
        let in_path = || parameters.iter().filter(|parameter| parameter.part == Part::Path);
        for variable in variables.iter().filter(|name| !in_path().any(|parameter| parameter.name == **name)) {
            let what = format!("no parameter describes `{{{variable}}}` of {template}; any text is accepted for it");
            self.findings.push(Finding::warning("undeclared-variable", self.document.place(site), what));
        }
        for parameter in in_path().filter(|parameter| !variables.contains(&parameter.name)) {
            let what =
                format!("the path {template} has no variable `{{{}}}`; the parameter is ignored", parameter.name);
            let place = self.document.place(&parameter.site);
            let finding = Finding::warning("unused-parameter", place, what);
            let meant = crate::source::nearest(&parameter.name, variables.iter().map(String::as_str));
            self.findings.push(match meant {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding,
            });
        }
    }

    fn parameter(&mut self, parameter: &openapiv3::Parameter) -> Option<Parameter> {
        use openapiv3::{Parameter as P, PathStyle, QueryStyle};
        let data = parameter.parameter_data_ref();
        let (part, style, allow_empty) = match parameter {
            P::Query { style, allow_empty_value, .. } => {
                let style = match style {
                    QueryStyle::Form => Style::Form,
                    QueryStyle::SpaceDelimited => Style::Space,
                    QueryStyle::PipeDelimited => Style::Pipe,
                    QueryStyle::DeepObject => Style::Deep,
                };
                (Part::Query, style, allow_empty_value.unwrap_or(false))
            }
            P::Path { style, .. } => {
                let style = match style {
                    PathStyle::Simple => Style::Simple,
                    PathStyle::Label => Style::Label,
                    PathStyle::Matrix => Style::Matrix,
                };
                (Part::Path, style, false)
            }
            P::Header { .. } => (Part::Header, Style::Simple, false),
            P::Cookie { .. } => (Part::Cookie, Style::Form, false),
        };
        let name = if part == Part::Header { data.name.to_lowercase() } else { data.name.clone() };
        // OpenAPI: descriptions of these three are ignored.
        if part == Part::Header && ["accept", "content-type", "authorization"].contains(&name.as_str()) {
            return None;
        }
        let (schema, json) = self.format(&data.format);
        let site = lift::site(&data.extensions);
        let default = schema.and_then(|schema| self.default(schema));
        let explode = data.explode.unwrap_or(style == Style::Form);
        Some(Parameter {
            name,
            part,
            required: data.required,
            style,
            explode,
            allow_empty,
            json,
            schema,
            default,
            site,
        })
    }

    fn default(&self, schema: SchemaId) -> Option<Value> {
        self.document.value(self.schemas.site(schema))?.get("default").cloned()
    }

    fn format(&mut self, format: &Format) -> (Option<SchemaId>, bool) {
        match format {
            Format::Schema(schema) => (self.schema(schema), false),
            Format::Content(content) => match content.iter().next() {
                Some((name, media)) => {
                    let schema = media.schema.as_ref().and_then(|schema| self.schema(schema));
                    (schema, super::media::is_json(name))
                }
                None => (None, false),
            },
        }
    }

    fn schema(&mut self, schema: &ReferenceOr<openapiv3::Schema>) -> Option<SchemaId> {
        match schema {
            ReferenceOr::Reference { reference } => {
                let site = lift::address(reference)?;
                Some(self.schemas.add(self.document, site))
            }
            ReferenceOr::Item(_) => None,
        }
    }

    fn content(&mut self, content: &openapiv3::Content) -> Vec<Media> {
        let mut media = Vec::new();
        for (name, read) in content {
            let encoding = read.encoding.iter().map(|(property, encoding)| {
                let style = match encoding.style {
                    None | Some(openapiv3::QueryStyle::Form) => Style::Form,
                    Some(openapiv3::QueryStyle::SpaceDelimited) => Style::Space,
                    Some(openapiv3::QueryStyle::PipeDelimited) => Style::Pipe,
                    Some(openapiv3::QueryStyle::DeepObject) => Style::Deep,
                };
                (property.clone(), (style, encoding.explode))
            });
            let encoding = encoding.collect();
            let schema = read.schema.as_ref().and_then(|schema| self.schema(schema));
            media.push(Media { name: name.clone(), schema, encoding, site: lift::site(&read.extensions) });
        }
        media
    }

    fn replies(&mut self, read: &openapiv3::Responses, site: &Site) -> Option<Replies> {
        let mut replies =
            Replies { exact: Vec::new(), ranges: Vec::new(), default: None, site: site.below("responses") };
        for (status, response) in &read.responses {
            let Some(response) = response.as_item().map(|response| self.response(response)) else { continue };
            match status {
                openapiv3::StatusCode::Code(code) => {
                    replies.exact.extend(StatusCode::from_u16(*code).ok().map(|status| (status, response)));
                }
                openapiv3::StatusCode::Range(digit) => replies.ranges.push((*digit, response)),
            }
        }
        replies.default = read.default.as_ref().and_then(ReferenceOr::as_item).map(|response| self.response(response));
        if replies.all().next().is_some() { Some(replies) } else { None }
    }

    fn response(&mut self, read: &openapiv3::Response) -> Response {
        let mut headers = Vec::new();
        for (name, header) in &read.headers {
            let (name, Some(header)) = (name.to_lowercase(), header.as_item()) else { continue };
            if name == "content-type" {
                continue;
            }
            let (schema, json) = self.format(&header.format);
            headers.push(Parameter {
                name,
                part: Part::Header,
                required: header.required,
                style: Style::Simple,
                explode: false,
                allow_empty: false,
                json,
                schema,
                default: None,
                site: lift::site(&header.extensions),
            });
        }
        Response { headers, media: self.content(&read.content), site: lift::site(&read.extensions) }
    }
}
