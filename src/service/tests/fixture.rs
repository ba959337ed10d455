//! A service in memory, with an organization, its staff and a batch of four.

use axum::Extension;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use kaoping_engine::date::Date;
use kaoping_engine::draw::commitment;
use kaoping_engine::session::room_time::ClockReading;
use kaoping_files::roster_sample::synthetic_roster;
use kaoping_files::roster_write::write_roster_xlsx;
use kaoping_keys::ring::{KeyRing, OrganizationKey};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::{Digest, from_hex};
use kaoping_record::id::CustodianId;
use kaoping_record::key::Signer as _;
use kaoping_record::software::Ed25519Signer;
use kaoping_record::time::Time;
use kaoping_service::aggregates::account::Role;
use kaoping_service::app::{App, Clock, Parts, Settings};
use kaoping_service::disk::Disk;
use kaoping_service::http::guard::Channel;
use kaoping_service::http::router::router;
use kaoping_service::last_checkpoint::LastCheckpoint;
use kaoping_service::operations::accounts::{NewAccount, create_at_machine};
use kaoping_service::operations::banks;
use kaoping_service::operations::logins::member_of;
use kaoping_service::operations::member::Member;
use kaoping_store::{Store, identity};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tower::ServiceExt as _;

pub(crate) const ALL_ROLES: [Role; 6] =
    [Role::Officer, Role::Custodian, Role::Invigilator, Role::Examiner, Role::Lead, Role::Supervisor];

/// 2026-12-01 08:00 in China.
pub(crate) const MORNING: Time = Time::from_millis(1_796_083_200_000);

/// Clocks that stand until they are moved.
pub(crate) struct Hands(Mutex<ClockReading>);

impl Clock for Hands {
    fn read(&self) -> ClockReading {
        self.0.lock().unwrap().clone()
    }
}

impl Hands {
    /// Clocks of a machine that was started an hour before this time.
    fn new(wall_ms: Time) -> Self {
        Self(Mutex::new(ClockReading { wall_ms, boot_id: "first".into(), boottime_ms: 3_600_000 }))
    }

    pub(crate) fn advance_minutes(&self, minutes: i64) {
        self.advance_seconds(minutes * 60);
    }

    pub(crate) fn advance_seconds(&self, seconds: i64) {
        let mut reading = self.0.lock().unwrap();
        reading.wall_ms = reading.wall_ms.plus_millis(seconds * 1000);
        reading.boottime_ms += seconds * 1000;
    }

    /// Moves the wall clock alone, as somebody who sets it does.
    pub(crate) fn step_seconds(&self, seconds: i64) {
        let mut reading = self.0.lock().unwrap();
        reading.wall_ms = reading.wall_ms.plus_millis(seconds * 1000);
    }

    /// The machine goes off, and is started again so many seconds later.
    pub(crate) fn restart_after_seconds(&self, seconds: i64) {
        let mut reading = self.0.lock().unwrap();
        reading.wall_ms = reading.wall_ms.plus_millis(seconds * 1000);
        reading.boottime_ms = 20_000;
        reading.boot_id.push_str(" and again");
    }
}

/// A disk with as much space as the test says.
pub(crate) struct Space(pub(crate) AtomicU64);

impl Disk for Space {
    fn free_bytes(&self) -> Option<u64> {
        Some(self.0.load(Ordering::SeqCst))
    }
}

/// Somebody with an account.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) cookie: String,
    pub(crate) password: String,
    pub(crate) pin: String,
}

impl Person {
    /// Somebody who is not logged in, with the header of this system's pages.
    pub(crate) fn nobody() -> Self {
        Self { id: String::new(), cookie: String::new(), password: String::new(), pin: String::new() }
    }
}

/// Who asks.
pub(crate) enum Caller<'a> {
    Anyone,
    Seat(&'a str),
    Staff(&'a Person),
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) text: String,
    /// The header `Retry-After`.
    pub(crate) retry_after: Option<String>,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.body
    }
}

