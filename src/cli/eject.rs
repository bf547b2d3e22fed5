//! `counterpart eject`: a bundled pack as files.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{FAILED, print};
use crate::load;
use crate::source::nearest;

/// Write a bundled pack and its fixtures into a folder.
#[derive(Debug, Args)]
pub(super) struct Eject {
    /// The bundled pack
    pack: String,
    /// The folder, which must be empty or not there yet
    folder: PathBuf,
}

impl Eject {
    pub(super) fn run(self) -> ExitCode {
        if !load::bundled().any(|name| name == self.pack) {
            let near = nearest(&self.pack, load::bundled()).map(|near| format!("; did you mean `{near}`?"));
            print::err(&format!("there is no bundled pack `{}`{}", self.pack, near.unwrap_or_default()));
            return ExitCode::from(FAILED);
        }
        let folder = self.folder.display();
        if self.folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
            print::err(&format!("{folder} is not empty; name a folder that is not there yet"));
            return ExitCode::from(FAILED);
        }
        match load::eject(&self.pack, &self.folder) {
            Ok(files) => {
                files.iter().for_each(|file| print::out(file));
                print::err(&format!("serve it with: counterpart serve {folder}"));
                ExitCode::SUCCESS
            }
            Err(error) => {
                print::err(&format!("{folder} cannot be written: {error}"));
                ExitCode::from(FAILED)
            }
        }
    }
}
