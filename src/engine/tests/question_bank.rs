//! The banks and blueprints of `question-bank/`: valid by program and by schema, read by a second reader, and enough for
//! the papers of a batch.

use kaoping_engine::bank::authored::AuthoredBank;
use kaoping_engine::bank::authoring::{self, AuthoredFile};
use kaoping_engine::bank::picture::{Picture, PictureType, Pictures};
use kaoping_engine::bank::read::{self, SourceFile};
use kaoping_engine::bank::{Profile, check, seal, write};
use kaoping_engine::blueprint::{self, Blueprint};
use kaoping_engine::draw::basis::{BankEntry, Basis, BasisCustodian};
use kaoping_engine::draw::certificate::SearchEnd;
use kaoping_engine::draw::manifest::Commitment;
use kaoping_engine::draw::seating::{PaperUse, SeatedPaper};
use kaoping_engine::draw::{self, ALGORITHM, DrawInput, Manifest, Seating, Secret, commitment};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, CustodianId, PaperId, RoomId};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;
type Files = Vec<(String, Vec<u8>)>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../question-bank")
}

/// The JSON files of a folder, by path within it.
fn files(folder: &Path, parts: &[&str]) -> TestResult<Files> {
    let mut files = Vec::new();
    for part in parts {
        for entry in fs::read_dir(folder.join(part))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let within = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
                files.push((within, fs::read(&path)?));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The schema of one kind of file.
fn validator(name: &str, kind: Option<&str>) -> TestResult<jsonschema::Validator> {
    let mut schema: Value = serde_json::from_slice(&fs::read(folder().join("schema").join(name))?)?;
    jsonschema::meta::validate(&schema).map_err(|error| error.to_string())?;
    if let Some(kind) = kind {
        let members = schema.as_object_mut().ok_or("a schema is an object")?;
        members.insert("oneOf".into(), json!([{ "$ref": format!("#/$defs/{kind}") }]));
    }
    Ok(jsonschema::validator_for(&schema)?)
}

/// The folder of each bank, within `question-bank/`: national and practice banks by level, extended ones by province too.
fn banks() -> TestResult<Vec<String>> {
    let mut found = Vec::new();
    for kind in ["national", "practice", "extended/31", "extended/45"] {
        for level in fs::read_dir(folder().join(kind))? {
            found.push(format!("{kind}/{}", level?.file_name().to_string_lossy()));
        }
    }
    found.sort();
    assert!(found.len() >= 4, "{found:?}");
    Ok(found)
}

fn bank_files(bank: &str) -> TestResult<Files> {
    files(&folder().join(bank), &["", "elements", "items"])
}

/// The sample bank of level 5.
fn sample_bank() -> TestResult<AuthoredBank> {
    bank("national/5")
}

/// The pictures of a bank. That their bytes are sound is tested in `src/files/tests/picture.rs`.
fn pictures(bank: &str) -> TestResult<Pictures> {
    let mut pictures = Pictures::new();
    let Ok(entries) = fs::read_dir(folder().join(bank).join("pictures")) else { return Ok(pictures) };
    for entry in entries {
        let entry = entry?;
        let path = format!("pictures/{}", entry.file_name().to_string_lossy());
        let picture_type = PictureType::of_path(&path).ok_or_else(|| format!("{bank}: {path}"))?;
        pictures.insert(path, Ok(Picture { picture_type, bytes: fs::read(entry.path())? }));
    }
    Ok(pictures)
}

/// A bank; items that have no ids yet get some for the test.
fn bank(bank: &str) -> TestResult<AuthoredBank> {
    let pictures = pictures(bank)?;
    let mut texts = bank_files(bank)?;
    let drafts: Vec<AuthoredFile> = texts
        .iter()
        .filter(|(path, _)| path.starts_with("items/"))
        .map(|(path, bytes)| authoring::read_file(path, bytes).map_err(|faults| format!("{faults:?}")))
        .collect::<Result<_, _>>()?;
    let mut next = 0_u64;
    let minted = authoring::mint(&drafts, &mut || {
        next += 1;
        let [a, b, c, d, e, f, g, h, i, j, ..] = *Digest::of(&next.to_le_bytes()).as_bytes();
        [a, b, c, d, e, f, g, h, i, j]
    });
    texts.retain(|(path, _)| !path.starts_with("items/"));
    for file in minted.map_err(|faults| format!("{faults:?}"))? {
        texts.push((file.file, write::item_file(&file.value)?.into_bytes()));
    }
    let sources: Vec<SourceFile<'_>> = texts.iter().map(|(path, bytes)| SourceFile { path, bytes }).collect();
    Ok(read::bank(&sources).map_err(|faults| format!("{faults:?}"))?.with_pictures(pictures))
}

fn blueprint_of(level: u8) -> TestResult<Blueprint> {
    Ok(canonical::from_authored(&fs::read(folder().join(format!("blueprints/{level}.json")))?)?)
}

#[test]
fn the_banks_have_no_defect() -> TestResult {
    for folder in banks()? {
        let bank = bank(&folder)?;
        assert_eq!(check::check(&bank), [], "{folder}");
        assert_eq!(bank.without_rationale(), 0, "{folder}");
        assert!(bank.head.label.contains("样题，非国家题库"), "{folder}");
        let (items, points) = (bank.items().count(), bank.points().count());
        match folder.split('/').next() {
            Some("national") => assert!(items >= 500 && points >= 200, "{folder}: {items} items, {points} points"),
            Some("practice") => assert!(items >= 150, "{folder}: {items} items"),
            _ => assert!(items >= 40, "{folder}: {items} items"),
        }
    }
    Ok(())
}

/// Answers that a second reader gave to stems and options alone.
#[derive(serde::Deserialize)]
struct Readings {
    bank: String,
    answers: Vec<Reading>,
}

#[derive(serde::Deserialize)]
struct Reading {
    item: String,
    chosen: std::collections::BTreeSet<String>,
}

/// Catches an item that entered a bank without a second reader, or was changed after that reader disagreed.
#[test]
fn a_second_reader_agreed_with_the_key_of_every_item() -> TestResult {
    for folder_name in banks()? {
        let bank = bank(&folder_name)?;
        let path = folder().join("readings").join(format!("{}.json", folder_name.replace('/', "-")));
        let readings: Readings = serde_json::from_slice(&fs::read(&path)?)?;
        assert_eq!(readings.bank, bank.head.id.as_str());
        let answers: std::collections::BTreeMap<_, _> =
            readings.answers.into_iter().map(|reading| (reading.item, reading.chosen)).collect();
        for (_, item) in bank.items() {
            let key = item.key.iter().map(ToString::to_string).collect();
            assert_eq!(answers.get(item.id.as_str()), Some(&key), "{folder_name}: {}", item.id);
        }
    }
    Ok(())
}

/// Catches a practice item, which trainees see, that is also drawn for exams.
#[test]
fn no_item_stands_in_two_banks() -> TestResult {
    let mut seen = std::collections::BTreeMap::new();
    for folder_name in banks()? {
        let bank = bank(&folder_name)?;
        for (_, item) in bank.items() {
            let before = seen.insert(item.id.to_string(), folder_name.clone());
            assert_eq!(before, None, "{}", item.id);
            let picture = item.image.as_ref().and_then(|image| bank.pictures.get(&image.file)?.as_ref().ok());
            let asked = format!("{} {:?}", item.stem, picture.map(|picture| Digest::of(&picture.bytes)));
            let before = seen.insert(asked, folder_name.clone());
            assert!(before.is_none_or(|before| before == folder_name), "{}", item.stem);
        }
    }
    Ok(())
}

#[test]
fn its_files_follow_the_schema() -> TestResult {
    let (bank, elements) =
        (validator("bank.schema.json", Some("bank"))?, validator("bank.schema.json", Some("elements"))?);
    let items = validator("bank.schema.json", Some("items"))?;
    let files = banks()?.iter().map(|bank| bank_files(bank)).collect::<TestResult<Vec<_>>>()?;
    for (path, bytes) in files.into_iter().flatten() {
        let kind = if path.starts_with("items/") {
            &items
        } else if path.starts_with("elements/") {
            &elements
        } else {
            &bank
        };
        let errors: Vec<String> = kind
            .iter_errors(&serde_json::from_slice(&bytes)?)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{path}");
    }
    // Minted files too, and the general schema takes every kind of file.
    let any = validator("bank.schema.json", None)?;
    for file in &sample_bank()?.items {
        let value = serde_json::to_value(&file.value)?;
        assert!(items.is_valid(&value) && any.is_valid(&value), "{}", file.file);
    }
    Ok(())
}

/// Catches a schema that says less than the program.
#[test]
fn the_schema_refuses_what_the_program_refuses() -> TestResult {
    let items = validator("bank.schema.json", Some("item"))?;
    let bank = sample_bank()?;
    let choice = bank.items().map(|(_, item)| item).find(|item| item.options.len() == 4).ok_or("a choice")?;
    let statement = bank.items().map(|(_, item)| item).find(|item| item.options.len() == 2).ok_or("a statement")?;
    let (choice, statement) = (serde_json::to_value(choice)?, serde_json::to_value(statement)?);
    assert!(items.is_valid(&choice) && items.is_valid(&statement));
    for (field, value) in [
        ("id", json!("A")),
        ("point", json!("b-a")),
        ("type", json!("essay")),
        ("difficulty", json!(6)),
        ("consistency", json!(0)),
        ("source_checked", json!("no")),
        ("stem", json!(" ")),
        ("options", json!([{ "id": "a", "text": "一" }, { "id": "b", "text": "二" }])),
        ("key", json!(["a", "b"])),
        ("key", json!([])),
        ("image", json!({ "file": "pictures/a.svg" })),
        ("image", json!({ "file": "pictures/a.svg", "alt": "" })),
        ("image", json!({ "file": "pictures/a.svg", "alt": "图".repeat(121) })),
        ("image", json!({ "file": "pictures/A.svg", "alt": "图" })),
        ("image", json!({ "file": "pictures/../a.svg", "alt": "图" })),
        ("image", json!({ "file": "a.svg", "alt": "图" })),
        ("image", json!({ "file": "pictures/a.gif", "alt": "图" })),
        ("image", json!({ "file": "pictures/a.svg", "alt": "图", "width": 9 })),
        ("rationale", json!("")),
        ("group", json!({ "id": "g" })),
        ("marks", json!(1)),
    ] {
        let mut wrong = choice.clone();
        wrong[field] = value;
        assert!(!items.is_valid(&wrong), "{field}");
    }
    let mut unjudged = choice;
    unjudged.as_object_mut().ok_or("an object")?.remove("consistency");
    unjudged["source_checked"] = json!(false);
    unjudged["image"] = json!({ "file": "pictures/a-1.2.jpeg", "alt": "图".repeat(120) });
    assert!(items.is_valid(&unjudged));
    unjudged["image"] = Value::Null;
    assert!(items.is_valid(&unjudged));
    let mut wrong = statement;
    wrong["options"][0]["text"] = json!("对");
    assert!(!items.is_valid(&wrong));
    Ok(())
}

#[test]
fn blueprints_are_valid_by_program_and_schema() -> TestResult {
    let schema = validator("blueprint.schema.json", None)?;
    let blueprints = files(&folder(), &["blueprints"])?;
    assert!(!blueprints.is_empty());
    for (path, bytes) in blueprints {
        assert_eq!(blueprint::check(&canonical::from_authored(&bytes)?), [], "{path}");
        let mut value: Value = serde_json::from_slice(&bytes)?;
        assert!(schema.is_valid(&value), "{path}");
        value["minutes"] = json!(59);
        assert!(!schema.is_valid(&value), "{path}");
    }
    Ok(())
}

/// Catches a bank or an algorithm by which a batch would be refused on the day: a room of forty with its spares, and a
/// large batch of four hundred, for several seeds each.
#[test]
fn the_sample_banks_fill_the_papers_of_a_batch() -> TestResult {
    for level in [5, 4, 3] {
        fills_the_papers_of_a_batch(level)?;
    }
    Ok(())
}

fn fills_the_papers_of_a_batch(level: u8) -> TestResult {
    let blueprint = blueprint_of(level)?;
    let mut salt = 0;
    let sealed = seal::seal(&bank(&format!("national/{level}"))?, &mut || {
        salt += 1;
        *Digest::of(&u32::to_le_bytes(salt)).as_bytes()
    })?;
    for (papers, seeds) in [(44, 20), (440, 3)] {
        for seed in 0..seeds {
            let batch = Batch::new(papers, seed, &sealed, &blueprint)?;
            let drawn =
                draw::draw(&batch.input(&sealed, &blueprint)).map_err(|refusal| format!("{:?}", refusal.faults()))?;
            assert_eq!(drawn.papers.len(), papers);
            assert!(drawn.papers.iter().all(|paper| paper.items.len() == blueprint.items() as usize));
            let forced = drawn.equivalence.exceptions.forced as usize;
            assert!(forced <= papers, "level {level}: {forced} forced cards of {papers} papers without resits");
            for certificate in &drawn.certificates {
                assert!(certificate.search != Some(SearchEnd::Witness) && certificate.returned.is_empty());
            }
            for bounds in &blueprint.importance {
                let found = drawn.equivalence.importance.iter().find(|found| found.importance == bounds.importance);
                let items = found.ok_or("an importance")?.items;
                assert!(bounds.least <= items.least && items.most <= bounds.most, "level {level}: {bounds:?}");
            }
        }
    }
    Ok(())
}

struct Batch {
    basis: Basis,
    manifest: Manifest,
    seating: Seating,
    secrets: Vec<Secret>,
}

impl Batch {
    fn new(papers: usize, seed: u8, sealed: &seal::SealedBank, blueprint: &Blueprint) -> TestResult<Self> {
        let batch = BatchId::new("batch")?;
        let secret = Secret { custodian: CustodianId::new("alpha")?, secret: Bytes32::new([seed; 32]) };
        let room = RoomId::new("room")?;
        let seat = |number: usize| {
            let (paper, avoid) = (PaperId::new(format!("p{number}"))?, Vec::new());
            Ok::<_, Box<dyn std::error::Error>>(SeatedPaper {
                paper,
                paper_use: PaperUse::Seat,
                session: Some(1),
                room: Some(room.clone()),
                avoid,
            })
        };
        let papers = (0..papers).map(seat).collect::<Result<_, _>>()?;
        let seating = Seating { batch: batch.clone(), v: 1, papers };
        let index = &sealed.index;
        let basis = Basis {
            v: 1,
            algorithm: ALGORITHM.into(),
            profile: Profile::Sample,
            attempt: 1,
            replaces: None,
            level: index.level,
            banks: vec![BankEntry {
                bank: index.bank.clone(),
                kind: index.kind,
                index: index.digest()?,
                answer_keys: index.answer_keys(),
                approval: None,
            }],
            blueprint: blueprint.digest()?,
            seating: seating.digest()?,
            roster: Digest::ZERO,
            plan: Digest::ZERO,
            practical: None,
            custodians: vec![BasisCustodian { custodian: secret.custodian.clone(), outside: false }],
            public_entropy: None,
            batch,
        };
        let digest = basis.digest()?;
        let commitment = commitment(&digest, &secret.custodian, &secret.secret);
        let commitments = vec![Commitment { commitment, custodian: secret.custodian.clone() }];
        let manifest = Manifest { basis: digest, commitments, v: 1 };
        Ok(Self { basis, manifest, seating, secrets: vec![secret] })
    }

    fn input<'a>(&'a self, sealed: &'a seal::SealedBank, blueprint: &'a Blueprint) -> DrawInput<'a> {
        DrawInput {
            basis: &self.basis,
            manifest: &self.manifest,
            indexes: std::slice::from_ref(&sealed.index),
            blueprint,
            seating: &self.seating,
            secrets: &self.secrets,
            public_entropy: None,
        }
    }
}
