//! The parts of a desk whose code is a chunk of its own: most tabs, the editors and the dialogs.

use super::{keys_dialog::KeysDialog, state::DeskState};
use crate::{
    components::{
        links::{
            control_link::ControlLink, link_activity::LinkActivity,
            moderator_links::ModeratorLinks, session_links::use_session_links,
        },
        moderation::{
            bulk_actions::BulkActions,
            note_editor::NoteEditor,
            row_interaction::{RowInteraction, UndoableAction},
            undo_bar::UndoBar,
            visitor_dialog::VisitorDialog,
        },
        moments::{
            moment_actions::MomentActions, moment_editor::MomentEditor, range_moment::RangeMoment,
            selection::Selection, ticked_moments::TickedMoments,
        },
        session::{session_editor::SessionEditor, session_rules::SessionRules},
        shared::looked_at::use_looked_at,
        stream::rehearsal_panel::RehearsalPanel,
    },
    domain::{code::Code, filter::Filter, moments::moment::MomentId, timestamp::Timestamp},
    live::{
        page::{feed::Feed, link_redemption::PageAccess},
        signals::views::*,
        virtual_list::filtered::FilteredRows,
    },
};

/// A part of a desk, with all that it is drawn from.
#[derive(Clone)]
pub enum Part {
    /// Trying out what viewers will see.
    Rehearsal(Code),
    /// The tab with the links for the staff.
    Links {
        /// The live session.
        feed: Feed,
        /// How this browser got here.
        access: PageAccess,
        /// Where links to this server begin.
        public_url: String,
        /// Whether the tab is shown, told again whenever somebody comes back to it.
        is_shown: Signal<bool>,
    },
    /// The tab with the session's rules.
    Rules {
        /// The live session.
        feed: Feed,
        /// Whether the tab is shown.
        is_shown: Signal<bool>,
    },
    /// The tab with title and game.
    Session(Feed),
    /// The dialog with the keys.
    Keys(DeskState),
    /// The bar of the moments that are ticked, with what is being done with the moments.
    TickedMoments(MomentActions),
    /// The dialog about a moment.
    MomentEditor {
        /// What is being done with the moments.
        actions: MomentActions,
        /// The live session.
        feed: Feed,
    },
    /// Making a moment of the selected range.
    RangeMoment {
        /// What was done last to the moments, and can be undone.
        done: RwSignal<Option<UndoableAction>>,
        /// The live session.
        feed: Feed,
        /// What is selected.
        selection: Selection,
        /// A moment was made.
        on_made: Callback<MomentId>,
    },
    /// The dialog about a viewer.
    Visitor {
        /// The live session.
        feed: Feed,
        /// What is being done with the rows.
        interaction: RowInteraction,
    },
    /// Hiding and restoring many rows.
    BulkActions {
        /// The live session.
        feed: Feed,
        /// The filter.
        filter: RwSignal<Filter>,
        /// The rows that match it.
        filtered: RwSignal<FilteredRows>,
        /// Whether older ones are left to load.
        has_older: Memo<bool>,
        /// What is being done with the rows.
        interaction: RowInteraction,
    },
    /// The line with what was done last.
    UndoBar {
        /// The live session.
        feed: Feed,
        /// What was done last, and can be undone.
        done: RwSignal<Option<UndoableAction>>,
        /// What was done, for screen readers.
        said: RwSignal<String>,
    },
    /// The editor of a note.
    NoteEditor {
        /// The live session.
        feed: Feed,
        /// What is being done with the rows.
        interaction: RowInteraction,
        /// Whose note it is.
        timestamp: Box<Timestamp>,
        /// It was saved, or left as it was.
        on_close: Callback<()>,
    },
}

impl Part {
    /// Its view. Whatever only this leads to is in the chunk, and not in the module that the page loads first.
    pub(super) fn view(self) -> AnyView {
        match self {
            Self::Rehearsal(code) => view! { <RehearsalPanel code /> }.into_any(),
            Self::Links {
                feed,
                access,
                public_url,
                is_shown,
            } => {
                let code = feed.code();
                let links = use_session_links(feed, use_looked_at(is_shown));
                view! {
                    <ModeratorLinks code=code.clone() public_url=public_url.clone() links />
                    <LinkActivity links />
                    <ControlLink access code public_url />
                }
                .into_any()
            }
            Self::Rules { feed, is_shown } => view! { <SessionRules feed is_shown /> }.into_any(),
            Self::Session(feed) => view! { <SessionEditor feed /> }.into_any(),
            Self::Keys(desk) => view! { <KeysDialog desk /> }.into_any(),
            Self::TickedMoments(actions) => view! { <TickedMoments actions /> }.into_any(),
            Self::MomentEditor { actions, feed } => {
                view! { <MomentEditor actions feed /> }.into_any()
            }
            Self::RangeMoment {
                done,
                feed,
                selection,
                on_made,
            } => view! { <RangeMoment done feed selection on_made /> }.into_any(),
            Self::Visitor { feed, interaction } => {
                view! { <VisitorDialog feed interaction /> }.into_any()
            }
            Self::BulkActions {
                feed,
                filter,
                filtered,
                has_older,
                interaction,
            } => view! { <BulkActions feed filter filtered has_older interaction /> }.into_any(),
            Self::UndoBar { feed, done, said } => view! { <UndoBar feed done said /> }.into_any(),
            Self::NoteEditor {
                feed,
                interaction,
                timestamp,
                on_close,
            } => view! { <NoteEditor feed interaction timestamp=*timestamp on_close /> }.into_any(),
        }
    }
}
