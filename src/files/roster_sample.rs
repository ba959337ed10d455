//! Synthetic candidates for demonstrations and tests. Nobody of this name and number exists.

use kaoping_engine::bank::Level;
use kaoping_engine::date::Date;
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::roster::identity::check_character;
use kaoping_engine::roster::{AdmissionRules, ApplyConditions, Candidate, CandidateForm, Column};
use kaoping_record::digest::keyed;
use std::collections::BTreeSet;

/// The most candidates, so that numbers stay distinct.
pub const MAX_SYNTHETIC: u32 = 9999;

/// Of each ten candidates that are not set apart, so many are women between 40 and 60.
const WOMEN_OF_MIDDLE_AGE: u32 = 7;

/// `count` candidates of level 5 for an exam on `exam_day`; the same arguments give the same people.
///
/// ID numbers are of the region 100000, which was never assigned, with a right check character; telephone numbers of
/// the segment 154, which is not in use. Ages run from 17 to 68, most are women from 40 to 60. Of each forty, one name
/// holds 𠮷, one a `·`, and one person holds a 港澳台居民居住证.
///
/// # Errors
/// A fault when `count` exceeds [`MAX_SYNTHETIC`], or when `exam_day` is no day on which people of those ages exist.
pub fn synthetic_roster(count: u32, seed: u64, exam_day: Date) -> Result<Vec<Candidate>, Vec<Fault>> {
    if count > MAX_SYNTHETIC {
        return Err(vec![Fault::new(
            "too_many_synthetic",
            "count",
            Text::new(
                format!("虚构考生最多 {MAX_SYNTHETIC} 名。"),
                format!("at most {MAX_SYNTHETIC} synthetic candidates"),
            ),
            Text::new("减少人数。", "ask for fewer"),
        )]);
    }
    let conditions = ApplyConditions::standard();
    let rules = AdmissionRules { exam_day, levels: &[Level::Five], conditions: &conditions };
    let mut taken = BTreeSet::new();
    (0..count).map(|index| person(index, seed, exam_day, &mut taken).admit(&rules)).collect()
}

fn person(index: u32, seed: u64, exam_day: Date, taken: &mut BTreeSet<String>) -> CandidateForm {
    let mut draw = Draw::new(seed, index);
    let place = index % 40;
    let (is_woman, age) = match place {
        5 => (true, 17),
        6 => (false, 68),
        _ if draw.below(10) < WOMEN_OF_MIDDLE_AGE => (true, 40 + draw.below(21)),
        _ => (draw.below(2) == 0, 18 + draw.below(50)),
    };
    let number = id_number(age, is_woman, exam_day, &mut draw, taken);
    let given = if is_woman { WOMEN } else { MEN };
    let name = match place {
        3 => format!("𠮷{}", draw.of(given)),
        11 => format!(
            "{}·{}",
            draw.of(&["阿依古丽", "古丽娜", "帕提曼", "阿孜古丽"]),
            draw.of(&["买买提", "吐尔逊", "艾合买提"])
        ),
        _ => format!("{}{}", draw.of(SURNAMES), draw.of(given)),
    };
    let source = match age {
        17..=22 => draw.of(&["在校学生", "应届毕业生", "个人"]),
        60.. => "退休人员",
        _ => draw.of(&["在职", "在职", "在职", "农村转移劳动力", "失业人员", "个人"]),
    };
    let mut form = CandidateForm::default();
    let county = draw.of(&["示例市甲县", "示例市乙区", "示例市丙县", "示例市丁区"]);
    let born = format!("{}-{}-{}", part(&number, 6, 10), part(&number, 10, 12), part(&number, 12, 14));
    for (column, text) in [
        (Column::Serial, (index + 1).to_string().as_str()),
        (Column::Occupation, "健康照护师（长期照护师）"),
        (Column::Level, "五级/初级工"),
        (Column::ApplyCondition, "5-1"),
        (Column::IdKind, if place == 7 { "港澳台居民居住证" } else { "居民身份证" }),
        (Column::IdNumber, &number),
        (Column::Name, &name),
        (Column::Sex, if is_woman { "女" } else { "男" }),
        (Column::BirthDate, &born),
        (Column::Phone, &format!("1540000{:04}", index + 1)),
        (Column::HasCertificate, "否"),
        (Column::Education, draw.of(&["小学", "初中", "初中", "高中", "中专", "大专"])),
        (Column::Region, county),
        (Column::Source, source),
        (Column::Employer, if source == "在职" { draw.of(EMPLOYERS) } else { "" }),
        (Column::RegisteredBy, draw.of(TRAINING_BODIES)),
        (Column::Assessment, "初次认定"),
        (Column::ExamKind, "正考"),
        (Column::Ethnicity, if place == 11 { "维吾尔族" } else { "汉族" }),
        (Column::HouseholdRegistration, county),
        (Column::CertificateDelivery, draw.of(&["自取", "邮寄"])),
    ] {
        form.set(column, text);
    }
    form
}

