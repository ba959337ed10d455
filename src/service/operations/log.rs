//! The log: what is appended and how it is signed, proofs that a leaf stands in it, and outside
//! witnesses' lines.

use super::doer::{SERVICE, transact};
use super::member::Member;
use super::stored::all;
use crate::aggregates::attempt::WitnessedOpenings;
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::aggregates::log::{Adopted, Cosigned, KEY, LogEvent, LogState, LoggedLeaf, Recorded, leaf_key};
use crate::aggregates::reason::reason;
use crate::app::App;
use crate::last_checkpoint::continues;
use crate::log_tree::LogTree;
use crate::refusal::{Refusal, RefusalKind};
use crate::work::Work;
use kaoping_engine::kinds::Record;
use kaoping_engine::verify::file::bundle::LogProof;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::key::Signer as _;
use kaoping_record::log::checkpoint::Checkpoint;
use kaoping_record::log::cosignature::cosigned;
use kaoping_record::log::leaf::{Leaf, LeafKind};
use kaoping_record::log::note::{Note, NoteKey, NoteKeyKind};
use kaoping_record::log::tree::leaf_hash;
use kaoping_record::message::Signed;
use kaoping_store::{Collection, Document, StoreError};

/// Appends a salted leaf for a record.
///
/// # Errors
/// [`Refusal::internal`] when the store or the random source fails.
pub async fn append(
    app: &App,
    work: &mut Work,
    batch: &BatchId,
    kind: LeafKind,
    record: Digest,
) -> Result<LoggedLeaf, Refusal> {
    let salt = Bytes32::new(app.random()?);
    let index = work.load::<LogState>(KEY).await?.map_or(0, |log| log.size);
    let leaf = Leaf::new(batch.clone(), kind, &salt, &record);
    work.append::<LogState>(KEY, LogEvent::Appended { leaf }).await?;
    Ok(LoggedLeaf { index, salt: salt.to_hex(), record })
}

/// Keeps a signed record and appends its leaf.
///
/// # Errors
/// [`Refusal::internal`] when the record contradicts itself, has no leaf, or the store fails.
pub async fn keep<T: Record>(
    app: &App,
    work: &mut Work,
    batch: &BatchId,
    message: Signed<T>,
) -> Result<Recorded, Refusal> {
    message.payload.check().map_err(Refusal::internal)?;
    let kind = message.payload.leaf().ok_or_else(|| Refusal::internal("a record without a leaf"))?;
    let leaf = append(app, work, batch, kind, message.identity()?).await?;
    Ok(Recorded { message: work.blob(message.to_bytes()?), leaf })
}

/// The log's signed note of its first `size` leaves, kept outside the database when it is the
/// newest.
///
/// # Errors
/// [`Refusal::not_found`] when there are fewer; `log_differs` when it does not continue what was
/// signed last.
pub fn sign_checkpoint(app: &App, tree: &LogTree, size: u64) -> Result<String, Refusal> {
    app.last_checkpoint.sign(tree, size, &app.settings.log_origin, &app.keys.log)
}

/// What the log has come to: its size, and what witnesses have cosigned.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn state(app: &App) -> Result<LogState, Refusal> {
    Ok(app.read(KEY).await?.unwrap_or_default())
}

/// The proof of a leaf: under the newest witnessed checkpoint that covers it, else under the
/// present one.
///
/// # Errors
/// [`Refusal::not_found`] when there is no such leaf.
pub async fn prove(app: &App, logged: &LoggedLeaf) -> Result<LogProof, Refusal> {
    let state = state(app).await?;
    let stored = app.store.get(Collection::LogLeaf, &leaf_key(logged.index)).await?;
    let tree = app.log_tree().await?;
    let leaf = leaf(&tree, logged.index, stored.ok_or_else(|| Refusal::not_found("leaf"))?)?;
    // A witnessed checkpoint is worth more than a newer one.
    let witnessed = state.cosigned.filter(|cosigned| cosigned.size > logged.index);
    let size = witnessed.as_ref().map_or_else(|| tree.size(), |cosigned| cosigned.size);
    Ok(LogProof {
        index: logged.index,
        size,
        path: tree.inclusion(logged.index, size).map_err(|_| Refusal::not_found("leaf"))?,
        checkpoint: match witnessed {
            Some(cosigned) => cosigned.note,
            None => sign_checkpoint(app, &tree, size)?,
        },
        leaf,
        salt: salt(&logged.salt)?,
    })
}

