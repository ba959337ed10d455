//! `kaoping bank export`: a bank in formats of others.

use super::unfinished::Unfinished;
use super::{faults, folder};
use crate::cli::Outcome;
use crate::cli::day::today;
use clap::ValueEnum;
use kaoping_engine::bank::check::check;
use kaoping_files::bank::Finding;
use kaoping_files::bank::export::{ExportError, Exported, excel, package, qti};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How the file is to be written.
    #[arg(long, value_name = "FORMAT")]
    to: Format,
    /// The bank's folder.
    folder: PathBuf,
    /// The file to be made. It must not exist.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Leave out items that the format cannot hold; otherwise one of them stops the export.
    #[arg(long)]
    leave_out: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A zip file of `bank.json`, `elements/`, `items/` and `pictures/`.
    Json,
    /// A workbook of 20 columns.
    Excel,
    /// A content package of QTI 3.0.
    Qti,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let out = Unfinished::begin(&arguments.out)?;
    let bank = match folder::read(&arguments.folder)? {
        Ok(bank) => bank,
        Err(found) => return Ok(faults::report(&found)),
    };
    // A bank that does not pass the check here must not be exported.
    let found = check(&bank);
    if !found.is_empty() {
        return Ok(faults::report(&found));
    }
    let made = match arguments.to {
        Format::Excel => excel(&bank, today()?, arguments.leave_out),
        Format::Qti => qti(&bank, arguments.leave_out),
        Format::Json => {
            let mut files = folder::files(&arguments.folder)?;
            let pictures = bank.pictures.iter().filter_map(|(path, picture)| Some((path, picture.as_ref().ok()?)));
            files.extend(pictures.map(|(path, picture)| (path.clone(), picture.bytes.clone())));
            let bytes = package(&files)?;
            Ok(Exported { bytes, items: bank.items().count(), left_out: Vec::new() })
        }
    };
    let exported = match made {
        Ok(exported) => exported,
        Err(ExportError::Unsupported(left_out)) => {
            print_left_out(&left_out);
            println!("没有导出：{0} 题这种格式放不下 ({0} items cannot be written in this format)", left_out.len());
            return Ok(ExitCode::from(1));
        }
        Err(error) => return Err(error.into()),
    };
    out.file(&exported.bytes)?;
    print_left_out(&exported.left_out);
    println!("导出 {0} 题，放不下 {1} 题 ({0} items exported, {1} left out)", exported.items, exported.left_out.len());
    Ok(ExitCode::SUCCESS)
}

fn print_left_out(left_out: &[Finding]) {
    for Finding { file, row, what, why, .. } in left_out {
        println!("{file} {row}「{what}」：{} ({})", why.zh, why.en);
    }
}
