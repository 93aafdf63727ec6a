//! A program that is measured: started and stopped by its process id; its CPU time and memory are told by the kernel.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{Outcome, http::Connection};

/// The clock tick in which the kernel tells CPU times: 100 a second on every Linux.
const TICK_MICROSECONDS: u64 = 10_000;
/// How long a program may take until it answers.
const LONGEST_START: Duration = Duration::from_secs(120);
/// How long a program may take to stop: fifteen thousand streams are not closed at once.
const LONGEST_STOP: Duration = Duration::from_secs(40);

/// A running program; it ends with this value.
pub(crate) struct Process {
    child: Child,
    port: u16,
}

impl Process {
    /// Starts a program that will listen on `port`. Its words are added to the log.
    pub(crate) fn spawn(mut command: Command, port: u16, log: &Path) -> Outcome<Self> {
        let log_file = fs::File::options().create(true).append(true).open(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log_file.try_clone()?)
            .stderr(log_file)
            .spawn()
            .map_err(|error| format!("{:?} does not start: {error}", command.get_program()))?;
        Ok(Self { child, port })
    }

    /// Starts a program that listens on `port`, and waits until it answers `probe` with 200.
    pub(crate) async fn start(
        command: Command,
        port: u16,
        probe: &str,
        log: &Path,
    ) -> Outcome<Self> {
        let program = command.get_program().to_owned();
        let mut process = Self::spawn(command, port, log)?;
        let began = Instant::now();
        loop {
            if let Some(status) = process.child.try_wait()? {
                let words = fs::read_to_string(log).unwrap_or_default();
                return Err(format!("{program:?}: {status}\n{words}").into());
            }
            if let Ok(mut connection) = Connection::open(port).await
                && let Ok(answer) = connection.get(probe, "").await
                && answer.status == 200
            {
                return Ok(process);
            }
            if began.elapsed() > LONGEST_START {
                return Err(format!("{program:?} is not ready").into());
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Where it listens, on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// CPU time used so far by it and its children, in microseconds.
    pub(crate) fn cpu(&self) -> Outcome<u64> {
        cpu_of_tree(self.pid())
    }

    /// Resident memory of it and its children, in KiB.
    pub(crate) fn resident(&self) -> Outcome<u64> {
        tree(self.pid())?
            .into_iter()
            .map(|pid| status_kib(pid, "VmRSS:"))
            .sum()
    }

    /// Forgets the highest memory so far.
    pub(crate) fn forget_peak(&self) -> Outcome<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.pid()), "5")?)
    }

    /// The highest resident memory since `forget_peak`, in KiB.
    pub(crate) fn peak(&self) -> Outcome<u64> {
        status_kib(self.pid(), "VmHWM:")
    }

    /// Asks it to stop, and waits.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        let pid = self.pid().to_string();
        Command::new("kill").args(["-TERM", &pid]).status()?;
        let began = Instant::now();
        while self.child.try_wait()?.is_none() {
            if began.elapsed() > LONGEST_STOP {
                return Err(format!("process {pid} does not stop").into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already gone after `stop`; after an error nothing may be left running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time of a process and all that it started, the ended ones included, in microseconds.
pub(crate) fn cpu_of_tree(pid: u32) -> Outcome<u64> {
    let mut ticks = 0;
    for pid in tree(pid)? {
        // One that ended between listing and reading is counted by its parent from now on.
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        // The name in parentheses may hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let times = after_name.split(' ').skip(11).take(4);
        ticks += times
            .filter_map(|field| field.parse::<u64>().ok())
            .sum::<u64>();
    }
    Ok(ticks * TICK_MICROSECONDS)
}

/// CPU time of this program, in microseconds.
pub(crate) fn own_cpu() -> Outcome<u64> {
    own_times(11)
}

/// CPU time of the programs that this one started and waited for, in microseconds.
pub(crate) fn children_cpu() -> Outcome<u64> {
    own_times(13)
}

fn own_times(first: usize) -> Outcome<u64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let times = after_name.split(' ').skip(first).take(2);
    let ticks: u64 = times.filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(ticks * TICK_MICROSECONDS)
}

/// A process and its descendants.
pub(crate) fn tree(root: u32) -> Outcome<Vec<u32>> {
    let mut pids = vec![root];
    let mut next = 0;
    while let Some(pid) = pids.get(next) {
        next += 1;
        let path = format!("/proc/{pid}/task/{pid}/children");
        let children = fs::read_to_string(path).unwrap_or_default();
        pids.extend(
            children
                .split_whitespace()
                .filter_map(|pid| pid.parse::<u32>().ok()),
        );
    }
    Ok(pids)
}

fn status_kib(pid: u32, field: &str) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let value = status
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .and_then(|rest| rest.split_whitespace().next())
        .ok_or("no such line in /proc/PID/status")?;
    Ok(value.parse()?)
}

/// The process that started another one.
pub(crate) fn parent(pid: u32) -> Outcome<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let parent = after_name.split(' ').nth(1).ok_or("no parent")?;
    Ok(parent.parse()?)
}

/// The machine's load in the last minute, as the kernel words it: others' work disturbs what is measured.
pub(crate) fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().into()
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Lets this program's threads, and what it starts from now on, run on one core only.
pub(crate) fn pin_to(core: u32) -> Outcome<()> {
    run_on(&core.to_string())
}

/// The cores that this program may run on, as the kernel words it.
pub(crate) fn cores() -> Outcome<String> {
    let status = fs::read_to_string("/proc/self/status")?;
    let mut lines = status.lines();
    let cores = lines.find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    Ok(cores.ok_or("no cores in /proc/self/status")?.trim().into())
}

/// Lets this program's threads, and what it starts from now on, run on these cores.
pub(crate) fn run_on(cores: &str) -> Outcome<()> {
    let pid = std::process::id().to_string();
    let done = Command::new("taskset")
        .args(["-a", "-cp", cores, &pid])
        .stdout(Stdio::null())
        .status()?;
    done.success().then_some(()).ok_or("taskset failed".into())
}

/// A folder for one benchmark's databases and logs; it goes with this value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// A new one.
    pub(crate) fn new() -> Outcome<Self> {
        Self::below(&std::env::temp_dir())
    }

    /// The same, whose files lie in memory.
    pub(crate) fn in_memory() -> Outcome<Self> {
        Self::below(Path::new("/dev/shm"))
    }

    fn below(parent: &Path) -> Outcome<Self> {
        let path = parent.join(format!("bench-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
