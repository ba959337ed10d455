//! What the streams that the service writes lead to: one file per aggregate, holding its state, its
//! events and its decisions.
//!
//! A decision is a pure function of the state that returns the event to append, or a refusal of the
//! aggregate's own enum. Nothing here knows of HTTP, of the store's drivers or of a clock.

pub mod account;
pub mod account_refusal;
pub mod assignment;
pub mod attempt;
pub mod bank;
pub mod batch;
pub mod batch_refusal;
mod draw;
pub mod enrolment;
pub mod export;
pub mod key_correction;
pub mod log;
pub mod login;
pub mod login_name;
pub mod organization;
pub mod panel;
pub mod paper;
mod practical_sitting;
pub mod reason;
mod reopening;
pub mod request;
pub mod result;
pub mod room;
mod room_clock;
mod room_event;
pub mod room_refusal;
pub mod seat;
pub mod serial;
pub mod sitting;
mod sitting_event;
pub mod sitting_refusal;
mod theory_sitting;
pub mod ticket_series;

/// Calls `$each!` with every aggregate of this folder. What must know all of them, such as the
/// rebuilding of documents, is written once, by this list; `tests` below compares it with the
/// folder.
macro_rules! for_each_aggregate {
    ($each:ident) => {
        $each! {
            $crate::aggregates::account::AccountState,
            $crate::aggregates::assignment::AssignmentState,
            $crate::aggregates::bank::BankState,
            $crate::aggregates::batch::BatchState,
            $crate::aggregates::enrolment::EnrolmentState,
            $crate::aggregates::export::ExportState,
            $crate::aggregates::log::LogState,
            $crate::aggregates::login::LoginState,
            $crate::aggregates::login_name::LoginNameState,
            $crate::aggregates::organization::OrganizationState,
            $crate::aggregates::panel::PanelState,
            $crate::aggregates::paper::PaperState,
            $crate::aggregates::request::RequestState,
            $crate::aggregates::result::ResultState,
            $crate::aggregates::room::RoomState,
            $crate::aggregates::serial::SerialState,
            $crate::aggregates::sitting::SittingState,
            $crate::aggregates::ticket_series::TicketSeriesState,
        }
    };
}
pub(crate) use for_each_aggregate;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    macro_rules! names {
        ($($aggregate:ty),+ $(,)?) => { [$(stringify!($aggregate)),+] };
    }

    // Catches an aggregate that rebuilding would miss.
    #[test]
    fn the_list_names_every_aggregate_of_the_folder() {
        let listed: BTreeSet<String> = for_each_aggregate!(names)
            .iter()
            .filter_map(|name| name.rsplit("::").next())
            .map(|name| name.trim().to_owned())
            .collect();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/aggregates");
        let mut written = BTreeSet::new();
        for file in std::fs::read_dir(folder).expect("folder").flatten() {
            let source = std::fs::read_to_string(file.path()).expect("source");
            let names = source.lines().filter_map(|line| line.strip_prefix("impl Aggregate for "));
            written.extend(names.map(|name| name.trim_end_matches(" {").to_owned()));
        }
        assert!(written.len() > 10, "{written:?}");
        assert_eq!(listed, written);
    }
}
