//! A curve in at most 400 buckets, read anew where it changed.

use super::{heap_bytes, kernel::ONE_VISITOR, path};

/// How many seconds a bucket has where a curve has so many: a power of two, so that two buckets are one of the next width.
pub fn bucket_width(seconds: usize) -> usize {
    seconds.div_ceil(path::MOST).next_power_of_two()
}

/// The buckets of one segment.
#[derive(Clone, Debug)]
pub struct Buckets {
    width: usize,
    /// The maximum of each, in tenths of a visitor.
    values: Vec<u32>,
    /// The seconds that may have changed since they were last looked at: from, to before.
    stale: Option<(usize, usize)>,
}

impl Default for Buckets {
    fn default() -> Self {
        Self {
            width: 1,
            values: Vec::new(),
            stale: None,
        }
    }
}

impl Buckets {
    /// Notes that the curve may have changed between two seconds, both included.
    pub fn touch(&mut self, first: u32, last: u32) {
        let (first, end) = (first as usize, last as usize + 1);
        let (from, to) = self.stale.unwrap_or((first, end));
        self.stale = Some((from.min(first), to.max(end)));
    }

    /// Reads the curve where it may have changed.
    pub fn refresh(&mut self, cells: &[u64]) {
        let Some((from, to)) = self.stale.take() else {
            return;
        };
        let width = bucket_width(cells.len());
        let count = cells.len().div_ceil(width);
        let mut range = from / width..to.div_ceil(width);
        if width != self.width {
            self.width = width;
            self.values.clear();
            range = 0..count;
        }
        if self.values.len() < count {
            self.values.resize(count, 0);
        }
        let buckets = self.values.iter_mut().enumerate();
        for (at, bucket) in buckets.take(range.end).skip(range.start) {
            let end = (at * width + width).min(cells.len());
            let own = cells.get(at * width..end).unwrap_or_default();
            *bucket = tenths(own.iter().copied().fold(0, u64::max));
        }
    }

    /// How many bytes they hold.
    pub fn heap_bytes(&self) -> usize {
        heap_bytes::of_vec(&self.values)
    }

    /// How many seconds each has.
    pub fn width(&self) -> u32 {
        u32::try_from(self.width).unwrap_or(u32::MAX)
    }

    /// The maximum of each, in tenths of a visitor.
    pub fn values(&self) -> impl Iterator<Item = u32> {
        self.values.iter().copied()
    }
}

/// A height in tenths of a visitor, rounded.
pub fn tenths(height: u64) -> u32 {
    let rounded = (height.saturating_mul(10) + ONE_VISITOR / 2) / ONE_VISITOR;
    u32::try_from(rounded).unwrap_or(u32::MAX)
}
