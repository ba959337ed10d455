//! Commands that work on an installation while its service is stopped.

use super::installation::{self, Installation, Place, Purpose};
use super::{Outcome, serve};
use kaoping_service::app::Settings;

/// Opens an installation, with the keys' passphrase from the environment, and does `work`. Nobody
/// reaches it meanwhile.
pub(super) fn work_alone(
    place: &Place,
    purpose: Purpose,
    work: impl AsyncFnOnce(&Installation, &str) -> Outcome,
) -> Outcome {
    let passphrase = installation::passphrase()?;
    let reached =
        |log_origin| Settings { http_port: 0, tls_port: 0, host: String::new(), log_origin, fonts: Vec::new() };
    serve::runtime()?.block_on(async {
        let opened = installation::open(place, &passphrase, false, purpose, reached).await?;
        let outcome = work(&opened, &passphrase).await;
        drop(opened.lock);
        outcome
    })
}
