//! The layout of a printed certificate: which field stands where on the page. Version 1.
//!
//! Lengths are tenths of a millimetre, from the left and upper edge of the page; sizes of letters
//! are tenths of a point.

use crate::fault::{Fault, Text};
use crate::text::is_shown;
use serde::{Deserialize, Serialize};

/// The most fields that a template has.
pub const MAX_FIELDS: usize = 60;
/// The smallest side of the code, in tenths of a millimetre: what an old phone's camera reads.
pub const MIN_CODE_SIDE: u32 = 250;

/// Where the fields of a certificate stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CertificateTemplate {
    /// Width of the page.
    pub width: u32,
    /// Height of the page.
    pub height: u32,
    /// Whether a frame is drawn around the page; without for preprinted paper.
    pub frame: bool,
    /// The fields, in the order in which they are drawn.
    pub fields: Vec<TemplateField>,
}

/// A field and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TemplateField {
    /// What stands there.
    pub content: FieldContent,
    /// A text before the value, such as `姓名：`; for [`FieldContent::Text`] all of it.
    #[serde(default)]
    pub text: String,
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width; a longer text is set smaller, down to half of its size.
    pub width: u32,
    /// Size of the letters in tenths of a point, 60 to 720; of no meaning for the code.
    pub size: u32,
    /// Where the text stands within the width.
    pub align: Align,
}

/// Where a text stands within its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At the left edge.
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// What stands in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldContent {
    /// A text of the organization.
    Text,
    /// Name (姓名).
    Name,
    /// Kind of ID document (证件类型).
    IdKind,
    /// ID number with most of its characters hidden (证件号码).
    IdMasked,
    /// Occupation (职业名称).
    Occupation,
    /// Specialty (工种).
    Specialty,
    /// Level (职业技能等级).
    Level,
    /// Number of the certificate (证书编号).
    Number,
    /// Day of issue (发证日期).
    IssuedOn,
    /// The organization (发证机构).
    Issuer,
    /// Filing number (备案号).
    Filing,
    /// Where people complain (投诉电话).
    Complaint,
    /// `样题，非国家题库` on a sample, else nothing.
    SampleLabel,
    /// The QR code, a square as wide as the field.
    Code,
    /// The 16 characters beside the code, by which name and ID number are checked.
    CodeSalt,
}

impl CertificateTemplate {
    /// A template for A4 in landscape that an organization may begin with.
    #[must_use]
    pub fn sample() -> Self {
        use FieldContent as Content;
        let field = |content, text: &str, (x, y, width), size, align| TemplateField {
            content,
            text: text.to_owned(),
            x,
            y,
            width,
            size,
            align,
        };
        let line = |content, text: &str, y| field(content, text, (350, y, 1_500), 160, Align::Left);
        Self {
            width: 2_970,
            height: 2_100,
            frame: true,
            fields: vec![
                field(Content::Text, "职业技能等级证书", (200, 220, 2_570), 380, Align::Center),
                field(Content::SampleLabel, "", (200, 400, 2_570), 160, Align::Center),
                line(Content::Name, "姓　　名：", 560),
                line(Content::IdKind, "证件类型：", 670),
                line(Content::IdMasked, "证件号码：", 780),
                line(Content::Occupation, "职业名称：", 890),
                line(Content::Specialty, "工　　种：", 1_000),
                line(Content::Level, "技能等级：", 1_110),
                line(Content::Number, "证书编号：", 1_220),
                line(Content::IssuedOn, "发证日期：", 1_330),
                line(Content::Issuer, "发证机构：", 1_440),
                field(Content::Filing, "备案号：", (350, 1_720, 1_500), 100, Align::Left),
                field(Content::Complaint, "投诉电话：", (350, 1_790, 1_500), 100, Align::Left),
                field(Content::Code, "", (2_150, 1_020, 450), 100, Align::Center),
                field(Content::CodeSalt, "校验码 ", (1_950, 1_520, 850), 110, Align::Center),
                field(Content::Text, "扫描二维码取得文字，在核验页核对", (1_950, 1_590, 850), 90, Align::Center),
            ],
        }
    }

