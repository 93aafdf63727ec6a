//! The list as CSV: RFC 4180, UTF-8, defused against spreadsheet formulas.

use app::domain::timestamp::Timestamp;
use chrono::SecondsFormat;
use csv::{Terminator, WriterBuilder};

use super::guard::guard;

/// The first line, with the field names of the data model.
pub const HEADER: &str = "segment_index,offset_hms,note,submitted_by,created_at\r\n";

/// What Excel needs at the very start, or it misreads every letter that is not ASCII.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The lines of one page of the list, in its order.
///
/// # Errors
/// None that writing to memory can meet; the type is the crate's.
pub fn lines(timestamps: &[Timestamp]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for timestamp in timestamps {
        let text = |text: Option<&str>| text.map(guard).unwrap_or_default();
        writer.write_record([
            timestamp.segment_index.to_string(),
            timestamp.offset_seconds.to_string(),
            text(timestamp.note.as_ref().map(|note| note.as_str())),
            text(timestamp.submitted_by.as_ref().map(|name| name.as_str())),
            timestamp
                .created_at
                .to_rfc3339_opts(SecondsFormat::Millis, true),
        ])?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use app::domain::{
        offset::Offset,
        revision::Revision,
        text::{Name, Note},
        timestamp::TimestampId,
    };
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_line_is_quoted_guarded_and_ends_with_crlf() {
        let timestamp = Timestamp {
            id: TimestampId(Uuid::nil()),
            segment_index: 1,
            offset_seconds: Offset(2535),
            note: Some(Note::parse("=He said \"no\", twice").unwrap()),
            submitted_by: Some(Name::parse("Ciri").unwrap()),
            created_at: "2026-11-24T20:20:14.123Z".parse().unwrap(),
            arrival: Revision(1),
            revision: Revision(1),
            hidden: false,
            mine: false,
        };
        let lines = String::from_utf8(lines(&[timestamp]).unwrap()).unwrap();
        assert_eq!(
            lines,
            "1,00:42:15,\"'=He said \"\"no\"\", twice\",Ciri,2026-11-24T20:20:14.123Z\r\n"
        );
    }
}
