//! A database that earlier versions filled, brought up to date: pages show what was there, and it can be worked with.

use std::fmt::Write as _;

use app::domain::{
    moderation::{ModerationId, Undoing},
    role::Audience,
};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde::Serialize;
use server::{
    clock::Clock,
    moments::Moments,
    store::{Moderating, SessionId, Store, VisitorId},
    visitor_index::VisitorIndex,
};
use uuid::Uuid;

use super::support::at;
use crate::support::database::{Kind, TestDatabase};

/// The last migration before there was an index by visitor, and one before there were labels.
const BEFORE_INDEX: &str = "_000010_moderation_notes";
const BEFORE_LABELS: &str = "_000015_moment_edit";

const SESSION: u128 = 0x10;
const STREAMER: u128 = 0x20;
const MODERATOR: u128 = 0x21;
const REVOKED: u128 = 0x22;
const BLOCKED: u128 = 0x23;
const CROWD: u128 = 0x30;
const HIDE: u128 = 0x40;
const BLOCK: u128 = 0x41;
const MERGE: u128 = 0x42;
const FIRST_ROW: u128 = 0x100;

/// How a database writes ids and bytes.
struct Literals(Kind);

impl Literals {
    fn id(&self, id: u128) -> String {
        match self.0 {
            Kind::Sqlite => format!("X'{id:032x}'"),
            Kind::Postgres => format!("'{}'", Uuid::from_u128(id)),
        }
    }

    fn bytes(&self, bytes: u128) -> String {
        match self.0 {
            Kind::Sqlite => format!("X'{bytes:032x}'"),
            Kind::Postgres => format!("'\\x{bytes:032x}'"),
        }
    }
}

/// Migrates to this version.
async fn migrate_to(tables: &DatabaseConnection, last: &str) {
    let migrations = Migrator::migrations();
    let all = migrations.iter().position(|one| one.name().ends_with(last));
    let there = Migrator::get_applied_migrations(tables).await.unwrap();
    let steps = all.unwrap() + 1 - there.len();
    let steps = u32::try_from(steps).unwrap();
    Migrator::up(tables, Some(steps)).await.unwrap();
}

