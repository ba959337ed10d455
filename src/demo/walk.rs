//! The simulated process of a batch: ceremony, theory, practical, scoring, hand-off. Everything
//! goes over the API.

use crate::counts::Counts;
use crate::key_correction::WrongKey;
use crate::proofs;
use hyper::Method;
use kaoping_demo::ceremony::ceremony;
use kaoping_demo::client::{Caller, Client, Failure};
use kaoping_demo::people::{Dice, award};
use kaoping_demo::rooms::{WaitingPc, end_rooms, open_rooms};
use kaoping_demo::setup::{Demo, Login, array, text};
use kaoping_engine::draw::Paper;
use kaoping_engine::practical::session::{Assignment, SheetSession};
use kaoping_engine::practical::sheet::ValidSheet;
use kaoping_engine::practical::sheet_event::SheetEvent;
use kaoping_engine::session::candidate::{CandidateSession, Seat, Touch};
use kaoping_engine::session::checkpoint::TabletCheckpoint;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::hand_in::Receipt;
use kaoping_engine::session::journal::{Journaled, Output};
use kaoping_engine::verify::draw::bundle::kind_first;
use kaoping_engine::verify::file::report::Verdict;
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_engine::verify::file::verify;
use kaoping_record::digest::Digest;
use kaoping_record::id::{ItemId, SittingId};
use kaoping_record::key::Signer as _;
use kaoping_record::message::Signed;
use kaoping_record::software::{Ed25519Signer, SoftwareVerifier};
use kaoping_record::time::Time;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// People who work at the same time.
const AT_ONCE: usize = 32;

/// The receipts that candidates got.
type Receipts = Arc<Mutex<Vec<Signed<Receipt>>>>;

/// Walks the line and counts.
pub(crate) async fn walk(demo: &Demo, out: &Path, wrong_key: bool) -> Result<Counts, Failure> {
    let started = Instant::now();
    let drawn = ceremony(demo).await?;
    println!("drawn: {drawn} papers, each with its certificate");
    let receipts = Receipts::default();
    let ((sat, wrong_key), practical) = tokio::try_join!(theory(demo, &receipts, wrong_key), practical(demo))?;
    println!("sat: {sat} papers handed in, {practical} score sheets handed in");
    let ended = end_rooms(demo).await?;
    println!("sessions: {ended} ended by two invigilators each");
    let decided = decide(demo).await?;
    println!("panels: {decided} decided by lead examiners");
    let mut counts = finish(demo, out, &receipts, wrong_key.as_deref()).await?;
    counts.candidates = demo.candidates as usize;
    counts.drawn = drawn;
    counts.sat = sat;
    counts.seconds = started.elapsed().as_secs();
    Ok(counts)
}

/// Everyone asks for a seat, is bound, answers and hands in. Gives how many answered everything, and
/// the item whose key is found to be wrong later.
async fn theory(demo: &Demo, receipts: &Receipts, wrong_key: bool) -> Result<(usize, Option<Arc<WrongKey>>), Failure> {
    let client = &demo.client;
    let keys = keys()?;
    let mut seats = Vec::new();
    for (number, ticket) in (0_u64..).zip(&demo.tickets) {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        let signer = Ed25519Signer::from_seed(&seed)?;
        let pc = WaitingPc::ask(client, ticket, signer.public_key()).await?;
        seats.push((number, signer, pc));
    }
    open_rooms(demo, seats.iter().map(|(_, _, pc)| pc)).await?;
    println!("rooms open, everyone is bound to a seat");
    let wrong_key = if wrong_key {
        let callers: Vec<_> = seats.iter().map(|(number, _, pc)| (*number, pc.caller.clone())).collect();
        Some(Arc::new(WrongKey::choose(client, &callers, &keys).await?))
    } else {
        None
    };
    let keys = Arc::new(keys);
    let mut tasks = Vec::new();
    for (number, signer, WaitingPc { caller, .. }) in seats {
        let (client, keys, receipts) = (client.clone(), keys.clone(), receipts.clone());
        let wrong_key = wrong_key.clone();
        tasks.push(async move {
            let receipt = sit(&client, &caller, number, &signer, (&keys, wrong_key.as_deref())).await?;
            let complete = receipt.payload.answered == receipt.payload.items;
            receipts.lock().map_err(|_| "receipts")?.push(receipt);
            Ok(usize::from(complete))
        });
    }
    Ok((at_once(tasks, "papers").await?, wrong_key))
}

