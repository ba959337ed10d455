//! A room's time: it begins with the wall clock when the papers are opened, and runs on a clock
//! that nobody can set.
//!
//! A machine's wall clock can be moved by hand, by a time server or by an empty battery. So the
//! exam is measured by `CLOCK_BOOTTIME`, which counts from the start of the machine, suspension
//! included. The room's stream holds [`Anchor`]s: what the room's time was when the clocks read
//! this. Between anchors the boot time counts. It says nothing after the machine was started again,
//! or on another machine: the time since the last anchor is then a [`Gap`], which counts only if an
//! invigilator decides so.

use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// How far the wall clock may part from the boot time before it is reported as a step, in
/// milliseconds. A time server that slews moves it by at most half a millisecond a second, which is
/// allowed in addition.
pub const STEP_MS: i64 = 2_000;
/// One part in this many of the time that passed may be slewing.
const SLEW: i64 = 1_000;

/// What the clocks of the machine read at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockReading {
    /// The wall clock.
    pub wall_ms: Time,
    /// The kernel's random name of this start of the machine.
    pub boot_id: String,
    /// Milliseconds since the machine was started.
    pub boottime_ms: i64,
}

impl ClockReading {
    /// Milliseconds that passed since `earlier` by the boot time; `None` when the machine was
    /// started in between.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Option<i64> {
        (self.boot_id == earlier.boot_id).then(|| self.boottime_ms.saturating_sub(earlier.boottime_ms).max(0))
    }
}

/// The room's time at this reading of the clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// The room's time.
    pub room_ms: Time,
    /// The wall clock.
    pub wall_ms: Time,
    /// The kernel's random name of this start of the machine.
    pub boot_id: String,
    /// Milliseconds since the machine was started.
    pub boottime_ms: i64,
}

impl Anchor {
    /// The clocks' reading at the anchor.
    #[must_use]
    pub fn reading(&self) -> ClockReading {
        ClockReading { wall_ms: self.wall_ms, boot_id: self.boot_id.clone(), boottime_ms: self.boottime_ms }
    }

    /// Whether no start of the machine lies between the anchor and this reading.
    #[must_use]
    pub fn is_of_boot(&self, reading: &ClockReading) -> bool {
        self.boot_id == reading.boot_id
    }
}

/// A time in which no clock ran that can be trusted: the machine was off, or the room moved to
/// another machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The wall clock at the last anchor before it.
    pub from_ms: Time,
    /// The wall clock at the first anchor after it.
    pub until_ms: Time,
    /// Its length by the wall clock in milliseconds; 0 when that went backwards, so that nobody
    /// knows.
    pub length_ms: i64,
}

impl Gap {
    /// The gap between an anchor and the first reading after it.
    #[must_use]
    pub fn between(anchor: &Anchor, reading: &ClockReading) -> Self {
        let length_ms = reading.wall_ms.millis_since(anchor.wall_ms).max(0);
        Self { from_ms: anchor.wall_ms, until_ms: reading.wall_ms, length_ms }
    }

    /// This gap and a later one, when the machine was started twice before anyone decided.
    fn and(self, later: Self) -> Self {
        let length_ms = self.length_ms.saturating_add(later.length_ms);
        Self { from_ms: self.from_ms, until_ms: later.until_ms, length_ms }
    }
}

/// The room's time at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoomNow {
    /// The room's time.
    pub at: Time,
    /// Whether it is known; while a gap waits for its decision, it is the earliest that it can be.
    pub confirmed: bool,
    /// How much further a seat's own clock may honestly be, because it went on through a gap, in
    /// milliseconds.
    pub ahead_ms: i64,
}

/// The time of a room whose papers are open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomTime {
    anchor: Anchor,
    /// The open decisions.
    gap: Option<Gap>,
    /// The sum of the gaps that were decided not to count.
    left_out_ms: i64,
}

impl RoomTime {
    /// The anchor of a room that is opened now: its time begins with the wall clock.
    #[must_use]
    pub fn first_anchor(reading: &ClockReading) -> Anchor {
        anchor(reading.wall_ms, reading)
    }

