//! A PC asks for the seat of an admission ticket, and waits to be bound.

use super::accounts::digits;
use super::room_time;
use super::seat_events::bad_event;
use super::stored::state_of;
use crate::aggregates::enrolment::{EnrolmentEvent, EnrolmentRequest, EnrolmentState};
use crate::aggregates::room::room_key;
use crate::aggregates::sitting::{SittingState, TheorySitting};
use crate::aggregates::sitting_refusal::SittingRefusal;
use crate::app::App;
use crate::refusal::{Refusal, RefusalKind};
use crate::work::transact;
use kaoping_record::digest::{Digest, to_hex};
use kaoping_record::id::{AccountId, SittingId};
use kaoping_record::key::{Algorithm, PublicKey};
use kaoping_store::Collection;

/// Most PCs that may wait for one ticket at once.
const MAX_WAITING: usize = 5;

/// What the PC needs while it waits.
pub struct Enrolled {
    pub enrolment: String,
    /// The bearer token, shown to this PC alone.
    pub secret: String,
    /// Four digits to show to the invigilator.
    pub code: String,
}

/// A PC asks for the seat of a ticket.
///
/// # Errors
/// `unknown_ticket`, `already_handed_in`, `room_closed`, `too_many_waiting`, `event` for another kind of key.
pub async fn enrol(app: &App, ticket: &str, key: PublicKey) -> Result<Enrolled, Refusal> {
    let (sitting, state) = of_ticket(app, ticket.trim()).await?;
    if state.is_handed_in() {
        return Err(SittingRefusal::HandedIn.into());
    }
    if key.algorithm() != Algorithm::Ed25519 {
        return Err(bad_event("key"));
    }
    let place = &state.place;
    let room = room_key(&place.batch, place.session, &place.room);
    let mut same = 0;
    for row in &app.store.find(Collection::Enrolment, &room, None, 500).await? {
        let other: EnrolmentState = state_of(row)?;
        same += usize::from(other.request.sitting == sitting);
    }
    if same >= MAX_WAITING {
        return Err(Refusal::new(
            RefusalKind::TooMany,
            "too_many_waiting",
            "ticket",
            ("这个准考证号已有多台电脑在等候。", "several PCs already wait for this ticket"),
            ("请举手，由监考员处理。", "ask the invigilator"),
        ));
    }
    let enrolment = AccountId::random(app.id_seed()?).to_string();
    let secret: [u8; 32] = app.random()?;
    let code = digits(app, 4)?;
    let request = EnrolmentRequest {
        ticket: place.ticket.clone(),
        sitting,
        room: room.clone(),
        key,
        code: code.clone(),
        secret: Digest::of(&secret),
        since_ms: room_time::read(app, &room).await?.now.at,
    };
    transact!(app, "service", |work| {
        room_time::load(app, work, &room).await?.state.not_closed()?;
        let event = EnrolmentEvent::Asked { request: request.clone() };
        work.append::<EnrolmentState>(&enrolment, event).await
    })?;
    let secret = format!("{enrolment}.{}", to_hex(&secret));
    Ok(Enrolled { enrolment, secret, code })
}

/// The theory sitting that a ticket names.
///
/// # Errors
/// `unknown_ticket` with what to do.
async fn of_ticket(app: &App, ticket: &str) -> Result<(SittingId, TheorySitting), Refusal> {
    let unknown = || {
        Refusal::new(
            RefusalKind::NotFound,
            "unknown_ticket",
            "ticket",
            ("没有这个准考证号。", "there is no such admission ticket"),
            (
                "请对照准考证逐位核对；仍不行请举手找监考员。",
                "compare it digit by digit; if it still fails, ask the invigilator",
            ),
        )
    };
    let rows = if ticket.is_empty() || ticket.len() > 32 {
        Vec::new()
    } else {
        app.store.find(Collection::Sitting, ticket, None, 1).await?
    };
    let row = rows.into_iter().next().ok_or_else(unknown)?;
    let state: SittingState = state_of(&row)?;
    Ok((SittingId::new(row.key.clone())?, state.theory()?.clone()))
}
