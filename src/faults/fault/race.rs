//! Requests that come at once.

use super::{Scene, turns};
use crate::hall::Hall;
use crate::pc::{Heard, Pc, post_events};
use kaoping_demo::client::Failure;
use tokio::task::JoinSet;

/// How many requests race.
const AT_ONCE: usize = 8;

pub(super) async fn happen(scene: &mut Scene<'_>, mut pcs: Vec<Pc>) -> Result<Vec<Pc>, Failure> {
    let turn = async |hall: &mut Hall, pc: &mut Pc, place: usize| match place % 3 {
        0 => one_place(pc).await,
        1 => hand_in(pc).await,
        _ => taken_while_writing(hall, pc).await,
    };
    turns(scene, &mut pcs, turn).await?;
    Ok(pcs)
}

/// Different events for the same place of the stream: one is taken.
async fn one_place(pc: &mut Pc) -> Result<(), Failure> {
    let mut others = Vec::new();
    for _ in 0..AT_ONCE {
        others.push(pc.another_answer()?);
    }
    let mut requests = JoinSet::new();
    for (place, other) in others.iter().enumerate() {
        let (client, caller, events) = (pc.client(), pc.caller.clone(), Pc::unsent_of(other));
        requests.spawn(async move { (place, post_events(&client, &caller, &events).await) });
    }
    let mut taken = Vec::new();
    while let Some(answer) = requests.join_next().await {
        let (place, answer) = answer?;
        if let Ok(Heard::Taken(_)) = answer {
            taken.push(place);
        }
    }
    // Two candidates of the race may have chosen the same; then their event is the same, and
    // acknowledged to both.
    let mut events: Vec<_> = taken.iter().filter_map(|place| others.get(*place)).map(Pc::unsent_of).collect();
    events.dedup();
    let (Some(place), 1) = (taken.first(), events.len()) else {
        return Err(format!("{}: {} events were taken for one place", pc.ticket, events.len()).into());
    };
    let winner = others.swap_remove(*place);
    pc.adopt(winner);
    pc.deliver().await.map(drop)
}

/// The same hand-in comes several times: each is answered with the same receipt.
async fn hand_in(pc: &mut Pc) -> Result<(), Failure> {
    pc.hand_in()?;
    let events = pc.unsent();
    let mut requests = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (client, caller, events) = (pc.client(), pc.caller.clone(), events.clone());
        requests.spawn(async move { post_events(&client, &caller, &events).await });
    }
    let mut receipts = Vec::new();
    while let Some(answer) = requests.join_next().await {
        match answer?? {
            Heard::Taken(answer) => receipts.push(answer.get("receipt").cloned()),
            Heard::NotNow => {}
        }
    }
    let answer = pc.deliver().await?.ok_or("an answer")?;
    receipts.push(answer.get("receipt").cloned());
    receipts.dedup();
    match receipts.as_slice() {
        [Some(_)] => Ok(()),
        other => Err(format!("{}: {} receipts for one hand-in", pc.ticket, other.len()).into()),
    }
}

/// The invigilator takes the paper while its candidate writes: what was acknowledged counts, and
/// nothing else.
async fn taken_while_writing(hall: &mut Hall, pc: &mut Pc) -> Result<(), Failure> {
    let sitting = pc.sitting().to_owned();
    let writes = async {
        loop {
            let before = pc.session.clone();
            pc.touch()?;
            if pc.unsent().is_empty() {
                continue;
            }
            loop {
                match pc.send().await {
                    Ok(Heard::Taken(_)) => break,
                    Ok(Heard::NotNow) => {}
                    // Refused: the paper was taken.
                    Err(_) => {
                        pc.session = before;
                        return Ok::<(), Failure>(());
                    }
                }
            }
        }
    };
    let takes = async {
        tokio::time::sleep(std::time::Duration::from_millis(40)).await;
        hall.take_paper(&sitting).await
    };
    tokio::try_join!(writes, takes)?;
    pc.taken = true;
    Ok(())
}
