//! The encoding of texts from outside: UTF-8, with or without byte order mark, or GBK.

use crate::table::TableError;
use encoding_rs::GBK;
use std::borrow::Cow;

/// How a text was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    /// GBK or GB 18030.
    Gbk,
}

/// Decodes a text. What is valid UTF-8 is UTF-8; a byte order mark of UTF-8 rules GBK out.
///
/// # Errors
/// [`TableError::Encoding`].
pub(crate) fn decode(bytes: &[u8]) -> Result<(Encoding, Cow<'_, str>), TableError> {
    let (has_mark, body) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(body) => (true, body),
        None => (false, bytes),
    };
    if body.starts_with(b"\xFF\xFE") || body.starts_with(b"\xFE\xFF") {
        return Err(TableError::Encoding);
    }
    match std::str::from_utf8(body) {
        Ok(text) => Ok((Encoding::Utf8, Cow::Borrowed(text))),
        Err(_) if has_mark => Err(TableError::Encoding),
        Err(_) => match GBK.decode_without_bom_handling_and_without_replacement(body) {
            Some(text) => Ok((Encoding::Gbk, text)),
            None => Err(TableError::Encoding),
        },
    }
}
