//! Text of the rules that refuse a press: why, and what the viewer can do about it.

use crate::domain::{press::PressRefused, role::Audience};

/// Why the rules refused a press, for those who read it: moderators and the streamer have nobody to tell a moment.
pub(super) fn by_rule(refused: &PressRefused, audience: Audience) -> &'static str {
    match (refused, audience) {
        (PressRefused::NotStarted, _) => {
            "The stream has not started yet. Press again once it has started."
        }
        (PressRefused::Paused, _) => "The stream is paused. Press again when it resumes.",
        (PressRefused::Ended, Audience::Public) => {
            "The stream has ended: the list is closed. Tell a moderator if a moment is missing."
        }
        (PressRefused::Ended, Audience::Staff) => {
            "The stream has ended: the list is closed. The streamer can reopen the session."
        }
        (PressRefused::MomentInPause, _) => {
            "The stream was paused when you pressed, so there is nothing to clip."
        }
        (PressRefused::NameMissing, _) => {
            "The streamer asks for a name with every press. Fill in your name, and press again."
        }
        (PressRefused::WaitedTooLong, Audience::Public) => {
            "That press waited longer than 15 minutes. Tell a moderator the time instead."
        }
        (PressRefused::WaitedTooLong, Audience::Staff) => {
            "That press waited longer than 15 minutes. Write its time down."
        }
        (PressRefused::TooLateToChange, _) => {
            "A press can be changed or taken back for two minutes. Ask a moderator to change this one."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_are_not_sent_to_a_moderator() {
        for refused in [PressRefused::Ended, PressRefused::WaitedTooLong] {
            assert!(by_rule(&refused, Audience::Public).contains("Tell a moderator"));
            assert!(!by_rule(&refused, Audience::Staff).contains("oderator"));
        }
    }
}
