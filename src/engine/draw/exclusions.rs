//! What the cards of a paper exclude: their points, their enemies, and what the person has seen.

#![expect(
    clippy::indexing_slicing,
    reason = "numbers of points and items are made with the lists that they index, and this is the innermost loop"
)]

use super::units::{ItemNumber, Unit, Units};

/// Points and items that are excluded, cleared all at once by a new round.
pub(super) struct Exclusions {
    round: u32,
    points: Vec<u32>,
    enemies: Vec<u32>,
    seen: Vec<u32>,
}

impl Exclusions {
    /// Nothing is excluded.
    pub(super) fn new(units: &Units<'_>) -> Self {
        let items = units.items.len();
        Self { round: 0, points: vec![0; units.points], enemies: vec![0; items], seen: vec![0; items] }
    }

    /// Begins with nothing excluded.
    pub(super) fn clear(&mut self) {
        self.round += 1;
    }

    /// Excludes what a unit excludes.
    pub(super) fn add(&mut self, unit: &Unit) {
        for point in &unit.points {
            self.points[*point as usize] = self.round;
        }
        for item in &unit.enemies {
            self.enemies[*item as usize] = self.round;
        }
    }

    /// Excludes an item because the person has seen it.
    pub(super) fn see(&mut self, item: ItemNumber) {
        self.seen[item as usize] = self.round;
    }

    /// Whether the unit has a point of a unit that was added.
    pub(super) fn shares_point(&self, unit: &Unit) -> bool {
        unit.points.iter().any(|point| self.points[*point as usize] == self.round)
    }

    /// Whether the unit is an enemy of a unit that was added.
    pub(super) fn has_enemy(&self, unit: &Unit) -> bool {
        unit.items.iter().any(|item| self.enemies[*item as usize] == self.round)
    }

    /// Whether the person has seen an item of the unit.
    pub(super) fn has_seen(&self, unit: &Unit) -> bool {
        unit.items.iter().any(|item| self.seen[*item as usize] == self.round)
    }

    /// Whether the unit has a point or an enemy among the units that were added.
    pub(super) fn conflicts(&self, unit: &Unit) -> bool {
        self.shares_point(unit) || self.has_enemy(unit)
    }
}
