//! `kaoping keys`: the organization's signing keys: lists them, replaces one by another, and gives
//! one up. Each change is signed and logged. The service must be stopped meanwhile.

use super::alone::work_alone;
use super::installation::{Device, Installation, Place, Purpose};
use super::{Outcome, entropy};
use clap::Subcommand;
use kaoping_keys::ring::{self, OrganizationKey};
use kaoping_record::time::Time;
use kaoping_service::operations::keys::{self, GivenUp};
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Every key that signed or signs.
    List,
    /// Let a new key take over: a new file, or another key of the same device. Both sign that.
    Rotate {
        /// Label of the next key, when it lies in the device.
        #[arg(long, value_name = "LABEL")]
        next_pkcs11_key: Option<String>,
    },
    /// Give a former key up, although nobody else had it.
    Revoke {
        /// Its name, as `list` prints it.
        #[arg(allow_hyphen_values = true)]
        key: String,
        /// Why, 1 to 500 characters.
        #[arg(long)]
        reason: String,
    },
    /// Say that somebody else may have had a former key.
    Compromised {
        /// Its name, as `list` prints it.
        #[arg(allow_hyphen_values = true)]
        key: String,
        /// The first leaf of the log that does not count any more.
        #[arg(long, value_name = "INDEX")]
        from_index: u64,
        /// What happened, 1 to 500 characters.
        #[arg(long)]
        reason: String,
    },
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    work_alone(&arguments.place, Purpose::Keys, async |opened, passphrase| {
        match &arguments.command {
            Command::List => {}
            Command::Rotate { next_pkcs11_key } => {
                rotate(arguments, opened, passphrase, next_pkcs11_key.as_deref()).await?;
            }
            Command::Revoke { key, reason } => keys::revoke(&opened.app, key, GivenUp::Revoked, reason).await?,
            Command::Compromised { key, from_index, reason } => {
                let why = GivenUp::Compromised { from_index: *from_index };
                keys::revoke(&opened.app, key, why, reason).await?;
            }
        }
        print(opened).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// The record first, then the file: cut off in between, the next start finishes it.
async fn rotate(
    arguments: &Arguments,
    opened: &Installation,
    passphrase: &str,
    next_key: Option<&str>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let device = &arguments.place.device;
    if device.pkcs11_module.is_some() {
        let label = next_key.ok_or("name the device's next key with --next-pkcs11-key")?;
        let next = Device {
            pkcs11_module: device.pkcs11_module.clone(),
            pkcs11_token: device.pkcs11_token.clone(),
            pkcs11_key: Some(label.to_owned()),
        };
        let next: OrganizationKey = next.open()?.ok_or("no device is named")?;
        keys::rotate(&opened.app, &*next).await?;
        println!("from now on serve with --pkcs11-key {label}");
        return Ok(());
    }
    let folder = arguments.place.data.join("keys");
    let next = ring::open_or_create_next(&folder, passphrase, &mut entropy)?;
    keys::rotate(&opened.app, &next).await?;
    ring::take_next(&folder, opened.app.keys.organization.public_key())?;
    Ok(())
}

async fn print(opened: &Installation) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let known = keys::signing_keys(&opened.app).await?;
    if known.is_empty() {
        println!("no key is enrolled: that happens when the organization is entered");
    }
    for key in known {
        let state = match (&key.cut, key.retired_ms) {
            (Some(cut), _) => format!("does not count from leaf {}: {}", cut.from_index, cut.reason),
            (None, Some(until)) => format!("signed until {}", date(until)),
            (None, None) => "signs".to_owned(),
        };
        println!("{}  since {}  {state}", key.key.id().as_str(), date(key.since_ms));
    }
    Ok(())
}

fn date(at: Time) -> String {
    at.to_rfc3339()
}
