//! From the 33 texts of a row or web form to a candidate, or to everything that is wrong with them.

use super::Candidate;
use super::check::Check;
use super::column::Column;
use super::condition::ApplyConditions;
use crate::bank::Level;
use crate::date::Date;
use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Youngest age at the exam in completed years; there is no upper limit.
pub const MINIMUM_AGE: u32 = 16;

/// A filled in form: texts by column. In JSON an object by the fields' names.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CandidateForm(BTreeMap<Column, String>);

/// The requirements of a plan for its candidates.
#[derive(Clone, Copy, Debug)]
pub struct AdmissionRules<'a> {
    /// The day of the exam, by which ages are counted.
    pub exam_day: Date,
    /// Levels that the plan examines.
    pub levels: &'a [Level],
    /// Who may apply.
    pub conditions: &'a ApplyConditions,
}

impl CandidateForm {
    /// Fills in a field; the ends are trimmed, and an empty text is the same as none.
    pub fn set(&mut self, column: Column, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            self.0.remove(&column);
        } else {
            self.0.insert(column, text.to_owned());
        }
    }

    /// The text of a field.
    #[must_use]
    pub fn get(&self, column: Column) -> Option<&str> {
        self.0.get(&column).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// Whether nothing is filled in beside the running number.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        Column::ALL.iter().all(|column| *column == Column::Serial || self.get(*column).is_none())
    }

    /// The candidate.
    ///
    /// # Errors
    /// Every fault of the form, in the order of its columns. A place is the column alone
    /// (`「证件号码」`).
    pub fn admit(&self, rules: &AdmissionRules<'_>) -> Result<Candidate, Vec<Fault>> {
        let mut check = Check::new(self);
        let candidate = check.candidate(rules);
        let mut faults = check.into_faults();
        match candidate {
            Some(candidate) if faults.is_empty() => Ok(candidate),
            _ => {
                faults.sort_by_key(|fault| Column::ALL.iter().position(|column| column.place() == fault.place));
                Err(faults)
            }
        }
    }
}

impl std::fmt::Debug for CandidateForm {
    /// The columns that are filled in; their texts are personal.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::codes::Source;
    use super::*;

    const VALID: [(Column, &str); 12] = [
        (Column::Occupation, "4—14—01—03"),
        (Column::Level, "初级工(五级)"),
        (Column::ApplyCondition, "5-1"),
        (Column::IdKind, "身份证"),
        (Column::IdNumber, "100000196803140025"),
        (Column::Name, "𠮷春梅"),
        (Column::Sex, "女"),
        (Column::BirthDate, "1968/3/14"),
        (Column::Phone, "138 0013 8000"),
        (Column::Source, "退休"),
        (Column::ExamKind, "正考"),
        (Column::BriefHistory, "2019 年起\n在示例护理站工作"),
    ];

    /// The codes and columns of the faults of a valid form in which some fields were changed.
    fn faults(changes: &[(Column, &str)]) -> Vec<(String, String)> {
        match admit(changes, "2026-12-01") {
            Ok(_) => Vec::new(),
            Err(faults) => faults.into_iter().map(|fault| (fault.code, fault.place)).collect(),
        }
    }

    fn admit(changes: &[(Column, &str)], exam_day: &str) -> Result<Candidate, Vec<Fault>> {
        let mut form = CandidateForm::default();
        for (column, text) in VALID.iter().chain(changes) {
            form.set(*column, text);
        }
        let conditions = ApplyConditions::standard();
        let exam_day = exam_day.parse().map_err(|_| Vec::new())?;
        form.admit(&AdmissionRules { exam_day, levels: &[Level::Five], conditions: &conditions })
    }

