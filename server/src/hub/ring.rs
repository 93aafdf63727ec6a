//! The recent frames of a session: subscribers are cursors into it, not queues.

use std::{
    collections::VecDeque,
    sync::{Arc, OnceLock},
};

use app::domain::{change::Frames, revision::Revision, role::Audience};
use bytes::Bytes;

use super::{Watching, frame, frame_content::FrameContent};

/// How many frames are kept: those of 13 seconds of a busy session with a small audience, or of a minute with a large one.
const KEPT: usize = 256;
/// How many bytes of frames are kept, of both audiences together. Clients that missed more read from the store.
const KEPT_BYTES: usize = 1 << 20;

/// One frame, built once for each audience.
pub(super) struct BuiltFrame {
    /// The revision before it.
    pub(super) from: Revision,
    /// The revision after it.
    pub(super) to: Revision,
    pub(super) public: Bytes,
    pub(super) staff: Bytes,
    /// The session as JSON, if the frames are without it.
    pub(super) session: Option<Arc<str>>,
    /// The same frames with it.
    pub(super) whole: Whole,
    /// What it shows, and takes back.
    pub(super) content: FrameContent,
}

/// Frames with the session, for pages of an earlier build. Each is built when the first of them reads it, and shared by the others:
/// those that read slowly would otherwise hold one each.
#[derive(Default)]
pub(super) struct Whole {
    public: OnceLock<Bytes>,
    staff: OnceLock<Bytes>,
}

impl BuiltFrame {
    fn bytes_for(&self, watching: Watching) -> Bytes {
        let (bytes, whole) = match watching.audience {
            Audience::Public => (&self.public, &self.whole.public),
            Audience::Staff => (&self.staff, &self.whole.staff),
        };
        match (watching.frames, &self.session) {
            (Frames::Whole, Some(session)) => whole
                .get_or_init(|| frame::with_session(bytes, session))
                .clone(),
            (Frames::Whole, None) | (Frames::Lean, _) => bytes.clone(),
        }
    }

    fn bytes(&self) -> usize {
        let session = self.session.as_ref().map_or(0, |session| session.len());
        self.public.len() + self.staff.len() + session
    }
}

/// The recent frames, without gaps.
pub(super) struct Ring {
    frames: VecDeque<BuiltFrame>,
    bytes: usize,
    newest: Revision,
}

/// What the ring has for a subscriber.
pub(super) enum Next {
    /// The frame after its cursor, and the cursor after that frame.
    Frame(Bytes, Revision),
    /// It is up to date.
    Nothing,
    /// What comes next has dropped out of the ring: read it from the store.
    Behind,
}

impl Ring {
    /// An empty ring.
    pub(super) fn new(newest: Revision) -> Self {
        Self {
            frames: VecDeque::new(),
            bytes: 0,
            newest,
        }
    }

    /// The revision after the newest frame.
    pub(super) fn newest(&self) -> Revision {
        self.newest
    }

    /// The bytes of the frames that are kept.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds the next frame. Those that show what it takes back are dropped, with all before them: who has not read them yet
    /// reads from the store what is left of them.
    pub(super) fn push(&mut self, frame: BuiltFrame) {
        let mut frames = self.frames.iter();
        let outdated = frames.rposition(|earlier| frame.content.takes_back(&earlier.content));
        for _ in 0..outdated.map_or(0, |last| last + 1) {
            self.drop_oldest();
        }
        self.newest = frame.to;
        self.bytes += frame.bytes();
        self.frames.push_back(frame);
        // The newest stays whatever its size, because everybody is waiting for it.
        while self.frames.len() > KEPT || (self.bytes > KEPT_BYTES && self.frames.len() > 1) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        let oldest = self.frames.pop_front();
        self.bytes -= oldest.map_or(0, |frame| frame.bytes());
    }

