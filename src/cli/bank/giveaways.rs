//! Where a bank's items give keys away, for its authors.

use kaoping_engine::bank::BankKind;
use kaoping_engine::bank::authored::AuthoredBank;
use kaoping_engine::bank::giveaway::{Answer, Echo, Telling, answers, echoes, telling};
use kaoping_engine::bank::guess::{Guess, LEAST_ITEMS, SINGLES_LIMIT, STATEMENTS_LIMIT, guess};

/// The most lines of each kind; one more says how many others there are.
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

/// How much of a bank a guesser finds out from options alone. A small bank is judged by the
/// national bank beside it.
#[expect(clippy::float_arithmetic, reason = "shares are shown in percent")]
pub(super) fn print_guess(bank: &AuthoredBank, banks: &[AuthoredBank]) {
    let is_small = bank.items().count() < LEAST_ITEMS;
    let is_model = |other: &&AuthoredBank| {
        !std::ptr::eq(*other, bank) && other.head.kind == BankKind::National && other.head.level == bank.head.level
    };
    let model = banks.iter().find(is_model).filter(|_| is_small);
    let title = &bank.head.title;
    if is_small && model.is_none() {
        println!(
            "{title}：不足 {LEAST_ITEMS} 题，请同时给出同级国家题库再测 (too few items: name the national bank too)"
        );
        return;
    }
    let Guess { singles, statements } = guess(bank, model);
    for (name, english, guessed, limit) in
        [("单选题", "single choices", singles, SINGLES_LIMIT), ("判断题", "statements", statements, STATEMENTS_LIMIT)]
    {
        let (share, lower) = (100.0 * guessed.share(), 100.0 * guessed.lower_bound());
        println!(
            "{title}：不看题干，只看文字，{name}猜对 {share:.1} %，下限 {lower:.1} % ({english} guessed from wording alone, {} items)",
            guessed.items
        );
        if guessed.lower_bound() > limit {
            println!(
                "提醒：{title}的{name}不看题干也常能猜对，请改写泄露答案的选项或说法 (warning: the wording gives keys away)"
            );
        }
    }
}
