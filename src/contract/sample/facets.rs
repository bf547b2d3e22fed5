//! All that one value must satisfy at once: references followed, `allOf` joined, one branch chosen of each alternative.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::super::dialect::SUBTYPES;
use super::recipe::Recipe;
use crate::dice::Draws;

/// Parts that one value may have; more is no schema that a person wrote.
const MAX_PARTS: usize = 2_000;

/// The choices for one value. The turn counts the attempts: it runs through all combinations, the likeliest first.
#[derive(Debug)]
pub(super) struct Turns {
    rest: u64,
    /// With these each choice starts somewhere else.
    lively: Option<Draws>,
}

impl Turns {
    pub(super) fn new(turn: u64, lively: Option<Draws>) -> Turns {
        Turns { rest: turn, lively }
    }

    /// One of `n`, which must not be 0.
    pub(super) fn pick(&mut self, n: usize) -> usize {
        let n = n.max(1) as u64;
        let turn = self.rest % n;
        self.rest /= n;
        let start = self.lively.as_mut().map_or(0, |draws| draws.below(n));
        ((turn + start) % n) as usize
    }

    /// Whether a choice that need not be made had better not be, after each of its alternatives has been tried.
    fn is_spent(&mut self) -> bool {
        let spent = self.rest % 2 == 1;
        self.rest /= 2;
        spent
    }
}

/// A type of JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    Text,
    Number,
    Integer,
    Boolean,
    Null,
}

use Kind::{Array, Boolean, Integer, Null, Number, Object, Text};

const KINDS: [Kind; 7] = [Object, Array, Text, Number, Integer, Boolean, Null];

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Object => "object",
            Array => "array",
            Text => "string",
            Number => "number",
            Integer => "integer",
            Boolean => "boolean",
            Null => "null",
        }
    }

    /// Whether a `type` lets this kind through.
    fn is_in(self, types: &Value) -> bool {
        let fits = |name: &Value| name == self.word() || (self == Integer && name == "number");
        match types {
            Value::Array(names) => names.iter().any(fits),
            name => fits(name),
        }
    }

    /// Whether a keyword speaks of this kind.
    fn is_meant_by(self, keyword: &str) -> bool {
        match self {
            Object => matches!(
                keyword,
                "properties"
                    | "required"
                    | "additionalProperties"
                    | "patternProperties"
                    | "minProperties"
                    | "propertyNames"
            ),
            Array => matches!(keyword, "items" | "prefixItems" | "contains" | "minItems" | "uniqueItems"),
            Text => matches!(keyword, "pattern" | "minLength" | "maxLength" | "format"),
            Number => matches!(keyword, "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf"),
            Integer | Boolean | Null => false,
        }
    }
}

/// The parts that a value must satisfy.
#[derive(Debug, Default)]
pub(super) struct Facets<'a> {
    pub(super) parts: Vec<&'a Map<String, Value>>,
    /// Properties that had better not be there.
    pub(super) shunned: Vec<&'a str>,
    refused: Vec<&'a Value>,
}

impl<'a> Facets<'a> {
    /// Gathers the parts; none where `false` is among them.
    pub(super) fn gather(
        recipe: &'a Recipe,
        schemas: &[&'a Value],
        turns: &mut Turns,
        brief: bool,
    ) -> Option<Facets<'a>> {
        let mut facets = Facets::default();
        let mut open: VecDeque<&'a Value> = schemas.iter().copied().collect();
        // Which subtype it is may follow from parts that come later.
        let mut bases: Vec<&'a [Value]> = Vec::new();
        loop {
            let mut subtype =
                || std::iter::from_fn(|| bases.pop()).find_map(|named| facets.subtype(recipe, named, turns));
            let Some(schema) = open.pop_front().or_else(&mut subtype) else { break };
            let Value::Object(part) = schema else {
                if *schema == Value::Bool(false) {
                    return None;
                }
                continue;
            };
            if facets.parts.iter().any(|known| std::ptr::eq(*known, part)) {
                continue;
            }
            if facets.parts.len() >= MAX_PARTS {
                return None;
            }
            facets.parts.push(part);
            bases.extend(part.get(SUBTYPES).and_then(Value::as_array).map(Vec::as_slice));
            facets.follow(recipe, part, turns, brief, &mut open);
        }
        Some(facets)
    }

