//! SeaORM entities, one file a table. They name columns and types; rules live in `app`, the schema in `migration`.
#![expect(
    missing_docs,
    reason = "SeaORM derives public columns and relations that say no more than their names"
)]

pub mod access_key;
pub mod grant;
pub mod installation;
pub mod moderation;
pub mod moment;
pub mod moment_edit;
pub mod moment_join;
pub mod segment;
pub mod session;
pub mod timestamp;
pub mod visitor_timestamp;
