//! TLS for staff and tablets: a local authority, made on first run, and the server's certificate from it.
//!
//! The authority's certificate (`authority.pem`) is what tablets and staff PCs are made to trust once.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::fs;
use std::io::{ErrorKind, Write as _};
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
    /// A certificate cannot be made.
    #[error("certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
}

/// Opens the authority in a folder, or makes it, and issues the server's certificate for these hosts.
///
/// # Errors
/// [`TlsError`] naming the file.
pub fn open_or_create(folder: &Path, hosts: &[String]) -> Result<ServerTls, TlsError> {
    fs::create_dir_all(folder).map_err(|error| TlsError::Io { path: folder.to_owned(), error })?;
    let authority = folder.join("authority.pem");
    let key_path = folder.join("authority.key");
    let (certificate, key) = match (read(&authority)?, read(&key_path)?) {
        (Some(certificate), Some(key)) => (certificate, KeyPair::from_pem(&key)?),
        _ => {
            let key = KeyPair::generate()?;
            let certificate = authority_parameters().self_signed(&key)?.pem();
            write_private(&key_path, &key.serialize_pem())?;
            fs::write(&authority, &certificate).map_err(|error| TlsError::Io { path: authority.clone(), error })?;
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

fn write_private(path: &Path, text: &str) -> Result<(), TlsError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let io = |error| TlsError::Io { path: path.to_owned(), error };
    options.open(path).map_err(io)?.write_all(text.as_bytes()).map_err(io)
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
}
