//! The moments as a file. There are few enough of them for one piece.

use app::{
    domain::{
        moments::moment::{EditingState, Moment},
        session::Session,
    },
    words::export,
};

use super::{
    csv::{self, Separator},
    guard::guard_in_excel,
};

/// A format of the moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MomentFormat {
    /// Plain text, grouped by segment, without those that are not worth a clip.
    Text,
    /// RFC 4180 with a byte order mark, as Excel and other spreadsheets open it.
    Excel,
    /// The same with semicolons between columns, which Excel expects in countries with a decimal comma.
    ExcelSemicolon,
}

/// The names of the columns. Times count from the start of the segment.
const FIELDS: [&str; 12] = [
    "segment_index",
    "clip_start_hms",
    "peak_hms",
    "end_hms",
    "viewers",
    "presses",
    "title",
    "best_note",
    "labels",
    "starred",
    "state",
    "clip",
];

/// The size of a line with a note.
const USUAL_LINE_BYTES: usize = 160;

impl MomentFormat {
    /// The file. Moments that are hidden from viewers are left out, like hidden timestamps.
    ///
    /// # Errors
    /// None in practice, because this writes to memory; the type is the crate's.
    pub fn file(
        self,
        session: &Session,
        mut moments: Vec<Moment>,
    ) -> Result<Vec<u8>, ::csv::Error> {
        moments.retain(|moment| !moment.hidden);
        moments.sort_unstable_by_key(|moment| (moment.segment_index, moment.start, moment.id));
        match self {
            Self::Text => Ok(text(session, &moments).into_bytes()),
            Self::Excel => spreadsheet(session, &moments, Separator::Comma),
            Self::ExcelSemicolon => spreadsheet(session, &moments, Separator::Semicolon),
        }
    }
}

fn text(session: &Session, moments: &[Moment]) -> String {
    let mut text = String::new();
    let mut segment = None;
    let worth_a_clip = |moment: &&Moment| moment.state != EditingState::Rejected;
    for moment in moments.iter().filter(worth_a_clip) {
        let index = moment.segment_index;
        if segment.replace(index).is_some_and(|last| last != index) {
            text.push('\n');
        }
        export::push_moment(
            &mut text,
            moment,
            session.timing.lead_seconds,
            &session.labels,
        );
        text.push('\n');
    }
    text
}

