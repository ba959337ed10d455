//! What a report says beside what is wrong: witnesses, what was withdrawn, and what was not
//! checked.

use super::super::finding::{BatchDefect, Said, Withdrawn};
use super::BatchCheck;
use crate::fault::Text;
use crate::verify::file::cosigning_witnesses;

impl BatchCheck<'_> {
    /// What the report says beside what is wrong.
    pub(super) fn said(&mut self) -> Said {
        let mut said = Said::default();
        match cosigning_witnesses(self.header.as_ref().map(|header| header.checkpoint.as_str()), &self.trust) {
            Ok(seen) if seen.len() < self.trust.quorum() => {
                said.unwitnessed = true;
                let (count, needed) = (seen.len(), self.trust.quorum());
                said.not_checked.push(Text::new(
                    format!("信任清单要求 {needed} 个外部见证，这份日志只有 {count} 个。"),
                    format!("the trust list asks for {needed} outside witnesses; {count} have cosigned the log"),
                ));
            }
            Ok(seen) if seen.is_empty() => said.not_checked.push(Text::new(
                "未经外部见证：没有信任清单中的第三方见证过这份日志。",
                "no outside witness of the trust list has cosigned the log",
            )),
            Ok(seen) => {
                let names: Vec<&str> = seen.iter().map(|seen| seen.witness.as_str()).collect();
                let names = names.join(", ");
                let text = Text::new(format!("外部见证：{names}。"), format!("cosigned by outside witnesses: {names}"));
                said.checked.push(text);
            }
            Err(error) => self.found.add(
                BatchDefect::WitnessSignature,
                self.trust.log.origin.as_str(),
                "外部见证的签名不成立。",
                &format!("a witness's signature does not hold ({error})"),
            ),
        }
        match (self.status, &self.organization) {
            (Some(status), Some(organization)) => {
                said.withdrawn = self
                    .fold
                    .results()
                    .filter_map(|(pseudonym, result)| {
                        let (defect, text) = status.finding(organization, &[*result])?.err()?;
                        Some(Withdrawn { pseudonym: pseudonym.clone(), result: *result, defect, text })
                    })
                    .collect();
                said.not_checked.push(Text::new(
                    "没有核对给出的更正与撤销记录是否齐全。",
                    "whether the corrections and revocations that were given are all was not checked",
                ));
            }
            _ => said.not_checked.push(Text::new(
                "没有核对成绩是否在发出以后被更正或撤销。",
                "whether results were corrected or revoked later was not looked up",
            )),
        }
        if !self.key_corrections.is_empty() {
            let count = self.key_corrections.len();
            said.not_checked.push(Text::new(
                format!("本批次更正过 {count} 次标准答案；内容只在审计包里，请用审计包核对。"),
                format!("keys were corrected {count} times; what counts now stands in the audit bundle alone"),
            ));
        }
        said.not_checked.push(Text::new(
            "没有重算成绩；请用审计包核对。",
            "scores were not computed again: that takes an audit bundle",
        ));
        said
    }
}
