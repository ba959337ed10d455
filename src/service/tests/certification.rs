//! The ceremony of certification: public entropy from a recorded round of drand, and openings that
//! a witness saw before it.

use super::fixture::{Batch, Caller, Person, Service};
use kaoping_engine::verify::draw::report::Verdict;
use kaoping_engine::verify::file::defect::Defect;
use kaoping_engine::verify::file::report::Verdict as FileVerdict;
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_engine::view::bundle::check_draw;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::to_hex;
use kaoping_record::key::Signer as _;
use kaoping_record::log::add_checkpoint::AddCheckpoint;
use kaoping_record::log::note::{NoteKey, NoteKeyKind};
use kaoping_record::log::witness::{Witness, WitnessState};
use kaoping_record::software::Ed25519Signer;
use kaoping_record::time::Time;
use kaoping_service::aggregates::bank::{BankEvent, BankState};
use kaoping_service::operations::banks::sealed_banks;
use serde_json::{Value, json};

/// Round 657413 of quicknet was signed at this time.
const ROUND_MS: i64 = 1_694_775_603_000;
const ROUND: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/657413";
const SIGNATURE: &str =
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";

struct Certification {
    batch: Batch,
    id: String,
    witness: Ed25519Signer,
    witnessed: WitnessState,
}

impl Certification {
    /// An hour before the round, with a bank that is no sample.
    async fn new() -> Self {
        let service = Service::at(Time::from_millis(ROUND_MS - 3_600_000)).await;
        for (id, mut bank) in sealed_banks(&service.app).await.unwrap() {
            bank.label = "测试题库".into();
            let mut work = service.app.work("test");
            work.append::<BankState>(&id, BankEvent::Sealed { bank }).await.unwrap();
            work.commit().await.unwrap();
        }
        let mut batch = Batch::of(service).await;
        batch.plan["profile"] = json!("formal");
        let id = batch.seated().await;
        let witness = Ed25519Signer::from_seed(&[9; 32]).unwrap();
        Self { batch, id, witness, witnessed: WitnessState::default() }
    }

    fn path(&self, step: &str) -> String {
        format!("/api/v1/batches/{}/{step}", self.id)
    }

    async fn office(&self, step: &str, body: Value) -> super::fixture::Answer {
        self.batch.service.post(&self.batch.office(), &self.path(step), body).await
    }

    fn choice() -> Value {
        json!({ "public_entropy": { "rule": "drand", "source": ROUND, "not_before_ms": ROUND_MS } })
    }

    /// Up to the manifest.
    async fn fixed(&self) {
        let basis = self.batch.basis(&self.id, Self::choice()).await;
        for (number, person) in (1..).zip(&self.batch.custodians) {
            let body = json!({ "commitment": self.batch.commitment(&basis, person, number) });
            self.batch.service.post(&Caller::Staff(person), &self.path("draw/commitments"), body).await.ok();
        }
        self.office("draw/manifest", json!({})).await.ok();
    }

    async fn open(&self, person: &Person, number: u8) -> super::fixture::Answer {
        let secret = to_hex(&[number; 32]);
        self.batch.service.post(&Caller::Staff(person), &self.path("draw/openings"), json!({ "secret": secret })).await
    }

    fn witness_key(&self) -> NoteKey {
        NoteKey::new("witness.example", NoteKeyKind::Witness, self.witness.public_key().clone()).unwrap()
    }

    /// A witness cosigns the present log at the clock's time.
    async fn cosign(&mut self) {
        let app = &self.batch.service.app;
        let log = NoteKey::new(&app.settings.log_origin, NoteKeyKind::Log, app.keys.log.public_key().clone()).unwrap();
        let key = self.witness_key();
        let old = self.witnessed.seen(log.name()).map_or(0, |seen| seen.size);
        let path = format!("/api/v1/log/witness/request?old={old}");
        let asked = AddCheckpoint::parse(&self.batch.service.get(&Caller::Anyone, &path).await.text).unwrap();
        let witness = Witness { key: &key, signer: &self.witness };
        let line = self.witnessed.cosign(&asked, &[log], witness, app.now()).unwrap();
        let body = json!({ "note": asked.checkpoint.with(line).to_string(), "witness": key.to_string() });
        self.batch.service.post(&self.batch.office(), "/api/v1/log/witness/cosignatures", body).await.ok();
    }

    fn outcome() -> Value {
        json!({ "outcome": { "v": 1, "rule": "drand", "source": ROUND, "signature": SIGNATURE } })
    }
}

#[tokio::test]
async fn certification_names_entropy_by_a_rule_with_a_proof() {
    let certification = Certification::new().await;
    let refused = certification.office("draw/basis", json!({})).await;
    assert_eq!(refused.body["faults"][0]["code"], "basis_formal_entropy");
    let mut dice = Certification::choice();
    dice["public_entropy"]["rule"] = json!("dice");
    let refused = certification.office("draw/basis", dice).await;
    assert_eq!(refused.body["faults"][0]["code"], "entropy_source");
}

