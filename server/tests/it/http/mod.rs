//! The routes, through the true server.

mod connections;
mod export;
mod forms;
mod live;
mod process;
mod processes;
mod rights;
mod wire;
