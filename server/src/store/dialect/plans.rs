//! How the databases read what a statement of the store selects, for tests of its indexes. A young Postgres matters most: a
//! plan that is made while a table is small is kept for a minute or longer, while presses may come by the thousand.

use std::env;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement, TransactionTrait};

use crate::random;

/// The lines of a statement's plan, on tables that nothing was written to yet.
pub(in crate::store) async fn plan(mut statement: Statement) -> Vec<String> {
    let backend = statement.db_backend;
    let (url, explain, column) = match backend {
        DbBackend::Postgres => (postgres(), "EXPLAIN ", 0),
        _ => ("sqlite::memory:".to_owned(), "EXPLAIN QUERY PLAN ", 3),
    };
    let database = Database::connect(url).await.unwrap();
    // It is never committed, and leaves nothing behind.
    let tx = database.begin().await.unwrap();
    if backend == DbBackend::Postgres {
        let schema = format!("plan_{}", random::uuid().simple());
        for statement in ["CREATE SCHEMA", "SET LOCAL search_path TO"] {
            let statement = format!("{statement} {schema}");
            tx.execute_unprepared(&statement).await.unwrap();
        }
    }
    Migrator::up(&tx, None).await.unwrap();
    statement.sql.insert_str(0, explain);
    let lines = tx.query_all_raw(statement).await.unwrap();
    let lines = lines.iter().map(|line| line.try_get_by_index(column));
    lines.collect::<Result<_, _>>().unwrap()
}

/// Where the tests' Postgres is.
fn postgres() -> String {
    env::var("TEST_POSTGRES_URL")
        .unwrap_or_else(|_| panic!("no Postgres: run `make test`, or set TEST_POSTGRES_URL"))
}
