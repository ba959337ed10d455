//! One verdict over the files of a batch: its records, its draw and its scores, which were checked
//! against each other.

use crate::fault::Text;
use kaoping_record::id::BatchId;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A part of what a closed batch hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Its batch bundle.
    Records,
    /// Its published draw.
    Draw,
    /// Its audit bundle.
    Scores,
}

/// What a part, or all parts together, come to; a later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinedVerdict {
    /// Everything holds.
    Agrees,
    /// Nothing contradicts, but something could not be checked, or a result was replaced or
    /// withdrawn later.
    Doubtful,
    /// Something does not hold.
    Differs,
}

/// The verdict over one batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Joined {
    /// The batch (批次).
    pub batch: BatchId,
    /// The worst of its parts.
    pub verdict: JoinedVerdict,
    /// The same in one sentence.
    pub summary: Text,
    /// The parts that were not given, and were not checked for that reason.
    pub missing: Vec<Part>,
}

/// What was found of the files of one call.
#[derive(Clone, Debug, Default)]
pub struct FilesOfBatches(BTreeMap<BatchId, BTreeMap<Part, JoinedVerdict>>);

impl Part {
    const ALL: [Self; 3] = [Self::Records, Self::Draw, Self::Scores];

    const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Records => ("批次核验包", "the batch bundle"),
            Self::Draw => ("抽题公开包", "the published draw"),
            Self::Scores => ("审计包", "the audit bundle"),
        }
    }
}

impl FilesOfBatches {
    /// Takes what was found of a file. A file that names no batch belongs to none.
    pub fn take(&mut self, batch: Option<&BatchId>, part: Part, verdict: JoinedVerdict) {
        let Some(batch) = batch else { return };
        let worst = self.0.entry(batch.clone()).or_default().entry(part).or_insert(verdict);
        *worst = verdict.max(*worst);
    }

    /// A verdict for each batch whose bundle was given together with its draw or its scores.
    pub fn verdicts(&self) -> impl Iterator<Item = Joined> {
        self.0.iter().filter(|(_, parts)| parts.len() > 1 && parts.contains_key(&Part::Records)).map(
            |(batch, parts)| {
                let verdict = parts.values().copied().max().unwrap_or(JoinedVerdict::Doubtful);
                let given: BTreeSet<Part> = parts.keys().copied().collect();
                let missing = Part::ALL.into_iter().filter(|part| !given.contains(part)).collect();
                Joined { batch: batch.clone(), verdict, summary: summary(batch, verdict, &given), missing }
            },
        )
    }
}

fn summary(batch: &BatchId, verdict: JoinedVerdict, given: &BTreeSet<Part>) -> Text {
    let zh = given.iter().map(|part| part.name().0).collect::<Vec<_>>().join("、");
    let en = given.iter().map(|part| part.name().1).collect::<Vec<_>>().join(", ");
    match verdict {
        JoinedVerdict::Agrees => Text::new(
            format!("批次 {batch}：{zh}互相核对，全部一致。"),
            format!("batch {batch}: {en} were checked against each other, and all agree"),
        ),
        JoinedVerdict::Doubtful => Text::new(
            format!("批次 {batch}：{zh}互相核对，没有矛盾，但其中有的没有核实，或有成绩后来失效。"),
            format!(
                "batch {batch}: {en} do not contradict each other, but not all of them could be checked, or a result \
                 was replaced or withdrawn later"
            ),
        ),
        JoinedVerdict::Differs => Text::new(
            format!("批次 {batch}：{zh}互相核对，有不符之处，不能采信；请看各个文件的说明。"),
            format!("batch {batch}: {en} do not agree and cannot be relied on; see the findings of each file"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    // Catches a verdict that is better than one of the parts, or given to files that were not joined.
    #[test]
    fn a_batch_is_as_bad_as_its_worst_file() -> Result<(), Box<dyn Error>> {
        let (one, other) = (BatchId::new("b-1")?, BatchId::new("b-2")?);
        let mut files = FilesOfBatches::default();
        files.take(Some(&one), Part::Records, JoinedVerdict::Agrees);
        files.take(Some(&other), Part::Draw, JoinedVerdict::Differs);
        files.take(None, Part::Draw, JoinedVerdict::Differs);
        assert_eq!(files.verdicts().count(), 0, "nothing was given together");
        files.take(Some(&one), Part::Scores, JoinedVerdict::Agrees);
        let found =
            |files: &FilesOfBatches| files.verdicts().map(|found| (found.verdict, found.missing)).collect::<Vec<_>>();
        assert_eq!(found(&files), [(JoinedVerdict::Agrees, vec![Part::Draw])]);
        files.take(Some(&one), Part::Draw, JoinedVerdict::Doubtful);
        assert_eq!(found(&files), [(JoinedVerdict::Doubtful, vec![])]);
        files.take(Some(&one), Part::Records, JoinedVerdict::Differs);
        files.take(Some(&one), Part::Records, JoinedVerdict::Agrees);
        assert_eq!(found(&files), [(JoinedVerdict::Differs, vec![])], "a second file does not mend the first");
        assert!(files.verdicts().all(|found| found.batch == one));
        Ok(())
    }
}
