//! The national bank's text: a line `A-B-A-001  B  3  5` (point, type, difficulty, consistency),
//! the stem behind `{A}`, options behind `（A）` to `（H）`, the key behind `{B}`.

use super::finding::{Finding, Spot};
use super::lines::{Line, lines, options_of};
use super::raw::{Gathered, RawItem, RawKey, RawType};
use kaoping_engine::bank::element::ElementCode;
use kaoping_engine::text::fold_width;
use std::sync::Arc;

/// What of an item is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Stem,
    Options,
    Key,
}

struct Reader<'a> {
    file: &'a Arc<str>,
    gathered: Gathered,
    item: Option<RawItem>,
    part: Part,
    key: String,
    has_stem: bool,
    has_key: bool,
    /// A line of the item could not be read; what its key names is then not known either.
    has_defect: bool,
}

pub(super) fn read(file: &Arc<str>, text: &str) -> Gathered {
    let mut reader = Reader {
        file,
        gathered: Gathered::default(),
        item: None,
        part: Part::Head,
        key: String::new(),
        has_stem: false,
        has_key: false,
        has_defect: false,
    };
    for line in lines(text) {
        if let Err(finding) = reader.line(line) {
            reader.gathered.findings.push(*finding);
            reader.has_defect = true;
        }
    }
    reader.end_item();
    reader.gathered
}

impl Reader<'_> {
    fn line(&mut self, line: Line<'_>) -> Result<(), Box<Finding>> {
        let spot = Spot::line(self.file, line.number);
        if let Some(item) = head(&spot, line.text) {
            self.end_item();
            self.item = Some(item);
            self.part = Part::Head;
            return Ok(());
        }
        let Some(item) = self.item.as_mut() else {
            return Err(Box::new(spot.refused(
                "text_before_items",
                "题目",
                line.text,
                ["不在任何一道试题里", "this belongs to no item"],
                [
                    "每道试题以「鉴定点代码 题型 难度 一致性」一行开头，如 A-B-A-001 B 3 5",
                    "begin each item with a line of point, type, difficulty, consistency: `A-B-A-001 B 3 5`",
                ],
            )));
        };
        let marked = |mark: &str| fold_width(line.text).starts_with(mark).then(|| after_mark(line.text));
        if let Some(rest) = marked("{A}") {
            if std::mem::replace(&mut self.has_stem, true) {
                return Err(twice(&spot, "{A}", line.text));
            }
            self.part = Part::Stem;
            item.stem.push_str(rest);
            return Ok(());
        }
        if let Some(rest) = marked("{B}") {
            if std::mem::replace(&mut self.has_key, true) {
                return Err(twice(&spot, "{B}", line.text));
            }
            self.part = Part::Key;
            self.key.push_str(rest);
            return Ok(());
        }
        match self.part {
            Part::Stem | Part::Options => {
                match options_of(line.text, item.options.len(), super::lines::Mark::Brackets) {
                    Ok(Some(options)) => {
                        self.part = Part::Options;
                        item.options.extend(options);
                    }
                    Ok(None) => {
                        let last = item.options.last_mut();
                        let text = last.map_or(&mut item.stem, |option| &mut option.text);
                        if !text.is_empty() {
                            text.push('\n');
                        }
                        text.push_str(line.text);
                    }
                    Err(unclear) => return Err(Box::new(unclear.finding(&spot, line.text))),
                }
                Ok(())
            }
            Part::Key => {
                self.key.push_str(line.text);
                Ok(())
            }
            Part::Head => Err(Box::new(spot.refused(
                "text_no_stem",
                "题干",
                line.text,
                ["题干应写在 {A} 之后", "the stem belongs behind `{A}`"],
                ["在题干前写 {A}", "write `{A}` before the stem"],
            ))),
        }
    }

    fn end_item(&mut self) {
        let has_defect = std::mem::replace(&mut self.has_defect, false);
        let Some(mut item) = self.item.take() else { return };
        item.key = RawKey::Written(std::mem::take(&mut self.key));
        if !std::mem::replace(&mut self.has_stem, false) {
            let finding = item.spot.refused(
                "text_no_stem",
                "题干",
                "",
                ["没有题干（{A}）", "there is no stem (`{A}`)"],
                ["在题干前写 {A}", "write `{A}` before the stem"],
            );
            self.gathered.findings.push(finding);
            self.has_key = false;
            return;
        }
        self.has_key = false;
        if !has_defect {
            self.gathered.take(item);
        }
    }
}

