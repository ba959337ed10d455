//! Why something cannot happen to a sitting, in words for the person who asked.

use crate::refusal::Refusal;

/// Why something cannot happen to a sitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SittingRefusal {
    /// The paper is in; it cannot change.
    HandedIn,
    /// A candidate who has come cannot be marked absent.
    HasCome,
    /// No PC was ever bound: there is no paper to collect.
    NeverBound,
    /// Another PC is already bound: moving needs a reason.
    MoveWithoutReason,
    /// Extra time lies outside 1 to 120 minutes.
    Minutes,
    /// Only an end by time or by an invigilator can be undone, before the paper is scored.
    NotUndoable,
    /// Nobody has asked to undo the end.
    NotAsked,
    /// Who asked cannot approve.
    SecondNeeded,
    /// Nothing was left at the end, and nothing is given.
    NoTimeLeft,
}

impl From<SittingRefusal> for Refusal {
    fn from(refusal: SittingRefusal) -> Self {
        match refusal {
            SittingRefusal::HandedIn => Self::conflict(
                "already_handed_in",
                "sitting",
                ("这份试卷已经交了，不能再改。", "this paper is handed in and cannot change"),
                ("如有疑问，请凭回执找监考员。", "if in doubt, show the receipt to the invigilator"),
            ),
            SittingRefusal::HasCome => Self::conflict(
                "has_come",
                "sitting",
                ("该考生已经到考，不能记缺考。", "this candidate has come and cannot be marked absent"),
                ("请核对座位号。", "check the seat"),
            ),
            SittingRefusal::NeverBound => Self::conflict(
                "never_bound",
                "sitting",
                ("该考生没有上机，没有可收的试卷。", "this candidate never sat down; there is no paper to collect"),
                ("未到考的请记缺考。", "mark the candidate absent"),
            ),
            SittingRefusal::MoveWithoutReason => Self::invalid(
                "reason_missing",
                "reason",
                (
                    "该考生已在另一台电脑上作答，换机要写原因。",
                    "this candidate already works at another PC; moving needs a reason",
                ),
                ("写明换机原因后再绑定；原电脑将停用。", "enter the reason and bind; the other PC then stops"),
            ),
            SittingRefusal::Minutes => Self::invalid(
                "minutes",
                "minutes",
                ("延长须为 1 至 120 分钟。", "1 to 120 minutes may be added"),
                ("请改正分钟数。", "correct the minutes"),
            ),
            SittingRefusal::NotUndoable => Self::conflict(
                "not_undoable",
                "sitting",
                (
                    "只有到时自动收卷或监考员收的卷，在评分和本场结束以前可以退回。",
                    "only a paper that was taken by time or by an invigilator can be given back, before scoring and the end of the session",
                ),
                ("考生自己交的卷不能退回。", "what a candidate handed in stays handed in"),
            ),
            SittingRefusal::NotAsked => Self::conflict(
                "reopening_not_asked",
                "sitting",
                ("还没有人申请退回这份试卷。", "nobody has asked to give this paper back"),
                (
                    "由一位监考员申请，另一位监考员或考务人员批准。",
                    "one invigilator asks, another one or an officer approves",
                ),
            ),
            SittingRefusal::SecondNeeded => Self::conflict(
                "second_needed",
                "sitting",
                ("申请是您提出的，要由另一个人批准。", "you have asked yourself; somebody else must approve"),
                ("请另一位监考员或考务人员用自己的账号批准。", "have another invigilator or an officer approve"),
            ),
            SittingRefusal::NoTimeLeft => Self::invalid(
                "no_time_left",
                "minutes",
                (
                    "收卷时考试时间已经用完，退回要另给时间。",
                    "no time was left when the paper was taken; time must be given",
                ),
                ("填写要补的分钟数。", "enter the minutes to give"),
            ),
        }
    }
}
