//! Text of the button "Clip that!", and of the outcome of presses.

use std::borrow::Cow;

use super::{errors, moments, press_refused};
use crate::{
    domain::{
        invalid_input::InvalidInput, limited_action::Action, offset::Offset, press::PressRefused,
        role::Audience, session::Status,
    },
    live::press::fate::Fate,
    service::ServiceError,
};

/// What stands on the button.
pub(crate) const CLIP_THAT: &str = "Clip that!";
/// The button's panel on the staff's pages, for those who hear them.
pub(crate) const MARK_A_MOMENT: &str = "Mark a moment";
/// The labels below the button, for those who hear them.
pub(crate) const WITH_A_LABEL: &str = "Clip it with a label";
/// The field for the note.
pub(crate) const WHAT_HAPPENED: &str = "What happened?";
/// The field for the name.
pub(crate) const YOUR_NAME: &str = "Your name";
/// What a field shows that may stay empty.
pub(crate) const OPTIONAL: &str = "optional";

/// The list of what is not saved yet, for those who hear the page.
pub(crate) const UNSENT: &str = "Presses that are not saved yet";
/// It is on its way.
pub(crate) const SENDING: &str = "Sending …";
/// It is on its way once more.
pub(crate) const SENDING_AGAIN: &str = "Sending again …";
/// It goes when the server takes it.
pub(crate) const WAITING: &str = "Waiting to be sent";
/// It goes once the viewer has said their name.
pub(crate) const NAMELESS: &str = "Waiting for your name";
/// It was refused for a cause that is over.
pub(crate) const NOT_SAVED: &str = "Not saved";
/// Takes the line of one away.
pub(crate) const DISMISS: &str = "Dismiss";

/// It was one of too many.
pub(crate) const TOO_MANY: &str =
    "Too many presses in a short time: this one is kept, and sent automatically in a moment.";

/// It is in the list.
pub(crate) fn saved(at: Offset) -> String {
    format!("Saved at {at}")
}

/// It waits for the server, with or without a place in the browser that outlives the page.
pub(crate) fn waiting(outlives_the_page: bool) -> &'static str {
    match outlives_the_page {
        true => {
            "Not sent yet. Your press is kept on this device with its time, and sent automatically."
        }
        false => {
            "Not sent yet. Your press is kept with its time until this page is closed, and sent automatically."
        }
    }
}

/// So many presses have no name, and the streamer asks for one.
pub(crate) fn nameless(presses: usize) -> String {
    match presses {
        1 => "Fill in your name: a press waits for it.".to_owned(),
        presses => format!("Fill in your name: {presses} presses wait for it."),
    }
}

/// Why a press was refused. Errors that never concern a press share one sentence, so that viewers don't download the texts
/// of the staff pages.
pub(crate) fn refused(error: &ServiceError, audience: Audience) -> Cow<'static, str> {
    match error {
        ServiceError::Press(refused) => press_refused::by_rule(refused, audience).into(),
        ServiceError::Invalid(InvalidInput::Text(error)) => errors::text(error).into(),
        ServiceError::Conflict => errors::PRESS_CONFLICT.into(),
        ServiceError::OtherSite => errors::OTHER_SITE.into(),
        ServiceError::NotFound => "This session is gone.".into(),
        // After a plain form: otherwise such a press is kept.
        ServiceError::RateLimited { seconds, action } => {
            let what = match action {
                Some(Action::Press) => errors::MANY_PRESSES,
                Some(_) | None => errors::MANY_REQUESTS,
            };
            errors::later(what, *seconds).into()
        }
        ServiceError::Unavailable { seconds } => errors::busy(*seconds).into(),
        ServiceError::Internal | ServiceError::Unreachable => errors::BROKEN.into(),
        ServiceError::RefusedOnTheWay => errors::ON_THE_WAY.into(),
        ServiceError::Invalid(_)
        | ServiceError::Forbidden(_)
        | ServiceError::InvalidLink
        | ServiceError::TooManyLinks
        | ServiceError::Act(_)
        | ServiceError::SessionActive
        | ServiceError::ModerationConflict
        | ServiceError::NoTimestamp
        | ServiceError::NoMoment
        | ServiceError::NoModeration
        | ServiceError::Edited { .. }
        | ServiceError::TitleEdited { .. }
        | ServiceError::ClipEdited { .. }
        | ServiceError::StateEdited(_)
        | ServiceError::RangeEdited { .. }
        | ServiceError::EditedSince
        | ServiceError::TargetIsStaff => {
            "The server refused this press. Reload the page, and try once more.".into()
        }
    }
}

/// The heading of the visitor's own presses.
pub(crate) const OWN: &str = "Your presses";
/// What became of an own press: nothing more than that it is in the list.
const SAVED: &str = "Saved";
/// Opens the editor of an own press. Its moment follows for those who hear the page.
pub(crate) const EDIT: &str = "Edit";
/// Removes an own press from everybody's list.
pub(crate) const TAKE_BACK: &str = "Take back";
/// The note of an own press, in its editor.
pub(crate) const NOTE: &str = "Note";
/// The name of an own press, in its editor.
pub(crate) const NAME: &str = "Name";
/// The label of an own press, in its editor.
pub(crate) const LABEL: &str = "Label";
/// The choice of no label.
pub(crate) const NO_LABEL: &str = "No label";
/// Saves what was edited.
pub(crate) const SAVE: &str = "Save";
/// Leaves it as it was.
pub(crate) const CANCEL: &str = "Cancel";
/// It was edited.
pub(crate) const CHANGED: &str = "Your press was changed.";
/// The label that was chosen for it was removed before that was saved: nothing was changed.
pub(crate) const LABEL_GONE: &str =
    "The streamer has removed this label, so nothing was changed. Choose another one.";
