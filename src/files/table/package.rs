//! The zip package of a .xlsx, measured before a parser sees it.

use super::{Found, TableError};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The most parts of a package.
const MAX_PARTS: usize = 1000;
/// The most bytes of a part that is neither a worksheet, nor the shared strings, nor a picture: the
/// parser builds many times as much out of a style.
const MAX_PART: u64 = 4_000_000;
/// The most shared strings, for which the parser makes room before it has read them.
const MAX_STRINGS: usize = 2_000_000;

/// Unpacks every part once and counts, because the sizes that a package states are the sender's
/// word.
pub(super) fn check(bytes: &[u8], most_unpacked: u64) -> Result<(), TableError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| TableError::Damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(TableError::TooLargeUnpacked);
    }
    if !archive.file_names().any(|name| name.is_ok_and(|name| key(&name) == "xl/workbook.xml")) {
        return Err(TableError::NotATable(Found::Archive));
    }
    let mut left = most_unpacked;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|_| TableError::Damaged)?;
        let name = key(&part.name().map_err(|_| TableError::Damaged)?);
        let is_large =
            ["xl/worksheets/", "xl/sharedstrings.xml", "xl/media/"].iter().any(|large| name.starts_with(large));
        let most = if is_large { left } else { left.min(MAX_PART) };
        let is_strings = name.ends_with("sharedstrings.xml");
        let read = measure(part, most, is_strings)?;
        left -= read;
    }
    Ok(())
}

/// Reads a part of at most `most` bytes and returns how many there were.
fn measure(mut part: impl Read, most: u64, is_strings: bool) -> Result<u64, TableError> {
    let mut chunk = vec![0_u8; 64 * 1024];
    let mut head = Vec::new();
    let mut read = 0_u64;
    loop {
        let count = part.read(&mut chunk).map_err(|_| TableError::Damaged)?;
        if count == 0 {
            break;
        }
        read += count as u64;
        if read > most {
            return Err(TableError::TooLargeUnpacked);
        }
        if is_strings {
            head.extend_from_slice(chunk.get(..count).unwrap_or_default());
        }
    }
    if is_strings && !states_few_strings(&head) { Err(TableError::Damaged) } else { Ok(read) }
}

/// Whether the stated number of strings is one that the file can hold. UTF-16 could hide it, and
/// Excel writes UTF-8.
fn states_few_strings(part: &[u8]) -> bool {
    if part.contains(&0) {
        return false;
    }
    let head_length = part.windows(3).position(|window| window == b"<si").unwrap_or(part.len());
    let head = part.get(..head_length).unwrap_or_default();
    let stated = b"uniqueCount";
    head.windows(stated.len()).enumerate().filter(|(_, window)| window == stated).all(|(place, _)| {
        let rest = head.get(place + stated.len()..).unwrap_or_default();
        let digits = rest.iter().skip_while(|byte| !byte.is_ascii_digit()).take_while(|byte| byte.is_ascii_digit());
        let number = digits.take(12).fold(0_usize, |number, digit| number * 10 + usize::from(digit - b'0'));
        number <= MAX_STRINGS
    })
}

fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    const UNPACKED: u64 = 64_000_000;

    fn package(parts: &[(&str, &[u8])]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default())?;
            writer.write_all(content)?;
        }
        Ok(writer.finish()?.into_inner())
    }

    fn code(parts: &[(&str, &[u8])]) -> Result<String, Box<dyn std::error::Error>> {
        Ok(check(&package(parts)?, UNPACKED).err().map(|error| error.fault().code).unwrap_or_default())
    }

    #[test]
    fn bombs_are_refused() -> Result<(), Box<dyn std::error::Error>> {
        let zeros = vec![b' '; 65_000_000];
        let small = zeros.get(..5_000_000).unwrap_or_default();
        let bomb = package(&[("xl/workbook.xml", b"<a/>"), ("xl/worksheets/sheet1.xml", &zeros)])?;
        assert!(bomb.len() < 100_000, "a bomb is small until it is unpacked: {}", bomb.len());
        assert_eq!(
            check(&bomb, UNPACKED).err().map(|error| error.fault().code).as_deref(),
            Some("file_too_large_unpacked")
        );
        assert_eq!(code(&[("xl/workbook.xml", b"<a/>"), ("xl/styles.xml", small)])?, "file_too_large_unpacked");
        assert_eq!(code(&[("xl/workbook.xml", b"<a/>"), ("xl/worksheets/sheet1.xml", small)])?, "");
        Ok(())
    }

    #[test]
    fn a_stated_number_of_strings_is_not_believed() -> Result<(), Box<dyn std::error::Error>> {
        let strings = |head: &str| code(&[("xl/workbook.xml", b"<a/>"), ("xl/SharedStrings.xml", head.as_bytes())]);
        assert_eq!(strings("<sst uniqueCount=\"99999999999999999999\"><si/></sst>")?, "file_damaged");
        assert_eq!(strings("<sst count=\"9\" uniqueCount = '3000000'></sst>")?, "file_damaged");
        assert_eq!(strings("<sst uniqueCount=\"3\"><si><t>uniqueCount=99999999</t></si></sst>")?, "");
        assert_eq!(strings("<\0s\0s\0t\0")?, "file_damaged");
        Ok(())
    }

    #[test]
    fn other_packages_are_named() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(code(&[("word/document.xml", b"<a/>")])?, "file_not_a_table");
        assert_eq!(
            check(b"PK\x03\x04 nothing", UNPACKED).err().map(|error| error.fault().code).as_deref(),
            Some("file_damaged")
        );
        Ok(())
    }
}
