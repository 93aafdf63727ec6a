//! What a person asks of a moment, with the seconds that it comes to: only the curve tells where a moment lies.

use std::{cmp::Reverse, ops::RangeInclusive, time::Duration};

use app::{
    domain::{
        moments::{
            boundaries::Span,
            moment::{Moment, MomentId},
            moment_edit::MomentEdit,
            range_edits::RangeRequest,
        },
        offset::Offset,
        text::Title,
    },
    service::ServiceError,
};
use tokio::{sync::Mutex, time::timeout};

use super::{Moments, Shown, tracked::Tracked};
use crate::{
    random,
    store::{MomentChange, NewMoment, ResolvedEdit, SessionId, StoreError},
};

/// How long somebody who does something to a moment waits for where it is, while its session is read or sharpened.
const LONGEST_PEAK_WAIT: Duration = Duration::from_millis(100);

impl Moments {
    /// What is to become of a moment, and where it is now: of the one that it is part of by now, if it is part of one.
    ///
    /// # Errors
    /// `ServiceError::NoMoment` where a moment whose range is needed is not shown, `ServiceError::NotFound` where the session
    /// is gone.
    pub async fn resolve(
        &self,
        session: SessionId,
        id: MomentId,
        edit: MomentEdit,
    ) -> Result<ResolvedEdit, StoreError> {
        let change = match edit {
            MomentEdit::SetTitle { title } => MomentChange::Title(title),
            MomentEdit::SetStarred { starred } => MomentChange::Starred(starred),
            MomentEdit::SetHidden { hidden } => MomentChange::Hidden(hidden),
            MomentEdit::SetState { state, clip } => MomentChange::State(state, clip),
            MomentEdit::SetRange { start, end } => {
                MomentChange::Range(RangeRequest::SetRange((start.seconds(), end.seconds())))
            }
            MomentEdit::Make {
                segment_index,
                start,
                end,
                title,
            } => {
                let range = (start.seconds(), end.seconds());
                return self.make(session, segment_index, range, title).await;
            }
            MomentEdit::Merge { others } => return self.merge(session, id, others).await,
            MomentEdit::Split { at } => return self.split(session, id, at).await,
        };
        let peak = self.peak(session, id).await;
        Ok(ResolvedEdit { change, peak })
    }

    /// Where lists show a moment, as far as this process knows without reading on: the log can do without it, so nothing that
    /// only the log tells may fail an edit, or keep it waiting.
    async fn peak(&self, session: SessionId, id: MomentId) -> Option<Offset> {
        let kept = self.0.kept.get(session)?;
        shown_peak(&kept.known.tracked, id).await
    }

    async fn make(
        &self,
        session: SessionId,
        segment_index: u32,
        range: Span,
        title: Title,
    ) -> Result<ResolvedEdit, StoreError> {
        self.newest(session).await?;
        let kept = self.0.kept.get_or_new(session);
        let tracked = kept.known.tracked.lock().await;
        let peak = highest(tracked.cells(segment_index), range.0..=range.1);
        let change = MomentChange::Make(NewMoment {
            segment_index,
            range,
            peak,
            title,
        });
        // The new moment tells it itself.
        Ok(ResolvedEdit { change, peak: None })
    }

    async fn merge(
        &self,
        session: SessionId,
        id: MomentId,
        others: Vec<MomentId>,
    ) -> Result<ResolvedEdit, StoreError> {
        let shown = self.newest(session).await?;
        let moment = shown.moment(id).ok_or(ServiceError::NoMoment)?;
        let named = others
            .iter()
            .map(|other| shown.moment(*other).ok_or(ServiceError::NoMoment));
        // Those of other segments are refused when it is written.
        let whole = moment.merged_with(named.collect::<Result<Vec<_>, _>>()?);
        let range = range(&whole);
        Ok(range_edit(moment, RangeRequest::Merge { others, range }))
    }

    async fn split(
        &self,
        session: SessionId,
        id: MomentId,
        Offset(at): Offset,
    ) -> Result<ResolvedEdit, StoreError> {
        let shown = self.newest(session).await?;
        let moment = shown.moment(id).ok_or(ServiceError::NoMoment)?;
        let (start, end) = range(moment);
        let mut peaks = (start, end);
        // Where it can't be split, nothing becomes of the peaks: it is refused when it is written, unless that was done already
        // and this is a retry.
        if start < at && at <= end {
            let kept = self.0.kept.get_or_new(session);
            let tracked = kept.known.tracked.lock().await;
            let cells = tracked.cells(moment.segment_index);
            peaks = (highest(cells, start..=at - 1), highest(cells, at..=end));
        }
        let split = RangeRequest::Split {
            at,
            range: (start, end),
            peaks,
            new: MomentId(random::uuid()),
        };
        Ok(range_edit(moment, split))
    }

    /// What the session shows now.
    pub(super) async fn newest(
        &self,
        session: SessionId,
    ) -> Result<std::sync::Arc<Shown>, StoreError> {
        let newest = self.0.store.newest(session).await?;
        let newest = newest.ok_or(ServiceError::NotFound)?;
        self.at(session, newest.revision).await
    }
}

/// Where a moment is shown; none if it isn't, or if the session stays locked.
async fn shown_peak(tracked: &Mutex<Tracked>, id: MomentId) -> Option<Offset> {
    let tracked = timeout(LONGEST_PEAK_WAIT, tracked.lock()).await.ok()?;
    let shown = tracked.shown();
    shown.moment(id).map(|moment| moment.peak)
}

/// The second of a range in which a curve is highest, the first of several.
fn highest(cells: &[u64], range: RangeInclusive<u32>) -> u32 {
    let start = *range.start();
    // Behind the curve, all seconds are equally low.
    let end = u32::try_from(cells.len()).unwrap_or(u32::MAX);
    let height = |second: u32| cells.get(second as usize).copied().unwrap_or(0);
    let highest =
        (start..=end.min(*range.end())).max_by_key(|second| (height(*second), Reverse(*second)));
    highest.unwrap_or(start)
}

fn range(moment: &Moment) -> Span {
    (moment.start.seconds(), moment.end.seconds())
}

/// An edit of the range of a moment that is shown, and so tells where it is.
fn range_edit(moment: &Moment, request: RangeRequest) -> ResolvedEdit {
    ResolvedEdit {
        change: MomentChange::Range(request),
        peak: Some(moment.peak),
    }
}

#[cfg(test)]
mod tests {
    use app::domain::moments::moment::MomentId;
    use tokio::sync::Mutex;

    use super::{highest, shown_peak};
    use crate::{moments::tracked::Tracked, random};

    #[test]
    fn the_highest_second_is_the_first_of_several_and_lies_in_the_range_wherever_the_curve_ends() {
        let cells = [0, 3, 5, 5, 2];
        assert_eq!(highest(&cells, 0..=4), 2);
        assert_eq!(highest(&cells, 3..=u32::MAX - 1), 3);
        assert_eq!(highest(&cells, 4..=4), 4);
        assert_eq!(highest(&cells, 7..=u32::MAX - 1), 7);
        assert_eq!(highest(&[], 2..=u32::MAX - 1), 2);
    }

    #[tokio::test]
    async fn a_session_that_is_being_sharpened_keeps_no_edit_waiting_for_where_its_moment_is() {
        let tracked = Mutex::new(Tracked::default());
        let sharpening = tracked.lock().await;
        assert_eq!(shown_peak(&tracked, MomentId(random::uuid())).await, None);
        drop(sharpening);
    }
}