fn spreadsheet(
    session: &Session,
    moments: &[Moment],
    separator: Separator,
) -> Result<Vec<u8>, ::csv::Error> {
    let mut writer = csv::writer(separator, moments.len() * USUAL_LINE_BYTES);
    let other = separator.other().character();
    writer.write_record(FIELDS)?;
    for moment in moments {
        let written = |text: &str| guard_in_excel(text, other).into_owned();
        let title = moment.title.as_ref().map_or("", |title| title.as_str());
        let best_note = moment.notes.first().map_or("", |best| best.note.as_str());
        let clip = moment.clip.as_ref().map(ToString::to_string);
        let labels: Vec<_> = export::label_counts(moment, &session.labels).collect();
        writer.write_record([
            moment.segment_index.to_string(),
            moment.clip_start(session.timing.lead_seconds).to_string(),
            moment.peak.to_string(),
            moment.end.to_string(),
            moment.visitors.to_string(),
            moment.presses.to_string(),
            written(title),
            written(best_note),
            written(&labels.join(", ")),
            if moment.starred { "yes" } else { "" }.to_owned(),
            moment.state.name().to_owned(),
            written(&clip.unwrap_or_default()),
        ])?;
    }
    let lines = csv::written(writer)?;
    Ok([csv::BYTE_ORDER_MARK.as_bytes(), &lines].concat())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn session() -> Session {
        let labels = json!([
            { "id": 1, "word": "funny", "colour": "yellow" },
            { "id": 2, "word": "fail", "colour": "red", "removed": true },
        ]);
        let session = json!({
            "code": "7KQ2MX", "title": "Act 1", "game": "Witcher 3", "timestamp_count": 9,
            "status": { "is": "ended" }, "labels": labels,
        });
        serde_json::from_value(session).unwrap()
    }

    fn moment(of: Value) -> Moment {
        let mut moment = json!({
            "id": uuid::Uuid::from_u128(1), "segment_index": 1, "start": 2520, "peak": 2535, "end": 2551,
            "presses": 40, "visitors": 37, "excess": 300, "notes": [],
        });
        for (field, value) in of.as_object().unwrap() {
            moment[field] = value.clone();
        }
        serde_json::from_value(moment).unwrap()
    }

    fn file(format: MomentFormat, moments: Vec<Moment>) -> String {
        String::from_utf8(format.file(&session(), moments).unwrap()).unwrap()
    }

    /// In no order: two of the second segment, and several of the first.
    fn moments() -> Vec<Moment> {
        let note =
            |note: &str| json!([{ "note": note, "count": 3 }, { "note": "other", "count": 1 }]);
        vec![
            moment(
                json!({ "segment_index": 2, "start": 100, "peak": 120, "end": 125, "notes": note("=cmd()") }),
            ),
            moment(json!({ "segment_index": 2, "start": 3, "peak": 5, "end": 9 })),
            moment(json!({
                "title": "The great; leap", "starred": true, "state": "cut", "clip": "https://clips.example/leap",
                "labels": [{ "label": 1, "count": 12 }, { "label": 2, "count": 1 }], "notes": note("leap"),
            })),
            moment(
                json!({ "start": 30, "peak": 31, "end": 40, "hidden": true, "notes": note("rude") }),
            ),
            moment(
                json!({ "start": 50, "peak": 51, "end": 60, "state": "rejected", "notes": note("3-1") }),
            ),
            moment(
                json!({ "start": 70, "peak": 95, "end": 99, "is_start_set": true, "visitors": 0, "presses": 0 }),
            ),
        ]
    }

    #[test]
    fn the_text_lists_what_is_worth_a_clip_in_the_order_of_time() {
        insta::assert_snapshot!(file(MomentFormat::Text, moments()), @r"
        Segment 1 00:01:10 to 00:01:39
        Segment 1 00:42:00 to 00:42:31 – ★ The great; leap (37 viewers, funny 12, fail 1) https://clips.example/leap

        Segment 2 00:00:00 to 00:00:09 (37 viewers)
        Segment 2 00:01:45 to 00:02:05 – =cmd() (37 viewers)
        ");
    }

    #[test]
    fn a_spreadsheet_has_all_that_viewers_may_see_and_runs_none_of_it() {
        let commas = file(MomentFormat::Excel, moments());
        let semicolons = file(MomentFormat::ExcelSemicolon, moments());
        for file in [&commas, &semicolons] {
            assert!(file.starts_with('\u{feff}'), "{file}");
            assert_eq!(file.matches("\r\n").count(), file.matches('\n').count());
            assert!(!file.contains("rude"), "{file}");
        }
        let plain = |file: String| file.replace(['\r', '\u{feff}'], "");
        insta::assert_snapshot!(plain(commas), @r#"
        segment_index,clip_start_hms,peak_hms,end_hms,viewers,presses,title,best_note,labels,starred,state,clip
        1,00:00:36,00:00:51,00:01:00,37,40,,'3-1,,,rejected,
        1,00:01:10,00:01:35,00:01:39,0,0,,,,,open,
        1,00:42:00,00:42:15,00:42:31,37,40,The great; leap,leap,"funny 12, fail 1",yes,cut,https://clips.example/leap
        2,00:00:00,00:00:05,00:00:09,37,40,,,,,open,
        2,00:01:45,00:02:00,00:02:05,37,40,,'=cmd(),,,open,
        "#);
        insta::assert_snapshot!(plain(semicolons), @r#"
        segment_index;clip_start_hms;peak_hms;end_hms;viewers;presses;title;best_note;labels;starred;state;clip
        1;00:00:36;00:00:51;00:01:00;37;40;;'3-1;;;rejected;
        1;00:01:10;00:01:35;00:01:39;0;0;;;;;open;
        1;00:42:00;00:42:15;00:42:31;37;40;"The great; leap";leap;funny 12, fail 1;yes;cut;https://clips.example/leap
        2;00:00:00;00:00:05;00:00:09;37;40;;;;;open;
        2;00:01:45;00:02:00;00:02:05;37;40;;'=cmd();;;open;
        "#);
    }

    #[test]
    fn a_file_without_moments_is_empty_or_has_only_the_names_of_the_columns() {
        assert_eq!(file(MomentFormat::Text, Vec::new()), "");
        assert_eq!(file(MomentFormat::Excel, Vec::new()).lines().count(), 1);
    }
}
