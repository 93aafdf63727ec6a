//! The routes, through the true server.

mod address;
mod arrival;
mod canary;
mod canary_paths;
mod connections;
mod cross_site;
mod export;
mod forms;
mod full_disk;
mod headers;
mod inert;
mod limits;
mod live;
mod manifest;
mod metrics;
mod moment_edits;
mod moments;
mod old_tab;
mod process;
mod processes;
mod retries;
mod rights;
mod service_manager;
mod timeouts;
mod wire;
