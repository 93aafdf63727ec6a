//! B5: from a press to the pages that watch, in one process, and in three that share Postgres.

use crate::{
    Outcome,
    database::{Database, Kind},
    fan_out::{self, Side},
    load::Publish,
    ours::{self, Session, Which},
    process::{Folder, Process},
    report::Report,
    sse::Subscribers,
    submissions::Shape,
};

/// How many pages watch.
const STREAMS: usize = 2_000;
/// Presses a second.
const RATE: u32 = 200;

/// Some processes on one database, and the pages that watch one session there.
struct Site {
    servers: Vec<Process>,
    session: Session,
    subscribers: Subscribers,
}

impl Site {
    async fn open(processes: usize, folder: &Folder) -> Outcome<Self> {
        let base = Database::new(Kind::Postgres, folder).await?;
        let mut servers = Vec::new();
        for _ in 0..processes {
            servers.push(ours::start(Which::Whole, base.url(), folder, None).await?);
        }
        let session = Session::open(&servers[0], 0).await?;
        let mut streams = Vec::new();
        // Where there are several, no page watches the process that is pressed at: that one needs nobody to tell it.
        for server in &servers[usize::from(processes > 1)..] {
            streams.push(session.stream(server).await?);
        }
        Ok(Self {
            subscribers: Subscribers::open(&streams, STREAMS).await?,
            servers,
            session,
        })
    }

    async fn half(&self, shape: Shape, side: &mut Side) -> Outcome<()> {
        let way = Publish::Ours(self.session.clone(), self.servers[0].port());
        let servers: Vec<_> = self.servers.iter().collect();
        fan_out::half(&servers, &self.subscribers, &way, RATE, shape.time, side).await
    }

    fn close(self) -> Outcome<()> {
        drop(self.subscribers);
        self.servers.into_iter().try_for_each(Process::stop)
    }
}

/// Runs the pairs.
pub(crate) async fn run(shape: Shape) -> Outcome<()> {
    let folder = Folder::new()?;
    let title = format!("press to seen, {STREAMS} live streams, {RATE} presses/s, Postgres");
    let mut report = Report::new(&title, &fan_out::COLUMNS);
    let one = Site::open(1, &folder).await?;
    let three = Site::open(3, &folder).await?;
    let (mut single, mut shared) = (Side::default(), Side::default());
    for pair in 0..=shape.pairs {
        let (mut warm_up, mut unused) = (Side::default(), Side::default());
        let (single, shared) = if pair == 0 {
            (&mut warm_up, &mut unused)
        } else {
            (&mut single, &mut shared)
        };
        one.half(shape, single).await?;
        three.half(shape, shared).await?;
    }
    single.row(&mut report, "one process");
    shared.row(
        &mut report,
        "three, pressed at the first, watched at the others",
    );
    report.ratio(
        "p99, three processes over one",
        &shared.p99.over(&single.p99),
    );
    report.print();
    one.close()?;
    three.close()
}
