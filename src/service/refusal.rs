//! The answer to a refused request: the defect, its place, the reason and the remedy, in both
//! languages.
//!
//! A refusal knows nothing of HTTP: operations and aggregates return it, and `http/refusal.rs`
//! turns its kind into a status.

use kaoping_engine::fault::{Fault, Text};
use kaoping_record::digest::Digest;
use kaoping_store::StoreError;

/// Why something is refused, as far as a client must distinguish the cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// There is no such thing.
    NotFound,
    /// It cannot happen in the present state.
    Conflict,
    /// The input has defects.
    Invalid,
    /// The client may not do it, or not now.
    Forbidden,
    /// Nobody is logged in, or the secret is unknown.
    Unauthenticated,
    /// Too many attempts.
    TooMany,
    /// The store cannot be reached or used just now; the same request may succeed later.
    Unavailable,
    /// The request has too many bytes.
    TooLarge,
    /// The request took too long to arrive.
    TooSlow,
    /// The program failed, or what is stored is damaged.
    Internal,
}

/// A refusal.
#[derive(Clone, Debug)]
pub struct Refusal(Box<Details>);

#[derive(Clone, Debug)]
struct Details {
    kind: RefusalKind,
    error: Fault,
    faults: Vec<Fault>,
    chain: Option<ChainEnd>,
    is_temporary: bool,
}

/// The last event of a stream that the service holds; `None` when it holds none.
type ChainEnd = Option<Digest>;

impl Refusal {
    /// A refusal with a stable code, the field, and both sentences in Chinese and English.
    pub fn new(kind: RefusalKind, code: &str, place: &str, cause: (&str, &str), cure: (&str, &str)) -> Self {
        let error = Fault::new(code, place, Text::new(cause.0, cause.1), Text::new(cure.0, cure.1));
        Self(Box::new(Details { kind, error, faults: Vec::new(), chain: None, is_temporary: false }))
    }

    /// Adds the single defects.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults = faults;
        self
    }

    /// Marks what passes by itself: the same request may succeed a little later.
    #[must_use]
    pub fn with_retry(mut self) -> Self {
        self.0.is_temporary = true;
        self
    }

    /// Events do not continue the stream; a device that still has the missing ones sends what
    /// follows `last`.
    pub fn broken_chain(last: Option<Digest>, cause: (&str, &str), cure: (&str, &str)) -> Self {
        let mut refusal = Self::conflict("chain", "events", cause, cure);
        refusal.0.chain = Some(last);
        refusal
    }

    /// Nothing of that name exists.
    pub fn not_found(place: &str) -> Self {
        Self::new(
            RefusalKind::NotFound,
            "not_found",
            place,
            ("没有找到。", "there is no such thing"),
            ("请核对编号，或返回上一页刷新。", "check the identifier, or go back and reload"),
        )
    }

    /// It cannot happen in the present state.
    pub fn conflict(code: &str, place: &str, cause: (&str, &str), cure: (&str, &str)) -> Self {
        Self::new(RefusalKind::Conflict, code, place, cause, cure)
    }

    /// The input has defects.
    pub fn invalid(code: &str, place: &str, cause: (&str, &str), cure: (&str, &str)) -> Self {
        Self::new(RefusalKind::Invalid, code, place, cause, cure)
    }

    /// The input has a list of defects; `what` names it in both languages.
    pub fn faulty(what: (&str, &str), faults: Vec<Fault>) -> Self {
        let zh = format!("{}有 {} 处错误，没有保存任何内容。", what.0, faults.len());
        let en = format!("{} has {} defects; nothing was saved", what.1, faults.len());
        Self::invalid(
            "faults",
            "",
            (&zh, &en),
            ("按下面的列表逐条改正后重新提交。", "fix the listed errors and submit again"),
        )
        .with_faults(faults)
    }

    /// The account's role does not allow it.
    pub fn forbidden() -> Self {
        Self::new(
            RefusalKind::Forbidden,
            "forbidden",
            "",
            ("您的角色不能做这一步。", "your role does not allow this"),
            ("请由有权限的人员登录后操作。", "have it done by someone whose role allows it"),
        )
    }

    /// Nobody is logged in.
    pub fn unauthenticated() -> Self {
        Self::new(
            RefusalKind::Unauthenticated,
            "unauthenticated",
            "",
            ("还没有登录，或登录已过期。", "not logged in, or the login has expired"),
            ("请重新登录。", "log in again"),
        )
    }

    /// The program failed; the details go to the log and not to the page.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "internal error");
        Self::new(
            RefusalKind::Internal,
            "internal",
            "",
            ("程序内部出错，没有保存任何内容。", "the program failed; nothing was saved"),
            ("请再试一次；仍不行请联系管理员查看日志。", "try again; if it fails again, have the log looked at"),
        )
    }

    /// The store cannot be reached or used just now; the details go to the log and not to the page.
    pub fn unavailable(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "the store is unavailable");
        Self::new(
            RefusalKind::Unavailable,
            "unavailable",
            "",
            ("服务器暂时存取不了数据。", "the service cannot reach its data just now"),
            (
                "稍等片刻再试；页面会自动再试的，不用操作。",
                "try again in a moment; pages that wait do so by themselves",
            ),
        )
    }

    /// One document or stream is damaged; the log names it. The rest of the data is not touched by
    /// that.
    pub fn damaged(error: &StoreError) -> Self {
        tracing::error!(%error, "damaged data");
        let place = match error {
            StoreError::Document { collection, key, .. } => format!("{}/{key}", collection.name()),
            StoreError::Broken { stream, .. } => stream.as_str().to_owned(),
            _ => String::new(),
        };
        Self::new(
            RefusalKind::Internal,
            "damaged",
            &place,
            (
                "这一条数据损坏，没有保存任何内容；其他数据不受影响。",
                "this piece of data is damaged; nothing was saved, the rest is whole",
            ),
            (
                "请联系管理员：停止服务后运行 kaoping doctor。",
                "tell the administrator, who stops the service and runs `kaoping doctor`",
            ),
        )
    }

    /// Whether it is [`Refusal::damaged`].
    pub fn is_damaged(&self) -> bool {
        self.code() == "damaged"
    }

    /// Whether the request may have taken effect nevertheless: the store failed, perhaps in the
    /// middle of a commit.
    pub fn outcome_is_unknown(&self) -> bool {
        matches!(self.kind(), RefusalKind::Internal | RefusalKind::Unavailable)
    }

    /// Somebody else has just changed the same thing, so that trying again helps.
    pub fn race() -> Self {
        Self::conflict(
            "race",
            "",
            ("别人刚刚改动了同一内容。", "somebody else has just changed the same thing"),
            ("刷新后再试一次。", "reload and try again"),
        )
        .with_retry()
    }

    /// Whether the same request may succeed a little later.
    pub fn is_temporary(&self) -> bool {
        self.0.is_temporary || matches!(self.kind(), RefusalKind::Unavailable | RefusalKind::TooMany)
    }

    /// Whether this is [`Refusal::race`].
    pub fn is_race(&self) -> bool {
        self.0.error.code == "race"
    }

    /// Why it is refused.
    pub fn kind(&self) -> RefusalKind {
        self.0.kind
    }

    /// The refusal for the person who must act.
    pub fn fault(&self) -> &Fault {
        &self.0.error
    }

    /// The single defects.
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// For a broken chain, the last event of the stream that the service holds.
    pub fn chain_end(&self) -> Option<Option<Digest>> {
        self.0.chain
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.0.error.code
    }
}

