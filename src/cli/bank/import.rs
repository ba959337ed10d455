//! `kaoping bank import`: a file of items becomes a bank's folder, all of it or nothing.

use super::seeds::with_seeds;
use super::unfinished::Unfinished;
use super::{faults, folder, giveaways};
use crate::cli::Outcome;
use crate::cli::day::today;
use crate::cli::print::print;
use clap::ValueEnum;
use kaoping_engine::bank::Difficulty;
use kaoping_engine::bank::element::ElementCode;
use kaoping_engine::bank::write::item_file;
use kaoping_files::bank::import::{Import, Stage, import};
use kaoping_files::bank::report::report_xlsx;
use kaoping_files::bank::{Defaults, Finding, ImportFormat, TypeCodes, Weight};
use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How the file is written.
    #[arg(long, value_name = "FORMAT")]
    from: Format,
    /// The file of items.
    file: PathBuf,
    /// A folder with `bank.json` and `elements/`: the head and the element table (鉴定要素细目表) of the
    /// new bank.
    #[arg(long, value_name = "DIR")]
    elements: PathBuf,
    /// The folder to be made. It must not exist.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Also write the report as a workbook (.xlsx), which must not exist.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// A bank that must not ask the same; may be given several times.
    #[arg(long, value_name = "DIR")]
    beside: Vec<PathBuf>,
    /// The point (鉴定点) of items that name none.
    #[arg(long, value_name = "CODE", value_parser = |code: &str| ElementCode::new(code))]
    point: Option<ElementCode>,
    /// The difficulty (难度), 1 to 5, of items that name none.
    #[arg(long, value_name = "NUMBER", value_parser = difficulty)]
    difficulty: Option<Difficulty>,
    /// The source (出处) of items that give none.
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// What codes of types mean, if not `B=single_choice,C=true_false,G=multiple_choice`.
    #[arg(long, value_name = "CODES", default_value = "B=single_choice,C=true_false,G=multiple_choice")]
    type_codes: TypeCodes,
    /// Leave out items that cannot be here, such as matching questions or formulas; otherwise one
    /// of them stops the import.
    #[arg(long)]
    leave_out: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// The national bank's text: `A-B-A-001 B 3 5`, `{A}` stem, `（A）` options, `{B}` key.
    Text,
    /// Excel or CSV in 11, 15 or 20 columns.
    Excel,
    /// A list from Word, as .docx or plain text.
    Word,
    /// An item or a package of QTI 2.x or 3.0.
    Qti,
    /// Moodle XML.
    Moodle,
    /// GIFT.
    Gift,
}

impl From<Format> for ImportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::National,
            Format::Excel => Self::Excel,
            Format::Word => Self::Word,
            Format::Qti => Self::Qti,
            Format::Moodle => Self::Moodle,
            Format::Gift => Self::Gift,
        }
    }
}

fn difficulty(text: &str) -> Result<Difficulty, String> {
    let number = text.parse::<u8>().map_err(|error| error.to_string())?;
    Difficulty::new(number).map_err(|error| error.to_string())
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let out = Unfinished::begin(&arguments.out)?;
    let report = arguments.report.as_deref().map(|path| report_file(&out, path)).transpose()?;
    let frame = match folder::read_frame(&arguments.elements)? {
        Ok(frame) => frame,
        Err(found) => return Ok(faults::report(&found)),
    };
    let mut beside = Vec::new();
    for other in &arguments.beside {
        match folder::read(other)? {
            Ok(bank) => beside.push(bank),
            Err(found) => return Ok(faults::report(&found)),
        }
    }
    let defaults = Defaults {
        point: arguments.point.clone(),
        difficulty: arguments.difficulty,
        source: arguments.source.clone(),
        type_codes: arguments.type_codes.clone(),
    };
    let format = arguments.from.into();
    let name = arguments.file.file_name().unwrap_or_default().to_string_lossy();
    let bytes = read(&arguments.file, format)?;
    let told = Import {
        format,
        file: &name,
        head: &frame.bank.head,
        elements: &frame.bank.elements,
        defaults: &defaults,
        beside: &beside,
        leaves_out: arguments.leave_out,
    };
    let made = with_seeds(|seeds| import(&told, &bytes, seeds, &mut show_stage))?;
    let findings = match &made {
        Ok(imported) => &imported.findings,
        Err(findings) => findings,
    };
    print_findings(findings)?;
    if let Some(report) = report {
        report.file(&report_xlsx(findings, today()?)?)?;
    }
    let Ok(imported) = made else {
        let refused = findings.iter().filter(|finding| finding.weight != Weight::Told).count();
        println!("没有导入：{refused} 处需要改正 (nothing was imported: {refused} findings)");
        return Ok(ExitCode::from(1));
    };
    let mut files = frame.files;
    for placed in &imported.bank.items {
        files.push((placed.file.clone(), item_file(&placed.value)?.into_bytes()));
    }
    out.folder(&files)?;
    let (count, left_out) = (imported.bank.items().count(), imported.left_out);
    println!("导入 {count} 题，没有收入 {left_out} 题 ({count} items imported, {left_out} left out)");
    beside.push(imported.bank);
    if let Some(bank) = beside.last() {
        giveaways::print_guess(bank, &beside);
        giveaways::print(bank);
    }
    Ok(ExitCode::SUCCESS)
}

/// The file as far as it may be read: one byte more shows that it is too large.
fn read(path: &Path, format: ImportFormat) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(format.most_bytes()).unwrap_or(u64::MAX);
    File::open(path)
        .and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    Ok(bytes)
}

fn report_file(out: &Unfinished, path: &Path) -> io::Result<Unfinished> {
    if path.extension().is_none_or(|ending| ending != "xlsx") {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "a report is a workbook: name a file that ends in .xlsx",
        ));
    }
    out.with(path)
}

/// Says on the terminal how far the work is.
fn show_stage(stage: Stage) {
    if !io::stderr().is_terminal() {
        return;
    }
    match stage {
        Stage::Reads => eprintln!("读取文件…… (reading)"),
        Stage::Settles(items) => eprintln!("读到 {items} 题，正在判定…… ({items} items read)"),
        Stage::Checks(items) => eprintln!("正在检查 {items} 题…… (checking {items} items)"),
        Stage::Compares(place) => eprintln!("与第 {0} 个题库比对…… (comparing with bank {0})", place + 1),
    }
}

fn print_findings(findings: &[Finding]) -> io::Result<()> {
    print(|out| {
        for Finding { file, row, field, weight, what, why, cure, .. } in findings {
            let what = if what.is_empty() { String::new() } else { format!("「{what}」") };
            let why_zh = why.zh.trim_end_matches('。');
            writeln!(out, "[{}] {file} {row} {field}{what}：{why_zh}。{} ({})", weight.chinese(), cure.zh, why.en)?;
        }
        Ok(())
    })
}
