//! Why something cannot happen to a batch, in words for the person who asked.

use crate::refusal::Refusal;

/// Why something cannot happen to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchRefusal {
    /// The roster is in and cannot be replaced.
    RosterFixed,
    /// There is no roster yet.
    NoRoster,
    /// Whoever asks holds no secret of this attempt.
    NotACustodian,
    /// The basis is fixed after the roster is in and before the manifest is.
    NoBasisNow,
    /// Custodians commit after the basis is fixed and before the manifest is.
    NotCommitting,
    /// A custodian commits once.
    AlreadyCommitted,
    /// The manifest is fixed after all custodians have committed, once.
    NotCommitted,
    /// Secrets are opened after the manifest is fixed and before the papers are dealt.
    NotOpening,
    /// The papers are dealt after all custodians have opened their secrets, once.
    NotOpened,
    /// In certification no secret is opened once the public entropy can be known.
    OpeningsLate,
    /// In certification a witness must have seen the openings before the public entropy's time.
    OpeningsUnseen,
    /// The public entropy that the basis names is missing.
    EntropyMissing,
    /// The draw does not wait for public entropy.
    NoEntropyWanted,
    /// The public entropy is in and cannot change.
    EntropyGiven,
    /// An attempt can end only between manifest and deal.
    NotUnderWay,
    /// No void waits for approval.
    NothingProposed,
    /// The void must be approved by another person, a custodian from outside.
    MayNotApprove,
    /// Late additions come between the deal and the closing.
    NotDealtOrClosed,
    /// The papers are not dealt yet.
    NotDealt,
    /// The draw is published after the closing.
    NotClosed,
    /// Without a roster, or once closed, a batch cannot be closed.
    CannotClose,
    /// After the closing, results are corrected.
    Closed,
}

impl From<BatchRefusal> for Refusal {
    fn from(refusal: BatchRefusal) -> Self {
        const STEPS: (&str, &str) = ("请按页面上的步骤依次进行。", "follow the steps on the page");
        const RELOAD: (&str, &str) = ("刷新页面查看。", "reload the page");
        let stage = |cause, cure| Self::conflict("not_at_this_stage", "stage", cause, cure);
        match refusal {
            BatchRefusal::RosterFixed => Self::conflict(
                "roster_fixed",
                "batch",
                ("本批次的名册已经导入，不能更换。", "the roster of this batch is in and cannot be replaced"),
                (
                    "需要增加考生时，使用备用卷补录，或另建批次。",
                    "use spare papers for late additions, or make another batch",
                ),
            ),
            BatchRefusal::NoRoster => Self::not_found("roster"),
            BatchRefusal::NotACustodian | BatchRefusal::MayNotApprove => Self::forbidden(),
            BatchRefusal::NoBasisNow => stage(
                (
                    "名册导入之后、清单固定之前才能固定依据。",
                    "fix the basis after the roster is in, before the manifest",
                ),
                ("清单固定之后要改依据，请作废重抽。", "after the manifest, end the attempt in a void"),
            ),
            BatchRefusal::NotCommitting => {
                stage(("抽题依据固定并记入日志之后才能封存。", "commit after the basis is fixed and logged"), STEPS)
            }
            BatchRefusal::OpeningsLate => Self::conflict(
                "openings_late",
                "secret",
                (
                    "公开随机数已经可能公布，正式考试不能再开启秘密数。",
                    "the public entropy may be known by now: certification opens no secret any more",
                ),
                ("请考务人员作废重抽。", "ask the office to end the attempt in a void"),
            ),
            BatchRefusal::OpeningsUnseen => Self::conflict(
                "openings_unseen",
                "entropy",
                (
                    "没有外部见证方在公开随机数产生以前见证全部开启记录，不能录入。",
                    "no outside witness cosigned the log with all openings before the public entropy's time",
                ),
                (
                    "请在所定时间以前办理外部见证；时间已过的，作废重抽。",
                    "have the log cosigned before that time, or void the attempt",
                ),
            ),
            BatchRefusal::AlreadyCommitted => Self::conflict(
                "already_committed",
                "commitment",
                ("您已经封存过，不能更换。", "you have committed and cannot change it"),
                ("等待其他保管人封存。", "wait for the other custodians"),
            ),
            BatchRefusal::NotCommitted => stage(
                ("全部保管人封存之后才能固定清单。", "fix the manifest after all custodians have committed"),
                STEPS,
            ),
            BatchRefusal::NotOpening => {
                stage(("清单固定并记入日志之后才能开启。", "open after the manifest is fixed and logged"), STEPS)
            }
            BatchRefusal::NotOpened => {
                stage(("全部保管人开启之后才能发卷。", "deal after all custodians have opened"), STEPS)
            }
            BatchRefusal::EntropyMissing => Self::conflict(
                "entropy_missing",
                "entropy",
                ("依据写明的公开随机数还没有录入。", "the public entropy that the basis names is not in yet"),
                ("等它公布后录入，再发卷。", "enter it once it is published, then deal"),
            ),
            BatchRefusal::NoEntropyWanted => Self::conflict(
                "no_entropy_wanted",
                "entropy",
                ("这次抽题现在不需要录入公开随机数。", "this draw wants no public entropy now"),
                RELOAD,
            ),
            BatchRefusal::EntropyGiven => Self::conflict(
                "entropy_given",
                "entropy",
                ("公开随机数已经录入，不能更换。", "the public entropy is in and cannot be changed"),
                RELOAD,
            ),
            BatchRefusal::NotUnderWay => stage(
                ("只有清单固定之后、发卷之前才能作废重抽。", "an attempt can end only between manifest and deal"),
                ("还没有固定清单的，重新固定依据即可。", "before the manifest, fix another basis"),
            ),
            BatchRefusal::NothingProposed => Self::conflict(
                "nothing_proposed",
                "void",
                ("没有等待批准的作废申请。", "no void waits for approval"),
                RELOAD,
            ),
            BatchRefusal::NotDealtOrClosed => Self::conflict(
                "not_at_this_stage",
                "batch",
                ("只有发卷之后、批次关闭之前才能补录。", "late additions come between the deal and the closing"),
                ("发卷之前请在名册里增加考生。", "before the draw, put them on the roster"),
            ),
            BatchRefusal::NotDealt => Self::conflict(
                "not_dealt",
                "batch",
                ("本批次还没有发卷。", "the papers of this batch are not dealt yet"),
                ("等考务人员完成抽题后再进行。", "wait until the office has finished the draw"),
            ),
            BatchRefusal::NotClosed => {
                stage(("批次关闭之后才公布抽题公开包。", "the draw is published after the batch is closed"), STEPS)
            }
            BatchRefusal::CannotClose => Self::conflict(
                "not_at_this_stage",
                "batch",
                ("本批次现在不能关闭。", "this batch cannot be closed now"),
                ("发卷并完成评分后再关闭；已关闭的不必再关。", "close it once, after the draw and the scoring"),
            ),
            BatchRefusal::Closed => Self::conflict(
                "not_at_this_stage",
                "batch",
                ("批次还没有名册，或者已经关闭。", "the batch has no roster yet, or is closed"),
                ("关闭后要改，请走更正程序。", "after the closing, results are corrected"),
            ),
        }
    }
}