/// Single defects that a terminal shows; a page shows all.
const SHOWN: usize = 20;

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.0.error.cause.zh, self.0.error.cause.en)?;
        for fault in self.0.faults.iter().take(SHOWN) {
            write!(formatter, "\n  {}: {} {}", fault.place, fault.cause.zh, fault.cure.zh)?;
        }
        let more = self.0.faults.len().saturating_sub(SHOWN);
        if more > 0 { write!(formatter, "\n  (+{more})") } else { Ok(()) }
    }
}

impl std::error::Error for Refusal {}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => Self::race(),
            StoreError::Full { .. }
            | StoreError::Busy { .. }
            | StoreError::Denied { .. }
            | StoreError::Unavailable { .. }
            | StoreError::Interrupted { .. }
            // The place was removed or taken over: an administrator must correct this, and devices
            // wait until then.
            | StoreError::Missing { .. }
            | StoreError::Unlinked { .. }
            | StoreError::Taken { .. }
            | StoreError::Replaced { .. }
            | StoreError::Backend { .. } => Self::unavailable(error),
            StoreError::Document { .. } | StoreError::Corrupt { .. } | StoreError::Broken { .. } => {
                Self::damaged(&error)
            }
            // What the program itself asked for in a wrong way: waiting does not help.
            StoreError::Event { .. }
            | StoreError::Key(_)
            | StoreError::Lookup(_)
            | StoreError::Limit(_)
            | StoreError::Size { .. }
            | StoreError::Projector { .. }
            | StoreError::Founded { .. }
            | StoreError::OtherInstallation { .. }
            | StoreError::Newer { .. }
            | StoreError::WrongKey { .. } => Self::internal(error),
        }
    }
}

macro_rules! internal {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Refusal {
            fn from(error: $error) -> Self {
                Self::internal(error)
            }
        }
    )+};
}

internal!(
    kaoping_record::canonical::CanonicalError,
    kaoping_record::event::EventError,
    kaoping_record::id::IdError,
    kaoping_record::message::MessageError,
    kaoping_record::jws::JwsError,
    kaoping_record::log::checkpoint::CheckpointError,
    getrandom::Error,
);
