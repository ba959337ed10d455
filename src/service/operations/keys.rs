//! The organization's signing keys: how they come into use, take over from each other, and are
//! given up. Each change is signed and logged. No route changes a key: whoever holds the key files
//! or the device does, with `kaoping keys`.

use super::doer::{SERVICE, transact};
use super::{credentials, log, organization};
use crate::aggregates::log::{KEY as LOG_KEY, LogState};
use crate::aggregates::organization::{KEY, OrganizationEvent, OrganizationState, SigningKey};
use crate::aggregates::reason::reason;
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::kinds::key_event::{KeyChange, KeyEvent, KeyPurpose};
use kaoping_engine::kinds::no_batch;
use kaoping_engine::result::credential::organization_id;
use kaoping_record::key::{KeyId, PublicKey, Signer};
use kaoping_record::message::Signed;

/// Records that the keys in use are the organization's, once its name is entered. Later nothing
/// happens.
///
/// # Errors
/// `other_key` when another key is known to sign.
pub async fn enrol(app: &App, work: &mut Work) -> Result<(), Refusal> {
    let state: OrganizationState = work.load(KEY).await?.unwrap_or_default();
    if state.organization.is_none() {
        return Ok(());
    }
    let own = app.keys.organization.public_key();
    match state.present_key() {
        Some(present) if present.key == *own => {}
        Some(_) => return Err(other_key()),
        None => {
            let change = KeyChange::Enrolled { key: own.clone(), purpose: KeyPurpose::Organization };
            append(app, work, &state, change, &[&*app.keys.organization]).await?;
        }
    }
    if let Some(beside) = app.keys.beside.as_ref().map(|signer| signer.public_key())
        && !state.beside.contains(beside)
    {
        let event = OrganizationEvent::Beside { key: beside.clone() };
        work.append::<OrganizationState>(KEY, event).await?;
    }
    Ok(())
}

/// [`enrol`] at a start: also finds out whether the keys fit the data.
///
/// # Errors
/// As [`enrol`].
pub async fn at_start(app: &App) -> Result<(), Refusal> {
    transact!(app, &SERVICE, |work| enrol(app, work).await)
}

/// All keys by which the organization signed or signs.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn signing_keys(app: &App) -> Result<Vec<SigningKey>, Refusal> {
    Ok(organization::state(app).await?.keys)
}

/// The next key takes over; both sign that. From now on the app must be opened with the next one.
///
/// # Errors
/// `other_key` when the app's key is not the one that signs, `key_was_used` when the next one was
/// in use before.
pub async fn rotate(app: &App, next: &(dyn Signer + Send + Sync)) -> Result<(), Refusal> {
    transact!(app, &SERVICE, |work| {
        let state: OrganizationState = work.load(KEY).await?.unwrap_or_default();
        let own = app.keys.organization.public_key();
        if state.present_key().is_none_or(|present| present.key != *own) {
            return Err(other_key());
        }
        let to = next.public_key().clone();
        if state.key(&to.id()).is_some() {
            return Err(Refusal::conflict(
                "key_was_used",
                "key",
                ("新密钥以前用过。", "the next key was in use before"),
                ("换一把新的密钥。", "take a new one"),
            ));
        }
        let change = KeyChange::Rotated { from: own.id(), purpose: KeyPurpose::Organization, to };
        append(app, work, &state, change, &[&*app.keys.organization, next]).await
    })
}

/// Why a key is given up.
#[derive(Clone, Debug)]
pub enum GivenUp {
    /// Nobody else had it: what it signs from now on does not count.
    Revoked,
    /// Somebody else may have had it: what is not in the log before this leaf does not count.
    Compromised {
        /// The first leaf that does not count.
        from_index: u64,
    },
}

/// A former key is given up; the present one signs that. `key` is its name of 43 characters.
///
/// # Errors
/// [`Refusal::not_found`] for a key that was never used, `present_key` for the present one,
/// `from_index` for an index that the log does not have yet, `key_not_in_use` when the service
/// holds another key than the present one; `reason` for one that is too short or too long.
pub async fn revoke(app: &App, key: &str, why: GivenUp, text: &str) -> Result<(), Refusal> {
    let reason = reason(text)?;
    transact!(app, &SERVICE, |work| {
        credentials::by_key(app, work).await?;
        let state: OrganizationState = work.load(KEY).await?.unwrap_or_default();
        let known = state.keys.iter().find(|known| known.key.id().as_str() == key);
        let id = known.ok_or_else(|| Refusal::not_found("key"))?.key.id();
        if state.present_key().is_some_and(|present| present.key.id() == id) {
            return Err(Refusal::conflict(
                "present_key",
                "key",
                ("这是现行的签名密钥，不能由它自己作废。", "this key signs now and cannot give itself up"),
                (
                    "先换成新密钥（kaoping keys rotate），再作废旧的。",
                    "let another take over first (kaoping keys rotate)",
                ),
            ));
        }
        let size = work.load::<LogState>(LOG_KEY).await?.map_or(0, |log| log.size);
        let change = match why {
            GivenUp::Revoked => KeyChange::Revoked { key: id, reason: reason.clone() },
            GivenUp::Compromised { from_index } if from_index <= size => {
                KeyChange::Compromised { from_index, key: id, reason: reason.clone() }
            }
            GivenUp::Compromised { .. } => {
                return Err(Refusal::invalid(
                    "from_index",
                    "from_index",
                    ("日志还没有这么多条。", "the log has fewer leaves"),
                    (
                        &format!("截止位置最多是 {size}。"),
                        &format!("the first leaf that does not count is at most {size}"),
                    ),
                ));
            }
        };
        append(app, work, &state, change, &[&*app.keys.organization]).await
    })
}

/// The key that signed what names it, so that a signature can be checked.
///
/// # Errors
/// [`Refusal::internal`] for a key that was never used.
pub async fn by_name(app: &App, id: &KeyId) -> Result<PublicKey, Refusal> {
    let state = organization::state(app).await?;
    let known = state.key(id).map(|known| known.key.clone());
    known.ok_or_else(|| Refusal::internal("a credential is signed by a key that was never enrolled"))
}

async fn append(
    app: &App,
    work: &mut Work,
    state: &OrganizationState,
    change: KeyChange,
    signers: &[&(dyn Signer + Send + Sync)],
) -> Result<(), Refusal> {
    let organization = state.organization.as_ref().ok_or_else(|| Refusal::not_found("organization"))?;
    let event = KeyEvent { at_ms: work.now(), event: change.clone(), organization_id: organization_id(organization) };
    let mut message = Signed::new(event);
    for signer in signers {
        message = message.sign(*signer)?;
    }
    let batch = no_batch().map_err(Refusal::internal)?;
    let record = log::keep(app, work, &batch, message).await?;
    work.append::<OrganizationState>(KEY, OrganizationEvent::KeyChanged { change, record }).await
}

fn other_key() -> Refusal {
    Refusal::conflict(
        "other_key",
        "key",
        ("签名密钥与数据中登记的不是同一把。", "the signing key is not the one that the data know"),
        (
            "用原来的密钥文件或设备启动；换密钥请用 kaoping keys rotate。",
            "start with the former key file or device; to change it, use kaoping keys rotate",
        ),
    )
}
