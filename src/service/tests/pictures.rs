//! Pictures of items: a seat gets those of its own paper together with the paper, and nobody else
//! gets any.

use super::fixture::{Batch, Caller, MORNING, Service};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kaoping_record::digest::Digest;
use kaoping_service::operations::banks;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PREFIX: &str = "national/5/";

/// A bank's files by their paths within it.
type Files = Vec<(String, Vec<u8>)>;

/// A picture of its own for each number.
fn picture(number: usize) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 320"><path d="M9 9h{}v99z"/></svg>"#,
        number + 1
    )
}

/// The files of the sample bank in which at least every third item has a picture of its own, and
/// these pictures by item.
fn bank_with_pictures() -> (Files, BTreeMap<String, String>) {
    let mut files = Files::new();
    let mut of_items = BTreeMap::new();
    let mut number = 0;
    for (path, bytes) in kaoping_service::library::files(PREFIX).filter(|(path, _)| path.ends_with(".json")) {
        let path = path.strip_prefix(PREFIX).unwrap().to_owned();
        let mut file: Value = serde_json::from_slice(&bytes).unwrap();
        let items = file.get_mut("items").and_then(Value::as_array_mut);
        for item in items.into_iter().flatten() {
            number += 1;
            let members = item.as_object_mut().unwrap();
            // What has a picture gets another one, since questions may differ by their pictures
            // alone.
            if members.contains_key("image") || number % 3 == 0 {
                let name = format!("pictures/n-{number}.svg");
                members.insert("image".into(), json!({ "file": name, "alt": format!("第 {number} 幅图") }));
                of_items.insert(members["id"].as_str().unwrap().to_owned(), picture(number));
                files.push((name, picture(number).into_bytes()));
            }
        }
        files.push((path, serde_json::to_vec(&file).unwrap()));
    }
    assert!(of_items.len() > 200);
    (files, of_items)
}

async fn batch_with(files: &[(String, Vec<u8>)]) -> Batch {
    let service = Service::without_banks(MORNING).await;
    banks::seal_bank(&service.app, files).await.unwrap();
    Batch::of(service).await
}

/// The pictures that came with a paper, by digest.
fn pictures_of(shown: &Value) -> BTreeMap<String, String> {
    let pictures = shown["pictures"].as_array().unwrap().iter().map(|picture| {
        assert_eq!(picture["type"], "image/svg+xml");
        let bytes = STANDARD.decode(picture["base64"].as_str().unwrap()).unwrap();
        let digest = picture["digest"].as_str().unwrap().to_owned();
        assert_eq!(Digest::of(&bytes).to_hex(), digest);
        (digest, String::from_utf8(bytes).unwrap())
    });
    let pictures: Vec<_> = pictures.collect();
    let by_digest: BTreeMap<_, _> = pictures.iter().cloned().collect();
    assert_eq!(by_digest.len(), pictures.len(), "each once");
    by_digest
}

// Catches a picture that is missing at the seat, is shown with another item, or is handed to
// somebody else.
#[tokio::test]
async fn a_seat_gets_the_pictures_of_its_paper_and_nobody_else_does() {
    let (files, of_items) = bank_with_pictures();
    let batch = batch_with(&files).await;
    let id = batch.dealt().await;
    let tickets = batch.tickets(&id).await;
    let (mut seats, mut strangers) = (Vec::new(), Vec::new());
    for (ticket, seed) in tickets.iter().zip(7..).take(2) {
        let (enrolment, token) = batch.ask(ticket, seed).await;
        let waiting = batch.service.get(&Caller::Seat(&token), "/api/v1/seat/paper").await;
        assert_eq!((waiting.code(), waiting.body.get("pictures")), ("not_enrolled", None));
        batch.bind(&id, &enrolment, None).await.ok();
        let bound = batch.service.get(&Caller::Seat(&token), "/api/v1/seat/paper").await;
        assert_eq!((bound.code(), bound.body.get("pictures")), ("not_open", None));
        seats.push(token);
    }
    batch.room(&id, "open", json!({})).await.ok();

    let mut given = Vec::new();
    for token in &seats {
        let shown = batch.service.get(&Caller::Seat(token), "/api/v1/seat/paper").await.ok();
        let pictures = pictures_of(&shown);
        let mut used = BTreeSet::new();
        for item in shown["items"].as_array().unwrap() {
            let Some(expected) = of_items.get(item["item"].as_str().unwrap()) else {
                assert_eq!(item["image"], Value::Null);
                continue;
            };
            let digest = item["image"]["picture"].as_str().unwrap();
            assert_eq!(pictures.get(digest), Some(expected));
            assert!(item["image"]["alt"].as_str().unwrap().ends_with("幅图"));
            used.insert(digest.to_owned());
        }
        assert!(used.len() > 10, "{} pictures", used.len());
        assert_eq!(used, pictures.keys().cloned().collect(), "no picture of another paper");
        given.push(pictures);
    }
    assert_ne!(given[0], given[1]);

    // Answers to anybody else about the batch and its bank contain none of these pictures.
    let base64: Vec<String> = given.iter().flat_map(BTreeMap::values).map(|picture| STANDARD.encode(picture)).collect();
    let staff = [&batch.office, &batch.invigilator, &batch.supervisor, &batch.custodians[0], &batch.examiners[0]];
    for person in staff {
        let caller = Caller::Staff(person);
        assert_eq!(batch.service.get(&caller, "/api/v1/seat/paper").await.code(), "not_enrolled");
        for path in ["/api/v1/banks", &format!("/api/v1/batches/{id}"), &format!("/api/v1/batches/{id}/draw/papers")] {
            strangers.push(batch.service.get(&caller, path).await.text);
        }
    }
    strangers.push(batch.service.get(&Caller::Anyone, "/api/v1/seat/paper").await.text);
    strangers.push(batch.service.get(&Caller::Seat(&seats[0]), "/api/v1/seat").await.text);
    for text in &strangers {
        assert!(!base64.iter().any(|picture| text.contains(picture)) && !text.contains("<svg"), "{text}");
    }

    // Another PC takes the seat: the pictures go with it, and the first one gets them no longer.
    let (enrolment, token) = batch.ask(&tickets[0], 17).await;
    batch.bind(&id, &enrolment, Some("电脑死机")).await.ok();
    assert_eq!(batch.service.get(&Caller::Seat(&seats[0]), "/api/v1/seat/paper").await.code(), "seat_moved");
    let shown = batch.service.get(&Caller::Seat(&token), "/api/v1/seat/paper").await.ok();
    assert_eq!(pictures_of(&shown), given[0]);
}

// Catches a service that seals a bank with a picture that is missing, unsound, or not looked at.
#[tokio::test]
async fn a_bank_with_a_bad_picture_is_not_sealed() {
    let (mut files, _) = bank_with_pictures();
    let place = files.iter().position(|(path, _)| path.ends_with(".svg")).unwrap();
    let (name, sound) = files[place].clone();
    files[place].1 = String::from_utf8(sound).unwrap().replace("<path", "<script/><path").into_bytes();
    let service = Service::without_banks(MORNING).await;
    let refused = banks::seal_bank(&service.app, &files).await.unwrap_err();
    assert!(format!("{refused:?}").contains("picture_svg_script"), "{refused:?}");

    files.remove(place);
    let refused = banks::seal_bank(&service.app, &files).await.unwrap_err();
    assert!(format!("{refused:?}").contains("picture_missing"), "{name} {refused:?}");
    assert!(banks::sealed_banks(&service.app).await.unwrap().is_empty());
}
