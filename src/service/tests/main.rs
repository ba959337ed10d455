//! The service through its routes, on stores in memory and with a clock that the test sets.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

mod access;
mod accounts;
mod attempt;
mod bad_input;
mod bundles;
mod certificate_pages;
mod certification;
mod changes;
mod clock;
mod damage;
mod disk;
mod edge;
mod edge_batch;
mod ends;
mod filing;
mod fixture;
mod guarded;
mod history;
mod key_corrections;
mod late;
mod log;
mod lots;
mod machine;
mod once;
mod organization;
mod outage;
mod pc;
mod pictures;
mod practical;
mod races;
mod reading;
mod replicas;
mod room_ends;
mod secrets;
mod sitting;
mod walked;
