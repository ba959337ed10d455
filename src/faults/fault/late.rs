//! Requests whose body comes late: a cable that was cut, or somebody who holds it back. All checks
//! before the body are done when what they rested on changes.

use super::{Scene, turns};
use crate::hall::Hall;
use crate::pc::{Pc, Waiting};
use kaoping_demo::client::{Caller, Failure};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// So long the service has for what it does before the body.
const BEFORE_BODY: Duration = Duration::from_millis(150);

/// A request of which all but the last byte was sent.
struct Late {
    stream: TcpStream,
    last: u8,
}

pub(super) async fn happen(scene: &mut Scene<'_>, mut pcs: Vec<Pc>) -> Result<Vec<Pc>, Failure> {
    turns(scene, &mut pcs, async |hall, pc, place| change_under(hall, pc, place % 3).await).await?;
    Ok(pcs)
}

/// Changes what a request rests on while its body is under way, in one of three ways.
async fn change_under(hall: &mut Hall, pc: &mut Pc, kind: usize) -> Result<(), Failure> {
    let event = pc.would_answer()?;
    let late = Late::send(hall.http(), &pc.caller, &event).await?;
    tokio::time::sleep(BEFORE_BODY).await;
    match kind {
        // Another answer comes first.
        0 => {
            pc.touch()?;
            pc.deliver().await?;
        }
        // Another PC takes over, and answers.
        1 => {
            let waiting = Waiting::ask(&hall.demo.client, &pc.ticket).await?;
            hall.replace(pc.sitting(), &waiting.pc.enrolment).await?;
            *pc = waiting.load(&hall.demo.client, 1).await?;
            pc.touch()?;
            pc.deliver().await?;
        }
        // The paper is taken.
        _ => {
            hall.take_paper(pc.sitting()).await?;
            pc.taken = true;
        }
    }
    let status = late.finish().await?;
    if status.starts_with('2') {
        return Err(format!("{}: an answer was taken after its ground had changed ({kind})", pc.ticket).into());
    }
    Ok(())
}

impl Late {
    async fn send(address: SocketAddr, caller: &Caller, event: &str) -> Result<Self, Failure> {
        let Caller::Seat(token) = caller else { return Err("a seat".into()) };
        let body = json!({ "events": [event] }).to_string();
        let (last, rest) = body.as_bytes().split_last().ok_or("a body")?;
        let mut stream = TcpStream::connect(address).await?;
        let head = format!(
            "POST /api/v1/seat/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(rest).await?;
        Ok(Self { stream, last: *last })
    }

    /// Sends the rest, and gives the status of the answer.
    async fn finish(mut self) -> Result<String, Failure> {
        self.stream.write_all(&[self.last]).await?;
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).await?;
        Ok(answer.split(' ').nth(1).unwrap_or_default().to_owned())
    }
}
