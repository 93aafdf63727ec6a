//! Lists of sessions with many segments: the order, and how many statements a page takes.

use app::domain::{
    filter::Filter,
    role::Audience,
    snapshot::Page,
    timestamp::{Place, Timestamp},
};
use chrono::TimeDelta;
use entity::{segment, session, timestamp};
use proptest::{collection::vec, prelude::*};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};
use server::random;
use uuid::Uuid;

use super::support::{Fixture, TestSession, at, by, generated, on_both_databases, page_notes};
use crate::support::statements::counted;

/// The most that a session may have.
const MOST: usize = 1_000;
/// The session, its segments, and two for the rows.
const STATEMENTS: usize = 4;

/// What hiding takes besides: the lock, the link, the action, and what is written.
const HIDING: usize = 20;

/// What hides a row, if anything does.
const NOTHING: Option<Uuid> = None;
const FILTER: Option<Uuid> = Some(Uuid::nil());
const ERASURE: Option<Uuid> = Some(Uuid::max());

/// One row: its offset, and what hides it.
type Row = (i32, Option<Uuid>);

/// A paused session with these rows in its segments. A row's note is its number, in the order of writing.
async fn session_of(fixture: &Fixture, segments: &[Vec<Row>]) -> TestSession {
    let session = fixture.open().await;
    let mut rows = Vec::new();
    let made = (1..).zip(segments).map(|(index, of_segment)| {
        let id = random::uuid();
        for (offset, hidden_by) in of_segment {
            let number = i64::try_from(rows.len()).unwrap();
            rows.push(timestamp::Model {
                session_id: session.id.0,
                id: random::uuid(),
                segment_id: id,
                offset_seconds: *offset,
                offset_hms: "00:00:00".into(),
                note: Some(number.to_string()),
                submitted_by: None,
                label: None,
                created_at: at(0),
                arrival: number,
                revision: number,
                visitor_id: random::uuid(),
                hidden_at: hidden_by.map(|_| at(0)),
                hidden_by: *hidden_by,
                request_hash: vec![0; 32],
                weight: 256,
            });
        }
        let shown = of_segment.iter().filter(|(_, hidden)| hidden.is_none());
        segment::Model {
            session_id: session.id.0,
            id,
            index,
            start_time: at(i64::from(index)),
            end_time: Some(at(i64::from(index)) + TimeDelta::seconds(1)),
            timestamp_count: i32::try_from(shown.count()).unwrap(),
            revision: 1,
            created_at: at(0),
        }
    });
    let made: Vec<_> = made.collect();
    let counted = made
        .iter()
        .map(|segment| segment.timestamp_count)
        .sum::<i32>();
    for made in made.chunks(500) {
        let made = made.iter().cloned().map(IntoActiveModel::into_active_model);
        let insert = segment::Entity::insert_many(made);
        insert
            .exec_without_returning(&fixture.tables)
            .await
            .unwrap();
    }
    for rows in rows.chunks(500) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        let insert = timestamp::Entity::insert_many(rows);
        insert
            .exec_without_returning(&fixture.tables)
            .await
            .unwrap();
    }
    let written = session::Entity::update_many()
        .col_expr(session::Column::TimestampCount, Expr::value(counted))
        .col_expr(session::Column::Revision, Expr::value(1_000_000_i64))
        .filter(session::Column::Id.eq(session.id.0));
    written.exec(&fixture.tables).await.unwrap();
    session
}

/// The notes of the whole list, in its order.
fn list(segments: &[Vec<Row>], is_seen: impl Fn(Option<Uuid>) -> bool) -> Vec<String> {
    let mut number = 0;
    let mut notes = Vec::new();
    for of_segment in segments {
        let mut rows: Vec<_> = (number..).zip(of_segment).collect();
        number += of_segment.len();
        rows.sort_by_key(|(number, (offset, _))| (*offset, *number));
        let seen = rows.into_iter().filter(|(_, (_, hidden))| is_seen(*hidden));
        notes.extend(seen.map(|(number, _)| number.to_string()));
    }
    notes
}

async fn newest(fixture: &Fixture, session: &TestSession, audience: Audience) -> Page {
    let read = fixture.store.snapshot(session.id, audience);
    let (statements, snapshot) = counted(read).await;
    let page = snapshot.unwrap().unwrap().page;
    assert!(
        (2..=STATEMENTS).contains(&statements),
        "{statements} for {audience:?}"
    );
    page
}

