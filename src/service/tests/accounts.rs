//! Passwords, PINs, logins, resets and closings of accounts.

use super::fixture::{Answer, Caller, Person, Service};
use axum::http::StatusCode;
use hmac::{Hmac, KeyInit as _, Mac as _};
use kaoping_service::aggregates::account::{AccountState, Role};
use kaoping_service::http::guard::Channel;
use kaoping_service::operations::accounts::reset_at_machine;
use kaoping_service::rebuild::Rebuild;
use serde_json::{Value, json};
use sha1::Sha1;

async fn is_in(service: &Service, person: &Person) -> bool {
    service.get(&Caller::Staff(person), "/api/v1/me").await.status == StatusCode::OK
}

async fn delete(service: &Service, person: &Person, path: &str) -> Answer {
    service.request(Channel::Tls, &Caller::Staff(person), "DELETE", path, None).await
}

/// The same person with another login.
async fn again(service: &Service, login: &str, person: &Person) -> Person {
    let answer = service.log_in(login, &person.password, None).await.ok();
    Person { cookie: answer["cookie"].as_str().unwrap().to_owned(), ..person.clone() }
}

#[tokio::test]
async fn a_new_password_ends_all_other_logins() {
    let service = Service::new().await;
    let office = service.person("office", Role::Officer).await;
    let elsewhere = again(&service, "office", &office).await;
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let path = "/api/v1/me/password";
    let wrong = service.post(&Caller::Staff(&office), path, change("wrong", "另一个够长的密码-1")).await;
    assert_eq!((wrong.status, wrong.code()), (StatusCode::FORBIDDEN, "wrong_password"));
    for weak in ["short", "office-2026-office", "1234567890", &office.password] {
        let answer = service.post(&Caller::Staff(&office), path, change(&office.password, weak)).await;
        assert_eq!(answer.code(), "weak_password", "{weak}");
    }
    assert!(is_in(&service, &elsewhere).await);
    let new = "另一个够长的密码-1";
    let answer = service.post(&Caller::Staff(&office), path, change(&office.password, new)).await.ok();
    let here = Person { cookie: answer["cookie"].as_str().unwrap().to_owned(), ..office.clone() };
    assert!(is_in(&service, &here).await);
    assert!(!is_in(&service, &office).await, "the login before");
    assert!(!is_in(&service, &elsewhere).await);
    assert_eq!(service.log_in("office", &office.password, None).await.code(), "wrong_login");
    service.log_in("office", new, None).await.ok();
}

#[tokio::test]
async fn examiners_alone_choose_a_pin_which_the_office_never_sees() {
    let service = Service::new().await;
    let office = service.person("office", Role::Officer).await;
    let body = json!({ "login": "kao-1", "name": "考评员一", "roles": ["examiner"] });
    let made = service.post(&Caller::Staff(&office), "/api/v1/staff", body).await.ok();
    let mut members: Vec<&String> = made.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["account", "one_time_password"]);
    let pin = |pin: &str| json!({ "password": office.password, "pin": pin });
    assert_eq!(service.post(&Caller::Staff(&office), "/api/v1/me/pin", pin("280719")).await.code(), "forbidden");
    let examiner = service.person("kao-2", Role::Examiner).await;
    let ask = async |password: &str, pin: &str| {
        let body = json!({ "password": password, "pin": pin });
        service.post(&Caller::Staff(&examiner), "/api/v1/me/pin", body).await
    };
    assert_eq!(ask("wrong", "280719").await.code(), "wrong_password");
    assert_eq!(ask(&examiner.password, "123456").await.code(), "weak_pin");
    assert_eq!(ask(&examiner.password, "730512").await.ok()["to_choose"], json!([]));
}

