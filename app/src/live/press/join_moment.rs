//! Joins a moment from the list. Browser only.

use crate::{
    api,
    domain::{
        moments::{join::Join, moment::MomentId},
        revision::Revision,
    },
    live::{calls::retry, page::state::State, signals::*},
};

/// Joins a moment, unless this browser already has. It shows at once, and is undone if the server refuses it.
pub(crate) fn join(state: State, id: MomentId) {
    let place = state.highlights.with_untracked(|highlights| {
        let moment = highlights.moment(id)?;
        let joins = state.joins.read_untracked();
        let is_new = !joins.all().any(|join| join.is_in(moment));
        is_new.then_some(Join {
            segment_index: moment.segment_index,
            offset_seconds: moment.peak,
            revision: Revision(0),
            counts: false,
        })
    });
    let Some(place) = place else { return };
    state.join_refused.set(None);
    state.joins.update(|joins| joins.begin(id, place));
    let code = state.code.get_value();
    // Not a `ServerCall`: the viewers' page has none, and the answer counts however the page has changed.
    spawn_local(async move {
        let answer = retry::with_timeout(api::moments::join_moment(code, id)).await;
        if !state.is_there() {
            return;
        }
        match answer {
            Ok(join) => state.keep_joins(vec![join]),
            Err(error) => state.join_refused.set(Some(error)),
        }
        state.joins.update(|joins| joins.finish(id));
    });
}
