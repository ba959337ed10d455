//! A PostgreSQL for one test run: its own folder, its own port, gone afterwards.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::run::{self, TaskError};

/// Runs as the server's own user, because PostgreSQL refuses root. `cat` ends when the pipe from this
/// program closes, which also happens when it is killed: no server is ever left behind.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
bin=$1 port=$2 fsync=$3
folder=$(mktemp -d /tmp/kaoping-postgres-XXXXXX)
cd "$folder"
"$bin/initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync >log 2>&1 &&
"$bin/pg_ctl" --pgdata=data --wait --log=log --options="-p $port -h 127.0.0.1 -k $folder -c fsync=$fsync -c max_connections=200" start >/dev/null 2>&1
if [ $? = 0 ]; then echo ready; cat >/dev/null; else tail -n 20 log; fi
"$bin/pg_ctl" --pgdata=data --mode=immediate stop >/dev/null 2>&1
cd / && rm -rf "$folder"
"#;

/// A running server. It stops and its folder goes when this value does.
pub(crate) struct Postgres {
    server: Child,
    address: String,
}

impl Postgres {
    /// Makes a cluster and starts it, in about two seconds.
    ///
    /// # Errors
    /// When PostgreSQL is missing or doesn't start.
    pub(crate) fn start() -> Result<Self, TaskError> {
        Self::with("off")
    }

    /// As [`Postgres::start`], with a server that syncs what it acknowledges.
    ///
    /// # Errors
    /// When PostgreSQL is missing or doesn't start.
    pub(crate) fn durable() -> Result<Self, TaskError> {
        Self::with("on")
    }

    fn with(fsync: &str) -> Result<Self, TaskError> {
        let programs =
            programs().ok_or_else(|| TaskError::failed("PostgreSQL is missing: run `cargo xtask setup --for test`"))?;
        let port = free_port()?;
        let mut command = as_server_user()?;
        let mut server = command
            .args(["sh", "-c", SCRIPT, "sh"])
            .arg(programs)
            .args([&port.to_string(), fsync])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| TaskError::failed(format!("PostgreSQL could not be started: {error}")))?;
        let said = server.stdout.take().map(BufReader::new).map(|mut reader| {
            let mut text = String::new();
            while text.trim() != "ready" && reader.read_line(&mut text).is_ok_and(|bytes| bytes > 0) {}
            text
        });
        match said {
            Some(text) if text.trim() == "ready" => {
                Ok(Self { server, address: format!("postgres://postgres@127.0.0.1:{port}/postgres") })
            }
            said => {
                drop(server.wait());
                Err(TaskError::failed(format!("PostgreSQL did not start:\n{}", said.unwrap_or_default())))
            }
        }
    }

    /// The address for `KAOPING_TEST_POSTGRES`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        drop(self.server.wait());
    }
}

/// The newest version's folder of programs, as Debian lays them out, or the one on the search path.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = versions
        .flatten()
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| holds_server(folder))
        .max();
    newest
        .map(|(_, folder)| folder)
        .or_else(|| std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| holds_server(folder)))
}

fn holds_server(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("pg_ctl").is_file()
}

fn as_server_user() -> Result<Command, TaskError> {
    let mut id = Command::new("id");
    id.arg("-u");
    if run::output(id)?.trim() != "0" {
        return Ok(Command::new("env"));
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]);
    Ok(command)
}

fn free_port() -> Result<u16, TaskError> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| TaskError::failed(format!("no free port: {error}")))
}
