use super::*;
use crate::bank::authored::Placed;
use crate::bank::authoring::{mint, read_file};
use crate::bank::read::{self, SourceFile};
use kaoping_record::id::IdSeed;

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

const HEAD: &str = r#"{ "id": "small", "v": 1, "kind": "national", "level": 5, "profile": "sample", "label": "样题",
    "title": "小题库", "standard": "标准", "sources": [], "importance": { "x_least": 0, "y_most": 100, "z_most": 100 } }"#;

/// A bank of single choices: stem, options and letter of the key.
fn bank(items: &[(String, [&str; 4], &str)]) -> TestResult<AuthoredBank> {
    let drafts: Vec<String> = items
        .iter()
        .map(|(stem, options, key)| {
            format!(
                r#"{{ "point": "A-A-A-001", "type": "single_choice", "difficulty": 2, "stem": "{stem}", "options": {options:?},
                   "key": "{key}", "source": "标准" }}"#
            )
        })
        .collect();
    let text = format!(r#"{{ "range": "A-A-A", "items": [{}] }}"#, drafts.join(","));
    let file = read_file("items/A-A-A.json", text.as_bytes()).map_err(|faults| format!("{faults:?}"))?;
    let mut next = 0_u8;
    let mut seeds = || {
        next = next.wrapping_add(1);
        let mut seed = IdSeed::default();
        seed[0] = next;
        seed[1] = next / 7;
        seed
    };
    let items: Vec<Placed<_>> = mint(&[file], &mut seeds).map_err(|faults| format!("{faults:?}"))?;
    let head = read::bank(&[SourceFile { path: "bank.json", bytes: HEAD.as_bytes() }])
        .map_err(|faults| format!("{faults:?}"))?;
    Ok(AuthoredBank { items, ..head })
}

#[test]
fn what_one_option_alone_has_and_tells_the_key_is_named() -> TestResult {
    // In all twelve the key alone has 及时 and a comma, and is the longest; 睡觉 stands in one wrong option of each.
    let items: Vec<_> = (0..12)
        .map(|number| (format!("第{number}种情况怎么办？"), ["走开去", "及时报告，记录", "睡觉吧", "不理他"], "B"))
        .collect();
    let bank = bank(&items)?;
    let found = telling(&bank);
    let named: Vec<&Feature> = found.iter().map(|telling| &telling.feature).collect();
    assert!(named.contains(&&Feature::Pair('及', '时')) && named.contains(&&Feature::Comma));
    assert!(named.contains(&&Feature::Longest) && !named.contains(&&Feature::Pair('睡', '觉')));
    assert!(found.iter().all(|telling| (telling.seen, telling.right) == (12, 12)), "{found:?}");
    // Nine are too few to say anything.
    assert_eq!(telling(&self::bank(&items[..9])?), []);
    Ok(())
}

#[test]
fn a_stem_with_words_of_its_key_is_named() -> TestResult {
    let stem = |text: &str| text.to_owned();
    let bank = bank(&[
        (stem("测量体温前要先看体温计的刻度，应先？"), ["看体温计的刻度", "喝水", "走动", "说话"], "A"),
        (stem("喂饭前先做什么？"), ["洗手", "喂饭前说话", "走动", "坐下"], "A"),
        (stem("老人发热时先做什么？"), ["老人发热时通知", "老人发热时喝水", "走动", "坐下"], "A"),
    ])?;
    let found: Vec<(usize, String)> = echoes(&bank).into_iter().map(|echo| (echo.place.number, echo.words)).collect();
    assert_eq!(found, [(1, "看体温计的刻度".to_owned())]);
    Ok(())
}

#[test]
fn a_stem_that_answers_another_item_is_named_with_it() -> TestResult {
    let stem = |text: &str| text.to_owned();
    let bank = bank(&[
        (stem("成人正常腋下体温的范围是多少？"), ["36到37℃", "38到39℃", "30到31℃", "40到41℃"], "A"),
        (stem("成人正常腋下体温的范围是36到37℃，量出39.5℃时先做什么？"), ["报告", "不管", "走开", "睡觉"], "A"),
        (stem("量体温之前先看什么？"), ["36到37℃", "刻度", "颜色", "价格"], "B"),
    ])?;
    let found: Vec<_> =
        answers(&bank).into_iter().map(|answer| (answer.teller.number, answer.asked.number, answer.key)).collect();
    assert_eq!(found, [(2, 1, "36到37℃".chars().filter(|letter| letter.is_alphanumeric()).collect::<String>())]);
    Ok(())
}

#[test]
fn the_longest_common_run_is_found() {
    let run = |one: &str, other: &str| -> String {
        longest_common(&one.chars().collect::<Vec<_>>(), &other.chars().collect::<Vec<_>>()).into_iter().collect()
    };
    assert_eq!(run("甲乙丙丁戊", "丁乙丙丁己"), "乙丙丁");
    assert_eq!((run("甲", "乙"), run("", "甲"), run("甲", "")), (String::new(), String::new(), String::new()));
}
