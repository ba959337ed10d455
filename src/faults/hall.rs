//! An exam hall: the program on data of its own, with candidates at their PCs.

use crate::pc::{Pc, Waiting, patiently};
use kaoping_demo::ceremony::ceremony;
use kaoping_demo::client::{Caller, Failure};
use kaoping_demo::rooms::{end_rooms, open_rooms, room_path, rooms};
use kaoping_demo::service::{Service, Start};
use kaoping_demo::setup::{Demo, array, setup, text};
use kaoping_engine::verify::file::trust::TrustList;
use serde_json::{Value, json};
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Starts the program so that a file that may not grow is an error and not the end, and keeps what
/// it logs.
const STARTER: &str = "#!/bin/sh\ntrap '' XFSZ\nexec \"PROGRAM\" \"$@\" 2>>\"LOG\"\n";

/// A hall with an exam under way.
pub(crate) struct Hall {
    folder: TempDir,
    postgres: Option<String>,
    service: Option<Service>,
    ports: (u16, u16),
    pub(crate) demo: Demo,
    /// Each with the address of a room.
    invigilators: Vec<(Caller, String)>,
}

/// Candidates who answer until they are stopped.
pub(crate) struct Work {
    stop: watch::Sender<bool>,
    pcs: JoinSet<Result<Pc, Failure>>,
}

impl Hall {
    /// Sets an organization up, with a batch of so many candidates whose papers are dealt.
    pub(crate) async fn set_up(program: &Path, postgres: Option<String>, candidates: u32) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let starter = STARTER.replace("PROGRAM", &program.display().to_string());
        let starter = starter.replace("LOG", &folder.path().join("log").display().to_string());
        fs::write(folder.path().join("start"), starter)?;
        fs::set_permissions(folder.path().join("start"), fs::Permissions::from_mode(0o700))?;
        let ports = (free_port()?, free_port()?);
        let service = start(folder.path(), postgres.as_deref(), ports).await?;
        let demo = setup(&service, candidates, |_| ()).await?;
        ceremony(&demo).await?;
        Ok(Self { folder, postgres, service: Some(service), ports, demo, invigilators: Vec::new() })
    }

    /// Seats everybody and opens the rooms.
    pub(crate) async fn seated(&self) -> Result<Vec<Pc>, Failure> {
        let client = &self.demo.client;
        let mut waiting = Vec::new();
        for ticket in &self.demo.tickets {
            waiting.push(Waiting::ask(client, ticket).await?);
        }
        open_rooms(&self.demo, waiting.iter().map(|waiting| &waiting.pc)).await?;
        let mut pcs = Vec::new();
        for (person, waiting) in (0..).zip(waiting) {
            pcs.push(waiting.load(client, person).await?);
        }
        Ok(pcs)
    }

    /// The program's process.
    pub(crate) fn process(&self) -> Result<String, Failure> {
        let process = self.service.as_ref().and_then(Service::process);
        Ok(process.ok_or("the program does not run")?.to_string())
    }

    /// Where its data lie.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Kills the program, without a chance to finish anything.
    pub(crate) async fn kill(&mut self) -> Result<(), Failure> {
        match self.service.take() {
            Some(service) => service.stop().await,
            None => Ok(()),
        }
    }

    /// Starts the program again on the same data.
    pub(crate) async fn start(&mut self) -> Result<(), Failure> {
        self.service = Some(start(self.folder.path(), self.postgres.as_deref(), self.ports).await?);
        Ok(())
    }

    /// Where candidates reach the program.
    pub(crate) fn http(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.ports.0).into()
    }

    /// Somebody who watches over a sitting, and the address of its room.
    async fn invigilator(&mut self, sitting: &str) -> Result<(Caller, String), Failure> {
        let client = &self.demo.client;
        if self.invigilators.is_empty() {
            for login in self.demo.of("invigilator-") {
                let caller = client.login(&login.login, &login.password).await?;
                for room in rooms(client, &caller).await? {
                    self.invigilators.push((caller.clone(), room_path(&room)?));
                }
            }
        }
        for (caller, room) in &self.invigilators {
            let board = client.get(caller, room).await?;
            if array(&board, "seats").iter().any(|seat| text(seat, "sitting").is_ok_and(|held| held == sitting)) {
                return Ok((caller.clone(), room.clone()));
            }
        }
        Err(format!("nobody watches over {sitting}").into())
    }

    /// Binds another PC to a sitting.
    pub(crate) async fn replace(&mut self, sitting: &str, enrolment: &str) -> Result<(), Failure> {
        let (caller, room) = self.invigilator(sitting).await?;
        let body = json!({
            "enrolment": enrolment, "ticket_checked": true, "photo_checked": true, "id_checked": true,
            "reason": "电脑故障", "request": format!("bind-{enrolment}"),
        });
        self.demo.client.post(&caller, &format!("{room}/bind"), &body).await.map(drop)
    }

    /// Takes the paper of a sitting.
    pub(crate) async fn take_paper(&mut self, sitting: &str) -> Result<(), Failure> {
        let (caller, _) = self.invigilator(sitting).await?;
        let body = json!({ "reason": "身体不适", "request": format!("take-{sitting}") });
        let path = format!("/api/v1/sittings/{sitting}/hand-in");
        patiently(async || self.demo.client.post(&caller, &path, &body).await).await.map(drop)
    }

    /// The keys by which receipts are checked.
    pub(crate) async fn trust(&self) -> Result<TrustList, Failure> {
        let trust = patiently(async || self.demo.client.get(&Caller::Anyone, "/api/v1/trust").await).await?;
        Ok(TrustList::read(&trust.to_string())?)
    }

    /// Checks everything that must be true after the faults: each PC's events are held once and in
    /// order, each paper is handed in and its receipt counts exactly those events, all papers are
    /// scored, and the stores agree with themselves. Gives the number of events.
    pub(crate) async fn settle(&mut self, mut pcs: Vec<Pc>) -> Result<u64, Failure> {
        let trust = self.trust().await?;
        let mut events = 0;
        for pc in &mut pcs {
            if !pc.has_ended() {
                pc.compare().await?;
                pc.hand_in()?;
                pc.deliver().await?;
            }
            events += pc.receipt(&trust).await?;
        }
        self.score(pcs.len()).await?;
        self.consult_doctor().await?;
        Ok(events)
    }

    /// All sessions end, and the office scores: every paper, without one that waits.
    async fn score(&self, papers: usize) -> Result<(), Failure> {
        end_rooms(&self.demo).await?;
        let path = format!("/api/v1/batches/{}", self.demo.batch);
        let scored = self.demo.client.post(&self.demo.office, &format!("{path}/score"), &json!({})).await?;
        let batch = self.demo.client.get(&self.demo.office, &path).await?;
        let count = batch.get("counts").and_then(|counts| counts.get("theory_scored")).and_then(Value::as_u64);
        if count == Some(u64::try_from(papers)?) {
            return Ok(());
        }
        let pending = array(&scored, "pending").iter().map(Value::to_string).collect::<Vec<_>>();
        Err(format!("{count:?} of {papers} papers were scored: {}", pending.join(", ")).into())
    }

    /// Stops the program and asks `kaoping doctor` whether the stores hold together.
    async fn consult_doctor(&mut self) -> Result<(), Failure> {
        self.kill().await?;
        let mut doctor = Command::new(self.folder.path().join("start"));
        doctor.arg("doctor").arg("--data").arg(self.data()).env("KAOPING_PASSPHRASE", "demo");
        if let Some(address) = &self.postgres {
            doctor.args(["--postgres", address]);
        }
        let found = doctor.output().await?;
        if found.status.success() {
            return Ok(());
        }
        Err(format!("kaoping doctor: {}", String::from_utf8_lossy(&found.stdout)).into())
    }

    /// Log lines that must not occur under a fault from outside: panics.
    pub(crate) fn panics(&self) -> Result<usize, Failure> {
        let log = fs::read_to_string(self.folder.path().join("log"))?;
        Ok(log.lines().filter(|line| line.contains("panicked at")).count())
    }

    /// The last lines of the log, for a report.
    pub(crate) fn last_lines(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines.iter().rev().take(8).rev().copied().collect::<Vec<_>>().join("\n")
    }
}

