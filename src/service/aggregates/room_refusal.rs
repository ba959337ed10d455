//! Why something cannot happen in a room, in words for the person who asked.

use crate::refusal::Refusal;

/// Why something cannot happen in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomRefusal {
    /// The papers are open already.
    AlreadyOpen,
    /// The papers were never opened.
    NotOpened,
    /// Only an open room that is not paused can be paused.
    NotRunning,
    /// Only a paused room can go on.
    NotPaused,
    /// Two invigilators have ended the session.
    Closed,
    /// An interruption waits for the decision whether it counts.
    GapUndecided,
    /// No interruption waits for a decision, or it is not the one that was shown.
    NoGap,
    /// Somebody is still at work.
    AtWork,
    /// What was confirmed is not what is there now.
    CountsChanged,
    /// The other confirmation must come from another invigilator.
    SecondNeeded,
}

impl From<RoomRefusal> for Refusal {
    fn from(refusal: RoomRefusal) -> Self {
        let refuse = |code, cause, cure| Self::conflict(code, "room", cause, cure);
        match refusal {
            RoomRefusal::AlreadyOpen => refuse(
                "already_open",
                ("本场已经开考。", "the papers are open already"),
                ("刷新页面查看进度。", "reload the page"),
            ),
            RoomRefusal::NotOpened => refuse(
                "not_opened",
                ("本场还没有开考，没有可结束的考试。", "the papers were never opened; there is nothing to end"),
                ("没有人来的，请逐个记缺考。", "if nobody came, mark each candidate absent"),
            ),
            RoomRefusal::NotRunning | RoomRefusal::NotPaused => refuse(
                "not_now",
                ("现在不能做这一步。", "this cannot be done now"),
                ("刷新页面查看考场状态。", "reload the page to see the room's state"),
            ),
            RoomRefusal::Closed => refuse(
                "room_closed",
                ("本场已经结束，不能再改动。", "this session has ended; nothing of it changes any more"),
                ("如有疑问，请找考务人员。", "if in doubt, ask the office"),
            ),
            RoomRefusal::GapUndecided => refuse(
                "gap_undecided",
                (
                    "考试中断过，中断时间算不算还没有决定。",
                    "the exam was interrupted, and nobody has decided whether that time counts",
                ),
                ("先在页面上方决定中断时间算不算。", "decide at the top of the page whether it counts"),
            ),
            RoomRefusal::NoGap => refuse(
                "no_gap",
                (
                    "中断时间已经有人决定，或刚刚有变化。",
                    "the interruption was decided already, or it has just changed",
                ),
                ("刷新页面查看。", "reload the page"),
            ),
            RoomRefusal::AtWork => refuse(
                "at_work",
                ("还有考生没有交卷，不能结束本场。", "somebody is still at work; the session cannot end"),
                ("等考生交卷，或强制收卷后再结束。", "wait until they have handed in, or collect their papers"),
            ),
            RoomRefusal::CountsChanged => refuse(
                "counts_changed",
                (
                    "刚才考场有变化，人数和您看到的不一样。",
                    "the room has just changed; the counts are not those that you saw",
                ),
                ("请重新核对人数后再确认。", "check the counts and confirm again"),
            ),
            RoomRefusal::SecondNeeded => refuse(
                "second_needed",
                (
                    "您已经确认过，还要另一位监考员确认。",
                    "you have confirmed already; another invigilator must confirm too",
                ),
                ("请另一位监考员用自己的账号登录并确认。", "have another invigilator log in and confirm"),
            ),
        }
    }
}
