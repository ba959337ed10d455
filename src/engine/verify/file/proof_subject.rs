//! A file that is held against another one, such as a proof of the log: which of the files that were
//! handed over with it is the other one is found by trying.

use super::bundle::{CERTIFICATE_BUNDLE_KIND, ResultBundle};
use super::defect::Defect;
use super::file_head::HeadKind;
use super::proof::may_be_logged;
use super::report::{CheckName, FileKind, NotChecked, Report, Verdict};
use super::{Beside, Content, Verification};
use crate::fault::Text;

impl Verification<'_> {
    /// Checks a file that was handed over with others, and gives the place among them of the one
    /// that it was held against.
    ///
    /// Only proofs of the log, codes of certificates and manifests take another file. A proof of
    /// inclusion takes the first that it leads to, a code its own certificate. A manifest takes the
    /// first secret whose commitment it names, else the first secret. A proof of consistency takes a checkpoint of its size; one that it does not lead to
    /// counts before one that it does, because a log that signed both shows two faces. A single
    /// file that it might be about is held against the proof even if it does not fit; of several
    /// that all do not fit, none is, and the report says so.
    #[must_use]
    pub fn check_among(&self, text: &str, others: &[&str]) -> (Report, Option<usize>) {
        let alone = self.check(text);
        let tried: Vec<(usize, Report)> = others
            .iter()
            .enumerate()
            .filter_map(|(place, other)| Some((place, self.check_with(text, beside(alone.kind, other)?))))
            .collect();
        let chosen = match (alone.kind, tried.len()) {
            // Somebody else's certificate beside a code says nothing about it.
            (FileKind::CertificateCode, _) => place_of(&tried, is_its_certificate),
            (_, 1) => Some(0),
            (FileKind::ManifestBundle, _) => place_of(&tried, fits).or((!tried.is_empty()).then_some(0)),
            (FileKind::GrowthProof, _) => place_of(&tried, contradicts).or_else(|| place_of(&tried, fits)),
            _ => place_of(&tried, fits),
        };
        let (count, chosen) = (tried.len(), chosen.and_then(|place| tried.into_iter().nth(place)));
        match chosen {
            Some((place, report)) => (report, Some(place)),
            None => (unfit(alone, count), None),
        }
    }
}

/// The file as what another might be held against; `None` when it cannot be that.
fn beside(proof: FileKind, other: &str) -> Option<Beside<'_>> {
    let none = Beside::default();
    match proof {
        FileKind::CertificateCode => is_certificate(other).then_some(Beside { record: Some(other), ..none }),
        FileKind::InclusionProof => may_be_logged(other).then_some(Beside { record: Some(other), ..none }),
        FileKind::GrowthProof => {
            matches!(Content::of(other), Content::Checkpoint).then_some(Beside { old: Some(other), ..none })
        }
        FileKind::ManifestBundle => {
            matches!(Content::of(other), Content::Secret).then_some(Beside { secret: Some(other), ..none })
        }
        _ => None,
    }
}

/// Whether a file is a certificate's.
fn is_certificate(other: &str) -> bool {
    HeadKind::of(other.as_bytes()) == HeadKind::Other
        && ResultBundle::read(other).is_ok_and(|bundle| bundle.kind == CERTIFICATE_BUNDLE_KIND)
}

fn place_of(tried: &[(usize, Report)], wanted: impl Fn(&Report) -> bool) -> Option<usize> {
    tried.iter().position(|(_, report)| wanted(report))
}

fn fits(report: &Report) -> bool {
    report.verdict == Verdict::Valid
}

/// Whether a code was held against its own certificate, whatever came of it.
fn is_its_certificate(report: &Report) -> bool {
    !report.failed().any(|check| check.defect == Some(Defect::LogLeaf))
}

/// Whether an older checkpoint is of the size that the proof starts from, and of its log, but not
/// what it leads to.
fn contradicts(report: &Report) -> bool {
    report.verdict == Verdict::Invalid
        && !report.failed().any(|check| matches!(check.defect, Some(Defect::LogSize | Defect::OtherLog)))
}

/// The report on a proof that none of several files fits.
fn unfit(mut alone: Report, count: usize) -> Report {
    if count > 0 && alone.verdict == Verdict::Unchecked {
        alone.not_checked.push(NotChecked {
            check: CheckName::Log,
            text: Text::new(
                format!("一起给出的文件里有 {count} 个可能是它要证明的，但都对不上。"),
                format!("{count} of the files beside it might be what it is about, but none fits"),
            ),
        });
    }
    alone
}

