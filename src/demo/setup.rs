//! The demo's organization, staff, plan and roster, entered over the API as an office would.

use crate::client::{Caller, Client, Failure};
use crate::service::Service;
use hyper::Method;
use kaoping_engine::date::Date;
use kaoping_files::roster_sample::synthetic_roster;
use kaoping_files::roster_write::write_roster_xlsx;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// The roster of 40 that comes with the program.
const ROSTER_40: &[u8] = include_bytes!("../../tests/suite/roster/roster-40.xlsx");
/// The level of the exam.
const LEVEL: u64 = 5;
/// Seats of a room.
const SEATS: u32 = 30;

/// Somebody who may log in.
pub struct Login {
    pub id: String,
    pub login: String,
    pub password: String,
    pub pin: Option<String>,
    pub page: &'static str,
}

/// A batch that is planned and seated.
pub struct Demo {
    pub client: Client,
    pub office: Caller,
    pub batch: String,
    pub candidates: u32,
    pub logins: Vec<Login>,
    pub tickets: Vec<String>,
}

impl Demo {
    /// Logins whose name begins so.
    pub fn of<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Login> {
        self.logins.iter().filter(move |login| login.login.starts_with(prefix))
    }
}

/// Enters everything up to the seated roster, and says how far it is.
///
/// # Errors
/// When the service refuses a step.
pub async fn setup(service: &Service, candidates: u32, say: impl Fn(&str)) -> Result<Demo, Failure> {
    let client = service.client()?;
    let office = New { login: "office".into(), name: String::new(), role: "officer", page: "/organization/" };
    let (caller, login) =
        first_login(&client, office, service.password().ok_or("the folder holds an organization already")?).await?;
    let mut logins = vec![login];
    client.put(&caller, "/api/v1/organization", &organization()).await?;
    say("organization filed: 示例长期照护评价中心 (五级)");
    let rooms = candidates.div_ceil(SEATS).max(2);
    let panels = candidates.div_ceil(15).max(1);
    for new in staff_list(rooms, panels) {
        logins.push(account(&client, &caller, new).await?);
    }
    say(&format!("{} accounts made", logins.len()));
    let now = now()?;
    let exam_day = Date::in_china(now)?;
    let plan = plan(&logins, rooms, panels, exam_day, now, &Offered::read(&client, &caller).await?)?;
    let new = json!({ "plan": plan, "request": "the-only-batch-of-the-demo" });
    let batch = text(&client.post(&caller, "/api/v1/batches", &new).await?, "batch")?;
    let file = if candidates == 40 { ROSTER_40.to_vec() } else { roster(candidates, exam_day)? };
    let path = format!("/api/v1/batches/{batch}/roster");
    client.bytes(&caller, Method::POST, &format!("{path}?request=roster-{batch}"), Some(file.into())).await?;
    let entries = client.get(&caller, &path).await?;
    let tickets: Vec<String> =
        array(&entries, "entries").iter().filter_map(|entry| text(entry, "ticket").ok()).collect();
    say(&format!("plan accepted, roster of {} read, seats assigned in {rooms} rooms", tickets.len()));
    Ok(Demo { client, office: caller, batch, candidates, logins, tickets })
}

fn roster(candidates: u32, exam_day: Date) -> Result<Vec<u8>, Failure> {
    let people = synthetic_roster(candidates, 1, exam_day).map_err(|faults| format!("{faults:?}"))?;
    Ok(write_roster_xlsx(&people, exam_day)?)
}

/// The present time.
///
/// # Errors
/// When the clock stands before 1970.
pub fn now() -> Result<Time, Failure> {
    Ok(Time::from_millis(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?))
}

/// Blueprints and score sheets that come with the program.
struct Offered {
    blueprints: Value,
    sheets: Value,
}

impl Offered {
    async fn read(client: &Client, office: &Caller) -> Result<Self, Failure> {
        let blueprints = client.get(office, "/api/v1/blueprints").await?;
        Ok(Self { blueprints, sheets: client.get(office, "/api/v1/sheets").await? })
    }
}

fn organization() -> Value {
    json!({
        "name": "示例长期照护评价中心", "credit_code": "91000000MA00000000", "province": "22", "category": "S",
        "organization_code": "0000", "site_code": "000001",
        "filing": { "number": "示备〔2026〕001号", "occupation": "4-14-01-03", "levels": [5], "expires": "2028-12-31" },
        "complaint_contact": "示例投诉电话 000-00000000",
    })
}

struct New {
    login: String,
    name: String,
    role: &'static str,
    page: &'static str,
}

fn staff_list(rooms: u32, panels: u32) -> Vec<New> {
    let new = |login: String, name: String, role, page| New { login, name, role, page };
    let mut list = vec![
        new("custodian-1".into(), "保管人一（机构内）".into(), "custodian", "/organization/"),
        new("custodian-2".into(), "保管人二（机构外）".into(), "custodian", "/organization/"),
        new("supervisor".into(), "质量督导员".into(), "supervisor", "/organization/"),
    ];
    for number in 1..=rooms * 2 {
        list.push(new(format!("invigilator-{number}"), format!("监考员{number}"), "invigilator", "/invigilator/"));
    }
    for panel in 1..=panels {
        list.push(new(format!("lead-{panel}"), format!("考评组长{panel}"), "lead", "/organization/"));
        for place in 1..=3 {
            let number = (panel - 1) * 3 + place;
            list.push(new(format!("examiner-{number}"), format!("考评员{number}"), "examiner", "/examiner/"));
        }
    }
    list
}

