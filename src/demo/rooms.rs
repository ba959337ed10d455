//! What invigilators do: they bind PCs, open rooms and end sessions.

use crate::client::{Caller, Client, Failure};
use crate::setup::{Demo, array, text};
use serde_json::{Value, json};

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

/// Each invigilator binds the PCs that wait in their rooms, and opens rooms that are not open yet.
///
/// # Errors
/// When the service refuses.
pub async fn open_rooms(demo: &Demo) -> Result<(), Failure> {
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
        client.post(caller, &format!("{path}/bind"), &bind).await?;
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
