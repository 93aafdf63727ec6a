//! Which places of a table changed lately, so that who follows it needn't look at all of it.

/// A journal that grew longer is dropped: whoever has not read it by then looks at the whole table.
const MOST: usize = 4_096;

/// The places that changed, in the order in which they did. What way led to a table is no part of what it is: all journals
/// are equal.
#[derive(Clone, Debug)]
pub(super) struct Journal<P> {
    places: Vec<P>,
    /// How many were dropped.
    dropped: usize,
    /// How often the table began anew.
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

    /// What was written since it had this end; none where too much happened to tell.
    pub(super) fn since(&self, end: usize) -> Option<&[P]> {
        self.places.get(end.checked_sub(self.dropped)?..)
    }

    /// How often the table began anew.
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

    /// Goes on after another one, of a table that began anew: everybody looks at the whole of it.
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
