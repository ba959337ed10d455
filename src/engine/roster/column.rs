//! The 33 columns of the authority's registration form (报名表).

use crate::text::fold_width;
use serde::{Deserialize, Serialize};

macro_rules! columns {
    ($($variant:ident $field:literal $header:literal $need:ident $length:literal,)+) => {
        /// A column of the form, in the form's order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Column {
            $(#[doc = $header] #[serde(rename = $field)] $variant,)+
        }

        impl Column {
            /// All 33, in the form's order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The header in the form.
            #[must_use]
            pub const fn header(self) -> &'static str {
                match self { $(Self::$variant => $header,)+ }
            }

            /// The field's name in JSON.
            #[must_use]
            pub const fn field(self) -> &'static str {
                match self { $(Self::$variant => $field,)+ }
            }

            /// Whether every candidate must fill it in.
            #[must_use]
            pub const fn is_required(self) -> bool {
                match self { $(Self::$variant => columns!(@$need),)+ }
            }

            /// The most characters.
            #[must_use]
            pub const fn length(self) -> usize {
                match self { $(Self::$variant => $length,)+ }
            }
        }
    };
    (@required) => { true };
    (@optional) => { false };
}

columns! {
    Serial "serial" "序号" optional 8,
    Occupation "occupation" "职业工种名称" required 60,
    Level "level" "认定等级" required 20,
    ApplyCondition "apply_condition" "申报条件" required 200,
    IdKind "id_kind" "证件类型" required 30,
    IdNumber "id_number" "证件号码" required 40,
    Name "name" "姓名" required 50,
    Sex "sex" "性别" required 10,
    BirthDate "birth_date" "出生日期" required 30,
    Phone "phone" "手机号码" required 30,
    HasCertificate "has_certificate" "是否有职业资格证书" optional 10,
    CertificateLevel "certificate_level" "证书等级" optional 20,
    CertificateNumber "certificate_number" "证书编号" optional 40,
    Education "education" "文化程度" optional 30,
    Region "region" "所在省（市）区" optional 60,
    Source "source" "考生来源" required 20,
    Employer "employer" "所在单位" optional 100,
    RegisteredBy "registered_by" "报名单位" optional 100,
    Assessment "assessment" "认定分类" optional 20,
    Major "major" "专业" optional 60,
    ExamKind "exam_kind" "考试类型" required 30,
    Ethnicity "ethnicity" "民族" optional 20,
    WorkSince "work_since" "参加工作时间" optional 30,
    Email "email" "电子邮箱" optional 100,
    YearsInField "years_in_field" "专业年限" optional 10,
    HouseholdRegistration "household_registration" "户籍所在地" optional 120,
    PoliticalStatus "political_status" "政治面貌" optional 30,
    DiplomaNumber "diploma_number" "学历证书编号" optional 40,
    BriefHistory "brief_history" "简要经历" optional 1000,
    Address "address" "通讯地址" optional 200,
    CertificateDelivery "certificate_delivery" "证书领取方式" optional 30,
    Postcode "postcode" "邮政编码" optional 10,
    PostalAddress "postal_address" "邮寄地址" optional 200,
}

impl Column {
    /// Reads a header; blanks, line breaks, width, a star and `（必填）` do not matter.
    #[must_use]
    pub fn read(header: &str) -> Option<Self> {
        let header = key(header);
        let header = header.strip_suffix("(必填)").or_else(|| header.strip_suffix("(选填)")).unwrap_or(&header);
        Self::ALL.iter().copied().find(|column| key(column.header()) == header)
    }

    /// Whether its text may run over several lines, which are joined by blanks.
    #[must_use]
    pub const fn has_lines(self) -> bool {
        matches!(self, Self::BriefHistory | Self::Address | Self::PostalAddress | Self::Employer | Self::RegisteredBy)
    }

    /// `「证件号码」`, as messages name it.
    #[must_use]
    pub fn place(self) -> String {
        format!("「{}」", self.header())
    }
}

fn key(header: &str) -> String {
    fold_width(header).chars().filter(|letter| !letter.is_whitespace() && *letter != '*').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_has_33_columns_in_order() {
        let headers: Vec<&str> = Column::ALL.iter().map(|column| column.header()).collect();
        // As the authority's form has them.
        let form = "序号, 职业工种名称, 认定等级, 申报条件, 证件类型, 证件号码, 姓名, 性别, 出生日期, 手机号码, 是否有职业资格证书, \
                    证书等级, 证书编号, 文化程度, 所在省（市）区, 考生来源, 所在单位, 报名单位, 认定分类, 专业, 考试类型, 民族, \
                    参加工作时间, 电子邮箱, 专业年限, 户籍所在地, 政治面貌, 学历证书编号, 简要经历, 通讯地址, 证书领取方式, 邮政编码, 邮寄地址";
        assert_eq!(headers.join(", "), form);
        assert_eq!(headers.len(), 33);
    }

    #[test]
    fn headers_as_clerks_write_them() {
        assert_eq!(Column::read("所在省(市)区"), Some(Column::Region));
        assert_eq!(Column::read("*证件 号码（必填）"), Some(Column::IdNumber));
        assert_eq!(Column::read("是否有职业\n资格证书"), Some(Column::HasCertificate));
        assert_eq!(Column::read("身份证号"), None);
        assert_eq!(Column::read(""), None);
    }
}