/// A session with a segment that is over and one that runs, as it was written before there was an index by visitor.
fn session(of: &Literals) -> String {
    let id = |id| of.id(id);
    let mut sql = format!(
        "INSERT INTO installation (id, epoch) VALUES (1, 7);
         INSERT INTO session (id, code, title, game, status, revision, timestamp_count, created_at, updated_at, held_words, blocks)
         VALUES ({session}, 'ABC234', 'Witcher 3 – Act 1 Finale', 'The Witcher 3', 'active', 30, 10,
                 '2027-01-15T06:59:00+00:00', '2027-01-15T07:59:00+00:00', '[\"spoiler\"]', 1);
         INSERT INTO segment (session_id, id, \"index\", start_time, end_time, timestamp_count, revision, created_at)
         VALUES ({session}, {first}, 1, '2027-01-15T07:00:00+00:00', '2027-01-15T07:30:00+00:00', 9, 20, '2027-01-15T07:00:00+00:00'),
                ({session}, {second}, 2, '2027-01-15T07:50:00+00:00', NULL, 1, 30, '2027-01-15T07:50:00+00:00');",
        session = id(SESSION),
        first = id(1),
        second = id(2),
    );
    // Links, of which one was revoked, and grants from before it was known since when.
    for (link, role, label, visitor, revoked) in [
        (1, "streamer", "Control link", STREAMER, "NULL"),
        (2, "moderator", "Triss", MODERATOR, "NULL"),
        (
            3,
            "moderator",
            "Anna",
            REVOKED,
            "'2027-01-15T07:40:00+00:00'",
        ),
    ] {
        write!(
            sql,
            "INSERT INTO access_key (session_id, id, role, label, selector, verifier_hash, created_at, revoked_at)
             VALUES ({session}, {link}, '{role}', '{label}', {bytes}, {bytes}, '2027-01-15T06:59:0{at}+00:00', {revoked});
             INSERT INTO \"grant\" (session_id, visitor_id, access_key_id) VALUES ({session}, {visitor}, {link});",
            session = id(SESSION),
            link = id(link),
            bytes = of.bytes(link),
            visitor = id(visitor),
            at = link,
        )
        .unwrap();
    }
    // What was pressed: two crowds, and rows that were hidden in each way there is.
    let shown = "NULL".to_owned();
    let mut presses: Vec<_> = (0..5)
        .map(|who| (1, 60 + who, "'the boss'", CROWD + who, shown.clone()))
        .collect();
    presses.extend((0..4).map(|who| (1, 100 + who, "NULL", CROWD + who, shown.clone())));
    presses.extend([
        (1, 200, "'by a moderator'", CROWD, id(HIDE)),
        (1, 210, "'by a block'", BLOCKED, id(BLOCK)),
        (1, 220, "'a spoiler'", CROWD, id(0)),
        (1, 230, "NULL", 0x7f, id(u128::MAX)),
        (2, 5, "'edited'", CROWD, shown.clone()),
    ]);
    for (row, (segment, offset, note, visitor, hidden_by)) in (FIRST_ROW..).zip(presses) {
        let created_at = match segment {
            1 => "'2027-01-15T07:10:00+00:00'",
            _ => "'2027-01-15T07:50:05+00:00'",
        };
        // What the filter, a block or an erasure hides was hidden from the start.
        let hidden_at = match &hidden_by {
            by if *by == shown => "NULL",
            by if *by == id(HIDE) => "'2027-01-15T07:56:34+00:00'",
            _ => created_at,
        };
        write!(
            sql,
            "INSERT INTO \"timestamp\" (session_id, id, segment_id, offset_seconds, offset_hms, note, submitted_by, created_at,
                                        arrival, revision, visitor_id, hidden_at, hidden_by, request_hash)
             VALUES ({session}, {row}, {segment}, {offset}, '00:{minutes:02}:{seconds:02}', {note}, 'Ciri',
                     {created_at}, {arrival}, {arrival}, {visitor}, {hidden_at}, {hidden_by}, {hash});",
            session = id(SESSION),
            segment = id(segment),
            minutes = offset / 60,
            seconds = offset % 60,
            arrival = row - FIRST_ROW + 3,
            row = id(row),
            visitor = id(visitor),
            hash = of.bytes(1),
        )
        .unwrap();
    }
    // What was done: an edit whose notes are known, and others from before they were kept.
    for (act, deed, visitor, row, notes) in [
        (HIDE, "hide", "NULL", 9, "NULL, NULL"),
        (BLOCK, "block", &*id(BLOCKED), 10, "NULL, NULL"),
        (0x43, "edit_note", "NULL", 13, "NULL, NULL"),
        (0x44, "edit_note", "NULL", 13, "'', 'edited'"),
    ] {
        write!(
            sql,
            "INSERT INTO moderation (session_id, id, deed, visitor_id, timestamp_id, timestamps, author, author_label, created_at,
                                     note_before, note_after)
             VALUES ({session}, {act}, '{deed}', {visitor}, {row}, 1, {author}, 'Triss', '2027-01-15T07:56:{second}+00:00', {notes});",
            session = id(SESSION),
            second = act - 30,
            act = id(act),
            row = id(FIRST_ROW + row),
            author = id(MODERATOR),
        )
        .unwrap();
    }
    sql
}

/// Moments of both crowds that were merged, as they were written before there were labels.
fn moments(of: &Literals) -> String {
    let id = |id| of.id(id);
    format!(
        "INSERT INTO moment (session_id, id, segment_id, anchor, shown, absorbed_into, created_at, revision, title, starred, absorbed_by)
         VALUES ({session}, {kept}, {segment}, 62, TRUE, NULL, '2027-01-15T07:01:10+00:00', 27, 'The boss', TRUE, NULL),
                ({session}, {merged}, {segment}, 101, FALSE, {kept}, '2027-01-15T07:01:50+00:00', 28, NULL, FALSE, {merge});
         INSERT INTO moment_edit (session_id, id, segment_id, moment_id, kind, start_second, end_second, anchor_before, position, undone, revision)
         VALUES ({session}, {merge}, {segment}, {kept}, 'merge', 50, 110, 62, 29, FALSE, 29);
         INSERT INTO moderation (session_id, id, deed, timestamps, author, author_label, created_at, moment_id)
         VALUES ({session}, {merge}, 'merge_moments', 0, {author}, 'Triss', '2027-01-15T07:57:00+00:00', {kept});",
        session = id(SESSION),
        segment = id(1),
        kept = id(0x50),
        merged = id(0x51),
        merge = id(MERGE),
        author = id(MODERATOR),
    )
}

