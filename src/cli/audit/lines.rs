//! Files of lines, read a part at a time, so that a file of any size needs little memory.

use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::verify::draw::compare::List;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// The longest line, in bytes; a paper of the most items stays far below.
const MOST_LINE: usize = 1 << 20;
/// Lines of a part.
const PART: usize = 128;

/// A file that is being read.
pub(super) struct LineFile {
    list: List,
    reader: BufReader<File>,
    read: usize,
    ended: bool,
    broken: Option<(usize, Box<Fault>)>,
}

/// Some lines that follow each other.
pub(super) struct Part {
    pub(super) list: List,
    /// The number of the first, from 1.
    pub(super) first: usize,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl LineFile {
    pub(super) fn open(folder: &Path, list: List) -> io::Result<Self> {
        let reader = BufReader::with_capacity(1 << 18, File::open(folder.join(list.file()))?);
        Ok(Self { list, reader, read: 0, ended: false, broken: None })
    }

    /// The next lines; `None` at the file's end.
    pub(super) fn part(&mut self) -> io::Result<Option<Part>> {
        let mut part = Part { list: self.list, first: self.read + 1, text: Vec::new(), ends: Vec::new() };
        while part.ends.len() < PART && !self.ended {
            let start = part.text.len();
            let line = (&mut self.reader).take(MOST_LINE as u64 + 1).read_until(b'\n', &mut part.text)?;
            if part.text.len() > start && part.text.last() == Some(&b'\n') {
                part.text.pop();
                part.ends.push(part.text.len());
                self.read += 1;
                continue;
            }
            self.ended = true;
            part.text.truncate(start);
            if line > 0 {
                self.broken = Some((self.read + 1, cut(self.list, self.read + 1)));
            }
        }
        Ok((!part.ends.is_empty()).then_some(part))
    }

    /// The line at which the file breaks off, and what is wrong with it.
    pub(super) fn broken(self) -> Option<(usize, Box<Fault>)> {
        self.broken
    }
}

impl Part {
    /// The lines without their ends.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.text.get(start..*end))
    }
}

fn cut(list: List, line: usize) -> Box<Fault> {
    Box::new(Fault::new(
        "line_cut",
        format!("{} {}", list.file(), list.place(line, None)),
        Text::new(
            "这一行没有结束或过长，文件到此为止",
            "this line has no end or is too long; the file was read no further",
        ),
        Text::new("重新取得完整的文件", "get the whole file again"),
    ))
}
