//! How a visitor is found in the logs, and how many rows of a log each transaction of an erasure takes.

use sea_orm::{DbBackend, PaginatorTrait, QueryTrait};

use super::*;
use crate::{store::dialect::plans::plan, test_session::TestSession};

#[tokio::test]
async fn a_visitor_is_found_in_the_logs_of_all_sessions_by_an_index() {
    for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
        for (column, index) in [
            (moderation::Column::VisitorId, "moderation_visitor_id_idx"),
            (moderation::Column::Author, "moderation_author_idx"),
        ] {
            let query = logged_as(column, VisitorId(random::uuid()));
            let plan = plan(query.build(backend)).await.join("\n");
            assert!(plan.contains(index), "{plan}");
        }
    }
}

/// Under the session's lock, whose log may be long.
#[tokio::test]
async fn the_words_of_timestamps_are_found_in_the_log_by_an_index() {
    for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
        let query = forget_words(SessionId(Uuid::nil()), [Uuid::nil(), Uuid::max()]);
        let plan = plan(query.build(backend)).await.join("\n");
        assert!(plan.contains("moderation_timestamp_id_idx"), "{plan}");
    }
}

#[tokio::test]
async fn no_transaction_names_nobody_in_more_rows_of_a_log_than_it_was_asked_to() {
    let session = TestSession::open().await;
    let acts = "
        INSERT INTO moderation (session_id, id, deed, timestamps, author, author_label, created_at)
        SELECT session.id, randomblob(16), 'hide', 1, zeroblob(16), 'Anna', session.created_at
        FROM session, (
            WITH RECURSIVE counted (number) AS (
                SELECT 1 UNION ALL SELECT number + 1 FROM counted WHERE number < 25
            )
            SELECT number FROM counted
        )";
    session.execute(acts).await;
    let (id, anna) = (session.id, VisitorId(Uuid::nil()));
    let mut left = Vec::new();
    loop {
        let part = session
            .store
            .write(Lane::Requests, move |writer| async move {
                let tx = writer.begin().await?;
                let (author, nobody) = (moderation::Column::Author, random::uuid());
                let has_more = erase_some(&tx, id, author, (anna, nobody), 10).await?;
                let named = moderation::Entity::find().filter(author.eq(anna.0));
                let named = named.count(&tx).await?;
                tx.commit().await?;
                Ok(Committed::without_news((has_more, named)))
            });
        let (has_more, named) = part.await.unwrap();
        left.push(named);
        if !has_more {
            break;
        }
    }
    assert_eq!(left, [15, 5, 0]);
}
