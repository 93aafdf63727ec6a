//! What it costs to find, hide and erase what one visitor pressed in a long list, beside a shorter one, whether the newest
//! presses are entered in the index by visitor or not.

use std::time::{Duration, Instant};

use app::live::press::own_presses;
use serde_json::json;
use server::random;

use super::{Costs, Setup};
use crate::{
    Outcome, database,
    fill::{self, Filling, REGULARS_TIMESTAMPS, Regular},
    http::Connection,
    ours::{self, Session},
    report::Report,
    stats::per,
};

/// How many rows the long list has, and the shorter one.
const ROWS: [u64; 2] = [1_000_000, 100_000];
/// How many rows are not entered yet, where some aren't: what some hundred presses a second are until the index is filled
/// again.
const NOT_ENTERED: u64 = 10_000;
/// How many visitors are asked for, hidden and erased in one run.
const VISITORS: usize = 5;
/// How often it is tried to measure before the server fills the index.
const ATTEMPTS: usize = 4;
/// How long each may take.
const LONGEST: Duration = Duration::from_millis(300);
/// How long the server may take to fill the index behind the commits: a million rows, on a disk that is still busy writing them.
const LONGEST_ENTERING: Duration = Duration::from_secs(300);

/// What is done with a visitor's timestamps.
#[derive(Clone, Copy, Debug)]
enum Request {
    /// The visitor asks for their own.
    Mine,
    /// A moderator hides all of theirs.
    Hide,
    /// The visitor has them erased.
    Erase,
}

const REQUESTS: [Request; 3] = [Request::Mine, Request::Hide, Request::Erase];

impl Request {
    fn words(self) -> &'static str {
        match self {
            Self::Mine => "`mine`",
            Self::Hide => "hiding all of a visitor",
            Self::Erase => "erasing oneself",
        }
    }
}

/// Whether the index is filled to its end.
const ENTERED: [(bool, &str); 2] = [
    (true, "filled"),
    (false, "the newest 10,000 rows not entered"),
];

/// A session, its visitors, and what was measured in it, by the state of the index and the request.
struct Long<'a> {
    session: Session,
    filling: Filling<'a>,
    next: usize,
    costs: [[Costs; REQUESTS.len()]; ENTERED.len()],
    longest: [[Duration; REQUESTS.len()]; ENTERED.len()],
}

/// Runs the rounds.
pub(super) async fn run(setup: &Setup, rounds: usize) -> Outcome<()> {
    // Nobody is hidden or erased twice; some more, where something is done again.
    let many = (rounds + 2) * ENTERED.len() * REQUESTS.len() * VISITORS;
    let regulars = ROWS.map(|_| (0..many).map(|_| Regular::new()).collect::<Vec<_>>());
    let mut sessions = Vec::new();
    for (rows, regulars) in ROWS.iter().zip(&regulars) {
        let filling = Filling {
            rows: *rows,
            regulars,
            ..Filling::default()
        };
        sessions.push(Long {
            session: setup.session(filling).await?,
            filling,
            next: 0,
            costs: Default::default(),
            longest: Default::default(),
        });
    }
    let title = format!(
        "a visitor's {REGULARS_TIMESTAMPS} timestamps in a list of {} rows, {:?}: CPU (Postgres included) and wall ms, \
         {VISITORS} visitors in a row",
        ROWS[0],
        setup.base.kind()
    );
    let mut report = Report::new(
        &title,
        &[
            "what",
            "the index",
            "CPU ms",
            "over 100,000 rows",
            "wall ms",
            "over 100,000 rows",
            "longest ms",
            "goal",
            "",
        ],
    );
    for round in 0..=rounds {
        for (state, (is_entered, _)) in ENTERED.into_iter().enumerate() {
            for long in &sessions {
                settled(setup, &long.session).await?;
            }
            for (number, request) in REQUESTS.into_iter().enumerate() {
                for long in &mut sessions {
                    let measured = match is_entered {
                        true => long.measure(setup, request).await?,
                        false => long.measure_not_entered(setup, request).await?,
                    };
                    if round > 0 {
                        long.keep(state, number, measured);
                    }
                }
            }
        }
    }
    for (number, request) in REQUESTS.into_iter().enumerate() {
        for (state, (_, index)) in ENTERED.into_iter().enumerate() {
            let (long, short) = (&sessions[0], &sessions[1]);
            let (costs, peer) = (&long.costs[state][number], &short.costs[state][number]);
            let longest = long.longest[state][number];
            let verdict = if longest <= LONGEST {
                "met"
            } else {
                "**missed**"
            };
            report.row(&[
                request.words().into(),
                index.into(),
                costs.cpu.to_string(),
                costs.cpu.over(&peer.cpu).to_string(),
                costs.wall.to_string(),
                costs.wall.over(&peer.wall).to_string(),
                longest.as_millis().to_string(),
                format!("<= {} ms", LONGEST.as_millis()),
                verdict.into(),
            ]);
        }
    }
    report.print();
    Ok(())
}

