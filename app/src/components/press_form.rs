//! The button "Clip that!", with its note and name.

use leptos::prelude::*;

use crate::{domain::timestamp::TimestampId, live::feed::Feed};

/// The button "Clip that!", with its note and name. A plain form until the scripts have come.
#[component]
pub fn PressForm(
    /// The live session.
    feed: Feed,
    /// The id that the plain form sends.
    form_id: Option<TimestampId>,
) -> impl IntoView {
    let _ = (feed, form_id);
}
