//! The program on a folder of its own, started as an organization starts it: `kaoping serve`.

use crate::client::{Client, Failure};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The passphrase of the demo's throw-away keys.
const PASSPHRASE: &str = "demo";

/// How the program is started.
pub struct Start<'a> {
    pub program: &'a Path,
    /// Keys, certificates and data.
    pub data: &'a Path,
    /// Ports for candidates and staff; 0 for any.
    pub ports: (u16, u16),
    /// Results also have a signature by SM2.
    pub sm2: bool,
    /// The address of a PostgreSQL; without one the data lie in the folder, in SQLite.
    pub postgres: Option<&'a str>,
}

/// A running program. It is killed when this value is dropped.
pub struct Service {
    child: Child,
    /// Kept open, so that the program can go on printing.
    _printed: Lines<BufReader<ChildStdout>>,
    addresses: Addresses,
    authority: PathBuf,
    password: Option<String>,
}

/// Where the program listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    pub http: SocketAddr,
    pub tls: SocketAddr,
}

impl Service {
    /// Starts the program and waits until it listens.
    ///
    /// # Errors
    /// When it cannot be run, or ends before it has said where it listens.
    pub async fn start(start: &Start<'_>) -> Result<Self, Failure> {
        let mut command = Command::new(start.program);
        command
            .args(["serve", "--http-port", &start.ports.0.to_string(), "--tls-port", &start.ports.1.to_string()])
            .args(start.sm2.then_some("--sm2"))
            .args(start.postgres.iter().flat_map(|address| ["--postgres", address]))
            .arg("--data")
            .arg(start.data)
            .env("KAOPING_PASSPHRASE", PASSPHRASE)
            .env_remove("KAOPING_POSTGRES")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let name = start.program.display();
        let mut child = command.spawn().map_err(|error| format!("{name}: {error}; build it by `cargo xtask build`"))?;
        let mut printed = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let mut said = Said::default();
        while let Some(line) = printed.next_line().await? {
            said.line(&line);
            if let Some((addresses, authority, password)) = said.all() {
                return Ok(Self { child, _printed: printed, addresses, authority, password });
            }
        }
        Err(format!("{name} ended with {} before it listened", child.wait().await?).into())
    }

    /// Where it listens.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// A client that trusts the program's authority.
    pub fn client(&self) -> Result<Client, Failure> {
        Client::new(self.addresses.http, self.addresses.tls, &self.authority)
    }

    /// The first password of the account `office`, which only the first start on a folder prints.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// The program's process.
    pub fn process(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits until the program ends by itself.
    ///
    /// # Errors
    /// When it fails.
    pub async fn ended(&mut self) -> Result<(), Failure> {
        let status = self.child.wait().await?;
        if status.success() { Ok(()) } else { Err(format!("the program ended with {status}").into()) }
    }

    /// Ends the program.
    pub async fn stop(mut self) -> Result<(), Failure> {
        Ok(self.child.kill().await?)
    }
}

/// What `kaoping serve` prints at its first start.
#[derive(Default)]
struct Said {
    http: Option<SocketAddr>,
    tls: Option<SocketAddr>,
    authority: Option<PathBuf>,
    password: Option<String>,
}

impl Said {
    fn line(&mut self, line: &str) {
        let address = |scheme: &str, text: &str| text.trim().strip_prefix(scheme)?.split('/').next()?.parse().ok();
        if let Some(rest) = line.strip_prefix("candidates ") {
            self.http = address("http://", rest);
        } else if let Some(rest) = line.strip_prefix("staff ") {
            self.tls = address("https://", rest);
        } else if let Some(rest) = line.strip_prefix("authority ") {
            self.authority = rest.rsplit_once(" (").map(|(path, _)| PathBuf::from(path.trim()));
        } else if let Some(rest) = line.strip_prefix("first login office / ") {
            self.password = rest.split(' ').next().map(str::to_owned);
        }
    }

    fn all(&self) -> Option<(Addresses, PathBuf, Option<String>)> {
        let addresses = Addresses { http: self.http?, tls: self.tls? };
        Some((addresses, self.authority.clone()?, self.password.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Catches a change of what `kaoping serve` prints, or a folder whose name holds what follows
    // it.
    #[test]
    fn what_the_program_prints_is_read() {
        let mut said = Said::default();
        for line in [
            "first login office / t51wnnrtkf (shown once)",
            "candidates  http://127.0.0.1:8080/candidate/",
            "staff       https://127.0.0.1:8443/organization/",
        ] {
            said.line(line);
            assert!(said.all().is_none(), "{line}");
        }
        said.line("authority   /tmp/a (b)/tls/authority.pem (install it on staff PCs and tablets)");
        let addresses = Addresses { http: ([127, 0, 0, 1], 8080).into(), tls: ([127, 0, 0, 1], 8443).into() };
        assert_eq!(said.all(), Some((addresses, "/tmp/a (b)/tls/authority.pem".into(), Some("t51wnnrtkf".into()))));
    }
}
