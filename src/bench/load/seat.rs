//! A candidate's PC under load: it writes its events before they are timed, and keeps its
//! connection.

use crate::Failure;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use kaoping_demo::client::{Caller, Client};
use kaoping_demo::people::Dice;
use kaoping_demo::rooms::WaitingPc;
use kaoping_demo::setup::{array, text};
use kaoping_engine::draw::Paper;
use kaoping_engine::session::candidate::{CandidateSession, Seat as Place, Touch};
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::journal::{Journaled as _, Output};
use kaoping_record::digest::Digest;
use kaoping_record::id::{ItemId, SittingId};
use kaoping_record::key::{PublicKey, Signer as _};
use kaoping_record::software::Ed25519Signer;
use kaoping_record::time::Time;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// A connection of a PC.
pub(super) struct Line {
    address: SocketAddr,
    token: String,
    sender: Option<SendRequest<Full<Bytes>>>,
}

/// What came of a request.
pub(super) struct Answer {
    pub(super) body: Bytes,
    /// How often the service asked to come back.
    pub(super) put_off: u64,
}

/// An event that is ready to be sent; the first of a sitting goes with its opening.
pub(super) struct Written {
    body: Bytes,
    /// What the service must acknowledge.
    identity: Digest,
}

/// A PC with its paper.
pub(super) struct Seat {
    pub(super) line: Line,
    session: CandidateSession,
    /// The room's time, and when it was said.
    said: (Time, Instant),
    dice: Dice,
}

impl Line {
    /// A connection that is opened by its first request.
    pub(super) fn new(address: SocketAddr, token: String) -> Self {
        Self { address, token, sender: None }
    }

    /// Another connection of the same PC.
    pub(super) fn another(&self) -> Self {
        Self::new(self.address, self.token.clone())
    }

    pub(super) async fn get(&mut self, path: &str) -> Result<Answer, Failure> {
        self.ask(Method::GET, path, Bytes::new()).await
    }

    /// Asks until there is an answer; who is told to come back comes back then.
    async fn ask(&mut self, method: Method, path: &str, body: Bytes) -> Result<Answer, Failure> {
        let mut put_off = 0;
        loop {
            let request = Request::builder()
                .method(method.clone())
                .uri(path)
                .header(header::HOST, "localhost")
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
                .body(Full::new(body.clone()))?;
            let response = self.sender().await?.send_request(request).await?;
            let status = response.status();
            let wait = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
            let wait = wait.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
            let body = response.into_body().collect().await?.to_bytes();
            match wait {
                _ if status.is_success() => return Ok(Answer { body, put_off }),
                Some(wait) if status == StatusCode::SERVICE_UNAVAILABLE => {
                    put_off += 1;
                    tokio::time::sleep(wait).await;
                }
                _ => return Err(format!("{path}: {status} {}", String::from_utf8_lossy(&body)).into()),
            }
        }
    }

    async fn sender(&mut self) -> Result<&mut SendRequest<Full<Bytes>>, Failure> {
        let mut sender = match self.sender.take() {
            Some(sender) => sender,
            None => self.connect().await?,
        };
        if sender.ready().await.is_err() {
            sender = self.connect().await?;
            sender.ready().await?;
        }
        Ok(self.sender.insert(sender))
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, Failure> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::task::spawn_local(connection);
        Ok(sender)
    }
}

impl Seat {
    /// A PC that has been shown its seat and its paper.
    pub(super) fn new(line: Line, key: &PublicKey, number: u64, seat: &Value, shown: &Value) -> Result<Self, Failure> {
        let paper: Paper = serde_json::from_str(&text(shown, "paper")?)?;
        let several = array(shown, "several").iter().filter_map(|id| ItemId::new(id.as_str()?).ok()).collect();
        let place = Place { sitting: SittingId::new(text(seat, "sitting")?)?, number: 0, key: key.id() };
        let mut session = CandidateSession::new(paper, several, place, [])?;
        let deadline: Deadline = serde_json::from_value(seat.get("deadline").cloned().unwrap_or_default())?;
        let time = |value: &Value, member: &str| value.get(member).and_then(Value::as_i64).map(Time::from_millis);
        let now = time(seat, "now_ms").ok_or("the room's time")?;
        session.set_deadline(now, deadline);
        session.open(now, time(shown, "opened_at_ms").ok_or("when the papers were opened")?)?;
        Ok(Self { line, session, said: (now, Instant::now()), dice: Dice::of(number, 9) })
    }

    /// Writes so many answers, which are sent later, each by itself.
    pub(super) fn write(&mut self, count: usize) -> Result<Vec<Written>, Failure> {
        (0..count).map(|_| self.touch().and_then(|touch| self.written(touch))).collect()
    }

    /// Writes that the paper is handed in.
    pub(super) fn hand_in(&mut self) -> Result<Written, Failure> {
        self.written(Touch::HandIn)
    }

    /// Sends an event, which must be acknowledged as what it is.
    pub(super) async fn send(&mut self, written: Written) -> Result<Answer, Failure> {
        let answer = self.line.ask(Method::POST, "/api/v1/seat/events", written.body).await?;
        let acknowledged = text(&serde_json::from_slice(&answer.body)?, "acknowledged")?;
        if acknowledged != written.identity.to_hex() || !self.session.journal_mut().confirm(written.identity) {
            return Err(format!("acknowledged {acknowledged} instead of the event that was sent").into());
        }
        Ok(answer)
    }

    /// An option that is not chosen already: choosing it again would be no event.
    fn touch(&mut self) -> Result<Touch, Failure> {
        let items = &self.session.paper().items;
        let entry = items.get(usize::try_from(self.dice.below(items.len() as u64))?).ok_or("an item of the paper")?;
        let chosen = self.session.answers().of(&entry.item);
        let others: Vec<_> = entry.options.iter().filter(|option| !chosen.contains(option)).collect();
        let option = others.get(usize::try_from(self.dice.below(others.len() as u64))?);
        Ok(Touch::Answer { item: entry.item.clone(), options: option.into_iter().map(|id| (*id).clone()).collect() })
    }

    fn written(&mut self, touch: Touch) -> Result<Written, Failure> {
        let passed = i64::try_from(self.said.1.elapsed().as_millis())?;
        self.session.handle(self.said.0.plus_millis(passed), touch)?;
        let (mut events, mut last) = (Vec::new(), None);
        while let Some(output) = self.session.journal_mut().poll_output() {
            if let Output::Send { id, bytes } = output {
                events.push(String::from_utf8(bytes)?);
                last = Some(id);
            }
        }
        let body = json!({ "events": events });
        Ok(Written { body: body.to_string().into(), identity: last.ok_or("an event was written")? })
    }
}

/// A PC that has asked for its seat.
pub(super) struct Waiting {
    pub(super) pc: WaitingPc,
    key: PublicKey,
}

impl Waiting {
    /// Asks for the seat of a ticket.
    pub(super) async fn ask(client: &Client, ticket: &str) -> Result<Self, Failure> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(std::io::Error::other)?;
        let key = Ed25519Signer::from_seed(&seed)?.public_key().clone();
        Ok(Self { pc: WaitingPc::ask(client, ticket, &key).await?, key })
    }

    /// Its connection and its key.
    pub(super) fn line(self, address: SocketAddr) -> Result<(Line, PublicKey), Failure> {
        match self.pc.caller {
            Caller::Seat(token) => Ok((Line::new(address, token), self.key)),
            Caller::Anyone | Caller::Staff(_) => Err("a PC asks as a seat".into()),
        }
    }
}
