//! A PC asks for the seat of an admission ticket, and waits to be bound.

use super::accounts::digits;
use super::doer::{SERVICE, transact};
use super::room_time;
use super::seat_events::bad_event;
use super::stored::{found_by, state_of};
use crate::aggregates::enrolment::{EnrolmentEvent, EnrolmentRequest, EnrolmentState};
use crate::aggregates::room::room_key;
use crate::aggregates::sitting::{SittingState, TheorySitting};
use crate::aggregates::sitting_refusal::SittingRefusal;
use crate::app::App;
use crate::edge::throttle::{Address, Secret};
use crate::refusal::{Refusal, RefusalKind};
use kaoping_engine::text::fold_width;
use kaoping_record::digest::{Digest, to_hex};
use kaoping_record::id::{AccountId, SittingId};
use kaoping_record::key::{Algorithm, PublicKey};
use kaoping_store::Collection;

/// How many four digits are tried until no other PC in the room shows them.
const CODES: usize = 50;

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
/// `unknown_ticket`, `already_handed_in`, `room_closed`, `too_many_waiting`, `event` for another
/// kind of key; `busy` when too many unknown tickets came from this address.
pub async fn enrol(app: &App, ticket: &str, key: PublicKey, address: Address) -> Result<Enrolled, Refusal> {
    let attempt = app.throttle.admit(Secret::Ticket, None, address).await?;
    let Some((sitting, state)) = of_ticket(app, &typed_ticket(ticket)).await? else {
        attempt.failed();
        return Err(unknown_ticket());
    };
    attempt.succeeded();
    if state.is_handed_in() {
        return Err(SittingRefusal::HandedIn.into());
    }
    if key.algorithm() != Algorithm::Ed25519 {
        return Err(bad_event("key"));
    }
    let place = &state.place;
    let room = room_key(&place.batch, place.session, &place.room);
    let enrolment = AccountId::random(app.id_seed()?).to_string();
    let secret: [u8; 32] = app.random()?;
    let mut request = EnrolmentRequest {
        ticket: place.ticket.clone(),
        sitting,
        room: room.clone(),
        key,
        code: String::new(),
        secret: Digest::of(&secret),
        since_ms: room_time::read(app, &room).await?.now.at,
    };
    let codes = (0..CODES).map(|_| digits(app, 4)).collect::<Result<Vec<_>, _>>()?;
    // The place is held before it is written down, so that no two requests can take the last one.
    if !app.waiting.ask(&enrolment, &mut request, address, codes) {
        return Err(too_many_waiting());
    }
    let written = transact!(app, &SERVICE, |work| {
        room_time::load(app, work, &room).await?.state.not_closed()?;
        let event = EnrolmentEvent::Asked { request: request.clone() };
        work.append::<EnrolmentState>(&enrolment, event).await
    });
    if let Err(refusal) = written {
        app.waiting.release(&enrolment);
        return Err(refusal);
    }
    let secret = format!("{enrolment}.{}", to_hex(&secret));
    Ok(Enrolled { enrolment, secret, code: request.code })
}

fn too_many_waiting() -> Refusal {
    Refusal::new(
        RefusalKind::TooMany,
        "too_many_waiting",
        "ticket",
        ("这个准考证号已有多台电脑在等候。", "several PCs already wait for this ticket"),
        ("请举手，由监考员处理。", "ask the invigilator"),
    )
}

fn unknown_ticket() -> Refusal {
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
}

/// A ticket's number as people type it: in full width, or in groups with blanks or hyphens between
/// them.
fn typed_ticket(text: &str) -> String {
    fold_width(text).chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '—' | '–')).collect()
}

/// The theory sitting that a ticket names.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
async fn of_ticket(app: &App, ticket: &str) -> Result<Option<(SittingId, TheorySitting)>, Refusal> {
    let Some(row) = found_by(app, Collection::Sitting, ticket).await? else { return Ok(None) };
    let state: SittingState = state_of(&row)?;
    Ok(Some((SittingId::new(row.key.clone())?, state.theory()?.clone())))
}
