//! A seat's token: `<enrolment>.<secret>`; the secret's digest is what the service keeps.

use crate::aggregates::enrolment::{EnrolmentRequest, EnrolmentStage, EnrolmentState};
use crate::aggregates::sitting::TheorySitting;
use crate::app::App;
use crate::operations::roster::theory_sitting;
use crate::operations::seat_events::BoundPc;
use crate::refusal::{Refusal, RefusalKind};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use kaoping_record::digest::{Digest, from_hex};
use kaoping_record::id::AccountId;

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
        // A value that cannot be an enrolment's name is not looked up.
        let enrolment = AccountId::new(enrolment).map_err(|_| not_enrolled())?.to_string();
        let digest = from_hex(secret).map(|secret| Digest::of(&secret)).ok_or_else(not_enrolled)?;
        // A store that fails says nothing about the PC: its refusal goes through as it is, and the
        // PC tries again.
        match app.read::<EnrolmentState>(&enrolment).await? {
            Some(state) if state.request.secret == digest => Ok(Self { enrolment, state }),
            _ => Err(not_enrolled()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for BoundPc
where
    App: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let EnrolledPc { enrolment, state } = EnrolledPc::from_request_parts(parts, state).await?;
        let EnrolmentStage::Bound { number } = state.stage else { return Err(not_enrolled()) };
        let EnrolmentRequest { sitting, key, .. } = state.request;
        Ok(Self { enrolment, sitting, number, key })
    }
}

/// The last PC of a sitting, and the sitting at the start of the request: enough to show
/// something. What is written asks again in its own work ([`BoundPc::check_last`]).
pub struct BoundSeat {
    pub pc: BoundPc,
    pub state: TheorySitting,
}

impl<S: Send + Sync> FromRequestParts<S> for BoundSeat
where
    App: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let pc = BoundPc::from_request_parts(parts, state).await?;
        let sitting = theory_sitting(&App::from_ref(state), &pc.sitting).await?;
        pc.check_last(&sitting)?;
        Ok(Self { pc, state: sitting })
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
