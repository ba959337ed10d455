//! The certificate list (证书信息) of 11 columns, as the authorities' systems import it: .xlsx, or CSV
//! in UTF-8 or GBK.
//!
//! One header row with exactly the authority's headers, numbers and dates as text, one worksheet.

use crate::text_sheet;
use encoding_rs::GBK;
use kaoping_engine::bank::Level;
use kaoping_engine::date::Date;
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::plan::certificate::CertificateNumber;
use kaoping_engine::plan::organization::{OCCUPATION, SPECIALTY};
use kaoping_engine::roster::{IdDocument, PersonName};
use kaoping_engine::text::{is_formula, is_invisible};
use std::collections::BTreeSet;

/// The authority's headers, in their order.
pub const CERTIFICATE_HEADERS: [&str; 11] = [
    "姓名",
    "证件类型",
    "证件号码",
    "所在单位",
    "职业名称",
    "工种名称",
    "职业技能等级",
    "证书编号",
    "发证日期",
    "评价机构",
    "发证机构",
];

/// One certificate. Occupation (职业) and specialty (工种) are those of 4-14-01-03 and no fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRow {
    /// 姓名.
    pub name: PersonName,
    /// 证件类型, 证件号码.
    pub document: IdDocument,
    /// 所在单位; empty when the candidate has none.
    pub employer: String,
    /// 职业技能等级.
    pub level: Level,
    /// 证书编号.
    pub number: CertificateNumber,
    /// 发证日期.
    pub issued: Date,
    /// 评价机构.
    pub evaluator: String,
    /// 发证机构.
    pub issuer: String,
}

/// How a CSV file is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvEncoding {
    /// UTF-8 with byte order mark, by which Excel recognises it; holds every name.
    Utf8,
    /// GBK, for systems that read nothing else; characters beyond it, such as 𠮷, cannot be written.
    Gbk,
}

/// Why a certificate list cannot be written. Rows count from 1, the header included.
#[derive(Debug, thiserror::Error)]
pub enum CertificateFileError {
    /// Two rows hold the same number, which is never given twice.
    #[error("row {row} repeats the certificate number {number}")]
    Double {
        /// The second row.
        row: usize,
        number: CertificateNumber,
    },
    /// A text that a spreadsheet would run as a formula, or that holds what nobody can see.
    #[error("row {row}, column {column}: text begins like a formula or holds an invisible character")]
    Unsafe {
        row: usize,
        /// The column's header.
        column: &'static str,
    },
    /// A character that GBK does not have.
    #[error("row {row}, column {column}: GBK does not have `{letter}`")]
    NotInGbk {
        row: usize,
        /// The column's header.
        column: &'static str,
        /// The character.
        letter: char,
    },
    /// More rows than a worksheet holds.
    #[error("workbook cannot be written: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

/// The list as a workbook. `made` is the day in its properties; the same input gives the same
/// bytes.
///
/// # Errors
/// [`CertificateFileError`].
pub fn certificates_xlsx(rows: &[CertificateRow], made: Date) -> Result<Vec<u8>, CertificateFileError> {
    let texts = checked(rows)?;
    Ok(text_sheet::write("证书信息", CERTIFICATE_HEADERS.into_iter(), texts.into_iter().map(Vec::from), made)?)
}

/// How many certificates a written workbook lists: its rows below the header.
///
/// # Errors
/// When the bytes are no workbook.
pub fn count_listed(bytes: &[u8]) -> Result<usize, calamine::XlsxError> {
    use calamine::Reader as _;
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes))?;
    let sheet = workbook.worksheet_range_at(0).transpose()?;
    Ok(sheet.map_or(0, |sheet| sheet.height().saturating_sub(1)))
}