/// What some requests cost: CPU and wall time of each in milliseconds, and the longest.
struct Measured {
    cpu: f64,
    wall: f64,
    longest: Duration,
}

impl Long<'_> {
    /// Does it for the next visitors.
    async fn measure(&mut self, setup: &Setup, request: Request) -> Outcome<Measured> {
        let mut connection = Connection::open(setup.server.port()).await?;
        let (before, began) = (setup.cpu()?, Instant::now());
        let mut longest = Duration::ZERO;
        for _ in 0..VISITORS {
            let asked = Instant::now();
            if self.next == self.filling.regulars.len() {
                return Err("there is no visitor left who is neither hidden nor erased".into());
            }
            self.ask(&mut connection, request, self.next).await?;
            longest = longest.max(asked.elapsed());
            self.next += 1;
        }
        let (wall, used) = (began.elapsed(), setup.cpu()? - before);
        let visitors = VISITORS as u64;
        Ok(Measured {
            cpu: per(used, visitors * 1_000),
            wall: wall.as_secs_f64() * 1e3 / per(visitors, 1),
            longest,
        })
    }

    /// The same while the newest rows are not entered. Where the server entered them meanwhile, it is done once more.
    async fn measure_not_entered(&mut self, setup: &Setup, request: Request) -> Outcome<Measured> {
        for _ in 0..ATTEMPTS {
            if not_entered(setup, &self.session).await? < NOT_ENTERED {
                // A server that is just entering rows would leave out what is taken out meanwhile.
                settled(setup, &self.session).await?;
                fill::take_out_newest(&setup.base, &self.session.code, NOT_ENTERED).await?;
            }
            let measured = self.measure(setup, request).await?;
            if not_entered(setup, &self.session).await? >= NOT_ENTERED {
                return Ok(measured);
            }
        }
        Err("the index is always filled before all is measured".into())
    }

    fn keep(&mut self, state: usize, number: usize, measured: Measured) {
        let costs = &mut self.costs[state][number];
        costs.cpu.push(measured.cpu);
        costs.wall.push(measured.wall);
        let longest = &mut self.longest[state][number];
        *longest = measured.longest.max(*longest);
    }

    async fn ask(
        &self,
        connection: &mut Connection,
        request: Request,
        visitor: usize,
    ) -> Outcome<()> {
        let Session { code, cookie } = &self.session;
        let regular = &self.filling.regulars[visitor];
        match request {
            Request::Mine => {
                let wanted = json!({ "code": code });
                let theirs = ours::ask(connection, &regular.cookie, "mine", &wanted).await?;
                let many = theirs.as_array().map_or(0, Vec::len);
                if many < own_presses::MOST.min(usize::try_from(REGULARS_TIMESTAMPS)?) {
                    return Err(format!("a visitor's own: {many}").into());
                }
            }
            Request::Hide => {
                let wanted = json!({
                    "code": code,
                    "id": fill::id(self.filling.row_of(visitor)),
                    "act": random::uuid(),
                });
                ours::ask(connection, cookie, "hide_visitor", &wanted).await?;
            }
            Request::Erase => {
                let form = "Content-Type: application/x-www-form-urlencoded\r\n";
                let headers = format!("{form}{}", regular.cookie);
                let answer = connection.post("/forget", &headers, "sure=yes").await?;
                if !answer.head.contains("forgotten=yes") {
                    return Err(format!("erasing: {}", answer.head).into());
                }
            }
        }
        Ok(())
    }
}

/// Waits until the index is filled behind the last commits.
async fn settled(setup: &Setup, session: &Session) -> Outcome<()> {
    let began = Instant::now();
    while not_entered(setup, session).await? > 0 {
        if began.elapsed() > LONGEST_ENTERING {
            return Err("the index is not filled".into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// How many revisions the index is behind.
async fn not_entered(setup: &Setup, session: &Session) -> Outcome<u64> {
    let connection = setup.base.connect().await?;
    let sql = format!(
        "SELECT revision - visitors_indexed FROM session WHERE code = '{}'",
        session.code
    );
    let behind = database::number(&connection, &sql).await?;
    connection.close().await?;
    Ok(u64::try_from(behind)?)
}
