//! Of several calls for the same thing, only the answer to the newest counts.

/// Tells the newest call from older ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct LatestCall(u32);

/// One call of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallId(u32);

impl LatestCall {
    /// Makes another call, whose answer is from now on the only one that counts.
    pub fn begin(&mut self) -> CallId {
        self.0 = self.0.wrapping_add(1);
        CallId(self.0)
    }

    /// Whether no other call was made since.
    pub fn is(self, call: CallId) -> bool {
        call == CallId(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_call_is_the_newest() {
        let mut newest = LatestCall::default();
        let first = newest.begin();
        assert!(newest.is(first));
        let second = newest.begin();
        assert!(newest.is(second) && !newest.is(first));
    }
}