    #[test]
    fn a_valid_form_becomes_a_candidate() -> Result<(), Vec<Fault>> {
        let candidate = admit(&[], "2026-12-01")?;
        assert_eq!(candidate.name.as_str(), "𠮷春梅");
        assert_eq!(candidate.birth_date.to_string(), "1968-03-14");
        assert_eq!(candidate.phone.as_str(), "13800138000");
        assert_eq!(candidate.brief_history.as_deref(), Some("2019 年起 在示例护理站工作"));
        assert_eq!((candidate.source, candidate.certificate, candidate.employer), (Source::Retired, None, None));
        Ok(())
    }

    #[test]
    fn each_defect_is_named_at_its_column() {
        for (column, text, code) in [
            (Column::Occupation, "养老护理员", "occupation_unknown"),
            (Column::Level, "六级", "level_unknown"),
            (Column::Level, "", "required_empty"),
            (Column::ApplyCondition, "5-9", "condition_unknown"),
            (Column::ApplyCondition, "4-1", "condition_other_level"),
            (Column::IdKind, "驾驶证", "code_unknown"),
            (Column::IdNumber, "100000196803140026", "id_number_checksum"),
            (Column::IdNumber, "100000197902290015", "id_number_birth_date"),
            (Column::IdNumber, "1.00000196803140E+17", "id_number_as_number"),
            (Column::Name, "张 三", "name_blank"),
            (Column::Name, "", "required_empty"),
            (Column::Name, "=cmd|'/C calc'!A1", "formula"),
            (Column::Sex, "f", "code_unknown"),
            (Column::Sex, "男", "sex_disagrees"),
            (Column::BirthDate, "1968-03-15", "birth_date_disagrees"),
            (Column::BirthDate, "1968-02-30", "date_impossible"),
            (Column::Phone, "12345", "phone_form"),
            (Column::Source, "火星", "code_unknown"),
            (Column::ExamKind, "补考", "code_unknown"),
            (Column::Employer, "@SUM(A1)", "formula"),
            (Column::Employer, "示例\u{200B}护理站", "invisible_character"),
            (Column::Major, "护\n理", "invisible_character"),
            (Column::HasCertificate, "也许", "code_unknown"),
            (Column::Email, "someone", "email_form"),
            (Column::YearsInField, "两年", "number_form"),
            (Column::Postcode, "1234", "postcode_form"),
            (Column::WorkSince, "2030-13", "date_impossible"),
        ] {
            assert_eq!(faults(&[(column, text)]), [(code.to_owned(), column.place())], "{text}");
        }
        let long = "长".repeat(101);
        assert_eq!(faults(&[(Column::Employer, &long)]), [("overlong".to_owned(), Column::Employer.place())]);
    }

