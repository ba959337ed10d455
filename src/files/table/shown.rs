//! Which rows and columns of a .xlsx a clerk does not see: hidden by hand, by a filter, or by a
//! height or width of nothing.
//!
//! The parser of cells does not report this. This module reads the worksheets once more for their
//! `row` and `col` elements alone (ECMA-376 part 1, 18.3.1.73 and 18.3.1.13).

use super::{Hidden, TableError};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;
use std::io::{BufReader, Cursor};
use zip::ZipArchive;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// What is hidden, by the worksheet's name.
pub(super) fn hidden(bytes: &[u8]) -> Result<BTreeMap<String, Hidden>, TableError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| TableError::Damaged)?;
    let mut targets = BTreeMap::new();
    each(&mut archive, "xl/_rels/workbook.xml.rels", |element| {
        if element.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
        {
            targets.insert(id, part_name(&target));
        }
    })?;
    let mut sheets = Vec::new();
    each(&mut archive, "xl/workbook.xml", |element| {
        if element.local_name().as_ref() == "sheet"
            && let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id"))
            && let Some(part) = targets.get(&id)
        {
            sheets.push((name, part.clone()));
        }
    })?;
    let mut found = BTreeMap::new();
    for (name, part) in sheets {
        let mut hidden = Hidden::default();
        let mut next_row = 0;
        each(&mut archive, &part, |element| match element.local_name().as_ref() {
            "row" => {
                let stated = attribute(element, "r").and_then(|row| row.parse::<u32>().ok());
                let row = stated.and_then(|row| row.checked_sub(1)).unwrap_or(next_row);
                next_row = row.saturating_add(1);
                let is_flat = attribute(element, "ht").and_then(|height| height.parse().ok()) == Some(0.0_f64);
                if is_flat || is_set(element, "hidden") {
                    hidden.rows.insert(row);
                }
            }
            "col" => {
                let is_narrow = attribute(element, "width").and_then(|width| width.parse().ok()) == Some(0.0_f64);
                if !is_narrow && !is_set(element, "hidden") {
                    return;
                }
                let place = |name| attribute(element, name).and_then(|column| column.parse::<u32>().ok());
                if let (Some(first), Some(last)) = (place("min"), place("max")) {
                    hidden.columns.push((first.saturating_sub(1), last.saturating_sub(1)));
                }
            }
            _ => {}
        })?;
        found.insert(name, hidden);
    }
    Ok(found)
}

/// Calls `see` with each element of a part; a part that does not exist has none.
fn each(archive: &mut Archive<'_>, part: &str, mut see: impl FnMut(&BytesStart<'_>)) -> Result<(), TableError> {
    let same = |name: &str| name.replace('\\', "/").trim_start_matches('/').eq_ignore_ascii_case(part);
    let names: Vec<String> = archive.file_names().filter_map(|name| name.ok().map(|name| name.into_owned())).collect();
    let Some(place) = names.iter().position(|name| same(name)) else { return Ok(()) };
    let file = archive.by_index(place).map_err(|_| TableError::Damaged)?;
    let mut reader = Reader::from_reader(BufReader::new(file));
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).map_err(|_| TableError::Damaged)? {
            Event::Start(element) | Event::Empty(element) => see(&element),
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}

/// A relationship's target as the name of a part: relative to `xl/`, or from the package's root.
fn part_name(target: &str) -> String {
    match target.strip_prefix('/') {
        Some(from_root) => from_root.to_owned(),
        None => format!("xl/{}", target.trim_start_matches("./")),
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

fn is_set(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|value| matches!(value.as_str(), "1" | "true"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    // Catches rows without numbers, heights and widths of nothing, absolute targets, and a filter's
    // `hidden="true"`.
    #[test]
    fn what_is_hidden_is_told_by_worksheet() -> Result<(), Box<dyn std::error::Error>> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [
            (
                "xl/workbook.xml",
                r#"<workbook><sheets><sheet name="名&amp;单" sheetId="7" r:id="a"/></sheets></workbook>"#,
            ),
            (
                "xl/_rels/workbook.xml.rels",
                r#"<Relationships><Relationship Id="a" Target="/xl/worksheets/one.xml"/></Relationships>"#,
            ),
            (
                "xl/worksheets/one.xml",
                r#"<worksheet><cols><col min="3" max="4" hidden="1"/><col min="5" max="5"/>
                <col min="6" max="6" width="0" customWidth="1"/></cols><sheetData><row/>
                <row hidden="true"/><row r="9" ht="0" customHeight="1"/><row ht="13.5"/></sheetData></worksheet>"#,
            ),
        ] {
            writer.start_file(name, SimpleFileOptions::default())?;
            writer.write_all(content.as_bytes())?;
        }
        let found = hidden(&writer.finish()?.into_inner())?;
        let sheet = found.get("名&单").ok_or("the worksheet is named")?;
        assert_eq!(sheet.rows.iter().copied().collect::<Vec<_>>(), [1, 8]);
        assert!(sheet.has_column(2) && sheet.has_column(3) && !sheet.has_column(4) && sheet.has_column(5));
        Ok(())
    }
}