#[tokio::test]
async fn an_account_is_reset_by_two_officers() {
    let service = Service::new().await;
    let first = service.person("office-1", Role::Officer).await;
    let second = service.person("office-2", Role::Officer).await;
    let examiner = service.person("kao", Role::Examiner).await;
    let reset = format!("/api/v1/staff/{}/reset", examiner.id);
    let approval = format!("{reset}/approval");
    let ask = async |person: &Person, path: &str| {
        service.post(&Caller::Staff(person), path, json!({ "reason": "忘记密码" })).await
    };
    assert_eq!(ask(&second, &approval).await.code(), "nothing_requested");
    assert_eq!(ask(&first, &format!("/api/v1/staff/{}/reset", first.id)).await.code(), "own_account");
    assert_eq!(ask(&first, "/api/v1/staff/none/reset").await.status, StatusCode::NOT_FOUND);
    let without = service.post(&Caller::Staff(&first), &reset, json!({ "reason": " " })).await;
    assert_eq!(without.code(), "reason");
    assert_eq!(ask(&first, &reset).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ask(&second, &reset).await.code(), "request_waits");
    assert_eq!(ask(&first, &approval).await.code(), "same_person");
    // Taken back, and asked for again.
    assert_eq!(delete(&service, &second, &reset).await.status, StatusCode::NO_CONTENT);
    assert_eq!(delete(&service, &second, &reset).await.code(), "nothing_requested");
    ask(&first, &reset).await;
    let line = async |person: &Person| -> Value {
        let list = service.get(&Caller::Staff(person), "/api/v1/staff").await.ok();
        list["accounts"].as_array().unwrap().iter().find(|line| line["id"] == *examiner.id).unwrap().clone()
    };
    let of_first = line(&first).await;
    assert_eq!((&of_first["reset"]["by"], &of_first["reset"]["may_approve"]), (&json!("office-1"), &json!(false)));
    assert_eq!(line(&second).await["reset"]["may_approve"], true);
    assert!(is_in(&service, &examiner).await, "asked for is not done");
    let approved = ask(&second, &approval).await.ok();
    let one_time = approved["one_time_password"].as_str().unwrap().to_owned();
    assert!(!is_in(&service, &examiner).await);
    assert_eq!(service.log_in("kao", &examiner.password, None).await.code(), "wrong_login");
    assert_eq!(ask(&second, &approval).await.code(), "nothing_requested", "shown once");
    assert_eq!(line(&second).await["state"], "one_time");
    let newcomer = service.log_in("kao", &one_time, None).await.ok();
    assert_eq!(newcomer["to_choose"], json!(["password", "pin"]));
}

// Catches an organization that is locked out for ever when its only officer forgets the password.
#[tokio::test]
async fn the_only_officer_is_reset_at_the_machine() {
    let service = Service::new().await;
    let office = service.person("office", Role::Officer).await;
    let reset = async |login: &str, why: &str| reset_at_machine(&service.app, login, why).await;
    assert_eq!(reset("nobody", "忘记密码").await.unwrap_err().code(), "not_found");
    assert_eq!(reset("office", " ").await.unwrap_err().code(), "reason");
    let one_time = reset("office", "忘记密码").await.unwrap();
    assert!(!is_in(&service, &office).await);
    assert_eq!(service.log_in("office", &office.password, None).await.code(), "wrong_login");
    assert_eq!(service.log_in("office", &one_time, None).await.ok()["to_choose"], json!(["password"]));
}

