//! Why a store did not do what it was asked.

use crate::collection::Collection;
use crate::installation::InstallationId;
use crate::range::{MAX_KEY_BYTES, MAX_LOOKUP_BYTES, MAX_PAGE};
use kaoping_record::event::{EventError, Head, Stream};

/// Why a verb failed. Nothing was changed, except where [`StoreError::Interrupted`] says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else appended first: read the stream again and decide anew.
    #[error(
        "stream `{}` has moved: expected event {} to be next, but {} is (or the last event differs)",
        .stream.as_str(), .expected.next_seq, .found.next_seq
    )]
    Conflict {
        stream: Stream,
        /// Where the caller saw it end.
        expected: Head,
        /// Where it ends.
        found: Head,
    },
    /// An event does not continue its stream.
    #[error("event for stream `{}` refused: {source}", .stream.as_str())]
    Event {
        stream: Stream,
        /// What is wrong.
        source: EventError,
    },
    /// A stored event does not continue the one before it.
    #[error(
        "stream `{}` is broken ({source}): stop the service and restore a backup, or have the device send its events again",
        .stream.as_str()
    )]
    Broken {
        stream: Stream,
        /// Where it breaks.
        source: EventError,
    },
    /// A key or prefix holds other characters than printable ASCII, or is too long.
    #[error("key `{0}` is not 1 to {MAX_KEY_BYTES} printable ASCII characters without spaces")]
    Key(String),
    /// A lookup value is empty, too long or holds NUL.
    #[error("lookup value `{0}` is not 1 to {MAX_LOOKUP_BYTES} bytes without NUL")]
    Lookup(String),
    /// A page of no rows or of too many.
    #[error("a page has 1 to {MAX_PAGE} rows, not {0}")]
    Limit(u32),
    /// A document, blob or identity is too long.
    #[error("{what} has {bytes} bytes, more than {most}")]
    Size {
        /// What is too long.
        what: String,
        /// Its length.
        bytes: usize,
        /// The longest that is accepted.
        most: usize,
    },
    /// A projector failed; the documents are as they were.
    #[error("rebuilding stopped at event {position}: {cause}")]
    Projector {
        /// Position of the event.
        position: u64,
        /// What the projector said.
        cause: String,
    },
    /// The disk, or the quota on it, is full.
    #[error("no space left for {place}: free some space, then try again; nothing of this commit was stored")]
    Full {
        /// File or server.
        place: String,
    },
    /// Another program holds the lock, or a statement took too long.
    #[error("{place} is busy ({cause}): close other programs that use it, then try again")]
    Busy {
        /// File or server.
        place: String,
        /// What the backend said.
        cause: String,
    },
    /// What is stored is damaged or was altered.
    #[error("{place} is damaged ({cause}): stop the service and restore a backup")]
    Corrupt {
        /// File, server or record.
        place: String,
        /// What does not fit.
        cause: String,
    },
    /// A document cannot be read. The rest of the store can.
    #[error(
        "document `{key}` of `{}` is damaged ({cause}): run `kaoping doctor --repair`, which makes it again from its stream",
        .collection.name()
    )]
    Document {
        collection: Collection,
        /// Its key.
        key: String,
        /// What does not fit.
        cause: String,
    },
    /// No right to read or write there, or the place is read-only.
    #[error("{place} may not be used ({cause}): give the service's user the right to read and write there")]
    Denied {
        /// File or server.
        place: String,
        /// What the backend said.
        cause: String,
    },
    /// The place cannot be reached.
    #[error("{place} cannot be reached ({cause}): check the path or the address, and that the server runs")]
    Unavailable {
        /// File or server.
        place: String,
        /// What the backend said.
        cause: String,
    },
    /// The connection broke, or the writer stopped, while committing: the commit may be stored or
    /// not.
    #[error("{place} was lost during a commit ({cause}): read the streams again before trying again")]
    Interrupted {
        /// File or server.
        place: String,
        /// What the backend said.
        cause: String,
    },
    /// A later version of the program wrote here.
    #[error("{place} has schema version {found}, but this program knows {known}: use the newer program")]
    Newer {
        /// File or server.
        place: String,
        /// The version found.
        found: u32,
        /// The latest version known.
        known: u32,
    },
    /// The key does not open what is stored there.
    #[error("the key does not fit {place}: give the key file with which it was made, from the backup of the keys")]
    WrongKey {
        /// File or server.
        place: String,
    },
    /// Nothing was founded there, where data are expected.
    #[error("{place} is missing or empty, though this installation has data: put it back from a backup")]
    Missing {
        /// File or server.
        place: String,
    },
    /// There are data already, where a new place is expected.
    #[error("{place} holds data of installation {installation} already: start with that installation's data folder")]
    Founded {
        /// File or server.
        place: String,
        /// The installation that owns the data.
        installation: InstallationId,
    },
    /// The data are another installation's.
    #[error(
        "{place} belongs to installation {found}, but the data folder to {installation}: put the two together that belong together"
    )]
    OtherInstallation {
        /// File or server.
        place: String,
        /// The installation that owns the data.
        found: InstallationId,
        /// The installation that owns the folder.
        installation: InstallationId,
    },
    /// The data folder and the place have not opened each other last.
    #[error(
        "{place} is not as this data folder left it: it was restored, or a copy of the folder has worked with it; \
         if that is meant, stop every copy and run `kaoping adopt --reason …`"
    )]
    Unlinked {
        /// File or server.
        place: String,
    },
    /// Another program works with the same installation.
    #[error(
        "another kaoping works with installation {installation} on {place}: a copy of this data folder is in use; \
         stop it first (after a crash of its machine the server lets go within half a minute)"
    )]
    Taken {
        /// File or server.
        place: String,
        /// The installation.
        installation: InstallationId,
    },
    /// A file was deleted or replaced while it was open.
    #[error(
        "`{place}` was deleted or replaced while it was in use, so nothing more is written: stop the service, put the \
         file or a backup of it back, then run `kaoping adopt --reason …`"
    )]
    Replaced {
        /// The file.
        place: String,
    },
    /// Something that the backend reports and that has no name here.
    #[error("{place} failed: {cause}")]
    Backend {
        /// File or server.
        place: String,
        /// What the backend said.
        cause: String,
    },
}

impl StoreError {
    /// A stable code, by which messages in the user's language are found.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "store.conflict",
            Self::Event { .. } => "store.event",
            Self::Broken { .. } => "store.broken",
            Self::Key(_) => "store.key",
            Self::Lookup(_) => "store.lookup",
            Self::Limit(_) => "store.limit",
            Self::Size { .. } => "store.size",
            Self::Projector { .. } => "store.projector",
            Self::Full { .. } => "store.full",
            Self::Busy { .. } => "store.busy",
            Self::Corrupt { .. } => "store.corrupt",
            Self::Denied { .. } => "store.denied",
            Self::Unavailable { .. } => "store.unavailable",
            Self::Interrupted { .. } => "store.interrupted",
            Self::Newer { .. } => "store.newer",
            Self::Document { .. } => "store.document",
            Self::WrongKey { .. } => "store.wrong_key",
            Self::Missing { .. } => "store.missing",
            Self::Founded { .. } => "store.founded",
            Self::OtherInstallation { .. } => "store.other_installation",
            Self::Unlinked { .. } => "store.unlinked",
            Self::Taken { .. } => "store.taken",
            Self::Replaced { .. } => "store.replaced",
            Self::Backend { .. } => "store.backend",
        }
    }
}
