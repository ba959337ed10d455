//! The documents of a generated draw as files, for `kaoping draw`.

use crate::Failure;
use crate::bank::{Documents, Points};
use kaoping_record::canonical;
use serde::Serialize;
use std::fs;
use std::path::Path;

/// Writes what a draw of so many papers from 5,000 items reads.
pub(crate) fn write(folder: &Path, papers: u32) -> Result<(), Failure> {
    let documents = Documents::new(5_000, Points::Even, papers)?;
    fs::create_dir_all(folder)?;
    one(folder, "basis", &documents.basis)?;
    one(folder, "manifest", &documents.manifest)?;
    one(folder, "blueprint", &documents.blueprint)?;
    one(folder, "seating", &documents.seating)?;
    for index in &documents.indexes {
        one(folder, "index", index)?;
    }
    for secret in &documents.secrets {
        one(folder, &format!("secret-{}", secret.custodian), secret)?;
    }
    Ok(())
}

fn one(folder: &Path, name: &str, document: &impl Serialize) -> Result<(), Failure> {
    Ok(fs::write(folder.join(format!("{name}.json")), canonical::to_bytes(document)?)?)
}