/// A number of the region 100000 that nobody else in the roster has.
fn id_number(age: u32, is_woman: bool, exam_day: Date, draw: &mut Draw, taken: &mut BTreeSet<String>) -> String {
    loop {
        // The last birthday lies 0 to 364 days before the exam, which gives exactly this age.
        let birthday = exam_day.plus_days(-i64::from(draw.below(365))).unwrap_or(exam_day);
        let year = birthday.year().saturating_sub(u16::try_from(age).unwrap_or_default());
        let day = if birthday.month() == 2 { birthday.day().min(28) } else { birthday.day() };
        let order = draw.below(500) * 2 + u32::from(!is_woman);
        let digits = format!("100000{year:04}{:02}{day:02}{order:03}", birthday.month());
        let number: String = digits.chars().chain(check_character(&digits)).collect();
        if taken.insert(number.clone()) {
            return number;
        }
    }
}

fn part(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}

/// Numbers of one person, from a keyed hash of the seed, the person and a counter.
struct Draw {
    key: [u8; 32],
    index: u32,
    count: u32,
}

impl Draw {
    fn new(seed: u64, index: u32) -> Self {
        let mut key = [0; 32];
        for (to, from) in key.iter_mut().zip(seed.to_le_bytes()) {
            *to = from;
        }
        Self { key, index, count: 0 }
    }

    /// A number below `bound`; nearly even, which suffices for people who do not exist.
    fn below(&mut self, bound: u32) -> u32 {
        let digest =
            keyed(&self.key, &[b"kaoping/synthetic-roster/1", &self.index.to_le_bytes(), &self.count.to_le_bytes()]);
        self.count += 1;
        let [a, b, c, d, ..] = *digest.as_bytes();
        u32::from_le_bytes([a, b, c, d]) % bound.max(1)
    }

    fn of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        let place = self.below(u32::try_from(texts.len()).unwrap_or(1));
        texts.get(place as usize).copied().unwrap_or_default()
    }
}

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高",
    "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹", "欧阳", "上官",
];
const WOMEN: &[&str] = &[
    "秀英", "桂兰", "春梅", "玉珍", "丽华", "红梅", "淑芬", "美玲", "小燕", "晓红", "彩霞", "凤英", "海燕", "桂芳",
    "爱华", "雪", "敏", "静", "霞", "婷婷",
];
const MEN: &[&str] = &["建国", "志强", "国庆", "文军", "永福", "海涛", "小兵", "德明", "伟", "勇", "军", "磊"];
const EMPLOYERS: &[&str] =
    &["示例护理院", "示例护理站（甲县）", "示例养老服务中心", "示例居家照护公司", "示例社区卫生服务站"];
const TRAINING_BODIES: &[&str] = &["示例职业培训学校", "示例技工学校", "示例护理培训中心"];

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_engine::roster::{IdKind, Sex};

    #[test]
    fn forty_people_as_promised() -> Result<(), Box<dyn std::error::Error>> {
        let exam_day = Date::new(2026, 12, 1)?;
        let people = synthetic_roster(40, 1, exam_day).map_err(|faults| format!("{faults:?}"))?;
        assert_eq!(people.len(), 40);
        assert_eq!(
            synthetic_roster(40, 1, exam_day).ok().as_ref(),
            Some(&people),
            "the same seed gives the same people"
        );
        assert_ne!(synthetic_roster(40, 2, exam_day).ok().as_ref(), Some(&people));
        let ages: Vec<u32> = people.iter().map(|person| person.birth_date.age_on(exam_day)).collect();
        assert_eq!((ages.iter().min(), ages.iter().max()), (Some(&17), Some(&68)));
        let is_typical =
            |person: &&Candidate| person.sex == Sex::Female && (40..=60).contains(&person.birth_date.age_on(exam_day));
        assert!(people.iter().filter(is_typical).count() > 20);
        assert!(people.iter().all(|person| person.document.number().starts_with("100000")));
        let numbers: BTreeSet<&str> = people.iter().map(|person| person.document.number()).collect();
        assert_eq!(numbers.len(), 40);
        assert_eq!(people.iter().filter(|person| person.name.as_str().contains('𠮷')).count(), 1);
        assert_eq!(people.iter().filter(|person| person.name.as_str().contains('·')).count(), 1);
        assert_eq!(people.iter().filter(|person| person.document.kind() == IdKind::ResidencePermit).count(), 1);
        Ok(())
    }

    #[test]
    fn many_people_stay_distinct() -> Result<(), Box<dyn std::error::Error>> {
        // A leap day as the exam's day, on which birthdays of other years do not exist.
        let people = synthetic_roster(2000, 7, Date::new(2028, 2, 29)?).map_err(|faults| format!("{faults:?}"))?;
        let numbers: BTreeSet<&str> = people.iter().map(|person| person.document.number()).collect();
        assert_eq!(numbers.len(), 2000);
        assert!(synthetic_roster(10_000, 7, Date::new(2028, 2, 29)?).is_err());
        Ok(())
    }
}
