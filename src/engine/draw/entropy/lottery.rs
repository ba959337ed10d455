//! A named lottery draw, its numbers written as RFC 3797 (section 4) writes them.
//!
//! A source has at least 2^40 outcomes, so that nobody can try them all, and one spelling, so that two texts never mean one draw.

use super::{PublicEntropy, refusal};
use crate::fault::Fault;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

/// A lottery as its operator announces it.
struct Lottery {
    name: &'static str,
    /// Digits of an issue: those of the year, then three of its number in the year.
    digits: usize,
    shape: &'static [Group],
}

/// `count` different numbers from 1 to `highest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group {
    count: u32,
    highest: u32,
}

const HAPPY_EIGHT: Lottery =
    Lottery { name: "中国福利彩票快乐8", digits: 7, shape: &[Group { count: 20, highest: 80 }] };
const TWO_COLOURS: Lottery = Lottery {
    name: "中国福利彩票双色球",
    digits: 7,
    shape: &[Group { count: 6, highest: 33 }, Group { count: 1, highest: 16 }],
};
const GREAT_LOTTO: Lottery = Lottery {
    name: "中国体育彩票超级大乐透",
    digits: 5,
    shape: &[Group { count: 5, highest: 35 }, Group { count: 2, highest: 12 }],
};
/// What a source may name. The last two have about 2^24 outcomes each, and so count together alone.
const SOURCES: [&[Lottery]; 2] = [&[HAPPY_EIGHT], &[TWO_COLOURS, GREAT_LOTTO]];

/// The numbers that a lottery drew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LotteryOutcome {
    /// [`super::OUTCOME_VERSION`].
    pub v: u32,
    /// [`super::LOTTERY_RULE`].
    pub rule: String,
    /// The basis's source: the lottery and the issue, or both lotteries and issues.
    pub source: String,
    /// The numbers of each group, groups in the order of the source's shape, numbers in any order.
    pub numbers: Vec<Vec<u32>>,
    /// When they were drawn, as it was announced; of two lotteries the earlier time.
    pub published_at_ms: Time,
}

/// What the lotteries of a source draw, their groups in order.
#[derive(Debug, PartialEq, Eq)]
struct Shape(Vec<Group>);

impl LotteryOutcome {
    /// The numbers of each group in ascending order, each followed by a period, each group by a slash.
    pub(super) fn bytes(&self, named: &PublicEntropy) -> Result<Vec<u8>, Box<Fault>> {
        let shape = shape_of(&named.source).ok_or_else(|| malformed(&named.source))?;
        if self.published_at_ms < named.not_before_ms {
            return Err(refusal(
                "entropy_time",
                "/published_at_ms",
                ["开奖时间早于依据所定的最早时间", "it was drawn before the time that the basis sets"],
                [
                    "核对期号和开奖时间；在所定时间以后开奖的一期方可使用",
                    "check issue and time: it must be drawn after that time",
                ],
            ));
        }
        let fits = self.numbers.len() == shape.0.len()
            && self.numbers.iter().zip(&shape.0).all(|(numbers, group)| group.holds(numbers));
        if !fits {
            return Err(refusal(
                "entropy_numbers",
                "/numbers",
                [
                    &format!("号码与该彩票的开奖规则 {shape} 不符：个数、范围不对或有重复"),
                    &format!("numbers do not fit the lottery's shape {shape}: count, range or a number twice"),
                ],
                ["按开奖公告逐个核对", "compare them one by one with the announcement"],
            ));
        }
        Ok(written(&self.numbers).into_bytes())
    }
}

/// Whether the source names one draw with enough outcomes, in its one spelling.
pub(super) fn check_source(named: &PublicEntropy) -> Result<(), Box<Fault>> {
    shape_of(&named.source).map(|_| ()).ok_or_else(|| malformed(&named.source))
}

/// RFC 3797, section 4: a source's values in ascending order, each ended by a period, the source by a slash.
fn written(groups: &[Vec<u32>]) -> String {
    let mut text = String::new();
    for group in groups {
        let mut sorted = group.clone();
        sorted.sort_unstable();
        for number in sorted {
            // Writing into a `String` cannot fail.
            let _ = write!(text, "{number}.");
        }
        text.push('/');
    }
    text
}

