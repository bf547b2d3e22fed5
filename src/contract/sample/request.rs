//! Values for the parameters of requests.

use std::sync::Arc;

use serde_json::Value;

use super::super::Contract;
use super::super::example::of_media;
use super::super::operation::Operation;
use super::super::part::Parameter;
use super::super::violation::Part;
use super::{Ask, Mood};
use crate::dice::Dice;

impl Contract {
    /// What a request of an operation cannot do without: each parameter that is required, by its part and name, with its
    /// example if that fits, else a value made by its schema. One for which there is neither is left out.
    pub fn sample_parameters(&self, operation: &Operation, dice: Dice) -> Vec<(Part, String, Value)> {
        let parameters = self.parts(operation).map_or(&[][..], |parts| &parts.parameters);
        let required = parameters.iter().filter(|it| it.required || it.part == Part::Path);
        required.filter_map(|it| Some((it.part, it.name.clone(), self.sample_parameter(it, dice)?))).collect()
    }

    fn sample_parameter(&self, parameter: &Arc<Parameter>, dice: Dice) -> Option<Value> {
        let fits = |value: &Value| parameter.schema.is_none_or(|schema| self.faults(schema, value).is_empty());
        let example = of_media(&self.document, &parameter.site, None).filter(fits);
        let dice = dice.branch(&parameter.site.pointer);
        example.or_else(|| self.made(parameter.schema?, Ask { dice, mood: Mood::Calm, status: None }).ok())
    }
}
