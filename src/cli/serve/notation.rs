//! The flags about how clients write lists and objects.

use clap::{Args, ValueEnum};

use crate::contract::{ArrayFormat, Notation, Notations, ObjectFormat};

/// How clients write lists and objects in queries and forms. A request overrides each by a header: X-Counterpart-Query-Array-Format …
#[derive(Debug, Args)]
#[command(next_help_heading = "Lists and objects in requests")]
pub(super) struct NotationFlags {
    /// Lists in queries: auto as the document says, repeat ids=1&ids=2, comma ids=1,2, space ids=1%202, pipe, brackets ids[]=1
    #[arg(long, value_enum, default_value_t = Arrays::Auto, env = "COUNTERPART_QUERY_ARRAY_FORMAT")]
    #[arg(alias = "validator-query-array-format")]
    query_array_format: Arrays,
    /// Objects in queries: auto as the document says, flat from=1&to=2, flat-comma range=from,1,to,2, brackets range[from]=1, dots range.from=1
    #[arg(long, value_enum, default_value_t = Objects::Auto, env = "COUNTERPART_QUERY_OBJECT_FORMAT")]
    #[arg(alias = "validator-query-object-format")]
    query_object_format: Objects,
    /// Lists in bodies that are forms
    #[arg(long, value_enum, default_value_t = Arrays::Auto, env = "COUNTERPART_FORM_ARRAY_FORMAT")]
    #[arg(alias = "validator-form-array-format")]
    form_array_format: Arrays,
    /// Objects in bodies that are forms
    #[arg(long, value_enum, default_value_t = Objects::Auto, env = "COUNTERPART_FORM_OBJECT_FORMAT")]
    #[arg(alias = "validator-form-object-format")]
    form_object_format: Objects,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Arrays {
    Auto,
    Repeat,
    Comma,
    Space,
    Pipe,
    Brackets,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Objects {
    Auto,
    Flat,
    FlatComma,
    Brackets,
    Dots,
}

impl NotationFlags {
    pub(super) fn notations(&self) -> Notations {
        Notations {
            query: notation(self.query_array_format, self.query_object_format),
            form: notation(self.form_array_format, self.form_object_format),
        }
    }
}

fn notation(arrays: Arrays, objects: Objects) -> Notation {
    let arrays = match arrays {
        Arrays::Auto => ArrayFormat::Auto,
        Arrays::Repeat => ArrayFormat::Repeat,
        Arrays::Comma => ArrayFormat::Comma,
        Arrays::Space => ArrayFormat::Space,
        Arrays::Pipe => ArrayFormat::Pipe,
        Arrays::Brackets => ArrayFormat::Brackets,
    };
    let objects = match objects {
        Objects::Auto => ObjectFormat::Auto,
        Objects::Flat => ObjectFormat::Flat,
        Objects::FlatComma => ObjectFormat::FlatComma,
        Objects::Brackets => ObjectFormat::Brackets,
        Objects::Dots => ObjectFormat::Dots,
    };
    Notation { arrays, objects }
}
