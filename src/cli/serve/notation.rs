//! The flags about how clients write lists and objects.

use clap::Args;

use super::words;
use crate::contract::{ArrayFormat, Notation, Notations, ObjectFormat};

/// How clients write lists and objects in queries and forms. A request overrides each by a header: X-Counterpart-Query-Array-Format …
#[derive(Debug, Args)]
#[command(next_help_heading = "Lists and objects in requests")]
pub(super) struct NotationFlags {
    /// Lists in queries: auto as the document says, repeat ids=1&ids=2, comma ids=1,2, space ids=1%202, pipe, brackets ids[]=1
    #[arg(long, value_parser = words(ArrayFormat::WORDS), default_value = "auto", env = "COUNTERPART_QUERY_ARRAY_FORMAT")]
    #[arg(alias = "validator-query-array-format")]
    query_array_format: ArrayFormat,
    /// Objects in queries: auto as the document says, flat from=1&to=2, flat-comma range=from,1,to,2, brackets range[from]=1, dots range.from=1
    #[arg(long, value_parser = words(ObjectFormat::WORDS), default_value = "auto", env = "COUNTERPART_QUERY_OBJECT_FORMAT")]
    #[arg(alias = "validator-query-object-format")]
    query_object_format: ObjectFormat,
    /// Lists in bodies that are forms
    #[arg(long, value_parser = words(ArrayFormat::WORDS), default_value = "auto", env = "COUNTERPART_FORM_ARRAY_FORMAT")]
    #[arg(alias = "validator-form-array-format")]
    form_array_format: ArrayFormat,
    /// Objects in bodies that are forms
    #[arg(long, value_parser = words(ObjectFormat::WORDS), default_value = "auto", env = "COUNTERPART_FORM_OBJECT_FORMAT")]
    #[arg(alias = "validator-form-object-format")]
    form_object_format: ObjectFormat,
}

impl NotationFlags {
    pub(super) fn notations(&self) -> Notations {
        let notation = |arrays, objects| Notation { arrays, objects, ..Notation::default() };
        Notations {
            query: notation(self.query_array_format, self.query_object_format),
            form: notation(self.form_array_format, self.form_object_format),
        }
    }
}
