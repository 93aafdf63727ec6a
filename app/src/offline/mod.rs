//! The viewers' page without a network: a service worker that answers in its place, with a page that is the same for every
//! session.
//!
//! The worker's script contains that page, so nothing is ever cached, and what a browser has is of one build. It knows no
//! session: the page reads the code from its address and the presses from this device.

mod page;

use crate::{document::Assets, domain::code::Code, json, script_text::without_comments};

pub use page::inline_script;

/// The script of the service worker. `policy` is the policy of the page in it.
pub fn service_worker(assets: &Assets, policy: &str) -> String {
    let (page, policy) = (
        json::write(&page::html(&assets.style)),
        json::write(&policy),
    );
    let (letters, length) = (json::write(&Code::letters()), Code::LENGTH);
    let code = without_comments(include_str!("worker.js"));
    format!(
        "const [PAGE, POLICY, LETTERS, LENGTH] = [{page}, {policy}, {letters}, {length}];\n{code}"
    )
}

/// A script in the place of the service worker that removes it from the browser.
pub fn removal() -> String {
    without_comments(include_str!("removal.js"))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{document::Style, live::press::outbox::PendingPress};

    fn html() -> String {
        page::html(&Style {
            address: "/pkg/clips.css".into(),
            text: None,
        })
    }

    /// What stands between this and the next quotation mark, wherever it occurs.
    fn quoted<'a>(text: &'a str, before: &str, mark: char) -> Vec<&'a str> {
        let pieces = text.split(before).skip(1);
        pieces
            .filter_map(|piece| piece.split(mark).next())
            .collect()
    }

    #[test]
    fn the_script_finds_every_element_that_it_looks_for() {
        let html = html();
        let looked_for = quoted(inline_script(), "at('", '\'');
        assert!(looked_for.len() > 10, "{looked_for:?}");
        for id in looked_for {
            assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }

    #[test]
    fn the_script_finds_every_word_and_key_that_it_uses() {
        let html = html();
        let (_, data) = html.split_once("id=\"data\">").unwrap();
        let data: Value = serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
        for (group, least) in [("words", 8), ("keys", 4)] {
            let before = format!("{group}.");
            let used = inline_script().split(&before).skip(1);
            let used: Vec<_> = used
                .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next())
                .collect();
            assert!(used.len() >= least, "{group}: {used:?}");
            for name in used {
                assert!(!data[group][name].is_null(), "{group}.{name}");
            }
        }
    }

    #[test]
    fn the_outbox_reads_a_press_as_the_page_keeps_it() {
        // As `page.js` writes it.
        let json = r#"{"id":"019aca5c-3f00-7abc-8def-0123456789ab","note":"a note","name":null,"pressed_at":"2026-11-28T20:15:00.123Z","is_provisional":true}"#;
        let press: PendingPress = json::read(json).unwrap();
        assert!(press.is_provisional && press.is_kept());
        assert_eq!(press.note.as_ref().unwrap().as_str(), "a note");
        let written: Value = serde_json::from_str(&json::write(&press)).unwrap();
        let read: Value = serde_json::from_str(json).unwrap();
        let names = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&written), names(&read));
        for name in names(&read) {
            assert!(inline_script().contains(&name), "{name}");
        }
    }
}
