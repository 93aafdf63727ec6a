//! The order of durability, as the kernel saw it: before each acknowledgement leaves, the log of its commit was synced.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::{crowd::Crowd, figures::Figures, victim::Victim};
use crate::{
    Outcome,
    database::{Database, Kind},
    process::{self, Folder},
};

/// The calls that are traced: requests, acknowledgements, the database's log, and its syncs.
const CALLS: &str =
    "trace=read,recvfrom,readv,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync";

/// Traces so many presses of one viewer, and of sixteen.
pub(crate) async fn run(kind: Kind, presses: usize) -> Outcome<()> {
    if Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        println!("\n### order of durability: skipped, strace is missing");
        return Ok(());
    }
    let mut figures = Figures::new(&format!("order of durability, {kind:?}"));
    for viewers in [1, 16] {
        let trace = trace(kind, viewers, presses).await?;
        let order = Order::read(&trace);
        figures.some(
            &format!("acknowledgements traced, {viewers} at a time"),
            order.acknowledged,
        );
        figures.none(
            &format!(
                "of them before a sync of the log since the request came, {viewers} at a time"
            ),
            order.unsynced,
        );
        if viewers == 1 {
            figures.none(
                "of them with bytes of the log that were written since and not synced",
                order.unfinished,
            );
        }
        figures.note(format!(
            "{} syncs of the log, {viewers} at a time",
            order.syncs
        ));
    }
    figures.print()
}

/// Runs a server and its database under strace; answers what it told.
async fn trace(kind: Kind, viewers: usize, presses: usize) -> Outcome<String> {
    let folder = Folder::new()?;
    let base = Database::new(kind, &folder).await?;
    let mut victim = Victim::new(base.url(), &folder)?;
    victim.start().await?;
    let session = victim.session().await?;
    let file = folder.file("trace");
    let mut pids = vec![victim.pid()?];
    if let Some(postmaster) = base.postmaster() {
        pids.extend(process::tree(postmaster)?);
    }
    let mut strace = attach(&pids, &file)?;
    // It says nothing when all are attached.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let crowd = Crowd::gather(victim.port(), &session, viewers, Duration::from_millis(1));
    let began = Instant::now();
    while crowd.seen().acknowledged.len() < presses && began.elapsed() < Duration::from_secs(60) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    crowd.leave().await;
    // Asked to stop, it lets go of all and writes what it has.
    Command::new("kill")
        .args(["-INT", &strace.id().to_string()])
        .status()?;
    strace.wait()?;
    victim.stop()?;
    Ok(fs::read_to_string(file)?)
}

fn attach(pids: &[u32], file: &Path) -> Outcome<Child> {
    let mut command = Command::new("strace");
    command
        .args(["-f", "-q", "-y", "-s", "40", "-e", CALLS, "-o"])
        .arg(file);
    for pid in pids {
        command.args(["-p", &pid.to_string()]);
    }
    Ok(command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?)
}

/// What a trace tells.
#[derive(Debug, Default, PartialEq, Eq)]
struct Order {
    acknowledged: u64,
    /// Acknowledgements without a sync that was completed since the request came.
    unsynced: u64,
    /// Acknowledgements while bytes of the log were not synced that were written since the request came.
    unfinished: u64,
    syncs: u64,
}

impl Order {
    /// Reads the lines, which stand in the order in which strace saw the calls begin and end.
    fn read(trace: &str) -> Self {
        let mut order = Self::default();
        // What each thread is at, where another one's line came between.
        let mut begun: HashMap<&str, String> = HashMap::new();
        // By socket: whether a sync was completed since its request came.
        let mut waiting: HashMap<String, bool> = HashMap::new();
        let mut is_written = false;
        for line in trace.lines() {
            let Some((thread, call)) = line.trim_start().split_once(' ') else {
                continue;
            };
            let call = call.trim_start();
            let (whole, begins, ends) = if let Some(head) = call.strip_suffix("<unfinished ...>") {
                begun.insert(thread, head.into());
                (head.to_owned(), true, false)
            } else if call.starts_with("<... ") {
                let head = begun.remove(thread).unwrap_or_default();
                let (_, tail) = call.split_once("resumed>").unwrap_or_default();
                (head + tail, false, true)
            } else {
                (call.to_owned(), true, true)
            };
            let Some((name, arguments)) = whole.split_once('(') else {
                continue;
            };
            let file = arguments.split_once('>').map_or("", |(file, _)| file);
            let is_log = file.contains("-wal") || file.contains("/pg_wal/");
            match name {
                "fsync" | "fdatasync" if is_log && ends && whole.ends_with("= 0") => {
                    order.syncs += 1;
                    is_written = false;
                    waiting.values_mut().for_each(|synced| *synced = true);
                }
                "pwrite64" | "pwritev" | "write" if is_log && ends => is_written = true,
                "read" | "recvfrom" | "readv" if ends && arguments.contains("POST /rpc/submit") => {
                    waiting.insert(file.into(), false);
                }
                "write" | "writev" | "sendto" | "sendmsg"
                    if begins && arguments.contains("HTTP/1.1 200") =>
                {
                    if let Some(synced) = waiting.remove(file) {
                        order.acknowledged += 1;
                        order.unsynced += u64::from(!synced);
                        order.unfinished += u64::from(is_written);
                    }
                }
                _ => {}
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str =
        "7 recvfrom(9<socket:[1]>, \"POST /rpc/submit HTTP\"..., 99, 0, NULL, NULL) = 99\n";
    const WRITTEN: &str = "8 pwrite64(5</d/c.sqlite-wal>, \"x\"..., 24, 0) = 24\n";
    const SYNC_BEGINS: &str = "8 fdatasync(5</d/c.sqlite-wal> <unfinished ...>\n";
    const SYNC_ENDS: &str = "8 <... fdatasync resumed>)         = 0\n";
    const ANSWER: &str = "7 sendto(9<socket:[1]>, \"HTTP/1.1 200 OK\"..., 300, 0, NULL, 0) = 300\n";

    fn read(lines: &[&str]) -> Order {
        Order::read(&lines.concat())
    }

    #[test]
    fn an_acknowledgement_after_the_sync_is_in_order() {
        let order = read(&[REQUEST, WRITTEN, SYNC_BEGINS, SYNC_ENDS, ANSWER]);
        let good = Order {
            acknowledged: 1,
            syncs: 1,
            ..Order::default()
        };
        assert_eq!(order, good);
    }

    #[test]
    fn an_acknowledgement_before_the_end_of_the_sync_is_found() {
        let order = read(&[REQUEST, WRITTEN, SYNC_BEGINS, ANSWER, SYNC_ENDS]);
        assert_eq!((order.unsynced, order.unfinished), (1, 1));
        let order = read(&[REQUEST, SYNC_BEGINS, SYNC_ENDS, WRITTEN, ANSWER]);
        assert_eq!((order.unsynced, order.unfinished), (0, 1));
    }
}
