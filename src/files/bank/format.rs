//! The formats of items in circulation, and the reader of each.

use super::finding::Spot;
use super::raw::Gathered;
use super::{docx, excel, gift, lines, moodle, national, qti, word};
use crate::encoding;
use std::sync::Arc;

/// A format of items in circulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportFormat {
    /// The national bank's text.
    National,
    /// Excel in 11, 15 or 20 columns; CSV too.
    Excel,
    /// A list as people write it in Word: .docx or plain text.
    Word,
    /// QTI 2.x or 3.0: an item or a package.
    Qti,
    /// Moodle XML.
    Moodle,
    /// GIFT.
    Gift,
}

impl ImportFormat {
    /// The largest file of the format, in bytes; of a larger one no more need be read.
    #[must_use]
    pub const fn most_bytes(self) -> usize {
        match self {
            Self::Excel => crate::table::Limits::BANK.file,
            Self::National | Self::Word | Self::Gift => 24_000_000,
            Self::Qti | Self::Moodle => 64_000_000,
        }
    }
}

/// The contents of a file, from the reader of its format.
pub(super) fn gather(format: ImportFormat, file: &Arc<str>, bytes: &[u8]) -> Gathered {
    let spot = Spot::new(file, "");
    if bytes.len() > format.most_bytes() {
        let most = format.most_bytes() / 1_000_000;
        return Gathered::refused(spot.refused(
            "file_too_large",
            "文件",
            "",
            [&format!("文件超过 {most} MB"), &format!("the file has more than {most} MB")],
            ["分成几个文件导入，去掉图片等无关的内容", "import several files, without pictures and other things"],
        ));
    }
    match format {
        ImportFormat::Excel => return excel::read(file, bytes),
        ImportFormat::Qti => return qti::read(file, bytes),
        ImportFormat::Word if bytes.starts_with(b"PK") => {
            return match docx::paragraphs(file, bytes) {
                Ok(paragraphs) => word::read(file, paragraphs.iter().map(|(row, line)| (row.clone(), line.as_str()))),
                Err(findings) => Gathered::unread(findings),
            };
        }
        ImportFormat::National | ImportFormat::Word | ImportFormat::Moodle | ImportFormat::Gift => {}
    }
    if bytes.contains(&0) && !bytes.starts_with(b"\xFF\xFE") && !bytes.starts_with(b"\xFE\xFF") {
        return Gathered::refused(spot.refused(
            "file_no_text",
            "文件",
            "",
            ["不是文本文件", "this is no text"],
            [
                "用原来的软件打开，另存为文本或所选的格式",
                "open it in its program and save it as text or in the format chosen",
            ],
        ));
    }
    let text = match encoding::decode(bytes) {
        Ok((_, text)) => text,
        Err(error) => return Gathered::refused(spot.fault(error.fault())),
    };
    match format {
        ImportFormat::National => national::read(file, &text),
        ImportFormat::Moodle => moodle::read(file, &text),
        ImportFormat::Gift => gift::read(file, &text),
        _ => {
            let lines = lines::lines(&text).map(|line| (format!("第 {} 行", line.number), line.text));
            word::read(file, lines)
        }
    }
}
