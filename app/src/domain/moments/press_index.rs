//! Which visitors pressed when, for the counts of a range.

use super::crowd_curve::VisitorIndex;

/// How many seconds lie together.
const CHUNK: u32 = 16;

/// The counted presses of a segment by time, in chunks of 16 s: a range of seconds reads a few of them.
#[derive(Clone, Debug, Default)]
pub struct PressIndex(Vec<Chunk>);

#[derive(Clone, Debug, Default)]
struct Chunk {
    presses: Vec<(u32, VisitorIndex)>,
    /// The version in which it last changed.
    changed: u64,
}

/// How many presses lie in a range, and of how many distinct visitors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Presses.
    pub presses: u32,
    /// Distinct visitors.
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
        let at = (offset / CHUNK) as usize;
        if self.0.len() <= at {
            self.0.resize_with(at + 1, Chunk::default);
        }
        self.0[at].presses.push((offset, visitor));
        self.0[at].changed = version;
    }

    /// Takes one of a visitor's presses at a second out.
    pub fn remove(&mut self, visitor: VisitorIndex, offset: u32, version: u64) {
        let Some(chunk) = self.0.get_mut((offset / CHUNK) as usize) else {
            return;
        };
        let presses = &mut chunk.presses;
        if let Some(at) = presses
            .iter()
            .rposition(|press| *press == (offset, visitor))
        {
            presses.swap_remove(at);
            chunk.changed = version;
        }
    }

    /// Notes that a press at a second changed.
    pub fn touch(&mut self, offset: u32, version: u64) {
        if let Some(chunk) = self.0.get_mut((offset / CHUNK) as usize) {
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
        let presses = self
            .chunks(start, end)
            .iter()
            .flat_map(|chunk| &chunk.presses);
        for &(_, visitor) in presses.filter(|(offset, _)| (start..=end).contains(offset)) {
            evidence.presses += 1;
            evidence.visitors += u32::from(seen.is_first(visitor));
        }
        evidence
    }

    fn chunks(&self, start: u32, end: u32) -> &[Chunk] {
        let end = ((end / CHUNK) as usize + 1).min(self.0.len());
        self.0
            .get((start / CHUNK) as usize..end)
            .unwrap_or_default()
    }
}