    /// Begins with the anchor of the opening.
    #[must_use]
    pub fn begin(anchor: Anchor) -> Self {
        Self { anchor, gap: None, left_out_ms: 0 }
    }

    /// The room's time when the clocks read this. On another boot than the last anchor's it does
    /// not advance.
    #[must_use]
    pub fn now(&self, reading: &ClockReading) -> RoomNow {
        let passed = reading.since(&self.anchor.reading());
        let unseen = passed.is_none().then(|| Gap::between(&self.anchor, reading).length_ms);
        let waiting = self.gap.map_or(0, |gap| gap.length_ms).saturating_add(unseen.unwrap_or(0));
        RoomNow {
            at: self.anchor.room_ms.plus_millis(passed.unwrap_or(0)),
            confirmed: passed.is_some() && self.gap.is_none(),
            ahead_ms: waiting.saturating_add(self.left_out_ms),
        }
    }

    /// The anchor to write when the clocks read this.
    #[must_use]
    pub fn next_anchor(&self, reading: &ClockReading) -> Anchor {
        anchor(self.now(reading).at, reading)
    }

    /// The last anchor.
    #[must_use]
    pub fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// The gap that waits for its decision.
    #[must_use]
    pub fn gap(&self) -> Option<Gap> {
        self.gap
    }

    /// By how much the wall clock was moved since the last anchor, in milliseconds, forward if
    /// positive; `None` while it went as it should, and when the machine was started in between.
    #[must_use]
    pub fn step(&self, reading: &ClockReading) -> Option<i64> {
        let passed = reading.since(&self.anchor.reading())?;
        let step = reading.wall_ms.millis_since(self.anchor.wall_ms).saturating_sub(passed);
        (step.abs() > STEP_MS.saturating_add(passed / SLEW)).then_some(step)
    }

    /// Goes on from a later anchor of the same boot.
    pub fn take(&mut self, anchor: Anchor) {
        self.anchor = anchor;
    }

    /// Goes on from the first anchor of another boot. A gap in which nobody's time ran asks for no
    /// decision.
    pub fn take_after(&mut self, anchor: Anchor, gap: Gap, asks: bool) {
        self.anchor = anchor;
        if asks {
            self.gap = Some(self.gap.map_or(gap, |earlier| earlier.and(gap)));
        } else {
            self.left_out_ms = self.left_out_ms.saturating_add(gap.length_ms);
        }
    }

    /// The decision about the gap: it counts, so that the room's time is later by it, or it does
    /// not.
    pub fn decide(&mut self, counts: bool) {
        let length = self.gap.take().map_or(0, |gap| gap.length_ms);
        if counts {
            self.anchor.room_ms = self.anchor.room_ms.plus_millis(length);
        } else {
            self.left_out_ms = self.left_out_ms.saturating_add(length);
        }
    }
}