/// The list as CSV (RFC 4180): CRLF, every field in quotes.
///
/// Digits in CSV carry no type: Excel must import such a file with 证件号码 and 证书编号 as text, and never
/// open it by a double click.
///
/// # Errors
/// [`CertificateFileError`].
pub fn certificates_csv(rows: &[CertificateRow], encoding: CsvEncoding) -> Result<Vec<u8>, CertificateFileError> {
    let texts = checked(rows)?;
    if encoding == CsvEncoding::Gbk {
        for (row, fields) in (2..).zip(&texts) {
            for (column, field) in CERTIFICATE_HEADERS.into_iter().zip(fields) {
                if let Some(letter) = field.chars().find(|letter| !is_in_gbk(*letter)) {
                    return Err(CertificateFileError::NotInGbk { row, column, letter });
                }
            }
        }
    }
    let quoted = |field: &str| format!("\"{}\"", field.replace('"', "\"\""));
    let headers = CERTIFICATE_HEADERS.map(str::to_owned);
    let lines = [headers]
        .iter()
        .chain(&texts)
        .map(|fields| fields.each_ref().map(|field| quoted(field)).join(",") + "\r\n")
        .collect::<String>();
    Ok(match encoding {
        CsvEncoding::Utf8 => [b"\xEF\xBB\xBF", lines.as_bytes()].concat(),
        CsvEncoding::Gbk => GBK.encode(&lines).0.into_owned(),
    })
}

impl CertificateFileError {
    /// The same for the person who exports.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let cause_en = self.to_string();
        let fault = |code, place: String, zh: String, cure: (&str, &str)| {
            Fault::new(code, place, Text::new(zh, cause_en.clone()), Text::new(cure.0, cure.1))
        };
        match self {
            Self::Double { row, number } => fault(
                "certificate_number_double",
                format!("第 {row} 行「证书编号」"),
                format!("证书编号 {number} 重复。"),
                ("核对编号的来源；编号不得重复使用。", "check where the number came from; it is never given twice"),
            ),
            Self::Unsafe { row, column } => fault(
                "certificate_text",
                format!("第 {row} 行「{column}」"),
                "以 = + - @ 开头，或含有看不见的字符。".to_owned(),
                ("改正机构或单位名称后重新导出。", "correct the name and export again"),
            ),
            Self::NotInGbk { row, column, letter } => fault(
                "not_in_gbk",
                format!("第 {row} 行「{column}」"),
                format!("“{letter}”不在 GBK 里，写出来会变成别的字。"),
                ("改用 .xlsx 或 UTF-8 导出。", "export .xlsx or UTF-8 instead"),
            ),
            Self::Workbook(_) => fault(
                "workbook",
                "文件".to_owned(),
                "工作簿写不出来。".to_owned(),
                ("分批导出。", "export fewer at a time"),
            ),
        }
    }
}

fn checked(rows: &[CertificateRow]) -> Result<Vec<[String; 11]>, CertificateFileError> {
    let mut numbers = BTreeSet::new();
    let mut texts = Vec::with_capacity(rows.len());
    for (row, certificate) in (2..).zip(rows) {
        if !numbers.insert(&certificate.number) {
            return Err(CertificateFileError::Double { row, number: certificate.number.clone() });
        }
        let fields = fields(certificate);
        for (column, field) in CERTIFICATE_HEADERS.into_iter().zip(&fields) {
            if is_formula(field) || field.chars().any(is_invisible) {
                return Err(CertificateFileError::Unsafe { row, column });
            }
        }
        texts.push(fields);
    }
    Ok(texts)
}

fn fields(row: &CertificateRow) -> [String; 11] {
    [
        row.name.as_str().to_owned(),
        row.document.kind().chinese().to_owned(),
        row.document.number().to_owned(),
        row.employer.clone(),
        OCCUPATION.to_owned(),
        SPECIALTY.to_owned(),
        row.level.chinese().to_owned(),
        row.number.to_string(),
        row.issued.to_string(),
        row.evaluator.clone(),
        row.issuer.clone(),
    ]
}

