//! Every parser of what comes from outside: it never panics, and what it takes is what it says it is.

use app::domain::{
    access::AccessKey,
    code::Code,
    held::HeldWords,
    revision::Cursor,
    text::{Game, Label, Name, Note, Title},
};
use clap::Parser;
use proptest::prelude::*;
use server::config::Config;

use super::cases;

/// Anything, and what looks almost right: a good one with some characters changed, put in or taken out.
fn almost(good: &'static str) -> impl Strategy<Value = String> {
    let edit = (any::<proptest::sample::Index>(), "[\\s\\S]{0,3}", 0usize..4);
    let edited = proptest::collection::vec(edit, 0..4).prop_map(move |edits| {
        let mut text: Vec<char> = good.chars().collect();
        for (at, put, take) in edits {
            let from = at.index(text.len() + 1);
            let to = (from + take).min(text.len());
            text.splice(from..to, put.chars());
        }
        text.into_iter().collect::<String>()
    });
    prop_oneof![
        3 => edited,
        1 => "[\\s\\S]{0,200}",
        1 => "\\PC{0,160}",
        1 => proptest::collection::vec(any::<u8>(), 0..120)
            .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    ]
}

macro_rules! texts {
    ($($name:ident: $kind:ty;)*) => {
        proptest! {
            #![proptest_config(cases(2_000))]
            $(
                #[test]
                fn $name(raw in almost("Geralt insulted the Baron – 🎬 at 00:42:15; =1+1")) {
                    if let Ok(text) = <$kind>::parse(&raw) {
                        let length = text.as_str().chars().count();
                        prop_assert!((1..=<$kind>::MAX).contains(&length));
                        prop_assert!(!text.as_str().chars().any(char::is_control));
                        prop_assert_eq!(<$kind>::parse(text.as_str()), Ok(text));
                    }
                }
            )*
        }
    };
}

texts! {
    a_note_is_tidy_or_refused: Note;
    a_name_is_tidy_or_refused: Name;
    a_title_is_tidy_or_refused: Title;
    a_game_is_tidy_or_refused: Game;
    a_label_is_tidy_or_refused: Label;
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_code_is_the_one_that_is_shown_or_refused(raw in almost("7KQ2MX")) {
        if let Ok(code) = raw.parse::<Code>() {
            prop_assert_eq!(code.as_str().len(), 6);
            prop_assert_eq!(code.as_str().parse::<Code>(), Ok(code));
        }
    }

    #[test]
    fn a_code_is_found_in_what_is_pasted_or_refused(raw in almost("https://clips.example/s/7KQ2MX?a=b")) {
        if let Ok(code) = Code::find(&raw) {
            prop_assert_eq!(Code::find(code.as_str()), Ok(code));
        }
    }

    #[test]
    fn a_key_is_the_one_that_was_given_or_refused(
        raw in almost("ctl_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
    ) {
        if let Ok(key) = raw.parse::<AccessKey>() {
            prop_assert_eq!(key.reveal().parse::<AccessKey>(), Ok(key));
        }
    }

    /// `Last-Event-ID` and `?after=` alike.
    #[test]
    fn a_cursor_is_the_one_that_was_sent_or_refused(raw in almost("8861992033391834712.1204")) {
        if let Ok(cursor) = raw.parse::<Cursor>() {
            prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
        }
    }

    #[test]
    fn held_words_hold_or_are_refused(raw in almost("spoil*, final boss\nname"), text in almost("the final boss")) {
        if let Ok(held) = HeldWords::parse(&raw) {
            let _ = held.finder().finds(&text);
            let json = serde_json::to_string(&held).unwrap();
            prop_assert_eq!(serde_json::from_str::<HeldWords>(&json).unwrap(), held);
        }
    }
}

proptest! {
    // Clap builds its parser anew for each: these cost a hundred times the others.
    #![proptest_config(cases(200))]

    #[test]
    fn a_configuration_is_taken_or_refused_in_words(
        flag in prop_oneof![
            Just("--listen"), Just("--database-url"), Just("--public-url"), Just("--log-format"),
            Just("--max-connections"), Just("--max-streams"), Just("--listen-notify"), Just("--site"), Just("--unknown"),
        ],
        value in almost("https://clips.example:3000/a"),
    ) {
        if let Err(refused) = Config::try_parse_from(["server", flag, &value]) {
            prop_assert!(!refused.to_string().is_empty());
        }
    }
}