#[cfg(test)]
mod tests {
    use super::super::trust::TrustList;
    use super::*;
    use kaoping_record::software::SoftwareVerifier;
    use serde_json::Value;
    use std::error::Error;

    type TestResult<T = ()> = Result<T, Box<dyn Error>>;

    /// Files that no proof is about.
    const NOISE: [&str; 2] = ["not one of ours", "{\"kind\":\"receipt\"}"];

    struct Suite(Value);

    impl Suite {
        fn read() -> Result<Self, serde_json::Error> {
            serde_json::from_str(include_str!("../../../../tests/suite/verify/cases.json")).map(Self)
        }

        fn case(&self, name: &str) -> &Value {
            let all = self.0["cases"].as_array().expect("cases");
            all.iter().find(|case| case["name"] == name).expect("a case")
        }

        fn text(&self, name: &str, member: &str) -> &str {
            self.case(name)[member].as_str().expect("a text")
        }

        fn check(&self, name: &str, others: &[&str]) -> TestResult<(Report, Option<usize>)> {
            let case = self.case(name);
            let trust = TrustList::read(&self.0["trusts"][case["trust"].as_str().ok_or("a name")?].to_string())?;
            let against =
                Verification { trust: &trust, status: None, person: None, now: None, verifier: &SoftwareVerifier };
            Ok(against.check_among(self.text(name, "text"), others))
        }
    }

    // Catches a proof that passes without its file, or for another one.
    #[test]
    fn the_only_file_that_it_might_be_about_is_held_against_each_proof() -> TestResult {
        let suite = Suite::read()?;
        let mut checked = 0;
        for case in suite.0["cases"].as_array().ok_or("cases")? {
            let Some(about) = case["record"].as_str().or(case["old"].as_str()) else { continue };
            let name = case["name"].as_str().ok_or("a name")?;
            let (report, place) = suite.check(name, &[NOISE[0], about, NOISE[1]])?;
            let defects: Vec<_> = report.failed().map(|check| check.defect).collect();
            assert_eq!(serde_json::to_value(report.verdict)?, case["expect"]["verdict"], "{name}");
            assert_eq!(serde_json::to_value(defects)?, case["expect"]["defects"], "{name}");
            let readable = report.verdict != Verdict::Unreadable;
            assert!(place == Some(1) || !readable, "{name}: {place:?}");
            checked += 1;
        }
        assert!(checked >= 20, "{checked} cases");
        Ok(())
    }

    #[test]
    fn the_file_that_fits_is_found_among_several() -> TestResult {
        let suite = Suite::read()?;
        let own = suite.text("tlog-proof", "record");
        let other = suite.text("tlog-proof-other", "record");
        let end = suite.text("tlog-proof-record", "record");
        let (report, place) = suite.check("tlog-proof", &[other, NOISE[0], own, end])?;
        assert_eq!((report.verdict, place), (Verdict::Valid, Some(2)));

        let (report, place) = suite.check("tlog-proof", &[other, end])?;
        assert_eq!((report.verdict, place), (Verdict::Unchecked, None));
        assert!(report.not_checked.iter().any(|open| open.text.zh.contains("2 个可能是它要证明的")));

        let (report, place) = suite.check("tlog-proof", &NOISE)?;
        assert_eq!((report.verdict, place), (Verdict::Unchecked, None));
        assert!(report.not_checked.iter().all(|open| !open.text.zh.contains("对不上")));
        Ok(())
    }

    // Catches a log that shows two faces, and is believed for the one that fits.
    #[test]
    fn a_checkpoint_of_the_same_size_that_does_not_fit_counts_before_one_that_does() -> TestResult {
        let suite = Suite::read()?;
        let (old, altered) = (suite.text("grown", "old"), suite.text("grown-altered", "old"));
        let larger = suite.text("grown-other-size", "old");
        let (report, place) = suite.check("grown", &[larger, old])?;
        assert_eq!((report.verdict, place), (Verdict::Valid, Some(1)));
        let (report, place) = suite.check("grown", &[larger, old, altered])?;
        assert_eq!((report.verdict, place), (Verdict::Invalid, Some(2)));
        let (report, place) = suite.check("grown", &[larger, larger])?;
        assert_eq!((report.verdict, place), (Verdict::Unchecked, None));
        Ok(())
    }
}
