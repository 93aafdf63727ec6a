//! The bytes of a live stream put together to events, however the bytes are cut.

use std::time::Instant;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its name; none for a frame.
    pub(crate) name: String,
    /// Its id.
    pub(crate) id: String,
    /// Its data.
    pub(crate) data: String,
}

/// What was read of a stream.
pub(crate) struct Events {
    text: Vec<u8>,
    /// When something was heard last.
    pub(crate) heard: Instant,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            text: Vec::new(),
            heard: Instant::now(),
        }
    }
}

impl Events {
    /// Takes in bytes of the body.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
    }

    /// The next whole event.
    pub(crate) fn next(&mut self) -> Option<Event> {
        let end = crate::http::find(&self.text, b"\n\n")?;
        let mut event = Event::default();
        for line in String::from_utf8_lossy(&self.text[..end]).lines() {
            match line.split_once(": ") {
                Some(("event", name)) => event.name = name.into(),
                Some(("id", id)) => event.id = id.into(),
                Some(("data", data)) => event.data = data.into(),
                Some(_) | None => {}
            }
        }
        self.text.drain(..end + 2);
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_the_same_wherever_the_bytes_are_cut() {
        let stream = b"id: a.1\ndata: {\"x\":\"y\"}\n\nevent: tick\ndata: {}\n\n";
        for cut in 0..stream.len() {
            let mut events = Events::default();
            events.feed(&stream[..cut]);
            let mut read: Vec<_> = std::iter::from_fn(|| events.next()).collect();
            events.feed(&stream[cut..]);
            read.extend(std::iter::from_fn(|| events.next()));
            assert_eq!(read[0].id, "a.1", "{cut}");
            assert_eq!(read[0].data, "{\"x\":\"y\"}", "{cut}");
            assert_eq!(read[1].name, "tick", "{cut}");
        }
    }
}
