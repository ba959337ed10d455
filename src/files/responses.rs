//! A table of marks as CSV, a row a person and a column an item, read row by row. Its form is
//! described in `src/engine/analysis/README.md`.

use csv::{ByteRecord, Reader, ReaderBuilder};
use encoding_rs::GBK;
use kaoping_engine::analysis::{Mark, Marks, MarksError};
use kaoping_engine::fault::{Fault, Text};
use std::collections::BTreeSet;
use std::io::Read;

/// The most faults that are reported.
const MOST_FAULTS: usize = 1_000;
/// The most bytes of a row.
const MOST_ROW: usize = 1_000_000;

/// Reads a table of marks.
///
/// # Errors
/// Every fault, by row and column.
pub fn read_responses(input: impl Read) -> Result<Marks, Vec<Fault>> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(Bounded { input, left: MOST_ROW });
    let mut record = ByteRecord::new();
    let mut table = Table { items: Vec::new(), persons: BTreeSet::new(), faults: Vec::new() };
    if !table.next(&mut reader, &mut record)? {
        return Err(vec![fault(
            "responses_empty",
            "文件",
            ["没有内容", "there is nothing in it"],
            ["第一行写列名", "begin with a row of names"],
        )]);
    }
    table.header(&record);
    if !table.faults.is_empty() {
        return Err(table.faults);
    }
    let mut marks: Option<Marks> = None;
    while table.next(&mut reader, &mut record)? {
        let row = line(&record);
        let name = decoded(record.get(0).unwrap_or_default()).trim().to_owned();
        if marks.is_none() && matches!(name.as_str(), "满分" | "max") {
            if let Some(most) = table.marks(&record, &row) {
                marks = Some(table.begun(Some(most))?);
            }
            continue;
        }
        table.person(&name, &row);
        let Some(values) = table.marks(&record, &row) else { continue };
        let begun = match &mut marks {
            Some(begun) => begun,
            none => none.insert(table.begun(None)?),
        };
        match begun.push(&values) {
            Ok(()) => {}
            Err(error @ MarksError::AboveMost { place }) => {
                let place = format!("{row}「{}」", table.items.get(place).map_or("", String::as_str));
                table.add(fault(
                    "mark_above_most",
                    &place,
                    ["得分高于满分", &error.to_string()],
                    ["改正得分或满分", "correct the mark or the greatest mark"],
                ));
            }
            Err(error) => return Err(vec![too_many(&error)]),
        }
    }
    match marks.filter(|marks| marks.persons() > 0) {
        Some(marks) if table.faults.is_empty() => Ok(marks),
        None if table.faults.is_empty() => Err(vec![fault(
            "responses_empty",
            "文件",
            ["没有人的得分", "nobody's marks are in it"],
            ["每人写一行", "give each person a row"],
        )]),
        _ => Err(table.faults),
    }
}

struct Table {
    items: Vec<String>,
    persons: BTreeSet<String>,
    faults: Vec<Fault>,
}

impl Table {
    /// Reads the next row that is not blank; `false` at the end.
    fn next<R: Read>(&mut self, reader: &mut Reader<Bounded<R>>, record: &mut ByteRecord) -> Result<bool, Vec<Fault>> {
        if self.faults.len() >= MOST_FAULTS {
            return Err(std::mem::take(&mut self.faults));
        }
        loop {
            reader.get_mut().left = MOST_ROW;
            match reader.read_byte_record(record) {
                Ok(false) => return Ok(false),
                Ok(true) if record.iter().all(|cell| cell.trim_ascii().is_empty()) => {}
                Ok(true) => return Ok(true),
                Err(error) => {
                    let why = ["读不下去：不是 CSV，或有一行太长", &error.to_string()];
                    self.faults.push(fault(
                        "responses_unreadable",
                        &format!("第 {} 行之后", reader.position().line()),
                        why,
                        ["另存为 CSV 后再试", "save it as CSV and try again"],
                    ));
                    return Err(std::mem::take(&mut self.faults));
                }
            }
        }
    }

    fn header(&mut self, record: &ByteRecord) {
        let names = record.iter().skip(1).map(|name| decoded(name).trim().to_owned());
        self.items = names.collect();
        let mut seen = BTreeSet::new();
        for (place, name) in (2..).zip(&self.items) {
            let place = format!("第 1 行第 {place} 列");
            let why = if name.is_empty() {
                ["这一列没有名称", "this column has no name"]
            } else if !seen.insert(name) {
                ["这一列的名称出现了两次", "this column's name occurs twice"]
            } else {
                continue;
            };
            self.faults.push(fault(
                "responses_header",
                &place,
                why,
                ["给每一列不同的名称", "give each column a name of its own"],
            ));
        }
    }

    fn begun(&self, most: Option<Vec<Mark>>) -> Result<Marks, Vec<Fault>> {
        Marks::new(self.items.clone(), most).map_err(|error| vec![too_many(&error)])
    }