/// What is drawn under a source's text; `None` when it is not one of [`SOURCES`] with the issues of its lotteries.
fn shape_of(source: &str) -> Option<Shape> {
    let parts: Vec<&str> = source.split(" + ").collect();
    let names = |lotteries: &&&[Lottery]| {
        lotteries.len() == parts.len() && lotteries.iter().zip(&parts).all(|(lottery, text)| lottery.is_named_by(text))
    };
    let lotteries = SOURCES.iter().find(names)?;
    Some(Shape(lotteries.iter().flat_map(|lottery| lottery.shape).copied().collect()))
}

impl Lottery {
    /// Whether a text is `NAME 第ISSUE期`.
    fn is_named_by(&self, text: &str) -> bool {
        let issue = text.strip_prefix(self.name).and_then(|rest| rest.strip_prefix(" 第")?.strip_suffix('期'));
        issue.is_some_and(|issue| {
            issue.len() == self.digits && issue.bytes().all(|byte| byte.is_ascii_digit()) && !issue.ends_with("000")
        })
    }
}

fn malformed(source: &str) -> Box<Fault> {
    refusal(
        "entropy_source",
        "/public_entropy/source",
        [
            &format!("「{source}」不是可用的彩票期次，或写法不同"),
            &format!("`{source}` is no lottery draw that can be used, or is spelled otherwise"),
        ],
        [
            "写成「中国福利彩票快乐8 第2026135期」，或「中国福利彩票双色球 第2026135期 + 中国体育彩票超级大乐透 第26135期」",
            "write `中国福利彩票快乐8 第2026135期` or `中国福利彩票双色球 第2026135期 + 中国体育彩票超级大乐透 第26135期`",
        ],
    )
}

