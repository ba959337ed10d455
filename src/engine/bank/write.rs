//! The text of a bank's files: one line a member, one line an option, so that changes are easy to
//! review.

use super::item::ItemFile;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::io::{self, Write};

/// Objects and arrays nested this deep are written on one line: the options of an item.
const DEEPEST_BROKEN: usize = 4;

/// The text of a file of items.
///
/// # Errors
/// Never for items that were read; serde's signature allows for it.
pub fn item_file(file: &ItemFile) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::new();
    let shallow = Shallow { pretty: PrettyFormatter::new(), depth: 0 };
    file.serialize(&mut Serializer::with_formatter(&mut bytes, shallow))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

struct Shallow<'a> {
    pretty: PrettyFormatter<'a>,
    depth: usize,
}

impl Shallow<'_> {
    fn broken(&self) -> bool {
        self.depth <= DEEPEST_BROKEN
    }

    fn comma<W: ?Sized + Write>(writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }
}

impl Formatter for Shallow<'_> {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.broken() { self.pretty.begin_array(writer) } else { writer.write_all(b"[") }
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let broken = self.broken();
        self.depth -= 1;
        if broken { self.pretty.end_array(writer) } else { writer.write_all(b"]") }
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if self.broken() { self.pretty.begin_array_value(writer, first) } else { Self::comma(writer, first) }
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.broken() { self.pretty.end_array_value(writer) } else { Ok(()) }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.broken() { self.pretty.begin_object(writer) } else { writer.write_all(b"{") }
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let broken = self.broken();
        self.depth -= 1;
        if broken { self.pretty.end_object(writer) } else { writer.write_all(b"}") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if self.broken() { self.pretty.begin_object_key(writer, first) } else { Self::comma(writer, first) }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.broken() { self.pretty.end_object_value(writer) } else { Ok(()) }
    }
}
