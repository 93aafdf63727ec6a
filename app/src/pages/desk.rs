//! The pages of moderators and the streamer: one desk, on which the streamer finds more.

use crate::{
    components::{
        access::access_gate::AccessGate,
        desk::{
            dock::Dock,
            later::use_later_parts,
            state::{DeskStart, DeskState},
            whole::WholeDesk,
        },
        session::{live_page::use_live_page, page_header::SessionPage},
        shared::row_cool_down::use_row_cool_down,
    },
    domain::{role::Right, snapshot::Desk, timestamp::TimestampId},
    live::{
        page::{
            feed::use_feed,
            initial_data::DeskData,
            link_redemption::{PageAccess, use_page_access},
        },
        signals::views::*,
    },
    service::ServiceError,
};

/// A page of the staff.
#[component]
pub fn DeskPage(
    /// What it starts from.
    data: DeskData,
    /// Whose it is.
    page: SessionPage,
) -> impl IntoView {
    let right = match page {
        SessionPage::Control => Right::Control,
        SessionPage::Moderate | SessionPage::Viewer => Right::Moderate,
    };
    let (form_id, is_dock) = (data.form_id, data.is_dock);
    let refused = StoredValue::new(data.refused.clone());
    let access = use_page_access(right, data);
    let inside = move |desk| {
        let told = refused.get_value();
        view! { <Inside access desk page form_id is_dock told /> }.into_any()
    };
    view! { <AccessGate access inside /> }
}

#[component]
fn Inside(
    access: PageAccess,
    desk: Desk,
    page: SessionPage,
    form_id: TimestampId,
    is_dock: bool,
    told: Option<ServiceError>,
) -> impl IntoView {
    let (role, public_url) = (desk.role, desk.public_url);
    let feed = use_feed(desk.snapshot, Vec::new(), Vec::new());
    use_live_page(feed, page, role, use_row_cool_down());
    use_later_parts();
    Effect::new(move |_| {
        if feed.is_revoked() {
            access.revoke();
        }
    });
    let start = DeskStart {
        desk: DeskState::new(feed, role, page, is_dock),
        access,
        public_url,
        form_id,
        told,
    };
    match is_dock {
        true => view! { <Dock start /> }.into_any(),
        false => view! { <WholeDesk start /> }.into_any(),
    }
}
