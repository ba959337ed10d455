//! Lots: everything else of a batch that chance decides (section 7 of the specification).

use super::seed::Seed;

/// What is drawn by lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lot<'a> {
    /// The tasks of a station; the list is the station's tasks in the plan's order, and the first *k* are taken.
    Task {
        /// The sitting.
        sitting: &'a str,
        /// The function's name in JSON.
        function: &'a str,
    },
    /// The order in which sittings, in the roster's order, are dealt to the panels in turn.
    Panel {
        /// The batch.
        batch: &'a str,
    },
    /// The drawn numbers: the list is 1 … n for the panel's sittings in the order of the panel lot.
    Number {
        /// The panel.
        panel: &'a str,
    },
}

impl Seed {
    /// Shuffles a list for a lot.
    pub fn lot<T>(&self, lot: Lot<'_>, list: &mut [T]) {
        let (purpose, subject) = match lot {
            Lot::Task { sitting, function } => ("task", format!("{sitting}/{function}")),
            Lot::Panel { batch } => ("panel", batch.to_owned()),
            Lot::Number { panel } => ("number", panel.to_owned()),
        };
        self.stream("lot", &[purpose, &subject]).shuffle(list);
    }
}