pub(crate) struct Service {
    pub(crate) app: App,
    pub(crate) clock: Arc<Hands>,
    pub(crate) disk: Arc<Space>,
    /// How many request keys were made.
    requests: AtomicI64,
    folder: tempfile::TempDir,
}

impl Service {
    pub(crate) async fn new() -> Self {
        Self::on(Store::memory()).await
    }

    pub(crate) async fn on(store: Store) -> Self {
        Self::at(store, MORNING).await
    }

    /// On a machine whose clock shows a time.
    pub(crate) async fn at(store: Store, wall_ms: Time) -> Self {
        let service = Self::without_banks(store, wall_ms).await;
        banks::seal_embedded(&service.app).await.unwrap();
        service
    }

    pub(crate) async fn without_banks(store: Store, wall_ms: Time) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut entropy = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other);
        let keys = KeyRing::open_or_create(folder.path(), "test", None, &mut entropy).unwrap();
        let clock = Arc::new(Hands::new(wall_ms));
        let disk = Arc::new(Space(AtomicU64::new(u64::MAX)));
        let settings =
            Settings { http_port: 80, tls_port: 443, host: "localhost".into(), log_origin: "test.example/log".into() };
        let identity = identity::memory(&keys.identity).await.unwrap();
        let app = App::new(Parts {
            store,
            identity,
            keys,
            last_checkpoint: LastCheckpoint::in_memory(),
            clock: clock.clone(),
            disk: disk.clone(),
            settings,
        });
        Self { app, clock, disk, requests: AtomicI64::new(0), folder }
    }

    /// The same data with another key of the organization.
    pub(crate) fn reopened(&self, organization: OrganizationKey) -> App {
        let keys = KeyRing::open_or_create(self.folder.path(), "test", Some(organization), &mut |_| Ok(())).unwrap();
        let (store, identity) = (self.app.store.clone(), self.app.identity.clone());
        App::new(Parts {
            store,
            identity,
            keys,
            last_checkpoint: LastCheckpoint::in_memory(),
            clock: self.clock.clone(),
            disk: self.disk.clone(),
            settings: self.app.settings.clone(),
        })
    }

    /// The keys of the same folder, as a service that starts again reads them.
    pub(crate) fn keys_again(&self) -> KeyRing {
        KeyRing::open_or_create(self.folder.path(), "test", None, &mut |_| Ok(())).unwrap()
    }

    pub(crate) async fn request(
        &self,
        channel: Channel,
        caller: &Caller<'_>,
        method: &str,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        match caller {
            Caller::Anyone => {}
            Caller::Seat(token) => request = request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            Caller::Staff(person) => {
                request = request.header(header::COOKIE, &person.cookie).header("x-kaoping", "1");
            }
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(Body::from(body.unwrap_or_default())).unwrap();
        self.answer(channel, request).await
    }

    /// The answer to a request; it does not borrow the service, so that it can be under way beside
    /// others.
    pub(crate) fn answer(
        &self,
        channel: Channel,
        request: Request<Body>,
    ) -> impl Future<Output = Answer> + Send + use<> {
        let router = router(self.app.clone()).layer(Extension(channel));
        async move {
            let response = router.oneshot(request).await.unwrap();
            let status = response.status();
            let cookie = response.headers().get(header::SET_COOKIE).map(|value| value.to_str().unwrap().to_owned());
            let retry_after =
                response.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            let mut body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            if let (Some(cookie), Some(object)) = (cookie, body.as_object_mut()) {
                object.insert("cookie".into(), cookie.split(';').next().unwrap().into());
            }
            Answer { status, body, text: String::from_utf8_lossy(&bytes).into_owned(), retry_after }
        }
    }

    /// Somebody as the guard admits a request with the login.
    pub(crate) async fn member(&self, person: &Person) -> Member {
        let token = person.cookie.strip_prefix("kaoping_session=").and_then(from_hex).unwrap();
        member_of(&self.app, &token).await.unwrap().unwrap()
    }

    /// What everyone may fetch, as it is.
    pub(crate) async fn bytes(&self, path: &str) -> Vec<u8> {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = router(self.app.clone()).layer(Extension(Channel::Tls)).oneshot(request).await.unwrap();
        assert!(response.status().is_success(), "{path}");
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    pub(crate) async fn get(&self, caller: &Caller<'_>, path: &str) -> Answer {
        self.request(Channel::Tls, caller, "GET", path, None).await
    }

    /// A request key that no other request has.
    pub(crate) fn request_key(&self) -> String {
        format!("request-number-{}", self.requests.fetch_add(1, Ordering::SeqCst))
    }

    /// Decisions get a request key of their own, unless the body has one.
    pub(crate) async fn post(&self, caller: &Caller<'_>, path: &str, mut body: Value) -> Answer {
        let named = ["/rooms/", "/sittings/", "/panels/", "/staff", "/results/", "/draw/void"];
        let decides = named.iter().any(|part| path.contains(part)) || path.ends_with("/batches");
        if let (true, Some(members)) = (decides, body.as_object_mut()) {
            members.entry("request").or_insert_with(|| self.request_key().into());
        }
        self.request(Channel::Tls, caller, "POST", path, Some(body.to_string().into_bytes())).await
    }

    /// Makes an account, logs in, and chooses password and PIN.
    pub(crate) async fn person(&self, login: &str, role: Role) -> Person {
        let mut person = self.newcomer(login, role).await;
        let password = format!("passphrase of {}", person.id);
        let body = json!({ "current": person.password, "new": password });
        let answer = self.post(&Caller::Staff(&person), "/api/v1/me/password", body).await.ok();
        person.cookie = answer["cookie"].as_str().unwrap().to_owned();
        person.password = password;
        if role == Role::Examiner {
            person.pin = "280719".to_owned();
            let body = json!({ "password": person.password, "pin": person.pin });
            self.post(&Caller::Staff(&person), "/api/v1/me/pin", body).await.ok();
        }
        person
    }

    /// Makes an account and logs in with its one-time password.
    pub(crate) async fn newcomer(&self, login: &str, role: Role) -> Person {
        let new = NewAccount { login: login.into(), name: login.into(), roles: vec![role], employer: None };
        let made = create_at_machine(&self.app, &new).await.unwrap();
        let answer = self.log_in(login, &made.one_time_password, None).await.ok();
        Person {
            id: made.account.id.to_string(),
            cookie: answer["cookie"].as_str().unwrap().to_owned(),
            password: made.one_time_password,
            pin: String::new(),
        }
    }

    pub(crate) async fn log_in(&self, login: &str, password: &str, one_time_code: Option<&str>) -> Answer {
        let body = json!({ "login": login, "password": password, "one_time_code": one_time_code });
        self.post(&Caller::Staff(&Person::nobody()), "/api/v1/login", body).await
    }

    pub(crate) async fn organization(&self, office: &Person) {
        let organization = json!({
            "name": "示例评价中心", "credit_code": "91000000MA00000000", "province": "22", "category": "S",
            "organization_code": "0000", "site_code": "000001",
            "filing": { "number": "示备1", "occupation": "4-14-01-03", "levels": [5], "expires": "2027-06-30" },
            "complaint_contact": "000",
        });
        let body = Some(organization.to_string().into_bytes());
        self.request(Channel::Tls, &Caller::Staff(office), "PUT", "/api/v1/organization", body).await.ok();
    }
}

/// An organization with everyone a batch of four needs.
pub(crate) struct Batch {
    pub(crate) service: Service,
    pub(crate) office: Person,
    pub(crate) custodians: [Person; 2],
    pub(crate) invigilator: Person,
    pub(crate) second: Person,
    pub(crate) examiners: [Person; 3],
    pub(crate) lead: Person,
    pub(crate) supervisor: Person,
    pub(crate) plan: Value,
}

impl Batch {
    pub(crate) async fn new() -> Self {
        Self::of(Service::new().await).await
    }

    pub(crate) async fn of(service: Service) -> Self {
        let office = service.person("office", Role::Officer).await;
        let custodians = [
            service.person("custodian-1", Role::Custodian).await,
            service.person("custodian-2", Role::Custodian).await,
        ];
        let invigilator = service.person("invigilator-1", Role::Invigilator).await;
        let second = service.person("invigilator-2", Role::Invigilator).await;
        let lead = service.person("lead", Role::Lead).await;
        let supervisor = service.person("supervisor", Role::Supervisor).await;
        let examiners = [
            service.person("examiner-1", Role::Examiner).await,
            service.person("examiner-2", Role::Examiner).await,
            service.person("examiner-3", Role::Examiner).await,
        ];
        service.organization(&office).await;
        let function = |function: &str, weight: u32, sheet: &str| json!({ "function": function, "weight": weight, "required": [sheet], "by_lot": [], "draw": 0 });
        let plan = json!({
            "v": 1, "title": "测试批次", "occupation": "4-14-01-03", "level": 5, "exam_day": "2026-12-01",
            "theory": {
                "blueprint": "level-5", "minutes": 90,
                "sessions": [{ "number": 1, "starts_at_ms": 1_796_083_200_000_i64 }],
                "rooms": [{ "room": "r1", "name": "第 1 考场", "seats": 4, "spares": 2,
                    "invigilators": [invigilator.id, second.id] }],
                "reserve_papers": 1,
            },
            "practical": {
                "minutes": 60, "policy": "mean-1",
                "functions": [
                    function("daily_care", 50, "s5-feeding-in-bed"),
                    function("basic_nursing", 25, "s5-vital-signs"),
                    function("emergency", 10, "s5-choking-recognition"),
                    function("function_maintenance", 15, "s5-walking-frame"),
                ],
                "panels": [{ "panel": "p1", "name": "第 1 考评组", "lead": lead.id,
                    "examiners": examiners.iter().map(|person| person.id.clone()).collect::<Vec<_>>() }],
            },
            "custodians": [
                { "account": custodians[0].id, "outside": false }, { "account": custodians[1].id, "outside": true },
            ],
            "supervisor": supervisor.id, "profile": "sample",
        });
        Self { service, office, custodians, invigilator, second, examiners, lead, supervisor, plan }
    }

    pub(crate) fn office(&self) -> Caller<'_> {
        Caller::Staff(&self.office)
    }

    pub(crate) async fn planned(&self) -> String {
        let body = json!({ "plan": self.plan });
        let answer = self.service.post(&self.office(), "/api/v1/batches", body).await.ok();
        answer["batch"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn upload(&self, batch: &str, file: Vec<u8>) -> Answer {
        let path = format!("/api/v1/batches/{batch}/roster?request={}", self.service.request_key());
        self.service.request(Channel::Tls, &self.office(), "POST", &path, Some(file)).await
    }

    pub(crate) async fn upload_late(&self, batch: &str, room: &str, file: Vec<u8>) -> Answer {
        let request = self.service.request_key();
        self.upload_late_as(&request, batch, room, file).await
    }

    /// Late additions under a request key.
    pub(crate) async fn upload_late_as(&self, request: &str, batch: &str, room: &str, file: Vec<u8>) -> Answer {
        let query = format!("session=1&room={room}&reason=%E6%BC%8F%E6%8A%A5&request={request}");
        let path = format!("/api/v1/batches/{batch}/roster/late?{query}");
        self.service.request(Channel::Tls, &self.office(), "POST", &path, Some(file)).await
    }

    pub(crate) async fn seated(&self) -> String {
        let batch = self.planned().await;
        let day = Date::new(2026, 12, 1).unwrap();
        let people = synthetic_roster(4, 3, day).unwrap();
        self.upload(&batch, write_roster_xlsx(&people, day).unwrap()).await.ok();
        batch
    }

    pub(crate) async fn stage(&self, batch: &str) -> String {
        let answer = self.service.get(&self.office(), &format!("/api/v1/batches/{batch}")).await.ok();
        answer["stage"].as_str().unwrap().to_owned()
    }

    /// The ceremony up to the dealt papers.
    pub(crate) async fn dealt(&self) -> String {
        let batch = self.seated().await;
        self.deal(&batch).await;
        batch
    }

    pub(crate) async fn deal(&self, batch: &str) {
        let path = |step: &str| format!("/api/v1/batches/{batch}/draw/{step}");
        let basis = self.basis(batch, json!({})).await;
        for (number, person) in (1..).zip(&self.custodians) {
            let body = json!({ "commitment": self.commitment(&basis, person, number) });
            self.service.post(&Caller::Staff(person), &path("commitments"), body).await.ok();
        }
        self.service.post(&self.office(), &path("manifest"), json!({})).await.ok();
        for (number, person) in (1_u8..).zip(&self.custodians) {
            let secret = kaoping_record::digest::to_hex(&[number; 32]);
            self.service.post(&Caller::Staff(person), &path("openings"), json!({ "secret": secret })).await.ok();
        }
        self.service.post(&self.office(), &path("deal"), json!({})).await.ok();
    }

    /// The office fixes what is drawn from; its digest.
    pub(crate) async fn basis(&self, batch: &str, choice: Value) -> Digest {
        let path = format!("/api/v1/batches/{batch}/draw/basis");
        let view = self.service.post(&self.office(), &path, choice).await.ok();
        serde_json::from_value(view["basis"]["digest"].clone()).unwrap()
    }

    pub(crate) fn commitment(&self, basis: &Digest, person: &Person, secret: u8) -> String {
        let custodian = CustodianId::new(person.id.clone()).unwrap();
        commitment(basis, &custodian, &Bytes32::new([secret; 32])).to_hex()
    }

    pub(crate) async fn tickets(&self, batch: &str) -> Vec<String> {
        let path = format!("/api/v1/batches/{batch}/roster");
        let roster = self.service.get(&self.office(), &path).await.ok();
        let entries = roster["entries"].as_array().unwrap().clone();
        entries.iter().map(|entry| entry["ticket"].as_str().unwrap().to_owned()).collect()
    }

    /// A PC asks for the seat of a ticket; returns enrolment and token.
    pub(crate) async fn ask(&self, ticket: &str, seed: u8) -> (String, String) {
        let key = Ed25519Signer::from_seed(&[seed; 32]).unwrap();
        let body = json!({ "ticket": ticket, "key": key.public_key() }).to_string().into_bytes();
        let answer = self
            .service
            .request(Channel::Plain, &Caller::Anyone, "POST", "/api/v1/seat/enrolments", Some(body))
            .await
            .ok();
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        (text("enrolment"), text("secret"))
    }

    pub(crate) async fn room(&self, batch: &str, step: &str, body: Value) -> Answer {
        let path = format!("/api/v1/rooms/{batch}/1/r1/{step}");
        self.service.post(&Caller::Staff(&self.invigilator), &path, body).await
    }

    pub(crate) async fn board(&self, batch: &str) -> Value {
        let path = format!("/api/v1/rooms/{batch}/1/r1");
        self.service.get(&Caller::Staff(&self.invigilator), &path).await.ok()
    }

    /// One of the two invigilators confirms that the session has ended, with the counts that the
    /// board shows.
    pub(crate) async fn confirm_end(&self, batch: &str, person: &Person) -> Answer {
        let counts = self.board(batch).await["end"]["counts"].clone();
        let path = format!("/api/v1/rooms/{batch}/1/r1/end");
        self.service.post(&Caller::Staff(person), &path, json!({ "counts": counts })).await
    }

    /// Both invigilators end the session.
    pub(crate) async fn end_room(&self, batch: &str) {
        self.confirm_end(batch, &self.invigilator).await.ok();
        let ended = self.confirm_end(batch, &self.second).await.ok();
        assert_eq!(ended["state"], "closed");
    }

    pub(crate) async fn bind(&self, batch: &str, enrolment: &str, reason: Option<&str>) -> Answer {
        let body = json!({
            "enrolment": enrolment, "ticket_checked": true, "photo_checked": true, "id_checked": true, "reason": reason,
        });
        self.room(batch, "bind", body).await
    }
}