    /// One of the subtypes of a base: the one that it is already, else any; none when all have been tried.
    fn subtype(&self, recipe: &'a Recipe, named: &'a [Value], turns: &mut Turns) -> Option<&'a Value> {
        let place = |schema: &&Value| {
            let behind = recipe.behind(schema.as_object()?)?.as_object()?;
            self.parts.iter().position(|part| std::ptr::eq(*part, behind))
        };
        let own = named.iter().filter(|schema| place(schema).is_some()).min_by_key(place);
        let chosen = own.or_else(|| named.get(turns.pick(named.len())));
        chosen.filter(|_| !turns.is_spent())
    }

    fn follow(
        &mut self,
        recipe: &'a Recipe,
        part: &'a Map<String, Value>,
        turns: &mut Turns,
        brief: bool,
        open: &mut VecDeque<&'a Value>,
    ) {
        open.extend(recipe.behind(part));
        open.extend(part.get("allOf").and_then(Value::as_array).into_iter().flatten());
        for key in ["oneOf", "anyOf"] {
            let Some(branches) = part.get(key).and_then(Value::as_array) else { continue };
            open.extend(branch(recipe, branches, turns, brief));
        }
        if let Some(condition) = part.get("if") {
            self.condition(condition, part, turns, open);
        }
        if let Some(dependents) = part.get("dependentSchemas").and_then(Value::as_object) {
            let apart = turns.pick(2) == 1;
            for (name, schema) in dependents {
                match apart || *schema == Value::Bool(false) {
                    true => self.shunned.push(name),
                    false => open.push_back(schema),
                }
            }
        }
        if let Some(not) = part.get("not") {
            self.refuse(not);
        }
    }

    fn condition(
        &mut self,
        condition: &'a Value,
        part: &'a Map<String, Value>,
        turns: &mut Turns,
        open: &mut VecDeque<&'a Value>,
    ) {
        let (then, otherwise) = (part.get("then"), part.get("else"));
        let first = usize::from(then.is_none() && otherwise.is_some());
        if (turns.pick(2) + first).is_multiple_of(2) {
            open.push_back(condition);
            open.extend(then);
        } else {
            self.refuse(condition);
            open.extend(otherwise);
        }
    }

    fn refuse(&mut self, schema: &'a Value) {
        self.refused.push(schema);
        let required = schema.get("required").and_then(Value::as_array);
        if let Some([Value::String(name)]) = required.map(Vec::as_slice)
            && schema.as_object().is_some_and(|keywords| keywords.len() == 1)
        {
            self.shunned.push(name);
        }
    }

    /// What stands under a keyword, in each part that has it.
    pub(super) fn all(&self, key: &'a str) -> impl Iterator<Item = &'a Value> {
        self.parts.iter().filter_map(move |part| part.get(key))
    }

    /// The highest of the numbers under a keyword.
    pub(super) fn highest(&self, key: &'a str) -> Option<f64> {
        self.all(key).filter_map(Value::as_f64).reduce(f64::max)
    }

    /// The lowest of the numbers under a keyword.
    pub(super) fn lowest(&self, key: &'a str) -> Option<f64> {
        self.all(key).filter_map(Value::as_f64).reduce(f64::min)
    }

    /// A count that must be reached.
    pub(super) fn at_least(&self, key: &'a str) -> usize {
        self.highest(key).map_or(0, |count| count as usize)
    }

    /// A count that must not be passed.
    pub(super) fn at_most(&self, key: &'a str) -> usize {
        self.lowest(key).map_or(usize::MAX, |count| count as usize)
    }

    /// Texts under a keyword.
    pub(super) fn texts(&self, key: &'a str) -> Vec<&'a str> {
        self.all(key).filter_map(Value::as_str).collect()
    }

    /// Whether some part says so.
    pub(super) fn says(&self, key: &'a str) -> bool {
        self.all(key).any(|value| *value == Value::Bool(true))
    }

    /// The values of `const` and `enum` that every part allows; none where no part lists any.
    pub(super) fn values(&self) -> Option<Vec<&'a Value>> {
        let constants = self.all("const").map(std::slice::from_ref);
        let mut lists = constants.chain(self.all("enum").filter_map(Value::as_array).map(Vec::as_slice));
        let first = lists.next()?;
        let rest: Vec<&[Value]> = lists.collect();
        let fits = |value: &&Value| {
            let typed = self.all("type").all(|types| kinds_of(value).iter().any(|kind| kind.is_in(types)));
            typed && rest.iter().all(|list| list.iter().any(|other| same(other, value)))
        };
        let fitting: Vec<&Value> = first.iter().filter(fits).collect();
        let wanted = |value: &&&Value| !self.refused.iter().any(|schema| lists_value(schema, value));
        let welcome: Vec<&Value> = fitting.iter().filter(wanted).copied().collect();
        let mut values = if welcome.is_empty() { fitting } else { welcome };
        values.sort_by_key(|value| value.is_null());
        Some(values)
    }

    /// The kinds that are allowed, the likeliest first.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let refused = |kind: &Kind| {
            let by_type =
                |schema: &&Value| schema.as_object().is_some_and(|it| it.len() == 1 && it.contains_key("type"));
            self.refused.iter().filter(|schema| by_type(schema)).any(|schema| kind.is_in(&schema["type"]))
        };
        let allowed = |kind: &Kind| self.all("type").all(|types| kind.is_in(types)) && !refused(kind);
        let mut kinds: Vec<Kind> = KINDS.iter().copied().filter(allowed).collect();
        if kinds.contains(&Number) {
            kinds.retain(|kind| *kind != Integer);
        }
        let listed = self.all("type").next().and_then(Value::as_array);
        let meant = |kind: &Kind| self.parts.iter().any(|part| part.keys().any(|key| kind.is_meant_by(key)));
        let rank = |kind: &Kind| match listed {
            _ if *kind == Null => 100,
            Some(names) => names.iter().position(|name| kind.word() == name).unwrap_or(50),
            None if meant(kind) => 0,
            // What may be anything is a text.
            None if *kind == Text => 1,
            None => 2,
        };
        kinds.sort_by_key(rank);
        kinds
    }

    /// What the document gives as an example.
    pub(super) fn given(&self) -> Option<&'a Value> {
        self.example().or_else(|| self.all("default").next())
    }

    /// The example that one of the schemas has.
    pub(super) fn example(&self) -> Option<&'a Value> {
        let listed = |part: &&'a Map<String, Value>| part.get("examples")?.as_array()?.first();
        self.parts.iter().find_map(|part| part.get("example").or_else(|| listed(part)))
    }
}