/// One candidate with the session that the browser runs.
async fn sit(
    client: &Client,
    caller: &Caller,
    number: u64,
    signer: &Ed25519Signer,
    (keys, wrong_key): (&BTreeMap<String, Vec<String>>, Option<&WrongKey>),
) -> Result<Signed<Receipt>, Failure> {
    let seat = client.get(caller, "/api/v1/seat").await?;
    let shown = client.get(caller, "/api/v1/seat/paper").await?;
    let deadline: Deadline = serde_json::from_value(seat.get("deadline").cloned().unwrap_or_default())?;
    let now = |value: &Value| Time::from_millis(value.get("now_ms").and_then(Value::as_i64).unwrap_or(0));
    let paper_text = text(&shown, "paper")?;
    let paper: Paper = serde_json::from_str(&paper_text)?;
    let several = array(&shown, "several").iter().filter_map(|id| ItemId::new(id.as_str()?).ok()).collect();
    let place = Seat { sitting: SittingId::new(text(&seat, "sitting")?)?, number: 0, key: signer.public_key().id() };
    let mut session = CandidateSession::new(paper.clone(), several, place, [])?;
    let mut at = now(&seat);
    session.set_deadline(at, deadline);
    let opened = shown.get("opened_at_ms").and_then(Value::as_i64).ok_or("when the papers were opened")?;
    session.open(at, Time::from_millis(opened))?;
    let mut dice = Dice::of(number, 1);
    // Most know enough to pass; some do not.
    let skill = if number % 8 == 7 { 45 } else { 72 + dice.below(24) };
    let mut at_the_edge = wrong_key.and_then(|wrong| wrong.choices(number, &paper, keys)).map(Vec::into_iter);
    for (place, entry) in paper.items.iter().enumerate() {
        at = at.plus_millis(1);
        let right = keys.get(entry.item.as_str()).filter(|_| dice.below(100) < skill);
        let chosen = match (at_the_edge.as_mut().and_then(Iterator::next), right) {
            (Some(chosen), _) => chosen,
            (None, Some(key)) => {
                entry.options.iter().filter(|option| key.iter().any(|k| k == option.as_str())).cloned().collect()
            }
            (None, None) => {
                let place = usize::try_from(dice.below(entry.options.len() as u64))?;
                entry.options.get(place).cloned().into_iter().collect()
            }
        };
        session.handle(at, Touch::Answer { item: entry.item.clone(), options: chosen })?;
        if place % 10 == 9 {
            send(client, caller, &mut session).await?;
        }
    }
    session.handle(at.plus_millis(1), Touch::HandIn)?;
    let answer = send(client, caller, &mut session).await?;
    let receipt: Signed<Receipt> = Signed::parse(text(&answer, "receipt")?.as_bytes())?;
    let trust = client.get(&Caller::Anyone, "/api/v1/trust").await?;
    let trust = TrustList::read(&trust.to_string())?;
    receipt.verify(&SoftwareVerifier, &trust.receipts.key)?;
    Ok(receipt)
}

async fn send(client: &Client, caller: &Caller, session: &mut CandidateSession) -> Result<Value, Failure> {
    let mut events = Vec::new();
    while let Some(output) = session.journal_mut().poll_output() {
        if let Output::Send { bytes, .. } = output {
            events.push(String::from_utf8(bytes)?);
        }
    }
    let answer = client.post(caller, "/api/v1/seat/events", &json!({ "events": events })).await?;
    let identity = Digest::from_hex(&text(&answer, "acknowledged")?)?;
    if session.journal_mut().confirm(identity) && session.journal().unconfirmed().is_empty() {
        return Ok(answer);
    }
    Err("the service acknowledged something else".into())
}

/// Every examiner scores all sheets that are assigned to them.
async fn practical(demo: &Demo) -> Result<usize, Failure> {
    let mut tasks = Vec::new();
    for login in demo.of("examiner-") {
        let client = demo.client.clone();
        let Login { login, password, pin, .. } = login;
        let (login, password, pin) = (login.clone(), password.clone(), pin.clone().unwrap_or_default());
        tasks.push(async move {
            let caller = client.login(&login, &password).await?;
            let list = client.get(&caller, "/api/v1/examiner/assignments").await?;
            let mut done = 0;
            for line in array(&list, "assignments") {
                done += score_sheet(&client, &caller, line, &pin).await?;
            }
            Ok(done)
        });
    }
    at_once(tasks, "sheets").await
}

