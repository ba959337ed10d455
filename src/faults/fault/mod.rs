//! The faults, each brought about while everybody answers.

mod away;
mod late;
mod race;

use crate::hall::Hall;
use crate::pc::Pc;
use crate::wire::Wire;
use kaoping_demo::client::Failure;
use kaoping_demo::people::Dice;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Fault {
    /// The program is killed and started again.
    Kill,
    /// The program is frozen, as on a machine that is overloaded or swaps.
    Freeze,
    /// PostgreSQL is away; all connections break.
    Outage,
    /// No file of the program can grow, as on a full disk.
    FullDisk,
    /// The rest of a request comes after what it rested on has changed.
    LateBody,
    /// The same is asked, or different things are asked, at once.
    Race,
}

/// The system on which a fault is caused.
pub(crate) struct Scene<'a> {
    pub(crate) hall: &'a mut Hall,
    /// The way to PostgreSQL.
    pub(crate) wire: Option<&'a mut Wire>,
    pub(crate) dice: Dice,
    /// How often.
    pub(crate) times: u32,
}

/// Everybody answers once; then the PCs have turns, one after the other, until there were as many
/// as the scene wants. PCs whose paper has ended are skipped. The turn gets the PC's place.
///
/// # Errors
/// What a turn returns, and when all papers have ended before.
async fn turns(
    scene: &mut Scene<'_>,
    pcs: &mut [Pc],
    turn: impl AsyncFn(&mut Hall, &mut Pc, usize) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for pc in pcs.iter_mut() {
        pc.touch()?;
        pc.deliver().await?;
    }
    let mut left = scene.times;
    while left > 0 {
        let before = left;
        for (place, pc) in pcs.iter_mut().enumerate() {
            if left > 0 && !pc.has_ended() {
                turn(scene.hall, pc, place).await?;
                left -= 1;
            }
        }
        if left == before {
            return Err("every paper has ended before the last turn".into());
        }
    }
    Ok(())
}

impl Fault {
    /// All of them, those that take a process or a store away first.
    pub(crate) const ALL: [Self; 6] =
        [Self::Kill, Self::Freeze, Self::Outage, Self::FullDisk, Self::LateBody, Self::Race];

    /// How it is named in a report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Freeze => "freeze",
            Self::Outage => "outage",
            Self::FullDisk => "full disk",
            Self::LateBody => "late body",
            Self::Race => "race",
        }
    }

    /// Whether it can be brought about on this store: a wire needs a server, a full disk a store of
    /// files.
    pub(crate) fn happens_on(self, postgres: bool) -> bool {
        match self {
            Self::Outage => postgres,
            Self::FullDisk => !postgres,
            Self::Kill | Self::Freeze | Self::LateBody | Self::Race => true,
        }
    }

    /// How often it happens in a short run and in a long one.
    pub(crate) fn times(self, long: bool) -> u32 {
        match (self, long) {
            (Self::Kill, false) => 3,
            (Self::Kill, true) => 93,
            (Self::Freeze, false) => 1,
            (Self::Freeze, true) => 20,
            (Self::Outage | Self::FullDisk, false) => 2,
            (Self::Outage | Self::FullDisk, true) => 30,
            (Self::LateBody | Self::Race, false) => 9,
            (Self::LateBody | Self::Race, true) => 120,
        }
    }

    /// Brings it about, and gives back the PCs of everybody who sits.
    pub(crate) async fn happen(self, scene: &mut Scene<'_>, pcs: Vec<Pc>) -> Result<Vec<Pc>, Failure> {
        match self {
            Self::Kill | Self::Freeze | Self::Outage | Self::FullDisk => away::happen(self, scene, pcs).await,
            Self::LateBody => late::happen(scene, pcs).await,
            Self::Race => race::happen(scene, pcs).await,
        }
    }
}
