//! The suite `gate`: 50,000 items imported and checked in each format, near twins beside all pairs,
//! and the analysis of a large test beside numpy.

use crate::clock::once;
use crate::table::Table;
use crate::{Failure, build_folder, process, root};
use kaoping_engine::bank::twins;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Items of each file, in points of ten items.
const ITEMS: usize = 50_000;
const PER_POINT: usize = 10;
/// Stems that are also compared pair by pair.
const PAIRED: usize = 3_000;
/// People and items of the test that is analysed.
const TEST: (usize, usize) = (100_000, 100);

const HEAD: &str = r#"{ "id": "bench-5", "v": 1, "kind": "national", "level": 5, "profile": "formal", "label": "样题，非国家题库",
  "title": "测速题库", "standard": "测速", "sources": [], "importance": { "x_least": 80, "y_most": 15, "z_most": 5 } }
"#;

/// Reads the same table and computes the same figures; prints the seconds of both, and of the
/// figures alone.
const NUMPY: &str = r#"
import sys, time
import numpy
start = time.perf_counter()
marks = numpy.loadtxt(sys.argv[1], delimiter=",", skiprows=2)[:, 1:]
read = time.perf_counter()
total = marks.sum(axis=1)
alpha = 1 - marks.var(axis=0, ddof=1).sum() / total.var(ddof=1)
ranked = []
for own in marks.T:
    rest = total - own
    numpy.corrcoef(own, rest)
    ranked.append(numpy.cov(numpy.sort(own), numpy.sort(rest))[0, 1])
done = time.perf_counter()
print(f"analysis, numpy: read and compute\t{int(1000 * (done - start))}\tms")
print(f"analysis, numpy: compute\t{int(1000 * (done - read))}\tms")
"#;

pub(crate) fn measure(table: &mut Table) -> Result<(), Failure> {
    let folder = build_folder()?.join("bench/gate");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("frame/elements"))?;
    fs::write(folder.join("frame/bank.json"), HEAD)?;
    fs::write(folder.join("frame/elements/A-A.json"), elements()?)?;
    let items: Vec<Item> = (0..ITEMS).map(Item::new).collect();
    import(table, &folder, "text", "items.txt", &file(&items, national)?)?;
    // The program's own export is the input for two more formats.
    for (format, name) in [("excel", "items.xlsx"), ("qti", "items.zip")] {
        let mut export = program()?;
        export.args(["bank", "export", "--to", format]).arg(folder.join("text")).arg("--out").arg(folder.join(name));
        process::measure(table, &format!("export {ITEMS} items, {format}"), &mut export)?;
    }
    import(table, &folder, "word", "items-word.txt", &file(&items, word)?)?;
    import(table, &folder, "moodle", "items.xml", &format!("<quiz>{}</quiz>\n", file(&items, moodle)?))?;
    import(table, &folder, "gift", "items.gift", &file(&items, gift)?)?;
    for (format, name) in [("excel", "items.xlsx"), ("qti", "items.zip")] {
        imported(table, &folder, format, &folder.join(name))?;
    }
    near_twins(table, &items);
    analysis(table, &folder)?;
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The program in the release profile.
fn program() -> Result<Command, Failure> {
    Ok(Command::new(build_folder()?.join("release/kaoping")))
}

fn import(table: &mut Table, folder: &Path, format: &str, name: &str, text: &str) -> Result<(), Failure> {
    let path = folder.join(name);
    fs::write(&path, text)?;
    imported(table, folder, format, &path)
}

fn imported(table: &mut Table, folder: &Path, format: &str, path: &PathBuf) -> Result<(), Failure> {
    let mut import = program()?;
    import.args(["bank", "import", "--from", format]).arg(path).arg("--elements").arg(folder.join("frame"));
    import.arg("--out").arg(folder.join(format)).args(["--source", "测速"]);
    process::measure(table, &format!("import and check {ITEMS} items, {format}"), &mut import)
}

fn near_twins(table: &mut Table, items: &[Item]) {
    let stems: Vec<String> = items.iter().map(|item| item.stem.clone()).collect();
    let few = stems.get(..PAIRED).unwrap_or_default();
    for (count, stems) in [(ITEMS, stems.as_slice()), (PAIRED, few)] {
        table.add(&format!("near twins of {count} stems"), once(|| twins::find(stems).len()).1 / 1_000_000, "ms");
    }
    let pairs = once(|| all_pairs(few)).1 / 1_000_000;
    table.add(&format!("near twins of {PAIRED} stems, all pairs"), pairs, "ms");
}

/// Near twins by comparing every pair: what the search has to be faster than.
fn all_pairs(stems: &[String]) -> usize {
    let pieces = |stem: &String| {
        let letters: Vec<char> = stem.chars().filter(|letter| letter.is_alphanumeric()).collect();
        letters.windows(3).map(<[char]>::to_vec).collect::<BTreeSet<_>>()
    };
    let all: Vec<BTreeSet<Vec<char>>> = stems.iter().map(pieces).collect();
    let near = |one: &BTreeSet<Vec<char>>, other: &BTreeSet<Vec<char>>| {
        10 * one.intersection(other).count() >= 4 * (one.len() + other.len())
    };
    all.iter().enumerate().map(|(place, one)| all.iter().take(place).filter(|other| near(one, other)).count()).sum()
}

