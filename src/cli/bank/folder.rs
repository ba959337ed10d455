//! A bank's folder, read from the disk.

use kaoping_engine::bank::authored::AuthoredBank;
use kaoping_engine::bank::picture::{FOLDER, Pictures};
use kaoping_engine::bank::read::{SourceFile, bank};
use kaoping_engine::fault::Fault;
use kaoping_files::picture::{MOST_BYTES, read_picture};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// The bank of a folder with its pictures, or every fault of its files.
pub(super) fn read(folder: &Path) -> io::Result<Result<AuthoredBank, Vec<Fault>>> {
    let files = files(folder)?;
    let sources: Vec<_> = files.iter().map(|(path, bytes)| SourceFile { path, bytes }).collect();
    Ok(match bank(&sources) {
        Ok(bank) => Ok(bank.with_pictures(pictures(folder)?)),
        Err(faults) => Err(faults),
    })
}

/// A bank without its items: head and element table, and their files as they are.
pub(super) struct Frame {
    pub(super) bank: AuthoredBank,
    pub(super) files: Vec<(String, Vec<u8>)>,
}

/// The head and the element table of a folder, whatever items it has.
pub(super) fn read_frame(folder: &Path) -> io::Result<Result<Frame, Vec<Fault>>> {
    let mut files = json_files(folder, &["", "elements"])?;
    files.retain(|(path, _)| path == "bank.json" || path.starts_with("elements/"));
    let sources: Vec<_> = files.iter().map(|(path, bytes)| SourceFile { path, bytes }).collect();
    Ok(bank(&sources).map(|bank| Frame { bank, files }))
}

/// JSON files of a bank's folder, by path within it.
pub(super) fn files(folder: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    json_files(folder, &["", "elements", "items"])
}

fn json_files(folder: &Path, parts: &[&str]) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for part in parts {
        let mut paths: Vec<_> =
            fs::read_dir(folder.join(part))?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        paths.sort();
        for path in paths {
            let (Some(name), true) = (path.file_name(), path.extension().is_some_and(|ending| ending == "json")) else {
                continue;
            };
            let name = name.to_string_lossy();
            let within = if part.is_empty() { name.into_owned() } else { format!("{part}/{name}") };
            files.push((within, fs::read(&path)?));
        }
    }
    Ok(files)
}

/// The pictures of a bank's folder, by path within it, each checked. Of a file that is too large
/// only as much is read as shows that.
fn pictures(folder: &Path) -> io::Result<Pictures> {
    let entries = match fs::read_dir(folder.join(FOLDER)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Pictures::new()),
        Err(error) => return Err(error),
    };
    let mut pictures = Pictures::new();
    for entry in entries {
        let entry = entry?;
        let path = format!("{FOLDER}{}", entry.file_name().to_string_lossy());
        let mut bytes = Vec::new();
        // A folder or a link is no picture, and is refused as an empty file is.
        if entry.file_type()?.is_file() {
            File::open(entry.path())?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        }
        pictures.insert(path.clone(), read_picture(&path, &bytes));
    }
    Ok(pictures)
}