/// GBK proper: GB 18030's four-byte characters are unknown to systems that ask for GBK.
fn is_in_gbk(letter: char) -> bool {
    let mut buffer = [0_u8; 4];
    !GBK.encode(letter.encode_utf8(&mut buffer)).2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{self, Cell};
    use kaoping_engine::roster::IdKind;

    type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

    fn row(name: &str, number: &str) -> TestResult<CertificateRow> {
        Ok(CertificateRow {
            name: PersonName::read(name)?,
            document: IdDocument::read(IdKind::ResidentIdCard, "10000019660908105X")?,
            employer: "示例\"护理站\",一分站".to_owned(),
            level: Level::Five,
            number: number.parse()?,
            issued: Date::new(2026, 12, 5)?,
            evaluator: "示例评价机构".to_owned(),
            issuer: "示例评价机构".to_owned(),
        })
    }

    #[test]
    fn a_workbook_reads_back_as_text() -> TestResult {
        let rows = [row("𠮷春梅", "S000031010023265000001")?, row("阿依古丽·买买提", "S000031010023265000002")?];
        let made = Date::new(2026, 12, 5)?;
        let bytes = certificates_xlsx(&rows, made)?;
        assert_eq!(bytes, certificates_xlsx(&rows, made)?, "the same rows give the same bytes");
        let (_, tables) = table::open(&bytes, table::Limits::ROSTER)?;
        let [sheet] = tables.as_slice() else { return Err("one worksheet".into()) };
        let lines: Vec<Vec<&str>> = sheet
            .rows
            .values()
            .map(|cells| {
                cells
                    .values()
                    .filter_map(|cell| if let Cell::Text(text) = cell { Some(text.as_str()) } else { None })
                    .collect()
            })
            .collect();
        let header =
            "姓名 证件类型 证件号码 所在单位 职业名称 工种名称 职业技能等级 证书编号 发证日期 评价机构 发证机构";
        let first = "𠮷春梅 居民身份证 10000019660908105X 示例\"护理站\",一分站 健康照护师 长期照护师 五级/初级工 S000031010023265000001 2026-12-05 示例评价机构 示例评价机构";
        assert_eq!(lines.len(), 3);
        assert_eq!(lines.first().map(|line| line.join(" ")).as_deref(), Some(header));
        assert_eq!(lines.get(1).map(|line| line.join(" ")).as_deref(), Some(first));
        Ok(())
    }

    #[test]
    fn csv_in_both_encodings() -> TestResult {
        let plain = [row("张三", "S000031010023265000001")?];
        let utf8 = certificates_csv(&plain, CsvEncoding::Utf8)?;
        assert!(utf8.starts_with("\u{FEFF}\"姓名\",\"证件类型\",".as_bytes()));
        assert!(String::from_utf8(utf8)?.ends_with("\",\"示例\"\"护理站\"\",一分站\",\"健康照护师\",\"长期照护师\",\"五级/初级工\",\"S000031010023265000001\",\"2026-12-05\",\"示例评价机构\",\"示例评价机构\"\r\n"));
        // 张三 in GBK is D5 C5 C8 FD.
        let gbk = certificates_csv(&plain, CsvEncoding::Gbk)?;
        assert!(gbk.windows(6).any(|window| window == b"\"\xD5\xC5\xC8\xFD\""));
        let rare = [row("𠮷春梅", "S000031010023265000001")?];
        assert!(certificates_csv(&rare, CsvEncoding::Utf8).is_ok());
        let refused = certificates_csv(&rare, CsvEncoding::Gbk).err().map(|error| error.fault());
        assert_eq!(
            refused.map(|fault| (fault.code, fault.place)),
            Some(("not_in_gbk".to_owned(), "第 2 行「姓名」".to_owned()))
        );
        assert!(certificates_csv(&[row("阿依古丽·买买提", "S000031010023265000001")?], CsvEncoding::Gbk).is_ok());
        Ok(())
    }

    #[test]
    fn what_must_not_go_out_is_refused() -> TestResult {
        let twice = [row("张三", "S000031010023265000001")?, row("李四", "S000031010023265000001")?];
        let code = |error: Option<CertificateFileError>| error.map(|error| error.fault().place).unwrap_or_default();
        assert_eq!(code(certificates_xlsx(&twice, Date::new(2026, 12, 5)?).err()), "第 3 行「证书编号」");
        let mut formula = row("张三", "S000031010023265000001")?;
        formula.employer = "=HYPERLINK(\"http://example.com\")".to_owned();
        assert_eq!(code(certificates_csv(&[formula], CsvEncoding::Utf8).err()), "第 2 行「所在单位」");
        Ok(())
    }
}
