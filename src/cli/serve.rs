//! `kaoping serve`: an organization's exams.

use super::Outcome;
use super::installation::{self, Installation, Place, Purpose};
use super::stop::StopSignals;
use kaoping_files::pdf::fonts::FontSet;
use kaoping_service::aggregates::account::Role;
use kaoping_service::app::{App, Settings};
use kaoping_service::data_check;
use kaoping_service::edge::connections::Limits;
use kaoping_service::operations::accounts::{NewAccount, create_at_machine};
use kaoping_service::operations::banks;
use kaoping_service::serve::{Serving, serve};
use kaoping_service::tls;
use kaoping_store::Collection;
use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port for candidates (http).
    #[arg(long, default_value_t = 8080)]
    http_port: u16,
    /// Port for staff (https).
    #[arg(long, default_value_t = 8443)]
    tls_port: u16,
    /// Results and certificates also have a signature by SM2 with SM3, and name it as required.
    #[arg(long)]
    sm2: bool,
    /// A font for printed documents (OpenType), asked before Debian's fonts-noto-cjk; may be given
    /// several times, for characters that the first does not have.
    #[arg(long = "font", value_name = "FILE")]
    fonts: Vec<PathBuf>,
}

/// A service that runs, with what it is made of.
struct Running {
    app: App,
    serving: Serving,
    /// Where the authority's certificate is kept.
    authority: PathBuf,
    /// Held as long as the service runs.
    _lock: File,
}

pub(super) fn run(arguments: Arguments) -> Outcome {
    let passphrase = installation::passphrase()?;
    runtime()?.block_on(async {
        let running = start(&arguments, &passphrase).await?;
        first_account(&running.app).await?;
        check_documents(&running.app);
        let mut stop = StopSignals::listen()?;
        say_where(&running);
        stop.come().await?;
        running.serving.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Prints the addresses. If printing fails, as on a full disk, the exam goes on all the same.
fn say_where(running: &Running) {
    let mut out = std::io::stdout().lock();
    let lines = [
        format!("candidates  http://{}/candidate/", running.serving.http),
        format!("staff       https://{}/organization/", running.serving.tls),
        format!("authority   {} (install it on staff PCs and tablets)", running.authority.display()),
    ];
    if lines.iter().any(|line| writeln!(out, "{line}").is_err()) {
        tracing::warn!("standard output cannot be written");
    }
}

/// Raises the limit of open files to what the system allows, and returns it: each connection needs
/// one.
fn raise_descriptors() -> u64 {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        // Where the system has no upper limit, it may still refuse to have none.
        if setrlimit(Resource::Nofile, limit).is_err() {
            tracing::warn!("the limit of open files could not be raised");
        }
        getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
    }
    #[cfg(not(unix))]
    8192
}

/// The runtime of the service's commands.
pub(super) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn,kaoping=info".into()),
        )
        // A line that cannot be written is lost. Saying so on standard error would panic in the
        // middle of a request.
        .log_internal_errors(false)
        .event_format(super::log::OneLine::new())
        .with_writer(std::io::stderr)
        .init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Opens everything and listens.
async fn start(arguments: &Arguments, passphrase: &str) -> Result<Running, Box<dyn Error + Send + Sync>> {
    let bind = |port| {
        TcpListener::bind((arguments.host.as_str(), port))
            .map_err(|error| format!("port {port} of {} cannot be used: {error}", arguments.host))
    };
    let limits = Limits::for_descriptors(raise_descriptors());
    let (http, secure) = (bind(arguments.http_port)?, bind(arguments.tls_port)?);
    let (http_port, tls_port) = (http.local_addr()?.port(), secure.local_addr()?.port());
    // A font that cannot be used is told now, not when the first certificate is printed.
    FontSet::read(&arguments.fonts)?;
    let fonts = arguments.fonts.clone();
    let reached = |log_origin| Settings { http_port, tls_port, host: arguments.host.clone(), log_origin, fonts };
    let opened = installation::open(&arguments.place, passphrase, arguments.sm2, Purpose::Serve, reached).await?;
    let Installation { app, lock } = opened;
    banks::seal_embedded(&app).await?;
    let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned(), arguments.host.clone()];
    let server = tls::open_or_create(&arguments.place.data.join("tls"), &hosts)?;
    let serving = serve(app.clone(), http, secure, &server, limits).await?;
    Ok(Running { app, serving, authority: server.authority, _lock: lock })
}

/// Compares documents with their streams while the service runs, and logs what is damaged.
fn check_documents(app: &App) {
    let store = app.store.clone();
    tokio::spawn(async move { data_check::report(&store).await });
}

/// The first account, so that somebody can log in at all.
async fn first_account(app: &App) -> Result<(), Box<dyn Error + Send + Sync>> {
    if !app.store.page(Collection::Account, "", None, 1).await?.is_empty() {
        return Ok(());
    }
    let new =
        NewAccount {
            login: "office".into(), name: "考务办公室".into(), roles: vec![Role::Officer], employer: None
        };
    let created = create_at_machine(app, &new).await?;
    let line = format!("first login {} / {} (shown once)", new.login, created.one_time_password);
    writeln!(std::io::stdout(), "{line}").map_err(|error| {
        let login = &new.login;
        format!("the first password cannot be shown: {error}; `kaoping accounts reset {login}` gives another")
    })?;
    Ok(())
}
