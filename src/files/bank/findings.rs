//! Findings as they come up, within bounds: a file of a million faulty rows makes no report of a
//! million lines.

use super::finding::{Finding, Weight};
use kaoping_engine::fault::Text;

/// The most findings that are reported; one more says how many others there are.
pub const MOST_FINDINGS: usize = 10_000;
/// The most of these that are only notices, so that there is room for findings that stop an import.
const MOST_TOLD: usize = 5_000;

/// Findings in the order in which they came up.
#[derive(Debug, Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
    told: usize,
    more: usize,
    has_refusal: bool,
    /// File and row of the last item that cannot be here.
    last_unsupported: Option<(String, String)>,
    unsupported_items: usize,
}

impl Findings {
    pub(super) fn push(&mut self, finding: Finding) {
        match finding.weight {
            Weight::Refused => self.has_refusal = true,
            Weight::Unsupported => {
                // All findings of one item are reported together.
                let place = (finding.file.clone(), finding.row.clone());
                self.unsupported_items += usize::from(self.last_unsupported.as_ref() != Some(&place));
                self.last_unsupported = Some(place);
            }
            Weight::Told => self.told += 1,
        }
        let is_told = finding.weight == Weight::Told;
        if self.list.len() >= MOST_FINDINGS || is_told && self.told > MOST_TOLD {
            self.more += 1;
        } else {
            self.list.push(finding);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Items that cannot be here.
    pub(super) fn unsupported_items(&self) -> usize {
        self.unsupported_items
    }

    /// Whether nothing may be imported.
    pub(super) fn stop(&self, leaves_out: bool) -> bool {
        self.has_refusal || !leaves_out && self.unsupported_items > 0
    }

    /// The list, which ends by saying how many are not in it.
    pub(super) fn into_list(mut self) -> Vec<Finding> {
        if self.more > 0 {
            let more = self.more;
            self.list.push(Finding {
                file: String::new(),
                row: String::new(),
                field: "文件".to_owned(),
                weight: Weight::Told,
                code: "more_findings".to_owned(),
                what: more.to_string(),
                why: Text::new(format!("另有 {more} 处没有列出"), format!("{more} more are not listed")),
                cure: Text::new("先改正已列出的，再重新导入", "correct those listed and import again"),
            });
        }
        self.list
    }
}

impl Extend<Finding> for Findings {
    fn extend<T: IntoIterator<Item = Finding>>(&mut self, findings: T) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::finding::Spot;

    #[test]
    fn a_long_report_keeps_room_for_what_stops_an_import() {
        let spot = |row: usize| Spot::line(&"f".into(), row);
        let mut findings = Findings::default();
        for row in 0..MOST_FINDINGS + 5 {
            findings.push(spot(row).told("told", "x", "", ["", ""], ["", ""]));
        }
        findings.push(spot(1).unsupported("a", "", ["", ""]));
        findings.push(spot(1).unsupported("b", "", ["", ""]));
        findings.push(spot(2).unsupported("c", "", ["", ""]));
        assert_eq!((findings.unsupported_items(), findings.stop(true), findings.stop(false)), (2, false, true));
        findings.push(spot(3).refused("d", "x", "", ["", ""], ["", ""]));
        assert!(findings.stop(true));
        let list = findings.into_list();
        let last: Vec<&str> = list[MOST_TOLD..].iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(last, ["a", "b", "c", "d", "more_findings"]);
        assert_eq!(list.last().map(|finding| finding.what.as_str()), Some("5005"));
    }
}
