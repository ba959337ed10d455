//! Printed certificates: their layout, what they show, and the code on them. The engine's own
//! verifier judges the code.

use super::fixture::{Answer, Caller};
use super::walked::Walked;
use axum::http::StatusCode;
use kaoping_engine::result::certificate_code::{CertificateCode, to_text};
use kaoping_engine::verify::file::Verification;
use kaoping_engine::verify::file::bundle::Person as Holder;
use kaoping_engine::verify::file::report::{CheckName, Report, Verdict};
use kaoping_record::cose;
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::jws;
use kaoping_record::software::SoftwareVerifier;
use kaoping_service::aggregates::export::ExportState;
use kaoping_service::aggregates::result::{Certified, ResultState, result_key};
use kaoping_service::http::guard::Channel;
use kaoping_service::operations::roster;
use serde_json::{Value, json};

const TEMPLATE: &str = "/api/v1/organization/certificate-template";

async fn certified() -> Walked {
    let walked = Walked::open().await;
    walked.batch.service.post(&walked.batch.office(), &walked.path("/close"), json!({})).await.ok();
    walked.batch.service.post(&walked.batch.office(), &walked.path("/certificates"), json!({})).await.ok();
    walked
}

impl Walked {
    fn page(&self) -> String {
        self.path(&format!("/results/{}/certificate/page", self.pseudonym(0)))
    }

    async fn print(&self, path: &str) -> Answer {
        self.batch.service.post(&self.batch.office(), path, json!({ "reason": "发放证书" })).await
    }

    async fn known(&self) -> (PseudonymId, Certified) {
        let pseudonym = PseudonymId::new(self.pseudonym(0)).unwrap();
        let key = result_key(&BatchId::new(&*self.id).unwrap(), &pseudonym);
        let result: ResultState = self.batch.service.app.need(&key, "result").await.unwrap();
        (pseudonym, result.signed().unwrap().certified.clone().unwrap())
    }

    /// The text of the code, as it must be on the page.
    async fn code(&self) -> (String, String) {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let (pseudonym, certified) = self.known().await;
        let person = roster::person(&self.batch.service.app, &pseudonym).await.unwrap();
        let credential = jws::Unverified::parse(&certified.jws).unwrap().claimed().unwrap();
        let (salt, proof) = (&certified.code.salt, &certified.code.proof);
        let holder = (&person.name, &person.document);
        let code = CertificateCode::new(&credential, &certified.leaf.record, holder, salt).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(&proof.value).unwrap();
        (to_text(&cose::Unverified::new(code.to_bytes(), &proof.key, signature)), salt.printed())
    }

    async fn judged(&self, code: &str, person: Option<&Holder>, file: Option<&str>) -> Report {
        let trust = self.trust().await;
        let now = Some(self.batch.service.app.now());
        let others: Vec<&str> = file.into_iter().collect();
        Verification { trust: &trust, status: None, person, now, verifier: &SoftwareVerifier }
            .check_among(code, &others)
            .0
    }
}

// Catches a code that no verifier accepts, one that passes without the log, and one for somebody
// else.
#[tokio::test]
async fn the_code_holds_alone_and_counts_with_the_certificate() {
    let walked = certified().await;
    let (code, salt) = walked.code().await;
    let alone = walked.judged(&code, None, None).await;
    assert_eq!(alone.verdict, Verdict::Unlogged, "{alone:#?}");
    let path = walked.page().replace("/page", "");
    let file = walked.batch.service.get(&walked.batch.office(), &path).await.text;
    let joined = walked.judged(&code, None, Some(&file)).await;
    assert_eq!(joined.verdict, Verdict::Valid, "{joined:#?}");
    let (pseudonym, _) = walked.known().await;
    let person = roster::person(&walked.batch.service.app, &pseudonym).await.unwrap();
    let mut holder = Holder {
        name: person.name.as_str().into(),
        id_kind: "居民身份证".into(),
        id_number: person.document.number().into(),
        code_salt: Some(salt),
    };
    assert!(walked.judged(&code, Some(&holder), None).await.holds(CheckName::Holder));
    holder.id_number = "100000197506061042".into();
    assert_eq!(walked.judged(&code, Some(&holder), None).await.verdict, Verdict::Invalid);
}

