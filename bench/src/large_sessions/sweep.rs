//! What a server keeps in memory for those who watch while a long list is hidden.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use app::domain::moderation::ModerationAction;
use serde_json::json;
use tokio::{task::JoinSet, time::sleep};

use super::Setup;
use crate::{
    Outcome,
    fill::{self, Filling},
    http::Connection,
    ours,
    report::Report,
    sse::{Stream, Subscribers},
};

/// How many rows are hidden.
const ROWS: u64 = 100_000;
/// How many watch: half of them viewers, half of them in the streamer's browser.
const WATCHING: usize = 4;
/// How often it is asked what is kept.
const EVERY: Duration = Duration::from_millis(20);
/// The most that may be kept.
const MOST: u64 = 1 << 20;

/// Hides all rows of a session that is being watched.
pub(super) async fn run(setup: &Setup) -> Outcome<()> {
    let filling = Filling {
        rows: ROWS,
        ..Filling::default()
    };
    let session = setup.session(filling).await?;

    let public = session.stream(&setup.server).await?;
    let staff = Stream {
        path: format!("{}&audience=staff", public.path),
        headers: session.cookie.clone(),
        ..public.clone()
    };
    let watching = Subscribers::open(&[public, staff], WATCHING).await?;
    if watching.refused() > 0 {
        return Err("a stream was refused".into());
    }

    let kept = Arc::new(AtomicU64::new(0));
    let mut asking = JoinSet::new();
    asking.spawn(keep_asking(setup.metrics_port, kept.clone()));
    let mut connection = Connection::open(setup.server.port()).await?;
    let rows: Vec<_> = (1..=ROWS).map(fill::id).collect();
    for ids in rows.chunks(ModerationAction::MOST_NAMED) {
        let wanted = json!({ "code": session.code, "ids": ids });
        ours::ask(&mut connection, &session.cookie, "hide", &wanted).await?;
    }
    // What was hidden last is on its way.
    sleep(Duration::from_secs(1)).await;
    if let Some(ended) = asking.try_join_next() {
        ended??;
    }
    let (sent, open) = (watching.tally.bytes(), watching.open_now());

    let title = format!("{ROWS} rows are hidden, {:?}", setup.base.kind());
    let mut report = Report::new(&title, &["what", "bytes", "goal", ""]);
    let kept = kept.load(Relaxed);
    let verdict = if kept <= MOST { "met" } else { "**missed**" };
    report.row(&[
        "recent frames that are kept, at most".into(),
        kept.to_string(),
        format!("<= {MOST}"),
        verdict.into(),
    ]);
    report.row(&[
        format!("sent to {open} of {WATCHING} streams"),
        sent.to_string(),
        String::new(),
        String::new(),
    ]);
    report.print();
    Ok(())
}

/// Asks again and again what is kept, and notes the most.
async fn keep_asking(port: u16, most: Arc<AtomicU64>) -> Outcome<()> {
    let mut connection = Connection::open(port).await?;
    loop {
        let answer = connection.get("/metrics", "").await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let mut lines = text.lines();
        let kept = lines.find_map(|line| line.strip_prefix("clips_live_kept_bytes "));
        let kept: u64 = kept.ok_or("the metric is missing")?.parse()?;
        most.fetch_max(kept, Relaxed);
        sleep(EVERY).await;
    }
}
