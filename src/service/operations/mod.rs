//! What may be done: each operation loads what its decision needs, lets an aggregate decide, and
//! appends the events.
//!
//! Operations know nothing of HTTP. They take who acts and typed arguments, and return what the
//! caller shows, or a [`Refusal`](crate::refusal::Refusal).

pub mod accounts;
pub mod amendments;
pub mod banks;
pub mod batches;
pub mod bundles;
pub mod ceremony;
pub mod certificate_pages;
pub mod certificates;
pub mod closing;
pub mod credentials;
pub(crate) mod doer;
pub mod enrolments;
pub mod exports;
pub mod key_corrections;
pub mod keys;
pub mod late_additions;
pub mod log;
pub mod logins;
pub mod member;
pub mod organization;
pub mod own_account;
pub mod papers;
pub mod passwords;
pub mod practical;
pub mod reopenings;
pub mod requests;
pub mod results;
pub mod room_ends;
pub mod room_time;
pub mod rooms;
pub mod roster;
pub mod roster_preview;
pub mod scoring;
pub mod seat_events;
pub mod seat_history;
pub mod second_factor;
pub mod sittings;
pub mod stored;
