//! How one value of a query or a form is written: as the document says, or as the client's notation has it.

use super::super::notation::{ArrayFormat, Notation, ObjectFormat, Repeated};
use super::super::outline::{Node, Outline, Types};
use super::super::part::{Parameter, Style};

/// Which forms the schema allows.
#[derive(Debug, Clone, Copy)]
pub(in crate::contract) struct Shape {
    pub(in crate::contract) word: bool,
    pub(in crate::contract) list: bool,
    pub(in crate::contract) fields: bool,
}

impl Shape {
    pub(in crate::contract) fn of(node: Option<&Node>) -> Shape {
        match node.and_then(|node| node.types) {
            Some(types) => {
                Shape { word: types.has_word(), list: types.has(Types::ARRAY), fields: types.has(Types::OBJECT) }
            }
            // Properties without a type mean an object; anything else is taken as it comes.
            None => {
                let fields = node.is_some_and(|node| !node.properties.is_empty());
                Shape { word: !fields, list: false, fields }
            }
        }
    }

    pub(in crate::contract) fn wants_list(self, many: bool) -> bool {
        self.list && (many || !self.word)
    }

    pub(in crate::contract) fn wants_fields(self) -> bool {
        self.fields && !self.word && !self.list
    }
}

/// How one value is written.
#[derive(Debug, Clone, Copy)]
pub(in crate::contract) struct Way {
    pub(in crate::contract) style: Style,
    pub(in crate::contract) explode: bool,
    /// What parts the items of lists within it, where they are one text.
    pub(in crate::contract) separator: Option<char>,
    /// Which value counts where one that is no list is sent several times.
    pub(in crate::contract) repeated: Repeated,
}

impl Way {
    /// By the style of a parameter, unless the client writes values of this shape in a way of its own.
    pub(in crate::contract) fn of(
        (style, explode): (Style, bool),
        notation: Notation,
        outline: Option<&Outline>,
        node: Option<&Node>,
    ) -> Way {
        let shape = Shape::of(node);
        let items = || outline.zip(node).and_then(|(outline, node)| outline.items(node));
        let of_objects = || shape.list && Shape::of(items()).wants_fields();
        let (style, explode) = match (notation.objects, notation.arrays) {
            (ObjectFormat::Brackets, _) if shape.fields || of_objects() => (Style::Deep, true),
            (ObjectFormat::Dots, _) if shape.fields || of_objects() => (Style::Dots, true),
            (ObjectFormat::Flat, _) if shape.fields => (Style::Form, true),
            (ObjectFormat::FlatComma, _) if shape.fields => (Style::Form, false),
            (_, ArrayFormat::Repeat) if shape.list => (Style::Form, true),
            (_, ArrayFormat::Comma) if shape.list => (Style::Form, false),
            (_, ArrayFormat::Space) if shape.list => (Style::Space, false),
            (_, ArrayFormat::Pipe) if shape.list => (Style::Pipe, false),
            (_, ArrayFormat::Brackets) if shape.list => (Style::Deep, true),
            _ => (style, explode),
        };
        Way { style, explode, separator: notation.arrays.separator(), repeated: notation.repeated }
    }

    /// By the style of a parameter alone.
    pub(in crate::contract) fn plain(parameter: &Parameter) -> Way {
        let repeated = Repeated::default();
        Way { style: parameter.style, explode: parameter.explode, separator: None, repeated }
    }

    /// Whether values have keys below their name: `name[key]` or `name.key`.
    pub(in crate::contract) fn is_nested(self) -> bool {
        matches!(self.style, Style::Deep | Style::Dots)
    }
}