/// A second officer, without whom nobody approves what the first one asks for.
///
/// # Errors
/// When the service refuses.
pub async fn another_officer(client: &Client, office: &Caller) -> Result<Login, Failure> {
    let new = New { login: "office-2".into(), name: "考务二".into(), role: "officer", page: "/organization/" };
    account(client, office, new).await
}

async fn account(client: &Client, office: &Caller, new: New) -> Result<Login, Failure> {
    let request = format!("account-of-the-demo-{}", new.login);
    let body = json!({ "login": new.login, "name": new.name, "roles": [new.role], "request": request });
    let made = client.post(office, "/api/v1/staff", &body).await?;
    Ok(first_login(client, new, &text(&made, "one_time_password")?).await?.1)
}

/// Logs in with a one-time password and chooses password and PIN, as each person does first.
async fn first_login(client: &Client, new: New, one_time: &str) -> Result<(Caller, Login), Failure> {
    let (caller, me) = client.log_in(&new.login, one_time).await?;
    let password: String = AccountId::random(random()?).as_str().chars().take(12).collect();
    let body = json!({ "current": one_time, "new": password });
    let caller = client.renewed(&caller, "/api/v1/me/password", &body).await?;
    let pin = if new.role == "examiner" { Some(pin()?) } else { None };
    if let Some(pin) = &pin {
        client.post(&caller, "/api/v1/me/pin", &json!({ "password": password, "pin": pin })).await?;
    }
    let id = text(me.get("account").unwrap_or(&Value::Null), "id")?;
    Ok((caller, Login { id, login: new.login, password, pin, page: new.page }))
}

/// Six digits, of which three are random: the others keep it from being refused as easy to guess.
fn pin() -> Result<String, Failure> {
    let [a, b, c] = random::<3>()?.map(|byte| byte % 10);
    Ok(format!("7{a}2{b}9{c}"))
}

fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes)
}

fn plan(
    logins: &[Login],
    rooms: u32,
    panels: u32,
    exam_day: Date,
    starts_at: Time,
    offered: &Offered,
) -> Result<Value, Failure> {
    let id = |login: String| logins.iter().find(|known| known.login == login).map(|known| known.id.clone());
    let of_level = |value: &&Value| value.get("level").and_then(Value::as_u64) == Some(LEVEL);
    let blueprint =
        array(&offered.blueprints, "blueprints").iter().find(of_level).ok_or("no blueprint of the level")?;
    let functions = [("daily_care", 50), ("basic_nursing", 25), ("emergency", 10), ("function_maintenance", 15)];
    let functions = functions.map(|(function, weight)| {
        let sheets = array(&offered.sheets, "sheets").iter().filter(of_level);
        let sheets = sheets.filter(|sheet| sheet.get("function").and_then(Value::as_str) == Some(function));
        let sheets: Vec<_> = sheets.filter_map(|sheet| sheet.get("id")).collect();
        json!({ "function": function, "weight": weight, "required": [], "by_lot": sheets, "draw": 1 })
    });
    let panels: Vec<_> = (1..=panels).map(|panel| {
        let examiners: Vec<_> = (1..=3).filter_map(|place| id(format!("examiner-{}", (panel - 1) * 3 + place))).collect();
        json!({ "panel": format!("p{panel}"), "name": format!("第 {panel} 考评组"), "examiners": examiners, "lead": id(format!("lead-{panel}")) })
    }).collect();
    let rooms: Vec<_> = (1..=rooms).map(|room| {
        let invigilators = [id(format!("invigilator-{}", room * 2 - 1)), id(format!("invigilator-{}", room * 2))];
        json!({ "room": format!("room-{room}"), "name": format!("第 {room} 考场"), "seats": SEATS, "spares": 2, "invigilators": invigilators })
    }).collect();
    Ok(json!({
        "v": 1, "title": "2026 年示例批次（五级）", "occupation": "4-14-01-03", "level": LEVEL,
        "exam_day": exam_day.to_string(),
        "theory": {
            "blueprint": blueprint.get("id"), "minutes": blueprint.get("minutes"),
            "sessions": [{ "number": 1, "starts_at_ms": starts_at.millis() }], "rooms": rooms, "reserve_papers": 2,
        },
        "practical": { "minutes": 60, "functions": functions, "panels": panels, "policy": "mean-1" },
        "custodians": [
            { "account": id("custodian-1".into()), "outside": false },
            { "account": id("custodian-2".into()), "outside": true },
        ],
        "supervisor": id("supervisor".into()),
        "profile": "sample",
    }))
}

/// A text member.
pub fn text(value: &Value, member: &str) -> Result<String, Failure> {
    let text = value.get(member).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| format!("answer has no `{member}`").into())
}

/// A list member; empty when it is not there.
pub fn array<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