impl Group {
    fn holds(self, numbers: &[u32]) -> bool {
        let different: BTreeSet<_> = numbers.iter().collect();
        different.len() == numbers.len()
            && u32::try_from(numbers.len()) == Ok(self.count)
            && numbers.iter().all(|number| (1..=self.highest).contains(number))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, group) in self.0.iter().enumerate() {
            let plus = if place == 0 { "" } else { "+" };
            write!(formatter, "{plus}{}/{}", group.count, group.highest)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{EntropyOutcome, LOTTERY_RULE, Origin};
    use super::*;
    use crate::bank::Profile;

    const BOTH: &str = "中国福利彩票双色球 第2026135期 + 中国体育彩票超级大乐透 第26135期";
    const HAPPY: &str = "中国福利彩票快乐8 第2026300期";

    fn named(source: &str) -> PublicEntropy {
        let not_before_ms = Time::from_millis(1_795_320_000_000);
        PublicEntropy { source: source.into(), rule: LOTTERY_RULE.into(), not_before_ms }
    }

    fn outcome(source: &str, numbers: &[&[u32]]) -> EntropyOutcome {
        EntropyOutcome::Lottery(LotteryOutcome {
            v: 1,
            rule: LOTTERY_RULE.into(),
            source: source.into(),
            numbers: numbers.iter().map(|group| group.to_vec()).collect(),
            published_at_ms: Time::from_millis(1_795_320_000_000),
        })
    }

    fn code(outcome: &EntropyOutcome, source: &str) -> Option<String> {
        outcome.bytes_for(&named(source), Profile::Formal).err().map(|fault| fault.code)
    }

    // RFC 3797, section 4, of the example in ENTROPY.md; section 6 of the RFC writes its key string in the same way.
    #[test]
    fn numbers_are_written_as_the_rfc_does() {
        let red = [3, 9, 14, 22, 27, 31];
        let both = outcome(BOTH, &[&red, &[7], &[2, 11, 19, 28, 35], &[4, 12]]);
        let bytes = Ok(b"3.9.14.22.27.31./7./2.11.19.28.35./4.12./".to_vec());
        assert_eq!(both.bytes_for(&named(BOTH), Profile::Formal), bytes);
        assert_eq!(both.origin(), Origin::Announced);
        // Catches an organization that could choose among several ways to write one draw.
        let turned = outcome(BOTH, &[&[31, 3, 27, 9, 22, 14], &[7], &[35, 2, 28, 11, 19], &[12, 4]]);
        assert_eq!(turned.bytes_for(&named(BOTH), Profile::Formal), bytes);
        let happy: Vec<u32> = (1..=20).map(|number| number * 4).collect();
        let text = happy.iter().map(|number| format!("{number}.")).collect::<String>() + "/";
        assert_eq!(outcome(HAPPY, &[&happy]).bytes_for(&named(HAPPY), Profile::Sample), Ok(text.into_bytes()));
    }

    #[test]
    fn numbers_fit_the_shape() {
        let (red, front) = ([3, 9, 14, 22, 27, 31], [2, 11, 19, 28, 35]);
        let wrong: [&[&[u32]]; 8] = [
            &[&red, &[7]],
            &[&front, &[4, 12], &red, &[7]],
            &[&[3, 9, 14, 22, 27], &[7], &front, &[4, 12]],
            &[&[3, 9, 14, 22, 27, 27], &[7], &front, &[4, 12]],
            &[&[3, 9, 14, 22, 27, 34], &[7], &front, &[4, 12]],
            &[&[0, 9, 14, 22, 27, 31], &[7], &front, &[4, 12]],
            &[&red, &[17], &front, &[4, 12]],
            &[&red, &[7], &front, &[4, 13]],
        ];
        for numbers in wrong {
            assert_eq!(code(&outcome(BOTH, numbers), BOTH).as_deref(), Some("entropy_numbers"), "{numbers:?}");
        }
    }

    #[test]
    fn a_draw_before_the_time_is_refused() {
        let numbers: Vec<u32> = (1..=20).collect();
        let EntropyOutcome::Lottery(mut early) = outcome(HAPPY, &[&numbers]) else { unreachable!() };
        early.published_at_ms = Time::from_millis(1_795_319_999_999);
        assert_eq!(code(&EntropyOutcome::Lottery(early), HAPPY).as_deref(), Some("entropy_time"));
    }

    // A lottery with few outcomes can be tried in advance; a second spelling is a second throw.
    #[test]
    fn a_source_names_one_draw_of_many_outcomes_in_one_spelling() {
        for good in [HAPPY, BOTH, "中国福利彩票快乐8 第2026001期"] {
            assert_eq!(check_source(&named(good)), Ok(()), "{good}");
        }
        for bad in [
            "双色球",
            "中国福利彩票快乐8",
            "中国福利彩票快乐8 第期",
            "中国福利彩票快乐8 2026135",
            "中国福利彩票快乐8 下一期",
            "中国福利彩票快乐8  第2026135期",
            " 中国福利彩票快乐8 第2026135期",
            "中国福利彩票快乐8 第2026135期 ",
            "中国福利彩票快乐8 第２０２６１３５期",
            "中国福利彩票快乐8 第2026135期 20/80",
            "中国福利彩票快乐8 第26135期",
            "中国福利彩票快乐8 第2026000期",
            "中国福利彩票双色球 第2026135期",
            "中国体育彩票超级大乐透 第26135期",
            "中国体育彩票超级大乐透 第26135期 + 中国福利彩票双色球 第2026135期",
            "中国福利彩票双色球 第2026135期 + 中国体育彩票超级大乐透 第2026135期",
            "中国福利彩票双色球 第2026135期 + 中国体育彩票超级大乐透 第26000期",
            "中国福利彩票双色球 第2026135期+中国体育彩票超级大乐透 第26135期",
            "中国福利彩票双色球 第2026135期 + 中国福利彩票双色球 第2026136期",
            "中国福利彩票快乐8 第2026135期 + 中国体育彩票超级大乐透 第26135期",
            "某地彩票 第2026135期 6/33+1/16",
            "某彩票 第1期 1/1",
        ] {
            let fault = check_source(&named(bad)).expect_err(bad);
            assert_eq!((fault.code.as_str(), fault.place.as_str()), ("entropy_source", "/public_entropy/source"));
        }
    }
}
