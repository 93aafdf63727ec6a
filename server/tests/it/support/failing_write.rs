//! Makes one kind of write fail, whoever makes it, or notes which ones there are.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::dump::Dump;

/// What is done to rows.
const OPERATIONS: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

/// One operation on the rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Write {
    pub(crate) table: String,
    pub(crate) operation: String,
}

/// Every write to the tables of a dump that there may be, but those that are always made in the background.
pub(crate) fn every_write(dump: &Dump) -> Vec<Write> {
    let mut all = Vec::new();
    for table in dump.keys().filter(|table| *table != "seaql_migrations") {
        for operation in OPERATIONS {
            all.push(Write {
                table: table.clone(),
                operation: operation.into(),
            });
        }
    }
    all.retain(|write| write.table != "visitor_timestamp" || write.operation != "INSERT");
    all
}

/// From now on, this write fails.
pub(crate) async fn forbid(tables: &DatabaseConnection, write: &Write) {
    forbid_where(tables, write, "TRUE").await;
}

/// From now on, this write fails for the rows that fulfil a condition.
pub(crate) async fn forbid_where(
    tables: &DatabaseConnection,
    Write { table, operation }: &Write,
    condition: &str,
) {
    let trigger = format!(
        "CREATE TRIGGER fails BEFORE {operation} ON \"{table}\" FOR EACH ROW WHEN ({condition})"
    );
    let forbid = match tables.get_database_backend() {
        DbBackend::Postgres => format!(
            "CREATE OR REPLACE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'injected'; END $$;
             {trigger} EXECUTE FUNCTION fails()"
        ),
        _ => format!("{trigger} BEGIN SELECT RAISE(ABORT, 'injected'); END"),
    };
    tables.execute_unprepared(&forbid).await.unwrap();
}

/// It succeeds again.
pub(crate) async fn allow(tables: &DatabaseConnection, Write { table, .. }: &Write) {
    let allow = match tables.get_database_backend() {
        DbBackend::Postgres => format!("DROP TRIGGER fails ON \"{table}\""),
        _ => "DROP TRIGGER fails".into(),
    };
    tables.execute_unprepared(&allow).await.unwrap();
}

/// From now on, an embedded database notes which of these writes there are.
pub(crate) async fn note(tables: &DatabaseConnection, writes: &[Write]) {
    let mut notes = String::from("CREATE TABLE written (at INTEGER);");
    for (at, Write { table, operation }) in writes.iter().enumerate() {
        notes += &format!(
            "CREATE TRIGGER notes_{at} AFTER {operation} ON \"{table}\"
             BEGIN INSERT INTO written VALUES ({at}); END;"
        );
    }
    tables.execute_unprepared(&notes).await.unwrap();
}

/// Those of the writes that were noted, in their order.
pub(crate) async fn noted(tables: &DatabaseConnection, writes: &[Write]) -> Vec<Write> {
    let all = "SELECT at FROM written GROUP BY at ORDER BY min(rowid)";
    let all = Statement::from_string(tables.get_database_backend(), all);
    let rows = tables.query_all_raw(all).await.unwrap();
    let noted = rows.iter().map(|row| {
        let at: i64 = row.try_get_by_index(0).unwrap();
        writes[usize::try_from(at).unwrap()].clone()
    });
    noted.collect()
}
