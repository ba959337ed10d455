//! Why something cannot happen to an account, in words for the person who asked.

use crate::refusal::Refusal;

/// Why something cannot happen to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountRefusal {
    /// The account is closed.
    Closed,
    /// Nobody closes or resets the own account.
    Own,
    /// A reset waits for its approval already.
    ResetWaits,
    /// No reset waits for its approval.
    NoReset,
    /// Who asked for a reset cannot approve it.
    SamePerson,
    /// One person must not hold all of these roles.
    Roles,
    /// No second factor waits for its confirmation.
    NoSecondFactor,
    /// The code is wrong, or it was used already.
    WrongCode,
}

impl From<AccountRefusal> for Refusal {
    fn from(refusal: AccountRefusal) -> Self {
        match refusal {
            AccountRefusal::Closed => Self::conflict(
                "account_closed",
                "account",
                ("这个账号已经停用。", "this account is closed"),
                ("需要时新建一个账号。", "make a new account if one is needed"),
            ),
            AccountRefusal::Own => Self::conflict(
                "own_account",
                "account",
                ("不能停用或重置自己的账号。", "you cannot close or reset your own account"),
                (
                    "请另一位考务人员操作；改密码请到“我的账号”。",
                    "another officer must do it; change your password on your account's page",
                ),
            ),
            AccountRefusal::ResetWaits => Self::conflict(
                "request_waits",
                "account",
                ("这个账号已有一项重置申请等待批准。", "a reset of this account waits for its approval"),
                ("先批准或撤回那一项。", "approve it or take it back first"),
            ),
            AccountRefusal::NoReset => Self::conflict(
                "nothing_requested",
                "account",
                ("没有等待批准的重置申请。", "no reset waits for its approval"),
                ("刷新页面查看。", "reload the page"),
            ),
            AccountRefusal::SamePerson => Self::conflict(
                "same_person",
                "approval",
                ("申请人不能批准自己的申请。", "who asks cannot approve"),
                ("请另一位考务人员批准。", "another officer must approve"),
            ),
            AccountRefusal::Roles => Self::invalid(
                "roles_conflict",
                "roles",
                (
                    "考务人员、保管人、质量督导员不能兼任其他角色。",
                    "an officer, a custodian or a supervisor holds no other role",
                ),
                (
                    "每人一个账号、一类职责；监考员、考评员、考评组长可以兼任。",
                    "invigilator, examiner and lead examiner may go together; make separate accounts for separate people",
                ),
            ),
            AccountRefusal::NoSecondFactor => Self::conflict(
                "no_second_factor",
                "code",
                ("没有等待确认的动态口令。", "no second factor waits for its confirmation"),
                ("重新开始设置。", "begin the set-up again"),
            ),
            AccountRefusal::WrongCode => Self::invalid(
                "wrong_code",
                "one_time_code",
                ("动态口令不对，或已经用过。", "the one-time code is wrong, or was used already"),
                (
                    "等手机上出现下一个口令再输入；总是不对，请核对手机时间。",
                    "wait for the next code and enter that; if it never fits, check the phone's time",
                ),
            ),
        }
    }
}
