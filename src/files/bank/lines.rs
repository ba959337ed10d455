//! Lines of a text, and the options in them.

use super::finding::{Finding, Spot};
use super::raw::RawOption;
use super::words::LETTERS;
use kaoping_engine::text::fold_width;

/// A line that is not blank.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Its number, from 1.
    pub(super) number: usize,
    pub(super) text: &'a str,
}

/// How the letters of options are marked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// `（A）`
    Brackets,
    /// `A.`, `A、`, `A．`, `A:`, `A）`
    Point,
}

/// A line of options that can be cut in two ways, or whose letters do not follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unclear {
    /// A letter's mark comes directly after other text.
    Joined(char),
    /// Another letter than the next one.
    Order { found: char, expected: char },
}

/// The lines of a text that are not blank, with their numbers.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let all = (1..).zip(text.lines()).map(|(number, text)| Line { number, text: text.trim() });
    all.filter(|line| !line.text.is_empty())
}

/// A letter's mark: where it begins, where the option's text begins, and the letter as it is
/// written.
type Marked = (usize, usize, char);

/// The options of a line that begins with an option's letter. `before` is how many options were
/// there already.
pub(super) fn options_of(line: &str, before: usize, mark: Mark) -> Result<Option<Vec<RawOption>>, Unclear> {
    let marks = marks(line, mark);
    if marks.first().is_none_or(|(start, ..)| *start != 0) {
        return Ok(None);
    }
    let mut cuts: Vec<Marked> = Vec::new();
    for (start, end, letter) in marks {
        let expected = LETTERS.chars().nth(before + cuts.len());
        let follows_blank =
            line.get(..start).is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace));
        let is_next = expected == Some(half_width(letter));
        match (is_next, follows_blank) {
            (true, true) => cuts.push((start, end, letter)),
            // 维生素（B） within an option, or the next option without a blank before it: nobody can
            // tell.
            (true, false) => return Err(Unclear::Joined(letter)),
            (false, true) if start == 0 => {
                return Err(Unclear::Order { found: letter, expected: expected.unwrap_or('?') });
            }
            (false, _) => {}
        }
    }
    let ends = cuts.iter().skip(1).map(|(start, ..)| *start).chain([line.len()]);
    let options = cuts.iter().zip(ends).map(|((_, start, letter), end)| RawOption {
        letter: Some(*letter),
        text: line.get(*start..end).unwrap_or_default().trim().to_owned(),
    });
    Ok(Some(options.collect()))
}

/// All marks of letters in a line.
fn marks(line: &str, mark: Mark) -> Vec<Marked> {
    let letters: Vec<(usize, char)> = line.char_indices().collect();
    let at = |place: usize| letters.get(place).copied();
    let mut found = Vec::new();
    for place in 0..letters.len() {
        let Some((start, first)) = at(place) else { continue };
        let (letter_place, opens) = match mark {
            Mark::Brackets => (place + 1, matches!(first, '(' | '（')),
            Mark::Point => (place, true),
        };
        // The whole word is the letter: `DNA.` has no option A.
        let before = place.checked_sub(1).and_then(at).map(|(_, letter)| letter);
        let is_word = mark == Mark::Point && before.is_some_and(|letter| letter.is_ascii_alphanumeric());
        let Some((_, letter)) = at(letter_place).filter(|(_, letter)| opens && !is_word && is_letter(*letter)) else {
            continue;
        };
        let mut next = letter_place + 1;
        while mark == Mark::Point && at(next).is_some_and(|(_, blank)| blank == ' ') {
            next += 1;
        }
        let closes = at(next).is_some_and(|(_, sign)| match mark {
            Mark::Brackets => matches!(sign, ')' | '）'),
            Mark::Point => matches!(sign, '.' | '．' | '、' | ':' | '：' | ')' | '）'),
        });
        if closes {
            found.push((start, at(next + 1).map_or(line.len(), |(end, _)| end), letter));
        }
    }
    found
}

fn is_letter(letter: char) -> bool {
    LETTERS.contains(half_width(letter))
}

/// A letter without its width.
pub(super) fn half_width(letter: char) -> char {
    fold_width(letter.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(letter)
}

impl Unclear {
    pub(super) fn finding(self, spot: &Spot, line: &str) -> Finding {
        match self {
            Self::Joined(letter) => spot.refused(
                "option_unclear",
                "选项",
                line,
                [
                    &format!("「{letter}」紧接在文字后面，分不清是下一个选项还是选项里的文字"),
                    &format!(
                        "`{letter}` comes directly after other text: it may be the next option or part of this one"
                    ),
                ],
                ["每个选项另起一行，或在选项字母前空一格", "give each option a line, or put a blank before its letter"],
            ),
            Self::Order { found, expected } => spot.refused(
                "option_order",
                "选项",
                line,
                [
                    &format!("选项字母是 {found}，应为 {expected}：缺少选项，或顺序不对"),
                    &format!("the option's letter is `{found}`, expected `{expected}`: one is missing or misplaced"),
                ],
                ["补上缺少的选项，按字母顺序排列", "add the missing option, and order them by letter"],
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str, before: usize, mark: Mark) -> Result<Option<Vec<String>>, Unclear> {
        let options = options_of(line, before, mark)?;
        Ok(options.map(|options| {
            options.into_iter().map(|option| format!("{}{}", option.letter.unwrap_or('-'), option.text)).collect()
        }))
    }

    #[test]
    fn options_are_cut_at_blanks_before_letters() {
        let owned = |texts: &[&str]| Ok(Some(texts.iter().map(|text| (*text).to_owned()).collect()));
        assert_eq!(texts("（A）36℃  （B）38℃", 0, Mark::Brackets), owned(&["A36℃", "B38℃"]));
        assert_eq!(texts("A.甲 B.乙\tC、丙", 0, Mark::Point), owned(&["A甲", "B乙", "C丙"]));
        assert_eq!(texts("Ｃ．丙", 2, Mark::Point), owned(&["Ｃ丙"]));
        assert_eq!(texts("A . 含 DNA. 的", 0, Mark::Point), owned(&["A含 DNA. 的"]));
        assert_eq!(texts("（D）维生素（A）与（C）", 3, Mark::Brackets), owned(&["D维生素（A）与（C）"]));
        assert_eq!(texts("喂饭（B）前", 1, Mark::Brackets), Ok(None));
    }

    #[test]
    fn what_can_be_cut_in_two_ways_is_refused() {
        assert_eq!(texts("（A）维生素（B）", 0, Mark::Brackets), Err(Unclear::Joined('B')));
        assert_eq!(texts("A.甲B.乙", 0, Mark::Point), Err(Unclear::Joined('B')));
        assert_eq!(texts("C.丙", 1, Mark::Point), Err(Unclear::Order { found: 'C', expected: 'B' }));
    }
}