#[tokio::test]
async fn secrets_are_seen_open_before_the_entropy_exists() {
    let mut certification = Certification::new().await;
    certification.fixed().await;
    let [inside, outside] = certification.batch.custodians.clone();
    certification.open(&inside, 1).await.ok();
    // One secret is still closed: this cosignature says nothing about it.
    certification.cosign().await;
    certification.open(&outside, 2).await.ok();
    assert_eq!(certification.office("draw/entropy", Certification::outcome()).await.code(), "openings_unseen");
    certification.cosign().await;
    let view = certification.batch.service.get(&certification.batch.office(), &certification.path("draw")).await.ok();
    assert_eq!(view["entropy"]["witnessed_ms"], ROUND_MS - 3_600_000);
    assert_eq!(certification.office("draw/entropy", Certification::outcome()).await.code(), "entropy_early");
    certification.batch.service.clock.advance_minutes(60);
    let mut other = Certification::outcome();
    other["outcome"]["signature"] = json!(SIGNATURE.replace("d97b", "d97c"));
    let refused = certification.office("draw/entropy", other).await;
    assert_eq!(refused.body["faults"][0]["code"], "entropy_signature");
    certification.office("draw/entropy", Certification::outcome()).await.ok();
    assert_eq!(certification.office("draw/deal", json!({})).await.ok()["stage"], "dealt");

    // What is published after the closing proves all of it; nothing of it is given out before.
    let bundle = certification.path("draw/bundle");
    assert_eq!(
        certification.batch.service.get(&certification.batch.office(), &bundle).await.code(),
        "not_at_this_stage"
    );
    let path = certification.path("roster");
    let roster = certification.batch.service.get(&certification.batch.office(), &path).await.ok();
    for entry in roster["entries"].as_array().unwrap() {
        let body = json!({ "end": "deferred", "code": "illness", "reason": "经过已记录" });
        let step = format!("results/{}/end", entry["pseudonym"].as_str().unwrap());
        certification.office(&step, body).await;
    }
    certification.office("close", json!({})).await.ok();
    let bundle = certification.batch.service.get(&certification.batch.office(), &bundle).await.text;
    let trust = certification.batch.service.get(&Caller::Anyone, "/api/v1/trust").await.text;
    let mut trust = TrustList::read(&trust).unwrap();
    trust.witnesses = vec![certification.witness_key().to_string()];
    let report = check_draw(bundle.as_bytes(), Some(&trust), &[], |_, _| {});
    assert_eq!((report.verdict, &report.differences), (Verdict::Holds, &vec![]));
    let proven = |text: &str| report.proven.iter().any(|proven| proven.en.contains(text));
    assert!(proven("the secrets were opened before anybody could know"), "{report:?}");
}

// The organization that learns a secret before its manifest is fixed can try manifests until the
// papers suit it; the custodian's page must not believe the service alone.
#[tokio::test]
async fn a_custodian_opens_only_a_manifest_that_a_witness_saw() {
    let mut certification = Certification::new().await;
    certification.fixed().await;
    let [inside, outside] = certification.batch.custodians.clone();
    let view = certification.batch.service.get(&Caller::Staff(&inside), &certification.path("draw")).await.ok();
    let basis = serde_json::from_value(view["basis"]["digest"].clone()).unwrap();
    let own = certification.batch.service.get(&Caller::Anyone, "/api/v1/trust").await.text;
    let refused = certification.batch.secret(&certification.id, &basis, &inside, 1, &own).await;
    assert_eq!(refused.unwrap_err().code, "trust_witness", "the service's own list names nobody");

    let mut trust = TrustList::read(&own).unwrap();
    trust.witnesses = vec![certification.witness_key().to_string()];
    let trust = serde_json::to_string(&trust).unwrap();
    let secret = certification.batch.secret(&certification.id, &basis, &inside, 1, &trust).await.unwrap();
    let other = certification.batch.secret(&certification.id, &basis, &outside, 1, &trust).await.unwrap();
    let checked = certification.batch.checked_opening(&certification.id, &inside, &secret.file).await;
    assert_eq!((checked.report.verdict, checked.secret.is_none()), (FileVerdict::Unwitnessed, true));
    certification.cosign().await;
    let checked = certification.batch.checked_opening(&certification.id, &inside, &secret.file).await;
    assert_eq!((checked.report.verdict, checked.secret), (FileVerdict::Valid, Some(Bytes32::new([1; 32]))));
    // The second custodian committed to another secret than this one.
    let checked = certification.batch.checked_opening(&certification.id, &outside, &other.file).await;
    let failed: Vec<_> = checked.report.failed().map(|check| check.defect).collect();
    assert_eq!((failed, checked.secret), (vec![Some(Defect::OtherCommitment)], None));
}

#[tokio::test]
async fn nobody_opens_a_secret_once_the_entropy_may_be_known() {
    let mut certification = Certification::new().await;
    certification.fixed().await;
    let [inside, outside] = certification.batch.custodians.clone();
    certification.open(&inside, 1).await.ok();
    certification.batch.service.clock.advance_minutes(60);
    assert_eq!(certification.open(&outside, 2).await.code(), "openings_late");
    certification.cosign().await;
    assert_eq!(certification.office("draw/entropy", Certification::outcome()).await.code(), "openings_unseen");
    let void = json!({ "reason": "openings_late", "note": "二号保管人没有按时到场" });
    certification.office("draw/void", void).await.ok();
    let path = certification.path("draw/void/approval");
    let ended = certification.batch.service.post(&Caller::Staff(&outside), &path, json!({})).await.ok();
    assert_eq!((&ended["attempt"], &ended["stage"]), (&json!(2), &json!("seated")));
}

// The last one to open is seen too late: the attempt cannot go on, although every secret is open.
#[tokio::test]
async fn a_cosignature_after_the_time_shows_nothing() {
    let mut certification = Certification::new().await;
    certification.fixed().await;
    let [inside, outside] = certification.batch.custodians.clone();
    certification.open(&inside, 1).await.ok();
    certification.open(&outside, 2).await.ok();
    certification.batch.service.clock.advance_minutes(60);
    certification.cosign().await;
    assert_eq!(certification.office("draw/entropy", Certification::outcome()).await.code(), "openings_unseen");
}
