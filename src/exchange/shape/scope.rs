//! The names that templates may mention, and where their values are.

use std::fmt::Write;

use jiff::Timestamp;
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use crate::exchange::Provider;
use crate::exchange::auth::Caller;
use crate::exchange::call::Call;
use crate::message::Request;
use crate::pack::{Facts, Resource};
use crate::scenario::Quota;
use crate::session::Session;
use crate::store::{Id, Reader, Record, TableIndex};

/// What the draws of request ids are called.
const REQUEST: &str = "request";

/// What a template can see.
#[derive(Debug, Clone)]
pub(in crate::exchange) struct Scope<'a> {
    provider: &'a Provider,
    session: &'a Session,
    request: &'a Request,
    caller: Option<Caller<'a>>,
    time: Timestamp,
    action: &'a str,
    exchange: u64,
    quota: Option<Quota>,
    extra: Option<&'a Map<String, Value>>,
    /// The body beside which header fields stand.
    body: Option<&'a [u8]>,
    record: Option<(&'a Reader<'a>, TableIndex, &'a Record)>,
    /// Whether the fields that are made on the way are seen as well. They do not see each other, so that none can see itself.
    computed: bool,
}

impl<'a> Scope<'a> {
    /// What can be seen before an operation is known.
    pub(in crate::exchange) fn new(
        provider: &'a Provider,
        session: &'a Session,
        request: &'a Request,
        time: Timestamp,
        exchange: u64,
    ) -> Scope<'a> {
        Scope {
            provider,
            session,
            request,
            caller: None,
            time,
            action: "",
            exchange,
            quota: None,
            extra: None,
            body: None,
            record: None,
            computed: true,
        }
    }

    /// What can be seen within a call.
    pub(in crate::exchange) fn of(call: &'a Call<'a>) -> Scope<'a> {
        Scope {
            caller: call.caller,
            action: &call.binding.action,
            ..Scope::new(call.provider, call.session, call.request, call.session.clock.now(), 0)
        }
    }

    /// The same for an operation's messages.
    pub(in crate::exchange) fn action(self, action: &'a str) -> Scope<'a> {
        Scope { action, ..self }
    }

    /// The same with what is left of a rate limit.
    pub(in crate::exchange) fn quota(self, quota: Option<Quota>) -> Scope<'a> {
        Scope { quota, ..self }
    }

    /// The same with some names more.
    pub(in crate::exchange) fn with(self, extra: &'a Map<String, Value>) -> Scope<'a> {
        Scope { extra: Some(extra), ..self }
    }

    /// The same for the header fields beside a body.
    pub(in crate::exchange) fn beside(self, body: &'a [u8]) -> Scope<'a> {
        Scope { body: Some(body), ..self }
    }

    /// The same over a record.
    pub(in crate::exchange) fn over(self, reader: &'a Reader<'a>, table: TableIndex, record: &'a Record) -> Scope<'a> {
        Scope { record: Some((reader, table, record)), ..self }
    }

    fn of_quota(&self, name: &str) -> Option<Value> {
        let quota = self.quota?;
        match name {
            "limit" => Some(quota.limit.into()),
            "remaining" => Some(quota.remaining.into()),
            "reset" => Some(quota.reset_seconds.into()),
            _ => None,
        }
    }

    /// The same for the fields that are made on the way.
    pub(in crate::exchange) fn without_computed(self) -> Scope<'a> {
        Scope { computed: false, ..self }
    }

    fn own(&self, name: &str) -> Option<Value> {
        let conventions = &self.provider.pack.conventions;
        Some(match name {
            "origin" => self.request.origin().into(),
            "base" => conventions.base.as_str().into(),
            "suffix" => conventions.link_suffix.as_str().into(),
            "now" => written(self.time, &conventions.time).into(),
            "unix_now" => self.time.as_second().into(),
            "method" => self.request.method.as_str().into(),
            "path" => self.request.path().into(),
            "action" => self.action.into(),
            "controller" => self.action.split('/').next().unwrap_or_default().into(),
            "verb" => self.action.rsplit('/').next().unwrap_or_default().into(),
            "request_id" => self.session.dice.hex(REQUEST, self.exchange).into(),
            "runtime" => {
                let mut text = String::new();
                self.write_runtime(&mut text);
                text.into()
            }
            "reset" => self.left_of_minute().into(),
            _ => match name.split_once(':') {
                Some(("now", format)) => written(self.time, format).into(),
                _ => return None,
            },
        })
    }

    /// The seconds that are left of the clock minute, as rate limits count.
    fn left_of_minute(&self) -> i64 {
        60 - self.time.as_second().rem_euclid(60)
    }

    /// The seconds that the provider says it took.
    fn write_runtime(&self, out: &mut String) {
        let micros = 20_000.0 + self.session.dice.share("runtime", self.exchange) * 100_000.0;
        let _ = write!(out, "0.{:06}", micros.round() as u32);
    }

    fn of_record(&self, name: &str) -> Option<Value> {
        let (reader, table, record) = self.record?;
        if let Some(value) = reader.look_up(table, record, name) {
            return Some(value);
        }
        let resource: &Resource = &self.provider.pack.resources[table];
        if let Some((_, shape)) = resource.computed.iter().find(|(field, _)| self.computed && field == name) {
            return Some(shape.value(&Scope { computed: false, ..self.clone() }));
        }
        let (_, other, field) = resource.counts.iter().find(|(known, ..)| known == name)?;
        let id = record.get(&resource.rules.key).and_then(Id::of)?;
        let names = |value: &Value| Id::of(value).as_ref() == Some(&id);
        let refers = |row: &Record| match row.get(field) {
            Some(Value::Array(ids)) => ids.iter().any(names),
            Some(one) => names(one),
            None => false,
        };
        Some(reader.table(*other).iter().filter(|(_, row)| refers(row)).count().into())
    }
}

impl Facts for Scope<'_> {
    fn fact(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.extra.and_then(|extra| extra.get(name)) {
            return Some(value.clone());
        }
        if let Some(body) = self.body.filter(|_| name == "etag") {
            return Some(format!("{:032x}", xxh3_128(body)).into());
        }
        if let Some(field) = name.strip_prefix("caller.") {
            return self.caller.as_ref()?.fact(field);
        }
        if let Some(flag) = name.strip_prefix("not.") {
            return self.fact(flag).map(|flag| (flag != Value::Bool(true)).into());
        }
        let found = self.of_record(name).or_else(|| self.of_quota(name)).or_else(|| self.own(name));
        found.or_else(|| self.provider.pack.conventions.figures.get(name).cloned())
    }

    fn write(&self, name: &str, out: &mut String) {
        // The names that stand in every link, and those of every reply, without a copy.
        let conventions = &self.provider.pack.conventions;
        let nothing_else = self.extra.is_none() && self.record.is_none();
        match name {
            "origin" => self.request.write_origin(out),
            "base" => out.push_str(&conventions.base),
            "suffix" => out.push_str(&conventions.link_suffix),
            "request_id" if nothing_else => self.session.dice.write_hex(REQUEST, self.exchange, out),
            "runtime" if nothing_else => self.write_runtime(out),
            "reset" if nothing_else && self.quota.is_none() => {
                let _ = write!(out, "{}", self.left_of_minute());
            }
            _ => match self.fact(name) {
                Some(Value::String(text)) => out.push_str(&text),
                Some(Value::Null) | None => {}
                Some(other) => {
                    let _ = write!(out, "{other}");
                }
            },
        }
    }
}

/// A time as a provider writes it. The pack's format was tried when it was read.
pub(crate) fn written(time: Timestamp, format: &str) -> String {
    jiff::fmt::strtime::format(format, &time.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_else(|_| time.to_string())
}
