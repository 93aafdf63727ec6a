//! Writes a live stream to its socket directly: the route returns it, and the connection takes the socket from hyper.
//!
//! hyper keeps an 8 KiB read buffer for a connection that never sends again, and polls every layer around a body once per
//! frame. Writing the stream here costs a socket, a small task, and one `write` per frame (`bench/README.md`, B1 and B2).

use std::{
    fmt,
    io::{self, Write},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{http::header, response::Response};
use bytes::{Buf, Bytes};
use futures::Stream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use crate::connection_limits::ConnectionPermit;

type Events = Pin<Box<dyn Stream<Item = Bytes> + Send>>;

/// The events of a live stream, as an extension of the response. Can be taken once.
#[derive(Clone)]
pub struct LiveStream(Arc<Mutex<Option<Events>>>);

impl LiveStream {
    /// Wraps these events; the stream ends with them.
    pub fn new(events: impl Stream<Item = Bytes> + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Some(Box::pin(events)))))
    }

    /// The head and events to write, if this response is a live stream.
    pub fn of<B>(answer: &mut Response<B>) -> Option<Outgoing> {
        let Self(events) = answer.extensions_mut().remove()?;
        let events = events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()?;
        Some(Outgoing {
            unsent: head(answer),
            events,
        })
    }
}

impl fmt::Debug for LiveStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LiveStream").finish_non_exhaustive()
    }
}

/// A live stream that has no socket yet.
pub struct Outgoing {
    unsent: Bytes,
    events: Events,
}

impl Outgoing {
    /// Writes to this socket until the events end, the client is gone or takes longer than `slowest` for one event, and then
    /// drops its permit. Closing the socket tells the client that the response is complete (RFC 9112, 6.3, rule 8).
    pub(crate) fn to(
        self,
        socket: TcpStream,
        permit: ConnectionPermit,
        slowest: Duration,
    ) -> impl Future<Output = ()> + Send {
        let Self { unsent, events } = self;
        Writing {
            socket,
            unsent,
            events,
            slowest,
            late: None,
            _permit: permit,
        }
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Outgoing").finish_non_exhaustive()
    }
}

/// There is one of these per live page, ten thousand in a process, so this is a hand-written future with nothing but these
/// fields.
struct Writing {
    socket: TcpStream,
    unsent: Bytes,
    events: Events,
    slowest: Duration,
    /// When the client has taken too long for what is unsent; only where it did not take all of it at once.
    late: Option<Pin<Box<Sleep>>>,
    _permit: ConnectionPermit,
}

impl Writing {
    /// Whether the client has hung up. A live page sends nothing more, so a client that does is treated the same.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        let mut byte = [0];
        Pin::new(&mut self.socket)
            .poll_read(context, &mut ReadBuf::new(&mut byte))
            .is_ready()
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            match Pin::new(&mut self.socket).poll_write(context, &self.unsent)? {
                Poll::Ready(sent) => self.unsent.advance(sent),
                Poll::Pending => {
                    let slowest = self.slowest;
                    let late = self.late.get_or_insert_with(|| Box::pin(sleep(slowest)));
                    ready!(late.as_mut().poll(context));
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
            }
        }
        // Don't keep sent data until the next event.
        self.unsent = Bytes::new();
        self.late = None;
        Poll::Ready(Ok(()))
    }
}

impl Future for Writing {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.is_over(context) {
            return Poll::Ready(());
        }
        loop {
            if let Err(error) = ready!(self.poll_send(context)) {
                tracing::debug!(%error, "a live stream broke, or took nothing for too long");
                return Poll::Ready(());
            }
            match ready!(self.events.as_mut().poll_next(context)) {
                Some(event) => self.unsent = event,
                None => return Poll::Ready(()),
            }
        }
    }
}

/// The head of a response without a length, which ends when the connection does.
fn head<B>(answer: &Response<B>) -> Bytes {
    let status = answer.status();
    let mut head = Vec::with_capacity(1024);
    // Writing to memory can't fail.
    let _ = write!(head, "HTTP/1.1 {status}\r\nconnection: close\r\n");
    for (name, value) in answer.headers() {
        if name != header::CONTENT_LENGTH {
            let _ = write!(head, "{name}: ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
    }
    head.extend_from_slice(b"\r\n");
    Bytes::from(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_every_header_of_the_answer_but_no_length() {
        let answer = Response::builder()
            .header("content-type", "text/event-stream")
            .header("set-cookie", "a=b")
            .header("set-cookie", "c=d")
            .header("content-length", "0")
            .body(())
            .unwrap();
        let head = head(&answer);
        let head = std::str::from_utf8(&head).unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(head.ends_with("\r\n\r\n"), "{head}");
        for line in [
            "connection: close",
            "content-type: text/event-stream",
            "set-cookie: a=b",
            "set-cookie: c=d",
        ] {
            assert!(head.contains(&format!("\r\n{line}\r\n")), "{head}");
        }
        assert!(!head.contains("content-length"), "{head}");
    }

    #[test]
    fn a_live_stream_is_handed_on_once() {
        let mut answer = Response::new(());
        answer
            .extensions_mut()
            .insert(LiveStream::new(futures::stream::empty()));
        let mut copy = answer.clone();
        assert!(LiveStream::of(&mut answer).is_some());
        assert!(LiveStream::of(&mut copy).is_none());
    }
}
