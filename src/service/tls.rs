//! TLS for staff and tablets: a local authority, made on first run, and the server's certificate
//! from it.
//!
//! The authority's certificate (`authority.pem`) is what tablets and staff PCs are made to trust
//! once. A thief of its key must not be able to answer as any site of the internet,
//! so the certificate permits private addresses and the hosts of its first run alone. The server's
//! certificate is made anew at each start and lasts as long as devices accept (825 days); it is
//! checked as a device would check it before it is used.

use kaoping_keys::private;
use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{RootCertStore, ServerConfig};
use std::fs;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// How long the authority lasts: devices are made to trust it by hand.
const AUTHORITY: Duration = Duration::days(20 * 365);
/// How long the server's certificate lasts; devices refuse more than 825 days.
const SERVER: Duration = Duration::days(820);
/// How far a device's clock may be behind.
const BEFORE: Duration = Duration::days(2);

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
    /// Devices that trust the authority would not accept the server.
    #[error(
        "devices that trust `{authority}` would refuse the hosts {hosts} ({error}): start with a host that the authority was made \
         for, or remove the authority's certificate and key, start again, and install the new one on every device"
    )]
    Refused {
        /// The authority's certificate.
        authority: PathBuf,
        /// The hosts, one of which it does not permit.
        hosts: String,
        /// Why.
        error: rustls::Error,
    },
    /// The TLS library cannot use what was made.
    #[error("TLS cannot be set up: {0}")]
    Unusable(String),
}

impl ServerTls {
    /// The listener's configuration: HTTP/1.1 over TLS 1.2 and 1.3.
    ///
    /// # Errors
    /// [`TlsError::Unusable`] when certificate or key cannot be used.
    pub fn config(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).map_err(unusable)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(self.chain()?, key))
            .map_err(unusable)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// The server's certificate, and the authority's.
    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, rustls::Error> {
        let certificates = CertificateDer::pem_slice_iter(self.certificate.as_bytes()).collect::<Result<_, _>>();
        certificates.map_err(|error| rustls::Error::General(error.to_string()))
    }

    /// That a device that trusts the authority accepts the server under these names.
    fn check(&self, hosts: &[String]) -> Result<(), TlsError> {
        let chain = self.chain().map_err(unusable)?;
        let [server, authority, ..] = chain.as_slice() else { return Err(unusable("no certificates")) };
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone()).map_err(unusable)?;
        let device = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(default_provider()));
        let device = device.build().map_err(unusable)?;
        for host in hosts {
            let name = ServerName::try_from(host.clone()).map_err(unusable)?;
            device.verify_server_cert(server, &[], &name, &[], UnixTime::now()).map_err(|error| TlsError::Refused {
                authority: self.authority.clone(),
                hosts: hosts.join(", "),
                error,
            })?;
        }
        Ok(())
    }
}

fn unusable(error: impl std::fmt::Display) -> TlsError {
    TlsError::Unusable(error.to_string())
}

/// Opens the authority in a folder, or makes it, and issues the server's certificate for these
/// hosts.
///
/// # Errors
/// [`TlsError`] naming the file, or the host that the authority does not permit.
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
        // A first start that was cut off, or a lost certificate: devices go by the name and the
        // key, which stay.
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
            let certificate = authority_parameters(hosts)?.self_signed(&key)?.pem();
            write(&authority, &certificate)?;
            (certificate, key)
        }
    };
    // The issuer's name and key are all that signing needs.
    let issuer = Issuer::new(authority_parameters(hosts)?, key);
    let server_key = KeyPair::generate()?;
    let server = server_parameters(hosts)?.signed_by(&server_key, &issuer)?;
    let certificate = format!("{}{certificate}", server.pem());
    let server = ServerTls { certificate, key: server_key.serialize_pem(), authority };
    server.check(hosts)?;
    Ok(server)
}

fn server_parameters(hosts: &[String]) -> Result<CertificateParams, TlsError> {
    let mut parameters = CertificateParams::new(hosts.to_vec())?;
    parameters.distinguished_name.push(DnType::CommonName, "Kaoping 考评");
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    let now = OffsetDateTime::now_utc();
    (parameters.not_before, parameters.not_after) = (now - BEFORE, now - BEFORE + SERVER);
    Ok(parameters)
}

fn authority_parameters(hosts: &[String]) -> Result<CertificateParams, TlsError> {
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters.distinguished_name.push(DnType::CommonName, "Kaoping local authority");
    parameters.name_constraints =
        Some(NameConstraints { permitted_subtrees: permitted(hosts)?, excluded_subtrees: Vec::new() });
    let now = OffsetDateTime::now_utc();
    (parameters.not_before, parameters.not_after) = (now - BEFORE, now - BEFORE + AUTHORITY);
    Ok(parameters)
}

/// What the authority may sign for: addresses of private networks (RFC 1918, 3927, 4193, 4291,
/// 6890), and these hosts.
fn permitted(hosts: &[String]) -> Result<Vec<GeneralSubtree>, TlsError> {
    let v4 = [
        ([10, 0, 0, 0], 8),
        ([172, 16, 0, 0], 12),
        ([192, 168, 0, 0], 16),
        ([169, 254, 0, 0], 16),
        ([127, 0, 0, 0], 8),
    ];
    let v6 = [(0xfc00_u16, 7), (0xfe80, 10)];
    let v4 = v4.into_iter().map(|(address, prefix)| CidrSubnet::from_v4_prefix(address, prefix));
    let v6 = v6.into_iter().map(|(first, prefix)| {
        let [high, low] = first.to_be_bytes();
        CidrSubnet::from_v6_prefix([high, low, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], prefix)
    });
    let mut permitted: Vec<_> = v4.chain(v6).map(GeneralSubtree::IpAddress).collect();
    for name in CertificateParams::new(hosts.to_vec())?.subject_alt_names {
        match name {
            SanType::DnsName(name) => permitted.push(GeneralSubtree::DnsName(Ia5String::as_str(&name).to_owned())),
            SanType::IpAddress(IpAddr::V4(address)) => {
                permitted.push(GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix(address.octets(), 32)));
            }
            SanType::IpAddress(IpAddr::V6(address)) => {
                permitted.push(GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(address.octets(), 128)));
            }
            _ => {}
        }
    }
    Ok(permitted)
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

    #[test]
    fn the_authority_signs_for_its_own_network_alone() {
        let folder = tempfile::tempdir().unwrap();
        let hosts = |host: &str| ["localhost".to_owned(), "127.0.0.1".to_owned(), host.to_owned()];
        open_or_create(folder.path(), &hosts("exam.example")).unwrap();
        for host in ["192.168.1.10", "10.9.8.7", "172.31.0.1", "exam.example", "fd00::1"] {
            open_or_create(folder.path(), &hosts(host)).unwrap();
        }
        for host in ["bank.example", "8.8.8.8", "2001:db8::1"] {
            let refused = open_or_create(folder.path(), &hosts(host));
            assert!(matches!(refused, Err(TlsError::Refused { hosts, .. }) if hosts.contains(host)), "{host}");
        }
    }

    #[test]
    fn devices_accept_how_long_the_server_lasts() {
        let parameters = server_parameters(&["localhost".to_owned()]).unwrap();
        assert!(parameters.not_after - parameters.not_before <= Duration::days(825));
        assert_eq!(parameters.extended_key_usages, [ExtendedKeyUsagePurpose::ServerAuth]);
    }

    // Catches files of 0 bytes after a power cut that are not named, and an authority that is
    // silently replaced by another.
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
