//! The founding row of a schema.

use super::connection::Connections;
use super::error::Failure;
use crate::cipher::{Cipher, random};
use crate::founding::{Founding, Opening, to_found};
use crate::installation::{InstallationId, Link};
use deadpool_postgres::GenericClient;

/// Founds a new schema, or refuses one that is not the expected. Nothing is linked yet.
pub(crate) async fn admit(
    connections: &Connections,
    opening: &Opening<'_>,
) -> Result<(Cipher, InstallationId), Failure> {
    let place = connections.place();
    let client = connections.get().await?;
    let holds_events = client.query_one("SELECT EXISTS (SELECT 1 FROM event)", &[]).await?.try_get(0)?;
    let founding = match read(&client, place).await? {
        Some(founding) => founding,
        None => {
            let founding = Founding::new(to_found(place, holds_events, opening)?, opening, random(place)?);
            let written = client
                .execute(
                    "INSERT INTO founding (one, installation, salt, key_check, link) VALUES (1, $1, $2, $3, $4)",
                    &[
                        &founding.installation.0.as_slice(),
                        &founding.salt.as_slice(),
                        &founding.key_check.as_slice(),
                        &founding.link.0.as_slice(),
                    ],
                )
                .await;
            match read(&client, place).await? {
                // Ours, or that of a program that was faster; its row then refused ours.
                Some(stored) => stored,
                None => {
                    written?;
                    founding
                }
            }
        }
    };
    Ok((founding.admit(place, holds_events, opening)?, founding.installation))
}

/// Refuses a schema that another folder has opened since; it then holds the opening's link.
pub(crate) async fn link(connections: &Connections, opening: &Opening<'_>) -> Result<(), Failure> {
    let place = connections.place();
    let mut client = connections.get().await?;
    let transaction = client.transaction().await?;
    // The writer holds the turn, so nothing is written under the former link afterwards.
    transaction.query_one("SELECT position FROM turn FOR UPDATE", &[]).await?;
    if let Some(founding) = read(&transaction, place).await? {
        founding.linked(place, opening)?;
    }
    transaction.execute("UPDATE founding SET link = $1", &[&opening.next.0.as_slice()]).await?;
    Ok(transaction.commit().await?)
}

/// Whether the schema still holds this link.
pub(crate) async fn is_linked(connections: &Connections, link: Link) -> Result<bool, Failure> {
    let client = connections.get().await?;
    Ok(read(&client, connections.place()).await?.is_some_and(|founding| founding.link == link))
}

async fn read(client: &impl GenericClient, place: &str) -> Result<Option<Founding>, Failure> {
    let row = client.query_opt("SELECT installation, salt, key_check, link FROM founding", &[]).await?;
    let founding = row.map(|row| {
        let columns = [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?];
        Ok::<_, Failure>(Founding::stored(place, columns)?)
    });
    founding.transpose()
}
