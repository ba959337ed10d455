//! An organization, its staff and a batch of four.

use super::fixture::{Answer, Caller, Person, Service};
use kaoping_engine::date::Date;
use kaoping_engine::draw::commitment;
use kaoping_engine::view::ceremony::{CheckedOpening, NewSecret, check_opening, new_secret};
use kaoping_engine::view::error::BoundaryError;
use kaoping_files::roster_sample::synthetic_roster;
use kaoping_files::roster_write::write_roster_xlsx;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::CustodianId;
use kaoping_record::key::Signer as _;
use kaoping_record::software::Ed25519Signer;
use kaoping_service::aggregates::account::Role;
use kaoping_service::http::guard::Channel;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

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
        static STAFFED: OnceCell<Batch> = OnceCell::const_new();
        STAFFED.get_or_init(async || Self::of(Service::new().await).await).await.copied().await
    }

    /// With the papers dealt, and the batch's identifier.
    pub(crate) async fn with_papers() -> (Self, String) {
        static DEALT: OnceCell<(Batch, String)> = OnceCell::const_new();
        let dealt = async || {
            let batch = Self::new().await;
            let id = batch.dealt().await;
            (batch, id)
        };
        let (batch, id) = DEALT.get_or_init(dealt).await;
        (batch.copied().await, id.clone())
    }

    /// The same in another service, which shares nothing with this one.
    pub(crate) async fn copied(&self) -> Self {
        Self {
            service: self.service.copied().await,
            office: self.office.clone(),
            custodians: self.custodians.clone(),
            invigilator: self.invigilator.clone(),
            second: self.second.clone(),
            examiners: self.examiners.clone(),
            lead: self.lead.clone(),
            supervisor: self.supervisor.clone(),
            plan: self.plan.clone(),
        }
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
        let mut files = Vec::new();
        for (number, person) in (1..).zip(&self.custodians) {
            let trust = self.service.get(&Caller::Anyone, "/api/v1/trust").await.text;
            let secret = self.secret(batch, &basis, person, number, &trust).await.unwrap();
            let body = json!({ "commitment": secret.commitment });
            self.service.post(&Caller::Staff(person), &path("commitments"), body).await.ok();
            files.push(secret.file);
        }
        self.service.post(&self.office(), &path("manifest"), json!({})).await.ok();
        for (file, person) in files.iter().zip(&self.custodians) {
            let secret = self.checked_opening(batch, person, file).await.secret.unwrap();
            self.service.post(&Caller::Staff(person), &path("openings"), json!({ "secret": secret })).await.ok();
        }
        self.service.post(&self.office(), &path("deal"), json!({})).await.ok();
    }

    /// The secret whose bytes are all one number, as a custodian's page makes it from a trust list.
    pub(crate) async fn secret(
        &self,
        batch: &str,
        basis: &Digest,
        person: &Person,
        number: u8,
        trust: &str,
    ) -> Result<NewSecret, BoundaryError> {
        let view = self.service.get(&Caller::Staff(person), &format!("/api/v1/batches/{batch}/draw")).await.ok();
        let place = json!({
            "batch": batch,
            "attempt": view["attempt"],
            "basis": basis,
            "custodian": person.id,
            "profile": view["profile"],
        });
        new_secret(&place.to_string(), trust, [number; 32])
    }

    /// What a custodian's page finds of the manifest before it opens a secret.
    pub(crate) async fn checked_opening(&self, batch: &str, person: &Person, file: &str) -> CheckedOpening {
        let path = format!("/api/v1/batches/{batch}/draw/manifest");
        let manifest = self.service.get(&Caller::Staff(person), &path).await;
        check_opening(file, &manifest.text, self.service.app.now()).unwrap()
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
