//! Why a file is not read at all.

use super::{MAX_MERGES, MAX_SHEETS};
use kaoping_engine::fault::{Fault, Text};

/// Why a file is not read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Greater than a file of its kind may be.
    #[error("file has {found} bytes, more than {} MB", .most / 1_000_000)]
    TooLarge {
        /// Its bytes.
        found: usize,
        /// The most that are read.
        most: usize,
    },
    /// It unpacks to more than can be read, or claims to.
    #[error("file unpacks to more than can be read")]
    TooLargeUnpacked,
    /// More than [`MAX_SHEETS`] worksheets.
    #[error("more than 50 worksheets")]
    TooManySheets,
    /// One cell lies so far from the others that the worksheet cannot be laid out.
    #[error("a cell at row {}, column {} lies far outside the list", .row + 1, .column + 1)]
    StrayCell {
        /// Its row, from 0.
        row: u32,
        /// Its column, from 0.
        column: u32,
    },
    /// More than [`MAX_MERGES`](super::MAX_MERGES) merged ranges in a worksheet.
    #[error("worksheet has {found} merged ranges")]
    TooManyMerges {
        /// How many.
        found: usize,
    },
    /// Neither a workbook of Excel or WPS nor CSV.
    #[error("not a workbook of Excel or WPS, nor a CSV text")]
    NotATable(Found),
    /// Encrypted.
    #[error("file is protected by a password")]
    Password,
    /// Not what it claims to be, or cut off.
    #[error("file is damaged, or not of the format that it claims")]
    Damaged,
    /// Neither UTF-8 nor GBK.
    #[error("text is neither UTF-8 nor GBK")]
    Encoding,
    /// A CSV field begins with a quote that never ends.
    #[error("double quote in row {row} is never closed")]
    OpenQuote {
        /// The row, from 1.
        row: u32,
    },
}

/// What was found instead of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A zip file without a workbook, such as .docx, .ods or a real archive.
    Archive,
    /// A compound file without a workbook, such as .doc.
    Document,
    /// HTML or XML under the name of .xls, as some web systems export it.
    WebPage,
    /// Anything else.
    Other,
}

impl TableError {
    /// The same for the clerk, with the place `文件`.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let (code, zh, cure, cure_en) = match self {
            Self::TooLarge { found, most } => (
                "file_too_large",
                format!("文件有 {} MB，最多 {} MB。", found.div_ceil(1_000_000), most / 1_000_000),
                "删去图片和无关的工作表，或分成几个文件导入。",
                "remove pictures and other worksheets, or import several files",
            ),
            Self::TooLargeUnpacked => (
                "file_too_large_unpacked",
                "文件解压后过大。".to_owned(),
                "把名单复制到新建的工作簿里，只粘贴“数值”，另存为 .xlsx 后重新导入。",
                "copy the list into a new workbook, paste values only, save as .xlsx and import again",
            ),
            Self::TooManySheets => (
                "too_many_sheets",
                format!("工作表超过 {MAX_SHEETS} 个。"),
                "只保留名单所在的工作表。",
                "keep the worksheet with the list only",
            ),
            Self::StrayCell { .. } => (
                "stray_cell",
                "离名单很远的地方还有内容。".to_owned(),
                "删去名单以外的行和列（选中整行、整列后删除），保存后重新导入。",
                "delete the rows and columns outside the list, save it and import it again",
            ),
            Self::TooManyMerges { found } => (
                "too_many_merges",
                format!("有 {found} 处合并单元格，最多 {MAX_MERGES} 处。"),
                "选中整个工作表，取消合并，补全内容后重新导入。",
                "select the whole worksheet, undo all merges, fill in what is missing and import it again",
            ),
            Self::NotATable(found) => (
                "file_not_a_table",
                format!("不是可读取的表格文件{}。", found.chinese()),
                "用 Excel 或 WPS 打开后另存为“Excel 工作簿（.xlsx）”，再导入。",
                "open it in Excel or WPS, save it as .xlsx and import that",
            ),
            Self::Password => (
                "file_password",
                "文件有打开密码。".to_owned(),
                "用 Excel 或 WPS 打开，在“文件—信息—保护工作簿”中取消密码，保存后再导入。",
                "open it, remove the password, save it and import it again",
            ),
            Self::Damaged => (
                "file_damaged",
                "文件已损坏，或不是它自称的格式。".to_owned(),
                "用 Excel 或 WPS 打开检查，另存为新的 .xlsx 后再导入。",
                "open it in Excel or WPS, save it as a new .xlsx and import that",
            ),
            Self::Encoding => (
                "file_encoding",
                "文字编码既不是 UTF-8，也不是 GBK。".to_owned(),
                "用 Excel 或 WPS 打开，另存为 .xlsx 或“CSV UTF-8”后再导入。",
                "open it in Excel or WPS, save it as .xlsx or CSV UTF-8 and import that",
            ),
            Self::OpenQuote { .. } => (
                "csv_quote",
                "英文双引号没有成对，后面的内容无法分列。".to_owned(),
                "补上或删去双引号，或改存为 .xlsx 后导入。",
                "close or remove the quote, or import an .xlsx",
            ),
        };
        let place = match self {
            Self::OpenQuote { row } => format!("第 {row} 行"),
            Self::StrayCell { row, column } => cell_place(*row, *column),
            _ => "文件".to_owned(),
        };
        Fault::new(code, place, Text::new(zh, self.to_string()), Text::new(cure, cure_en))
    }
}

/// A cell as a spreadsheet names it: `第 5 行 XFD 列`.
pub fn cell_place(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = u64::from(column) + 1;
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or_default()));
        left /= 26;
    }
    let name: String = letters.iter().rev().collect();
    format!("第 {} 行 {name} 列", u64::from(row) + 1)
}

impl Found {
    const fn chinese(self) -> &'static str {
        match self {
            Self::Archive => "（是压缩包，但里面没有 Excel 工作簿）",
            Self::Document => "（可能是 Word 文档或其他文件）",
            Self::WebPage => "（是网页，只是名字像 Excel）",
            Self::Other => "",
        }
    }
}
