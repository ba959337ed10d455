//! What a file says of itself in its first kilobyte. A file may be of any size and made to fill
//! memory: nothing of it is parsed before its kind is known, and with it how much may be read.

use crate::verify::batch::BATCH_BUNDLE_KIND;
use crate::verify::draw::bundle::BUNDLE_KIND as DRAW_KIND;
use crate::verify::file::status::{MAX_STATUS_BYTES, STATUS_KIND};
use crate::verify::file::trust::TRUST_KIND;
use crate::verify::scores::AUDIT_BUNDLE_KIND;

/// How much of a file is looked at, in bytes.
pub const HEAD_BYTES: usize = 1024;
/// The longest file of a kind that stands for itself, in bytes: a bank's index.
pub const MAX_FILE_BYTES: usize = crate::kinds::MAX_RECORD_BYTES;
/// The longest published draw, in bytes: of 200,000 papers.
pub const MAX_DRAW_BYTES: usize = 64 * 1024 * 1024;

/// The kinds that are read in ways of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadKind {
    /// The records of a closed batch, line by line.
    Batch,
    /// The scores of a batch, line by line.
    Audit,
    /// A published draw.
    Draw,
    /// Corrections, revocations and key events.
    Status,
    /// A trust list.
    Trust,
    /// Any other file: results, certificates, receipts, records, proofs.
    Other,
}

impl HeadKind {
    /// Recognises a file by its first [`HEAD_BYTES`] bytes, which may break off anywhere: by the
    /// member `kind` of the object that it begins with. Bundles and draws are written with that
    /// member first. A trust list is also known by its issuers, which come first where its members
    /// are sorted.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        let head = head.get(..HEAD_BYTES).unwrap_or(head);
        match member(head, "kind").as_deref() {
            Some(BATCH_BUNDLE_KIND) => Self::Batch,
            Some(AUDIT_BUNDLE_KIND) => Self::Audit,
            Some(DRAW_KIND) => Self::Draw,
            Some(STATUS_KIND) => Self::Status,
            Some(TRUST_KIND) => Self::Trust,
            None if begins_with(head, "issuers") => Self::Trust,
            _ => Self::Other,
        }
    }

    /// The longest file of the kind, in bytes; `None` for those that are read line by line, of
    /// which each line is bounded.
    #[must_use]
    pub const fn longest(self) -> Option<usize> {
        match self {
            Self::Batch | Self::Audit => None,
            Self::Draw => Some(MAX_DRAW_BYTES),
            Self::Status => Some(MAX_STATUS_BYTES),
            Self::Trust | Self::Other => Some(MAX_FILE_BYTES),
        }
    }
}

/// The text of a member of the object that a text begins with, as far as it is there.
pub(in crate::verify) fn member(head: &[u8], wanted: &str) -> Option<String> {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
    let mut scan = Scan { rest: head };
    scan.blank();
    scan.take(b'{')?;
    loop {
        scan.blank();
        let name = scan.text()?;
        scan.blank();
        scan.take(b':')?;
        scan.blank();
        if name == wanted.as_bytes() {
            return String::from_utf8(scan.text()?.to_vec()).ok();
        }
        scan.skip()?;
        scan.blank();
        scan.take(b',')?;
    }
}

/// Whether the first member of the object that a text begins with has this name.
fn begins_with(head: &[u8], name: &str) -> bool {
    let mut scan = Scan { rest: head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head) };
    scan.blank();
    let first = scan.take(b'{').and_then(|()| {
        scan.blank();
        scan.text()
    });
    first == Some(name.as_bytes())
}

struct Scan<'a> {
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    fn blank(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        (*first == byte).then_some(())
    }

    /// A text as it is written, its escapes with it: no name of ours has any.
    fn text(&mut self) -> Option<&'a [u8]> {
        self.take(b'"')?;
        let (all, mut escaped) = (self.rest, false);
        for (place, byte) in all.iter().enumerate() {
            match byte {
                b'"' if !escaped => {
                    self.rest = all.get(place + 1..)?;
                    return all.get(..place);
                }
                byte => escaped = *byte == b'\\' && !escaped,
            }
        }
        None
    }

    /// Passes over a value.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.rest.first()? {
                b'"' => drop(self.text()?),
                b'{' | b'[' => {
                    depth += 1;
                    self.rest = self.rest.get(1..)?;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.rest = self.rest.get(1..)?;
                }
                b',' if depth == 0 => return Some(()),
                _ => self.rest = self.rest.get(1..)?,
            }
            if depth == 0 && matches!(self.rest.trim_ascii_start().first(), Some(b',' | b'}')) {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A file that is taken for another kind would be refused, although it holds.
    #[test]
    fn a_file_is_known_by_the_kind_that_it_names() {
        for (head, kind) in [
            (r#"{"v":1,"x":{"kind":"inner","y":["}",2]},"kind":"batch-bundle"}"#, HeadKind::Batch),
            ("\u{feff}{ \"kind\" : \"trust-list\" }\n", HeadKind::Trust),
            ("{\n  \"kind\": \"audit-bundle\",\n", HeadKind::Audit),
            (r#"{"kind":"draw-bundle","v":1,"basis":{"#, HeadKind::Draw),
            (r#"{"a":"\"","b":-1,"kind":"status-set""#, HeadKind::Status),
            (r#"{"x":{"kind":"batch-bundle"}}"#, HeadKind::Other),
            (r#"{"issuers":[{"key":{"crv":"#, HeadKind::Trust),
            (r#"{"issuers":[],"kind":"trust-list"}"#, HeadKind::Trust),
            (r#"["kind","batch-bundle"]"#, HeadKind::Other),
            (r#"{"kind":7}"#, HeadKind::Other),
            ("{\n", HeadKind::Other),
            ("", HeadKind::Other),
            ("eyJhbGciOiJFUzI1NiJ9.e30.AA", HeadKind::Other),
        ] {
            assert_eq!(HeadKind::of(head.as_bytes()), kind, "{head}");
            for end in 0..head.len() {
                let part = HeadKind::of(&head.as_bytes()[..end]);
                assert!(part == HeadKind::Other || part == kind, "{head} cut at {end}");
            }
        }
        let far = format!(r#"{{"a":"{}","kind":"batch-bundle"}}"#, "x".repeat(HEAD_BYTES));
        assert_eq!(HeadKind::of(far.as_bytes()), HeadKind::Other);
    }
}
