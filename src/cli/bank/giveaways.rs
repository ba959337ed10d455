//! Where a bank's items give keys away, for its authors.

use kaoping_engine::bank::authored::AuthoredBank;
use kaoping_engine::bank::giveaway::{Answer, Echo, Telling, answers, echoes, telling};

/// The most lines of each kind; one more says how many there are besides.
const MOST_LINES: usize = 20;

/// Prints what an author should look at. None of it is a fault by itself.
pub(super) fn print(bank: &AuthoredBank) {
    let telling = telling(bank).into_iter().map(|Telling { feature, seen, right }| {
        format!(
            "{0}在 {seen} 题里只有一个选项有，其中 {right} 题是答案 (one option alone has it in {seen} items, and is the key in {right})",
            feature.chinese()
        )
    });
    let echoes = echoes(bank)
        .into_iter()
        .map(|Echo { place, words }| format!("{place} 题干里有答案的用词「{words}」 (the stem uses words of its key)"));
    let answers = answers(bank).into_iter().map(|Answer { teller, asked, key }| {
        format!("{teller} 的题干说出了 {asked} 的答案「{key}」 (the stem of one answers the other)")
    });
    let kinds: [Box<dyn Iterator<Item = String>>; 3] = [Box::new(telling), Box::new(echoes), Box::new(answers)];
    for lines in kinds {
        let lines: Vec<String> = lines.collect();
        lines.iter().take(MOST_LINES).for_each(|line| println!("线索：{line}"));
        let more = lines.len().saturating_sub(MOST_LINES);
        if more > 0 {
            println!("线索：另有 {more} 处 ({more} more)");
        }
    }
}
