//! TLS for staff and tablets: a local authority, made on first run, and the server's certificate from it.
//!
//! The authority's certificate (`authority.pem`) is what tablets and staff PCs are made to trust once.

use kaoping_keys::private;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Certificate and key of the server, in PEM.
pub struct ServerTls {
    /// The certificate, with the authority's after it.
    pub certificate: String,
    /// The key.
    pub key: String,
    /// Where the authority's certificate is kept.
    pub authority: PathBuf,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("TLS file `{path}`: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: std::io::Error,
    },
    /// A file is there but holds nothing that can be used, or its other half is missing.
    #[error(
        "TLS file `{path}` is {what}: put `authority.pem` and `authority.key` back from a backup, or remove both; a new \
         authority is then made, which every device must be made to trust again"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A certificate cannot be made.
    #[error("certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
}

/// Opens the authority in a folder, or makes it, and issues the server's certificate for these hosts.
///
/// # Errors
/// [`TlsError`] naming the file.
pub fn open_or_create(folder: &Path, hosts: &[String]) -> Result<ServerTls, TlsError> {
    private::make_folder(folder).map_err(|error| TlsError::Io { path: folder.to_owned(), error })?;
    let authority = folder.join("authority.pem");
    let key_path = folder.join("authority.key");
    let (certificate, key) = match (read(&authority)?, read(&key_path)?) {
        (Some(certificate), Some(key)) => {
            if !certificate.contains("-----END CERTIFICATE-----") {
                return Err(TlsError::Damaged { path: authority, what: "damaged" });
            }
            let key = KeyPair::from_pem(&key);
            (certificate, key.map_err(|_| TlsError::Damaged { path: key_path, what: "damaged" })?)
        }
        (Some(_), None) => return Err(TlsError::Damaged { path: key_path, what: "missing" }),
        // A first start that was cut off, or a lost certificate: devices go by the name and the key, which stay.
        (None, known) => {
            let key = match known {
                Some(key) => {
                    let key = KeyPair::from_pem(&key);
                    key.map_err(|_| TlsError::Damaged { path: key_path, what: "damaged" })?
                }
                None => {
                    let key = KeyPair::generate()?;
                    write(&key_path, &key.serialize_pem())?;
                    key
                }
            };
            let certificate = authority_parameters().self_signed(&key)?.pem();
            write(&authority, &certificate)?;
            (certificate, key)
        }
    };
    // The issuer's name and key are all that signing needs.
    let issuer = Issuer::new(authority_parameters(), key);
    let server_key = KeyPair::generate()?;
    let mut parameters = CertificateParams::new(hosts.to_vec())?;
    parameters.distinguished_name.push(DnType::CommonName, "Kaoping 考评");
    let server = parameters.signed_by(&server_key, &issuer)?;
    Ok(ServerTls { certificate: format!("{}{certificate}", server.pem()), key: server_key.serialize_pem(), authority })
}

fn authority_parameters() -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters.distinguished_name.push(DnType::CommonName, "Kaoping local authority");
    parameters
}

fn read(path: &Path) -> Result<Option<String>, TlsError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(TlsError::Io { path: path.to_owned(), error }),
    }
}

/// Writes a file that only its owner may read, and syncs it.
fn write(path: &Path, text: &str) -> Result<(), TlsError> {
    private::replace(path, text.as_bytes()).map_err(|error| TlsError::Io { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_stays_the_same() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let first = open_or_create(folder.path(), &hosts)?;
        let authority = fs::read_to_string(&first.authority)?;
        let second = open_or_create(folder.path(), &hosts)?;
        assert_eq!(authority, fs::read_to_string(second.authority)?);
        assert_ne!(first.certificate, second.certificate);
        Ok(())
    }

    // Catches files of 0 bytes after a power cut that are not named, and an authority that is silently replaced by another.
    #[test]
    fn what_is_damaged_or_missing_is_named_and_not_replaced() -> Result<(), Box<dyn std::error::Error>> {
        let hosts = ["localhost".to_owned()];
        let folder = tempfile::tempdir()?;
        let made = open_or_create(folder.path(), &hosts)?;
        let key = folder.path().join("authority.key");
        for file in [&key, &made.authority] {
            let whole = fs::read(file)?;
            fs::write(file, b"")?;
            let Err(error) = open_or_create(folder.path(), &hosts) else { panic!("an empty file was used") };
            assert!(error.to_string().contains(&format!("`{}` is damaged", file.display())), "{error}");
            assert_eq!(fs::read(file)?, b"");
            fs::write(file, whole)?;
        }
        let whole = fs::read(&key)?;
        fs::remove_file(&key)?;
        let Err(error) = open_or_create(folder.path(), &hosts) else { panic!("another key was made") };
        assert!(error.to_string().contains(&format!("`{}` is missing", key.display())), "{error}");
        fs::write(&key, whole)?;
        // The certificate alone can be made again: it has the same name and key.
        fs::remove_file(&made.authority)?;
        open_or_create(folder.path(), &hosts)?;
        assert!(made.authority.exists());
        Ok(())
    }
}
