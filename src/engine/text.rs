//! Common rules for texts from clerks: width, what cannot be seen, and how little of a number
//! may be shown.

/// Full-width forms of ASCII (U+FF01–FF5E) and the ideographic space as ASCII; everything else
/// unchanged.
///
/// For codes, numbers and dates. Names are never folded.
#[must_use]
pub fn fold_width(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\u{3000}' => ' ',
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
            other => other,
        })
        .collect()
}

/// Whether a character can be on nobody's screen: controls, zero-width and bidirectional marks,
/// tags, private use.
#[must_use]
pub fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFD}'
            | '\u{E0000}'..='\u{E0FFF}')
        || is_private_use(letter)
}

/// Whether a character steers what shows it: controls, escapes, and marks of direction.
#[must_use]
pub fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// The text with every character that [`steers`] written out as `\u{1b}`; line ends stay.
#[must_use]
pub fn written_out(text: String) -> String {
    if !text.chars().any(|letter| steers(letter) && letter != '\n') {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if steers(letter) && letter != '\n' {
            out.extend(letter.escape_unicode());
        } else {
            out.push(letter);
        }
    }
    out
}

/// Whether a glyph is of private use (U+E000–F8FF and planes 15, 16), which looks different on each
/// computer.
#[must_use]
pub fn is_private_use(letter: char) -> bool {
    matches!(letter, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
}

/// A text that a spreadsheet would run as a formula: it begins with `=`, `+`, `-` or `@`, also in
/// full width. Telephone numbers (`+86…`), negative numbers and lines of hyphens are none.
#[must_use]
pub fn is_formula(text: &str) -> bool {
    let folded = fold_width(text.trim());
    let Some(first) = folded.chars().next() else {
        return false;
    };
    match first {
        '=' | '@' => true,
        '+' | '-' => folded.chars().skip(1).any(|letter| !matches!(letter, '0'..='9' | ' ' | '-')),
        _ => false,
    }
}

/// Whether a name or a title is shown unchanged: it is not blank, is on one line, has
/// nothing invisible, and is no formula in a spreadsheet.
#[must_use]
pub fn is_shown(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(is_invisible) && !is_formula(text)
}

/// A number as it may be shown: the first 6 and the last 4 characters of long ones, the first and
/// last 2 of others (GB/T 35273; 个人信息保护法 §51). Up to 4 characters are hidden altogether.
#[must_use]
pub fn masked_number(text: &str) -> String {
    let length = text.chars().count();
    let (head, tail) = match length {
        0..=4 => (0, 0),
        5..=14 => (2, 2),
        _ => (6, 4),
    };
    let shown = |place: usize| place < head || place + tail >= length;
    text.chars().enumerate().map(|(place, letter)| if shown(place) { letter } else { '*' }).collect()
}

/// What a message may repeat of a field: at most 20 characters, numbers of 8 digits and more
/// masked, and what cannot be seen left out.
#[must_use]
pub fn quoted(text: &str) -> String {
    let seen: String = text.chars().filter(|letter| !is_invisible(*letter)).collect();
    let digits = fold_width(&seen).chars().filter(char::is_ascii_digit).count();
    let safe = if digits >= 8 { masked_number(&seen) } else { seen };
    let short: String = safe.chars().take(20).collect();
    if short.len() < safe.len() { format!("“{short}…”") } else { format!("“{short}”") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_from_numbers() {
        for text in ["=1+1", "=cmd|'/C calc'!A1", "@SUM(A1)", "+cmd", "-2+3+cmd", "＝1+1", "  =1", "＋SUM(1)", "-@a"]
        {
            assert!(is_formula(text), "{text}");
        }
        for text in ["", "-", "--", "+86 138 0013 8000", "-5", "张=三", "无", "13800138000"] {
            assert!(!is_formula(text), "{text}");
        }
    }

    #[test]
    fn a_title_is_shown_as_it_stands() {
        for text in ["第 1 考场", "2026 年（春）· 第 3 批", "𠮷田"] {
            assert!(is_shown(text), "{text}");
        }
        for text in ["", "\u{3000}", "考\n场", "考\u{202E}场", "=1+1", "\u{E000}"] {
            assert!(!is_shown(text), "{text:?}");
        }
    }

    #[test]
    fn a_message_never_repeats_a_number() {
        assert_eq!(masked_number("100000196803140025"), "100000********0025");
        assert_eq!(masked_number("E12345678"), "E1*****78");
        assert_eq!(masked_number("1234"), "****");
        assert_eq!(quoted("张三100000196803140025"), "“张三1000**********0025”");
        assert_eq!(quoted("女\u{200B}性"), "“女性”");
        assert_eq!(quoted(&"长".repeat(21)), format!("“{}…”", "长".repeat(20)));
    }

    #[test]
    fn width_is_folded_for_ascii_only() {
        assert_eq!(fold_width("１２３Ｘ（五级）　·"), "123X(五级) ·");
    }
}
