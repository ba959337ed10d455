//! The suite `audit`: 100,000 papers are drawn into files and audited by the program.

use crate::table::Table;
use crate::{Failure, build_folder, files, process};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Papers of the audited draw.
const PAPERS: u32 = 100_000;

/// Draws and audits with the program of the same profile; the papers do not stay.
pub(crate) fn measure(table: &mut Table) -> Result<(), Failure> {
    let folder = build_folder()?.join("bench/audit");
    clear(&folder)?;
    let (documents, drawn) = (folder.join("documents"), folder.join("drawn"));
    files::write(&documents, PAPERS)?;
    let program = std::env::current_exe()?.with_file_name("kaoping");
    let mut draw = Command::new(&program);
    draw.arg("draw").arg("--manifest").arg(documents.join("manifest.json"));
    draw.arg("--secrets").args(["inside", "outside"].map(|name| documents.join(format!("secret-{name}.json"))));
    draw.arg("--index").arg(documents.join("index.json")).arg("--out").arg(&drawn);
    process::measure(table, &format!("draw of {PAPERS}"), &mut draw)?;
    process::measure(table, &format!("audit of {PAPERS}"), Command::new(&program).arg("audit").arg(&drawn))?;
    clear(&folder)
}

fn clear(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}
