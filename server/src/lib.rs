//! The server: configuration, store, live hub, routes. Tests start the real one through `lifecycle::serve`.

pub mod bodies;
mod byte_budget;
pub mod clock;
pub mod clock_watch;
pub mod commands;
pub mod config;
mod connection_limits;
pub mod double_submit;
pub mod export;
pub mod gate;
pub mod housekeeping;
pub mod hub;
pub mod idempotent_ids;
mod keyed_counter;
mod lease;
pub mod lifecycle;
pub mod limit_exceeded;
pub mod listener;
pub mod live_stream;
pub mod load_shedding;
pub mod metrics;
pub mod metrics_listener;
pub mod moments;
pub mod open_exports;
pub mod open_files;
pub mod random;
pub mod recorder;
pub mod router;
pub mod routes;
mod scrape;
pub mod security;
pub mod service;
mod service_manager;
pub mod slewed_clock;
pub mod state;
pub mod status;
pub mod store;
mod supervised;
mod task;
#[cfg(test)]
mod test_session;
pub mod visitor_index;
mod writes_under_way;

/// The allocator of every program that contains the server, the benchmarks' peers included. A press allocates hundreds of
/// times on its way through the router; with the system's allocator that took a third of the server's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