/// A salt as it is stored.
///
/// # Errors
/// [`Refusal::internal`] when it is none.
pub fn salt(text: &str) -> Result<Bytes32, Refusal> {
    Bytes32::from_hex(text).map_err(|_| Refusal::internal("stored salt"))
}

/// The log's size and its signed checkpoint.
///
/// # Errors
/// [`Refusal::internal`] when store or key fail.
pub async fn newest(app: &App) -> Result<(u64, String), Refusal> {
    let tree = app.log_tree().await?;
    let state = state(app).await?;
    let size = tree.size();
    match state.cosigned {
        Some(cosigned) if cosigned.size == size => Ok((size, cosigned.note)),
        _ => Ok((size, sign_checkpoint(app, &tree, size)?)),
    }
}

/// What a start finds out: that the log contains what was signed last and what witnesses saw. The
/// newest checkpoint is then kept, so that the next start knows it.
///
/// # Errors
/// `log_differs`; [`Refusal::internal`] when the store fails or the checkpoint cannot be kept.
pub async fn at_start(app: &App) -> Result<(), Refusal> {
    let witnessed = witnessed(app).await?;
    let tree = app.log_tree().await?;
    witnessed.iter().try_for_each(|checkpoint| continues(&tree, checkpoint))?;
    match sign_checkpoint(app, &tree, tree.size()) {
        // The disk is full: the exam goes on, and the checkpoint is signed when somebody asks for
        // it.
        Err(refusal) if refusal.kind() == RefusalKind::Unavailable && app.last_checkpoint.known().is_some() => Ok(()),
        signed => signed.map(drop),
    }
}

/// What an adoption found.
pub struct Adoption {
    /// Whose data they are.
    pub installation: String,
    /// The log's size.
    pub size: u64,
    /// The largest checkpoint that the log contains; `None` when none was known.
    pub compared: Option<u64>,
}

/// Binds restored or moved data to their folder: the log must contain every checkpoint that is
/// known here, that witnesses saw or that is given. The reason is kept as an event.
///
/// # Errors
/// `reason` for one that is too short or too long; `log_differs`; [`Refusal::internal`] when the
/// store fails.
pub async fn adopt(app: &App, installation: &str, text: &str, given: &[Checkpoint]) -> Result<Adoption, Refusal> {
    let reason = reason(text)?;
    let known: Vec<Checkpoint> =
        app.last_checkpoint.known().into_iter().chain(witnessed(app).await?).chain(given.iter().cloned()).collect();
    let size = {
        let tree = app.log_tree().await?;
        known.iter().try_for_each(|checkpoint| continues(&tree, checkpoint))?;
        tree.size()
    };
    let compared = known.iter().map(|checkpoint| checkpoint.size).max();
    let installation = installation.to_owned();
    let adopted = Adopted { installation: installation.clone(), reason, size, compared };
    transact!(app, &SERVICE, |work| {
        work.append::<LogState>(KEY, LogEvent::Adopted { adopted: adopted.clone() }).await
    })?;
    let tree = app.log_tree().await?;
    sign_checkpoint(app, &tree, tree.size())?;
    Ok(Adoption { installation, size, compared })
}

/// The newest checkpoint that a witness cosigned.
async fn witnessed(app: &App) -> Result<Option<Checkpoint>, Refusal> {
    let Some(cosigned) = state(app).await?.cosigned else { return Ok(None) };
    Ok(Some(Checkpoint::verify(&cosigned.note, &app.settings.log_origin, app.keys.log.public_key())?))
}

/// At most `count` leaves from an index on, in order.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn leaves(app: &App, from: u64, count: u64) -> Result<Vec<Leaf>, Refusal> {
    let after = from.checked_sub(1).map(leaf_key);
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let rows = app.store.page(Collection::LogLeaf, "", after.as_deref(), count).await?;
    let tree = app.log_tree().await?;
    let until = tree.size().min(from.saturating_add(u64::from(count)));
    let mut rows = rows.into_iter();
    let leaves = (from..until).map(|index| match rows.next().filter(|row| row.key == leaf_key(index)) {
        Some(row) => leaf(&tree, index, row.document),
        None => Err(damaged_leaf(index, "it is missing")),
    });
    leaves.collect()
}

