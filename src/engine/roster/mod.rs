//! A candidate (考生) of a roster, as typed fields that cannot be wrong.
//!
//! What a clerk or an applicant filled in is a [`CandidateForm`]: 33 texts. [`CandidateForm::admit`] turns it into a
//! [`Candidate`] or names every fault of the row at once.
//!
//! - [`column`]: the 33 columns with their headers, lengths, and which must be filled in
//! - [`name`], [`identity`], [`phone`], [`codes`], [`condition`]: what the fields hold
//! - [`form`]: from texts to fields

mod check;
pub mod codes;
pub mod column;
pub mod condition;
mod field;
pub mod form;
pub mod identity;
pub mod name;
pub mod phone;
mod problem;

pub use codes::{Assessment, ExamKind, HeldLevel, Sex, Source};
pub use column::Column;
pub use condition::{ApplyCondition, ApplyConditions, ConditionCode};
pub use form::{AdmissionRules, CandidateForm};
pub use identity::{IdDocument, IdKind, IdNumberError};
pub use name::{PersonName, PersonNameError};
pub use phone::{Phone, PhoneError};

use crate::bank::Level;
use crate::date::{Date, PartialDate};
use crate::plan::organization::{OCCUPATION, SPECIALTY};
use serde::{Deserialize, Serialize};

/// A candidate who may be examined: the 33 fields of the registration form, checked one by one and against each other.
///
/// The occupation (职业工种名称) is no field: there is one. In JSON the document is the two fields `id_kind` and
/// `id_number`. `Debug` masks name, document and telephone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// 序号 in the file, which orders nothing.
    pub serial: Option<u32>,
    /// 认定等级.
    pub level: Level,
    /// 申报条件.
    pub apply_condition: ConditionCode,
    /// 证件类型, 证件号码.
    #[serde(flatten)]
    pub document: IdDocument,
    /// 姓名.
    pub name: PersonName,
    /// 性别.
    pub sex: Sex,
    /// 出生日期.
    pub birth_date: Date,
    /// 手机号码.
    pub phone: Phone,
    /// 证书等级, 证书编号 of the certificate that the candidate holds; with 是否有职业资格证书 否 there is none.
    pub certificate: Option<HeldCertificate>,
    /// 文化程度.
    pub education: Option<String>,
    /// 所在省（市）区.
    pub region: Option<String>,
    /// 考生来源.
    pub source: Source,
    /// 所在单位, against which examiners are checked.
    pub employer: Option<String>,
    /// 报名单位: the training body or school that registers a group; none when people register themselves.
    pub registered_by: Option<String>,
    /// 认定分类.
    pub assessment: Option<Assessment>,
    /// 专业.
    pub major: Option<String>,
    /// 考试类型.
    pub exam_kind: ExamKind,
    /// 民族.
    pub ethnicity: Option<String>,
    /// 参加工作时间.
    pub work_since: Option<PartialDate>,
    /// 电子邮箱.
    pub email: Option<String>,
    /// 专业年限 in whole years.
    pub years_in_field: Option<u8>,
    /// 户籍所在地.
    pub household_registration: Option<String>,
    /// 政治面貌.
    pub political_status: Option<String>,
    /// 学历证书编号.
    pub diploma_number: Option<String>,
    /// 简要经历.
    pub brief_history: Option<String>,
    /// 通讯地址.
    pub address: Option<String>,
    /// 证书领取方式.
    pub certificate_delivery: Option<String>,
    /// 邮政编码, six digits.
    pub postcode: Option<String>,
    /// 邮寄地址.
    pub postal_address: Option<String>,
}

/// A certificate that a candidate holds already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldCertificate {
    /// Its level.
    pub level: HeldLevel,
    /// Its number, of whatever form the issuer used.
    pub number: String,
}

impl Candidate {
    /// The field as the form writes it; empty when there is nothing. [`CandidateForm::admit`] reads it back.
    #[must_use]
    pub fn text(&self, column: Column) -> String {
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        match column {
            Column::Serial => self.serial.map(|serial| serial.to_string()).unwrap_or_default(),
            Column::Occupation => format!("{OCCUPATION}（{SPECIALTY}）"),
            Column::Level => self.level.chinese().to_owned(),
            Column::ApplyCondition => self.apply_condition.to_string(),
            Column::IdKind => self.document.kind().chinese().to_owned(),
            Column::IdNumber => self.document.number().to_owned(),
            Column::Name => self.name.as_str().to_owned(),
            Column::Sex => self.sex.chinese().to_owned(),
            Column::BirthDate => self.birth_date.to_string(),
            Column::Phone => self.phone.as_str().to_owned(),
            Column::HasCertificate => if self.certificate.is_some() { "是" } else { "否" }.to_owned(),
            Column::CertificateLevel => {
                self.certificate.as_ref().map(|held| held.level.chinese().to_owned()).unwrap_or_default()
            }
            Column::CertificateNumber => self.certificate.as_ref().map(|held| held.number.clone()).unwrap_or_default(),
            Column::Education => optional(&self.education),
            Column::Region => optional(&self.region),
            Column::Source => self.source.chinese().to_owned(),
            Column::Employer => optional(&self.employer),
            Column::RegisteredBy => optional(&self.registered_by),
            Column::Assessment => self.assessment.map(|kind| kind.chinese().to_owned()).unwrap_or_default(),
            Column::Major => optional(&self.major),
            Column::ExamKind => self.exam_kind.chinese().to_owned(),
            Column::Ethnicity => optional(&self.ethnicity),
            Column::WorkSince => self.work_since.map(|date| date.to_string()).unwrap_or_default(),
            Column::Email => optional(&self.email),
            Column::YearsInField => self.years_in_field.map(|years| years.to_string()).unwrap_or_default(),
            Column::HouseholdRegistration => optional(&self.household_registration),
            Column::PoliticalStatus => optional(&self.political_status),
            Column::DiplomaNumber => optional(&self.diploma_number),
            Column::BriefHistory => optional(&self.brief_history),
            Column::Address => optional(&self.address),
            Column::CertificateDelivery => optional(&self.certificate_delivery),
            Column::Postcode => optional(&self.postcode),
            Column::PostalAddress => optional(&self.postal_address),
        }
    }
}
