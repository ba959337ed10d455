//! A named lottery draw, its numbers written as RFC 3797 (section 4) writes them.

use super::{PublicEntropy, refusal};
use crate::fault::Fault;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

/// The most groups of a draw, and numbers of a group.
const MOST_GROUPS: usize = 8;
const MOST_NUMBERS: u32 = 40;
/// The highest number that a group may have.
const HIGHEST: u32 = 9_999_999;

/// Lotteries that need no shape in the source, by the names that their operators announce them under.
const KNOWN: [(&str, &str); 3] =
    [("中国福利彩票双色球", "6/33+1/16"), ("中国体育彩票超级大乐透", "5/35+2/12"), ("中国福利彩票快乐8", "20/80")];

/// The numbers that a lottery drew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LotteryOutcome {
    /// [`super::OUTCOME_VERSION`].
    pub v: u32,
    /// [`super::LOTTERY_RULE`].
    pub rule: String,
    /// The manifest's source: the lottery and the issue.
    pub source: String,
    /// The numbers of each group, groups in the order of the source's shape, numbers in any order.
    pub numbers: Vec<Vec<u32>>,
    /// When they were drawn, as it was announced.
    pub published_at_ms: Time,
}

/// What a lottery draws: groups of different numbers from 1.
#[derive(Debug, PartialEq, Eq)]
struct Shape(Vec<Group>);

/// `count` different numbers from 1 to `highest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group {
    count: u32,
    highest: u32,
}

