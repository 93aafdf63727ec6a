//! What a browser sends that arrives: a connection of its own, and no cookie.

use std::{net::Ipv4Addr, sync::Arc};

use tokio::{io::AsyncReadExt, net::TcpStream};

use crate::{
    failures::Failure,
    http::{Answer, Connection, find},
};

/// The header lines of a browser that asks for a page.
pub(crate) const PAGE: &str =
    "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Encoding: br\r\n";
/// The same for a file or for data.
pub(crate) const FILE: &str = "Accept: */*\r\nAccept-Encoding: br\r\n";
/// The same for a live stream.
pub(crate) const STREAM: &str = "Accept: text/event-stream\r\nCache-Control: no-cache\r\n";

/// Where the visitor with this number connects from: a closed connection keeps its port for a minute, and one address has
/// 28,000 of them.
pub(crate) fn source(number: u64) -> Ipv4Addr {
    let host = u8::try_from(2 + number % 250).unwrap_or(2);
    Ipv4Addr::new(127, 0, 0, host)
}

/// One thing to ask for. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Load {
    path: Arc<str>,
    headers: Arc<str>,
    wanted: u16,
}

impl Load {
    /// A path, and the header lines it is asked for with.
    pub(crate) fn new(path: &str, headers: &str) -> Self {
        Self {
            path: path.into(),
            headers: headers.into(),
            wanted: 200,
        }
    }

    /// The same, where another status is right.
    pub(crate) fn answered_with(mut self, status: u16) -> Self {
        self.wanted = status;
        self
    }

    /// Its path.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Asks for it over a connection that is there.
    pub(crate) async fn over(&self, connection: &mut Connection) -> Result<Answer, Failure> {
        let answer = connection.get(&self.path, &self.headers).await?;
        if answer.status == self.wanted {
            Ok(answer)
        } else {
            Err(Failure::Status(answer.status))
        }
    }

    /// Asks for it over a connection of its own; answers the bytes of the body.
    pub(crate) async fn once(self, port: u16, number: u64) -> Result<usize, Failure> {
        let mut connection = Connection::open_from(source(number), port).await?;
        Ok(self.over(&mut connection).await?.body.len())
    }
}

/// Opens a live stream over this connection, and reads until its first event.
pub(crate) async fn open_stream(
    connection: Connection,
    path: &str,
    headers: &str,
) -> Result<TcpStream, Failure> {
    let (status, mut stream, mut read) = connection.open_stream(path, headers).await?;
    if status != 200 {
        return Err(Failure::Status(status));
    }
    while !has_event(&read) {
        let many = stream.read_buf(&mut read).await;
        if many.map_err(|_| Failure::Broken)? == 0 {
            return Err(Failure::Broken);
        }
    }
    Ok(stream)
}

/// Whether a whole event stands in what was read of a stream; a comment is none.
fn has_event(read: &[u8]) -> bool {
    let Some(data) = find(read, b"data:") else {
        return false;
    };
    find(&read[data..], b"\n\n").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_told_from_a_comment_and_from_half_an_event() {
        assert!(!has_event(b": hi\n\n"));
        assert!(!has_event(b": hi\n\n1f\r\nevent: tick\ndata: {}\n"));
        assert!(has_event(b": hi\n\nid: 7\ndata: {}\n\n"));
    }

    #[test]
    fn visitors_connect_from_many_loopback_addresses() {
        assert_eq!(source(0), Ipv4Addr::new(127, 0, 0, 2));
        assert_eq!(source(249), Ipv4Addr::new(127, 0, 0, 251));
        assert_eq!(source(250), source(0));
    }
}
