//! Text of the browser's tab title.

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        offset::Offset,
        session::{Session, Status},
    },
    live::connection::state_machine::Connection,
};

/// How the stream stands, and what the session is called.
pub(crate) fn title(
    session: &Session,
    now: Option<DateTime<Utc>>,
    connection: Connection,
) -> String {
    let state = match session.status {
        _ if connection.is_away() => "Offline –".to_owned(),
        // A hidden tab that gave up its stream doesn't know the current status, and says nothing rather than something
        // outdated.
        _ if connection == Connection::Resting => return session.title.to_string(),
        Status::Active { start_time, .. } => {
            // Until the time is known: the page runs, and for how long it can't say.
            let Some(now) = now else {
                return format!("● {}", session.title);
            };
            let clock = Offset::between(start_time, now).to_string();
            // Hours and minutes only: a title that changes every second is distracting.
            let minutes = clock.rsplit_once(':').map_or("", |(minutes, _)| minutes);
            format!("● {minutes}")
        }
        Status::Paused { last: None } => "Not started –".to_owned(),
        Status::Paused { last: Some(_) } => "Paused –".to_owned(),
        Status::Ended { .. } => "Ended –".to_owned(),
    };
    format!("{state} {}", session.title)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::session::{LastSegment, tests::blank};

    #[test]
    fn the_tab_tells_the_state() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let start_time = now - TimeDelta::seconds(12 * 60 + 34);
        let last = Some(LastSegment {
            index: 1,
            end_time: now,
        });
        let title = |status: Status, connection, now| {
            let session = Session { status, ..blank() };
            super::title(&session, now, connection)
        };
        let live = Connection::Live { failures: 0 };
        let active = Status::Active {
            segment: 1,
            start_time,
        };
        let titles = [
            title(active.clone(), live, Some(now)),
            title(active.clone(), Connection::START, None),
            title(
                active.clone(),
                Connection::Waiting { failures: 3 },
                Some(now),
            ),
            title(active, Connection::Resting, Some(now)),
            title(Status::Paused { last: None }, live, Some(now)),
            title(Status::Paused { last }, live, None),
            title(Status::Ended { last }, live, Some(now)),
        ];
        insta::assert_snapshot!(titles.join("\n"), @r"
        ● 00:12 Witcher 3
        ● Witcher 3
        Offline – Witcher 3
        Witcher 3
        Not started – Witcher 3
        Paused – Witcher 3
        Ended – Witcher 3
        ");
    }
}
