//! The fields of a form one by one, and against each other.

use super::codes::{self, Assessment, ExamKind, HeldLevel, Sex, Source};
use super::column::Column;
use super::condition::ApplyCondition;
use super::field::{any_text, email, is_scientific, occupation, phone, postcode};
use super::form::{AdmissionRules, CandidateForm, MINIMUM_AGE};
use super::identity::{IdDocument, IdKind};
use super::name::PersonName;
use super::problem::{Problem, evidence, id_number_as_number, required, unknown};
use super::{Candidate, HeldCertificate};
use crate::bank::Level;
use crate::date::{Date, PartialDate};
use crate::fault::Fault;
use crate::text::{fold_width, masked_number, quoted};
use std::collections::BTreeMap;

/// Fields that hold free text.
const FREE: [Column; 14] = [
    Column::Education,
    Column::Region,
    Column::Employer,
    Column::RegisteredBy,
    Column::Major,
    Column::Ethnicity,
    Column::HouseholdRegistration,
    Column::PoliticalStatus,
    Column::DiplomaNumber,
    Column::BriefHistory,
    Column::Address,
    Column::CertificateDelivery,
    Column::PostalAddress,
    Column::CertificateNumber,
];

pub(super) struct Check<'a> {
    form: &'a CandidateForm,
    faults: Vec<Fault>,
}