fn anchor(room_ms: Time, reading: &ClockReading) -> Anchor {
    Anchor { room_ms, wall_ms: reading.wall_ms, boot_id: reading.boot_id.clone(), boottime_ms: reading.boottime_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENED: i64 = 1_800_000_000_000;

    fn read(boot: &str, boottime_s: i64, wall_s: i64) -> ClockReading {
        ClockReading {
            wall_ms: Time::from_millis(OPENED + wall_s * 1000),
            boot_id: boot.into(),
            boottime_ms: boottime_s * 1000,
        }
    }

    fn seconds(now: RoomNow) -> i64 {
        (now.at.millis() - OPENED) / 1000
    }

    /// Opened when the machine ran for 500 seconds.
    fn opened() -> RoomTime {
        RoomTime::begin(RoomTime::first_anchor(&read("a", 500, 0)))
    }

    // Catches a room whose time follows the wall clock: back by a minute, forward by two hours.
    #[test]
    fn a_step_of_the_wall_clock_moves_nothing_and_is_measured() {
        let mut time = opened();
        assert_eq!(seconds(time.now(&read("a", 560, 60))), 60);
        assert_eq!(time.step(&read("a", 560, 60)), None);
        let back = read("a", 560, 0);
        assert_eq!(seconds(time.now(&back)), 60);
        assert_eq!(time.step(&back), Some(-60_000));
        time.take(time.next_anchor(&back));
        assert_eq!(time.step(&read("a", 570, 10)), None, "reported once");
        let forward = read("a", 570, 7_210);
        assert_eq!((seconds(time.now(&forward)), time.now(&forward).confirmed), (70, true));
        assert_eq!(time.step(&forward), Some(7_200_000));
    }

    // Catches an alarm about a time server that slews, and one that swallows what is just above.
    #[test]
    fn slewing_is_no_step() {
        let time = opened();
        assert_eq!(time.step(&read("a", 510, 12)), None, "2 seconds, and 10 milliseconds more are allowed");
        assert_eq!(time.step(&read("a", 510, 13)), Some(3_000));
        assert_eq!(time.step(&read("a", 4_100, 3_605)), None, "an hour of slewing");
        assert_eq!(time.step(&read("a", 4_100, 3_606)), Some(6_000));
    }

    // Catches a boot time that goes on over a restart, which would count from the wrong beginning.
    #[test]
    fn after_a_restart_time_stands_until_it_is_anchored_and_runs_unconfirmed_until_it_is_decided() {
        let mut time = opened();
        time.take(time.next_anchor(&read("a", 1_100, 600)));
        let first = read("b", 30, 900);
        let stands = time.now(&first);
        assert_eq!((seconds(stands), stands.confirmed, stands.ahead_ms), (600, false, 300_000));
        assert_eq!(time.step(&first), None, "a restart is no step");
        let gap = Gap::between(time.anchor(), &first);
        assert_eq!(gap.length_ms, 300_000);
        time.take_after(time.next_anchor(&first), gap, true);
        let runs = time.now(&read("b", 40, 910));
        assert_eq!((seconds(runs), runs.confirmed, runs.ahead_ms), (610, false, 300_000));

        let mut counted = time.clone();
        counted.decide(true);
        let now = counted.now(&read("b", 40, 910));
        assert_eq!((seconds(now), now.confirmed, now.ahead_ms), (910, true, 0));
        time.decide(false);
        let now = time.now(&read("b", 40, 910));
        assert_eq!((seconds(now), now.confirmed, now.ahead_ms), (610, true, 300_000));
        time.decide(true);
        assert_eq!(seconds(time.now(&read("b", 40, 910))), 610, "decided once");
    }

    #[test]
    fn two_restarts_before_a_decision_are_one_gap() {
        let mut time = opened();
        for (boot, wall) in [("b", 100), ("c", 250)] {
            let reading = read(boot, 1, wall);
            let gap = Gap::between(time.anchor(), &reading);
            time.take_after(time.next_anchor(&reading), gap, true);
        }
        assert_eq!(time.gap().map(|gap| gap.length_ms), Some(250_000));
        time.decide(true);
        assert_eq!(seconds(time.now(&read("c", 1, 250))), 250);
    }

    // Catches a negative gap, which would give time back, when the battery of the clock was empty.
    #[test]
    fn a_wall_clock_that_went_back_over_a_restart_leaves_the_gap_without_length() {
        let mut time = opened();
        time.take(time.next_anchor(&read("a", 1_100, 600)));
        let reading = read("b", 30, -40_000);
        let gap = Gap::between(time.anchor(), &reading);
        assert_eq!(gap.length_ms, 0);
        time.take_after(time.next_anchor(&reading), gap, true);
        assert!(!time.now(&reading).confirmed);
        time.decide(true);
        assert_eq!((seconds(time.now(&reading)), time.now(&reading).confirmed), (600, true));
    }

    #[test]
    fn a_gap_in_a_paused_room_asks_for_nothing() {
        let mut time = opened();
        let reading = read("b", 1, 100);
        time.take_after(time.next_anchor(&reading), Gap::between(time.anchor(), &reading), false);
        assert_eq!((time.now(&reading).confirmed, time.gap()), (true, None));
    }
}