async fn before(
    fixture: &Fixture,
    session: &TestSession,
    audience: Audience,
    place: Place,
) -> Page {
    let read = fixture.store.page_before(session.id, audience, place);
    let (statements, page) = counted(read).await;
    let page = page.unwrap();
    assert!(
        (2..=STATEMENTS).contains(&statements),
        "{statements} for {audience:?}"
    );
    page
}

/// Hides the whole list, as a moderator's page does: in as many calls as it takes. How many were hidden.
async fn sweep(fixture: &Fixture, session: &TestSession) -> usize {
    let (store, clock) = (&fixture.store, &fixture.clock);
    let (asked, everything) = (by(session, session.streamer), Filter::default());
    let (mut hidden, mut before) = (0, None);
    loop {
        let call = store.hide_filtered(clock, asked, &everything, before);
        let (statements, swept) = counted(call).await;
        let swept = swept.unwrap();
        let so_far = usize::try_from(swept.hidden).unwrap();
        // Each was in a segment of its own, whose count changed.
        let changed = so_far - hidden;
        assert!(statements <= changed + HIDING, "{statements} for hiding");
        (hidden, before) = (so_far, swept.before);
        if before.is_none() {
            return hidden;
        }
    }
}

#[tokio::test]
async fn a_page_of_a_thousand_segments_takes_a_handful_of_statements() {
    on_both_databases(async |fixture: Fixture| {
        // Almost all of them are empty.
        let mut few = vec![Vec::new(); MOST];
        for index in [1, 200, 500, 501, 900] {
            few[index] = vec![(3, NOTHING)];
        }
        // All but a few have rows that nobody sees.
        let mut hidden = few.clone();
        for of_segment in &mut hidden {
            of_segment.extend([(1, FILTER), (2, ERASURE)]);
        }
        let short = vec![vec![(7, NOTHING)]; MOST];
        for segments in [few, hidden, short] {
            let session = session_of(&fixture, &segments).await;
            for audience in [Audience::Public, Audience::Staff] {
                let page = newest(&fixture, &session, audience).await;
                let oldest = page.timestamps[0].place();
                before(&fixture, &session, audience, oldest).await;
            }
            let shown = list(&segments, |hidden| hidden.is_none()).len();
            assert_eq!(sweep(&fixture, &session).await, shown);
        }
    })
    .await;
}

fn segments() -> impl Strategy<Value = Vec<Vec<Row>>> {
    let hidden = prop_oneof![4 => Just(NOTHING), 2 => Just(FILTER), 1 => Just(ERASURE)];
    let row = (0..9_i32, hidden);
    let only_hidden = vec((0..9_i32, Just(FILTER)), 1..30);
    let of_segment = prop_oneof![
        3 => Just(Vec::new()),
        3 => vec(row.clone(), 1..5),
        1 => only_hidden,
        1 => vec(row, 100..180),
    ];
    vec(of_segment, 1..20)
}

#[tokio::test]
async fn pages_back_through_any_segments_make_the_whole_list() {
    on_both_databases(async |fixture: Fixture| {
        for segments in generated(segments(), 20) {
            let session = session_of(&fixture, &segments).await;
            let public = list(&segments, |hidden| hidden.is_none());
            let staff = list(&segments, |hidden| hidden != ERASURE);
            for (audience, expected) in [(Audience::Public, public), (Audience::Staff, staff)] {
                let mut page = newest(&fixture, &session, audience).await;
                let mut all: Vec<Timestamp> = page.timestamps.clone();
                while page.more {
                    page = before(&fixture, &session, audience, all[0].place()).await;
                    all.splice(0..0, page.timestamps.clone());
                }
                let all = Page {
                    timestamps: all,
                    more: false,
                };
                assert_eq!(page_notes(&all), expected, "{audience:?} of {segments:?}");
            }
            // What is swept goes through the same rows, and through those of nobody.
            let shown = list(&segments, |hidden| hidden.is_none()).len();
            assert_eq!(sweep(&fixture, &session).await, shown, "{segments:?}");
        }
    })
    .await;
}
