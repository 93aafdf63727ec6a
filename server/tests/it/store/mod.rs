//! The store, on both databases.

mod feed;
mod links;
mod lists;
mod opening;
mod races;
mod rehearsals;
mod schema;
mod sessions;
mod stage;
mod timestamps;