impl Work {
    /// Everybody begins to answer.
    pub(crate) fn begin(pcs: Vec<Pc>, pace: Duration) -> Self {
        let (stop, told) = watch::channel(false);
        let pcs = pcs.into_iter().map(|pc| pc.work(told.clone(), pace)).collect();
        Self { stop, pcs }
    }

    /// Everybody delivers what is left, and stops.
    ///
    /// # Errors
    /// The first failure of a PC that no candidate should see.
    pub(crate) async fn end(mut self) -> Result<Vec<Pc>, Failure> {
        self.stop.send(true)?;
        let mut pcs = Vec::new();
        while let Some(pc) = self.pcs.join_next().await {
            pcs.push(pc??);
        }
        Ok(pcs)
    }
}

/// A port that is free now and stays so while the program is down: below those that the system
/// gives to connections.
fn free_port() -> Result<u16, Failure> {
    for _ in 0..100 {
        let mut random = [0; 2];
        getrandom::fill(&mut random)?;
        let port = 20_000 + u16::from_le_bytes(random) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err("no free port".into())
}

async fn start(folder: &Path, postgres: Option<&str>, ports: (u16, u16)) -> Result<Service, Failure> {
    let (program, data) = (folder.join("start"), folder.join("data"));
    Service::start(&Start { program: &program, data: &data, ports, sm2: false, postgres }).await
}