// Catches a certificate that is printed with another one's file, or with no certificate behind it.
#[tokio::test]
async fn a_certificate_is_printed_with_a_reason_that_is_kept() {
    let walked = certified().await;
    let without = walked.batch.service.post(&walked.batch.office(), &walked.page(), json!({ "reason": " " })).await;
    assert_eq!(without.code(), "reason");
    let log = walked.batch.service.app.log_tree().await.unwrap().size();
    let printed = walked.print(&walked.page()).await;
    assert_eq!(printed.status, StatusCode::OK, "{}", printed.text);
    assert!(printed.text.starts_with("%PDF-1.7"));
    let archive = walked.print(&walked.path("/certificates/pages")).await;
    assert_eq!(archive.status, StatusCode::OK, "{}", archive.text);
    assert!(archive.text.starts_with("PK"));
    assert_eq!(walked.batch.service.app.log_tree().await.unwrap().size(), log, "printing signs nothing");
    let exports: ExportState = walked.batch.service.app.need(&walked.id, "batch").await.unwrap();
    let kept: Vec<_> = exports.exports.iter().map(|export| (export.what.as_str(), export.reason.as_str())).collect();
    assert_eq!(kept, [("certificate-page", "发放证书"), ("certificate-pages", "发放证书")]);
    let failed = walked.page().replace(walked.pseudonym(0), walked.pseudonym(1));
    assert_eq!(walked.print(&failed).await.status, StatusCode::NOT_FOUND);
}

// A name that was changed after the signing would stand on a page whose code says another.
#[tokio::test]
async fn a_page_of_another_person_than_was_signed_for_is_refused() {
    let walked = certified().await;
    let (pseudonym, _) = walked.known().await;
    let app = &walked.batch.service.app;
    let mut person = roster::person(app, &pseudonym).await.unwrap();
    person.name = kaoping_engine::roster::PersonName::read("另一人").unwrap();
    roster::keep_person(app, &pseudonym, &person).await.unwrap();
    let refused = walked.print(&walked.page()).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "code_differs"));
}

// Catches a box in the place of a character, and a field that is cut off at the edge.
#[tokio::test]
async fn a_layout_is_kept_when_it_can_be_printed() {
    let walked = certified().await;
    let (service, office) = (&walked.batch.service, walked.batch.office());
    let mut template: Value = service.get(&office, TEMPLATE).await.ok();
    assert_eq!(template["fields"][0]["text"], "职业技能等级证书");
    template["fields"][0]["text"] = json!("样证\u{30000}");
    let refused = service.post(&office, &format!("{TEMPLATE}/preview"), template.clone()).await;
    assert_eq!(refused.body["faults"][0]["code"], "glyph_missing");
    template["fields"][0]["text"] = json!("证书");
    let preview = service.post(&office, &format!("{TEMPLATE}/preview"), template.clone()).await;
    assert!(preview.text.starts_with("%PDF-1.7"), "{}", preview.text);
    let put = async |template: &Value| {
        let body = Some(template.to_string().into_bytes());
        service.request(Channel::Tls, &office, "PUT", TEMPLATE, body).await
    };
    assert_eq!(put(&template).await.ok(), template);
    let mut off = template.clone();
    off["fields"][2]["x"] = json!(2_900);
    let preview = service.post(&office, &format!("{TEMPLATE}/preview"), off.clone()).await;
    for refused in [put(&off).await, preview] {
        assert_eq!(refused.body["faults"][0]["place"], "fields.2");
    }
    assert_eq!(service.get(&office, TEMPLATE).await.ok(), template, "what was refused is not kept");
    assert_eq!(service.get(&Caller::Anyone, TEMPLATE).await.status, StatusCode::UNAUTHORIZED);
}