/// A leaf from its document, which must be the one that the log's stream holds.
fn leaf(tree: &LogTree, index: u64, document: Document) -> Result<Leaf, Refusal> {
    let leaf: Leaf = document.read()?;
    if tree.leaf(index) == Some(leaf_hash(&leaf.entry()?)) {
        return Ok(leaf);
    }
    Err(damaged_leaf(index, "it is not the leaf that the log's stream holds"))
}

fn damaged_leaf(index: u64, cause: &str) -> Refusal {
    StoreError::Document { collection: Collection::LogLeaf, key: leaf_key(index), cause: cause.to_owned() }.into()
}

/// Keeps a witness's cosignature of one of the log's checkpoints. `note` is the checkpoint with the
/// witness's line, `witness` the verifier key as `kaoping witness key` prints it.
///
/// # Errors
/// `cosignature` with what is wrong.
pub async fn add_cosignature(app: &App, member: &Member, text: &str, witness: &str) -> Result<(), Refusal> {
    let key = NoteKey::parse(witness.trim()).ok().filter(|key| key.kind() == NoteKeyKind::Witness);
    let key =
        key.ok_or_else(|| cosignature_refused("witness", "见证方公钥不对", "the verifier key is not a witness's"))?;
    let unreadable =
        || cosignature_refused("note", "这不是存证日志的签名检查点", "this is no signed checkpoint of the log");
    let note = Note::parse(text).map_err(|_| unreadable())?;
    let log = app.keys.log.public_key();
    let checkpoint = Checkpoint::verify(text, &app.settings.log_origin, log).map_err(|_| unreadable())?;
    let line = cosigned(&note, &key).ok().flatten();
    let line = line.ok_or_else(|| {
        cosignature_refused("note", "没有这一见证方的有效签名", "it bears no valid line of this witness")
    })?;
    let root = app.log_tree().await?.root(checkpoint.size);
    if root != Ok(checkpoint.root) {
        return Err(cosignature_refused("note", "检查点与本日志不符", "the checkpoint is not one of this log"));
    }
    transact!(app, member, |work| {
        let state: LogState = work.load(KEY).await?.unwrap_or_default();
        if state.cosigned.is_some_and(|known| known.size > checkpoint.size) {
            return Err(cosignature_refused(
                "note",
                "已有更新的检查点得到见证",
                "a newer checkpoint is cosigned already",
            ));
        }
        let cosigned = Cosigned {
            size: checkpoint.size,
            note: text.to_owned(),
            witness: line.witness.clone(),
            key: key.to_string(),
            at_ms: line.at,
        };
        openings_witnessed(app, work, &cosigned).await?;
        work.append::<LogState>(KEY, LogEvent::Cosigned { cosigned }).await
    })
}

/// Notes the cosignature in each batch whose secrets are all open, and were seen to be so before
/// the public entropy's time.
async fn openings_witnessed(app: &App, work: &mut Work, cosigned: &Cosigned) -> Result<(), Refusal> {
    for row in all(app, Collection::Batch, "").await? {
        let state: BatchState = work.need(&row.key, "batch").await?;
        if state.under_way().is_ok_and(|fixed| fixed.is_witnessed_by(cosigned.size, cosigned.at_ms)) {
            let witnessed = WitnessedOpenings {
                size: cosigned.size,
                note: cosigned.note.clone(),
                witness: cosigned.witness.clone(),
                at_ms: cosigned.at_ms,
            };
            work.append::<BatchState>(&row.key, BatchEvent::OpeningsWitnessed { witnessed }).await?;
        }
    }
    Ok(())
}

fn cosignature_refused(place: &str, zh: &str, en: &str) -> Refusal {
    Refusal::invalid(
        "cosignature",
        place,
        (&format!("{zh}，没有保存。"), en),
        ("请用最新的见证请求重新办理。", "start again with the newest request"),
    )
}
