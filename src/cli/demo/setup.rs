//! The demo's organization, staff, plan and roster, entered over the API as an office would.

use super::client::{Caller, Client, Failure};
use super::serve::Running;
use hyper::Method;
use kaoping_engine::bank::Level;
use kaoping_engine::date::Date;
use kaoping_files::roster_sample::synthetic_roster;
use kaoping_files::roster_write::write_roster_xlsx;
use kaoping_service::access::Role;
use kaoping_service::library::library;
use kaoping_service::resources::staff::{self, NewAccount};
use serde_json::{Value, json};
use std::error::Error;

/// The roster of 40 that comes with the program.
const ROSTER_40: &[u8] = include_bytes!("../../../tests/suite/roster/roster-40.xlsx");
/// Seats of a room.
const SEATS: u32 = 30;

/// Somebody who may log in.
pub(super) struct Login {
    pub(super) id: String,
    pub(super) login: String,
    pub(super) password: String,
    pub(super) pin: Option<String>,
    pub(super) page: &'static str,
}

/// A batch that is planned and seated.
pub(super) struct Demo {
    pub(super) client: Client,
    pub(super) office: Caller,
    pub(super) batch: String,
    pub(super) candidates: u32,
    pub(super) logins: Vec<Login>,
    pub(super) tickets: Vec<String>,
}

impl Demo {
    /// Logins whose name begins so.
    pub(super) fn of<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Login> {
        self.logins.iter().filter(move |login| login.login.starts_with(prefix))
    }
}

/// Enters everything up to the seated roster.
pub(super) async fn setup(running: &Running, candidates: u32) -> Result<Demo, Box<dyn Error + Send + Sync>> {
    let client = super::client(running)?;
    let office =
        NewAccount {
            login: "office".into(), name: "考务办公室".into(), roles: vec![Role::Officer], employer: None
        };
    let office = staff::make(&running.app, "service", office).await?;
    let caller = client.login("office", &office.one_time_password).await?;
    let mut logins = vec![Login {
        id: office.account.id.to_string(),
        login: "office".into(),
        password: office.one_time_password,
        pin: None,
        page: "/organization/",
    }];
    client.put(&caller, "/api/v1/organization", &organization()).await?;
    println!("organization filed: 示例长期照护评价中心 (五级)");
    let rooms = candidates.div_ceil(SEATS).max(2);
    let panels = candidates.div_ceil(15).max(1);
    for new in staff_list(rooms, panels) {
        logins.push(account(&client, &caller, new).await?);
    }
    println!("{} accounts made", logins.len());
    let exam_day = Date::in_china(running.app.now())?;
    let plan = plan(&logins, rooms, panels, exam_day, running.app.now().millis())?;
    let batch = text(&client.post(&caller, "/api/v1/batches", &plan).await?, "batch")?;
    let file = if candidates == 40 { ROSTER_40.to_vec() } else { roster(candidates, exam_day)? };
    let path = format!("/api/v1/batches/{batch}/roster");
    client.bytes(&caller, Method::POST, &path, Some(file.into())).await?;
    let entries = client.get(&caller, &path).await?;
    let tickets: Vec<String> =
        array(&entries, "entries").iter().filter_map(|entry| text(entry, "ticket").ok()).collect();
    println!("plan accepted, roster of {} read, seats assigned in {rooms} rooms", tickets.len());
    Ok(Demo { client, office: caller, batch, candidates, logins, tickets })
}

fn roster(candidates: u32, exam_day: Date) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let people = synthetic_roster(candidates, 1, exam_day).map_err(|faults| format!("{faults:?}"))?;
    Ok(write_roster_xlsx(&people, exam_day)?)
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

async fn account(client: &Client, office: &Caller, new: New) -> Result<Login, Failure> {
    let body = json!({ "login": new.login, "name": new.name, "roles": [new.role] });
    let made = client.post(office, "/api/v1/staff", &body).await?;
    Ok(Login {
        id: text(made.get("account").unwrap_or(&Value::Null), "id")?,
        login: new.login,
        password: text(&made, "one_time_password")?,
        pin: text(&made, "pin").ok(),
        page: new.page,
    })
}

fn plan(
    logins: &[Login],
    rooms: u32,
    panels: u32,
    exam_day: Date,
    starts_at_ms: i64,
) -> Result<Value, Box<dyn Error + Send + Sync>> {
    let id = |login: String| logins.iter().find(|known| known.login == login).map(|known| known.id.clone());
    let blueprint = library().blueprints.iter().find(|blueprint| blueprint.level == Level::Five);
    let blueprint = blueprint.ok_or("no blueprint of level 5")?;
    let functions = [("daily_care", 50), ("basic_nursing", 25), ("emergency", 10), ("function_maintenance", 15)];
    let functions = functions.map(|(function, weight)| {
        let sheets = library().sheets_of(Level::Five).map(|sheet| sheet.sheet());
        let sheets: Vec<_> = sheets.filter(|sheet| sheet.function.code() == function).map(|sheet| &sheet.id).collect();
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
        "v": 1, "title": "2026 年示例批次（五级）", "occupation": "4-14-01-03", "level": 5,
        "exam_day": exam_day.to_string(),
        "theory": {
            "blueprint": blueprint.id, "minutes": blueprint.minutes,
            "sessions": [{ "number": 1, "starts_at_ms": starts_at_ms }], "rooms": rooms, "reserve_papers": 2,
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
pub(super) fn text(value: &Value, member: &str) -> Result<String, Failure> {
    let text = value.get(member).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| format!("answer has no `{member}`").into())
}

/// A list member; empty when it is not there.
pub(super) fn array<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
