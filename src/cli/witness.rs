//! `kaoping witness`: an outside body cosigns the checkpoints of an organization's log, from files
//! alone.
//!
//! Exit codes: 0 cosigned, 1 refused (the reason is printed, nothing is remembered), 2 the command
//! could not be carried out.

use super::{Outcome, entropy};
use clap::Subcommand;
use kaoping_engine::fault::{Fault, Text};
use kaoping_keys::ring::secret_file;
use kaoping_record::key::Signer as _;
use kaoping_record::log::add_checkpoint::AddCheckpoint;
use kaoping_record::log::note::{NoteKey, NoteKeyKind};
use kaoping_record::log::witness::{Refusal, Witness, WitnessState};
use kaoping_record::software::Ed25519Signer;
use kaoping_record::time::Time;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where the passphrase of the witness's key comes from.
const PASSPHRASE: &str = "KAOPING_PASSPHRASE";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print the witness's verifier key, which goes into trust lists; makes the key when there is
    /// none.
    Key(Own),
    /// Cosign a checkpoint when the log only grew since the last one.
    Cosign(Cosign),
}

/// The witness itself.
#[derive(clap::Args)]
struct Own {
    /// The witness's name, a URL without scheme such as `yibao.example/witness`.
    #[arg(long)]
    name: String,
    /// The file of its key, encrypted with the passphrase in `KAOPING_PASSPHRASE`.
    #[arg(long)]
    key: PathBuf,
}

#[derive(clap::Args)]
struct Cosign {
    #[command(flatten)]
    own: Own,
    /// The verifier key of each log that is watched; as `log.verifier_key` of a trust list gives
    /// it.
    #[arg(long = "log-key", required = true)]
    log_keys: Vec<String>,
    /// What the witness remembers. Made at the first cosignature; losing it means to start anew
    /// with every log.
    #[arg(long)]
    state: PathBuf,
    /// The signed checkpoint.
    #[arg(long, required_unless_present = "request")]
    checkpoint: Option<PathBuf>,
    /// `old SIZE` and the hashes of the consistency proof, one per line; left out for the first
    /// checkpoint.
    #[arg(long, requires = "checkpoint")]
    proof: Option<PathBuf>,
    /// Old size, proof and checkpoint in one file, as a log sends it to `add-checkpoint`.
    #[arg(long, conflicts_with = "checkpoint")]
    request: Option<PathBuf>,
    /// Write the checkpoint with the cosignature to this file. Without, the cosignature's line
    /// alone is printed.
    #[arg(long)]
    out: Option<PathBuf>,
}

type Failure = Box<dyn Error + Send + Sync>;

pub(super) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.action {
        Action::Key(own) => {
            println!("{}", open(own)?.0);
            Ok(ExitCode::SUCCESS)
        }
        Action::Cosign(arguments) => cosign(arguments),
    }
}

