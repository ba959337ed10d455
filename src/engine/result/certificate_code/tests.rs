use super::*;
use crate::bank::Profile;
use crate::plan::organization::{Category, Filing, Organization};
use crate::result::certificate::CertificateParts;
use crate::result::holder::HolderCommitment;
use crate::roster::IdKind;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::software::{Es256Signer, SoftwareVerifier};
use kaoping_record::time::Time;
use std::error::Error;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

fn credential(results: usize) -> TestResult<CertificateCredential> {
    let organization = Organization {
        name: "示例评价机构".into(),
        credit_code: "91310000MA1FL0000X".into(),
        province: "31".into(),
        organization_code: "0000".into(),
        site_code: "010023".into(),
        category: Category::S,
        filing: Filing {
            number: "沪人社备〔2026〕1 号".into(),
            occupation: "4-14-01-03".into(),
            levels: vec![Level::Five],
            expires: Date::new(2028, 12, 31)?,
        },
        complaint_contact: "021-00000000".into(),
    };
    Ok(CertificateCredential::new(CertificateParts {
        organization: &organization,
        pseudonym: &PseudonymId::new("p1")?,
        batch: &BatchId::new("b1")?,
        number: "S000031010023265000001".parse()?,
        issued_on: Date::new(2026, 12, 5)?,
        level: Level::Five,
        identity: HolderCommitment::new(&Bytes32::new([1; 32]), &name("陈桂芳")?, &document()?),
        basis: Basis::Exam { results: (0..results).map(|number| Digest::of(&[number as u8])).collect() },
        profile: Profile::Sample,
        issued_at: Time::from_millis(1_796_000_000_000),
    }))
}

fn name(text: &str) -> TestResult<PersonName> {
    Ok(PersonName::read(text)?)
}

fn document() -> TestResult<IdDocument> {
    Ok(IdDocument::read(IdKind::ResidentIdCard, "10000019660908105X")?)
}

fn salt() -> CodeSalt {
    CodeSalt::random([3; 10])
}

fn code(name_text: &str, results: usize) -> TestResult<CertificateCode> {
    Ok(CertificateCode::new(&credential(results)?, &Digest::of(b"c"), (&name(name_text)?, &document()?), &salt())?)
}

fn signer() -> TestResult<Es256Signer> {
    Ok(Es256Signer::from_scalar(&[7; 32])?)
}

// Catches a code that reads back as another certificate than the one that was signed.
#[test]
fn a_code_reads_back_and_holds() -> TestResult {
    let signer = signer()?;
    let code = code("古丽娜·买买提", 1)?;
    let text = to_text(&cose::Unverified::sign(code.to_bytes(), &signer)?);
    let read_back = read(&format!("{text}\r\n{}\n", salt().printed()))?;
    assert_eq!(read_back.code, code);
    assert_eq!(read_back.salt, Some(salt()));
    use kaoping_record::key::Signer as _;
    read_back.signed.verify(&SoftwareVerifier, signer.public_key())?;
    assert_eq!(code.holder, HolderTag::new(&salt(), &name("古丽娜•买买提")?, &document()?), "interpuncts are alike");
    assert_ne!(code.holder, HolderTag::new(&CodeSalt::random([4; 10]), &name("古丽娜·买买提")?, &document()?));
    Ok(())
}

// The whole number in the code would be found by whoever reads it, and a salt inside would give it
// away.
#[test]
fn a_code_holds_neither_the_whole_number_nor_the_salt() -> TestResult {
    let bytes = code("陈桂芳", 1)?.to_bytes();
    let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(holds(b"100000********105X"), "the masked number is there");
    assert!(!holds(b"19660908"));
    assert!(!holds(salt().printed().to_lowercase().replace('-', "").as_bytes()));
    Ok(())
}

// Catches a code that needs a larger QR code than phones read at 3 cm.
#[test]
fn the_longest_name_is_cut_so_that_the_code_stays_small() -> TestResult {
    let signer = signer()?;
    for results in 0..=4 {
        for (text, whole) in [("陈桂芳", true), ("𠮷春梅", true), ("阿卜杜热西提·阿卜杜热合曼", results < 4)]
        {
            let code = code(text, results)?;
            assert_eq!(code.name == text, whole, "{text}, {results} results: {}", code.name);
        }
        for letter in ["长", "𠮷", "a"] {
            let code = code(&letter.repeat(50), results)?;
            let text = to_text(&cose::Unverified::sign(code.to_bytes(), &signer)?);
            assert!(text.len() <= MAX_CODE_CHARS, "{letter}, {results} results: {}", text.len());
            assert!(text.len() > MAX_CODE_CHARS - 7 || letter == "a", "not cut further than it must");
            assert_eq!(read(&text)?.code, code);
        }
    }
    assert_eq!(
        CertificateCode::new(&credential(8)?, &Digest::of(b"c"), (&name("陈")?, &document()?), &salt()),
        Err(CodeError::Long)
    );
    Ok(())
}

// Catches payloads with a second meaning.
#[test]
fn payloads_that_contradict_themselves_are_refused() -> TestResult {
    let Value::Map(good) = Value::from_bytes(&code("陈桂芳", 1)?.to_bytes())? else { return Err("a map".into()) };
    let altered = |key: i64, value: Option<Value>| {
        let mut members: Vec<_> = good.iter().filter(|(known, _)| *known != key).cloned().collect();
        members.extend(value.map(|value| (key, value)));
        CertificateCode::from_bytes(&Value::Map(members).to_bytes())
    };
    assert!(altered(0, Some(Value::Integer(1))).is_ok());
    for key in 0..=8 {
        assert_eq!(altered(key, None), Err(CodeError::Member(key)), "without {key}");
    }
    for (key, value) in [
        (0, Value::Integer(2)),
        (2, Value::Text("S00003101002326500000".into())),
        (3, Value::Integer(4)),
        (4, Value::Integer(20_270_101)),
        (4, Value::Integer(20_260_230)),
        (5, Value::Text(String::new())),
        (7, Value::Bytes(vec![0; 15])),
        (8, Value::Bytes(vec![0; 32])),
        (9, Value::Bytes(vec![0; 13])),
        (9, Value::Bytes(Vec::new())),
        (10, Value::Integer(0)),
        (11, Value::Integer(1)),
    ] {
        assert_eq!(altered(key, Some(value)), Err(CodeError::Member(key)));
    }
    Ok(())
}

#[test]
fn a_salt_is_read_as_people_type_it() {
    let salt = CodeSalt::random([0xff, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]);
    assert_eq!(salt.printed(), "ZW01-28HK-8HAP-CXW8");
    for text in ["zw0128hk8hapcxw8", "ZWOL 28HK 8HAP CXW8", " zwoi-28HK-8HAP-CXW8 "] {
        assert_eq!(CodeSalt::read(text).as_ref(), Ok(&salt), "{text}");
    }
    for text in ["", "ZW01-28HK-8HAP-CXW", "ZW01-28HK-8HAP-CXW80", "UW01-28HK-8HAP-CXW8", "ZW01-28HK-8HAP-CX京"] {
        assert_eq!(CodeSalt::read(text), Err(CodeSaltError), "{text}");
    }
}