    /// What comes after a cursor. A cursor inside a frame gets that whole frame, because everything in it is absolute.
    pub(super) fn after(&self, cursor: Revision, watching: Watching) -> Next {
        if cursor >= self.newest {
            return Next::Nothing;
        }
        let next = self.frames.partition_point(|frame| frame.to <= cursor);
        match self.frames.get(next) {
            Some(frame) if frame.from <= cursor => Next::Frame(frame.bytes_for(watching), frame.to),
            Some(_) | None => Next::Behind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: Watching = Watching {
        audience: Audience::Public,
        frames: Frames::Lean,
    };

    /// A frame of which everybody is shown these bytes.
    fn built(from: i64, to: i64, public: impl Into<Bytes>) -> BuiltFrame {
        BuiltFrame {
            from: Revision(from),
            to: Revision(to),
            public: public.into(),
            staff: Bytes::new(),
            session: None,
            whole: Whole::default(),
            content: FrameContent::default(),
        }
    }

    fn ring(frames: i64) -> Ring {
        let mut ring = Ring::new(Revision(10));
        for i in 0..frames {
            ring.push(built(10 + 2 * i, 12 + 2 * i, format!("{i}")));
        }
        ring
    }

    #[test]
    fn every_cursor_in_the_ring_reads_on_without_a_gap() {
        let ring = ring(5);
        for start in 10..20 {
            let (mut cursor, mut read) = (Revision(start), Vec::new());
            while let Next::Frame(bytes, to) = ring.after(cursor, PUBLIC) {
                read.push(String::from_utf8(bytes.to_vec()).unwrap());
                cursor = to;
            }
            let expected: Vec<_> = ((start - 10) / 2..5).map(|i| i.to_string()).collect();
            assert_eq!(read, expected, "from {start}");
        }
    }

    #[test]
    fn pages_of_before_get_the_session_in_each_frame_and_the_others_only_where_it_changed() {
        let mut ring = Ring::new(Revision(0));
        let lean = Bytes::from("id: e.1\ndata: {\"revision\":1}\n\n");
        ring.push(BuiltFrame {
            staff: lean.clone(),
            session: Some("{\"title\":\"Gwent\"}".into()),
            ..built(0, 1, lean.clone())
        });
        for audience in [Audience::Public, Audience::Staff] {
            let get = |frames| match ring.after(Revision(0), Watching { audience, frames }) {
                Next::Frame(bytes, _) => bytes,
                Next::Nothing | Next::Behind => panic!("nothing to read"),
            };
            assert_eq!(get(Frames::Lean), lean);
            let whole = "id: e.1\ndata: {\"session\":{\"title\":\"Gwent\"},\"revision\":1}\n\n";
            assert_eq!(get(Frames::Whole), whole);
            // However many read it, slowly or not, it is in memory once.
            let [one, other] = [(); 2].map(|()| get(Frames::Whole).as_ptr());
            assert_eq!(one, other);
        }
    }

    #[test]
    fn a_ring_of_large_frames_keeps_the_newest_ones_that_fit() {
        let mut ring = Ring::new(Revision(0));
        for frame in 0..200 {
            ring.push(BuiltFrame {
                staff: vec![0; 70_000].into(),
                ..built(frame, frame + 1, vec![0; 30_000])
            });
            assert!(ring.bytes <= KEPT_BYTES, "{} bytes", ring.bytes);
            let kept: usize = ring.frames.iter().map(BuiltFrame::bytes).sum();
            assert_eq!(ring.bytes, kept);
        }
        assert_eq!(ring.frames.len(), KEPT_BYTES / 100_000);
        let huge = vec![0; 2 * KEPT_BYTES];
        ring.push(built(200, 201, huge));
        assert!(matches!(
            ring.after(Revision(200), PUBLIC),
            Next::Frame(_, Revision(201))
        ));
    }

    #[test]
    fn a_cursor_that_fell_out_of_the_ring_is_behind() {
        let ring = ring(300);
        assert!(matches!(ring.after(Revision(10), PUBLIC), Next::Behind));
        assert!(matches!(
            Ring::new(Revision(10)).after(Revision(9), PUBLIC),
            Next::Behind
        ));
        assert!(matches!(ring.after(Revision(610), PUBLIC), Next::Nothing));
    }

    #[test]
    fn frames_that_show_what_a_later_one_takes_back_are_dropped_and_the_others_kept() {
        let mut ring = ring(5);
        ring.push(BuiltFrame {
            content: FrameContent::private(),
            ..built(20, 22, "private")
        });
        assert!(matches!(ring.after(Revision(19), PUBLIC), Next::Behind));
        assert!(matches!(ring.after(Revision(20), PUBLIC), Next::Frame(..)));
        for again in 0..3 {
            let from = 22 + 2 * again;
            ring.push(BuiltFrame {
                content: FrameContent::private(),
                ..built(from, from + 2, "private")
            });
            assert!(matches!(ring.after(Revision(20), PUBLIC), Next::Frame(..)));
        }
        let kept: usize = ring.frames.iter().map(BuiltFrame::bytes).sum();
        assert_eq!(ring.bytes, kept);
    }
}