fn cosign(arguments: &Cosign) -> Outcome {
    if !arguments.own.key.exists() {
        return Err(format!("`{}`: no such file; `kaoping witness key` makes one", arguments.own.key.display()).into());
    }
    let (key, signer) = open(&arguments.own)?;
    let logs: Vec<NoteKey> = arguments
        .log_keys
        .iter()
        .map(|text| NoteKey::parse(text).map_err(|error| format!("--log-key `{text}`: {error}")))
        .collect::<Result<_, _>>()?;
    let (place, request) = request(arguments)?;
    // Held until the end, so that two runs never judge by the same memory.
    let _lock = lock(&arguments.state)?;
    let mut state = remembered(&arguments.state)?;
    let judged = AddCheckpoint::parse(&request).map_err(Refusal::from).and_then(|request| {
        let line = state.cosign(&request, &logs, Witness { key: &key, signer: &signer }, now())?;
        Ok((request.checkpoint, line))
    });
    let (checkpoint, line) = match judged {
        Ok(cosigned) => cosigned,
        Err(refusal) => {
            let Fault { code, place, cause, cure } = fault(&refusal, place);
            println!("{code} {place}: {} {}", cause.zh, cure.zh);
            println!("  {} {}", cause.en, cure.en);
            return Ok(ExitCode::from(1));
        }
    };
    // On disk before anybody has the line: else a crash could let the witness sign two histories.
    replace(&arguments.state, &state.to_bytes()?)?;
    match &arguments.out {
        Some(path) => replace(path, checkpoint.with(line).to_string().as_bytes())?,
        None => print!("{line}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn open(own: &Own) -> Result<(NoteKey, Ed25519Signer), Failure> {
    let passphrase = std::env::var(PASSPHRASE).map_err(|_| {
        format!("set {PASSPHRASE} to the passphrase of the witness's key; the first run makes a key with it")
    })?;
    // With the name in the purpose a key opens under its own name alone.
    let purpose = format!("witness/{}", own.name);
    let signer = Ed25519Signer::from_seed(&*secret_file(&own.key, &purpose, &passphrase, &mut entropy)?)?;
    Ok((NoteKey::new(&own.name, NoteKeyKind::Witness, signer.public_key().clone())?, signer))
}

/// The request's text, and the file to name when it is refused.
fn request(arguments: &Cosign) -> Result<(String, String), Failure> {
    if let Some(path) = &arguments.request {
        return Ok((path.display().to_string(), read(path)?));
    }
    let path = arguments.checkpoint.as_ref().ok_or("name a --checkpoint or a --request")?;
    let head = arguments.proof.as_deref().map_or_else(|| Ok("old 0".to_owned()), read)?;
    Ok((path.display().to_string(), format!("{}\n\n{}", head.trim_end(), read(path)?)))
}

fn read(path: &Path) -> Result<String, Failure> {
    Ok(fs::read_to_string(path).map_err(|error| format!("`{}`: {error}", path.display()))?)
}

fn lock(state: &Path) -> Result<File, Failure> {
    let path = beside(state, "lock");
    let locked = File::create(&path).and_then(|file| file.lock().map(|()| file));
    Ok(locked.map_err(|error| format!("`{}`: {error}", path.display()))?)
}

fn remembered(path: &Path) -> Result<WitnessState, Failure> {
    match fs::read(path) {
        Ok(bytes) => Ok(WitnessState::parse(&bytes).map_err(|error| format!("`{}`: {error}", path.display()))?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(WitnessState::default()),
        Err(error) => Err(format!("`{}`: {error}", path.display()).into()),
    }
}

/// Replaces a file by bytes, completely or not at all.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let new = beside(path, "new");
    let write = || -> io::Result<()> {
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Elsewhere a folder cannot be opened, and a rename is durable by itself.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    };
    Ok(write().map_err(|error| format!("`{}`: {error}", path.display()))?)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// What the witness's operator reads and does.
fn fault(refusal: &Refusal, place: String) -> Fault {
    let (code, zh, cure_zh, cure_en) = match refusal {
        Refusal::Form(_) => (
            "witness_form",
            "不是见证请求：应有旧的条数、一致性证明和签名的检查点。",
            "请向日志方索取完整的文件。",
            "Ask the log for the whole file.",
        ),
        Refusal::UnknownLog(_) => (
            "witness_unknown_log",
            "这个日志不在见证范围内。",
            "确认要见证它以后，用 --log-key 写上它的公钥。",
            "If it is to be watched, name its key with --log-key.",
        ),
        Refusal::LogSignature(_) => (
            "witness_log_signature",
            "检查点没有日志的有效签名。",
            "请核对 --log-key，并向日志方索取原文件。",
            "Check --log-key, and ask the log for the original file.",
        ),
        Refusal::Shrunk { .. } => (
            "witness_shrunk",
            "检查点的条数比旧的还少，日志不能变短。",
            "请索取最新的检查点。",
            "Ask for the newest checkpoint.",
        ),
        Refusal::OldSize { .. } => (
            "witness_old_size",
            "证明不是从上次见证的条数开始的。",
            "请让日志方从这里记下的条数重新做证明。",
            "Ask the log for a proof from the size that was seen last.",
        ),
        Refusal::SplitView { .. } => (
            "witness_split_view",
            "同样的条数，日志却给出两个不同的根：它有两套历史。",
            "保存两个检查点，作为证据报告主管部门。不要删除见证记录。",
            "Keep both checkpoints as evidence and report it. Do not delete the witness's state.",
        ),
        Refusal::Proof { .. } => (
            "witness_proof",
            "一致性证明不成立：证明有误，或者日志改动了过去的记录。",
            "请索取正确的证明；仍不成立，就保存文件并报告主管部门。",
            "Ask for a right proof; if that fails too, keep the files and report it.",
        ),
        Refusal::Key(_) => {
            ("witness_key", "见证方自己的密钥不能签名。", "请检查 --key 和 --name。", "Check --key and --name.")
        }
    };
    Fault::new(code, place, Text::new(zh, refusal.to_string()), Text::new(cure_zh, cure_en))
}
