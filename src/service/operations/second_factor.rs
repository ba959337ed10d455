//! The second factor: one-time codes of a phone, by RFC 6238 (TOTP) with SHA-1, six digits and
//! steps of 30 seconds, which is what every authenticator knows.
//!
//! A secret must be read to check a code, so it cannot be a hash. It is sealed with
//! XChaCha20-Poly1305 under a key that is derived from the identity key, bound to its account, and
//! stands in the account's stream: whoever copies the database without the keys has no secret, and
//! it is removed and rebuilt with the account.

use super::doer::transact;
use super::member::Member;
use super::own_account::{proven, unchanged};
use crate::aggregates::account::{AccountEvent, AccountState};
use crate::aggregates::account_refusal::AccountRefusal;
use crate::app::App;
use crate::refusal::Refusal;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use kaoping_record::digest::{from_hex, keyed, to_hex};
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use qrcode::QrCode;
use qrcode::render::svg;
use sha1::Sha1;

/// Seconds of a time step (RFC 6238, section 4.1).
const STEP_SECONDS: i64 = 30;
/// Steps that a phone's clock may be ahead or behind (RFC 6238, section 5.2).
const DRIFT: u64 = 1;
/// Bytes of a secret: as long as the hash (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;
const NONCE_BYTES: usize = 24;

/// A secret as its owner sees it, once.
pub struct Proposal {
    /// The secret in base 32, to be typed.
    pub secret: String,
    /// The same as an address that authenticators know.
    pub uri: String,
    /// The same as a picture (SVG) to be scanned.
    pub picture: String,
}

/// Makes a secret for the member's phone. It counts once a code of it was confirmed.
///
/// # Errors
/// `wrong_password`.
pub async fn propose(app: &App, member: &Member, password: &str) -> Result<Proposal, Refusal> {
    let account = proven(app, member, password).await?;
    let secret: [u8; SECRET_BYTES] = app.random()?;
    let sealed = seal(app, &account.id, &secret)?;
    transact!(app, member, |work| {
        unchanged(&work.need(account.id.as_str(), "account").await?, &account)?;
        let event = AccountEvent::SecondFactorProposed { secret: sealed.clone() };
        work.append::<AccountState>(account.id.as_str(), event).await
    })?;
    let secret = base32(&secret);
    let uri = format!("otpauth://totp/Kaoping:{}?secret={secret}&issuer=Kaoping", account.login);
    let code = QrCode::new(uri.as_bytes()).map_err(Refusal::internal)?;
    let picture = code.render::<svg::Color>().min_dimensions(240, 240).build();
    Ok(Proposal { secret, uri, picture })
}

/// The owner gives the first code: from now on logins ask for one.
///
/// # Errors
/// `no_second_factor`, `wrong_code`.
pub async fn confirm(app: &App, member: &Member, code: &str) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        let account: AccountState = work.need(member.account.as_str(), "account").await?;
        let secret = account.second_factor.proposed.as_ref().ok_or(AccountRefusal::NoSecondFactor)?;
        let step = step_of(app, &account.id, secret, 0, code, work.now())?;
        work.append::<AccountState>(account.id.as_str(), AccountEvent::SecondFactorConfirmed { step }).await
    })
}

/// Logins of the member ask for codes no longer.
///
/// # Errors
/// `wrong_password`.
pub async fn remove(app: &App, member: &Member, password: &str) -> Result<(), Refusal> {
    let account = proven(app, member, password).await?;
    transact!(app, member, |work| {
        unchanged(&work.need(account.id.as_str(), "account").await?, &account)?;
        work.append::<AccountState>(account.id.as_str(), AccountEvent::SecondFactorRemoved {}).await
    })
}

/// The time step whose code this is, later than `last`, so that no code is taken twice.
///
/// # Errors
/// `wrong_code`; [`Refusal::internal`] when the secret does not open.
pub fn step_of(app: &App, account: &AccountId, sealed: &str, last: u64, code: &str, now: Time) -> Result<u64, Refusal> {
    let secret = open(app, account, sealed)?;
    let step = u64::try_from(now.millis() / 1000 / STEP_SECONDS).unwrap_or(0);
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let steps = step.saturating_sub(DRIFT)..=step.saturating_add(DRIFT);
    for step in steps.filter(|step| *step > last) {
        if code_at(&secret, step)? == code {
            return Ok(step);
        }
    }
    Err(AccountRefusal::WrongCode.into())
}

/// The code of a time step: HOTP (RFC 4226, section 5.3) of the step.
fn code_at(secret: &[u8], step: u64) -> Result<String, Refusal> {
    let mut mac = <Hmac<Sha1> as hmac::KeyInit>::new_from_slice(secret).map_err(Refusal::internal)?;
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last().copied().unwrap_or(0) & 0xf);
    let four = hash.get(offset..offset + 4).and_then(|four| four.try_into().ok()).unwrap_or([0; 4]);
    let number = u32::from_be_bytes(four) & 0x7fff_ffff;
    Ok(format!("{:06}", number % 1_000_000))
}

fn cipher(app: &App) -> XChaCha20Poly1305 {
    let key = *keyed(&app.keys.identity, &[b"kaoping/account", b"second-factor/1"]).as_bytes();
    XChaCha20Poly1305::new(&Key::from(key))
}

fn seal(app: &App, account: &AccountId, secret: &[u8]) -> Result<String, Refusal> {
    let nonce: [u8; NONCE_BYTES] = app.random()?;
    let payload = Payload { msg: secret, aad: account.as_str().as_bytes() };
    let sealed = cipher(app).encrypt(&XNonce::from(nonce), payload).map_err(Refusal::internal)?;
    Ok(to_hex(&[nonce.as_slice(), &sealed].concat()))
}

fn open(app: &App, account: &AccountId, sealed: &str) -> Result<Vec<u8>, Refusal> {
    let broken = || Refusal::internal(format!("the second factor of account {account} does not open"));
    let bytes = from_hex(sealed).ok_or_else(broken)?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(broken)?;
    let payload = Payload { msg: sealed, aad: account.as_str().as_bytes() };
    cipher(app).decrypt(&XNonce::from(*nonce), payload).map_err(|_| broken())
}

/// Base 32 without padding (RFC 4648, section 6).
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |place: usize| bytes.get(place / 8).is_some_and(|byte| byte >> (7 - place % 8) & 1 == 1);
    let letter = |first: usize| (0..5).fold(0_usize, |letter, place| letter << 1 | usize::from(bit(first + place)));
    (0..bytes.len() * 8).step_by(5).filter_map(|first| ALPHABET.get(letter(first)).copied().map(char::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 6238, appendix B: SHA-1, its eight digits without the first two.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(secret, seconds / 30).expect("code"), code, "{seconds}");
        }
    }

    // RFC 4648, section 10, without padding.
    #[test]
    fn base_32_is_that_of_the_rfc() {
        for (text, encoded) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(text.as_bytes()), encoded);
        }
    }
}
