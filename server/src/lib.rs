//! The server: configuration, store, live hub, routes. Tests start the true one through `lifecycle::serve`.

pub mod bodies;
pub mod clips;
pub mod commands;
pub mod config;
pub mod export;
pub mod gate;
pub mod housekeeping;
pub mod hub;
pub mod lifecycle;
pub mod listener;
pub mod live_stream;
mod places;
pub mod pressure;
pub mod recorder;
pub mod router;
pub mod routes;
pub mod security;
pub mod seed;
pub mod state;
pub mod status;
pub mod steady;
pub mod store;
mod supervised;
mod tally;
pub mod twice;
pub mod visitor_index;
pub mod world;