async fn score_sheet(client: &Client, caller: &Caller, line: &Value, pin: &str) -> Result<usize, Failure> {
    let path = format!("/api/v1/examiner/assignments/{}", text(line, "assignment")?);
    let opened = client.get(caller, &path).await?;
    let sheet = ValidSheet::from_json(opened.get("sheet").unwrap_or(&Value::Null).to_string().as_bytes())?;
    let assignment: Assignment = serde_json::from_value(opened.get("assignment").cloned().unwrap_or_default())?;
    let mut at = Time::from_millis(opened.get("now_ms").and_then(Value::as_i64).unwrap_or(0));
    let number = line.get("number").and_then(Value::as_u64).unwrap_or(0);
    let order = line.get("order").and_then(Value::as_u64).unwrap_or(0);
    // The candidate's skill is the same for all examiners; each sees it a little differently.
    let skill = if number % 9 == 8 { 40 } else { 82 };
    let mut dice = Dice::of(number * 16 + order, 2);
    let mut own =
        Dice::of(Digest::of(assignment.id.as_str().as_bytes()).as_bytes().iter().map(|b| u64::from(*b)).sum(), 3);
    let mut session = SheetSession::new(sheet.clone(), assignment);
    session.handle(at, &session.start())?;
    for (_, item) in sheet.sheet().items() {
        at = at.plus_millis(20);
        let seen = award(item, &mut dice, skill).unwrap_or_default();
        let code = if own.below(100) < 4 { award(item, &mut own, 50).unwrap_or(seen) } else { seen };
        let award = item.awards.iter().find(|award| award.code.as_str() == code).map(|award| award.code.clone());
        let award = award.ok_or("an award of the table")?;
        session.handle(at, &SheetEvent::Scored { item: item.id.clone(), award })?;
    }
    let total = session.scoring().total(session.sheet())?;
    session.handle(at.plus_millis(20), &SheetEvent::HandedIn { total })?;
    let mut events = Vec::new();
    while let Some(output) = session.journal_mut().poll_output() {
        if let Output::Send { bytes, .. } = output {
            events.push(String::from_utf8(bytes)?);
        }
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let signer = Ed25519Signer::from_seed(&seed)?;
    let head = session.journal().head();
    let checkpoint =
        TabletCheckpoint { stream: session.assignment().stream.clone(), events: head.next_seq, last: head.last };
    let checkpoint = Signed::new(checkpoint).sign(&signer)?.to_bytes()?;
    let body = json!({
        "events": events, "checkpoint": String::from_utf8(checkpoint)?, "key": signer.public_key(), "pin": pin,
    });
    client.post(caller, &format!("{path}/hand-in"), &body).await?;
    Ok(1)
}

/// Lead examiners decide where totals differ too much.
async fn decide(demo: &Demo) -> Result<usize, Failure> {
    let client = &demo.client;
    let mut decided = 0;
    for login in demo.of("lead-") {
        let caller = client.login(&login.login, &login.password).await?;
        let panels = client.get(&caller, &format!("/api/v1/panels?batch={}", demo.batch)).await?;
        for panel in array(&panels, "panels") {
            if text(panel, "state")? != "needs_decision" {
                continue;
            }
            let (sitting, sheet) = (text(panel, "sitting")?, text(panel, "sheet")?);
            let path = format!("/api/v1/panels/{sitting}/{sheet}/decision");
            let alert = json!({ "accept": true, "reason": "复看录像后维持各考评员评分" });
            let request = format!("decision-{decided}-on-{sitting}");
            let body = json!({ "vetoes": [], "alert": alert, "request": request });
            client.post(&caller, &path, &body).await?;
            decided += 1;
        }
    }
    Ok(decided)
}

/// Scores, signs, verifies and lists.
async fn finish(demo: &Demo, out: &Path, receipts: &Receipts, wrong_key: Option<&WrongKey>) -> Result<Counts, Failure> {
    let client = &demo.client;
    let path = |step: &str| format!("/api/v1/batches/{}{step}", demo.batch);
    let scored = client.post(&demo.office, &path("/score"), &json!({})).await?;
    for pending in array(&scored, "pending") {
        println!("pending: {pending}");
    }
    let closed = client.post(&demo.office, &path("/close"), &json!({})).await?;
    println!("closed: leaf {} ends the batch", closed.get("log_index").unwrap_or(&Value::Null));
    std::fs::create_dir_all(out)?;
    let trust = client.get(&Caller::Anyone, "/api/v1/trust").await?;
    std::fs::write(out.join("trust.json"), serde_json::to_vec_pretty(&trust)?)?;
    let trust = TrustList::read(&trust.to_string())?;
    let batch = client.get(&demo.office, &path("")).await?;
    let count = |name: &str| {
        let counts = batch.get("counts").unwrap_or(&Value::Null);
        usize::try_from(counts.get(name).and_then(Value::as_u64).unwrap_or(0)).unwrap_or(0)
    };
    let mut counts = Counts {
        scored: count("theory_scored"),
        practical: count("practical_complete"),
        signed: count("signed"),
        logged: count("logged"),
        passed: count("passed"),
        ..Counts::default()
    };
    let results = client.get(&demo.office, &path("/results")).await?;
    let mut passers = Vec::new();
    for result in array(&results, "results") {
        let pseudonym = text(result, "pseudonym")?;
        let bundle =
            client.bytes(&demo.office, Method::GET, &path(&format!("/results/{pseudonym}/bundle")), None).await?;
        let report = verify(std::str::from_utf8(&bundle)?, &trust, None, &SoftwareVerifier);
        counts.verified += usize::from(report.verdict == Verdict::Valid);
        std::fs::write(out.join(format!("result-{pseudonym}.json")), &bundle)?;
        if result.get("outcome") == Some(&json!("passed")) {
            passers.push(pseudonym);
        }
    }
    let draw = client.get(&demo.office, &path("/draw/bundle")).await?;
    std::fs::write(out.join("draw.json"), kind_first(&draw))?;
    let receipts = receipts.lock().map_err(|_| "receipts")?.clone();
    proofs::save(demo, out, &trust, &receipts).await?;
    client.post(&demo.office, &path("/certificates"), &json!({})).await?;
    let body = json!({ "reason": "示例批次上报", "format": "xlsx" }).to_string();
    let file = client.bytes(&demo.office, Method::POST, &path("/certificates/export"), Some(body.into())).await?;
    std::fs::write(out.join("certificates.xlsx"), &file)?;
    if kaoping_files::pdf::fonts::DEBIAN_FONTS.iter().any(|font| Path::new(font).exists()) {
        let body = json!({ "reason": "示例批次打印" }).to_string();
        let pages = client.bytes(&demo.office, Method::POST, &path("/certificates/pages"), Some(body.into())).await?;
        std::fs::write(out.join("certificates.zip"), &pages)?;
    } else {
        println!("no certificate was printed: Debian's package fonts-noto-cjk is not installed");
    }
    counts.listed = kaoping_files::certificates::count_listed(&file)?;
    counts.certified = proofs::certificates(demo, out, &trust, &passers).await?;
    if let Some(wrong_key) = wrong_key {
        wrong_key.correct(demo, out, &trust, &receipts).await?;
    }
    println!("results, proofs and the certificate list are in {}", out.display());
    Ok(counts)
}

/// The keys of the sample bank, by which simulated candidates know what is right.
fn keys() -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../question-bank/national/5/items");
    let mut keys = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let file: Value = serde_json::from_slice(&std::fs::read(entry?.path())?)?;
        for item in array(&file, "items") {
            let key = array(item, "key").iter().filter_map(|option| option.as_str().map(str::to_owned)).collect();
            keys.insert(text(item, "id")?, key);
        }
    }
    Ok(keys)
}

/// Does tasks, some at once, with progress; gives the sum of what they return.
async fn at_once<F>(tasks: Vec<F>, what: &str) -> Result<usize, Failure>
where
    F: Future<Output = Result<usize, Failure>> + Send + 'static,
{
    let total = tasks.len();
    let mut waiting = tasks.into_iter();
    let mut running = tokio::task::JoinSet::new();
    let (mut done, mut sum) = (0, 0);
    for task in waiting.by_ref().take(AT_ONCE) {
        running.spawn(task);
    }
    while let Some(finished) = running.join_next().await {
        sum += finished??;
        done += 1;
        if done % total.div_ceil(4) == 0 || done == total {
            println!("{what}: {done} of {total} people done");
        }
        if let Some(task) = waiting.next() {
            running.spawn(task);
        }
    }
    Ok(sum)
}
