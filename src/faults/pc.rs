//! A candidate's PC that answers while things fail, as the candidate's page does: whatever is not
//! acknowledged is sent again until it is.

use hyper::{Method, StatusCode};
use kaoping_demo::client::{Caller, Client, Failure};
use kaoping_demo::history::history;
use kaoping_demo::people::Dice;
use kaoping_demo::rooms::WaitingPc;
use kaoping_demo::setup::{array, text};
use kaoping_engine::draw::Paper;
use kaoping_engine::session::candidate::{CandidateSession, Seat, Touch};
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::hand_in::Receipt;
use kaoping_engine::session::journal::{Journaled as _, Output};
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_record::digest::{Digest, from_hex};
use kaoping_record::id::{ItemId, SittingId};
use kaoping_record::key::Signer as _;
use kaoping_record::message::Signed;
use kaoping_record::software::{Ed25519Signer, SoftwareVerifier};
use kaoping_record::time::Time;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// When a request without an answer counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a PC tries, in all, before it counts as thrown out.
const MOST_TRIES: Duration = Duration::from_secs(120);

/// A PC at work.
pub(crate) struct Pc {
    client: Client,
    pub(crate) caller: Caller,
    pub(crate) ticket: String,
    pub(crate) session: CandidateSession,
    /// What it wrote, event after event.
    written: Vec<Vec<u8>>,
    /// The room's time, and when it was said.
    said: (Time, Instant),
    dice: Dice,
    /// An invigilator took the paper.
    pub(crate) taken: bool,
    /// How long it had something to send and was not heard, at most.
    pub(crate) longest_silence: Duration,
    /// How many of its requests were not answered, or were asked to come back.
    pub(crate) put_off: u32,
}

/// What became of a request.
pub(crate) enum Heard {
    Taken(Value),
    /// No answer, or one that says to come back.
    NotNow,
}

/// A PC that has asked for its seat.
pub(crate) struct Waiting {
    pub(crate) ticket: String,
    pub(crate) pc: WaitingPc,
    signer: Ed25519Signer,
}

impl Waiting {
    /// Asks for the seat of a ticket.
    pub(crate) async fn ask(client: &Client, ticket: &str) -> Result<Self, Failure> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        let signer = Ed25519Signer::from_seed(&seed)?;
        let pc = WaitingPc::ask(client, ticket, signer.public_key()).await?;
        Ok(Self { ticket: ticket.to_owned(), pc, signer })
    }

    /// Loads the paper, once the PC is bound and the room is open, and what PCs before it have
    /// sent.
    pub(crate) async fn load(self, client: &Client, person: u64) -> Result<Pc, Failure> {
        let seat = client.get(&self.pc.caller, "/api/v1/seat").await?;
        let shown = client.get(&self.pc.caller, "/api/v1/seat/paper").await?;
        let paper: Paper = serde_json::from_str(&text(&shown, "paper")?)?;
        let several = array(&shown, "several").iter().filter_map(|id| ItemId::new(id.as_str()?).ok()).collect();
        let number = u32::try_from(seat.get("number").and_then(Value::as_u64).unwrap_or(0))?;
        let place =
            Seat { sitting: SittingId::new(text(&seat, "sitting")?)?, number, key: self.signer.public_key().id() };
        let history = history(client, &self.pc.caller, &shown).await?;
        let before = history.before.iter().map(String::as_bytes);
        let mut session = CandidateSession::new(paper, several, place, before)?;
        let deadline: Deadline = serde_json::from_value(seat.get("deadline").cloned().unwrap_or_default())?;
        let now = time(&seat, "now_ms")?;
        session.set_deadline(now, deadline);
        session.open(now, time(&shown, "opened_at_ms")?)?;
        let Self { ticket, pc: WaitingPc { caller, .. }, .. } = self;
        Ok(Pc {
            client: client.clone(),
            caller,
            ticket,
            session,
            written: Vec::new(),
            said: (now, Instant::now()),
            dice: Dice::of(person, 4 + u64::from(number)),
            taken: false,
            longest_silence: Duration::ZERO,
            put_off: 0,
        })
    }
}

