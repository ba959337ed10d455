//! The founding row of a file.

use super::error::Failure;
use crate::cipher::{Cipher, random};
use crate::founding::{Founding, Opening, to_found};
use crate::installation::InstallationId;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

/// Founds a new file, or refuses one that is not the expected; the file then holds the opening's link.
pub(crate) fn admit(
    connection: &mut Connection,
    place: &str,
    opening: &Opening<'_>,
) -> Result<(Cipher, InstallationId), Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let holds_events = transaction.query_row("SELECT EXISTS (SELECT 1 FROM event)", [], |row| row.get(0))?;
    let founding = match read(&transaction, place)? {
        Some(founding) => founding,
        None => {
            let founding = Founding::new(to_found(place, holds_events, opening)?, opening, random(place)?);
            transaction.execute(
                "INSERT INTO founding (one, installation, salt, key_check, link) VALUES (1, ?1, ?2, ?3, ?4)",
                [founding.installation.0.as_slice(), &founding.salt, &founding.key_check, &founding.link.0],
            )?;
            founding
        }
    };
    let cipher = founding.admit(place, holds_events, opening)?;
    founding.linked(place, opening)?;
    // On a full disk the link stays as it is, and nothing is written.
    if founding.link != opening.next {
        transaction.execute("UPDATE founding SET link = ?1", [opening.next.0])?;
    }
    transaction.commit()?;
    Ok((cipher, founding.installation))
}

fn read(connection: &Connection, place: &str) -> Result<Option<Founding>, Failure> {
    let row = connection
        .query_row("SELECT installation, salt, key_check, link FROM founding", [], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, Vec<u8>>(3)?])
        })
        .optional()?;
    let founding = row.map(|[installation, salt, key_check, link]| {
        Founding::stored(place, [&installation, &salt, &key_check, &link])
    });
    Ok(founding.transpose()?)
}
