//! Published papers and certificates against those drawn again, one at a time.

use super::bundle::PublishedPaper;
use super::lines::Lines;
use super::{CERTIFICATES_FILE, HEAD_FILE, PAPERS_FILE, fault_at};
use crate::fault::Fault;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use serde_json::Value;
use std::collections::BTreeMap;

/// Where papers are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// The lines of [`PAPERS_FILE`].
    Papers,
    /// The lines of [`CERTIFICATES_FILE`].
    Certificates,
    /// The digests of a bundle.
    Digests,
}

/// What one published entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The place in the seating of the paper that it names; `None` when it names none.
    pub place: Option<usize>,
    /// What is wrong with it.
    pub fault: Option<Box<Fault>>,
}

/// What a batch's papers must be.
#[derive(Debug)]
pub struct Comparison<'a> {
    lines: &'a Lines<'a>,
    places: BTreeMap<&'a str, usize>,
}

/// One reader's comparison; it keeps the paper that was drawn last, for a certificate usually
/// follows its paper.
#[derive(Debug)]
pub struct Checker<'a> {
    comparison: &'a Comparison<'a>,
    last: Option<(usize, Digest)>,
}

impl List {
    /// The file's name.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Papers => PAPERS_FILE,
            Self::Certificates => CERTIFICATES_FILE,
            Self::Digests => HEAD_FILE,
        }
    }

    /// An entry of the list, counted from 1, in Chinese with its paper.
    #[must_use]
    pub fn place(self, entry: usize, paper: Option<&str>) -> String {
        let paper = paper.map(|paper| format!("，试卷 {paper}")).unwrap_or_default();
        match self {
            Self::Papers | Self::Certificates => format!("第 {entry} 行{paper}"),
            Self::Digests => format!("/papers/{}{paper}", entry.saturating_sub(1)),
        }
    }
}

impl<'a> Comparison<'a> {
    /// The papers of a batch by their ids.
    #[must_use]
    pub fn new(lines: &'a Lines<'a>) -> Self {
        let papers = &lines.deal().seating().papers;
        let places = papers.iter().enumerate().map(|(place, seated)| (seated.paper.as_str(), place));
        Self { lines, places: places.collect() }
    }

    /// A reader's comparison.
    #[must_use]
    pub const fn checker(&'a self) -> Checker<'a> {
        Checker { comparison: self, last: None }
    }

    /// The id of the paper at a place of the seating.
    #[must_use]
    pub fn paper(&self, place: usize) -> Option<&'a str> {
        self.lines.deal().seating().papers.get(place).map(|seated| seated.paper.as_str())
    }

    /// Papers of the seating.
    #[must_use]
    pub fn papers(&self) -> usize {
        self.places.len()
    }
}

impl Checker<'_> {
    /// Compares a line of [`PAPERS_FILE`] or [`CERTIFICATES_FILE`], without its end; `entry` counts
    /// from 1.
    pub fn line(&mut self, list: List, entry: usize, line: &[u8]) -> Compared {
        let Some((paper, place)) = self.named(line) else { return unknown(list, entry, None) };
        let expected = match list {
            List::Papers => self.drawn(place),
            List::Certificates | List::Digests => {
                self.digest(place).and_then(|digest| self.comparison.lines.certificate(place, digest))
            }
        };
        let fault = match expected {
            Some(expected) if expected == line => None,
            expected => Some(differs(list, entry, Some(paper), &expected.unwrap_or_default(), line)),
        };
        Compared { place: Some(place), fault }
    }

    /// Compares an entry of a bundle, counted from 1.
    pub fn published(&mut self, entry: usize, published: &PublishedPaper) -> Compared {
        let paper = published.paper.as_str();
        let Some(place) = self.comparison.places.get(paper).copied() else {
            return unknown(List::Digests, entry, Some(paper));
        };
        let fault = (self.digest(place) != Some(published.digest)).then(|| {
            fault_at(
                "paper_differs",
                HEAD_FILE,
                &List::Digests.place(entry, Some(paper)),
                [
                    format!("试卷 {paper} 公布的摘要与重新抽出的试卷不符"),
                    format!("the published digest of paper `{paper}` is not that of the paper drawn again"),
                ],
                CURE,
            )
        });
        Compared { place: Some(place), fault }
    }

    /// The paper that a line names: its last member `paper`, which papers and certificates have
    /// near their end.
    fn named<'l>(&self, line: &'l [u8]) -> Option<(&'l str, usize)> {
        const MEMBER: &[u8] = br#""paper":""#;
        let start = line.windows(MEMBER.len()).rposition(|window| window == MEMBER)? + MEMBER.len();
        let rest = line.get(start..)?;
        let end = rest.iter().position(|byte| *byte == b'"')?;
        let paper = std::str::from_utf8(rest.get(..end)?).ok()?;
        Some((paper, self.comparison.places.get(paper).copied()?))
    }

    fn drawn(&mut self, place: usize) -> Option<Vec<u8>> {
        let paper = self.comparison.lines.paper(place)?;
        self.last = Some((place, Digest::of(&paper)));
        Some(paper)
    }

    fn digest(&mut self, place: usize) -> Option<Digest> {
        if self.last.is_none_or(|(last, _)| last != place) {
            self.drawn(place)?;
        }
        self.last.map(|(_, digest)| digest)
    }
}