fn branch<'a>(recipe: &Recipe, branches: &'a [Value], turns: &mut Turns, brief: bool) -> Option<&'a Value> {
    let mut order: Vec<&Value> = branches.iter().filter(|branch| **branch != Value::Bool(false)).collect();
    let is_null = |branch: &Value| branch.get("type").is_some_and(|types| types == "null");
    match brief {
        true => order.sort_by_key(|branch| recipe.height(branch)),
        false => order.sort_by_key(|branch| is_null(branch)),
    }
    if order.is_empty() {
        return branches.first();
    }
    Some(order[turns.pick(order.len())])
}

fn lists_value(schema: &Value, value: &Value) -> bool {
    let listed = |list: &Vec<Value>| list.iter().any(|other| same(other, value));
    schema.get("const").is_some_and(|other| same(other, value))
        || schema.get("enum").and_then(Value::as_array).is_some_and(listed)
}

fn kinds_of(value: &Value) -> &'static [Kind] {
    match value {
        Value::Object(_) => &[Object],
        Value::Array(_) => &[Array],
        Value::String(_) => &[Text],
        Value::Number(number) if number.as_f64().is_some_and(|it| it.fract() == 0.0) => &[Integer, Number],
        Value::Number(_) => &[Number],
        Value::Bool(_) => &[Boolean],
        Value::Null => &[Null],
    }
}

/// Whether two values are equal as JSON Schema sees it: 1 is 1.0.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}