#[tokio::test]
async fn a_closed_account_is_out_at_once() {
    let service = Service::new().await;
    let office = service.person("office", Role::Officer).await;
    let leaving = service.person("leaving", Role::Supervisor).await;
    let close = async |id: &str| {
        let path = format!("/api/v1/staff/{id}/closing");
        service.post(&Caller::Staff(&office), &path, json!({ "reason": "离职" })).await
    };
    assert_eq!(close(&office.id).await.code(), "own_account");
    assert_eq!(close(&leaving.id).await.status, StatusCode::NO_CONTENT);
    assert_eq!(close(&leaving.id).await.code(), "account_closed");
    assert!(!is_in(&service, &leaving).await);
    // Only who knows the password hears that the account is closed.
    assert_eq!(service.log_in("leaving", &leaving.password, None).await.code(), "closed_login");
    assert_eq!(service.log_in("leaving", "wrong", None).await.code(), "wrong_login");
    let again = json!({ "login": "leaving", "name": "另一人", "roles": ["officer"] });
    assert_eq!(service.post(&Caller::Staff(&office), "/api/v1/staff", again).await.code(), "login_taken");
    let reset = format!("/api/v1/staff/{}/reset", leaving.id);
    let answer = service.post(&Caller::Staff(&office), &reset, json!({ "reason": "x" })).await;
    assert_eq!(answer.code(), "account_closed");
}

#[tokio::test]
async fn logins_are_listed_and_ended() {
    let service = Service::new().await;
    let office = service.person("office", Role::Officer).await;
    let person = service.person("lead", Role::Lead).await;
    service.clock.advance_minutes(1);
    let other = again(&service, "lead", &person).await;
    let list = async |person: &Person| {
        service.get(&Caller::Staff(person), "/api/v1/me/logins").await.ok()["logins"].as_array().unwrap().clone()
    };
    let open = list(&person).await;
    assert_eq!(open.len(), 2);
    assert_eq!((&open[0]["this"], &open[1]["this"]), (&json!(false), &json!(true)), "the latest first");
    let path = |login: &Value| format!("/api/v1/me/logins/{}", login["login"].as_str().unwrap());
    // Nobody ends another's login by its name.
    assert_eq!(delete(&service, &office, &path(&open[0])).await.status, StatusCode::NOT_FOUND);
    assert_eq!(delete(&service, &office, "/api/v1/me/logins/none").await.status, StatusCode::NOT_FOUND);
    assert_eq!(delete(&service, &person, &path(&open[0])).await.status, StatusCode::NO_CONTENT);
    assert!(!is_in(&service, &other).await);
    assert_eq!(list(&person).await.len(), 1);

    let all = format!("/api/v1/staff/{}/logins", person.id);
    let seen = service.get(&Caller::Staff(&office), &all).await.ok();
    assert_eq!(seen["logins"].as_array().unwrap().len(), 1);
    assert_eq!(delete(&service, &office, &all).await.status, StatusCode::NO_CONTENT);
    assert!(!is_in(&service, &person).await);
    assert_eq!(service.get(&Caller::Staff(&office), &all).await.ok()["logins"], json!([]));
    again(&service, "lead", &person).await;
}