fn analysis(table: &mut Table, folder: &Path) -> Result<(), Failure> {
    let (persons, items) = TEST;
    let path = folder.join("marks.csv");
    let mut text = String::from("person");
    (0..items).try_for_each(|item| write!(text, ",q{item}"))?;
    text.push_str("\nmax");
    text.push_str(&",1".repeat(items));
    let mut random = Random(1);
    for person in 0..persons {
        write!(text, "\n{person}")?;
        let ability = random.below(100);
        for item in 0..items {
            let is_right = random.below(100) + item < ability + 50;
            text.push_str(if is_right { ",1" } else { ",0" });
        }
    }
    fs::write(&path, text)?;
    let mut analyze = program()?;
    analyze.args(["bank", "analyze", "--json", "--responses"]).arg(&path);
    process::measure(table, &format!("analysis of {persons} × {items}"), &mut analyze)?;
    let python = root().join(".cache/python/bin/python");
    table.read(&process::output(Command::new(python).args(["-c", NUMPY]).arg(&path))?)
}

/// One function of one range a thousand points.
fn elements() -> Result<String, Failure> {
    let points = ITEMS / PER_POINT;
    let mut ranges = Vec::new();
    for range in 0..points.div_ceil(1000) {
        let of_range = (range * 1000..points.min(range * 1000 + 1000))
            .map(|point| format!(r#"{{ "code": "{}", "name": "第{point}点", "importance": "X" }}"#, code(point)));
        let of_range: Vec<String> = of_range.collect();
        ranges.push(format!(
            r#"{{ "code": "A-A-{range}", "name": "第{range}范围", "points": [{}] }}"#,
            of_range.join(",")
        ));
    }
    let ranges = ranges.join(",");
    Ok(format!(r#"{{ "code": "A-A", "name": "职业道德", "function": "ethics", "ranges": [{ranges}] }}"#))
}

fn code(point: usize) -> String {
    format!("A-A-{}-{point:05}", point / 1000)
}

/// A single choice of made-up words.
struct Item {
    point: String,
    stem: String,
    options: [String; 4],
    key: usize,
}

impl Item {
    fn new(number: usize) -> Self {
        let mut random = Random(u64::try_from(number).unwrap_or_default() + 1);
        let stem = format!("{}时，应先怎样做？", random.words(18));
        let options = [6, 8, 7, 9].map(|length| random.words(length));
        Self { point: code(number / PER_POINT), stem, options, key: random.below(4) }
    }

    fn lettered(&self) -> impl Iterator<Item = (char, &String)> {
        "ABCD".chars().zip(&self.options)
    }

    fn letter(&self) -> char {
        "ABCD".chars().nth(self.key).unwrap_or('A')
    }
}

/// Numbers that depend on the seed alone (Steele, Lea, Flood 2014: SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed >> 33) % (bound.max(1) as u64)).unwrap_or_default()
    }

    /// So many Chinese characters out of two thousand.
    fn words(&mut self, length: usize) -> String {
        let letter = |place: usize| u32::try_from(place).ok().and_then(|place| char::from_u32(0x5000 + place));
        (0..length).filter_map(|_| letter(self.below(2_000))).collect()
    }
}

fn file(items: &[Item], write: fn(&mut String, usize, &Item) -> std::fmt::Result) -> Result<String, Failure> {
    let mut text = String::new();
    for (number, item) in (1..).zip(items) {
        write(&mut text, number, item)?;
    }
    Ok(text)
}

fn national(text: &mut String, _: usize, item: &Item) -> std::fmt::Result {
    writeln!(text, "{} B 3 5\n{{A}}\n{}", item.point, item.stem)?;
    item.lettered().try_for_each(|(letter, option)| writeln!(text, "（{letter}）{option}"))?;
    writeln!(text, "{{B}}\n{}\n", item.letter())
}

fn word(text: &mut String, number: usize, item: &Item) -> std::fmt::Result {
    writeln!(text, "{number}. {}【单选题】\n鉴定点：{}", item.stem, item.point)?;
    item.lettered().try_for_each(|(letter, option)| writeln!(text, "{letter}. {option}"))?;
    writeln!(text, "参考答案：{}\n难度：3\n", item.letter())
}

fn moodle(text: &mut String, _: usize, item: &Item) -> std::fmt::Result {
    writeln!(
        text,
        "<question type=\"multichoice\"><questiontext format=\"html\"><text><![CDATA[<p>{}</p>]]></text></questiontext>\
         <single>true</single><tags><tag><text>难度:3</text></tag><tag><text>鉴定点:{}</text></tag></tags>",
        item.stem, item.point
    )?;
    for (place, option) in item.options.iter().enumerate() {
        let fraction = if place == item.key { 100 } else { 0 };
        writeln!(text, "<answer fraction=\"{fraction}\" format=\"html\"><text>{option}</text></answer>")?;
    }
    writeln!(text, "</question>")
}

fn gift(text: &mut String, _: usize, item: &Item) -> std::fmt::Result {
    writeln!(text, "// [tag:难度:3] [tag:鉴定点:{}]\n{} {{", item.point, item.stem)?;
    for (place, option) in item.options.iter().enumerate() {
        writeln!(text, "{}{option}", if place == item.key { '=' } else { '~' })?;
    }
    writeln!(text, "}}\n")
}
