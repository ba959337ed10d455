//! What stands in the way of further cards while a paper is settled: what it holds, and what its person has seen.

#![expect(clippy::indexing_slicing, reason = "units and points are numbered by the rules, in the innermost loops")]

use super::rules::Rules;
use super::units::UnitNumber;

/// No unit.
const NONE: UnitNumber = UnitNumber::MAX;
/// More than a paper can hold enemies of one unit.
const EXCLUDED: u32 = 1 << 16;

/// The held units of a paper. They never conflict with each other, so a point has one of them at most.
pub(super) struct Held<'a> {
    rules: &'a Rules<'a>,
    /// For each point the held unit that has it.
    holder: Vec<UnitNumber>,
    /// For each unit how many held ones are its enemies, and [`EXCLUDED`] when the person must not get it.
    enemies: Vec<u32>,
    /// For each held unit its place.
    place: Vec<usize>,
    /// For each unit one of its points; nearly all have one only.
    point: Vec<u32>,
}

impl<'a> Held<'a> {
    /// Nothing is held or excluded.
    pub(super) fn new(rules: &'a Rules<'a>) -> Self {
        let units = rules.units.len();
        let point = |unit: usize| rules.points.of(unit as UnitNumber).first().copied().unwrap_or_default();
        Self {
            rules,
            holder: vec![NONE; rules.at_point.len()],
            enemies: vec![0; units],
            place: vec![0; units],
            point: (0..units).map(point).collect(),
        }
    }

    /// Excludes units for a person, or no longer.
    pub(super) fn exclude(&mut self, units: &[UnitNumber], excluded: bool) {
        for unit in units {
            self.enemies[*unit as usize] = if excluded { EXCLUDED } else { 0 };
        }
    }

    /// Holds a unit that fits, at a place.
    pub(super) fn hold(&mut self, unit: UnitNumber, place: usize) {
        self.place[unit as usize] = place;
        self.rules.points.of(unit).iter().for_each(|point| self.holder[*point as usize] = unit);
        self.rules.enemies.of(unit).iter().for_each(|other| self.enemies[*other as usize] += 1);
    }

    /// Holds a unit no more.
    pub(super) fn release(&mut self, unit: UnitNumber) {
        self.rules.points.of(unit).iter().for_each(|point| self.holder[*point as usize] = NONE);
        self.rules.enemies.of(unit).iter().for_each(|other| self.enemies[*other as usize] -= 1);
    }

    /// The place at which a unit is held.
    pub(super) fn place(&self, unit: UnitNumber) -> Option<usize> {
        (self.holder[self.point[unit as usize] as usize] == unit).then_some(self.place[unit as usize])
    }

    /// Whether a unit is not excluded, not held, and not in conflict with a held one.
    pub(super) fn fits(&self, unit: UnitNumber) -> bool {
        self.enemies[unit as usize] == 0
            && self.holder[self.point[unit as usize] as usize] == NONE
            && (self.rules.size[unit as usize] == 1 || self.holders(unit).next().is_none())
    }

    /// The one held unit that is this one or in conflict with it; `None` when there are none or more, or it is excluded.
    pub(super) fn obstacle(&self, unit: UnitNumber) -> Option<UnitNumber> {
        match self.enemies[unit as usize] {
            0 => {
                let first = self.holders(unit).next()?;
                self.holders(unit).all(|other| other == first).then_some(first)
            }
            1 if self.holders(unit).next().is_none() => {
                let enemies = self.rules.enemies.of(unit).iter();
                enemies.copied().find(|enemy| self.place(*enemy).is_some())
            }
            _ => None,
        }
    }

    fn holders(&self, unit: UnitNumber) -> impl Iterator<Item = UnitNumber> + '_ {
        let holders = self.rules.points.of(unit).iter().map(|point| self.holder[*point as usize]);
        holders.filter(|holder| *holder != NONE)
    }
}