/// What a phone shows for a secret in base 32 at a time.
fn shown(secret: &str, at_ms: i64) -> String {
    let bits: String = secret
        .bytes()
        .map(|letter| format!("{:05b}", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|l| *l == letter).unwrap()))
        .collect();
    let bytes: Vec<u8> = (0..bits.len() / 8).map(|n| u8::from_str_radix(&bits[n * 8..n * 8 + 8], 2).unwrap()).collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(&bytes).unwrap();
    mac.update(&u64::try_from(at_ms / 30_000).unwrap().to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes([hash[at] & 127, hash[at + 1], hash[at + 2], hash[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_it_was_confirmed() {
    let service = Service::new().await;
    let office = service.person("office", Role::Officer).await;
    let post = async |path: &str, body: Value| service.post(&Caller::Staff(&office), path, body).await;
    let code = |code: &str| json!({ "one_time_code": code });
    let (factor, confirmation) = ("/api/v1/me/second-factor", "/api/v1/me/second-factor/confirmation");
    assert_eq!(post(confirmation, code("000000")).await.code(), "no_second_factor");
    assert_eq!(post(factor, json!({ "password": "wrong" })).await.code(), "wrong_password");
    let proposal = post(factor, json!({ "password": office.password })).await.ok();
    let secret = proposal["secret"].as_str().unwrap().to_owned();
    let uri = format!("otpauth://totp/Kaoping:office?secret={secret}&issuer=Kaoping");
    assert_eq!(proposal["uri"], uri);
    assert!(proposal["picture"].as_str().unwrap().contains("<svg"));
    service.log_in("office", &office.password, None).await.ok();

    let now = || shown(&secret, service.app.now().millis());
    let wrong = if now() == "000000" { "111111" } else { "000000" };
    assert_eq!(post(confirmation, code(wrong)).await.code(), "wrong_code");
    assert_eq!(post(confirmation, code(&now())).await.status, StatusCode::NO_CONTENT);
    assert_eq!(service.get(&Caller::Staff(&office), "/api/v1/me").await.ok()["second_factor"], true);

    let log_in = async |code: Option<&str>| service.log_in("office", &office.password, code).await;
    let needed = log_in(None).await;
    assert_eq!((needed.status, needed.code()), (StatusCode::UNAUTHORIZED, "one_time_code_needed"));
    assert_eq!(service.log_in("office", "wrong", None).await.code(), "wrong_login", "the password comes first");
    assert_eq!(log_in(Some(&now())).await.code(), "wrong_code", "the code that confirmed it was used");
    service.clock.advance_minutes(1);
    let used = now();
    log_in(Some(&used)).await.ok();
    assert_eq!(log_in(Some(&used)).await.code(), "wrong_code", "no code is taken twice");
    service.clock.advance_minutes(1);
    assert_eq!(log_in(Some(&used)).await.code(), "wrong_code", "it is over");
    // A phone that is half a minute behind.
    let late = shown(&secret, service.app.now().millis() - 30_000);
    log_in(Some(&late)).await.ok();

    // The secret is stored nowhere in clear.
    let account: AccountState = service.app.need(&office.id, "account").await.unwrap();
    let sealed = account.second_factor.secret.clone().unwrap();
    assert_eq!(sealed.len(), 2 * (24 + 20 + 16));
    let other: AccountState = {
        service.app.store.rebuild(Box::new(Rebuild::default())).await.unwrap();
        service.app.need(&office.id, "account").await.unwrap()
    };
    assert_eq!(serde_json::to_value(&account).unwrap(), serde_json::to_value(&other).unwrap());

    assert_eq!(post("/api/v1/me/second-factor/removal", json!({ "password": "wrong" })).await.code(), "wrong_password");
    let removal = json!({ "password": office.password });
    assert_eq!(post("/api/v1/me/second-factor/removal", removal).await.status, StatusCode::NO_CONTENT);
    log_in(None).await.ok();
}

#[tokio::test]
async fn fields_that_mislead_are_refused() {
    let service = Service::new().await;
    let office = service.person("office", Role::Officer).await;
    let make = async |body: Value| service.post(&Caller::Staff(&office), "/api/v1/staff", body).await.code().to_owned();
    for name in ["", "   ", "王\n考务", "王\u{202e}务考", "王\u{200b}", &"王".repeat(51)] {
        let body = json!({ "login": "wang", "name": name, "roles": ["lead"] });
        assert_eq!(make(body).await, "account_field", "{name:?}");
    }
    assert_eq!(make(json!({ "login": "Wang", "name": "王", "roles": ["lead"] })).await, "account_field");
    assert_eq!(make(json!({ "login": "wang", "name": "王", "roles": [] })).await, "account_field");
    let employer = json!({ "login": "wang", "name": "王", "roles": ["lead"], "employer": "甲\r\n乙" });
    assert_eq!(make(employer).await, "account_field");
    for roles in [json!(["officer", "custodian"]), json!(["supervisor", "lead"]), json!(["custodian", "examiner"])] {
        assert_eq!(make(json!({ "login": "wang", "name": "王", "roles": roles })).await, "roles_conflict");
    }
    assert_eq!(make(json!({ "login": "wang", "name": "王", "roles": ["invigilator", "examiner", "lead"] })).await, "");
}
