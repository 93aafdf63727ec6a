//! What has to be written of the moments that were found in a segment.

use app::domain::{
    moments::{identity::StoredMoment, moment::MomentId, session_moments::SegmentMoments},
    offset::Offset,
};

use crate::store::MomentUpdate;

/// The changes of a segment's moments that have to be written.
pub(super) fn updates_of(
    segment_index: u32,
    stored: &[StoredMoment],
    found: &SegmentMoments,
) -> Vec<MomentUpdate> {
    let stored = |id: MomentId| stored.iter().find(|moment| moment.id == id);
    let changed = |id: MomentId, anchor: u32, is_shown: bool| {
        let known = stored(id)?;
        let is_news = (known.anchor, known.is_shown) != (anchor, is_shown);
        is_news.then_some(MomentUpdate::Changed {
            id,
            anchor: Offset(anchor),
            is_shown,
        })
    };
    let moments = found.moments.iter().filter_map(|counted| {
        let found = &counted.found;
        let new = MomentUpdate::New {
            segment_index,
            anchor: Offset(found.anchor),
        };
        match found.id {
            Some(id) => changed(id, found.anchor, found.is_shown),
            None => Some(new),
        }
    });
    let absorbed = found.absorbed.iter();
    let absorbed = absorbed.map(|absorbed| MomentUpdate::Absorbed {
        id: absorbed.id,
        into: absorbed.into,
    });
    let vanished = found.vanished.iter();
    let vanished = vanished.filter_map(|id| changed(*id, stored(*id)?.anchor, false));
    moments.chain(absorbed).chain(vanished).collect()
}
