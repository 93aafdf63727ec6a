//! All that lies in a database, as text.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

/// Every row of every table, by table.
pub(crate) type Dump = BTreeMap<String, Vec<String>>;

/// Reads all of it. Bytes are hexadecimal digits, of whatever case; a row of Postgres is a JSON object.
pub(crate) async fn dump(database: &DatabaseConnection) -> Dump {
    let mut all = Dump::new();
    for table in lines(database, names(database)).await {
        let query = match database.get_database_backend() {
            DbBackend::Postgres => {
                format!("SELECT to_jsonb(t)::text FROM \"{table}\" t ORDER BY 1")
            }
            _ => sqlite_rows(database, &table).await,
        };
        all.insert(table, lines(database, &query).await);
    }
    assert!(all.len() > 5, "{all:?}");
    all
}

fn names(database: &DatabaseConnection) -> &'static str {
    match database.get_database_backend() {
        DbBackend::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        _ => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    }
}

async fn sqlite_rows(database: &DatabaseConnection, table: &str) -> String {
    let columns = format!("SELECT name FROM pragma_table_info('{table}')");
    let columns = lines(database, &columns).await;
    let quoted: Vec<_> = columns
        .iter()
        .map(|column| format!("'{column}=' || quote(\"{column}\")"))
        .collect();
    format!(
        "SELECT {} FROM \"{table}\" ORDER BY 1",
        quoted.join(" || ', ' || ")
    )
}

async fn lines(database: &DatabaseConnection, query: &str) -> Vec<String> {
    let statement = Statement::from_string(database.get_database_backend(), query);
    let rows = database.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}