    #[test]
    fn all_faults_come_at_once_in_the_order_of_the_columns() {
        let found =
            faults(&[(Column::Postcode, "1"), (Column::Name, "张1"), (Column::Level, ""), (Column::Employer, "=1")]);
        let codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, ["required_empty", "name_character", "formula", "postcode_form"]);
    }

    #[test]
    fn sixteen_on_the_day_of_the_exam() {
        // 16 years old on 2026-11-22; the check character was computed by other software.
        let young = [(Column::IdNumber, "100000201011220020"), (Column::BirthDate, "2010-11-22")];
        assert!(admit(&young, "2026-11-22").is_ok());
        let refused = admit(&young, "2026-11-21").err().unwrap_or_default();
        assert_eq!(refused.iter().map(|fault| fault.code.as_str()).collect::<Vec<_>>(), ["under_age"]);
    }

    #[test]
    fn a_certificate_is_told_in_full_or_not_at_all() -> Result<(), Vec<Fault>> {
        let code = |changes: &[(Column, &str)]| {
            faults(changes).into_iter().map(|(code, _)| code).collect::<Vec<_>>().join(" ")
        };
        let (has, level, number) = (Column::HasCertificate, Column::CertificateLevel, Column::CertificateNumber);
        let held = admit(&[(has, "是"), (level, "技师"), (number, "示例-001")], "2026-12-01")?.certificate;
        assert_eq!(held.map(|held| (held.level.number(), held.number)), Some((2, "示例-001".to_owned())));
        assert_eq!(code(&[(has, "是"), (level, "五级")]), "certificate_incomplete");
        assert_eq!(code(&[(has, "否"), (number, "示例-001"), (level, "五级")]), "certificate_contradiction");
        assert_eq!(code(&[(has, "是")]), "certificate_incomplete certificate_incomplete");
        Ok(())
    }

    #[test]
    fn a_condition_that_rests_on_a_certificate_needs_it() {
        let mut form = CandidateForm::default();
        for (column, text) in VALID {
            form.set(column, text);
        }
        form.set(Column::Level, "四级");
        form.set(Column::ApplyCondition, "4-2");
        let conditions = ApplyConditions::standard();
        let rules = Date::new(2026, 12, 1).map(|exam_day| AdmissionRules {
            exam_day,
            levels: &[Level::Four],
            conditions: &conditions,
        });
        let codes = |form: &CandidateForm| match rules.as_ref().map(|rules| form.admit(rules)) {
            Ok(Err(faults)) => faults.into_iter().map(|fault| fault.code).collect(),
            _ => Vec::new(),
        };
        assert_eq!(codes(&form), ["condition_evidence"]);
        form.set(Column::CertificateLevel, "五级");
        form.set(Column::CertificateNumber, "S000031000001255000001");
        assert!(rules.as_ref().is_ok_and(|rules| form.admit(rules).is_ok()));
    }

    #[test]
    fn texts_of_a_candidate_read_back_the_same() -> Result<(), Vec<Fault>> {
        let full = [
            (Column::Serial, "7"),
            (Column::HasCertificate, "是"),
            (Column::CertificateLevel, "五级"),
            (Column::CertificateNumber, "示例-001"),
            (Column::Education, "初中"),
            (Column::Region, "示例省"),
            (Column::Employer, "示例护理站"),
            (Column::RegisteredBy, "示例培训学校"),
            (Column::Assessment, "初次认定"),
            (Column::Major, "无"),
            (Column::Ethnicity, "汉族"),
            (Column::WorkSince, "2015-07"),
            (Column::Email, "a@example.com"),
            (Column::YearsInField, "3"),
            (Column::HouseholdRegistration, "示例县"),
            (Column::PoliticalStatus, "群众"),
            (Column::DiplomaNumber, "示例002"),
            (Column::Address, "示例路 1 号"),
            (Column::CertificateDelivery, "自取"),
            (Column::Postcode, "010000"),
            (Column::PostalAddress, "示例路 1 号"),
        ];
        let candidate = admit(&full, "2026-12-01")?;
        let texts: Vec<(Column, String)> =
            Column::ALL.iter().map(|column| (*column, candidate.text(*column))).collect();
        assert!(texts.iter().all(|(_, text)| !text.is_empty()), "every field was filled in");
        let again: Vec<(Column, &str)> = texts.iter().map(|(column, text)| (*column, text.as_str())).collect();
        assert_eq!(admit(&again, "2026-12-01")?, candidate);
        let json = serde_json::to_value(&candidate).unwrap_or_default();
        assert_eq!(json.get("id_number").and_then(|v| v.as_str()), Some("100000196803140025"));
        assert_eq!(serde_json::from_value::<Candidate>(json).ok(), Some(candidate.clone()));
        let shown = format!("{candidate:?}");
        assert!(!shown.contains("19680314") && !shown.contains("春梅") && !shown.contains("13800138000"), "{shown}");
        Ok(())
    }

    #[test]
    fn no_message_repeats_a_number() {
        let shifted = [
            (Column::Sex, "100000196803140025"),
            (Column::Level, "100000196803140025"),
            (Column::IdNumber, "100000196803140026"),
        ];
        let refused = admit(&shifted, "2026-12-01").err().unwrap_or_default();
        assert_eq!(refused.len(), 3);
        let told = serde_json::to_string(&refused).unwrap_or_default();
        assert!(!told.contains("19680314"), "{told}");
    }
}
