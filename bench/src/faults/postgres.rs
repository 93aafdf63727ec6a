//! The private Postgres that `scripts/with-postgres.sh` started: stopped hard, frozen, and brought back.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Outcome, process};

/// Postgres' first process, and where its files are.
pub(crate) struct Postgres {
    programs: PathBuf,
    data: PathBuf,
}

impl Postgres {
    /// The one whose first process this is.
    pub(crate) fn of(postmaster: u32) -> Outcome<Self> {
        let program = fs::read_link(format!("/proc/{postmaster}/exe"))?;
        let programs = program.parent().ok_or("no folder")?.to_owned();
        let data = fs::read_link(format!("/proc/{postmaster}/cwd"))?;
        Ok(Self { programs, data })
    }

    /// Its first process now: another one after each start.
    pub(crate) fn postmaster(&self) -> Outcome<u32> {
        let file = fs::read_to_string(self.data.join("postmaster.pid"))?;
        Ok(file.lines().next().ok_or("no process id")?.parse()?)
    }

    /// Stops it without a checkpoint, as a crash would.
    pub(crate) fn stop_immediately(&self) -> Outcome<()> {
        self.control(&["-m", "immediate", "-w", "stop"])
    }

    /// Starts it with the options of its last start, and waits until it takes connections.
    pub(crate) fn start(&self) -> Outcome<()> {
        // "restart" remembers the options, "start" doesn't.
        let log = self.data.join("../log");
        let log = log.to_string_lossy().into_owned();
        self.control(&["-l", &log, "-w", "restart"])
    }

    /// Freezes all its processes, or lets them go on: connections stay open, and nothing is said.
    pub(crate) fn freeze(&self, is_frozen: bool) -> Outcome<()> {
        let signal = if is_frozen { "-STOP" } else { "-CONT" };
        for pid in process::tree(self.postmaster()?)? {
            // One that has just ended needs no signal.
            Command::new("kill")
                .args([signal, &pid.to_string()])
                .stderr(Stdio::null())
                .status()?;
        }
        Ok(())
    }

    fn control(&self, words: &[&str]) -> Outcome<()> {
        let program = self.programs.join("pg_ctl");
        let data = self.data.to_string_lossy().into_owned();
        // It refuses to run as root.
        let mut command = match fs::metadata(&self.data).map(|data| is_root(&data)) {
            Ok(false) if is_root(&fs::metadata("/proc/self")?) => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--"]).arg(program);
                command
            }
            _ => Command::new(program),
        };
        let done = command
            .args(["-D", &data])
            .args(words)
            .current_dir(Path::new("/"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        let words = words.join(" ");
        done.success()
            .then_some(())
            .ok_or_else(|| format!("pg_ctl {words} failed").into())
    }
}

fn is_root(of: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(of) == 0
}