impl LotteryOutcome {
    /// The numbers of each group in ascending order, each followed by a period, each group by a slash.
    pub(super) fn bytes(&self, named: &PublicEntropy) -> Result<Vec<u8>, Box<Fault>> {
        let shape = shape_of(&named.source).ok_or_else(|| malformed(&named.source))?;
        if self.published_at_ms < named.not_before_ms {
            return Err(refusal(
                "entropy_time",
                "/published_at_ms",
                ["开奖时间早于清单所定的最早时间", "it was drawn before the time that the manifest sets"],
                [
                    "核对期号和开奖时间；清单定后才开奖的一期方可使用",
                    "check issue and time: it must be drawn after the manifest",
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

/// Whether the source names one draw of one lottery, whose shape is known.
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

/// Reads `NAME 第ISSUE期` of a known lottery, or `NAME 第ISSUE期 SHAPE`; `None` for anything else.
fn shape_of(source: &str) -> Option<Shape> {
    let (head, last) = source.rsplit_once(' ')?;
    let (name, issue, stated) = if last.contains('/') {
        let (name, issue) = head.rsplit_once(' ')?;
        (name, issue, Some(Shape::parse(last)?))
    } else {
        (head, last, None)
    };
    let digits = issue.strip_prefix('第')?.strip_suffix('期')?;
    let is_number = (1..=12).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if name.is_empty() || name != name.trim() || !is_number {
        return None;
    }
    let known = KNOWN.iter().find(|(lottery, _)| *lottery == name).and_then(|(_, shape)| Shape::parse(shape));
    match (known, stated) {
        (Some(known), Some(stated)) => (known == stated).then_some(known),
        (known, stated) => known.or(stated),
    }
}

fn malformed(source: &str) -> Box<Fault> {
    let known = KNOWN.map(|(name, _)| name).join("、");
    refusal(
        "entropy_source",
        "/public_entropy/source",
        [
            &format!("「{source}」没有写明是哪个彩票、哪一期、开出哪些号码"),
            &format!("`{source}` does not say which lottery, which issue and which numbers"),
        ],
        [
            &format!(
                "写成「中国福利彩票双色球 第2026135期」（{known}），其他彩票再写规则，如「… 第2026135期 6/33+1/16」"
            ),
            "write `NAME 第ISSUE期` of a known lottery, or add the shape: `NAME 第ISSUE期 6/33+1/16`",
        ],
    )
}

impl Shape {
    /// Reads groups `count/highest` that are joined by `+`.
    fn parse(text: &str) -> Option<Self> {
        let group = |text: &str| {
            let (count, highest) = text.split_once('/')?;
            let group = Group { count: plain(count)?, highest: plain(highest)? };
            let possible = group.count <= group.highest.min(MOST_NUMBERS) && group.highest <= HIGHEST;
            possible.then_some(group)
        };
        let groups: Vec<Group> = text.split('+').map(group).collect::<Option<_>>()?;
        (groups.len() <= MOST_GROUPS).then_some(Self(groups))
    }
}

/// A number from 1 without leading zeros or sign, so that each shape is written in one way.
fn plain(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
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

    const SOURCE: &str = "中国福利彩票双色球 第2026135期";

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
        outcome.bytes_for(&named(source)).err().map(|fault| fault.code)
    }

    // RFC 3797, section 6: its three sources and its key string.
    #[test]
    fn numbers_are_written_as_the_rfc_does() {
        let source = "RFC 3797 第6期 1/9999+5/12+6/45";
        let outcome = outcome(source, &[&[9319], &[2, 5, 12, 8, 10], &[9, 18, 26, 34, 41, 45]]);
        assert_eq!(outcome.bytes_for(&named(source)), Ok(b"9319./2.5.8.10.12./9.18.26.34.41.45./".to_vec()));
        assert_eq!(outcome.origin(), Origin::Announced);
    }

    // Catches an organization that could choose among several ways to write one draw.
    #[test]
    fn one_draw_has_one_text() {
        let red = [3, 9, 14, 22, 27, 31];
        let bytes = outcome(SOURCE, &[&red, &[7]]).bytes_for(&named(SOURCE));
        assert_eq!(bytes, Ok(b"3.9.14.22.27.31./7./".to_vec()));
        assert_eq!(outcome(SOURCE, &[&[31, 3, 27, 9, 22, 14], &[7]]).bytes_for(&named(SOURCE)), bytes);
        let wrong: [&[&[u32]]; 7] = [
            &[&red],
            &[&[7], &red],
            &[&[3, 9, 14, 22, 27], &[7]],
            &[&[3, 9, 14, 22, 27, 27], &[7]],
            &[&[3, 9, 14, 22, 27, 34], &[7]],
            &[&[0, 9, 14, 22, 27, 31], &[7]],
            &[&red, &[17]],
        ];
        for numbers in wrong {
            assert_eq!(code(&outcome(SOURCE, numbers), SOURCE).as_deref(), Some("entropy_numbers"), "{numbers:?}");
        }
    }

    #[test]
    fn a_draw_before_the_manifest_is_refused() {
        let EntropyOutcome::Lottery(mut early) = outcome(SOURCE, &[&[3, 9, 14, 22, 27, 31], &[7]]) else {
            unreachable!()
        };
        early.published_at_ms = Time::from_millis(1_795_319_999_999);
        assert_eq!(code(&EntropyOutcome::Lottery(early), SOURCE).as_deref(), Some("entropy_time"));
    }

    #[test]
    fn a_source_names_one_draw() {
        for good in
            ["中国福利彩票快乐8 第2026300期", "中国福利彩票双色球 第1期 6/33+1/16", "UK Lotto 第2026期 6/59+1/59"]
        {
            assert_eq!(check_source(&named(good)), Ok(()), "{good}");
        }
        for bad in [
            "双色球",
            "中国福利彩票双色球",
            "中国福利彩票双色球 第期",
            "中国福利彩票双色球 2026135",
            "中国福利彩票双色球 下一期",
            "中国福利彩票双色球  第2026135期",
            "某地彩票 第2026135期",
            "中国福利彩票双色球 第2026135期 6/33",
            "某地彩票 第2026135期 0/33",
            "某地彩票 第2026135期 6/5",
            "某地彩票 第2026135期 06/33",
            "某地彩票 第2026135期 6/33+",
            " 第2026135期 6/33",
        ] {
            let fault = check_source(&named(bad)).expect_err(bad);
            assert_eq!((fault.code.as_str(), fault.place.as_str()), ("entropy_source", "/public_entropy/source"));
        }
    }
}
