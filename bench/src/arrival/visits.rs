//! One thing that is asked for again and again: the viewers' page, its data, its files, the staff's page and the others.

use super::{
    addresses,
    browser::{self, Load},
    setup::{ROWS, Setup},
    verdict::{Goal, Line},
};
use crate::Outcome;

/// How many rows the list has that staff look at.
const LONG: u64 = 100_000;

/// How something is asked for, and what is to be reached.
struct Visit<'a> {
    what: String,
    load: Load,
    rate: u64,
    has_peer: bool,
    goals: &'a [Goal],
}

/// The viewers' page, while people press.
pub(crate) async fn page(setup: &Setup) -> Outcome<Vec<Line>> {
    let _live = setup.live().await?;
    let before = setup.rows().await?;
    let at_rest = setup.at_rest().await? / 1e3;
    let mut lines = Vec::new();
    let slow: &[Goal] = &[Goal::Micros(300.0)];
    let fast: &[Goal] = &[Goal::Micros(120.0), Goal::Times(5.0)];
    for (rate, goals) in [(100, slow), (1_000, fast)] {
        let visit = Visit {
            what: format!("page of {ROWS} rows, {rate}/s"),
            load: Load::new(&setup.page(), browser::PAGE),
            rate,
            has_peer: true,
            goals,
        };
        lines.push(visit.line(setup).await?);
    }
    let pressed = setup.rows().await? - before;
    eprintln!(
        "{pressed} presses meanwhile; with one page that watches they need {at_rest:.1} ms/s of CPU by themselves"
    );
    Ok(lines)
}

/// The public snapshot, while people press.
pub(crate) async fn snapshot(setup: &Setup) -> Outcome<Vec<Line>> {
    let _live = setup.live().await?;
    let visit = Visit {
        what: "public snapshot, 1000/s".into(),
        load: Load::new(&format!("{}/snapshot", setup.page()), browser::FILE),
        rate: 1_000,
        has_peer: true,
        goals: &[Goal::Micros(120.0)],
    };
    Ok(vec![visit.line(setup).await?])
}

/// A small file, and a large one.
pub(crate) async fn files(setup: &Setup) -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    for (ending, rate) in [(".svg", 2_000), (".wasm", 500)] {
        let Some(file) = addresses::ending(&setup.files, ending) else {
            lines.push(Line::unmeasured(ending, "the page names none"));
            continue;
        };
        let visit = Visit {
            what: format!("{file}, {rate}/s"),
            load: Load::new(file, browser::FILE),
            rate,
            has_peer: true,
            goals: &[Goal::Times(2.0)],
        };
        lines.push(visit.line(setup).await?);
    }
    Ok(lines)
}

/// A moderators' page of a long list.
pub(crate) async fn staff(setup: &Setup) -> Outcome<Vec<Line>> {
    let session = setup.long_session(LONG).await?;
    let headers = format!("{}{}", browser::PAGE, session.cookie);
    let visit = Visit {
        what: format!("staff page of {LONG} rows, 20/s"),
        load: Load::new(&format!("/s/{}/mod", session.code), &headers),
        rate: 20,
        has_peer: false,
        goals: &[Goal::Micros(8_000.0)],
    };
    Ok(vec![visit.line(setup).await?])
}

/// The pages that belong to no session.
pub(crate) async fn others(setup: &Setup) -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    for (path, status) in [("/", 200), ("/privacy", 200), ("/nowhere", 404)] {
        let visit = Visit {
            what: format!("{path} ({status}), 500/s"),
            load: Load::new(path, browser::PAGE).answered_with(status),
            rate: 500,
            has_peer: true,
            goals: &[],
        };
        lines.push(visit.line(setup).await?);
    }
    Ok(lines)
}

impl Visit<'_> {
    async fn line(&self, setup: &Setup) -> Outcome<Line> {
        let half = async |port, pace| {
            let visit = |number| self.load.clone().once(port, number);
            super::at_rate::at_rate(pace, visit).await
        };
        let compared = setup.compare(self.rate, self.has_peer, half).await?;
        let peer = if self.has_peer { "nginx" } else { "" };
        Ok(compared.line(&self.what, peer, self.goals))
    }
}
