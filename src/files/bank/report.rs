//! What an import found, as a workbook.

use super::finding::Finding;
use crate::text_sheet;
use kaoping_engine::date::Date;

/// Why a workbook cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("workbook cannot be written: {0}")]
pub struct WriteError(#[from] pub(super) rust_xlsxwriter::XlsxError);

const HEADERS: [&str; 9] = ["级别", "文件", "行", "字段", "内容", "问题", "处理办法", "Problem", "Cure"];

/// The report as a workbook of one worksheet, a finding a row.
///
/// # Errors
/// [`WriteError`] when there are more findings than a worksheet holds.
pub fn report_xlsx(findings: &[Finding], made: Date) -> Result<Vec<u8>, WriteError> {
    let rows = findings.iter().map(|finding| {
        let Finding { file, row, field, weight, what, why, cure, .. } = finding;
        [weight.chinese(), file, row, field, what, &why.zh, &cure.zh, &why.en, &cure.en].map(str::to_owned).to_vec()
    });
    Ok(text_sheet::write("导入报告", HEADERS.into_iter(), rows, made)?)
}