    fn person(&mut self, name: &str, row: &str) {
        let why = if name.is_empty() {
            ["没有写是谁", "it does not say whose marks these are"]
        } else if !self.persons.insert(name.to_owned()) {
            ["这个人出现了两次", "this person occurs twice"]
        } else {
            return;
        };
        self.add(fault(
            "responses_person",
            row,
            why,
            ["每人只写一行，第一列写编号", "give each person one row, with a number in the first column"],
        ));
    }

    /// A row's marks, if all of them can be read.
    fn marks(&mut self, record: &ByteRecord, row: &str) -> Option<Vec<Mark>> {
        if record.len() != self.items.len() + 1 {
            let (zh, en) = (
                format!("有 {} 格，应为 {} 格", record.len(), self.items.len() + 1),
                format!("{} cells; expected {}", record.len(), self.items.len() + 1),
            );
            self.add(fault(
                "responses_length",
                row,
                [&zh, &en],
                ["补全或删去多余的格", "fill in what is missing, or remove what is too much"],
            ));
            return None;
        }
        let mut marks = Vec::with_capacity(self.items.len());
        for (place, cell) in record.iter().skip(1).enumerate() {
            let text = std::str::from_utf8(cell).unwrap_or("?").trim();
            match text.parse() {
                Ok(mark) => marks.push(mark),
                Err(_) => {
                    let place = format!("{row}「{}」", self.items.get(place).map_or("", String::as_str));
                    let why = ["不是得分（没有作答写 0）", "no mark (write 0 for a question that was not answered)"];
                    self.add(fault(
                        "responses_mark",
                        &place,
                        why,
                        ["写数字，小数最多 4 位", "write a number with at most four digits behind the point"],
                    ));
                }
            }
        }
        (marks.len() == self.items.len()).then_some(marks)
    }

    fn add(&mut self, fault: Fault) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }
}

fn line(record: &ByteRecord) -> String {
    format!("第 {} 行", record.position().map_or(0, csv::Position::line))
}

/// A name in UTF-8 or GBK, without a byte order mark.
fn decoded(cell: &[u8]) -> String {
    let text =
        std::str::from_utf8(cell).map_or_else(|_| GBK.decode_without_bom_handling(cell).0.into_owned(), str::to_owned);
    text.trim_start_matches('\u{feff}').to_owned()
}

fn too_many(error: &MarksError) -> Fault {
    fault(
        "responses_too_many",
        "文件",
        ["题目、人数或得分太多，或没有题目", &error.to_string()],
        ["分成几个文件", "split it into several files"],
    )
}

fn fault(code: &str, place: &str, [zh, en]: [&str; 2], [cure_zh, cure_en]: [&str; 2]) -> Fault {
    Fault::new(code, place, Text::new(zh, en), Text::new(cure_zh, cure_en))
}

/// A reader that ends with an error when a row goes on and on: a table without line breaks is none.
struct Bounded<R> {
    input: R,
    left: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let room = buffer.len().min(self.left);
        if room == 0 && !buffer.is_empty() {
            return Err(std::io::Error::other("a row has more than a million bytes"));
        }
        let count = self.input.read(buffer.get_mut(..room).unwrap_or_default())?;
        self.left -= count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &[u8]) -> Vec<String> {
        let faults = read_responses(text).err().unwrap_or_default();
        faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect()
    }

    #[test]
    fn a_table_is_read_with_its_greatest_marks() -> Result<(), Vec<Fault>> {
        let marks =
            read_responses("\u{feff}考生,q1,\"q,2\"\r\n满分,1,0.5\r\n\r\np1,1,0\r\np2,0.0,0.50\r\n".as_bytes())?;
        assert_eq!((marks.persons(), marks.items()), (2, &["q1".to_owned(), "q,2".to_owned()][..]));
        let found = kaoping_engine::analysis::analyze(&marks);
        assert_eq!(found.items.iter().map(|item| item.facility).collect::<Vec<_>>(), [Some(0.5), Some(0.5)]);
        // 题一 in GBK.
        assert_eq!(read_responses(&b"id,\xCC\xE2\xD2\xBB\np,1\n"[..])?.items(), ["题一"]);
        Ok(())
    }

    #[test]
    fn faults_are_named_by_row_and_column() {
        assert_eq!(codes(b""), ["responses_empty 文件"]);
        assert_eq!(codes(b"id,q1\n"), ["responses_empty 文件"]);
        assert_eq!(codes(b"id\np\n"), ["responses_too_many 文件"]);
        assert_eq!(codes(b"id,q1,q1\np,1,1\n"), ["responses_header 第 1 行第 3 列"]);
        assert_eq!(
            codes(b"id,q1,q2\np,1\np2,1,x\np2,,1\n,1,1\n"),
            [
                "responses_length 第 2 行",
                "responses_mark 第 3 行「q2」",
                "responses_person 第 4 行",
                "responses_mark 第 4 行「q1」",
                "responses_person 第 5 行",
            ]
        );
        assert_eq!(codes(b"id,q1\nmax,1\np,2\n"), ["mark_above_most 第 3 行「q1」"]);
        let endless = [&b"id,q1\n"[..], &vec![b'1'; 3 * MOST_ROW]].concat();
        assert_eq!(codes(&endless), ["responses_unreadable 第 2 行之后"]);
    }
}
