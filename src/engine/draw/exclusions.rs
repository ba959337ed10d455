//! What the cards of a paper exclude: their points, their enemies, and what the person has seen.

#![expect(
    clippy::indexing_slicing,
    reason = "numbers of points and items are made with the lists that they index, and this is the innermost loop"
)]

use super::units::{ItemNumber, UnitNumber, Units};

/// Points and items that are excluded, cleared all at once by a new round.
pub(super) struct Exclusions<'a> {
    units: &'a Units<'a>,
    round: u32,
    points: Vec<u32>,
    enemies: Vec<u32>,
    seen: Vec<u32>,
    /// The last round in which an enemy was excluded, and in which an item was seen: most papers have none of them.
    with_enemies: u32,
    with_seen: u32,
}

impl<'a> Exclusions<'a> {
    /// Nothing is excluded.
    pub(super) fn new(units: &'a Units<'a>) -> Self {
        let items = units.items.len();
        Self {
            units,
            round: 1,
            points: vec![0; units.points],
            enemies: vec![0; items],
            seen: vec![0; items],
            with_enemies: 0,
            with_seen: 0,
        }
    }

    /// Begins with nothing excluded.
    pub(super) fn clear(&mut self) {
        self.round += 1;
    }

    /// Excludes what a unit excludes.
    pub(super) fn add(&mut self, unit: UnitNumber) {
        for point in self.units.points_of.of(unit) {
            self.points[*point as usize] = self.round;
        }
        for item in self.units.enemies_of.of(unit) {
            self.enemies[*item as usize] = self.round;
            self.with_enemies = self.round;
        }
    }

    /// Excludes an item because the person has seen it.
    pub(super) fn see(&mut self, item: ItemNumber) {
        self.seen[item as usize] = self.round;
        self.with_seen = self.round;
    }

    /// Whether the unit has a point of a unit that was added.
    pub(super) fn shares_point(&self, unit: UnitNumber) -> bool {
        self.units.points_of.of(unit).iter().any(|point| self.points[*point as usize] == self.round)
    }

    /// Whether the unit is an enemy of a unit that was added.
    pub(super) fn has_enemy(&self, unit: UnitNumber) -> bool {
        self.with_enemies == self.round
            && self.units.items_of.of(unit).iter().any(|item| self.enemies[*item as usize] == self.round)
    }

    /// Whether the person has seen an item of the unit.
    pub(super) fn has_seen(&self, unit: UnitNumber) -> bool {
        self.with_seen == self.round
            && self.units.items_of.of(unit).iter().any(|item| self.seen[*item as usize] == self.round)
    }

    /// Whether the unit may join: it was not seen, and has neither a point nor an enemy among the units that were added.
    pub(super) fn admits(&self, unit: UnitNumber) -> bool {
        !self.shares_point(unit) && !self.has_enemy(unit) && !self.has_seen(unit)
    }
}
