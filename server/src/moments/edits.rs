//! What a person asks of a moment, with the seconds that it comes to: only the curve tells where a moment lies.

use app::{
    domain::{
        moments::{
            moment::{Moment, MomentId},
            moment_edit::MomentEdit,
            range_edits::RangeRequest,
        },
        offset::Offset,
    },
    service::ServiceError,
};

use super::{Moments, Shown};
use crate::{
    random,
    store::{MomentChange, SessionId, StoreError},
};

impl Moments {
    /// What is to become of a moment: of the one that it is part of by now, if it is part of one.
    ///
    /// # Errors
    /// `ServiceError::NoMoment` where a moment whose range is needed is not shown, `ServiceError::NotFound` where the session
    /// is gone.
    pub async fn resolve(
        &self,
        session: SessionId,
        id: MomentId,
        edit: MomentEdit,
    ) -> Result<MomentChange, StoreError> {
        let request = match edit {
            MomentEdit::SetTitle { title } => return Ok(MomentChange::Title(title)),
            MomentEdit::SetStarred { starred } => return Ok(MomentChange::Starred(starred)),
            MomentEdit::SetHidden { hidden } => return Ok(MomentChange::Hidden(hidden)),
            MomentEdit::SetState { state, clip } => return Ok(MomentChange::State(state, clip)),
            MomentEdit::SetRange { start, end } => {
                RangeRequest::SetRange((start.seconds(), end.seconds()))
            }
            MomentEdit::Merge { others } => {
                let shown = self.newest(session).await?;
                merged(&shown, id, others)?
            }
            MomentEdit::Split { at } => self.split(session, id, at).await?,
        };
        Ok(MomentChange::Range(request))
    }

    async fn split(
        &self,
        session: SessionId,
        id: MomentId,
        Offset(at): Offset,
    ) -> Result<RangeRequest, StoreError> {
        let shown = self.newest(session).await?;
        let moment = shown.moment(id).ok_or(ServiceError::NoMoment)?;
        let (start, end) = range(moment);
        let kept = self.kept(session);
        let tracked = kept.tracked.lock().await;
        // Where it can't be split, nothing becomes of the peaks.
        let peaks = (
            tracked.highest(
                moment.segment_index,
                start..=at.saturating_sub(1).max(start),
            ),
            tracked.highest(moment.segment_index, at.min(end)..=end),
        );
        Ok(RangeRequest::Split {
            at,
            range: (start, end),
            peaks,
            new: MomentId(random::uuid()),
        })
    }

    /// What the session shows now.
    async fn newest(&self, session: SessionId) -> Result<std::sync::Arc<Shown>, StoreError> {
        let newest = self.0.store.newest(session).await?;
        let newest = newest.ok_or(ServiceError::NotFound)?;
        self.at(session, newest.revision).await
    }
}

fn range(moment: &Moment) -> (u32, u32) {
    (moment.start.seconds(), moment.end.seconds())
}

/// From the start of the first one to the end of the last one.
fn merged(shown: &Shown, id: MomentId, others: Vec<MomentId>) -> Result<RangeRequest, StoreError> {
    let moment = shown.moment(id).ok_or(ServiceError::NoMoment)?;
    let mut whole = range(moment);
    for other in &others {
        let other = shown.moment(*other).ok_or(ServiceError::NoMoment)?;
        // Those of other segments are refused when it is written.
        if other.segment_index == moment.segment_index {
            let (start, end) = range(other);
            whole = (whole.0.min(start), whole.1.max(end));
        }
    }
    Ok(RangeRequest::Merge {
        others,
        range: whole,
    })
}