    /// Everything that is wrong with the template. A certificate always shows its number, the code
    /// with its salt, and where people complain.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |place: String, zh: String, en: String| {
            faults.push(Fault::new(
                "certificate_template",
                place,
                Text::new(zh, en),
                Text::new("在模板里改正后再保存。", "correct the template and save it again"),
            ));
        };
        if !(1_000..=4_200).contains(&self.width) || !(1_000..=4_200).contains(&self.height) {
            fault(
                "page".into(),
                "页面边长须为 100 至 420 毫米。".into(),
                "a side of the page has 100 to 420 mm".into(),
            );
        }
        if self.fields.is_empty() || self.fields.len() > MAX_FIELDS {
            fault(
                "fields".into(),
                format!("模板须有 1 至 {MAX_FIELDS} 个字段。"),
                format!("a template has 1 to {MAX_FIELDS} fields"),
            );
        }
        for (place, field) in self.fields.iter().enumerate() {
            let at = format!("fields.{place}");
            if !self.holds(field) {
                fault(
                    at.clone(),
                    format!("第 {} 个字段不在页面之内。", place + 1),
                    format!("field {} lies off the page", place + 1),
                );
            }
            if !(60..=720).contains(&field.size) {
                fault(
                    at.clone(),
                    format!("第 {} 个字段的字号须为 6 至 72 磅。", place + 1),
                    format!("field {} has letters of 6 to 72 points", place + 1),
                );
            }
            if field.content == FieldContent::Code && field.width < MIN_CODE_SIDE {
                fault(
                    at.clone(),
                    "二维码的边长不得小于 25 毫米，否则手机扫不出来。".into(),
                    "the code has sides of at least 25 mm, or phones do not read it".into(),
                );
            }
            let needed = field.content == FieldContent::Text;
            let shown = is_shown(&field.text) && field.text.chars().count() <= 100;
            if (needed || !field.text.is_empty()) && !shown {
                fault(
                    at,
                    format!("第 {} 个字段的文字须为 1 至 100 个看得见的字。", place + 1),
                    format!("the text of field {} has 1 to 100 visible characters", place + 1),
                );
            }
        }
        for (content, zh, en) in [
            (FieldContent::Name, "姓名", "the name"),
            (FieldContent::Number, "证书编号", "the number"),
            (FieldContent::Code, "二维码", "the code"),
            (FieldContent::CodeSalt, "校验码", "the characters beside the code"),
            (FieldContent::Complaint, "投诉电话", "the complaint contact"),
            (FieldContent::SampleLabel, "样题标记", "the label of samples"),
        ] {
            if self.fields.iter().filter(|field| field.content == content).count() != 1 {
                fault(
                    "fields".into(),
                    format!("须有且只有一个“{zh}”字段。"),
                    format!("it has exactly one field for {en}"),
                );
            }
        }
        faults
    }

    /// Whether a field lies on the page: a text has the height of its letters, the code that of its
    /// width.
    fn holds(&self, field: &TemplateField) -> bool {
        let height = match field.content {
            FieldContent::Code => field.width,
            // A point has 0.3528 mm.
            _ => field.size.saturating_mul(3_528).div_ceil(10_000),
        };
        let ends = |start: u32, length: u32, most: u32| start.checked_add(length).is_some_and(|end| end <= most);
        field.width > 0 && ends(field.x, field.width, self.width) && ends(field.y, height, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_no_fault() {
        assert_eq!(CertificateTemplate::sample().faults(), []);
    }

    // Catches a certificate that is printed without what must be on it, or with a field cut off.
    #[test]
    fn what_cannot_be_printed_is_named() {
        let faulty = |change: fn(&mut CertificateTemplate)| {
            let mut template = CertificateTemplate::sample();
            change(&mut template);
            template.faults().into_iter().map(|fault| fault.place).collect::<Vec<_>>()
        };
        assert_eq!(faulty(|template| template.fields[2].x = 2_800), ["fields.2"]);
        assert_eq!(faulty(|template| template.fields[2].y = 2_099), ["fields.2"]);
        assert_eq!(faulty(|template| template.fields[2].x = u32::MAX), ["fields.2"]);
        assert_eq!(faulty(|template| template.fields[2].size = 59), ["fields.2"]);
        assert_eq!(faulty(|template| template.fields[13].y = 1_700), ["fields.13"], "the code is as high as wide");
        assert_eq!(faulty(|template| template.fields[13].width = 249), ["fields.13"]);
        assert_eq!(faulty(|template| template.fields[0].text.clear()), ["fields.0"]);
        assert_eq!(faulty(|template| template.fields[0].text = "字\u{202E}".into()), ["fields.0"]);
        assert_eq!(faulty(|template| drop(template.fields.remove(6))), [""; 0], "a specialty may be left out");
        assert_eq!(faulty(|template| drop(template.fields.remove(14))), ["fields"]);
        assert_eq!(faulty(|template| template.fields.push(template.fields[13].clone())), ["fields"]);
        assert_eq!(faulty(|template| template.width = 5_000), ["page"]);
    }
}
