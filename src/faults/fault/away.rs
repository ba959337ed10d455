//! The program, its database or its disk is away for a while, again and again.

use super::{Fault, Scene};
use crate::hall::Work;
use crate::pc::Pc;
use kaoping_demo::client::Failure;
use std::time::Duration;
use tokio::process::Command;

/// Time between two answers of a candidate; people are slower.
const PACE: Duration = Duration::from_millis(300);

pub(super) async fn happen(fault: Fault, scene: &mut Scene<'_>, pcs: Vec<Pc>) -> Result<Vec<Pc>, Failure> {
    let work = Work::begin(pcs, PACE);
    for _ in 0..scene.times {
        wait(300 + scene.dice.below(1500)).await;
        let away = scene.dice.below(1500);
        match fault {
            Fault::Kill => {
                scene.hall.kill().await?;
                wait(away).await;
                scene.hall.start().await?;
                // Long enough that everybody is heard before the next.
                wait(1500).await;
            }
            Fault::Freeze => {
                signal(scene, "-STOP").await?;
                // Longer than a page waits for an answer, so that it asks again.
                wait(2 * away + 10_500).await;
                signal(scene, "-CONT").await?;
            }
            Fault::Outage => {
                let wire = scene.wire.as_deref_mut().ok_or("no wire to cut")?;
                wire.cut().await;
                wait(2 * away).await;
                wire.mend().await?;
            }
            _ => {
                limit_files(scene, "4096:").await?;
                wait(away).await;
                limit_files(scene, "unlimited:").await?;
            }
        }
    }
    let pcs = work.end().await?;
    // A fault that nobody met would prove nothing.
    if pcs.iter().all(|pc| pc.put_off == 0) {
        return Err("no PC noticed that anything was away".into());
    }
    Ok(pcs)
}

async fn wait(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

async fn signal(scene: &Scene<'_>, signal: &str) -> Result<(), Failure> {
    run(Command::new("kill").args([signal, &scene.hall.process()?])).await
}

/// The size to which files of the program may grow, by `prlimit` of util-linux: a soft limit, and
/// no hard one.
async fn limit_files(scene: &Scene<'_>, size: &str) -> Result<(), Failure> {
    run(Command::new("prlimit").args(["--pid", &scene.hall.process()?, &format!("--fsize={size}")])).await
}

async fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().await?;
    if status.success() { Ok(()) } else { Err(format!("{:?}: {status}", command.as_std()).into()) }
}
