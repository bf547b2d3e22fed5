//! Reads the bundled YAML once, when counterpart is built, so that a start does not have to.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

#[path = "src/source/yaml.rs"]
mod yaml;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=specs");
    println!("cargo:rerun-if-changed=src/source/yaml.rs");
    let values = Path::new(&env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?).join("values");
    if values.exists() {
        fs::remove_dir_all(&values)?;
    }
    for pack in fs::read_dir("specs")? {
        let pack = pack?;
        let to = values.join(pack.file_name());
        fs::create_dir_all(&to)?;
        for file in fs::read_dir(pack.path())? {
            let file = file?.path();
            if file.extension().is_some_and(|ending| ending == "yaml") {
                convert(&file, &to)?;
            }
        }
    }
    Ok(())
}

/// Writes what a YAML file says as JSON under the same name.
fn convert(file: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    let value = yaml::read(&text, |_, _| ()).map_err(|(line, what)| format!("{}:{line}: {what}", file.display()))?;
    fs::write(to.join(file.file_name().unwrap_or_default()), serde_json::to_string(&value)?)?;
    Ok(())
}
