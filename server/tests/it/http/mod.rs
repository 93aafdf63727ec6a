//! The routes, through the true server.

mod connections;
mod export;
mod forms;
mod inert;
mod live;
mod process;
mod processes;
mod rights;
mod wire;
