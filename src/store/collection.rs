//! The collections of documents.

/// A kind of document. Its name is stored, so a name never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Collection {
    /// Evaluation organizations (社会培训评价组织) with their filing.
    Organization,
    /// Banks (题库) with their kind and approval.
    Bank,
    /// Batches (批次) with their plan and the state of their draw.
    Batch,
    /// Rooms (考场).
    Room,
    /// Seats (座位) and spare papers.
    Seat,
    /// Sittings: one person's theory or practical exam.
    Sitting,
    /// Series of admission tickets (准考证), each with the batch that has it.
    Ticket,
    /// Dealt papers.
    Paper,
    /// One examiner's scoring of one sheet.
    Assignment,
    /// Panels of examiners (考评组).
    Panel,
    /// Signed results.
    Result,
    /// Leaves of the log.
    LogLeaf,
    /// Accounts of staff.
    Account,
    /// Names to log in with, each with the account that has it.
    LoginName,
    /// Logins that are open.
    LoginSession,
    /// Keys of seats and tablets.
    Enrolment,
    Certificate,
    /// The log's size.
    Log,
    /// Exports of personal data, with who took them and why.
    Export,
    /// Requests that were carried out once.
    Request,
    /// Settings of the installation.
    Setting,
}

impl Collection {
    /// Every collection.
    pub const ALL: [Self; 21] = [
        Self::Organization,
        Self::Bank,
        Self::Batch,
        Self::Room,
        Self::Seat,
        Self::Sitting,
        Self::Ticket,
        Self::Paper,
        Self::Assignment,
        Self::Panel,
        Self::Result,
        Self::LogLeaf,
        Self::Account,
        Self::LoginName,
        Self::LoginSession,
        Self::Enrolment,
        Self::Certificate,
        Self::Log,
        Self::Export,
        Self::Request,
        Self::Setting,
    ];

    /// The name under which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Bank => "bank",
            Self::Batch => "batch",
            Self::Room => "room",
            Self::Seat => "seat",
            Self::Sitting => "sitting",
            Self::Ticket => "ticket",
            Self::Paper => "paper",
            Self::Assignment => "assignment",
            Self::Panel => "panel",
            Self::Result => "result",
            Self::LogLeaf => "log_leaf",
            Self::Account => "account",
            Self::LoginName => "login_name",
            Self::LoginSession => "login_session",
            Self::Enrolment => "enrolment",
            Self::Certificate => "certificate",
            Self::Log => "log",
            Self::Export => "export",
            Self::Request => "request",
            Self::Setting => "setting",
        }
    }

    /// Whether its documents are authoritative: they follow from no event, so a rebuild keeps them.
    ///
    /// Settings belong to an installation, not to what happened.
    #[must_use]
    pub const fn is_authoritative(self) -> bool {
        matches!(self, Self::Setting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_distinct() {
        let names: BTreeSet<_> = Collection::ALL.into_iter().map(Collection::name).collect();
        assert_eq!(names.len(), 21);
    }
}
