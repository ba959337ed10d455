//! Keys in brackets in a stem: `题干（C）`, `（√）题干`.

use super::lines::half_width;
use super::words::{LETTERS, truth};

/// The key that a stem shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    None,
    /// Once; the stem then has empty brackets in its place, or none at its beginning or end for a
    /// statement.
    Once {
        key: String,
        stem: String,
    },
    /// In several brackets.
    Several,
}

/// Whether a line begins with a statement's sign in brackets.
pub(super) fn begins_with_sign(line: &str) -> bool {
    brackets(line).first().is_some_and(|(start, _, inside)| *start == 0 && is_sign(inside))
}

/// The key that a stem shows: letters where it has options, otherwise a sign.
pub(super) fn shown(stem: &str, has_options: bool) -> Shown {
    let is_key = |inside: &str| if has_options { is_letters(inside) } else { is_sign(inside) };
    let found: Vec<(usize, usize, &str)> = brackets(stem).into_iter().filter(|(_, _, inside)| is_key(inside)).collect();
    match found[..] {
        [] => Shown::None,
        [(start, end, key)] => {
            let (before, after) = (stem.get(..start).unwrap_or_default(), stem.get(end..).unwrap_or_default());
            let (before, after) = (before.trim(), after.trim());
            let is_edge = before.is_empty() || after.is_empty() || after == "。" || after == ".";
            let middle = if is_edge && !has_options { "" } else { "（　）" };
            Shown::Once { key: key.trim().to_owned(), stem: format!("{before}{middle}{after}") }
        }
        _ => Shown::Several,
    }
}

/// Brackets with what is in them: where they begin and end, and the text inside.
fn brackets(text: &str) -> Vec<(usize, usize, &str)> {
    let (mut found, mut open) = (Vec::new(), None);
    for (place, letter) in text.char_indices() {
        match letter {
            '(' | '（' => open = Some((place, place + letter.len_utf8())),
            ')' | '）' => {
                if let Some((start, inside)) = open.take() {
                    found.push((start, place + letter.len_utf8(), text.get(inside..place).unwrap_or_default()));
                }
            }
            _ => {}
        }
    }
    found
}

/// Letters of options alone, as `C` or `A、B`.
fn is_letters(inside: &str) -> bool {
    let mut letters = inside.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '、' | ',' | '，'));
    let mut count = 0;
    letters.all(|letter| {
        count += 1;
        LETTERS.contains(half_width(letter))
    }) && (1..=8).contains(&count)
}

/// A sign of right or wrong; digits are none, since （1） numbers things.
fn is_sign(inside: &str) -> bool {
    let is_number = inside.trim().chars().all(|letter| half_width(letter).is_ascii_digit());
    truth(inside).is_some() && !is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn once(key: &str, stem: &str) -> Shown {
        Shown::Once { key: key.to_owned(), stem: stem.to_owned() }
    }

    #[test]
    fn keys_in_brackets_leave_the_brackets_empty() {
        assert_eq!(shown("先做（C）。", true), once("C", "先做（　）。"));
        assert_eq!(shown("( A、B )要报告", true), once("A、B", "（　）要报告"));
        assert_eq!(shown("（√）先洗手。", false), once("√", "先洗手。"));
        assert_eq!(shown("先洗手（×）。", false), once("×", "先洗手。"));
        assert_eq!(shown("（ x ）先洗手", false), once("x", "先洗手"));
        assert_eq!(shown("先做（　）。", true), Shown::None);
        assert_eq!(shown("血压（单位 mmHg）（1）", false), Shown::None);
        assert_eq!(shown("维生素（C）缺乏时（A）", true), Shown::Several);
    }
}
