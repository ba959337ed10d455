//! Simulated people: what they choose and how they score. All of it follows from their number
//! alone.

use kaoping_engine::practical::sheet::SheetItem;

/// A source of numbers that is the same in every run.
pub struct Dice(u64);

impl Dice {
    /// The dice of a person, in a role.
    pub fn of(person: u64, role: u64) -> Self {
        Self(person.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ role.wrapping_mul(0xd1b5_4a32_d192_ed03) ^ 0x5851_f42d)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        // SplitMix64: good enough to vary a demo, and nothing else here needs chance.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % n.max(1)
    }
}

/// The award that an examiner gives: mostly the first, sometimes a lower one.
pub fn award<'sheet>(item: &'sheet SheetItem, dice: &mut Dice, skill: u64) -> Option<&'sheet str> {
    let place = if dice.below(100) < skill { 0 } else { 1 + dice.below(item.awards.len() as u64 - 1) };
    let place = usize::try_from(place).ok()?;
    item.awards.get(place).map(|award| award.code.as_str())
}
