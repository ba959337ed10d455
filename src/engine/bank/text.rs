//! The rules for a text of a bank: visible, printable everywhere, of bounded length.

/// The longest stem or case text, in characters.
pub const MAX_STEM: usize = 1000;
/// The longest option, in characters.
pub const MAX_OPTION: usize = 300;
/// The longest rationale, in characters.
pub const MAX_RATIONALE: usize = 1000;
/// The longest name, title, label or source, in characters.
pub const MAX_NAME: usize = 200;

/// Placeholders that authors leave behind, as whole texts.
const PLACEHOLDERS: [&str; 12] =
    ["暂无", "暂无解析", "暂无解析内容", "略", "无", "待定", "待补充", "todo", "tbd", "xxx", "n/a", "示例"];

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextDefect {
    /// Nothing visible: empty, spaces, or zero-width characters alone.
    Blank,
    /// Longer than its bound.
    TooLong {
        /// Its length in characters.
        found: usize,
        /// The bound.
        most: usize,
    },
    /// A private-use glyph, control or zero-width character, U+FFFD: not the same on every machine.
    Character(char),
    /// A placeholder such as 暂无解析内容.
    Placeholder,
}

/// Checks a text of at most `most` characters.
#[must_use]
pub fn defect(text: &str, most: usize) -> Option<TextDefect> {
    if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Some(TextDefect::Blank);
    }
    let found = text.chars().count();
    if found > most {
        return Some(TextDefect::TooLong { found, most });
    }
    if let Some(character) = text.chars().find(|c| is_refused(*c)) {
        return Some(TextDefect::Character(character));
    }
    PLACEHOLDERS.contains(&fold(text).trim_end_matches(['.', '!'])).then_some(TextDefect::Placeholder)
}

/// The text for comparisons: full-width letters, digits and signs made half-width, Latin letters
/// lowercase, white space and invisible characters left out.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c))
        .map(half_width)
        .flat_map(char::to_lowercase)
        .collect()
}

/// The full-width forms U+FF01 to U+FF5E lie 0xFEE0 above ASCII.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '。' => '.',
        _ => c,
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

fn is_refused(c: char) -> bool {
    is_invisible(c)
        || (c.is_control() && c != '\n')
        || matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_a_text_lacks() {
        assert_eq!(defect("怎样喂饭？", 10), None);
        assert_eq!(defect("𠮷氏，第一行\n第二行", 20), None);
        for blank in ["", " \u{3000}\t", "\u{200b}\u{feff}"] {
            assert_eq!(defect(blank, 10), Some(TextDefect::Blank), "{blank:?}");
        }
        assert_eq!(defect("一二三", 2), Some(TextDefect::TooLong { found: 3, most: 2 }));
        assert_eq!(defect("温度\u{e001}", 10), Some(TextDefect::Character('\u{e001}')));
        assert_eq!(defect("温\u{200b}度", 10), Some(TextDefect::Character('\u{200b}')));
        assert_eq!(defect("暂无解析内容。", 10), Some(TextDefect::Placeholder));
        assert_eq!(defect("暂无 解析内容", 10), Some(TextDefect::Placeholder));
        assert_eq!(defect("ＴＯＤＯ", 10), Some(TextDefect::Placeholder));
    }

    #[test]
    fn folds_width_case_and_space() {
        assert_eq!(fold("打 １２０，\u{3000}Ａbc？"), "打120,abc?");
    }
}
