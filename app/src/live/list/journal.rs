//! Which places of a table changed recently, so that its followers needn't scan all of it.

/// The longest a journal may grow before it is dropped; followers that have not read it by then scan the whole table.
const MOST: usize = 4_096;

/// The places that changed, in order. The path to a state is not part of it: all journals are equal.
#[derive(Clone, Debug)]
pub(super) struct Journal<P> {
    places: Vec<P>,
    /// How many were dropped.
    dropped: usize,
    /// How often the table was restarted.
    restarts: u32,
}

impl<P> Default for Journal<P> {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            dropped: 0,
            restarts: 0,
        }
    }
}

impl<P> PartialEq for Journal<P> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<P> Eq for Journal<P> {}

impl<P> Journal<P> {
    /// How much was written into it so far.
    pub(super) fn end(&self) -> usize {
        self.dropped + self.places.len()
    }

    /// What was written after this end; `None` if too much has happened.
    pub(super) fn since(&self, end: usize) -> Option<&[P]> {
        self.places.get(end.checked_sub(self.dropped)?..)
    }

    /// How often the table was restarted.
    pub(super) fn restarts(&self) -> u32 {
        self.restarts
    }

    /// A place changed.
    pub(super) fn write(&mut self, place: P) {
        if self.places.len() >= MOST {
            self.clear();
        }
        self.places.push(place);
    }

    /// Many places changed at once.
    pub(super) fn write_all(&mut self, places: Vec<P>) {
        self.places.extend(places);
    }

    /// Continues another journal, of a table that was restarted: all followers scan the whole of it.
    pub(super) fn restart_after(&mut self, before: &Self) {
        // One further than anybody can have read.
        let read = before.end() + 1;
        self.clear();
        self.dropped += read;
        self.restarts = before.restarts.wrapping_add(1);
    }

    fn clear(&mut self) {
        self.dropped += self.places.len();
        self.places.clear();
    }
}