/// Each of these as a line of JSON.
fn lines(heading: &str, all: &[impl Serialize]) -> String {
    let mut lines = format!("{heading}\n");
    for one in all {
        writeln!(lines, "  {}", serde_json::to_string(one).unwrap()).unwrap();
    }
    lines
}

/// What pages show of the session.
async fn shown(store: &Store) -> String {
    let (session, moments) = (
        SessionId(Uuid::from_u128(SESSION)),
        Moments::new(store.clone(), Clock::manual(at(0))),
    );
    let mut shown = String::new();
    for audience in [Audience::Staff, Audience::Public] {
        let snapshot = store.snapshot(session, audience).await.unwrap();
        let mut snapshot = snapshot.unwrap();
        moments.complete(session, &mut snapshot).await.unwrap();
        assert!(!snapshot.highlights.pending);
        shown += &lines(&format!("{audience:?}"), &[&snapshot.session]);
        shown += &lines("segments", &snapshot.segments);
        shown += &lines("timestamps", &snapshot.page.timestamps);
        shown += &lines("moments", &snapshot.highlights.moments);
    }
    for who in [STREAMER, MODERATOR, REVOKED, CROWD, BLOCKED] {
        let who = VisitorId(Uuid::from_u128(who));
        let role = store.role(session, who).await.unwrap();
        let own = store.own_timestamps(session, who).await.unwrap();
        let notes: Vec<_> = own
            .into_iter()
            .map(|own| (own.offset_seconds, own.note))
            .collect();
        shown += &lines(&format!("{role:?}"), &notes);
    }
    shown += &lines("links", &store.links(session).await.unwrap());
    shown += &lines("log", &store.moderations(session, None).await.unwrap());
    shown
}

#[tokio::test]
async fn what_earlier_versions_wrote_is_shown_as_it_was_and_can_be_undone() {
    let mut on_each = Vec::new();
    for kind in Kind::ALL {
        let (database, of) = (TestDatabase::new(kind).await, Literals(kind));
        let store = Store::open(database.url()).await.unwrap();
        store.close().await;
        let tables = database.connect().await;
        Migrator::down(&tables, None).await.unwrap();
        migrate_to(&tables, BEFORE_INDEX).await;
        tables.execute_unprepared(&session(&of)).await.unwrap();
        migrate_to(&tables, BEFORE_LABELS).await;
        tables.execute_unprepared(&moments(&of)).await.unwrap();
        tables.close().await.unwrap();

        let store = Store::open(database.url()).await.unwrap();
        on_each.push(shown(&store).await);

        let (session, clock) = (SessionId(Uuid::from_u128(SESSION)), Clock::manual(at(0)));
        for act in [HIDE, BLOCK, MERGE, 0x44] {
            let asked = Moderating {
                session,
                author: VisitorId(Uuid::from_u128(MODERATOR)),
                act: Uuid::from_u128(act),
            };
            let undone = store.undo(&clock, asked).await;
            let act = ModerationId(asked.act);
            assert_eq!(undone.unwrap(), Undoing::Done, "{act:?}");
        }
        let visitor = VisitorId(Uuid::from_u128(CROWD));
        let index = VisitorIndex::of(&store);
        index.find_unindexed().await.unwrap();
        index.index_all().await.unwrap();
        store.erase_visitor(&clock, visitor).await.unwrap();
        assert!(!store.has_traces_of(visitor).await.unwrap());
    }
    assert_eq!(on_each[0], on_each[1]);
    insta::assert_snapshot!(on_each[0]);
}
