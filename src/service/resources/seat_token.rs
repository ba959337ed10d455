//! A seat's token: `<enrolment>.<secret>`; the secret's digest is what the service keeps.

use crate::app::App;
use crate::error::ApiError;
use crate::state::enrolment::{EnrolmentState, EnrolmentStatus};
use crate::state::sitting::SittingState;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use kaoping_record::digest::{Digest, from_hex};
use kaoping_record::id::SittingId;
use kaoping_record::key::PublicKey;

/// A PC that presents the secret of its enrolment.
pub struct EnrolledPc {
    /// The enrolment.
    pub enrolment: String,
    /// Where it stands.
    pub state: EnrolmentState,
}

/// The PC at which a sitting takes place now.
pub struct BoundSeat {
    /// The sitting.
    pub sitting: SittingId,
    /// Its state.
    pub state: SittingState,
    /// The PC's number, from 0.
    pub number: u32,
    /// The PC's key.
    pub key: PublicKey,
}

impl<S: Send + Sync> FromRequestParts<S> for EnrolledPc
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        let token = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (enrolment, secret) =
            token.and_then(|token| token.strip_prefix("Bearer ")?.split_once('.')).ok_or_else(not_enrolled)?;
        let state: EnrolmentState = app.read(enrolment).await.map_err(|_| not_enrolled())?;
        let digest = from_hex(secret).map(|secret| Digest::of(&secret)).ok_or_else(not_enrolled)?;
        match &state.request {
            Some(request) if request.secret == digest => Ok(Self { enrolment: enrolment.to_owned(), state }),
            _ => Err(not_enrolled()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for BoundSeat
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let pc = EnrolledPc::from_request_parts(parts, state).await?;
        let request = pc.state.request.ok_or_else(not_enrolled)?;
        let number = pc.state.number.filter(|_| pc.state.status == EnrolmentStatus::Bound);
        let number = number.ok_or_else(not_enrolled)?;
        let sitting: SittingState = App::from_ref(state).read(request.sitting.as_str()).await?;
        if sitting.pcs.last().is_none_or(|last| last.enrolment != pc.enrolment) {
            return Err(moved());
        }
        Ok(Self { sitting: request.sitting, state: sitting, number, key: request.key })
    }
}

fn not_enrolled() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "not_enrolled",
        "authorization",
        ("这台电脑还没有和考生对应起来。", "this PC is not bound to a candidate"),
        ("请输入准考证号，等监考员核对。", "enter the ticket number and wait for the invigilator"),
    )
}

fn moved() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "seat_moved",
        "authorization",
        ("考试已经换到另一台电脑上继续。", "the exam goes on at another PC"),
        ("请到新的电脑上作答；有疑问请举手。", "go on at the new PC; ask the invigilator if in doubt"),
    )
}
