//! How clients write lists and objects in queries and forms, where it is not to be read as the document says: client libraries
//! made by generators have ways of their own.

/// How lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ArrayFormat {
    /// As the document says: `style` and `explode`.
    #[default]
    Auto,
    /// `ids=1&ids=2`
    Repeat,
    /// `ids=1,2`
    Comma,
    /// `ids=1%202`
    Space,
    /// `ids=1|2`
    Pipe,
    /// `ids[]=1&ids[]=2`, or with the place in the list: `ids[0]=1`
    Brackets,
}

/// How objects are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ObjectFormat {
    /// As the document says: `style` and `explode`.
    #[default]
    Auto,
    /// `from=1&to=2`
    Flat,
    /// `range=from,1,to,2`
    FlatComma,
    /// `range[from]=1&range[to]=2`
    Brackets,
    /// `range.from=1&range.to=2`
    Dots,
}

/// Which value counts where one that is no list is sent several times: services differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Repeated {
    /// The first.
    #[default]
    First,
    /// The last.
    Last,
}

/// How lists and objects are written in one part of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Notation {
    /// Lists.
    pub arrays: ArrayFormat,
    /// Objects.
    pub objects: ObjectFormat,
    /// Values that are no lists and are sent several times.
    pub repeated: Repeated,
}

/// How lists and objects are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Notations {
    /// In the query.
    pub query: Notation,
    /// In bodies that are forms.
    pub form: Notation,
}

impl Repeated {
    /// The words for them, in packs.
    pub const WORDS: &[(&str, Repeated)] = &[("first", Repeated::First), ("last", Repeated::Last)];

    /// The one that counts.
    pub(crate) fn of<T>(self, mut values: impl Iterator<Item = T>) -> Option<T> {
        match self {
            Repeated::First => values.next(),
            Repeated::Last => values.last(),
        }
    }

    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Repeated::First => "first",
            Repeated::Last => "last",
        }
    }
}

impl ArrayFormat {
    /// The words for them, in flags and header fields.
    pub const WORDS: &[(&str, ArrayFormat)] = &[
        ("auto", ArrayFormat::Auto),
        ("repeat", ArrayFormat::Repeat),
        ("comma", ArrayFormat::Comma),
        ("space", ArrayFormat::Space),
        ("pipe", ArrayFormat::Pipe),
        ("brackets", ArrayFormat::Brackets),
    ];

    /// What parts the items of a list that is one text.
    pub(super) fn separator(self) -> Option<char> {
        match self {
            ArrayFormat::Comma => Some(','),
            ArrayFormat::Space => Some(' '),
            ArrayFormat::Pipe => Some('|'),
            ArrayFormat::Auto | ArrayFormat::Repeat | ArrayFormat::Brackets => None,
        }
    }
}

impl ObjectFormat {
    /// The words for them, in flags and header fields.
    pub const WORDS: &[(&str, ObjectFormat)] = &[
        ("auto", ObjectFormat::Auto),
        ("flat", ObjectFormat::Flat),
        ("flat-comma", ObjectFormat::FlatComma),
        ("brackets", ObjectFormat::Brackets),
        ("dots", ObjectFormat::Dots),
    ];
}