/// The same, but the page had not heard of it.
pub(crate) const CHANGED_WITHOUT_LABEL: &str =
    "Your press was changed, but without the label: the streamer has just removed it.";
/// It was taken back.
pub(crate) const TAKEN_BACK: &str = "Your press was taken back.";

/// What became of an own press.
pub(crate) fn fate(fate: &Fate<'_>) -> String {
    let Fate::InMoment {
        others,
        is_starred,
        is_cut,
        clip,
    } = fate
    else {
        return SAVED.to_owned();
    };
    let mut words = match others {
        0 => SAVED.to_owned(),
        1 => "1 other clipped this".to_owned(),
        others => format!("{others} others clipped this"),
    };
    if *is_starred {
        words += " · ";
        words += moments::STARRED;
    }
    // The link to the clip says so too.
    if *is_cut && clip.is_none() {
        words += " · ";
        words += moments::CUT;
    }
    words
}

/// Why an own press was not changed or taken back.
pub(crate) fn change_refused(error: &ServiceError) -> Cow<'static, str> {
    match error {
        ServiceError::Edited { .. } => {
            "A moderator has changed this press, so you can’t edit it any more.".into()
        }
        ServiceError::NoTimestamp => "This press is gone.".into(),
        // Its cookie was deleted or blocked, and nothing else tells the server whose a press is.
        ServiceError::Forbidden(_) => {
            "This browser’s cookie doesn’t show that this press is yours, so nothing was changed. A moderator can hide it.".into()
        }
        // It may have arrived.
        ServiceError::Unreachable => {
            "No answer came from the server, so it isn’t known whether this was done. Please try again.".into()
        }
        ServiceError::Press(PressRefused::Ended) => {
            "The stream has ended: a press can only be taken back now.".into()
        }
        error => refused(error, Audience::Public),
    }
}

/// What is said of the own press at this offset, where it would be taken for something said of another one.
pub(crate) fn about(at: Offset, told: &str) -> String {
    format!("{at}: {told}")
}

/// A press that was kept until the stream had ended.
pub(crate) fn too_late(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "Came too late: the stream had ended. Tell a moderator when it was.",
        Audience::Staff => {
            "Came too late: the stream had ended. The streamer can reopen the session."
        }
    }
}

/// How many characters are left for what is typed.
pub(crate) fn characters_left(left: i64) -> String {
    match left {
        ..0 => format!("{} too many", -left),
        1 => "1 character left".to_owned(),
        0.. => format!("{left} characters left"),
    }
}

/// What the field for the name shows while it is empty.
pub(crate) fn name_hint(is_needed: bool) -> &'static str {
    match is_needed {
        true => "required by the streamer",
        false => OPTIONAL,
    }
}

/// The key that presses.
pub(crate) fn key_hint(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "or press the space bar",
        Audience::Staff => "C",
    }
}

/// What a list says that has none of the newest rows, where there are older ones.
pub(crate) const OLDER_AFTER_RELOAD: &str = "Reload the page to see older timestamps.";

/// What a list without a row says.
pub(crate) fn none(audience: Audience, is_staff_list: bool, status: &Status) -> &'static str {
    match (audience, status) {
        (Audience::Public, _) if is_staff_list => {
            "Only moderators see the whole list. Your own presses are shown here."
        }
        (_, Status::Active { .. }) => "No timestamps yet. The first one is yours to make.",
        (_, Status::Paused { .. }) => "No timestamps yet.",
        (_, Status::Ended { .. }) => "No moments were marked.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clip_url::ClipUrl;

    #[test]
    fn the_count_says_how_many_are_left_or_too_many() {
        let words = [100, 1, 0, -3].map(characters_left);
        insta::assert_snapshot!(words.join(", "), @"100 characters left, 1 character left, 0 characters left, 3 too many");
    }

    #[test]
    fn a_press_tells_what_became_of_it_and_that_its_moment_was_cut_until_the_clip_can_be_watched() {
        let clip = ClipUrl::parse_optional("https://clips.example/1").unwrap();
        let told = |others, is_starred, is_cut, clip| {
            fate(&Fate::InMoment {
                others,
                is_starred,
                is_cut,
                clip,
            })
        };
        assert_eq!(told(0, false, false, None), "Saved");
        assert_eq!(
            told(1, false, true, None),
            "1 other clipped this · Cut into a clip"
        );
        let starred = "36 others clipped this · ★ Starred";
        assert_eq!(told(36, true, true, clip.as_ref()), starred);
        assert_eq!(fate(&Fate::Saved), "Saved");
    }

    #[test]
    fn the_name_is_asked_for_once_for_all_presses_that_wait_for_it() {
        assert_eq!(nameless(1), "Fill in your name: a press waits for it.");
        assert_eq!(nameless(3), "Fill in your name: 3 presses wait for it.");
    }
}
