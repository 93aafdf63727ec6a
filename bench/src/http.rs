//! A bare HTTP/1.1 connection: what the load costs must not drown what is measured.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::Outcome;

/// How much is read at once.
const READ: usize = 64 * 1024;

/// A connection that is kept alive.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    start: usize,
}

/// An answer, read whole.
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The headers as they came, lower and upper case as the server writes them.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Connection {
    /// Connects to a port of 127.0.0.1.
    pub(crate) async fn open(port: u16) -> Outcome<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        Self::over(stream)
    }

    /// The same from one of the other loopback addresses: one address has 28,000 ports.
    pub(crate) async fn open_from(source: Ipv4Addr, port: u16) -> Outcome<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((source, 0)))?;
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self::over(socket.connect(to).await?)
    }

    fn over(stream: TcpStream) -> Outcome<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::new(),
            start: 0,
        })
    }

    /// Asks for a path; `headers` are whole lines, each with its end.
    pub(crate) async fn get(&mut self, path: &str, headers: &str) -> Outcome<Answer> {
        self.send_get(path, headers).await?;
        self.answer().await
    }

    /// Posts a body; `headers` are whole lines, each with its end.
    pub(crate) async fn post(&mut self, path: &str, headers: &str, body: &str) -> Outcome<Answer> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await
    }

    async fn send_get(&mut self, path: &str, headers: &str) -> Outcome<()> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n");
        Ok(self.stream.write_all(request.as_bytes()).await?)
    }

    /// Asks for a path and reads only the head of the answer; what follows comes from the stream, with what was read of
    /// it already.
    pub(crate) async fn open_stream(
        mut self,
        path: &str,
        headers: &str,
    ) -> Outcome<(u16, TcpStream, Vec<u8>)> {
        self.send_get(path, headers).await?;
        let (status, _) = self.head().await?;
        // Half a megabyte of read buffer, times ten thousand, is not for keeping.
        let rest = self.buffer[self.start..].to_vec();
        Ok((status, self.stream, rest))
    }

    /// Asks for a path and counts the line ends in the body, keeping none of it.
    pub(crate) async fn count_lines(&mut self, path: &str, headers: &str) -> Outcome<(u16, u64)> {
        self.send_get(path, headers).await?;
        let (status, head) = self.head().await?;
        if status != 200 || !is_chunked(&head) {
            return Err(format!("no stream of chunks: {head}").into());
        }
        let mut lines = 0;
        loop {
            let size = self.chunk_size().await?;
            let mut left = size + 2;
            while left > 0 {
                if self.start == self.buffer.len() {
                    self.fill().await?;
                }
                let take = left.min(self.buffer.len() - self.start);
                let piece = &self.buffer[self.start..self.start + take];
                lines += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
                self.start += take;
                left -= take;
            }
            lines -= 1; // the chunk's own end
            if size == 0 {
                return Ok((status, lines));
            }
        }
    }

    async fn answer(&mut self) -> Outcome<Answer> {
        let (status, head) = self.head().await?;
        let mut body = Vec::new();
        if is_chunked(&head) {
            loop {
                let size = self.chunk_size().await?;
                self.take(size, &mut body).await?;
                self.take(2, &mut Vec::new()).await?;
                if size == 0 {
                    break;
                }
            }
        } else {
            let length = header(&head, "content-length").and_then(|value| value.parse().ok());
            self.take(length.unwrap_or(0), &mut body).await?;
        }
        Ok(Answer { status, head, body })
    }

    async fn head(&mut self) -> Outcome<(u16, String)> {
        let end = loop {
            let read = &self.buffer[self.start..];
            if let Some(end) = find(read, b"\r\n\r\n") {
                break self.start + end + 4;
            }
            self.fill().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[self.start..end]).into_owned();
        self.start = end;
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        Ok((status.ok_or("no status line")?, head))
    }

    async fn chunk_size(&mut self) -> Outcome<usize> {
        let end = loop {
            if let Some(end) = find(&self.buffer[self.start..], b"\r\n") {
                break self.start + end;
            }
            self.fill().await?;
        };
        let line = std::str::from_utf8(&self.buffer[self.start..end])?;
        let size = usize::from_str_radix(line, 16)?;
        self.start = end + 2;
        Ok(size)
    }

    async fn take(&mut self, mut wanted: usize, into: &mut Vec<u8>) -> Outcome<()> {
        while wanted > 0 {
            if self.start == self.buffer.len() {
                self.fill().await?;
            }
            let take = wanted.min(self.buffer.len() - self.start);
            into.extend_from_slice(&self.buffer[self.start..self.start + take]);
            self.start += take;
            wanted -= take;
        }
        Ok(())
    }

    async fn fill(&mut self) -> Outcome<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.reserve(READ);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err("the server hung up".into()),
            _ => Ok(()),
        }
    }
}

fn is_chunked(head: &str) -> bool {
    header(head, "transfer-encoding").is_some_and(|value| value.contains("chunked"))
}

/// A header of an answer's head.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Where a few bytes first stand in others.
pub(crate) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