/// Compares a whole document; `None` when its bytes are the expected ones.
#[must_use]
pub fn document(file: &str, expected: &[u8], found: &[u8]) -> Option<Box<Fault>> {
    (expected != found).then(|| {
        let place = first_difference(expected, found);
        fault_at(
            "document_differs",
            file,
            &place,
            ["与重新抽题得出的内容不符".to_owned(), "not what drawing again gives".to_owned()],
            CURE,
        )
    })
}

const CURE: [&str; 2] = [
    "保留这份文件，向评价组织要求说明；不要使用这份试卷的结果",
    "keep the file and ask the organization; do not rely on this paper's result",
];

fn unknown(list: List, entry: usize, paper: Option<&str>) -> Compared {
    let fault = fault_at(
        "paper_unknown",
        list.file(),
        &list.place(entry, paper),
        ["不是这次抽题的试卷，或已无法辨认".to_owned(), "names no paper of this draw, or cannot be read".to_owned()],
        CURE,
    );
    Compared { place: None, fault: Some(fault) }
}

fn differs(list: List, entry: usize, paper: Option<&str>, expected: &[u8], found: &[u8]) -> Box<Fault> {
    let at = first_difference(expected, found);
    let (zh, en, code) = match list {
        List::Certificates => ("试卷证明", "certificate", "certificate_differs"),
        List::Papers | List::Digests => ("试卷", "paper", "paper_differs"),
    };
    let id = paper.unwrap_or_default();
    fault_at(
        code,
        list.file(),
        &format!("{} {at}", list.place(entry, paper)),
        [format!("{zh} {id} 与重新抽出的不符"), format!("the {en} of `{id}` is not the one drawn again")],
        CURE,
    )
}

/// The first place at which two documents differ, as a JSON pointer (RFC 6901), or the byte when
/// one of them is no document.
fn first_difference(expected: &[u8], found: &[u8]) -> String {
    let both = (canonical::from_bytes::<Value>(expected), canonical::from_bytes::<Value>(found));
    if let (Ok(expected), Ok(found)) = both
        && let Some(pointer) = differing(&expected, &found)
    {
        return if pointer.is_empty() { "/".to_owned() } else { pointer };
    }
    let byte = expected.iter().zip(found).position(|(a, b)| a != b).unwrap_or(expected.len().min(found.len()));
    format!("第 {} 字节", byte + 1)
}

fn differing(expected: &Value, found: &Value) -> Option<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let keys = expected.keys().chain(found.keys());
            let mut keys: Vec<&String> = keys.collect();
            keys.sort_unstable();
            let at = |key: &&String| below(expected.get(*key), found.get(*key), key);
            keys.iter().find_map(at)
        }
        (Value::Array(expected), Value::Array(found)) => (0..expected.len().max(found.len()))
            .find_map(|place| below(expected.get(place), found.get(place), &place.to_string())),
        (expected, found) => (expected != found).then(String::new),
    }
}

fn below(expected: Option<&Value>, found: Option<&Value>, name: &str) -> Option<String> {
    let deeper = match (expected, found) {
        (Some(expected), Some(found)) => differing(expected, found)?,
        _ => String::new(),
    };
    Some(format!("/{}{deeper}", name.replace('~', "~0").replace('/', "~1")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_has_a_place() {
        let of = |expected: &str, found: &str| first_difference(expected.as_bytes(), found.as_bytes());
        assert_eq!(of(r#"{"a":[1,{"b":2}]}"#, r#"{"a":[1,{"b":3}]}"#), "/a/1/b");
        assert_eq!(of(r#"{"a":[1]}"#, r#"{"a":[1,2]}"#), "/a/1");
        assert_eq!(of(r#"{"a":1}"#, r#"{"a":1,"b/c":2}"#), "/b~1c");
        assert_eq!(of("1", "2"), "/");
        assert_eq!(of(r#"{"a":1}"#, r#"{"a": 1}"#), "第 6 字节");
        assert_eq!(of(r#"{"a":1}"#, r#"{"a":1"#), "第 7 字节");
    }
}
