//! Whether a moderator's page follows the newest row, and what its reader has not seen yet. Pure.

use crate::domain::revision::Revision;

/// Closer to the end of the list than this many pixels is at the end.
const AT_END: f64 = 48.0;

/// A list moves up by this many pixels at most while nobody scrolls it: browsers round where it stands.
const ROUNDING: f64 = 2.0;

/// Whether a page follows the newest row, and what its reader has not seen yet.
#[derive(Clone, Debug, PartialEq)]
pub struct ScrollFollow {
    is_at_end: bool,
    is_held: bool,
    /// The latest arrival that the reader was shown at the end of the list.
    seen: Revision,
    /// How far down the list stood at most since its end was last in sight, in pixels.
    y: f64,
}

impl ScrollFollow {
    /// A page that opened with these rows, and shows their end.
    pub fn new(seen: Revision) -> Self {
        Self {
            is_at_end: true,
            is_held: false,
            seen,
            y: 0.0,
        }
    }

    /// Whether the page moves along with new rows.
    pub fn follows(&self) -> bool {
        self.is_at_end && !self.is_held
    }

    /// The list is scrolled `y` pixels down now, and has `below` pixels below what is in sight. Only a reader scrolls up: a list that
    /// grew at its end also has pixels below, and is still followed.
    pub fn scrolled(&mut self, y: f64, below: f64) {
        if below <= AT_END {
            self.is_at_end = true;
            self.y = y;
        } else if y < self.y - ROUNDING {
            self.is_at_end = false;
            self.y = y;
        } else {
            self.y = self.y.max(y);
        }
    }

    /// The list scrolls in something else now, which stands `y` pixels down: the window was resized, and nobody scrolled.
    pub fn scrolls_elsewhere(&mut self, y: f64) {
        self.y = y;
    }

    /// Keeps still while a reader does something with a row: it must not move away from under the pointer.
    pub fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
    }

    /// The reader jumps to the end.
    pub fn jump(&mut self) {
        self.is_at_end = true;
        self.is_held = false;
    }

    /// Rows up to this arrival are there; where the page follows they are seen.
    pub fn arrived(&mut self, newest: Revision) {
        if self.follows() {
            self.seen = self.seen.max(newest);
        }
    }

    /// What arrived later than this the reader has not seen.
    pub fn seen(&self) -> Revision {
        self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unseen(follow: &ScrollFollow, newest: i64) -> usize {
        (1..=newest)
            .filter(|arrival| Revision(*arrival) > follow.seen())
            .count()
    }

    #[test]
    fn a_page_at_its_end_follows_and_has_nothing_unseen() {
        let mut follow = ScrollFollow::new(Revision(3));
        follow.arrived(Revision(5));
        assert!(follow.follows());
        assert_eq!(unseen(&follow, 5), 0);
    }

    #[test]
    fn a_reader_who_scrolled_away_is_told_how_many_are_new() {
        let mut follow = ScrollFollow::new(Revision(3));
        follow.scrolled(900.0, 0.0);
        follow.scrolled(700.0, 200.0);
        assert!(!follow.follows());
        follow.arrived(Revision(15));
        assert_eq!(unseen(&follow, 15), 12);
        follow.jump();
        follow.arrived(Revision(15));
        assert_eq!(unseen(&follow, 15), 0);
    }

    #[test]
    fn coming_back_to_the_end_follows_again() {
        let mut follow = ScrollFollow::new(Revision(3));
        follow.scrolled(900.0, 0.0);
        follow.scrolled(700.0, 200.0);
        follow.scrolled(880.0, 20.0);
        assert!(follow.follows());
    }

    #[test]
    fn a_list_that_grows_is_not_a_reader_who_scrolls() {
        let mut follow = ScrollFollow::new(Revision(3));
        follow.scrolled(900.0, 0.0);
        follow.scrolled(900.0, 300.0);
        assert!(follow.follows());
    }

    #[test]
    fn a_list_that_browsers_round_is_not_a_reader_who_scrolls_however_slowly_one_does() {
        let mut follow = ScrollFollow::new(Revision(3));
        follow.scrolled(900.4, 0.0);
        for step in 0..20 {
            follow.scrolled(if step % 2 == 0 { 899.0 } else { 900.0 }, 300.0);
            assert!(follow.follows());
        }
        for pixels in 0..4 {
            follow.scrolled(899.0 - f64::from(pixels), 300.0);
        }
        assert!(!follow.follows());
    }

    #[test]
    fn a_window_that_is_resized_is_not_a_reader_who_scrolls() {
        let mut follow = ScrollFollow::new(Revision(3));
        follow.scrolled(900.0, 0.0);
        follow.scrolls_elsewhere(0.0);
        assert!(follow.follows());
        follow.scrolled(0.0, 600.0);
        assert!(follow.follows());
        follow.scrolled(600.0, 0.0);
        follow.scrolled(500.0, 100.0);
        assert!(!follow.follows());
    }

    #[test]
    fn rows_keep_still_while_something_is_done_with_one() {
        let mut follow = ScrollFollow::new(Revision(3));
        follow.hold(true);
        follow.arrived(Revision(4));
        assert!(!follow.follows());
        assert_eq!(unseen(&follow, 4), 1);
        follow.hold(false);
        follow.arrived(Revision(4));
        assert_eq!(unseen(&follow, 4), 0);
    }
}
