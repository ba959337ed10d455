//! The machine that a service runs on, as the test sets it: its clocks and its disk.

use kaoping_engine::session::room_time::ClockReading;
use kaoping_record::time::Time;
use kaoping_service::app::Clock;
use kaoping_service::disk::Disk;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// 2026-12-01 08:00 in China.
pub(crate) const MORNING: Time = Time::from_millis(1_796_083_200_000);

/// Clocks that advance only when they are moved.
pub(crate) struct Hands(Mutex<ClockReading>);

impl Clock for Hands {
    fn read(&self) -> ClockReading {
        self.0.lock().unwrap().clone()
    }
}

impl Hands {
    /// Clocks of a machine that was started an hour before this time.
    pub(crate) fn new(wall_ms: Time) -> Self {
        Self(Mutex::new(ClockReading { wall_ms, boot_id: "first".into(), boottime_ms: 3_600_000 }))
    }

    pub(crate) fn copied(&self) -> Self {
        Self(Mutex::new(self.read()))
    }

    pub(crate) fn advance_minutes(&self, minutes: i64) {
        self.advance_seconds(minutes * 60);
    }

    pub(crate) fn advance_seconds(&self, seconds: i64) {
        let mut reading = self.0.lock().unwrap();
        reading.wall_ms = reading.wall_ms.plus_millis(seconds * 1000);
        reading.boottime_ms += seconds * 1000;
    }

    /// Moves the wall clock alone, as somebody who sets it does.
    pub(crate) fn step_seconds(&self, seconds: i64) {
        let mut reading = self.0.lock().unwrap();
        reading.wall_ms = reading.wall_ms.plus_millis(seconds * 1000);
    }

    /// The machine goes off, and is started again so many seconds later.
    pub(crate) fn restart_after_seconds(&self, seconds: i64) {
        let mut reading = self.0.lock().unwrap();
        reading.wall_ms = reading.wall_ms.plus_millis(seconds * 1000);
        reading.boottime_ms = 20_000;
        reading.boot_id.push_str(" and again");
    }
}

/// A disk with as much space as the test says.
pub(crate) struct Space(pub(crate) AtomicU64);

impl Disk for Space {
    fn free_bytes(&self) -> Option<u64> {
        Some(self.0.load(Ordering::SeqCst))
    }
}
