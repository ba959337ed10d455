//! A seat's token: `<enrolment>.<secret>`; the secret's digest is what the service keeps.

use crate::aggregates::enrolment::{EnrolmentStage, EnrolmentState};
use crate::app::App;
use crate::operations::roster::theory_sitting;
use crate::operations::seat_events::BoundSeat;
use crate::refusal::{Refusal, RefusalKind};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use kaoping_record::digest::{Digest, from_hex};

/// A PC that presents the secret of its enrolment.
pub struct EnrolledPc {
    /// The enrolment.
    pub enrolment: String,
    /// Where it stands.
    pub state: EnrolmentState,
}

impl<S: Send + Sync> FromRequestParts<S> for EnrolledPc
where
    App: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let app = App::from_ref(state);
        let token = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (enrolment, secret) =
            token.and_then(|token| token.strip_prefix("Bearer ")?.split_once('.')).ok_or_else(not_enrolled)?;
        let state: Option<EnrolmentState> = app.read(enrolment).await.map_err(|_| not_enrolled())?;
        let digest = from_hex(secret).map(|secret| Digest::of(&secret)).ok_or_else(not_enrolled)?;
        match state {
            Some(state) if state.request.secret == digest => Ok(Self { enrolment: enrolment.to_owned(), state }),
            _ => Err(not_enrolled()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for BoundSeat
where
    App: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let pc = EnrolledPc::from_request_parts(parts, state).await?;
        let EnrolmentStage::Bound { number } = pc.state.stage else { return Err(not_enrolled()) };
        let request = pc.state.request;
        let sitting = theory_sitting(&App::from_ref(state), &request.sitting).await?;
        if sitting.pcs.last().is_none_or(|last| last.enrolment != pc.enrolment) {
            return Err(moved());
        }
        Ok(Self { sitting: request.sitting, state: sitting, number, key: request.key })
    }
}

fn not_enrolled() -> Refusal {
    Refusal::new(
        RefusalKind::Unauthenticated,
        "not_enrolled",
        "authorization",
        ("这台电脑还没有和考生对应起来。", "this PC is not bound to a candidate"),
        ("请输入准考证号，等监考员核对。", "enter the ticket number and wait for the invigilator"),
    )
}

fn moved() -> Refusal {
    Refusal::new(
        RefusalKind::Unauthenticated,
        "seat_moved",
        "authorization",
        ("考试已经换到另一台电脑上继续。", "the exam goes on at another PC"),
        ("请到新的电脑上作答；有疑问请举手。", "go on at the new PC; ask the invigilator if in doubt"),
    )
}
