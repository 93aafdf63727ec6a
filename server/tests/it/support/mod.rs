//! What tests share: databases, servers and clients.

pub(crate) mod clients;
pub(crate) mod database;
pub(crate) mod dump;
pub(crate) mod failing_write;
pub(crate) mod lossy_proxy;
pub(crate) mod server_process;
pub(crate) mod severable;
pub(crate) mod statements;
pub(crate) mod test_server;
