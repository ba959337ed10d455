//! `kaoping demo`: a whole batch on embedded SQLite, for people to walk through, or walked through by simulated people.

mod client;
mod counts;
mod people;
mod proofs;
mod setup;
mod walk;

use super::Outcome;
use super::installation::{Device, Place};
use super::serve::{self, Running};
use client::Client;
use setup::{Demo, Login};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The passphrase of the demo's throw-away keys.
const PASSPHRASE: &str = "demo";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Let this many simulated candidates walk the whole line, print the counts and end.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=2000))]
    simulate: Option<u32>,
    /// Where results, bundles and the certificate list are written.
    #[arg(long, default_value = "demo")]
    out: PathBuf,
    /// Port for candidates (http); 0 for any.
    #[arg(long, default_value_t = 8080)]
    http_port: u16,
    /// Port for staff (https); 0 for any.
    #[arg(long, default_value_t = 8443)]
    tls_port: u16,
    /// Results and certificates also bear a signature by SM2 with SM3.
    #[arg(long)]
    sm2: bool,
    /// Write the table of logins to this file as JSON too.
    #[arg(long)]
    logins: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments) -> Outcome {
    serve::runtime()?.block_on(async {
        match arguments.simulate {
            Some(count) => simulate(&arguments, count).await,
            None => for_people(&arguments).await,
        }
    })
}

/// Serves a batch that is planned and seated, and prints who may log in where.
async fn for_people(arguments: &Arguments) -> Outcome {
    let folder = tempfile::tempdir()?;
    let running = start(arguments, folder.path(), (arguments.http_port, arguments.tls_port)).await?;
    let demo = setup::setup(&running, 40).await?;
    println!("{}", table(&running, &demo));
    if let Some(path) = &arguments.logins {
        std::fs::write(path, serde_json::to_vec_pretty(&logins(&running, &demo))?)?;
    }
    println!("Ctrl+C ends the demo; nothing is kept.");
    tokio::signal::ctrl_c().await?;
    running.serving.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Walks the whole line with simulated people over the API, and compares all counts.
async fn simulate(arguments: &Arguments, count: u32) -> Outcome {
    let folder = tempfile::tempdir()?;
    let running = start(arguments, folder.path(), (0, 0)).await?;
    println!("service on http://{} and https://{}", running.serving.http, running.serving.tls);
    let demo = setup::setup(&running, count).await?;
    let counts = walk::walk(&running, &demo, &arguments.out).await?;
    running.serving.stop().await;
    println!("{counts}");
    Ok(if counts.agree() {
        println!("all counts agree");
        ExitCode::SUCCESS
    } else {
        eprintln!("kaoping: the counts do not agree");
        ExitCode::from(1)
    })
}

async fn start(arguments: &Arguments, data: &Path, ports: (u16, u16)) -> Result<Running, Box<dyn Error + Send + Sync>> {
    let serve = serve::Arguments {
        place: Place { data: data.to_owned(), postgres: None, device: Device::default() },
        host: "127.0.0.1".into(),
        http_port: ports.0,
        tls_port: ports.1,
        sm2: arguments.sm2,
    };
    serve::start(&serve, PASSPHRASE).await
}

/// A client that trusts the demo's authority.
fn client(running: &Running) -> Result<Client, Box<dyn Error + Send + Sync>> {
    Client::new(running.serving.http, running.serving.tls, &running.authority)
}

fn table(running: &Running, demo: &Demo) -> String {
    let mut text = String::from("\n");
    let http = format!("http://{}", running.serving.http);
    let tls = format!("https://localhost:{}", running.serving.tls.port());
    for (who, address) in [
        ("candidates 考生", format!("{http}/candidate/")),
        ("verify 核验", format!("{http}/verify/")),
        ("staff 工作人员", format!("{tls}/")),
    ] {
        text.push_str(&format!("{who:<24} {address}\n"));
    }
    text.push_str("\nlogin            password     PIN      page\n");
    for Login { login, password, pin, page, .. } in &demo.logins {
        let pin = pin.as_deref().unwrap_or("");
        text.push_str(&format!("{login:<16} {password:<12} {pin:<8} {tls}{page}\n"));
    }
    text.push_str("\nadmission tickets 准考证号: ");
    text.push_str(&demo.tickets.iter().take(5).cloned().collect::<Vec<_>>().join(" "));
    text.push_str(" …\n");
    text.push_str("next: both custodians commit, the office fixes the manifest, both open, the office deals.\n");
    text
}

fn logins(running: &Running, demo: &Demo) -> serde_json::Value {
    serde_json::json!({
        "http": format!("http://{}", running.serving.http),
        "tls": format!("https://localhost:{}", running.serving.tls.port()),
        "batch": demo.batch,
        "tickets": demo.tickets,
        "logins": demo.logins.iter().map(|login| serde_json::json!({
            "login": login.login, "password": login.password, "pin": login.pin, "page": login.page,
        })).collect::<Vec<_>>(),
    })
}