/// The rest of a line that begins with a mark of three characters.
fn after_mark(line: &str) -> &str {
    line.char_indices().nth(3).map_or("", |(place, _)| line.get(place..).unwrap_or_default().trim())
}

/// The first line of an item.
fn head(spot: &Spot, line: &str) -> Option<RawItem> {
    let folded = fold_width(line);
    let words: Vec<&str> = folded.split_whitespace().collect();
    let [point, item_type, difficulty, consistency] = words[..] else { return None };
    let is_number = |word: &str| word.chars().all(|letter| letter.is_ascii_digit());
    let is_head = point.contains('-')
        && ElementCode::new(point.to_ascii_uppercase()).is_ok()
        && item_type.chars().count() <= 5
        && is_number(difficulty)
        && is_number(consistency);
    is_head.then(|| RawItem {
        point: point.to_owned(),
        item_type: RawType::Written(item_type.to_owned()),
        difficulty: difficulty.to_owned(),
        consistency: consistency.to_owned(),
        ..RawItem::new(spot.clone())
    })
}

fn twice(spot: &Spot, mark: &str, line: &str) -> Box<Finding> {
    Box::new(spot.refused(
        "text_mark_twice",
        "题目",
        line,
        [
            &format!("这一题里 {mark} 出现了两次，可能少了下一题的开头"),
            &format!("`{mark}` occurs twice in this item; the next one's first line may be missing"),
        ],
        [
            "补上下一题的「鉴定点代码 题型 难度 一致性」一行，或删去多余的部分",
            "add the next item's first line, or remove what is too much",
        ],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(text: &str) -> Gathered {
        read(&"题库.txt".into(), text)
    }

    #[test]
    fn an_item_has_four_parts() {
        let text = "A-B-A-001  B  3  5\n{A}\n体温多少\n算高？\n（A）36℃  （B）38℃\n（C）37℃\n{B}\nB\n\nA-B-A-002 C 1 5\n{A}先洗手。\n{B}√";
        let (items, findings) = gathered(text).into_parts();
        assert_eq!(findings.into_list(), []);
        let [choice, statement] = &items[..] else { panic!("two items") };
        assert_eq!((choice.spot.row.as_str(), choice.stem.as_str()), ("第 1 行", "体温多少\n算高？"));
        let options: Vec<&str> = choice.options.iter().map(|option| option.text.as_str()).collect();
        assert_eq!(options, ["36℃", "38℃", "37℃"]);
        assert!(matches!(&choice.key, RawKey::Written(key) if key == "B"));
        assert_eq!((statement.point.as_str(), statement.stem.as_str()), ("A-B-A-002", "先洗手。"));
        assert!(matches!(&statement.key, RawKey::Written(key) if key == "√"));
    }

    #[test]
    fn what_belongs_to_no_item_is_named_by_its_row() {
        let codes = |text: &str| -> Vec<String> {
            gathered(text)
                .findings
                .into_list()
                .iter()
                .map(|finding| format!("{} {}", finding.code, finding.row))
                .collect()
        };
        assert_eq!(codes("题库\nA-B-A-001 B 3 5\n{A}问\n{B}A"), ["text_before_items 第 1 行"]);
        assert_eq!(codes("A-B-A-001 B 3 5\n问\n{B}A"), ["text_no_stem 第 2 行", "text_no_stem 第 1 行"]);
        assert_eq!(
            codes("A-B-A-001 B 3 5\n{A}问\n{B}A\n{A}问二\n{B}B"),
            ["text_mark_twice 第 4 行", "text_mark_twice 第 5 行"]
        );
        assert_eq!(codes("A-B-A-001 B 3 5\n{A}问\n（A）甲（B）乙\n{B}A"), ["option_unclear 第 3 行"]);
    }
}
