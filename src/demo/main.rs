//! A demo batch on the program itself, for people to walk through, or walked through by simulated
//! people.

mod counts;
mod key_correction;
mod proofs;
mod walk;

use clap::Parser as _;
use kaoping_demo::client::Failure;
use kaoping_demo::service::{Addresses, Service, Start};
use kaoping_demo::setup::{self, Demo, Login};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Serve a demo batch for people, or let simulated people walk through one.
#[derive(clap::Parser)]
#[command(name = "kaoping-demo", version)]
struct Arguments {
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
    /// Results and certificates also have a signature by SM2 with SM3.
    #[arg(long)]
    sm2: bool,
    /// After the closing an item's key is found to be wrong and corrected, so that outcomes flip both
    /// ways; the files of then are written to the folder `corrected`.
    #[arg(long, requires = "simulate")]
    wrong_key: bool,
    /// Write the table of logins to this file as JSON too.
    #[arg(long)]
    logins: Option<PathBuf>,
    /// The program; by default the `kaoping` beside this one.
    #[arg(long)]
    program: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.simulate {
        Some(count) => simulate(&arguments, count).await,
        None => for_people(&arguments).await,
    };
    done.unwrap_or_else(|error| {
        eprintln!("kaoping-demo: {error}");
        ExitCode::from(2)
    })
}

/// Serves a batch that is planned and seated, and prints who may log in where.
async fn for_people(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let folder = tempfile::tempdir()?;
    let mut service = start(arguments, folder.path(), (arguments.http_port, arguments.tls_port)).await?;
    let demo = setup::setup(&service, 40, |line| println!("{line}")).await?;
    println!("{}", table(service.addresses(), &demo));
    if let Some(path) = &arguments.logins {
        std::fs::write(path, serde_json::to_vec_pretty(&logins(service.addresses(), &demo))?)?;
    }
    println!("Ctrl+C ends the demo; nothing is kept.");
    tokio::select! {
        asked = asked_to_end() => asked?,
        // A terminal sends Ctrl+C to the program as well.
        ended = service.ended() => ended?,
    }
    service.stop().await?;
    Ok(ExitCode::SUCCESS)
}

/// Walks the whole line with simulated people over the API, and compares all counts.
async fn simulate(arguments: &Arguments, count: u32) -> Result<ExitCode, Failure> {
    let folder = tempfile::tempdir()?;
    let mut service = start(arguments, folder.path(), (0, 0)).await?;
    let Addresses { http, tls } = service.addresses();
    println!("service on http://{http} and https://{tls}");
    let demo = setup::setup(&service, count, |line| println!("{line}")).await?;
    let counts = tokio::select! {
        counts = walk::walk(&demo, &arguments.out, arguments.wrong_key) => counts?,
        asked = asked_to_end() => {
            asked?;
            return Err("ended before all had walked".into());
        }
        ended = service.ended() => {
            ended?;
            return Err("the program ended before all had walked".into());
        }
    };
    service.stop().await?;
    println!("{counts}");
    Ok(if counts.agree() {
        println!("all counts agree");
        ExitCode::SUCCESS
    } else {
        eprintln!("kaoping-demo: the counts do not agree");
        ExitCode::from(1)
    })
}

async fn start(arguments: &Arguments, data: &Path, ports: (u16, u16)) -> Result<Service, Failure> {
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("kaoping"),
    };
    Service::start(&Start { program: &program, data, ports, sm2: arguments.sm2, postgres: None }).await
}

/// Waits for Ctrl+C, or for the signal by which other programs ask one to end.
async fn asked_to_end() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
        _ = terminate.recv() => Ok(()),
    }
}

fn table(Addresses { http, tls }: Addresses, demo: &Demo) -> String {
    let mut text = String::from("\n");
    let http = format!("http://{http}");
    let tls = format!("https://localhost:{}", tls.port());
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
    text.push_str("next: the office fixes the basis, both custodians commit, the office fixes the manifest,\n");
    text.push_str("both custodians open, the office deals.\n");
    text
}

fn logins(Addresses { http, tls }: Addresses, demo: &Demo) -> serde_json::Value {
    serde_json::json!({
        "http": format!("http://{http}"),
        "tls": format!("https://localhost:{}", tls.port()),
        "batch": demo.batch,
        "tickets": demo.tickets,
        "logins": demo.logins.iter().map(|login| serde_json::json!({
            "login": login.login, "password": login.password, "pin": login.pin, "page": login.page,
        })).collect::<Vec<_>>(),
    })
}