impl<'a> Check<'a> {
    pub(super) const fn new(form: &'a CandidateForm) -> Self {
        Self { form, faults: Vec::new() }
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// Checks everything before it gives up, so that all faults come at once.
    pub(super) fn candidate(&mut self, rules: &AdmissionRules<'_>) -> Option<Candidate> {
        let serial = self.number(Column::Serial, u32::MAX);
        let occupation = self.read(Column::Occupation, occupation);
        let level = self.level(rules);
        let condition = self.condition(rules, level);
        let document = self.document();
        let name = self.read(Column::Name, |text| PersonName::read(text).map_err(Problem::from));
        let sex = self.coded(Column::Sex, Sex::read, Sex::ALL.iter().map(|sex| sex.chinese()));
        let birth_date = self.read(Column::BirthDate, |text| Date::read(text).map_err(Problem::from));
        self.agreement(document.as_ref(), sex, birth_date, rules.exam_day);
        let phone = self.read(Column::Phone, phone);
        let source = self.coded(Column::Source, Source::read, Source::ALL.iter().map(|source| source.chinese()));
        let assessment = self.coded(Column::Assessment, Assessment::read, Assessment::ALL.iter().map(|a| a.chinese()));
        let exam_kind = self.coded(Column::ExamKind, ExamKind::read, ExamKind::ALL.iter().map(|kind| kind.chinese()));
        let work_since = self.read(Column::WorkSince, |text| PartialDate::read(text).map_err(Problem::from));
        let email = self.read(Column::Email, email);
        let years_in_field = self.number(Column::YearsInField, 80).and_then(|years| u8::try_from(years).ok());
        let postcode = self.read(Column::Postcode, postcode);
        let mut free: BTreeMap<Column, String> =
            FREE.into_iter().filter_map(|column| Some((column, self.free_text(column)?))).collect();
        let certificate = self.certificate(free.remove(&Column::CertificateNumber), condition);
        occupation?;
        Some(Candidate {
            serial,
            level: level?,
            apply_condition: condition?.code.clone(),
            document: document?,
            name: name?,
            sex: sex?,
            birth_date: birth_date?,
            phone: phone?,
            certificate,
            education: free.remove(&Column::Education),
            region: free.remove(&Column::Region),
            source: source?,
            employer: free.remove(&Column::Employer),
            registered_by: free.remove(&Column::RegisteredBy),
            assessment,
            major: free.remove(&Column::Major),
            exam_kind: exam_kind?,
            ethnicity: free.remove(&Column::Ethnicity),
            work_since,
            email,
            years_in_field,
            household_registration: free.remove(&Column::HouseholdRegistration),
            political_status: free.remove(&Column::PoliticalStatus),
            diploma_number: free.remove(&Column::DiplomaNumber),
            brief_history: free.remove(&Column::BriefHistory),
            address: free.remove(&Column::Address),
            certificate_delivery: free.remove(&Column::CertificateDelivery),
            postcode,
            postal_address: free.remove(&Column::PostalAddress),
        })
    }

    fn add(&mut self, column: Column, problem: Problem) {
        self.faults.push(problem.at(column.place()));
    }

    /// Reads a field that is filled in and passes what holds for every text.
    fn read<T>(&mut self, column: Column, read: impl FnOnce(&str) -> Result<T, Problem>) -> Option<T> {
        let Some(text) = self.form.get(column) else {
            if column.is_required() {
                self.add(column, required());
            }
            return None;
        };
        match any_text(column, text).and_then(|()| read(text)) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.add(column, problem);
                None
            }
        }
    }

    fn free_text(&mut self, column: Column) -> Option<String> {
        self.read(column, |text| Ok(text.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    fn number(&mut self, column: Column, most: u32) -> Option<u32> {
        self.read(column, |text| {
            let folded = fold_width(text);
            let digits = folded.strip_suffix('年').unwrap_or(&folded);
            digits.parse::<u32>().ok().filter(|number| *number <= most).ok_or_else(|| {
                Problem::new(
                    "number_form",
                    (format!("{}不是 0 至 {most} 的整数。", quoted(text)), format!("not a whole number up to {most}")),
                    ("填写整数，或留空。", "enter a whole number, or leave it empty"),
                )
            })
        })
    }

    fn coded<T>(
        &mut self,
        column: Column,
        read: impl FnOnce(&str) -> Option<T>,
        names: impl Iterator<Item = &'static str>,
    ) -> Option<T> {
        self.read(column, |text| read(text).ok_or_else(|| unknown(text, &names.collect::<Vec<_>>().join("、"))))
    }

    fn level(&mut self, rules: &AdmissionRules<'_>) -> Option<Level> {
        let level = self.read(Column::Level, |text| {
            codes::read_level(text).ok_or_else(|| {
                Problem::new(
                    "level_unknown",
                    (format!("{}不是本职业的等级。", quoted(text)), "not a level of this occupation"),
                    ("填写 五级/初级工、四级/中级工 或 三级/高级工。", "enter level 5, 4 or 3"),
                )
            })
        })?;
        if !rules.levels.contains(&level) {
            let planned = rules.levels.iter().map(|level| level.chinese()).collect::<Vec<_>>().join("、");
            self.add(
                Column::Level,
                Problem::new(
                    "level_not_in_plan",
                    (
                        format!("本批次考 {planned}，不考 {}。", level.chinese()),
                        format!("level {level} is not examined in this batch"),
                    ),
                    (
                        "改正等级，或把该考生移到考该等级的批次。",
                        "correct the level, or register in a batch of that level",
                    ),
                ),
            );
        }
        Some(level)
    }

    fn condition<'r>(&mut self, rules: &AdmissionRules<'r>, level: Option<Level>) -> Option<&'r ApplyCondition> {
        let codes = |level: Option<Level>| match level {
            Some(level) => rules.conditions.codes(level),
            None => Level::ALL.iter().map(|level| rules.conditions.codes(*level)).collect::<Vec<_>>().join("、"),
        };
        let condition = self.read(Column::ApplyCondition, |text| {
            rules.conditions.read(text).ok_or_else(|| {
                Problem::new(
                    "condition_unknown",
                    (format!("{}不是申报条件的代码。", quoted(text)), "not the code of a condition"),
                    (
                        format!("填写 {}；若 Excel 把它变成了日期，请先把该列设为文本。", codes(level)),
                        "enter a code of the level; if Excel made a date of it, format the column as text first",
                    ),
                )
            })
        })?;
        if level.is_some_and(|level| level != condition.level) {
            self.add(
                Column::ApplyCondition,
                Problem::new(
                    "condition_other_level",
                    (
                        format!("{} 是 {} 的申报条件。", condition.code, condition.level.chinese()),
                        format!("{} is a condition of level {}", condition.code, condition.level),
                    ),
                    (format!("填写 {}。", codes(level)), "enter a condition of the candidate's level"),
                ),
            );
        }
        Some(condition)
    }

    fn document(&mut self) -> Option<IdDocument> {
        let kind = self.coded(Column::IdKind, IdKind::read, IdKind::ALL.iter().map(|kind| kind.chinese()));
        self.read(Column::IdNumber, |text| {
            if is_scientific(text) {
                return Err(id_number_as_number());
            }
            // Without a kind the number cannot be judged; the fault of the kind is already
            // reported.
            kind.map(|kind| {
                IdDocument::read(kind, text).map_err(|error| Problem::from(error).about(&masked_number(text)))
            })
            .transpose()
        })
        .flatten()
    }

    fn agreement(&mut self, document: Option<&IdDocument>, sex: Option<Sex>, birth: Option<Date>, exam_day: Date) {
        let cure = ("对照证件改正两者中写错的一个。", "correct the wrong one of the two from the document");
        let numbered = document.and_then(IdDocument::birth_date);
        if let (Some(numbered), Some(written)) = (numbered, birth)
            && numbered != written
        {
            let cause = ("与证件号码中的出生日期不一致。", "disagrees with the date of birth in the ID number");
            self.add(Column::BirthDate, Problem::new("birth_date_disagrees", cause, cure));
        }
        if let (Some(numbered), Some(written)) = (document.and_then(IdDocument::sex), sex)
            && numbered != written
        {
            let cause = ("与证件号码中的性别不一致。", "disagrees with the sex in the ID number");
            self.add(Column::Sex, Problem::new("sex_disagrees", cause, cure));
        }
        if numbered.or(birth).is_some_and(|birth| birth.age_on(exam_day) < MINIMUM_AGE) {
            self.add(
                Column::BirthDate,
                Problem::new(
                    "under_age",
                    (
                        format!("考试日 {exam_day} 未满 {MINIMUM_AGE} 周岁。"),
                        format!("younger than {MINIMUM_AGE} on the exam day {exam_day}"),
                    ),
                    (
                        "核对出生日期；未满年龄的不能报考本批次。",
                        "check the date; who is too young waits for a later batch",
                    ),
                ),
            );
        }
    }

    fn certificate(&mut self, number: Option<String>, condition: Option<&ApplyCondition>) -> Option<HeldCertificate> {
        let has = self.coded(Column::HasCertificate, codes::read_yes, ["是", "否"].into_iter());
        let names = (1..=5).rev().filter_map(|level| HeldLevel::new(level).ok()).map(HeldLevel::chinese);
        let level = self.coded(Column::CertificateLevel, HeldLevel::read, names);
        let filled = |column| self.form.get(column).is_some();
        let (has_number, has_level) = (filled(Column::CertificateNumber), filled(Column::CertificateLevel));
        if has == Some(false) && (has_number || has_level) {
            let cause = ("写的是“否”，却填了证书等级或编号。", "says no, yet a certificate's level or number is given");
            self.add(
                Column::HasCertificate,
                Problem::new(
                    "certificate_contradiction",
                    cause,
                    ("改为“是”，或清空证书等级和编号。", "say yes, or clear level and number"),
                ),
            );
            return None;
        }
        if has == Some(true) || has_number || has_level {
            for column in [Column::CertificateLevel, Column::CertificateNumber] {
                if self.form.get(column).is_none() {
                    self.add(
                        column,
                        Problem::new(
                            "certificate_incomplete",
                            ("有证书的，证书等级和证书编号都要填写。", "a certificate needs its level and its number"),
                            ("对照证书填写。", "enter it from the certificate"),
                        ),
                    );
                }
            }
        } else if let Some(condition) = condition.filter(|condition| condition.needs_certificate) {
            self.add(Column::CertificateNumber, evidence(&condition.code));
        }
        Some(HeldCertificate { level: level?, number: number? })
    }
}
