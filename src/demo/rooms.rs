//! What invigilators do: they bind PCs, open rooms and end sessions.

use crate::client::{Caller, Client, Failure};
use crate::setup::{Demo, array, text};
use hyper::Method;
use kaoping_record::key::PublicKey;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;

/// The address of a room that [`rooms`] lists.
///
/// # Errors
/// When the line has another form.
pub fn room_path(room: &Value) -> Result<String, Failure> {
    let session = room.get("session").and_then(Value::as_u64).unwrap_or(1);
    Ok(format!("/api/v1/rooms/{}/{session}/{}", text(room, "batch")?, text(room, "room")?))
}

/// The rooms of an invigilator.
///
/// # Errors
/// When the service refuses.
pub async fn rooms(client: &Client, caller: &Caller) -> Result<Vec<Value>, Failure> {
    Ok(array(&client.get(caller, "/api/v1/rooms").await?, "rooms").to_vec())
}

/// How often the page of a PC asks whether it was bound.
const ASKS_EVERY: Duration = Duration::from_secs(3);

/// A PC that has asked for the seat of a ticket.
pub struct WaitingPc {
    /// What the invigilator binds.
    pub enrolment: String,
    /// The PC, with its secret.
    pub caller: Caller,
}

impl WaitingPc {
    /// Asks for the seat of a ticket.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn ask(client: &Client, ticket: &str, key: &PublicKey) -> Result<Self, Failure> {
        let body = json!({ "ticket": ticket, "key": key });
        let enrolled = client.post(&Caller::Anyone, "/api/v1/seat/enrolments", &body).await?;
        Ok(Self { enrolment: text(&enrolled, "enrolment")?, caller: Caller::Seat(text(&enrolled, "secret")?) })
    }

    /// Whether it was bound. A PC that does not ask for a while loses its place in the room's list.
    async fn is_bound(&self, client: &Client) -> Result<bool, Failure> {
        let path = format!("/api/v1/seat/enrolments/{}", self.enrolment);
        Ok(text(&client.get(&self.caller, &path).await?, "state")? == "bound")
    }
}

/// Each invigilator binds the PCs that wait in their rooms, and opens rooms that are not open yet.
/// Meanwhile the PCs go on asking, as their pages do.
///
/// # Errors
/// When the service refuses, or when a PC was not bound.
pub async fn open_rooms<'a>(demo: &Demo, pcs: impl Iterator<Item = &'a WaitingPc> + Clone) -> Result<(), Failure> {
    ask_all(demo, pcs.clone()).await?;
    tokio::select! {
        opened = bind_and_open(demo) => opened?,
        Err(failure) = ask_again(demo, pcs.clone()) => return Err(failure),
    }
    match ask_all(demo, pcs).await? {
        0 => Ok(()),
        left => Err(format!("{left} PCs wait in no room's list").into()),
    }
}

/// Each PC asks once; the number of those that still wait.
async fn ask_all<'a>(demo: &Demo, pcs: impl Iterator<Item = &'a WaitingPc>) -> Result<usize, Failure> {
    let mut waiting = 0;
    for pc in pcs {
        waiting += usize::from(!pc.is_bound(&demo.client).await?);
    }
    Ok(waiting)
}

/// All ask again and again, until one is refused.
async fn ask_again<'a>(demo: &Demo, pcs: impl Iterator<Item = &'a WaitingPc> + Clone) -> Result<Infallible, Failure> {
    loop {
        tokio::time::sleep(ASKS_EVERY).await;
        ask_all(demo, pcs.clone()).await?;
    }
}

async fn bind_and_open(demo: &Demo) -> Result<(), Failure> {
    for login in demo.of("invigilator-") {
        let caller = demo.client.login(&login.login, &login.password).await?;
        for room in rooms(&demo.client, &caller).await? {
            open_room(&demo.client, &caller, &room).await?;
        }
    }
    Ok(())
}

/// Binds the PCs that wait in a room and opens it, if it is not open yet.
async fn open_room(client: &Client, caller: &Caller, room: &Value) -> Result<(), Failure> {
    let path = room_path(room)?;
    let board = client.get(caller, &path).await?;
    for waiting in array(&board, "waiting") {
        let enrolment = text(waiting, "enrolment")?;
        let bind = json!({
            "enrolment": enrolment, "ticket_checked": true, "photo_checked": true, "id_checked": true,
            "request": format!("bind-{enrolment}"),
        });
        let bind = Some(bind.to_string().into());
        let answer = client.send(caller, Method::POST, &format!("{path}/bind"), bind).await?;
        // A PC that asked while it was bound stands on the list for a moment longer.
        let refused = String::from_utf8_lossy(&answer.body);
        if !answer.status.is_success() && !refused.contains("no_longer_waiting") {
            return Err(format!("POST {path}/bind: {} {refused}", answer.status).into());
        }
    }
    if text(&board, "state")? == "waiting" {
        client
            .post(caller, &format!("{path}/open"), &json!({ "request": format!("open-{}", text(room, "batch")?) }))
            .await?;
    }
    Ok(())
}

/// Both invigilators of each room confirm that its session has ended.
///
/// # Errors
/// When the service refuses. Gives the number of sessions that ended.
pub async fn end_rooms(demo: &Demo) -> Result<usize, Failure> {
    let client = &demo.client;
    let mut ended = 0;
    for login in demo.of("invigilator-") {
        let caller = client.login(&login.login, &login.password).await?;
        for room in rooms(client, &caller).await? {
            let path = room_path(&room)?;
            let board = client.get(&caller, &path).await?;
            let counts = board.get("end").and_then(|end| end.get("counts")).unwrap_or(&Value::Null);
            let body = json!({ "counts": counts, "request": format!("end-{}", text(&room, "batch")?) });
            let board = client.post(&caller, &format!("{path}/end"), &body).await?;
            ended += usize::from(text(&board, "state")? == "closed");
        }
    }
    Ok(ended)
}
