//! A full disk: a small tmpfs holds the database, and a ballast file takes the rest.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::{
    books, crowd::Crowd, figures::Figures, kill::WATCHING, limits::Limits, victim::Victim,
    watcher::Watchers,
};
use crate::{Outcome, database::Database, process::Folder};

/// Presses are acknowledged again within this time after there is room.
const WELL: Duration = Duration::from_secs(1);
/// How large the disk is; a round of presses takes a few hundred KiB.
const SIZE: &str = "size=48m";
/// How long it stays full.
const FULL: Duration = Duration::from_millis(1_500);

/// A mounted tmpfs; it goes with this value.
struct Disk(PathBuf);

impl Disk {
    /// None where this user may not mount.
    fn mount(at: &Path) -> Outcome<Option<Self>> {
        fs::create_dir_all(at)?;
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "clips-fault"])
            .arg(at)
            .stderr(Stdio::null())
            .status();
        Ok(done?.success().then(|| Self(at.into())))
    }

    /// Writes until nothing more fits.
    fn fill(&self) -> Outcome<()> {
        let mut ballast = fs::File::options()
            .create(true)
            .append(true)
            .open(self.ballast())?;
        // Large pieces first, then the last bytes.
        for piece in [64 * 1024, 4 * 1024, 1] {
            let bytes = vec![0; piece];
            while ballast.write_all(&bytes).is_ok() {}
        }
        Ok(())
    }

    fn free(&self) -> Outcome<()> {
        Ok(fs::remove_file(self.ballast())?)
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Fills and frees it so often.
pub(crate) async fn run(rounds: u32, limits: Limits) -> Outcome<()> {
    let folder = Folder::new()?;
    let Some(disk) = Disk::mount(&folder.file("disk"))? else {
        println!("\n### disk full: skipped, since mounting a tmpfs needs root");
        return Ok(());
    };
    let mut figures = Figures::new(&format!(
        "disk full {rounds} times, then freed{}",
        limits.words()
    ));
    let base = Database::file(&disk.0.join("clips.sqlite"));
    let mut victim = limits.of(Victim::new(base.url(), &folder)?);
    victim.start().await?;
    let session = victim.session().await?;
    let watchers = Watchers::open(victim.port(), &session, WATCHING).await?;
    let (many, pause) = limits.crowd();
    let crowd = Crowd::gather(victim.port(), &session, many, pause);
    let (mut back, mut never) = (Vec::new(), 0);
    for _ in 0..rounds {
        tokio::time::sleep(Duration::from_millis(500)).await;
        disk.fill()?;
        let until = Instant::now() + FULL;
        while Instant::now() < until {
            // The log of the database may shrink meanwhile: full stays full.
            disk.fill()?;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        disk.free()?;
        match crowd.first_after(Instant::now(), WELL * 10).await {
            Some(time) => back.push(time),
            None => never += 1,
        }
    }
    let refused = crowd.seen().refused_after.len();
    let seen = books::close(&mut figures, &victim, &base, &session, crowd, watchers).await?;
    limits.judge(&mut figures, &seen);
    figures.some("503s while it was full", refused as u64);
    figures.within("from the room to the first acknowledgement", WELL, &back);
    figures.none("rounds after which nothing was acknowledged", never);
    victim.stop()?;
    figures.print()
}