impl Pc {
    /// The room's time.
    fn now(&self) -> Time {
        let passed = i64::try_from(self.said.1.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.said.0.plus_millis(passed)
    }

    /// The sitting.
    pub(crate) fn sitting(&self) -> &str {
        self.session.journal().stream().as_str().split('/').nth(1).unwrap_or_default()
    }

    /// Whether its paper is in.
    pub(crate) fn has_ended(&self) -> bool {
        self.taken || self.session.answers().is_handed_in()
    }

    /// Chooses an option of some item.
    pub(crate) fn touch(&mut self) -> Result<(), Failure> {
        self.session = self.another_answer()?;
        Ok(())
    }

    /// The session as it would be after another answer, which is not sent.
    pub(crate) fn another_answer(&mut self) -> Result<CandidateSession, Failure> {
        let items = &self.session.paper().items;
        let place = usize::try_from(self.dice.below(items.len() as u64))?;
        let entry = items.get(place).ok_or("an item of the paper")?;
        let chosen = self.session.answers().of(&entry.item);
        // An option that is not chosen already: choosing it again would be no event.
        let others: Vec<_> = entry.options.iter().filter(|option| !chosen.contains(option)).collect();
        let option = usize::try_from(self.dice.below(others.len() as u64))?;
        let options = others.get(option).map(|option| (*option).clone()).into_iter().collect();
        let touch = Touch::Answer { item: entry.item.clone(), options };
        let mut session = self.session.clone();
        session.handle(self.now(), touch)?;
        Ok(session)
    }

    /// The event of another answer, which this PC does not keep.
    pub(crate) fn would_answer(&mut self) -> Result<String, Failure> {
        Self::unsent_of(&self.another_answer()?).pop().ok_or_else(|| "an event".into())
    }

    /// Goes on with a session that [`another_answer`](Self::another_answer) gave.
    pub(crate) fn adopt(&mut self, session: CandidateSession) {
        self.session = session;
    }

    /// How it asks.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Hands the paper in; the event is still to be sent.
    pub(crate) fn hand_in(&mut self) -> Result<(), Failure> {
        Ok(self.session.handle(self.now(), Touch::HandIn)?)
    }

    /// What was not acknowledged yet.
    pub(crate) fn unsent(&self) -> Vec<String> {
        Self::unsent_of(&self.session)
    }

    pub(crate) fn unsent_of(session: &CandidateSession) -> Vec<String> {
        let events = session.journal().unconfirmed().iter();
        events.map(|event| String::from_utf8_lossy(event.bytes()).into_owned()).collect()
    }

    /// Sends what was not acknowledged, once.
    ///
    /// # Errors
    /// When the answer is a refusal that no candidate's page could wait for.
    pub(crate) async fn send(&mut self) -> Result<Heard, Failure> {
        while let Some(output) = self.session.journal_mut().poll_output() {
            if let Output::Send { bytes, .. } = output {
                self.written.push(bytes);
            }
        }
        let heard = post_events(&self.client, &self.caller, &self.unsent()).await;
        let heard = heard.map_err(|error| format!("{}: {error}", self.ticket))?;
        self.put_off += u32::from(matches!(heard, Heard::NotNow));
        if let Heard::Taken(answer) = &heard {
            let last = Digest::from_hex(&text(answer, "acknowledged")?)?;
            if !self.session.journal_mut().confirm(last) {
                return Err(format!("{}: acknowledged {} without having it", self.ticket, last.to_hex()).into());
            }
        }
        Ok(heard)
    }

    /// Sends until everything is acknowledged.
    ///
    /// # Errors
    /// For a refusal, and when nobody answers for two minutes.
    pub(crate) async fn deliver(&mut self) -> Result<Option<Value>, Failure> {
        let began = Instant::now();
        let mut last = None;
        while !self.session.journal().unconfirmed().is_empty() {
            match self.send().await? {
                Heard::Taken(answer) => last = Some(answer),
                Heard::NotNow if began.elapsed() > MOST_TRIES => {
                    return Err(format!("{}: not heard for {} s", self.ticket, began.elapsed().as_secs()).into());
                }
                Heard::NotNow => tokio::time::sleep(Duration::from_millis(200 + self.dice.below(200))).await,
            }
        }
        self.longest_silence = self.longest_silence.max(began.elapsed());
        Ok(last)
    }

    /// Answers until it is stopped, with about this much time between two answers.
    pub(crate) async fn work(mut self, stop: watch::Receiver<bool>, pace: Duration) -> Result<Self, Failure> {
        let pace = u64::try_from(pace.as_millis())?;
        while !*stop.borrow() {
            tokio::time::sleep(Duration::from_millis(pace / 2 + self.dice.below(pace))).await;
            self.touch()?;
            self.deliver().await?;
        }
        Ok(self)
    }

    /// Compares what the service holds of this PC with what it wrote: every event once, in its
    /// order, byte by byte.
    pub(crate) async fn compare(&self) -> Result<(), Failure> {
        let shown = patiently(async || self.client.get(&self.caller, "/api/v1/seat/paper").await).await?;
        let held = patiently(async || history(&self.client, &self.caller, &shown).await).await?.journal;
        let own = &self.written;
        if held.len() == own.len() && held.iter().zip(own).all(|(held, own)| held.as_bytes() == own.as_slice()) {
            return Ok(());
        }
        Err(format!("{}: {} events were acknowledged, the service holds {}", self.ticket, own.len(), held.len()).into())
    }

    /// Checks the receipt's signature, and that it counts exactly what was acknowledged. Gives the
    /// number of events that this PC had acknowledged.
    pub(crate) async fn receipt(&self, trust: &TrustList) -> Result<u64, Failure> {
        let shown = patiently(async || self.client.get(&self.caller, "/api/v1/seat/receipt").await).await?;
        let receipt: Signed<Receipt> = Signed::parse(text(&shown, "receipt")?.as_bytes())?;
        receipt.verify(&SoftwareVerifier, &trust.receipts.key)?;
        let salt: Option<[u8; 32]> = from_hex(&text(&shown, "receipt_salt")?).and_then(|salt| salt.try_into().ok());
        let salt = salt.ok_or("the salt has 32 bytes")?;
        if receipt.payload.journal != self.session.journal_digest(&salt) {
            return Err(format!("{}: the receipt counts other events than were acknowledged", self.ticket).into());
        }
        if receipt.payload.answered != self.session.answers().count() {
            return Err(format!("{}: the receipt counts {} answers", self.ticket, receipt.payload.answered).into());
        }
        Ok(self.session.journal().head().next_seq)
    }
}

/// Sends events of a PC once.
///
/// # Errors
/// When the answer is neither an acknowledgement nor one that says to come back.
pub(crate) async fn post_events(client: &Client, caller: &Caller, events: &[String]) -> Result<Heard, Failure> {
    let body = json!({ "events": events }).to_string().into();
    let asked = client.send(caller, Method::POST, "/api/v1/seat/events", Some(body));
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) if answer.status.is_success() => Ok(Heard::Taken(serde_json::from_slice(&answer.body)?)),
        Ok(Ok(answer)) if answer.come_back => Ok(Heard::NotNow),
        Ok(Ok(answer)) => Err(refusal(answer.status, &answer.body).into()),
        Ok(Err(_)) | Err(_) => Ok(Heard::NotNow),
    }
}

fn refusal(status: StatusCode, body: &[u8]) -> String {
    format!("{status} {}", String::from_utf8_lossy(body))
}

/// Asks again for half a minute, as people do who see that the service is away.
pub(crate) async fn patiently<T>(ask: impl AsyncFn() -> Result<T, Failure>) -> Result<T, Failure> {
    let began = Instant::now();
    loop {
        match ask().await {
            Err(_) if began.elapsed() < Duration::from_secs(30) => tokio::time::sleep(Duration::from_millis(300)).await,
            done => return done,
        }
    }
}

fn time(value: &Value, member: &str) -> Result<Time, Failure> {
    let millis = value.get(member).and_then(Value::as_i64);
    millis.map(Time::from_millis).ok_or_else(|| format!("answer has no `{member}`").into())
}
