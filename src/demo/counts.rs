//! How many simulated people reached each step.

use std::fmt;

/// What was counted on the way.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) candidates: usize,
    pub(crate) drawn: usize,
    pub(crate) sat: usize,
    pub(crate) scored: usize,
    pub(crate) practical: usize,
    pub(crate) signed: usize,
    pub(crate) logged: usize,
    pub(crate) verified: usize,
    pub(crate) passed: usize,
    pub(crate) listed: usize,
    pub(crate) certified: usize,
    pub(crate) seconds: u64,
}

impl Counts {
    /// Whether every candidate came through every step, and every passer is on the list.
    pub(crate) fn agree(&self) -> bool {
        let all = [self.drawn, self.sat, self.scored, self.practical, self.signed, self.logged, self.verified];
        all.iter().all(|count| *count == self.candidates)
            && self.passed == self.listed
            && self.listed == self.certified
            && self.candidates > 0
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "candidates {}", self.candidates)?;
        for (what, count) in [
            ("drawn", self.drawn),
            ("sat", self.sat),
            ("theory scored", self.scored),
            ("practical scored", self.practical),
            ("signed", self.signed),
            ("logged", self.logged),
            ("verified", self.verified),
            ("passed", self.passed),
            ("listed", self.listed),
            ("certified", self.certified),
        ] {
            writeln!(formatter, "  {what:<18}{count}")?;
        }
        write!(formatter, "in {} s", self.seconds)
    }
}
