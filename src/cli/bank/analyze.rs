//! `kaoping bank analyze`: how hard items were, and how well they distinguish between people.

use super::faults;
use crate::cli::Outcome;
use crate::cli::print::print;
use kaoping_engine::analysis::{Analysis, ItemFigures, analyze};
use kaoping_files::responses::read_responses;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Marks as CSV: a row a person, a column an item; below the header perhaps a row 满分 or `max`
    /// of greatest marks.
    #[arg(long, value_name = "CSV")]
    responses: PathBuf,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let path = &arguments.responses;
    let file =
        File::open(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    let marks = match read_responses(file) {
        Ok(marks) => marks,
        Err(found) => return Ok(faults::report(&found)),
    };
    let analysis = analyze(&marks);
    if arguments.json {
        let text = serde_json::to_string_pretty(&analysis)?;
        print(|out| writeln!(out, "{text}"))?;
    } else {
        print(|out| table(out, &analysis))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(out: &mut dyn Write, analysis: &Analysis) -> io::Result<()> {
    let Analysis { persons, mean, standard_deviation, alpha, kr_20, standard_error, items } = analysis;
    writeln!(out, "人数 {persons}，题数 {0}，平均分 {mean:.2} ({persons} people, {0} items)", items.len())?;
    for (name, english, value) in [
        ("标准差", "standard deviation", standard_deviation),
        ("α 系数", "alpha", alpha),
        ("KR-20", "KR-20", kr_20),
        ("测量标准误", "standard error", standard_error),
    ] {
        writeln!(out, "{name} {} ({english})", shown(*value, 4))?;
    }
    writeln!(
        out,
        "{:>8} {:>8} {:>8} {:>8}  item (易度 facility，标准差 deviation，相关 rest correlation，效率 % efficiency)",
        "facility", "sd", "rest r", "eff %"
    )?;
    for item in items {
        let ItemFigures {
            item: name, facility, standard_deviation, rest_correlation, discriminative_efficiency, ..
        } = item;
        let mark = if item.perhaps_miskeyed { "  可能答案有误 (perhaps miskeyed)" } else { "" };
        writeln!(
            out,
            "{:>8} {:>8} {:>8} {:>8}  {name}{mark}",
            shown(*facility, 4),
            shown(*standard_deviation, 4),
            shown(*rest_correlation, 4),
            shown(*discriminative_efficiency, 1)
        )?;
    }
    Ok(())
}

/// A figure, or a dash where it is not defined.
fn shown(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}
