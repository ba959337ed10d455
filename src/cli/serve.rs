//! `kaoping serve`: an organization's exams.

use super::{Outcome, entropy};
use kaoping_keys::ring::KeyRing;
use kaoping_record::key::Signer as _;
use kaoping_service::access::Role;
use kaoping_service::app::{App, Parts, Settings, SystemClock};
use kaoping_service::resources::banks;
use kaoping_service::resources::staff::{self, NewAccount};
use kaoping_service::serve::{Serving, serve};
use kaoping_service::tls;
use kaoping_store::{Collection, PostgresStore, SqliteStore, Store, identity};
use std::error::Error;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Where the passphrase of the keys comes from.
const PASSPHRASE: &str = "KAOPING_PASSPHRASE";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder for keys, certificates and, without PostgreSQL, the data.
    #[arg(long, default_value = "kaoping-data")]
    pub(super) data: PathBuf,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    pub(super) host: String,
    /// Port for candidates (http).
    #[arg(long, default_value_t = 8080)]
    pub(super) http_port: u16,
    /// Port for staff (https).
    #[arg(long, default_value_t = 8443)]
    pub(super) tls_port: u16,
    /// Data in PostgreSQL instead of SQLite: postgres://user:password@host/database.
    #[arg(long, env = "KAOPING_POSTGRES", hide_env_values = true)]
    pub(super) postgres: Option<String>,
}

/// A service that runs, with what it is made of.
pub(super) struct Running {
    pub(super) app: App,
    pub(super) serving: Serving,
    /// Where the authority's certificate is kept.
    pub(super) authority: PathBuf,
}

pub(super) fn run(arguments: Arguments) -> Outcome {
    let passphrase = std::env::var(PASSPHRASE).map_err(|_| {
        format!("set {PASSPHRASE} to the passphrase of the organization's keys; the first run makes keys with it")
    })?;
    runtime()?.block_on(async {
        let running = start(&arguments, &passphrase).await?;
        first_account(&running.app).await?;
        println!("candidates  http://{}/candidate/", running.serving.http);
        println!("staff       https://{}/organization/", running.serving.tls);
        println!("authority   {} (install it on staff PCs and tablets)", running.authority.display());
        tokio::signal::ctrl_c().await?;
        running.serving.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// The runtime of the service's commands.
pub(super) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn,kaoping=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Opens everything and listens.
pub(super) async fn start(arguments: &Arguments, passphrase: &str) -> Result<Running, Box<dyn Error + Send + Sync>> {
    let data = &arguments.data;
    let bind = |port| {
        TcpListener::bind((arguments.host.as_str(), port))
            .map_err(|error| format!("port {port} of {} cannot be used: {error}", arguments.host))
    };
    let (http, secure) = (bind(arguments.http_port)?, bind(arguments.tls_port)?);
    let keys = KeyRing::open_or_create(&data.join("keys"), passphrase, &mut entropy)?;
    let (store, identity) = stores(data, arguments.postgres.as_deref(), &keys).await?;
    let settings = Settings {
        http_port: http.local_addr()?.port(),
        tls_port: secure.local_addr()?.port(),
        host: arguments.host.clone(),
        // The name follows the key, so that two installations never share one.
        log_origin: format!("kaoping.local/{:.16}", keys.log.public_key().id().to_hex()),
    };
    let app = App::new(Parts { store, identity, keys, clock: Arc::new(SystemClock), settings });
    banks::seal_embedded(&app).await?;
    let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned(), arguments.host.clone()];
    let server = tls::open_or_create(&data.join("tls"), &hosts)?;
    let serving = serve(app.clone(), http, secure, &server).await?;
    Ok(Running { app, serving, authority: server.authority })
}

type Stores = (Arc<dyn Store>, Arc<dyn identity::IdentityStore>);

async fn stores(data: &Path, postgres: Option<&str>, keys: &KeyRing) -> Result<Stores, Box<dyn Error + Send + Sync>> {
    if let Some(address) = postgres {
        let store = PostgresStore::open(address, "kaoping").await?;
        return Ok((Arc::new(store), identity::postgres(address, "kaoping_identity", &keys.identity).await?));
    }
    let store = SqliteStore::open(data.join("kaoping.db"))?;
    Ok((Arc::new(store), identity::sqlite(data.join("identities.db"), &keys.identity).await?))
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
    let created = staff::make(app, "service", new).await?;
    println!("first login {} / {} (shown once)", created.account.login, created.one_time_password);
    Ok(())
}
