//! Many simultaneous presses of Resume: one segment each round.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;
use tokio::{sync::Barrier, task::JoinSet};

use super::{figures::Figures, victim::Victim};
use crate::{
    Outcome,
    database::{self, Database, Kind},
    http::Connection,
    ours::{self, Session},
    process::Folder,
};

/// How many press Resume at the same moment.
const TABS: usize = 64;

/// So many rounds of pause and Resume.
pub(crate) async fn run(kind: Kind, rounds: u32) -> Outcome<()> {
    let mut figures = Figures::new(&format!(
        "{TABS} simultaneous Resumes, {rounds} rounds, {kind:?}"
    ));
    let folder = Folder::new()?;
    let base = Database::new(kind, &folder).await?;
    let mut victim = Victim::new(base.url(), &folder)?;
    victim.start().await?;
    let session = victim.session().await?;
    let barrier = Arc::new(Barrier::new(TABS));
    let mut tabs = JoinSet::new();
    for number in 0..TABS {
        let tab = Tab {
            connection: Connection::open(victim.port()).await?,
            session: session.clone(),
            pauses: number == 0,
            barrier: barrier.clone(),
        };
        tabs.spawn(tab.press(rounds));
    }
    let mut statuses: BTreeMap<u16, u64> = BTreeMap::new();
    while let Some(pressed) = tabs.join_next().await {
        for (status, times) in pressed?? {
            *statuses.entry(status).or_default() += times;
        }
    }
    let connection = base.connect().await?;
    let segments = database::number(&connection, "SELECT count(*) FROM segment").await?;
    let open = "SELECT count(*) FROM segment WHERE end_time IS NULL";
    let open = database::number(&connection, open).await?;
    figures.exactly(
        "segments: the first, and one each round",
        u64::from(rounds) + 1,
        u64::try_from(segments)?,
    );
    figures.exactly("open segments", 1, u64::try_from(open)?);
    let failed: u64 = statuses.range(500..).map(|(_, times)| times).sum();
    figures.none("answers of 5xx", failed);
    if failed > 0 {
        for line in victim.complaints() {
            figures.note(format!("the log: {line}"));
        }
    }
    let good = statuses.get(&200).copied().unwrap_or_default();
    let all = u64::from(rounds) * (TABS as u64 + 1);
    figures.exactly("answers of 200, pauses included", all, good);
    figures.none("panics in the log", victim.panics());
    victim.stop()?;
    figures.print()
}

/// A tab of the control panel.
struct Tab {
    connection: Connection,
    session: Session,
    pauses: bool,
    barrier: Arc<Barrier>,
}

impl Tab {
    async fn press(mut self, rounds: u32) -> Outcome<BTreeMap<u16, u64>> {
        let mut statuses = BTreeMap::new();
        for segment in 1..=rounds {
            if self.pauses {
                let act = json!({ "act": "pause", "segment": segment });
                self.act(act, &mut statuses).await?;
            }
            self.barrier.wait().await;
            let act = json!({ "act": "resume", "segment": segment, "began_minutes_ago": 0 });
            self.act(act, &mut statuses).await?;
            self.barrier.wait().await;
        }
        Ok(statuses)
    }

    async fn act(
        &mut self,
        act: serde_json::Value,
        statuses: &mut BTreeMap<u16, u64>,
    ) -> Outcome<()> {
        let arguments = json!({ "code": self.session.code, "act": act });
        let cookie = &self.session.cookie;
        let answer = ours::call(&mut self.connection, cookie, "act", &arguments).await?;
        *statuses.entry(answer.status).or_default() += 1;
        Ok(())
    }
}
