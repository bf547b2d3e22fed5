//! `counterpart draft`: a pack for a document that has none, to be edited.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{FAILED, print};
use crate::load;

/// Propose a pack for a document, with the reason for each binding.
#[derive(Debug, Args)]
pub(super) struct Draft {
    /// An OpenAPI document
    document: PathBuf,
    /// The file to write it to, in place of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Draft {
    pub(super) fn run(self) -> ExitCode {
        let draft = match load::draft(&self.document) {
            Ok(draft) => draft,
            Err(findings) => {
                print::findings(&findings);
                return ExitCode::from(FAILED);
            }
        };
        let Some(path) = &self.out else {
            print::out(draft.text().trim_end());
            return ExitCode::SUCCESS;
        };
        if let Err(why) = load::write(path, &draft.text()) {
            print::err(&format!("{}: {why}", path.display()));
            return ExitCode::from(FAILED);
        }
        let bound = draft.notes.iter().filter(|note| note.bound).count();
        let document = self.document.display();
        print::out(&format!("{}: {bound} of {} operations are bound", path.display(), draft.notes.len()));
        print::out(&format!("check it with `counterpart check {document} --pack {}`", path.display()));
        ExitCode::SUCCESS
    }
}
