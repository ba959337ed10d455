//! `kaoping adopt`: binds a data folder and stores that were put together on purpose, after a
//! restore or a move. It compares the log with every checkpoint that is known, and leaves an event
//! with the reason.

use super::folder::{CHECKPOINT, Folder};
use super::record::Record;
use super::{Failure, Place, app, passphrase, random, stores};
use crate::cli::{Outcome, serve};
use kaoping_keys::ring::KeyRing;
use kaoping_record::key::Signer as _;
use kaoping_record::log::checkpoint::Checkpoint;
use kaoping_service::app::{App, Settings};
use kaoping_service::operations::log::{self, Adoption};
use kaoping_store::{Expected, Link};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Why the folder and the data were put together, 1 to 500 characters.
    #[arg(long)]
    reason: String,
    /// A checkpoint of this log that somebody else keeps, such as a witness; may be given more than
    /// once.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> Outcome {
    let passphrase = passphrase()?;
    serve::runtime()?.block_on(async {
        let adoption = adopt(arguments, &passphrase).await?;
        println!("adopted: installation {}, log of {} leaves", adoption.installation, adoption.size);
        match adoption.compared {
            Some(size) => println!("the log contains what was signed up to leaf {size}"),
            None => println!(
                "nothing was compared, because no checkpoint is known here: if somebody keeps one, give it with --checkpoint"
            ),
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn adopt(arguments: &Arguments, passphrase: &str) -> Result<Adoption, Failure> {
    let place = &arguments.place;
    let folder = Folder::lock(&place.data, false)?;
    let keys = KeyRing::open(&folder.keys(), passphrase, place.device.open()?)?;
    let next = Link(random()?);
    // When the adoption is refused further down, a folder and a store that belong together still
    // do.
    if let Ok(Some(mut bound)) = Record::read(&place.data)
        && bound.check(&place.data, &keys).is_ok()
    {
        bound.begin(next, &keys)?;
        bound.write(&place.data)?;
    }
    let (store, identity) = stores(place, &keys, Expected::Founded, next).await?;
    let installation = store.installation().ok_or("the store does not say whose data it holds")?;
    let reached =
        |log_origin| Settings { http_port: 0, tls_port: 0, host: String::new(), log_origin, fonts: Vec::new() };
    let app = app(place, store, identity, keys, reached)?;
    let given = arguments.checkpoint.iter().map(|file| given(&app, file)).collect::<Result<Vec<_>, _>>()?;
    let adoption = log::adopt(&app, &installation.to_string(), &arguments.reason, &given).await?;
    let mut record = Record::founding(installation, place.database());
    record.settle(next, &app.keys)?;
    record.write(&place.data)?;
    Ok(adoption)
}

/// A checkpoint of this log from outside.
fn given(app: &App, file: &PathBuf) -> Result<Checkpoint, Failure> {
    let note = fs::read_to_string(file).map_err(|error| format!("`{}`: {error}", file.display()))?;
    let checkpoint = Checkpoint::verify(&note, &app.settings.log_origin, app.keys.log.public_key());
    Ok(checkpoint.map_err(|error| format!("`{}`: {error}; `{CHECKPOINT}` is of this form", file.display()))?)
}
