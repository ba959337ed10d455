//! `kaoping doctor`: whether what the stores hold still belongs together, and what to do where it
//! does not. The service must be stopped meanwhile.
//!
//! Exit code 0: nothing is wrong, or everything was made again; 1: something is wrong; 2: the
//! command could not be carried out.

use super::Outcome;
use super::alone::work_alone;
use super::installation::{Place, Purpose};
use kaoping_service::app::App;
use kaoping_service::data_check::{self, Findings};
use std::error::Error;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Make damaged documents again from their streams.
    #[arg(long)]
    repair: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    work_alone(&arguments.place, Purpose::Doctor, async |opened, _| {
        let holds = log_holds(&opened.app).await;
        let findings = data_check::check_alone(&opened.app.store).await?;
        print(&findings);
        let remaining = match arguments.repair {
            true => repair(&opened.app, &findings).await?,
            false => findings,
        };
        Ok(if holds && remaining.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    })
}

/// Whether the log contains what was signed.
async fn log_holds(app: &App) -> bool {
    match app.log_tree().await {
        Ok(tree) => {
            let signed = app.last_checkpoint.known().map_or(0, |known| known.size);
            println!("log       {} leaves, which contain the {signed} that were signed last", tree.size());
            true
        }
        Err(refusal) => {
            println!("log       {refusal}");
            println!("          {} {}", refusal.fault().cure.zh, refusal.fault().cure.en);
            false
        }
    }
}

fn print(findings: &Findings) {
    for broken in &findings.broken {
        println!("stream    {}: {}", broken.stream, broken.cause);
        println!("          restore a backup that has it whole; a tablet that still has its events sends them again");
    }
    for damaged in &findings.damaged {
        println!("document  {}/{}: {}", damaged.collection.name(), damaged.key, damaged.cause);
    }
    println!("checked   {} streams, {} documents", findings.streams, findings.documents);
}

/// Makes the damaged documents again, and returns what a second look finds.
async fn repair(app: &App, findings: &Findings) -> Result<Findings, Box<dyn Error + Send + Sync>> {
    let mended = data_check::repair(&app.store, findings).await?;
    println!("repaired  {mended} documents");
    let remaining = data_check::check_alone(&app.store).await?;
    for damaged in &remaining.damaged {
        println!("remains   {}/{}: {}", damaged.collection.name(), damaged.key, damaged.cause);
    }
    Ok(remaining)
}
