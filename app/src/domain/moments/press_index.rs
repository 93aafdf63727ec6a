//! Which visitors pressed when, or joined a moment there, for the counts of a range.

use super::{crowd_curve::VisitorIndex, heap_bytes};

/// How many seconds lie together.
const CHUNK: u32 = 16;

/// The counted presses and joins of a segment by time, in chunks of 16 s: a range of seconds reads a few of them.
#[derive(Clone, Debug, Default)]
pub struct PressIndex {
    chunks: Vec<Chunk>,
    /// How many presses and joins there are.
    entries: usize,
}

#[derive(Clone, Debug, Default)]
struct Chunk {
    presses: Vec<(u32, VisitorIndex)>,
    joins: Vec<(u32, VisitorIndex)>,
    /// The version in which it last changed.
    changed: u64,
}

/// How many presses lie in a range, and how many distinct visitors pressed or joined there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Presses.
    pub presses: u32,
    /// Distinct visitors: those who joined and have no press there are among them.
    pub visitors: u32,
}

/// In which count each visitor was seen last: a set that is emptied by counting up.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    rounds: Vec<u32>,
    round: u32,
}

impl Seen {
    fn begin(&mut self) {
        self.round = self.round.checked_add(1).unwrap_or_else(|| {
            self.rounds.fill(0);
            1
        });
    }

    /// Whether a visitor is seen for the first time in this round.
    fn is_first(&mut self, VisitorIndex(visitor): VisitorIndex) -> bool {
        let at = visitor as usize;
        if self.rounds.len() <= at {
            self.rounds.resize(at + 1, 0);
        }
        std::mem::replace(&mut self.rounds[at], self.round) != self.round
    }
}

impl PressIndex {
    /// Adds a press.
    pub fn insert(&mut self, visitor: VisitorIndex, offset: u32, version: u64) {
        let chunk = self.chunk(offset);
        chunk.presses.push((offset, visitor));
        chunk.changed = version;
        self.entries += 1;
    }

    /// Adds a join.
    pub fn insert_join(&mut self, visitor: VisitorIndex, offset: u32, version: u64) {
        let chunk = self.chunk(offset);
        chunk.joins.push((offset, visitor));
        chunk.changed = version;
        self.entries += 1;
    }

    fn chunk(&mut self, offset: u32) -> &mut Chunk {
        let at = (offset / CHUNK) as usize;
        if self.chunks.len() <= at {
            self.chunks.resize_with(at + 1, Chunk::default);
        }
        &mut self.chunks[at]
    }

    /// Takes one of a visitor's presses at a second out.
    pub fn remove(&mut self, visitor: VisitorIndex, offset: u32, version: u64) {
        if let Some(chunk) = self.chunks.get_mut((offset / CHUNK) as usize)
            && take_out(&mut chunk.presses, (offset, visitor))
        {
            chunk.changed = version;
            self.entries -= 1;
        }
    }

    /// Takes one of a visitor's joins at a second out.
    pub fn remove_join(&mut self, visitor: VisitorIndex, offset: u32, version: u64) {
        if let Some(chunk) = self.chunks.get_mut((offset / CHUNK) as usize)
            && take_out(&mut chunk.joins, (offset, visitor))
        {
            chunk.changed = version;
            self.entries -= 1;
        }
    }

    /// Notes that a press at a second changed.
    pub fn touch(&mut self, offset: u32, version: u64) {
        if let Some(chunk) = self.chunks.get_mut((offset / CHUNK) as usize) {
            chunk.changed = version;
        }
    }

    /// Whether something in a range changed after a version.
    pub fn has_changed(&self, start: u32, end: u32, since: u64) -> bool {
        self.chunks(start, end)
            .iter()
            .any(|chunk| chunk.changed > since)
    }

    /// Counts a range, both ends included.
    pub fn count(&self, start: u32, end: u32, seen: &mut Seen) -> Evidence {
        seen.begin();
        let mut evidence = Evidence::default();
        let is_inside = |(offset, _): &&(u32, VisitorIndex)| (start..=end).contains(offset);
        for chunk in self.chunks(start, end) {
            for &(_, visitor) in chunk.presses.iter().filter(is_inside) {
                evidence.presses += 1;
                evidence.visitors += u32::from(seen.is_first(visitor));
            }
            for &(_, visitor) in chunk.joins.iter().filter(is_inside) {
                evidence.visitors += u32::from(seen.is_first(visitor));
            }
        }
        evidence
    }

    /// About how many bytes it holds: those of its chunks up to the last press, however few there are, and of their entries.
    pub fn heap_bytes(&self) -> usize {
        // Each chunk has two vectors.
        let vecs = self.entries.min(2 * self.chunks.len());
        heap_bytes::of_vec(&self.chunks)
            + heap_bytes::of_vecs::<(u32, VisitorIndex)>(vecs, self.entries)
    }

    fn chunks(&self, start: u32, end: u32) -> &[Chunk] {
        let end = ((end / CHUNK) as usize + 1).min(self.chunks.len());
        self.chunks
            .get((start / CHUNK) as usize..end)
            .unwrap_or_default()
    }
}

/// Takes one of several equal entries out, in whatever order the others stay. Whether there was one.
fn take_out(entries: &mut Vec<(u32, VisitorIndex)>, entry: (u32, VisitorIndex)) -> bool {
    let at = entries.iter().rposition(|known| *known == entry);
    if let Some(at) = at {
        entries.swap_remove(at);
    }
    at.is_some()
}
