//! A path as a road to records: the collection, and the variables behind it that name one of its records.

use super::words::singular;

/// A path that was taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Road<'a> {
    /// The collection's segments, the last of which is fixed.
    steps: Vec<Step<'a>>,
    /// The variables behind it.
    pub(super) tail: Vec<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    Fixed(&'a str),
    Variable(&'a str),
}

impl<'a> Road<'a> {
    /// None where a segment mixes text and variables, or the path names no collection.
    pub(super) fn of(path: &'a str) -> Option<Road<'a>> {
        let path = path.strip_suffix(".json").unwrap_or(path);
        let step = |segment: &'a str| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !name.contains(['{', '}']) => Some(Step::Variable(name)),
            _ if segment.contains(['{', '}', ':']) => None,
            _ => Some(Step::Fixed(segment)),
        };
        // `/orders/{id}:cancel` is an action as `/orders/{id}/cancel` is.
        let parts = |segment: &'a str| match segment.rsplit_once(':') {
            Some((before, action)) if !before.is_empty() && !action.contains('}') => vec![before, action],
            _ => vec![segment],
        };
        let segments = path.split('/').flat_map(parts).filter(|segment| !segment.is_empty());
        let steps: Option<Vec<Step<'a>>> = segments.map(step).collect();
        let mut steps = steps?;
        let mut tail = Vec::new();
        while let Some(Step::Variable(name)) = steps.last() {
            tail.insert(0, *name);
            steps.pop();
        }
        (!steps.is_empty()).then_some(Road { steps, tail })
    }

    /// The same for all paths of a collection, whatever they call their variables.
    pub(super) fn key(&self) -> String {
        self.key_of(self.steps.len())
    }

    fn key_of(&self, length: usize) -> String {
        let step = |step: &Step<'a>| match step {
            Step::Fixed(text) => format!("/{text}"),
            Step::Variable(_) => "/{}".to_owned(),
        };
        self.steps[..length].iter().map(step).collect()
    }

    /// The last fixed segment.
    pub(super) fn noun(&self) -> &'a str {
        match self.steps.last() {
            Some(Step::Fixed(text)) => text,
            _ => "",
        }
    }

    /// The variables before the collection's name, each with the noun before it and the key of the collection that it names a record of.
    pub(super) fn scope(&self) -> Vec<Scope<'a>> {
        let mut scope = Vec::new();
        for (place, step) in self.steps.iter().enumerate() {
            let Step::Variable(variable) = step else { continue };
            let noun = match place.checked_sub(1).and_then(|before| self.steps.get(before)) {
                Some(Step::Fixed(noun)) => noun,
                _ => "",
            };
            scope.push(Scope { variable, noun, parent: self.key_of(place) });
        }
        scope
    }

    /// The key of the collection on one of whose records the last segment acts, and that record's variable: `/orders/{id}/cancel`.
    pub(super) fn acted_on(&self) -> Option<(String, &'a str)> {
        let before = self.steps.len().checked_sub(2)?;
        match self.steps.get(before)? {
            Step::Variable(variable) => Some((self.key_of(before), variable)),
            Step::Fixed(_) => None,
        }
    }

    /// The key of the collection that the last segment is a part of: `/pets/search`.
    pub(super) fn within(&self) -> Option<String> {
        let before = self.steps.len().checked_sub(1)?;
        matches!(self.steps.get(before.checked_sub(1)?)?, Step::Fixed(_)).then(|| self.key_of(before))
    }

    /// Names for the collection, the shortest first.
    pub(super) fn names(&self) -> Vec<String> {
        let fixed: Vec<String> = self
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Fixed(text) => Some(text.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_")),
                Step::Variable(_) => None,
            })
            .collect();
        let all = (0..fixed.len()).rev().map(|from| fixed[from..].join("_"));
        all.chain([self.key().replace(|letter: char| !letter.is_ascii_alphanumeric(), "_")]).collect()
    }

    /// The noun in the singular, without punctuation and case.
    pub(super) fn kind(&self) -> String {
        singular(&super::words::plain(self.noun()))
    }
}

/// A variable that stands before a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope<'a> {
    pub(super) variable: &'a str,
    /// What stands before it.
    pub(super) noun: &'a str,
    /// The key of the collection before it.
    pub(super) parent: String,
}
